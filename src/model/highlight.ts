/** Does a message concern us by name? Whole words, whatever the case, in normal form. */
import type { Safe } from '../lib/text.js';
import type { Chat } from './types.js';

export type IsHighlight = (chat: Chat, body: Safe, nick: string) => boolean;

const WORD = /[\p{L}\p{N}\p{M}_]/u;

const fold = (text: string): string => text.normalize('NFC').toLowerCase();

/** The code point that ends at `end`, as text. */
function before(text: string, end: number): string {
  const low = text.charCodeAt(end - 1);
  return low >= 0xdc00 && low <= 0xdfff ? text.slice(Math.max(0, end - 2), end) : text.slice(Math.max(0, end - 1), end);
}

function after(text: string, start: number): string {
  const code = text.codePointAt(start);
  return code === undefined ? '' : String.fromCodePoint(code);
}

/** True if `word` (both already folded) stands alone in `text`. */
function standsIn(text: string, word: string): boolean {
  if (word === '') return false;
  // A nick such as `[x]` has no word characters at its ends: then nothing can be glued to it.
  const guardStart = WORD.test(after(word, 0));
  const guardEnd = WORD.test(before(word, word.length));
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const end = at + word.length;
    if ((!guardStart || at === 0 || !WORD.test(before(text, at))) && (!guardEnd || !WORD.test(after(text, end)))) {
      return true;
    }
  }
  return false;
}

/** Whether one of these words stands alone in a text. */
export function wordFinder(words: readonly string[]): (text: string) => boolean {
  const folded = words.map(word => fold(word.trim())).filter(word => word !== '');
  return text => {
    const inside = fold(text);
    return folded.some(word => standsIn(inside, word));
  };
}

/** Makes the predicate of the store: our nick in that room, or one of `words`. */
export function createHighlighter(words: readonly string[] = []): IsHighlight {
  const finds = wordFinder(words);
  return (_chat, body, nick) => standsIn(fold(body), fold(nick)) || finds(body);
}
