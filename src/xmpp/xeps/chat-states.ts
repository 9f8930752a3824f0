/** XEP-0085 Chat State Notifications: who is typing. https://xmpp.org/extensions/xep-0085.html */
import type { ChatState } from '../../model/types.js';
import { defineXep } from '../xep.js';
import { elementsOf, nsOf, xml } from '../xml.js';

const NS = 'http://jabber.org/protocol/chatstates';
const STATES: ReadonlySet<string> = new Set(['active', 'composing', 'paused', 'inactive', 'gone']);

export default defineXep({
  name: 'chat-states',
  spec: 'XEP-0085',
  title: 'Chat State Notifications',
  features: [NS],
  decode: {
    message(el, draft) {
      const state = elementsOf(el)
        .find(child => nsOf(child) === NS)
        ?.getName();
      if (state === undefined || !STATES.has(state)) return;
      // > "gone" makes no sense in a room  XEP-0085 §5.5
      if (state === 'gone' && draft.type === 'groupchat') return;
      draft.chatState = state as ChatState;
    },
  },
  encode: {
    message: message => (message.chatState === undefined ? undefined : xml(message.chatState, NS)),
  },
});
