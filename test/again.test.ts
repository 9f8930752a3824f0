/** The second chance: who gets it, what it says, and that nobody else is run twice. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, describe, test } from 'node:test';
import { type Failure, type Run, runTwiceAtMost, startsPrograms } from './again.js';
import { runTests } from './runner.js';

const ROOT = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'causette-again-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const PROGRAM = "import { spawn } from 'node:child_process';\nvoid spawn;\n";
let serial = 0;
/** A test file with this text behind what a test needs; the second line decides whether it starts other programs. */
function file(body: string, start = PROGRAM): string {
  const path = join(folder, `${++serial}.test.mjs`);
  writeFileSync(
    path,
    `import { describe, test } from 'node:test';\nimport { existsSync, writeFileSync } from 'node:fs';\n${start}${body}`,
  );
  return path;
}
/** Fails once: where it was before is remembered in a file. */
const flaky = (words: string): string => {
  const mark = JSON.stringify(join(folder, `mark-${++serial}`));
  return `describe('a suite', () => { test('a test', () => {
    if (existsSync(${mark})) return;
    writeFileSync(${mark}, '');
    throw new Error(${JSON.stringify(words)});
  }); test('another', () => {}); });`;
};

async function runAll(...files: string[]): Promise<{ code: number; said: string; runs: (readonly string[])[] }> {
  const said: string[] = [];
  const runs: (readonly string[])[] = [];
  const code = await runTwiceAtMost({
    files,
    async run(some, concurrency) {
      runs.push(some);
      return runTests({ files: some, flags: [], concurrency, cwd: ROOT, timeoutMs: 60_000, print: false });
    },
    concurrency: 2,
    say: text => said.push(text),
    root: folder,
  });
  return { code, said: said.join('\n'), runs };
}

describe('with the real runner', () => {
  test('a file that starts programs and fails once is run again alone, and that is said with test and reason', async () => {
    const bad = file(flaky('the server was slow'));
    const good = file("test('fine', () => {});");
    const { code, said, runs } = await runAll(bad, good);
    assert.equal(code, 0);
    assert.deepEqual(runs, [[bad, good], [bad]]);
    assert.match(said, /WARNING: passed only on the second run/);
    assert.match(said, /\d\.test\.mjs › a suite › a test\n {4}first failure: the server was slow/);
  });

  test('failing again is a failure', async () => {
    const { code, said, runs } = await runAll(file("test('never', () => { throw new Error('broken'); });"));
    assert.equal(code, 1);
    assert.equal(runs.length, 2);
    assert.match(said, /FAILED twice: \d+\.test\.mjs/);
    assert.doesNotMatch(said, /WARNING/);
  });

  test('a file that ends before its tests is a failed file', async () => {
    const { code, runs } = await runAll(file('process.exit(3);'));
    assert.equal(code, 1);
    assert.equal(runs.length, 2);
  });

  test('a pure test has one chance, and takes that of the others with it', async () => {
    const { code, said, runs } = await runAll(file(flaky('chance')), file(flaky('no chance'), ''));
    assert.equal(code, 1);
    assert.equal(runs.length, 1);
    assert.equal(said, '');
  });
});

describe('what is decided', () => {
  const failure = (path: string): Failure => ({ file: path, test: 'x', message: 'y' });
  const decide = async (first: Run): Promise<number> => {
    let count = 0;
    const run = async (): Promise<Run> => (++count === 1 ? first : { code: 0, failures: [] });
    await runTwiceAtMost({ files: [], run, concurrency: 2, say: () => {}, root: folder });
    return count;
  };
  test('nothing is repeated when all passed, when nobody knows what failed, and when much failed', async () => {
    const some = Array.from({ length: 5 }, () => failure(file('')));
    assert.equal(await decide({ code: 0, failures: [] }), 1);
    assert.equal(await decide({ code: 1, failures: [] }), 1);
    assert.equal(await decide({ code: 1, failures: some }), 1);
    assert.equal(await decide({ code: 1, failures: some.slice(0, 4) }), 2);
  });

  test('programs are started by files that say so or have a helper that does', () => {
    for (const [path, expected] of [
      ['e2e/guest.test.ts', true],
      ['history/cuts.test.ts', true],
      ['ui/golden-tmux.test.ts', true],
      ['lib/width.test.ts', false],
      ['model/store.test.ts', false],
      ['xmpp/session.test.ts', false],
    ] as const) {
      assert.equal(startsPrograms(join(import.meta.dirname, path)), expected, path);
    }
  });
});
