/** What we want to say → elements; every XEP may add its children. */
import { toWireText } from '../lib/text.js';
import type { OutgoingMessage, OutgoingPresence } from '../model/incoming.js';
import type { Xep, XepContext } from './xep.js';
import { type Element, elementsOf, nsOf, xml } from './xml.js';

/** Children that accompany a message; alone they would say nothing. */
const ENVELOPE: ReadonlySet<string> = new Set([
  'urn:xmpp:sid:0',
  'urn:xmpp:delay',
  'urn:xmpp:hints',
  'http://jabber.org/protocol/muc#user',
]);

/** `undefined`: after everybody had a say there is nothing to send. */
export function encodeMessage(
  message: OutgoingMessage,
  xeps: readonly Xep[],
  context: XepContext,
): Element | undefined {
  const el = xml('message', { to: message.to, type: message.type, id: message.id });
  if (message.body !== undefined) {
    const lead = xeps.map(xep => xep.encode?.lead?.(message) ?? '').join('');
    el.append(xml('body', {}, lead + toWireText(message.body).text));
  }
  if (message.subject !== undefined) el.append(xml('subject', {}, toWireText(message.subject).text));
  for (const xep of xeps) el.append(...[xep.encode?.message?.(message, context) ?? []].flat());
  return elementsOf(el).some(child => !ENVELOPE.has(nsOf(child))) ? el : undefined;
}

export function encodePresence(presence: OutgoingPresence, xeps: readonly Xep[], context: XepContext): Element {
  const el = xml('presence', { to: presence.to, type: presence.type });
  if (presence.show !== undefined && presence.type === undefined) el.append(xml('show', {}, presence.show));
  if (presence.status !== undefined && presence.status !== '') {
    el.append(xml('status', {}, toWireText(presence.status).text));
  }
  if (presence.priority !== undefined && presence.type === undefined) {
    el.append(xml('priority', {}, `${presence.priority}`));
  }
  for (const xep of xeps) el.append(...[xep.encode?.presence?.(presence, context) ?? []].flat());
  return el;
}
