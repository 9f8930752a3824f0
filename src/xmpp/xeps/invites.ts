/** XEP-0249 Direct MUC Invitations, and those that come through a room (XEP-0045 §7.8). https://xmpp.org/extensions/xep-0249.html */
import { bareOf, domainOf, isFull, parseBareJid, parseJid } from '../../lib/jid.js';
import { cleanLine } from '../../lib/text.js';
import type { IncomingMessage } from '../../model/incoming.js';
import { defineXep, type Mutable } from '../xep.js';
import { attr, childOf, type Element, textOf } from '../xml.js';

const NS = 'jabber:x:conference';
const NS_MUC_USER = 'http://jabber.org/protocol/muc#user';
const MAX_ASKING = 5;

type Invitation = NonNullable<IncomingMessage['invite']>;

function mediated(el: Element): Element | undefined {
  return childOf(childOf(el, 'x', NS_MUC_USER), 'invite', NS_MUC_USER);
}

export default defineXep({
  name: 'invites',
  spec: 'XEP-0249',
  title: 'Direct MUC Invitations',
  features: [NS],
  decode: {
    message(el, draft, context) {
      if (draft.type === 'groupchat') return;
      const invite = mediated(el);
      if (invite !== undefined) {
        // > the room sends it, so it comes from the bare address of a room  XEP-0045 §7.8.2
        if (isFull(draft.from) || draft.from === context.bare) return;
        const made: Mutable<Invitation> = { room: bareOf(draft.from), mediated: true };
        const claimedBy = parseJid(attr(invite, 'from'));
        const reason = textOf(invite, 'reason', NS_MUC_USER);
        const password = textOf(childOf(el, 'x', NS_MUC_USER), 'password', NS_MUC_USER);
        if (claimedBy !== undefined) made.claimedBy = claimedBy;
        if (reason !== undefined && reason !== '') made.reason = cleanLine(reason);
        if (password !== undefined && password !== '') made.password = password;
        draft.invite = made;
        return;
      }
      const x = childOf(el, 'x', NS);
      const room = parseBareJid(attr(x, 'jid'));
      if (x === undefined || room === undefined) return;
      const made: Mutable<Invitation> = { room, mediated: false };
      const reason = attr(x, 'reason');
      const password = attr(x, 'password');
      if (reason !== undefined && reason !== '') made.reason = cleanLine(reason);
      if (password !== undefined && password !== '') made.password = password;
      draft.invite = made;
    },
  },
  install(context) {
    let asking = 0;
    // > the room tells whoever invited  XEP-0045 §7.8.2
    context.intercept('message', el => {
      const decline = childOf(childOf(el, 'x', NS_MUC_USER), 'decline', NS_MUC_USER);
      const from = parseJid(attr(el, 'from'));
      if (decline === undefined || attr(el, 'type') === 'error' || from === undefined || isFull(from)) return false;
      const by = parseJid(attr(decline, 'from'));
      // Only of rooms that we are in: others were not told about us by ourselves.
      if (by === undefined || !context.isRoom(bareOf(from))) return true;
      const reason = textOf(decline, 'reason', NS_MUC_USER);
      context.emit({
        kind: 'invite-declined',
        room: bareOf(from),
        by,
        ...(reason === undefined || reason === '' ? {} : { reason: cleanLine(reason) }),
      });
      return true;
    });
    // Anybody can write what a room would write: first its service has to be one.
    context.intercept('message', el => {
      if (mediated(el) === undefined || attr(el, 'type') === 'error') return false;
      const from = parseJid(attr(el, 'from'));
      if (from === undefined || isFull(from)) {
        context.debug('mediated invitation which is not from a room: dropped');
        return true;
      }
      if (context.isRoom(bareOf(from))) return false;
      if (asking >= MAX_ASKING) return true;
      asking++;
      context
        .use('disco')
        .info(parseBareJid(domainOf(from)) ?? from)
        .then(info => {
          const service = info.identities.some(({ category }) => category === 'conference');
          const message = service ? context.decode(el, { source: 'live' }) : undefined;
          if (message === undefined) context.debug('mediated invitation which is not from a room: dropped');
          else context.emit(message);
        })
        .catch(() => context.debug('mediated invitation from where nobody answers: dropped'))
        .finally(() => {
          asking--;
        });
      return true;
    });
  },
});
