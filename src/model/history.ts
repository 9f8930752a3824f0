/** What is looked for in the history on disk, and what is found. */
import { fold } from '../lib/fold.js';
import type { ChatId, MessageEntry } from './types.js';

/** What to look for; all of it must hold. */
export interface HistoryQuery {
  readonly words: readonly string[];
  /** Part of a nick; `me` is us. */
  readonly from?: string;
  /** Part of the address of a chat. */
  readonly in?: string;
  /** Milliseconds, from and up to but not including. */
  readonly since?: number;
  readonly before?: number;
  /** The newest so many; 100. */
  readonly limit?: number;
}
export interface HistoryHit {
  readonly chat: ChatId;
  readonly entry: MessageEntry;
}

/** What the search tab holds for the commands on its rows. */
export interface SearchPage {
  readonly hits: readonly HistoryHit[];
  /** Looks further back. */
  more(): void;
  /** Asks the archives of servers. */
  archive(): void;
}

/** What of a message a query looks at. */
export interface HistoryCandidate {
  readonly chat: string;
  readonly at: number;
  readonly nick: string;
  readonly self: boolean;
  readonly body: string;
}
export type HistoryMatcher = (one: HistoryCandidate) => boolean;

/** Whether a message is meant; cheap questions first. */
export function matcherOf(query: HistoryQuery): HistoryMatcher {
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

const DAY = 86_400_000;
const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, d: DAY, w: 7 * DAY, m: 30 * DAY, y: 365 * DAY };

/** `2026`, `2026-11`, `2026-11-22`, `today`, `yesterday`, `3d`, `2w`: its beginning, in local time. */
export function parseDay(text: string, now: number): number | undefined {
  const today = new Date(now).setHours(0, 0, 0, 0);
  if (text === 'today') return today;
  if (text === 'yesterday') return new Date(today - DAY / 2).setHours(0, 0, 0, 0);
  const ago = /^(\d{1,4})([hdwmy])$/.exec(text);
  if (ago !== null) return now - Number(ago[1]) * (UNITS[ago[2] ?? ''] ?? DAY);
  const date = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/.exec(text);
  if (date === null) return undefined;
  const at = new Date(Number(date[1]), Number(date[2] ?? 1) - 1, Number(date[3] ?? 1)).getTime();
  return Number.isNaN(at) ? undefined : at;
}

/** `words from:nick in:room since:date before:date`; quotes keep words together. What is half typed is looked for as it stands. */
export function parseQuery(line: string, now: number): HistoryQuery {
  const words: string[] = [];
  const query: { from?: string; in?: string; since?: number; before?: number } = {};
  for (const [, key, quotedValue, value, quoted, plain] of line.matchAll(
    /(?:(from|in|since|before):(?:"([^"]*)"?|(\S*)))|"([^"]*)"?|(\S+)/gi,
  )) {
    const text = quotedValue ?? value ?? '';
    switch (key?.toLowerCase()) {
      case 'from':
        if (text !== '') query.from = text;
        break;
      case 'in':
        if (text !== '') query.in = text.replace(/^#/, '').toLowerCase();
        break;
      case 'since':
      case 'before': {
        const at = parseDay(text.toLowerCase(), now);
        if (at !== undefined) query[key?.toLowerCase() === 'since' ? 'since' : 'before'] = at;
        break;
      }
      default: {
        const word = quoted ?? plain ?? '';
        if (word !== '') words.push(word);
      }
    }
  }
  return { words, ...query };
}
