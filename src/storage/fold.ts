/** How words are compared: without capitals, without the accents of Latin letters, each character one code point. */
import type { HistoryQuery } from '../model/history.js';

/** The same for what is looked for and what is looked through; the index of SQLite folds like it. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the whole of ASCII
  if (/^[\0-\x7f]*$/.test(lower)) return lower;
  return lower
    .normalize('NFD')
    .replace(/([a-z])[\u0300-\u036f]+/g, '$1')
    .normalize('NFC')
    .replaceAll('ς', 'σ');
}

/** What of a message a query looks at. */
export interface Candidate {
  readonly chat: string;
  readonly at: number;
  readonly nick: string;
  readonly self: boolean;
  readonly body: string;
}

/** Whether a message is meant; cheap questions first. */
export function compile(query: HistoryQuery): (one: Candidate) => boolean {
  const words = query.words.map(fold).filter(word => word !== '');
  const from = query.from === undefined || query.from === 'me' ? undefined : fold(query.from);
  return one => {
    if (query.since !== undefined && one.at < query.since) return false;
    if (query.before !== undefined && one.at >= query.before) return false;
    if (query.from === 'me' && !one.self) return false;
    if (query.in !== undefined && !one.chat.includes(query.in)) return false;
    if (from !== undefined && !fold(one.nick).includes(from)) return false;
    if (words.length === 0) return true;
    const body = fold(one.body);
    return words.every(word => body.includes(word));
  };
}
