/** XEP-0421 Occupant identifiers: who is who in a room beyond nicks. https://xmpp.org/extensions/xep-0421.html */
import { bareOf, isFull, type Jid } from '../../lib/jid.js';
import { idOf } from '../decode.js';
import { defineXep, type XepContext } from '../xep.js';
import { attr, childrenOf, type Element } from '../xml.js';

const NS = 'urn:xmpp:occupant-id:0';

// > clients must not trust ids of rooms that do not announce the feature  XEP-0421 §3.1
function occupantIdOf(el: Element, from: Jid, context: XepContext): string | undefined {
  const room = bareOf(from);
  if (!isFull(from) || !context.use('disco').knows(room, NS)) return undefined;
  const ids = childrenOf(el, 'occupant-id', NS);
  return ids.length === 1 ? idOf(attr(ids[0], 'id')) : undefined;
}

export default defineXep({
  name: 'occupant-id',
  spec: 'XEP-0421',
  title: 'Occupant identifiers for semi-anonymous MUCs',
  decode: {
    message(el, draft, context) {
      if (draft.type !== 'groupchat' && !context.isRoom(bareOf(draft.from))) return;
      const id = occupantIdOf(el, draft.from, context);
      if (id !== undefined) draft.occupantId = id;
    },
    presence(el, draft, context) {
      if (!context.isRoom(bareOf(draft.from))) return;
      const id = occupantIdOf(el, draft.from, context);
      if (id !== undefined) draft.occupantId = id;
    },
  },
});
