/** XEP-0184 Message Delivery Receipts: asked for one-to-one, given to contacts only. https://xmpp.org/extensions/xep-0184.html */
import { bareOf } from '../../lib/jid.js';
import { idOf } from '../decode.js';
import { isInRoom, seesUs } from '../trust.js';
import { defineXep } from '../xep.js';
import { attr, childOf, xml } from '../xml.js';

const NS = 'urn:xmpp:receipts';
const NS_HINTS = 'urn:xmpp:hints';

export default defineXep({
  name: 'receipts',
  spec: 'XEP-0184',
  title: 'Message Delivery Receipts',
  features: [NS],
  decode: {
    message(el, draft) {
      if (draft.type === 'groupchat') return;
      const received = idOf(attr(childOf(el, 'received', NS), 'id'));
      if (received !== undefined) draft.received = received;
      else if (draft.id !== undefined && childOf(el, 'request', NS) !== undefined) draft.wantsReceipt = true;
    },
  },
  encode: {
    message(message, context) {
      if (message.type === 'groupchat') return undefined;
      // A receipt says that we are here: whoever may not see that does not get one.
      if (message.received !== undefined) {
        return seesUs(context, message.to) ? xml('received', { xmlns: NS, id: message.received }) : undefined;
      }
      const asks = message.wantsReceipt ?? (message.body !== undefined && !isInRoom(context, message.to));
      return asks ? xml('request', NS) : undefined;
    },
  },
  install(context) {
    context.observe(incoming => {
      if (incoming.kind !== 'message' || incoming.source !== 'live' || incoming.wantsReceipt !== true) return;
      const { from, id, type } = incoming;
      if (id === undefined || (type !== 'chat' && type !== 'normal')) return;
      if (incoming.mucUser === true || !seesUs(context, from)) return;
      if (context.option('receipts.send', bareOf(from)) === false) return;
      context.send(
        xml(
          'message',
          { to: from, type, id: context.id() },
          xml('received', { xmlns: NS, id }),
          xml('store', NS_HINTS),
        ),
      );
    });
  },
});
