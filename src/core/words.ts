/** Splits a command line into words like a shell, and remembers where each word stood. */

export interface Word {
  /** Without quotes and backslashes. */
  readonly text: string;
  /** Where it starts in the line, its quote included. */
  readonly start: number;
  readonly end: number;
  readonly quoted: boolean;
}

const SPACE = /\s/;

/** The next word at or after `from`; `undefined` at the end of the line. */
export function nextWord(line: string, from = 0): Word | undefined {
  let at = from;
  while (at < line.length && SPACE.test(line[at] ?? '')) at++;
  if (at >= line.length) return undefined;
  const start = at;
  const opening = line[at];
  // A quote opens at the start of a word only: the apostrophe of "don't" is a letter.
  let quote = opening === '"' || opening === "'" ? opening : undefined;
  const quoted = quote !== undefined;
  if (quoted) at++;
  let text = '';
  for (; at < line.length; at++) {
    const char = line[at] ?? '';
    if (char === '\\' && at + 1 < line.length && quote !== "'") {
      at++;
      text += line[at] ?? '';
    } else if (char === quote) {
      quote = undefined;
    } else if (quote === undefined && SPACE.test(char)) {
      break;
    } else {
      text += char;
    }
  }
  return { text, start, end: at, quoted };
}

export function splitWords(line: string, from = 0): readonly Word[] {
  const words: Word[] = [];
  for (let word = nextWord(line, from); word !== undefined; word = nextWord(line, word.end)) words.push(word);
  return words;
}

/** Written so that {@link nextWord} reads it back as one word. */
export function quoteWord(text: string): string {
  if (text !== '' && !/[\s\\]/.test(text) && !/^["']/.test(text)) return text;
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
