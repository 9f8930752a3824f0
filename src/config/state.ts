/** Small state that the program keeps for itself (XDG state): one JSON file, 0600, replaced atomically, shared by all processes. */
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorText } from '../lib/errors.js';
import type { Clock } from '../lib/time.js';
import { removeIfThere, withLock } from './with-lock.js';

const MAX_BYTES = 4 * 1024 * 1024;
const RETRY_MS = 30_000;

export interface State {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
  /** What is said is not on the disk. */
  readonly failing: boolean;
}

/**
 * `file` undefined: in memory only (guests with nothing to keep, tests). Each change is made to what is in the file now,
 * so that two processes lose nothing of each other; a file that is damaged is moved away and said.
 */
export function createState(
  file: string | undefined,
  onProblem: (sentence: string) => void = () => {},
  clock?: Clock,
): State {
  let values = new Map<string, unknown>();
  /** What the disk did not take yet. */
  const unsaved = new Map<string, unknown>();
  let unreadable = false;
  let seen = '';
  let failing = false;
  let cancel: (() => void) | undefined;

  const version = (path: string): string => {
    const info = statSync(path, { throwIfNoEntry: false });
    return info === undefined ? '' : `${info.ino} ${info.mtimeMs} ${info.size}`;
  };
  const apply = (key: string, value: unknown): void => {
    if (value === undefined) values.delete(key);
    else values.set(key, value);
  };
  /** Brings in what another process wrote. */
  const refresh = (path: string): void => {
    const now = version(path);
    if (now === seen || now === '') return;
    const text = readFileSync(path, 'utf8');
    seen = now;
    let tree: unknown;
    try {
      if (text.length > MAX_BYTES) throw new Error('too large');
      tree = JSON.parse(text);
      if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) throw new Error('no table');
    } catch {
      let aside = `${path}.corrupt`;
      for (let i = 2; existsSync(aside); i++) aside = `${path}.${i}.corrupt`;
      renameSync(path, aside);
      seen = '';
      onProblem(`${path} was damaged. It is kept as ${aside}, and a new one is begun.`);
      return;
    }
    values = new Map(Object.entries(tree));
    for (const [key, value] of unsaved) apply(key, value);
  };
  const save = (path: string): void => {
    cancel?.();
    cancel = undefined;
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      withLock(`${path}.lock`, () => {
        refresh(path);
        const next = `${path}.${process.pid}.new`;
        try {
          writeFileSync(next, JSON.stringify(Object.fromEntries(values), undefined, 1), { mode: 0o600 });
          renameSync(next, path);
        } catch (error) {
          removeIfThere(next);
          throw error;
        }
        seen = version(path);
      });
      unsaved.clear();
      const again = failing;
      failing = false;
      if (again) onProblem('What is to be remembered is saved again.');
    } catch (error) {
      cancel = clock?.after(RETRY_MS, () => save(path));
      // Said once; the next change tries again, with everything.
      const first = !failing;
      failing = true;
      if (first) onProblem(`State could not be saved: ${errorText(error)}`);
    }
  };

  if (file !== undefined) {
    try {
      refresh(file);
      const info = statSync(file, { throwIfNoEntry: false });
      if (info !== undefined && (info.mode & 0o077) !== 0) chmodSync(file, 0o600);
    } catch {
      unreadable = true;
      onProblem(`${file} cannot be read; it is left as it is and nothing is remembered.`);
    }
  }
  return {
    get failing() {
      return failing;
    },
    get(key) {
      if (file !== undefined && !unreadable) {
        try {
          refresh(file);
        } catch {
          // It was readable a moment ago: what is known holds.
        }
      }
      return values.get(key);
    },
    set(key, value) {
      apply(key, value);
      if (file === undefined || unreadable) return;
      unsaved.set(key, value);
      save(file);
    },
  };
}
