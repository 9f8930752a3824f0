/** History out of the text logs alone, where no SQLite is: pages and search by reading, cursors in the state file. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fold } from '../lib/fold.js';
import type { BareJid } from '../lib/jid.js';
import { parseJid } from '../lib/jid.js';
import { cleanIdentifier } from '../lib/text.js';
import type { ChatId, MessageEntry } from '../model/types.js';
import { fileNameOf } from './file-name.js';
import { beginningOf, blocksOf, type LogBlock } from './log-blocks.js';
import { applyChanges, createLogChanges, type PlacedEntry } from './log-changes.js';
import { addressOf, type LogRecord, monthOf, readRecords, shownBody, stampOf } from './log-format.js';
import { DEFAULT_LIMIT, type Hit, type Keep, type Matcher, type Query } from './types.js';

/** Bytes of one month; keys count them. */
const PER_MONTH = 2 ** 36;
const HEADER = 4096;
const TURN_MS = 8;

export interface SmallState {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
  /** What is said is not on the disk. */
  readonly failing?: boolean;
}
interface Month {
  readonly path: string;
  /** Keys of its records begin here. */
  readonly base: number;
}

/** `stopwatch`: milliseconds that only go up. */
export function createTextKeep(
  folder: string,
  state: SmallState,
  stopwatch: () => number = () => performance.now(),
): Keep {
  const filesIn = (path: string): readonly string[] => {
    try {
      return readdirSync(path);
    } catch {
      return [];
    }
  };
  /** The newest first. */
  const monthsOf = (name: string): readonly Month[] =>
    filesIn(join(folder, name))
      .flatMap(file => {
        const found = /^(\d{4,6})-(\d\d)\.log$/.exec(file);
        if (found === null) return [];
        return [{ path: join(folder, name, file), base: baseOf(found[1], found[2]) }];
      })
      .sort((a, b) => b.base - a.base);
  const changes = createLogChanges();
  const entriesIn = (block: LogBlock, month: Month): MessageEntry[] => [
    ...applyChanges(placedIn(block, month), changes.of(month.path)),
  ];
  /** What was said in this month, the newest first, a block at a time. */
  function* saidIn(month: Month): Generator<readonly MessageEntry[]> {
    for (const block of blocksOf(month.path)) yield entriesIn(block, month).reverse();
  }
  const page = (chat: ChatId, limit: number, before = Number.POSITIVE_INFINITY): MessageEntry[] => {
    const found: MessageEntry[] = [];
    for (const month of monthsOf(fileNameOf(chat))) {
      if (month.base >= before) continue;
      for (const entries of saidIn(month)) {
        for (const entry of entries) if ((entry.stored ?? 0) < before) found.push(entry);
        if (found.length >= limit) return found.slice(0, limit).reverse();
      }
    }
    return found.reverse();
  };
  const cursors = (): Readonly<Record<string, unknown>> => {
    const kept = state.get('cursors');
    return typeof kept === 'object' && kept !== null ? (kept as Readonly<Record<string, unknown>>) : {};
  };
  /** Blocks in which these words are not: a longer word is not there either. */
  let missed: { readonly words: readonly string[]; readonly blocks: Set<string> } = { words: [], blocks: new Set() };
  const addresses = new Map<string, string | undefined>();
  const addressIn = (path: string): string | undefined => {
    if (!addresses.has(path)) addresses.set(path, addressOf(beginningOf(path, HEADER)));
    return addresses.get(path);
  };

  return {
    // The text log has written it; what is in a file is not changed.
    add: () => undefined,
    change: () => {},
    tidy: () => false,
    page,
    around(chat, key, limit) {
      const months = monthsOf(fileNameOf(chat)).filter(month => month.base + PER_MONTH > key);
      // From the newest down to the one it is in: what comes after it is in these.
      const later = months.flatMap(month => [...saidIn(month)].flat()).filter(entry => (entry.stored ?? 0) >= key);
      if (later.at(-1)?.stored !== key) return [];
      return [...page(chat, limit, key), ...later.reverse().slice(0, limit + 1)];
    },
    find: () => undefined,
    *search(query: Query, fits: Matcher) {
      const words = query.words.map(fold);
      const narrower = missed.words.every(word => words.some(one => one.includes(word)));
      const blocks = narrower ? missed.blocks : new Set<string>();
      missed = { words, blocks };
      const most = query.limit ?? DEFAULT_LIMIT;
      let hits: Hit[] = [];
      let count = 0;
      let begun = stopwatch();
      /** Lets others have their turn when it is time; thousands of files take long even if there is nothing in them. */
      function* pause(): Generator<readonly Hit[]> {
        if (stopwatch() - begun < TURN_MS) return;
        yield hits;
        hits = [];
        begun = stopwatch();
      }
      const months: Month[] = [];
      for (const name of filesIn(folder)) {
        for (const month of monthsOf(name)) months.push(month);
        yield* pause();
      }
      months.sort((a, b) => b.base - a.base);
      for (const month of months) {
        yield* pause();
        if (query.since !== undefined && month.base < monthKey(query.since)) break;
        if (query.before !== undefined && month.base > monthKey(query.before)) continue;
        const chat = parseJid(addressIn(month.path));
        if (chat === undefined || (query.in !== undefined && !chat.includes(query.in))) continue;
        const file = `${month.path} ${sizeOf(month.path)}`;
        if (blocks.has(file)) continue;
        let everywhere = true;
        // A line may be found by its new text, which stands elsewhere.
        const fixed = changes.of(month.path).filter(({ kind, body }) => {
          const folded = kind === 'fix' ? fold(body) : '';
          return kind === 'fix' && words.every(word => folded.includes(word));
        });
        const skips = (number: number): boolean => fixed.length === 0 && blocks.has(`${month.path} #${number}`);
        for (const block of blocksOf(month.path, skips)) {
          const folded = words.length === 0 ? '' : fold(withoutHeader(block));
          if (
            words.every(word => folded.includes(word)) ||
            fixed.some(({ at }) => block.text.includes(`${stampOf(at)} `))
          ) {
            everywhere = false;
            for (const entry of entriesIn(block, month).reverse()) {
              const { at, self, body, sender } = entry;
              if (count >= most || !fits({ chat, at, self, body, nick: sender.name })) continue;
              hits.push({ chat: chat as ChatId, entry });
              count++;
            }
          } else if (block.full) blocks.add(`${month.path} #${block.number}`);
          if (count >= most) break;
          yield* pause();
        }
        if (count >= most) break;
        if (everywhere) blocks.add(file);
      }
      yield hits;
    },
    cursor(archive: BareJid) {
      const id = cursors()[archive];
      return typeof id === 'string' ? id : undefined;
    },
    setCursor(archive, id) {
      if (cursors()[archive] !== id) state.set('cursors', { ...cursors(), [archive]: id });
    },
    batch: run => run(),
    count(chat) {
      const names = chat === undefined ? filesIn(folder) : [fileNameOf(chat)];
      let sum = 0;
      for (const month of names.flatMap(name => monthsOf(name))) {
        for (const entries of saidIn(month)) sum += entries.length;
      }
      return sum;
    },
  };
}

const baseOf = (year: unknown, month: unknown): number => (Number(year) * 12 + Number(month)) * PER_MONTH;
/** The base of the file for this time. */
function monthKey(at: number): number {
  const [year, month] = monthOf(at).split('-');
  return baseOf(year, month);
}

const withoutHeader = ({ text, offset }: LogBlock): string => (offset > 0 ? text : text.slice(text.indexOf('\n') + 1));

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** In the order of the file. */
function placedIn(block: LogBlock, month: Month): PlacedEntry[] {
  const entries: PlacedEntry[] = [];
  let at = 0;
  let offset = block.offset;
  for (const record of readRecords(block.text)) {
    offset += Buffer.byteLength(block.text.slice(at, record.start));
    at = record.start;
    if (record.kind === 'in' || record.kind === 'out') {
      entries.push({ entry: entryOf(record, month.base + offset), offset });
    }
  }
  return entries;
}

function entryOf(record: LogRecord, key: number): MessageEntry {
  return {
    kind: 'message',
    seq: 0,
    rev: 0,
    stored: key,
    at: record.at,
    sender: { name: cleanIdentifier(record.name) },
    self: record.kind === 'out',
    ...shownBody(record.body),
    highlight: false,
    source: 'archive',
  };
}
