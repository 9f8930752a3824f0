/** One process at a time for some milliseconds: what several read, change and write again, nothing of it is lost. */
import { closeSync, openSync, readFileSync, statSync, unlinkSync, writeSync } from 'node:fs';

/** Who holds it needs a moment; after this long it was killed in the middle of it, if it is not running. */
const PATIENCE_MS = 300;
/** On a busy machine one that runs may not have had its turn for so long. */
const RUNNING_MS = 5000;
const PAUSE_MS = 3;

/** Runs while no other process does with this lock file; waits for it, and throws only what `run` throws and when the file cannot be made. */
export function withLock(path: string, run: () => void): void {
  let begun = Date.now();
  let known = '';
  for (;;) {
    if (take(path)) break;
    const holder = holderOf(path);
    if (holder.mark !== known) {
      known = holder.mark;
      begun = Date.now();
    }
    if (Math.abs(Date.now() - begun) > (holder.runs ? RUNNING_MS : PATIENCE_MS)) {
      removeIfThere(path);
      continue;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
  }
  try {
    run();
  } finally {
    removeIfThere(path);
  }
}

export function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Gone already.
  }
}

function take(path: string): boolean {
  let file: number;
  try {
    file = openSync(path, 'wx', 0o600);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
  try {
    writeSync(file, `${process.pid}`);
  } catch {
    // A full disk: without a number it is taken from us sooner, if we are slow.
  } finally {
    closeSync(file);
  }
  return true;
}

/** Which lock it is, and whether the process that took it runs. */
function holderOf(path: string): { readonly mark: string; readonly runs: boolean } {
  try {
    const { ino, mtimeMs } = statSync(path);
    const pid = Number(readFileSync(path, 'utf8'));
    return { mark: `${ino} ${mtimeMs}`, runs: pid > 0 && pid !== process.pid && isRunning(pid) };
  } catch {
    return { mark: '', runs: false };
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
