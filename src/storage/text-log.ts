/** The text logs of one account: a file per conversation and month, for people and grep; written in the background, never in the way. */
import { closeSync, constants, fchmodSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ensurePrivateDir } from '../lib/dirs.js';
import type { Clock } from '../lib/time.js';
import type { MessageEntry } from '../model/types.js';
import { diskReason } from './disk-error.js';
import { fileNameOf } from './file-name.js';
import { monthOf, printHeader, printRecord, type RecordKind } from './log-format.js';
import { syncPaths } from './sync-paths.js';

/** Lines wait so long for others to be written with. */
const FLUSH_MS = 300;
/** A full disk is asked again after this. */
const RETRY_MS = 30_000;
/** What waits for a full disk must not fill the memory instead; then the oldest lines are given up. */
const MAX_WAITING = 8 * 1024 * 1024;

const OPEN = constants.O_APPEND | constants.O_CREAT | constants.O_RDWR | constants.O_NOFOLLOW;

export interface TextLog {
  add(chat: string, entry: MessageEntry, kind: RecordKind): void;
  /** Writes what waits; false: the disk did not take it. */
  flush(): boolean;
  /** Waits until the disk has everything that was added; throws if it does not. */
  sync(): void;
  /** Lines wait for a disk that does not take them. */
  readonly failing: boolean;
  close(): void;
}

interface Waiting {
  readonly path: string;
  readonly chat: string;
  bytes: Buffer[];
}

export function createTextLog(options: {
  readonly folder: string;
  readonly clock: Clock;
  /** One sentence when writing begins to fail, and one when it works again. */
  readonly onProblem: (sentence: string) => void;
  /** Nothing else keeps the messages: each line is written at once. */
  readonly immediate?: boolean;
  /** Everything added so far is in the files. */
  readonly onWritten?: () => void;
  readonly write?: (file: number, bytes: Buffer) => number;
  readonly sync?: typeof syncPaths;
}): TextLog {
  const { folder, clock, onProblem } = options;
  const write = options.write ?? ((file, bytes) => writeSync(file, bytes));
  const { sync = syncPaths } = options;
  const waiting = new Map<string, Waiting>();
  const known = new Set<string>();
  /** Files whose end may only be in memory of the system. */
  const unsynced = new Set<string>();
  let size = 0;
  let failing = false;
  let closed = false;
  let cancel: (() => void) | undefined;

  /** Of the line before: most lines go where the last one went. */
  let last = { chat: '', month: '', path: '' };
  const pathOf = (chat: string, month: string): string => {
    if (last.chat !== chat || last.month !== month) {
      last = { chat, month, path: join(folder, fileNameOf(chat), `${month}.log`) };
    }
    return last.path;
  };

  const schedule = (ms: number): void => {
    if (closed || cancel !== undefined) return;
    cancel = clock.after(ms, () => {
      cancel = undefined;
      flush();
    });
  };

  const append = (one: Waiting): void => {
    const parent = join(folder, fileNameOf(one.chat));
    if (!known.has(parent)) {
      ensurePrivateDir(folder);
      ensurePrivateDir(parent);
      known.add(parent);
    }
    const file = openSync(one.path, OPEN, 0o600);
    unsynced.add(one.path);
    try {
      const info = fstatSync(file);
      if (!info.isFile()) throw new Error('it is no plain file');
      if ((info.mode & 0o077) !== 0) fchmodSync(file, 0o600);
      if (info.size === 0) one.bytes.unshift(Buffer.from(printHeader(one.chat)));
      else if (!failing && !endsWithNewline(file, info.size)) one.bytes.unshift(Buffer.from('\n'));
      while (one.bytes.length > 0) {
        const rest = Buffer.concat(one.bytes);
        one.bytes = [rest];
        const written = write(file, rest);
        size -= Math.min(size, written);
        one.bytes = written >= rest.length ? [] : [rest.subarray(written)];
        if (written === 0 && rest.length > 0) throw new Error('nothing could be written');
      }
    } finally {
      closeSync(file);
    }
  };

  const flush = (): boolean => {
    cancel?.();
    cancel = undefined;
    try {
      for (const [path, one] of waiting) {
        append(one);
        waiting.delete(path);
      }
      size = 0;
      const again = failing;
      failing = false;
      if (again) onProblem('The history is saved again.');
      options.onWritten?.();
      return true;
    } catch (error) {
      known.clear();
      const first = !failing;
      failing = true;
      if (first) onProblem(`The history is not saved: ${diskReason(error)} It is tried again by itself.`);
      schedule(RETRY_MS);
      return false;
    }
  };

  return {
    add(chat, entry, kind) {
      if (closed) return;
      const path = pathOf(chat, monthOf(entry.at));
      const bytes = Buffer.from(printRecord(entry, kind));
      const one = waiting.get(path) ?? { path, chat, bytes: [] };
      one.bytes.push(bytes);
      waiting.set(path, one);
      size += bytes.length;
      if (size > MAX_WAITING) {
        const first = waiting.keys().next();
        if (first.done !== true && failing) {
          for (const lost of waiting.get(first.value)?.bytes ?? []) size -= lost.length;
          waiting.delete(first.value);
        } else flush();
      }
      if (options.immediate === true && !failing) flush();
      else schedule(failing ? RETRY_MS : FLUSH_MS);
    },
    flush,
    sync() {
      flush();
      for (const path of unsynced) {
        sync([path, dirname(path)]);
        unsynced.delete(path);
      }
    },
    get failing() {
      return failing;
    },
    close() {
      flush();
      closed = true;
      cancel?.();
    },
  };
}

/** A crash may have cut the last line. */
function endsWithNewline(file: number, size: number): boolean {
  const last = Buffer.alloc(1);
  return readSync(file, last, 0, 1, size - 1) === 1 && last[0] === 0x0a;
}
