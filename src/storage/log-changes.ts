/** What the text logs say later about lines that stand in them: read once, then only what was added; worked into the lines by time and nick. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { cleanLine, EMPTY } from '../lib/text.js';
import type { MessageEntry } from '../model/types.js';
import { type NoteKind, readRecords, shownBody } from './log-format.js';

const NEWLINE = 0x0a;
/** Read at a time. */
const PART = 4 * 1024 * 1024;

export interface LogChange {
  readonly kind: NoteKind;
  readonly at: number;
  readonly name: string;
  readonly body: string;
  /** Byte of the file: it is about a line before it. */
  readonly offset: number;
}
export interface PlacedEntry {
  readonly entry: MessageEntry;
  readonly offset: number;
}

export interface LogChanges {
  /** Of this file, in its order. */
  of(path: string): readonly LogChange[];
}

export function createLogChanges(): LogChanges {
  const files = new Map<string, { upto: number; readonly changes: LogChange[] }>();
  return {
    of(path) {
      const known = files.get(path) ?? { upto: 0, changes: [] };
      files.set(path, known);
      let file: number;
      try {
        file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
      } catch {
        return known.changes;
      }
      try {
        const { size } = fstatSync(file);
        // Somebody made it shorter by hand.
        if (size < known.upto) {
          known.upto = 0;
          known.changes.length = 0;
        }
        while (known.upto < size) {
          const bytes = Buffer.alloc(Math.min(PART, size - known.upto));
          const read = bytes.subarray(0, readSync(file, bytes, 0, bytes.length, known.upto));
          const end = read.lastIndexOf(NEWLINE) + 1;
          if (end === 0) break;
          for (const change of changesIn(read.subarray(0, end), known.upto)) known.changes.push(change);
          known.upto += end;
        }
      } finally {
        closeSync(file);
      }
      return known.changes;
    },
  };
}

function* changesIn(bytes: Buffer, start: number): Generator<LogChange> {
  const text = bytes.toString('utf8');
  // Most logs have none of them.
  if (!/^\S+ (?:fix|del|err|ok ) </m.test(text)) return;
  let at = 0;
  let offset = start;
  for (const record of readRecords(text)) {
    offset += Buffer.byteLength(text.slice(at, record.start));
    at = record.start;
    const { kind } = record;
    if (kind === 'in' || kind === 'out') continue;
    yield { kind, at: record.at, name: record.name, body: record.body, offset };
  }
}

/**
 * A change is about the last line before it of that second and nick; lines that were taken back, or not delivered, one each.
 * `entries` in the order of the file.
 */
export function applyChanges(entries: readonly PlacedEntry[], changes: readonly LogChange[]): readonly MessageEntry[] {
  if (changes.length === 0) return entries.map(({ entry }) => entry);
  const about = new Map<string, LogChange[]>();
  for (const change of changes) {
    const key = `${change.at} ${change.name}`;
    about.set(key, [...(about.get(key) ?? []), change]);
  }
  const changed = entries.map(({ entry }) => entry);
  for (let i = entries.length - 1; i >= 0; i--) {
    const placed = entries[i];
    const open = placed === undefined ? undefined : about.get(`${placed.entry.at} ${placed.entry.sender.name}`);
    if (placed === undefined || open === undefined) continue;
    changed[i] = change(placed, open);
  }
  return changed;
}

/** Takes out of `open` what is about this line. */
function change({ entry, offset }: PlacedEntry, open: LogChange[]): MessageEntry {
  const take = (fits: (one: LogChange) => boolean): LogChange | undefined => {
    const at = open.findLastIndex(one => one.offset > offset && fits(one));
    return at < 0 ? undefined : open.splice(at, 1)[0];
  };
  let now = entry;
  const versions = [entry.body];
  for (const fix of open.filter(one => one.kind === 'fix' && one.offset > offset)) {
    now = { ...now, ...shownBody(fix.body), versions: [...versions] };
    versions.push(now.body);
    open.splice(open.indexOf(fix), 1);
  }
  if (entry.self) {
    const state = take(one => one.kind === 'err' || one.kind === 'ok');
    if (state?.kind === 'ok') take(one => one.kind === 'err');
    if (state?.kind === 'err') now = { ...now, delivery: 'failed', error: cleanLine(state.body) };
  }
  const gone = take(one => one.kind === 'del');
  if (gone !== undefined) {
    const reason = cleanLine(gone.body);
    const { versions: _, ...rest } = now;
    now = { ...rest, body: EMPTY, retracted: reason === '' ? {} : { reason } };
  }
  return now;
}
