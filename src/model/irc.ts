/** Channels and people of IRC behind a gateway such as biboumi: how their addresses are made, read and named. */
import { type BareJid, domainOf, type Jid, localOf, parseBareJid } from '../lib/jid.js';
import { cleanIdentifier, type Safe } from '../lib/text.js';
import type { Chat, Room } from './types.js';

/** Who or what an address behind a gateway means: `#channel%network@gateway`, `nick%network@gateway`, `network@gateway`. */
export interface IrcAddress {
  /** A channel with its sign, a nick, or empty: the network itself. */
  readonly name: string;
  /** Empty where the gateway leads to one network only. */
  readonly network: string;
  /** Domain of the gateway. */
  readonly gateway: string;
}

const CHANNEL = /^[#&!+]/;
/** > the characters that are not allowed in a local part, and the escaping character before one of the codes  XEP-0106 §4 */
const FORBIDDEN = /[ "&'/:<>@]|\\(?=(?:20|22|26|27|2f|3a|3c|3e|40|5c))/g;
const ESCAPED = /\\(20|22|26|27|2f|3a|3c|3e|40|5c)/g;

/** XEP-0106: any text as a local part. */
const escapeLocal = (text: string): string =>
  text.replace(FORBIDDEN, sign => `\\${sign.charCodeAt(0).toString(16).padStart(2, '0')}`);
const unescapeLocal = (text: string): string =>
  text.replace(ESCAPED, (_whole, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

/** Is this how a channel is named on IRC? */
export const isChannelName = (text: string): boolean => CHANNEL.test(text);

/** Reads an address as one behind a gateway; `undefined`: it has no local part. Whether its domain is a gateway is not known here. */
export function readIrcAddress(jid: Jid): IrcAddress | undefined {
  const local = localOf(jid);
  if (local === undefined) return undefined;
  const gateway = domainOf(jid);
  const at = local.lastIndexOf('%');
  if (at >= 0) return { name: unescapeLocal(local.slice(0, at)), network: local.slice(at + 1), gateway };
  return CHANNEL.test(local)
    ? { name: unescapeLocal(local), network: '', gateway }
    : { name: '', network: local, gateway };
}

/** The address of a channel, a nick or (without name) of the network itself; `undefined`: it cannot be one. */
export function writeIrcAddress({ name, network, gateway }: IrcAddress): BareJid | undefined {
  const local = name === '' ? network : network === '' ? escapeLocal(name) : `${escapeLocal(name)}%${network}`;
  return parseBareJid(`${local}@${gateway}`);
}

/** A channel by the look of its address, before it has said what it is. */
export function looksLikeChannel(id: Jid): boolean {
  const local = localOf(id);
  return local !== undefined && CHANNEL.test(local) && local.includes('%');
}

/** A channel of an IRC network: it said so, or its address does. */
export const isIrcChannel = (room: Room): boolean => room.facts.irc === true || looksLikeChannel(room.id);

/** A domain is a gateway for us as soon as a channel there is open. */
export function isGateway(domain: string, chats: Iterable<Chat>): boolean {
  for (const chat of chats) if (chat.kind === 'room' && domainOf(chat.id) === domain && isIrcChannel(chat)) return true;
  return false;
}

/** The network a chat belongs to: that of a channel, of a private talk there, or of the network's own tab. */
export function networkOf(chat: Chat | undefined, chats: Iterable<Chat>): IrcAddress | undefined {
  if (chat === undefined) return undefined;
  const address = readIrcAddress(chat.kind === 'private' ? chat.room : chat.id);
  return address !== undefined && isGateway(address.gateway, chats) ? address : undefined;
}

/** The name of a room for people: `#channel` instead of `#channel%network`, else the local part. */
export function roomTitle(id: BareJid): Safe {
  const local = localOf(id);
  if (local === undefined) return cleanIdentifier(id);
  return cleanIdentifier(looksLikeChannel(id) ? (readIrcAddress(id)?.name ?? local) : local);
}

/** The name of somebody or of a network behind a gateway; of other addresses `undefined`, because the domain matters there. */
export function ircTitle(id: Jid, chats: Iterable<Chat>): Safe | undefined {
  const address = readIrcAddress(id);
  if (address === undefined || !isGateway(address.gateway, chats)) return undefined;
  return cleanIdentifier(address.name === '' ? address.network : address.name);
}
