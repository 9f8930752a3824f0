/** What is looked for in the history on disk, and what is found. */
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
}
export interface HistoryHit {
  readonly chat: ChatId;
  readonly entry: MessageEntry;
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
