/** What was said while nobody looked, in numbers. */
import type { Safe } from '../lib/text.js';
import type { Chat, MessageEntry } from './types.js';

export interface Absence {
  /** Messages of others. */
  readonly count: number;
  /** Those that concern us. */
  readonly mentions: number;
  /** When the first of them was said, milliseconds. */
  readonly since: number;
  /** Sequence number of the first. */
  readonly first: number;
  /** Who said most, and how much of it. */
  readonly speakers: readonly { readonly name: Safe; readonly count: number }[];
}

const MOST_SPEAKERS = 3;

/** What others said behind the entry `after`, as far as it passes; `undefined`: nothing. */
export function absenceIn(
  chat: Pick<Chat, 'log'>,
  after: number,
  passes: (message: MessageEntry) => boolean = () => true,
): Absence | undefined {
  const speakers = new Map<string, { readonly name: Safe; count: number }>();
  let first: MessageEntry | undefined;
  let count = 0;
  let mentions = 0;
  for (const entry of chat.log.newest()) {
    if (entry.seq <= after) break;
    if (entry.kind !== 'message' || entry.self || entry.sender.room === true || !passes(entry)) continue;
    first = entry;
    count++;
    if (entry.highlight) mentions++;
    const { name, occupantId } = entry.sender;
    const key = occupantId === undefined ? `nick ${name}` : `id ${occupantId}`;
    const known = speakers.get(key);
    // The newest nick of a person is the one that is known.
    if (known === undefined) speakers.set(key, { name, count: 1 });
    else known.count++;
  }
  if (first === undefined) return undefined;
  const sorted = [...speakers.values()].sort((a, b) => b.count - a.count);
  return { count, mentions, since: first.at, first: first.seq, speakers: sorted.slice(0, MOST_SPEAKERS) };
}
