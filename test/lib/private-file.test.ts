import assert from 'node:assert/strict';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileExists, readTextFile, writePrivateFile } from '../../src/lib/private-file.js';

const folder = mkdtempSync(join(tmpdir(), 'causette-files-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('what is written is for the person only, and nothing is left beside it', async () => {
  const file = join(folder, 'list.txt');
  assert.equal(await writePrivateFile(file, 'one\n'), file);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(await readTextFile(file), 'one\n');
  await assert.rejects(writePrivateFile(file, 'two\n'), /exists already/);
  await writePrivateFile(file, 'two\n', { replace: true });
  assert.equal(await readTextFile(file), 'two\n');
  assert.deepEqual(readdirSync(folder), ['list.txt']);
});

test('F022: a link that was planted in the place of the file is not written through, and not replaced', async () => {
  const target = join(folder, 'elsewhere');
  const link = join(folder, 'planted.txt');
  symlinkSync(target, link);
  await assert.rejects(writePrivateFile(link, 'bans\n'), /planted\.txt cannot be written: it exists already/);
  assert.equal(existsSync(target), false);
  assert.ok(lstatSync(link).isSymbolicLink());
});

test('~ is the home folder', async () => {
  assert.equal(await fileExists('~'), true);
  assert.equal(await fileExists('~/no such file at all'), false);
});

test('what cannot be read or written is a sentence', async () => {
  const large = join(folder, 'large');
  writeFileSync(large, '');
  truncateSync(large, 2 * 1024 * 1024);
  mkdirSync(join(folder, 'sub'));
  await assert.rejects(readTextFile(large), /larger than a megabyte/);
  await assert.rejects(readTextFile(join(folder, 'sub')), /it is no file/);
  await assert.rejects(readTextFile('/dev/zero'), /it is no file/);
  await assert.rejects(readTextFile(join(folder, 'nothing')), /no such file/);
  await assert.rejects(writePrivateFile(join(folder, 'no', 'x'), ''), /no such file or folder/);
});
