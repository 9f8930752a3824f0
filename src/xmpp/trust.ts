/** Who may learn something about us: the checks of the sender that several XEPs share. */
import { bareOf, domainOf, isFull, type Jid, parseJid } from '../lib/jid.js';
import type { XepContext } from './xep.js';
import { attr, type Element } from './xml.js';

/** > no from, or the bare address of the account: the server speaks for the account  RFC 6120 §8.1.2.1 */
export function isFromAccount(context: XepContext, el: Element): boolean {
  const text = attr(el, 'from');
  return text === undefined || (context.bare !== undefined && parseJid(text) === context.bare);
}

/** Our own server or account. */
export function isOwnServer(context: XepContext, from: Jid | undefined): boolean {
  if (from === undefined) return true;
  const { bare } = context;
  return bare !== undefined && (bareOf(from) === bare || from === domainOf(bare));
}

/** A contact who sees our presence anyway. */
export function seesUs(context: XepContext, jid: Jid): boolean {
  if (context.anonymous || context.isRoom(bareOf(jid))) return false;
  const subscription = context.subscriptionOf(bareOf(jid));
  return subscription === 'from' || subscription === 'both';
}

/** May be told what this client is and can: itself, its server and its contacts. Guests tell nobody. */
export function mayAsk(context: XepContext, from: Jid | undefined): boolean {
  return !context.anonymous && (isOwnServer(context, from) || (from !== undefined && seesUs(context, from)));
}

/** Somebody in a room we are in, or the room. */
export function isInRoom(context: XepContext, jid: Jid): boolean {
  return context.isRoom(bareOf(jid));
}

/** An occupant rather than the room itself. */
export function isOccupant(context: XepContext, jid: Jid): boolean {
  return isFull(jid) && isInRoom(context, jid);
}
