import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { contrast, hueOf, nearestIndex, rgbOfHue, rgbOfIndex } from '../../src/lib/color.js';
import { ensurePrivateDir, findDirs } from '../../src/lib/dirs.js';
import { loadDir } from '../../src/lib/load-dir.js';
import { createLog, redact } from '../../src/lib/log.js';
import { createRing } from '../../src/lib/ring.js';
import { createFakeClock } from '../helpers/fake-clock.js';

const folder = mkdtempSync(join(tmpdir(), 'causette-lib-'));
after(() => rmSync(folder, { recursive: true }));

test('a ring forgets the oldest and never a number', () => {
  const gone: string[] = [];
  const ring = createRing<string>(3, (item, seq) => gone.push(`${seq}${item}`));
  for (const item of 'abcde') ring.push(item);
  assert.deepEqual([...ring], ['c', 'd', 'e']);
  assert.deepEqual(gone, ['0a', '1b']);
  assert.deepEqual([ring.start, ring.end, ring.get(1), ring.get(2), ring.last()], [2, 5, undefined, 'c', 'e']);
  assert.equal(ring.replace(2, 'C'), true);
  assert.equal(ring.replace(1, 'B'), false);
  ring.clear();
  assert.equal(ring.push('f'), 5);
  assert.deepEqual([...ring], ['f']);
});

// The examples of XEP-0392, section 13.2.
for (const [text, angle] of [
  ['Romeo', 327],
  ['juliet@capulet.lit', 209],
  ['😺', 331],
  ['council', 359],
] as const) {
  test(`the hue of ${text} is ${angle}`, () => assert.equal(hueOf(text), angle));
}

test('HSLuv is what the reference says', () => {
  assert.deepEqual(
    rgbOfHue(327, 50).map(c => Math.abs(c) <= 255),
    [true, true, true],
  );
  assert.ok(contrast(rgbOfHue(209, 50), [0, 0, 0]) > 4);
  assert.deepEqual(rgbOfIndex(196), [255, 0, 0]);
  assert.equal(nearestIndex([255, 0, 0], 256), 196);
});

test('folders follow XDG, and a relative value is ignored', () => {
  const dirs = findDirs({ XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: 'relative' }, '/home/j');
  assert.equal(dirs.config, '/c/causette');
  assert.equal(dirs.state, '/home/j/.local/state/causette');
  assert.equal(dirs.data, '/home/j/.local/share/causette');
});

test('a folder of ours is only ours', () => {
  const path = ensurePrivateDir(join(folder, 'a', 'b'));
  assert.equal(statSync(path).mode & 0o777, 0o700);
});

const SECRETS: string[] = [
  "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>AGp1bGlldABzM2NyZXQ=</auth>",
  '<response>s3cret</response>',
  '<password>s3cret</password>',
  "<field type='text-private' var='password'><value>s3cret</value></field>",
  "<token xmlns='x' token='s3cret'/>",
  'password = s3cret',
  '<auth>s3cret',
];
for (const text of SECRETS) {
  test(`${text.slice(0, 24)}… leaves no secret in the log`, () => {
    assert.doesNotMatch(redact(text), /s3cret|AGp1bG/);
  });
}

test('the log keeps 200 lines, writes a private file, and no controls', () => {
  const log = createLog(() => 0);
  const path = join(folder, 'debug.log');
  log.open(path);
  for (let i = 0; i < 300; i++) log.debug('wire', `line ${i}\x1b[31m\nforged`);
  log.close();
  assert.equal(log.recent().length, 200);
  assert.match(log.recent()[0] ?? '', /line 100\\u001b\[31m\\nforged$/);
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(readFileSync(path, 'utf8').trimEnd().split('\n').length, 300);
});

test('a folder of declarations is loaded, and a faulty file is told', async () => {
  const path = ensurePrivateDir(join(folder, 'declarations'));
  writeFileSync(join(path, 'b.mjs'), "export default { name: 'b' };");
  writeFileSync(join(path, 'a.mjs'), "export default { kind: 'a' };");
  writeFileSync(join(path, 'bad.mjs'), 'export default 7;');
  writeFileSync(join(path, 'throws.mjs'), "throw new Error('no');");
  writeFileSync(join(path, 'README.md'), '');
  const { declarations, faults } = await loadDir(path);
  assert.deepEqual(
    declarations.map(({ value }) => value),
    [{ kind: 'a' }, { name: 'b' }],
  );
  assert.deepEqual(
    faults.map(({ file }) => file),
    [join(path, 'bad.mjs'), join(path, 'throws.mjs')],
  );
  assert.deepEqual(await loadDir(join(folder, 'nowhere')), { declarations: [], faults: [] });
});

test('the clock of the tests runs what falls due, in order', () => {
  const clock = createFakeClock();
  const calls: string[] = [];
  clock.after(30, () => calls.push('late'));
  clock.after(10, () => calls.push('soon'));
  const stop = clock.every(12, () => calls.push('again'));
  clock.advance(30);
  stop();
  assert.deepEqual(calls, ['soon', 'again', 'again', 'late']);
  assert.equal(clock.pending, 0);
});
