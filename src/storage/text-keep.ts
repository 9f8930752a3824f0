/** History out of the text logs alone, where no SQLite is: pages and search by reading, cursors in the state file. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BareJid } from '../lib/jid.js';
import { parseJid } from '../lib/jid.js';
import { cleanBody, cleanIdentifier, type Safe } from '../lib/text.js';
import type { ChatId, MessageEntry } from '../model/types.js';
import { fileNameOf } from './file-name.js';
import { type LogRecord, readRecords } from './log-format.js';
import type { Hit, Keep, Query } from './types.js';

const MOST = 300;
/** Records of one month; keys count them. */
const PER_MONTH = 2 ** 24;

export interface SmallState {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}

export function createTextKeep(folder: string, state: SmallState): Keep {
  const monthsOf = (name: string): readonly { readonly path: string; readonly base: number }[] => {
    let files: string[];
    try {
      files = readdirSync(join(folder, name));
    } catch {
      return [];
    }
    return files
      .flatMap(file => {
        const found = /^(\d{4,6})-(\d\d)\.log$/.exec(file);
        if (found === null) return [];
        return [{ path: join(folder, name, file), base: (Number(found[1]) * 12 + Number(found[2])) * PER_MONTH }];
      })
      .sort((a, b) => b.base - a.base);
  };
  const textOf = (path: string): string => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return '';
    }
  };
  const entriesOf = (month: { readonly path: string; readonly base: number }): MessageEntry[] => {
    const entries: MessageEntry[] = [];
    let index = 0;
    for (const record of readRecords(textOf(month.path))) {
      index++;
      if (record.kind === 'in' || record.kind === 'out') entries.push(entryOf(record, month.base + index));
    }
    return entries;
  };
  const page = (chat: ChatId, limit: number, before = Number.POSITIVE_INFINITY): MessageEntry[] => {
    let found: MessageEntry[] = [];
    for (const month of monthsOf(fileNameOf(chat))) {
      if (month.base >= before) continue;
      found = [...entriesOf(month).filter(entry => (entry.stored ?? 0) < before), ...found];
      if (found.length >= limit) break;
    }
    return found.slice(-limit);
  };
  const cursors = (): Readonly<Record<string, unknown>> => {
    const kept = state.get('cursors');
    return typeof kept === 'object' && kept !== null ? (kept as Readonly<Record<string, unknown>>) : {};
  };

  return {
    // The text log has written it; what is in a file is not changed.
    add: () => undefined,
    change: () => {},
    page,
    around(chat, key, limit) {
      const all = monthsOf(fileNameOf(chat))
        .flatMap(month => entriesOf(month).reverse())
        .reverse();
      const at = all.findIndex(entry => entry.stored === key);
      return at < 0 ? [] : all.slice(Math.max(0, at - limit), at + limit + 1);
    },
    find: () => undefined,
    *search(query: Query) {
      let names: string[] = [];
      try {
        names = readdirSync(folder);
      } catch {
        return;
      }
      const months = names.flatMap(name => monthsOf(name)).sort((a, b) => b.base - a.base);
      let count = 0;
      for (const month of months) {
        const hits = hitsIn(textOf(month.path), month.base, query).slice(0, MOST - count);
        count += hits.length;
        yield hits;
        if (count >= MOST) return;
      }
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
      let names: string[] = [];
      try {
        names = chat === undefined ? readdirSync(folder) : [fileNameOf(chat)];
      } catch {
        return 0;
      }
      return names.flatMap(name => monthsOf(name)).reduce((sum, month) => sum + entriesOf(month).length, 0);
    },
  };
}

function entryOf(record: LogRecord, key: number): MessageEntry {
  const action = record.body.startsWith('/me ');
  return {
    kind: 'message',
    seq: 0,
    rev: 0,
    stored: key,
    at: record.at,
    sender: { name: cleanIdentifier(record.name) },
    self: record.kind === 'out',
    body: cleanBody(action ? record.body.slice(4) : record.body) as Safe,
    action,
    highlight: false,
    source: 'archive',
  };
}

/** Newest first. */
function hitsIn(text: string, base: number, query: Query): Hit[] {
  const address = /^# Causette history 1, times are UTC, (.+)$/m.exec(text.slice(0, 4096))?.[1];
  const chat = parseJid(address);
  if (chat === undefined || (query.in !== undefined && !chat.includes(query.in.toLowerCase()))) return [];
  const words = query.words.map(word => word.toLowerCase());
  const lower = text.toLowerCase();
  if (words.some(word => !lower.includes(word))) return [];
  const hits: Hit[] = [];
  let index = 0;
  for (const record of readRecords(text)) {
    index++;
    if (record.kind !== 'in' && record.kind !== 'out') continue;
    if (query.since !== undefined && record.at < query.since) continue;
    if (query.before !== undefined && record.at >= query.before) continue;
    if (query.from === 'me' && record.kind !== 'out') continue;
    if (
      query.from !== undefined &&
      query.from !== 'me' &&
      !record.name.toLowerCase().includes(query.from.toLowerCase())
    )
      continue;
    const body = record.body.toLowerCase();
    if (words.every(word => body.includes(word))) {
      hits.push({ chat: chat as ChatId, entry: entryOf(record, base + index) });
    }
  }
  return hits.reverse();
}
