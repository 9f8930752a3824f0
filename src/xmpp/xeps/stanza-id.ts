/** XEP-0359 Unique and Stable Stanza IDs: ids of archives, believed only from the archive itself. https://xmpp.org/extensions/xep-0359.html */
import { bareOf, parseJid } from '../../lib/jid.js';
import { idOf } from '../decode.js';
import { defineXep } from '../xep.js';
import { attr, childOf, childrenOf, xml } from '../xml.js';

const NS = 'urn:xmpp:sid:0';

export default defineXep({
  name: 'stanza-id',
  spec: 'XEP-0359',
  title: 'Unique and Stable Stanza IDs',
  decode: {
    message(el, draft, context) {
      const originId = idOf(attr(childOf(el, 'origin-id', NS), 'id'));
      if (originId !== undefined) draft.originId = originId;
      // > only if the entity of "by" announces the feature does it take away what others forged  XEP-0359 §4
      const archive = draft.type === 'groupchat' ? bareOf(draft.from) : context.bare;
      if (archive === undefined || !context.use('disco').knows(archive, NS)) return;
      const own = childrenOf(el, 'stanza-id', NS).filter(child => parseJid(attr(child, 'by')) === archive);
      const stanzaId = idOf(attr(own[0], 'id'));
      // > an archive stamps a stanza once: two ids of it mean that it did not clean up
      if (own.length === 1 && stanzaId !== undefined) draft.stanzaId = stanzaId;
    },
  },
  encode: {
    message: message => xml('origin-id', { xmlns: NS, id: message.id }),
  },
});
