/** XEP-0333 Displayed Markers: how far a contact has read; told by us to contacts only. https://xmpp.org/extensions/xep-0333.html */
import { bareOf } from '../../lib/jid.js';
import { idOf } from '../decode.js';
import { seesUs } from '../trust.js';
import { defineXep } from '../xep.js';
import { attr, childOf, xml } from '../xml.js';

const NS = 'urn:xmpp:chat-markers:0';

export default defineXep({
  name: 'markers',
  spec: 'XEP-0333',
  title: 'Displayed Markers',
  features: [NS],
  decode: {
    message(el, draft) {
      const displayed = idOf(attr(childOf(el, 'displayed', NS), 'id'));
      if (displayed !== undefined) draft.displayed = displayed;
      // `received` of older versions says the same as a receipt.
      const received = idOf(attr(childOf(el, 'received', NS), 'id'));
      if (received !== undefined && draft.type !== 'groupchat') draft.received ??= received;
      if (draft.id !== undefined && childOf(el, 'markable', NS) !== undefined) draft.markable = true;
    },
  },
  encode: {
    message(message, context) {
      if (message.type === 'groupchat' || !seesUs(context, message.to)) return undefined;
      if (message.displayed !== undefined) {
        if (context.option('receipts.send', bareOf(message.to)) === false) return undefined;
        return xml('displayed', { xmlns: NS, id: message.displayed });
      }
      return message.body === undefined ? undefined : xml('markable', NS);
    },
  },
});
