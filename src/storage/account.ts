/** The folder of one account: lock, text logs, database and small state, opened together and closed together. */
import { chmodSync, existsSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePrivateDir } from '../lib/dirs.js';
import { errorText, UserError } from '../lib/errors.js';
import type { BareJid } from '../lib/jid.js';
import type { Clock } from '../lib/time.js';
import { diskReason } from './disk-error.js';
import { type Driver, loadDriver } from './driver.js';
import { fileNameOf } from './file-name.js';
import { createLasting } from './lasting.js';
import { takeLock } from './lock.js';
import { repairTextLog } from './repair.js';
import { openSqlite } from './sqlite.js';
import type { syncPaths } from './sync-paths.js';
import { createTextKeep, type SmallState } from './text-keep.js';
import { createTextLog } from './text-log.js';
import type { Keep } from './types.js';

/** After something was kept, and between the steps of it. */
const TIDY_MS = 1000;
const TIDY_NEXT_MS = 40;

/** Key of the state: up to which message the text logs are complete. */
const LOGGED = 'logged';
/** A process that was killed left no more than this unwritten. */
const MAX_REPAIR = 20_000;

export interface Account {
  readonly account: BareJid;
  readonly writable: boolean;
  readonly holder?: number;
  readonly folder: string;
  readonly history: Keep;
  readonly state: SmallState;
  /** Something that was to be kept is only in memory. */
  readonly failing: boolean;
  close(): void;
}

export interface AccountOptions {
  /** Folder of the program's data. */
  readonly data: string;
  readonly clock: Clock;
  /** What was received is to survive a power cut. */
  readonly strict?: () => boolean;
  readonly createState: (file: string, onProblem: (sentence: string) => void, clock?: Clock) => SmallState;
  /** What is to be done while this process is the one that writes; the undo ends it. */
  readonly held?: () => () => void;
  /** `null`: without SQLite. */
  readonly driver?: Driver | null;
  /** In place of waiting for the disk. */
  readonly sync?: typeof syncPaths;
}

/** `undefined`: there is no place for it, and `onProblem` has been told. */
export async function openAccount(
  account: BareJid,
  onProblem: (sentence: string) => void,
  options: AccountOptions,
): Promise<Account | undefined> {
  const { data, clock } = options;
  const folder = join(data, fileNameOf(account));
  const logs = join(folder, 'logs');
  let lock: ReturnType<typeof takeLock>;
  try {
    ensurePrivateDir(data);
    ensurePrivateDir(folder);
    lock = takeLock(join(folder, 'lock'));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!['EACCES', 'EPERM', 'EROFS'].includes(code) || !existsSync(folder)) {
      onProblem(`No history is kept: ${error instanceof UserError ? errorText(error) : diskReason(error)}`);
      return undefined;
    }
    // What is there can be read, at least.
    onProblem(`The history is only read, nothing is added: ${diskReason(error)}`);
    lock = { held: false };
  }
  if (lock.held) closeToOthers(folder);
  const writable = lock.held;
  const driver = options.driver === undefined ? await loadDriver() : (options.driver ?? undefined);
  const file = join(folder, 'state.json');
  const state = writable ? options.createState(file, onProblem, clock) : frozen(options.createState(file, () => {}));
  const texts = createTextKeep(logs, state);
  let database: ReturnType<typeof openSqlite>;
  if (driver !== undefined) {
    try {
      database = openSqlite({
        driver,
        file: join(folder, 'history.db'),
        readOnly: !writable,
        onProblem,
        now: () => clock.now(),
        ...(options.sync && { sync: options.sync }),
      });
    } catch (error) {
      onProblem(`The history cannot be opened, so only text logs are written: ${errorText(error)}`);
    }
  }
  const queryable: Keep = database ?? texts;
  /** Key of the last message that was handed to the text log. */
  let added = 0;
  const strict = options.strict ?? (() => false);
  const noteLogged = (): void => {
    if (database !== undefined && added > 0) state.set(LOGGED, added);
  };
  const textLog = writable
    ? createTextLog({
        folder: logs,
        clock,
        onProblem,
        immediate: database === undefined,
        // Only what is on the disk need not be repaired after a power cut.
        onWritten() {
          if (!strict()) noteLogged();
        },
        ...(options.sync && { sync: options.sync }),
      })
    : undefined;
  if (database !== undefined && textLog !== undefined) {
    const logged = state.get(LOGGED);
    added = database.newest();
    if (typeof logged === 'number') repairTextLog(logs, textLog, database.addedAfter(logged, MAX_REPAIR));
    if (logged !== added) state.set(LOGGED, added);
  }

  const lasting = createLasting({
    clock,
    strict: () => textLog !== undefined && strict(),
    sync() {
      database?.sync();
      textLog?.sync();
      if (textLog?.failing === false) noteLogged();
    },
    onProblem,
  });

  const told = <T>(run: () => T): T => {
    try {
      return run();
    } catch (error) {
      throw new Error(diskReason(error), { cause: error });
    }
  };
  let closed = false;
  // What is found by words is put in order while nobody types.
  let cancelTidy: (() => void) | undefined;
  const tidySoon = (ms: number): void => {
    cancelTidy ??= clock.after(ms, () => {
      cancelTidy = undefined;
      try {
        if (!closed && queryable.tidy()) tidySoon(TIDY_NEXT_MS);
      } catch (error) {
        onProblem(`The search may be slow: ${errorText(error)}`);
      }
    });
  };

  const history: Keep = {
    ...queryable,
    add(chat, entry, place) {
      if (textLog === undefined) return undefined;
      const known = entry.stanzaId === undefined ? undefined : queryable.find(chat, { stanzaId: entry.stanzaId });
      if (known !== undefined) return known;
      const key = told(() => queryable.add(chat, entry, place));
      if (key !== undefined) added = Math.max(added, key);
      textLog.add(chat, entry, entry.self ? 'out' : 'in');
      if (database !== undefined) tidySoon(TIDY_MS);
      lasting.changed();
      return key;
    },
    change(chat, key, entry) {
      told(() => queryable.change(chat, key, entry));
      lasting.changed();
    },
    note(chat, entry, kind) {
      textLog?.add(chat, entry, kind);
    },
    settle: urgent => lasting.settle(urgent),
  };

  let letGo = (): void => {};
  if (writable) {
    try {
      letGo = options.held?.() ?? letGo;
    } catch (error) {
      onProblem(`A second start for this account is not heard: ${errorText(error)}`);
    }
  }
  const close = (): void => {
    if (closed) return;
    closed = true;
    cancelTidy?.();
    letGo();
    lasting.close();
    process.off('exit', close);
    textLog?.close();
    database?.close();
    if (lock.held) lock.release();
  };
  if (writable && database !== undefined) tidySoon(TIDY_MS);
  // However the process ends, except by force.
  process.once('exit', close);
  return {
    account,
    writable,
    ...(!lock.held && lock.pid !== undefined && { holder: lock.pid }),
    folder,
    history,
    state,
    get failing() {
      return textLog?.failing === true || state.failing === true;
    },
    close,
  };
}

/** Files that were made readable for others, by hand or by a backup, are ours alone again. */
function closeToOthers(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const info = lstatSync(path, { throwIfNoEntry: false });
    if (info?.isFile() === true && (info.mode & 0o077) !== 0) chmodSync(path, 0o600);
  }
}

/** Read, but changes stay in memory. */
function frozen(state: SmallState): SmallState {
  const own = new Map<string, unknown>();
  return {
    get: key => (own.has(key) ? own.get(key) : state.get(key)),
    set: (key, value) => void own.set(key, value),
  };
}
