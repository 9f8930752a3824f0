/** A second chance for test files that start other programs: what fails while others load the machine is run once more, alone, and never quietly. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** More files than this do not fail by chance. */
const MOST_FILES = 4;

/** One failed test. */
export interface Failure {
  /** Absolute path of its file. */
  readonly file: string;
  /** Its name behind those of its suites; empty when the file as a whole failed. */
  readonly test: string;
  /** The first lines of what went wrong. */
  readonly message: string;
}

export interface Run {
  /** The exit code of the runner. */
  readonly code: number;
  readonly failures: readonly Failure[];
}

export interface RunPlan {
  /** Absolute paths. */
  readonly files: readonly string[];
  /** Runs test files, at most so many at once. */
  run(files: readonly string[], concurrency: number): Promise<Run>;
  readonly concurrency: number;
  say(text: string): void;
  /** Names in what is said are relative to it. */
  readonly root: string;
}

/**
 * Runs the files; those of them that failed and start other programs are run once more, one at a time, if no other failed.
 * Gives the exit code: 0 only if every file passed once, and what passed only on the second run is said at the end.
 */
export async function runTwiceAtMost({ files, run, concurrency, say, root }: RunPlan): Promise<number> {
  const first = await run(files, concurrency);
  if (first.code === 0 || first.failures.length === 0) return first.code;
  const failed = [...new Set(first.failures.map(({ file }) => file))];
  const name = (file: string): string => relative(root, file);
  if (failed.length > MOST_FILES || !failed.every(file => startsPrograms(file))) return first.code;
  say(
    `\nOnce more, alone, because they start other programs: ${failed.map(name).join(', ')}. A second failure is a failure.\n`,
  );
  const second = await run(failed, 1);
  const lines = first.failures.map(
    ({ file, test, message }) =>
      `  ${name(file)}${test === '' ? '' : ` › ${test}`}\n    first failure: ${message.replaceAll('\n', '\n      ')}`,
  );
  if (second.code !== 0) {
    say(`\nFAILED twice: ${[...new Set(second.failures.map(({ file }) => name(file)))].join(', ')}\n`);
    return second.code;
  }
  say(`\nWARNING: passed only on the second run; find out why:\n${lines.join('\n')}\n`);
  return 0;
}

/** Whether a test file starts other programs, itself or by a helper in `test`: only then may chance have a part in it. */
export function startsPrograms(file: string, seen: Set<string> = new Set()): boolean {
  if (seen.has(file) || !existsSync(file)) return false;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  if (/from 'node:child_process'/.test(text)) return true;
  return [...text.matchAll(/(?:from|import\() ?'(\.[^']*)\.js'/g)]
    .map(([, path = '']) => resolve(dirname(file), `${path}.ts`))
    .filter(path => path.startsWith(join(import.meta.dirname, '/')))
    .some(path => startsPrograms(path, seen));
}
