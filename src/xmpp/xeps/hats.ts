/** XEP-0317 Hats: titles of occupants, set by the room. https://xmpp.org/extensions/xep-0317.html */
import { bareOf } from '../../lib/jid.js';
import { cleanIdentifier } from '../../lib/text.js';
import { defineXep } from '../xep.js';
import { attr, childOf, childrenOf } from '../xml.js';

const NAMESPACES = ['urn:xmpp:hats:0', 'xmpp:prosody.im/protocol/hats:1'];
const MAX_HATS = 10;

export default defineXep({
  name: 'hats',
  spec: 'XEP-0317',
  title: 'Hats',
  decode: {
    presence(el, draft, context) {
      const room = bareOf(draft.from);
      if (!context.isRoom(room)) return;
      for (const ns of NAMESPACES) {
        // Where the room does not know hats, anybody could have put them there.
        if (!context.use('disco').knows(room, ns)) continue;
        const hats = childrenOf(childOf(el, 'hats', ns), 'hat', ns)
          .slice(0, MAX_HATS)
          .map(hat => cleanIdentifier(attr(hat, 'title') ?? ''))
          .filter(title => title !== '');
        if (hats.length > 0) draft.hats = hats;
      }
    },
  },
});
