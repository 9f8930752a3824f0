/** XEP-0444 Message Reactions. https://xmpp.org/extensions/xep-0444.html */
import { cleanIdentifier, toWireText } from '../../lib/text.js';
import { idOf } from '../decode.js';
import { defineXep } from '../xep.js';
import { attr, childOf, childrenOf, xml } from '../xml.js';

const NS = 'urn:xmpp:reactions:0';
const NS_HINTS = 'urn:xmpp:hints';
const MAX_REACTIONS = 20;
/** The longest emoji sequences are below this; a sentence is not a reaction. */
const MAX_LENGTH = 40;

export default defineXep({
  name: 'reactions',
  spec: 'XEP-0444',
  title: 'Message Reactions',
  features: [NS],
  decode: {
    message(el, draft) {
      const reactions = childOf(el, 'reactions', NS);
      const id = idOf(attr(reactions, 'id'));
      if (id === undefined) return;
      const emoji = childrenOf(reactions, 'reaction', NS)
        .slice(0, MAX_REACTIONS)
        .map(reaction => reaction.getText().trim())
        .filter(text => text !== '' && text.length <= MAX_LENGTH)
        .map(cleanIdentifier);
      draft.reactions = { id, emoji: [...new Set(emoji)] };
    },
  },
  encode: {
    message(message) {
      if (message.reactions === undefined) return undefined;
      const { id, emoji } = message.reactions;
      return [
        xml(
          'reactions',
          { xmlns: NS, id },
          emoji.map(text => xml('reaction', {}, toWireText(text).text)),
        ),
        xml('store', NS_HINTS),
      ];
    },
  },
});
