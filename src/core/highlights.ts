/** Which messages concern us: our nick, and the words of `rooms.highlight` for that chat. */
import { createHighlighter, type IsHighlight } from '../model/highlight.js';
import type { ChatId } from '../model/types.js';

/** Asks for the words of a chat once, until `forget`. */
export function createHighlights(wordsOf: (chat: ChatId) => readonly string[]): {
  readonly isHighlight: IsHighlight;
  forget(): void;
} {
  let known = new Map<string, IsHighlight>();
  return {
    isHighlight(chat, body, nick) {
      const words = wordsOf(chat.id);
      const key = words.join('\n');
      let highlighter = known.get(key);
      if (highlighter === undefined) {
        highlighter = createHighlighter(words);
        known.set(key, highlighter);
      }
      return highlighter(chat, body, nick);
    },
    forget() {
      known = new Map();
    },
  };
}
