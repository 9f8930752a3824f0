/** Small state that the program keeps for itself (XDG state): one JSON file, 0600, replaced atomically. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

const MAX_BYTES = 4 * 1024 * 1024;

export interface State {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}

/** `file` undefined: in memory only (guests with nothing to keep, tests). */
export function createState(file: string | undefined, onProblem: (sentence: string) => void = () => {}): State {
  const values = new Map<string, unknown>();
  let broken = false;
  let failing = false;
  if (file !== undefined) {
    try {
      const text = readFileSync(file, 'utf8');
      if (text.length > MAX_BYTES) throw new Error('too large');
      const tree: unknown = JSON.parse(text);
      if (typeof tree === 'object' && tree !== null)
        for (const [key, value] of Object.entries(tree)) values.set(key, value);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
        broken = true;
        onProblem(`${file} cannot be read; it is left as it is and nothing is remembered.`);
      }
    }
  }
  return {
    get: key => values.get(key),
    set(key, value) {
      if (value === undefined) values.delete(key);
      else values.set(key, value);
      if (file === undefined || broken) return;
      try {
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
        const next = `${file}.${process.pid}.new`;
        writeFileSync(next, JSON.stringify(Object.fromEntries(values), undefined, 1), { mode: 0o600 });
        renameSync(next, file);
        failing = false;
      } catch (error) {
        // Said once; the next change tries again, with everything.
        if (failing) return;
        failing = true;
        onProblem(`State could not be saved: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
  };
}
