/** What `#channel network` means where a gateway to IRC is known: the address behind it. */
import type { Api } from '../api.js';
import { UserError } from '../lib/errors.js';
import { type BareJid, domainOf, parseBareJid } from '../lib/jid.js';
import { cleanIdentifier } from '../lib/text.js';
import { isChannelName, isIrcChannel, networkOf, readIrcAddress, writeIrcAddress } from '../model/irc.js';
import type { Chat } from '../model/types.js';

const HOST = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i;
/** What nobody takes for a password, even where no gateway is known. */
const SURELY_NETWORK = /^irc\.|\.(?:chat|net|org|com|io|eu|fr|de)$/i;

/** The gateway to use here: that of this tab, the one of the settings, or that of any open channel. */
export function gatewayFor(api: Api, chat: Chat | undefined): string | undefined {
  const here = networkOf(chat, api.store.chats.values());
  if (here !== undefined) return here.gateway;
  const set = parseBareJid(String(api.config.get('irc.gateway')).trim());
  if (set !== undefined) return domainOf(set);
  for (const one of api.store.chats.values()) if (one.kind === 'room' && isIrcChannel(one)) return domainOf(one.id);
  return undefined;
}

/** Networks of open channels. */
function networks(api: Api): ReadonlySet<string> {
  const names = new Set<string>(['localhost']);
  for (const chat of api.store.chats.values()) {
    const network = chat.kind === 'room' && isIrcChannel(chat) ? readIrcAddress(chat.id)?.network : undefined;
    if (network !== undefined && network !== '') names.add(network);
  }
  return names;
}

/** Where `#channel network` ends that begins here; `undefined`: a channel alone, or none. */
export function takeChannel(line: string, from: number, api: Api, chat: Chat | undefined): number | undefined {
  const found = /^([#&+!][^\s@%]*)\s+(\S+)(?=\s|$)/.exec(line.slice(from));
  const network = found?.[2];
  if (found === null || network === undefined) return undefined;
  const known = gatewayFor(api, chat) === undefined ? SURELY_NETWORK.test(network) : HOST.test(network);
  return known || networks(api).has(network.toLowerCase()) ? from + found[0].length : undefined;
}

/**
 * The address of `#channel network`, `#channel%network`, or of `#channel` in a tab of that network; `undefined`: no such thing.
 * Throws a UserError where a network is named and no gateway is known.
 */
export function channelAddress(text: string, api: Api, chat: Chat | undefined): BareJid | undefined {
  if (!isChannelName(text) || text.includes('@')) return undefined;
  const [name = '', ...rest] = text.split(/\s+|%/);
  const here = networkOf(chat, api.store.chats.values());
  const network = rest.at(-1) ?? here?.network;
  if (network === undefined) return undefined;
  const gateway = gatewayFor(api, chat);
  if (gateway === undefined) {
    throw new UserError(
      `No gateway to IRC is known, so ${cleanIdentifier(text)} cannot be reached.`,
      '/irc looks for one at your server; /set irc.gateway NAME takes another.',
    );
  }
  const address = writeIrcAddress({ name: name.toLowerCase(), network: network.toLowerCase(), gateway });
  if (address === undefined) throw new UserError(`“${cleanIdentifier(text)}” is not the name of a channel.`);
  return address;
}

/** An address as typed: the `#` that IRC people put before any room goes, unless it belongs to the channel of a gateway. */
export function withoutHash(text: string, gateway: string | undefined): string {
  if (!text.startsWith('#')) return text;
  const [local = '', domain = ''] = text.split('@');
  return local.includes('%') || (gateway !== undefined && domain.split('/')[0] === gateway) ? text : text.slice(1);
}
