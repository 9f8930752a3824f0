/** Two processes, one folder. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { takeLock } from '../../src/storage/lock.js';

const place = (): string => join(mkdtempSync(join(tmpdir(), 'causette-lock-')), 'lock');

test('the second one is told who has it, and gets it after the release', () => {
  const path = place();
  const first = takeLock(path);
  assert.equal(first.held, true);
  assert.deepEqual(takeLock(path), { held: false, pid: process.pid });
  if (first.held) first.release();
  assert.equal(existsSync(path), false);
  assert.equal(takeLock(path).held, true);
});

test('what a killed process left is taken over', async () => {
  const path = place();
  const child = spawn(process.execPath, ['-e', '']);
  await new Promise(resolve => child.once('exit', resolve));
  writeFileSync(path, `${child.pid} 1\n`);
  assert.equal(takeLock(path).held, true);
  assert.match(readFileSync(path, 'utf8'), new RegExp(`^${process.pid} `));
});

test('a number that now belongs to another process is no lock', { skip: !existsSync('/proc/self/stat') }, () => {
  const path = place();
  writeFileSync(path, `${process.ppid} 1\n`);
  assert.equal(takeLock(path).held, true);
});

test('a lock with nonsense in it is taken over', () => {
  const path = place();
  writeFileSync(path, 'what is this\n');
  assert.equal(takeLock(path).held, true);
});

test('a release does not take the lock of another', () => {
  const path = place();
  const lock = takeLock(path);
  writeFileSync(path, '1 1\n');
  if (lock.held) lock.release();
  assert.equal(existsSync(path), true);
});
