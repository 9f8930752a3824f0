/** A crash report: what failed and the last lines of the debug log, without bodies or secrets, readable by its owner only. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePrivateDir } from './lib/dirs.js';
import { errorText } from './lib/errors.js';

export interface CrashFacts {
  readonly error: unknown;
  readonly version: string;
  readonly recent: readonly string[];
  readonly folder: string;
  readonly now: Date;
}

/** Writes the report; answers its path, or undefined if that failed too. */
export function writeCrashReport({ error, version, recent, folder, now }: CrashFacts): string | undefined {
  try {
    const path = join(ensurePrivateDir(folder), `crash-${now.toISOString().replace(/[:.]/g, '-')}.log`);
    const stack = error instanceof Error ? (error.stack ?? error.message) : errorText(error);
    const text = [`causette ${version}, node ${process.version}, ${process.platform}`, stack, '', ...recent, ''].join(
      '\n',
    );
    writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
    return path;
  } catch {
    return undefined;
  }
}
