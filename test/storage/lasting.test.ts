/** `history.sync = strict`: when the disk is waited for, and when not; what was kept is there before anybody says that it was received. */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createState } from '../../src/config/state.js';
import { cleanBody, cleanIdentifier } from '../../src/lib/text.js';
import type { MessageEntry } from '../../src/model/types.js';
import { openAccount } from '../../src/storage/account.js';
import { createLasting } from '../../src/storage/lasting.js';
import { createFakeClock } from '../helpers/fake-clock.js';
import { bare } from '../helpers/fake-wire.js';

function setUp(strict = true) {
  const clock = createFakeClock();
  const problems: string[] = [];
  const disk = { syncs: 0, full: false };
  const lasting = createLasting({
    clock,
    strict: () => strict,
    sync() {
      if (disk.full) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      disk.syncs++;
    },
    onProblem: sentence => void problems.push(sentence),
  });
  return { clock, problems, disk, lasting };
}

test('Q12: a flood of messages and questions waits for the disk once a second', () => {
  const { clock, disk, lasting } = setUp();
  let told = 0;
  for (let i = 0; i < 100; i++) {
    lasting.changed();
    if (lasting.settle(false) === 0) told++;
    clock.advance(50);
  }
  assert.equal(disk.syncs, 5);
  assert.equal(told, 5);
});

test('Q12: the first question finds what came on the disk, the second is told when to ask again', () => {
  const { clock, disk, lasting } = setUp();
  lasting.changed();
  assert.equal(lasting.settle(false), 0);
  assert.equal(disk.syncs, 1);
  assert.equal(lasting.settle(false), 0, 'nothing has come since');
  assert.equal(disk.syncs, 1);
  clock.advance(300);
  lasting.changed();
  assert.equal(lasting.settle(false), 700);
  assert.equal(disk.syncs, 1);
  clock.advance(700);
  assert.equal(lasting.settle(false), 0);
  assert.equal(disk.syncs, 2);
});

test('Q12: at a goodbye and before a resumption nothing waits', () => {
  const { disk, lasting } = setUp();
  lasting.changed();
  lasting.settle(false);
  lasting.changed();
  assert.equal(lasting.settle(true), 0);
  assert.equal(disk.syncs, 2);
});

test('Q12: what nobody asks for lasts after a second, and nothing ticks afterwards', () => {
  const { clock, disk, lasting } = setUp();
  lasting.changed();
  clock.advance(1000);
  assert.equal(disk.syncs, 1);
  assert.equal(clock.pending, 0);
});

test('Q12: normal never waits for the disk', () => {
  const { clock, disk, lasting } = setUp(false);
  lasting.changed();
  assert.equal(lasting.settle(true), 0);
  clock.advance(10_000);
  lasting.close();
  assert.equal(disk.syncs, 0);
});

test('Q12: a disk that refuses is said once, and the link goes on', () => {
  const { clock, disk, problems, lasting } = setUp();
  disk.full = true;
  for (let i = 0; i < 20; i++) {
    lasting.changed();
    assert.equal(lasting.settle(false), 0);
    clock.advance(400);
  }
  assert.equal(problems.length, 1);
  assert.match(problems[0] ?? '', /may not survive a power cut: the disk is full/);
  disk.full = false;
  lasting.changed();
  clock.advance(1000);
  assert.ok(disk.syncs > 0);
});

const entry = (n: number): MessageEntry => ({
  kind: 'message',
  seq: n,
  rev: 1,
  at: Date.UTC(2026, 10, 22) + n,
  sender: { name: cleanIdentifier('romeo') },
  self: false,
  body: cleanBody(`message ${n}`),
  action: false,
  source: 'live',
  highlight: false,
});

for (const [what, driver, expected] of [
  ['with SQLite the journal, then the text log', undefined, [/history\.db-wal$/, /2026-11\.log$/]],
  ['without it the text log', null, [/2026-11\.log$/]],
] as const) {
  test(`Q12: what lasts: ${what}`, async () => {
    const paths: string[] = [];
    const account = await openAccount(bare('me@example.test'), assert.fail, {
      data: join(mkdtempSync(join(tmpdir(), 'causette-lasting-')), 'data'),
      clock: createFakeClock(),
      createState,
      strict: () => true,
      sync: given => void paths.push(given[0] ?? ''),
      ...(driver === null && { driver }),
    });
    assert.ok(account);
    account.history.add(bare('lobby@rooms.test'), entry(1), 'end');
    assert.deepEqual(paths, []);
    assert.equal(account.history.settle?.(false), 0);
    assert.equal(paths.length, expected.length);
    for (const [i, path] of expected.entries()) assert.match(paths[i] ?? '', path);
    account.close();
    assert.equal(paths.length, expected.length, 'nothing new, nothing to wait for');
  });
}
