/** Several processes change one file at the same time. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { withLock } from '../../src/config/with-lock.js';

const CHILD = join(import.meta.dirname, '../helpers/count-with-lock.ts');
const folder = mkdtempSync(join(tmpdir(), 'causette-with-lock-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function run(...args: readonly string[]): Promise<number | null> {
  const child = spawn(process.execPath, ['--import', 'tsx', CHILD, folder, ...args], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
}

test('processes that change a file, and settings, at the same time lose nothing of each other', async () => {
  writeFileSync(join(folder, 'number'), '0');
  const codes = await Promise.all([
    run('100', 'ui.clock', 'on'),
    run('100', 'typing.send', 'off'),
    run('100', 'rooms.history', '7'),
  ]);
  assert.deepEqual(codes, [0, 0, 0]);
  assert.equal(readFileSync(join(folder, 'number'), 'utf8'), '300');
  const settings = readFileSync(join(folder, 'config.toml'), 'utf8');
  for (const line of [/^clock = true$/m, /^send = false$/m, /^history = 7$/m]) assert.match(settings, line);
  assert.equal(existsSync(join(folder, 'config.toml.lock')), false);
  assert.equal(statSync(join(folder, 'config.toml')).mode & 0o077, 0);
});

test('what a killed process left is no lock, whoever has its number or none', () => {
  const lock = join(folder, 'left.lock');
  for (const left of ['', '999999999', 'nonsense', String(process.pid)]) {
    writeFileSync(lock, left);
    let ran = 0;
    withLock(lock, () => ran++);
    assert.equal(ran, 1, left);
    assert.equal(existsSync(lock), false);
  }
});

test('what fails inside gives the lock back', () => {
  const lock = join(folder, 'failing.lock');
  assert.throws(
    () =>
      withLock(lock, () => {
        throw new Error('inside');
      }),
    /inside/,
  );
  assert.equal(existsSync(lock), false);
  assert.throws(() => withLock(join(folder, 'nowhere', 'x.lock'), () => {}), /ENOENT/);
});
