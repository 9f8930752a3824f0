/** Node's own test runner as a process: its report goes to people, what failed comes back as data. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Failure, Run } from './again.js';

const FAILURES_REPORTER = new URL('failures-reporter.mjs', import.meta.url).href;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

export interface TestRun {
  readonly files: readonly string[];
  /** Further arguments of the runner. */
  readonly flags: readonly string[];
  /** So many files at once. */
  readonly concurrency: number;
  readonly cwd: string;
  /** The limit of a file. */
  readonly timeoutMs: number;
  /** The report is printed unless false. */
  readonly print?: boolean;
}

export function runTests({ files, flags, concurrency, cwd, timeoutMs, print = true }: TestRun): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'causette-failures-'));
  const list = join(folder, 'failures');
  const args = [
    '--import',
    'tsx',
    '--test',
    `--test-concurrency=${concurrency}`,
    `--test-timeout=${timeoutMs}`,
    ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
    ...[`--test-reporter=${FAILURES_REPORTER}`, `--test-reporter-destination=${list}`],
    ...flags,
    ...files,
  ];
  const env = { ...process.env };
  // Set inside a test of node's runner; a runner that finds it believes to be a child and prints nothing readable.
  delete env['NODE_TEST_CONTEXT'];
  const runner = spawn(process.execPath, args, { cwd, env, stdio: print ? 'inherit' : 'ignore' });
  const pass = (signal: NodeJS.Signals): void => void runner.kill(signal);
  for (const signal of SIGNALS) process.on(signal, pass);
  return new Promise((resolve, reject) => {
    runner.once('error', reject);
    runner.once('exit', (code, signal) => {
      for (const one of SIGNALS) process.off(one, pass);
      // Whoever interrupts it wants no second run.
      const failures = code === null || code > 1 ? [] : readFailures(list);
      rmSync(folder, { recursive: true, force: true });
      resolve({ code: code ?? (signal === 'SIGINT' ? 130 : 1), failures });
    });
  });
}

function readFailures(file: string): readonly Failure[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter(line => line !== '').map(line => JSON.parse(line) as Failure);
}
