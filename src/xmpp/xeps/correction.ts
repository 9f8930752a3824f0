/** XEP-0308 Last Message Correction. Whose message it was is checked by the store. https://xmpp.org/extensions/xep-0308.html */
import { idOf } from '../decode.js';
import { defineXep } from '../xep.js';
import { attr, childOf, xml } from '../xml.js';

const NS = 'urn:xmpp:message-correct:0';

export default defineXep({
  name: 'correction',
  spec: 'XEP-0308',
  title: 'Last Message Correction',
  features: [NS],
  decode: {
    message(el, draft) {
      const id = idOf(attr(childOf(el, 'replace', NS), 'id'));
      if (id !== undefined && draft.body !== undefined) draft.replaces = id;
    },
  },
  encode: {
    message: message =>
      message.replaces === undefined ? undefined : xml('replace', { xmlns: NS, id: message.replaces }),
  },
});
