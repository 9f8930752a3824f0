/** Stanzas to rooms that nobody waits for: invitations, refusals of them, the request for voice. */
import type { BareJid, Jid } from '../../lib/jid.js';
import { toWireText } from '../../lib/text.js';
import { NS_DATA } from '../forms.js';
import { type Element, xml } from '../xml.js';
import { NS_DIRECT, NS_REQUEST, NS_USER } from './ns.js';

const reasonOf = (reason: string | undefined): string | undefined =>
  reason === undefined ? undefined : toWireText(reason).text;

/** > the room passes it on and may let them in  XEP-0045 §7.8.2 */
export function mediatedInvite(id: string, room: BareJid, who: Jid, reason?: string): Element {
  const why = reasonOf(reason);
  return xml(
    'message',
    { to: room, id },
    xml('x', NS_USER, xml('invite', { to: who }, why === undefined ? undefined : xml('reason', {}, why))),
  );
}

/** XEP-0249: written to them by ourselves. */
export function directInvite(id: string, room: BareJid, who: Jid, reason?: string, password?: string): Element {
  return xml('message', { to: who, id }, xml('x', { xmlns: NS_DIRECT, jid: room, reason: reasonOf(reason), password }));
}

/** XEP-0045 §7.8.2: the room tells whoever invited. */
export function declined(id: string, room: BareJid, to: Jid, reason?: string): Element {
  const why = reasonOf(reason);
  return xml(
    'message',
    { to: room, id },
    xml('x', NS_USER, xml('decline', { to }, why === undefined ? undefined : xml('reason', {}, why))),
  );
}

/** XEP-0045 §7.13 */
export function voiceRequest(id: string, room: BareJid): Element {
  const field = (name: string, value: string): Element => xml('field', { var: name }, xml('value', {}, value));
  return xml(
    'message',
    { to: room, id },
    xml('x', { xmlns: NS_DATA, type: 'submit' }, field('FORM_TYPE', NS_REQUEST), field('muc#role', 'participant')),
  );
}
