/** One writer per account folder: a file with the process id of the one who has it. */
import { closeSync, constants, openSync, readFileSync, renameSync, unlinkSync, writeSync } from 'node:fs';

export type Lock =
  | { readonly held: true; release(): void }
  /** Somebody else writes here; `pid` if it is known. */
  | { readonly held: false; readonly pid?: number };

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined);

/** When this process id began to be used: after a crash another process may get the number. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // Dead, and only not yet taken note of by its parent.
    return /^[ZX]/.test(fields[0] ?? '') ? 'dead' : (fields[19] ?? '');
  } catch {
    return '';
  }
}

function isAlive(pid: number, start: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Not permitted means: it is there and belongs to somebody else.
    if (codeOf(error) !== 'EPERM') return false;
  }
  const now = startOf(pid);
  return start === '' || now === '' || now === start;
}

export function takeLock(path: string): Lock {
  const mine = `${process.pid} ${startOf(process.pid)}\n`;
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      const file = openSync(path, constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY, 0o600);
      writeSync(file, mine);
      closeSync(file);
      return {
        held: true,
        release() {
          try {
            if (readFileSync(path, 'utf8') === mine) unlinkSync(path);
          } catch {
            // Gone already.
          }
        },
      };
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
    }
    let text = '';
    try {
      text = readFileSync(path, 'utf8');
    } catch {
      continue;
    }
    const [number = '', start = ''] = text.trim().split(' ');
    const pid = Number(number);
    if (Number.isInteger(pid) && pid > 0 && isAlive(pid, start)) return { held: false, pid };
    // Left behind by a kill. Moved away under a name of ours first, so that of two who find it only one removes it.
    const aside = `${path}.${process.pid}.stale`;
    try {
      renameSync(path, aside);
      const moved = readFileSync(aside, 'utf8');
      if (moved !== text) {
        // Somebody was faster and it is theirs already.
        renameSync(aside, path);
        continue;
      }
      unlinkSync(aside);
    } catch {
      // The other one was faster.
    }
  }
  return { held: false };
}
