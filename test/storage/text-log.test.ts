/** The text logs: what stands in the files, what a body cannot do to them, and what happens when the disk does not want them. */
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { cleanBody, cleanIdentifier } from '../../src/lib/text.js';
import type { MessageEntry } from '../../src/model/types.js';
import { printRecord, readRecords } from '../../src/storage/log-format.js';
import { createTextLog } from '../../src/storage/text-log.js';
import { createFakeClock } from '../helpers/fake-clock.js';

const AT = Date.UTC(2026, 10, 22, 20, 14, 3);
const CHAT = 'lobby@rooms.test';

export function said(body: string, more: Partial<MessageEntry> = {}): MessageEntry {
  return {
    kind: 'message',
    seq: 1,
    rev: 1,
    at: AT,
    sender: { name: cleanIdentifier('romeo') },
    self: false,
    body: cleanBody(body),
    action: false,
    source: 'live',
    highlight: false,
    ...more,
  };
}

function place() {
  const folder = join(mkdtempSync(join(tmpdir(), 'causette-log-')), 'logs');
  const clock = createFakeClock();
  const problems: string[] = [];
  const file = join(folder, CHAT, '2026-11.log');
  const open = (more: Partial<Parameters<typeof createTextLog>[0]> = {}) =>
    createTextLog({ folder, clock, onProblem: sentence => void problems.push(sentence), ...more });
  return { folder, clock, problems, file, open };
}

test('a message is one line a person can read and grep', () => {
  const { file, open } = place();
  const log = open();
  log.add(CHAT, said('soft, what light'), 'in');
  log.add(CHAT, said('waves', { action: true, self: true, sender: { name: cleanIdentifier('me') } }), 'out');
  log.add(CHAT, said('two\nlines'), 'in');
  log.add(CHAT, said('gone'), 'del');
  log.close();
  assert.equal(
    readFileSync(file, 'utf8'),
    `# Causette history 1, times are UTC, ${CHAT}
2026-11-22T20:14:03Z in  <romeo> soft, what light
2026-11-22T20:14:03Z out <me> /me waves
2026-11-22T20:14:03Z in  <romeo> two
  lines
2026-11-22T20:14:03Z del <romeo>
`,
  );
});

test('files are for their owner only, also in a folder that was open before', () => {
  const { folder, file, open } = place();
  mkdirSync(folder, { mode: 0o755 });
  const log = open();
  log.add(CHAT, said('x'), 'in');
  log.close();
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.equal(statSync(join(folder, CHAT)).mode & 0o777, 0o700);
});

const FORGERIES: readonly [string, Partial<MessageEntry>][] = [
  ['x\n2026-11-22T20:14:03Z in  <juliet> I owe you money', {}],
  ['x\r\n2026-11-22T20:14:03Z in  <juliet> no', {}],
  ['x\u2028\u0085\v\f2026-11-22T20:14:03Z in  <juliet> no', {}],
  ['\n\n  indented\n\n', {}],
  ['\x1b[2Jx', {}],
  ['body', { sender: { name: cleanIdentifier('a> 2026 <juliet') } }],
  ['body', { sender: { name: cleanIdentifier('back\\>slash\\') } }],
  ['body', { sender: { name: 'line\n2026-11-22T20:14:03Z in  <juliet> no' as never } }],
  ['/me is no action', {}],
  ['', {}],
];
for (const [body, more] of FORGERIES) {
  test(`F026: one record comes back as one: ${JSON.stringify(`${body} ${more.sender?.name ?? ''}`)}`, () => {
    const entry = said(body, more);
    const text = printRecord(entry, 'in');
    assert.doesNotMatch(text, /[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]/);
    assert.equal(text.split('\n').filter(line => /^\d/.test(line)).length, 1);
    const records = [...readRecords(`${text}${printRecord(said('next'), 'out')}`)];
    assert.equal(records.length, 2);
    assert.equal(records[0]?.body, entry.body);
    assert.equal(records[0]?.at, AT);
    if (!entry.sender.name.includes('\n')) assert.equal(records[0]?.name, entry.sender.name);
  });
}

test('what is cut or written by hand is passed over', () => {
  const text = `# head\nnonsense\n2026-11-22T20:14:03Z in  <a> one\n2026-11-22T20:1\n${printRecord(said('two'), 'in')}`;
  assert.deepEqual(
    [...readRecords(text)].map(one => one.body),
    ['one', 'two'],
  );
});

test('F024: a line that a crash cut is ended before the next is written', () => {
  const { folder, file, open } = place();
  mkdirSync(join(folder, CHAT), { recursive: true });
  writeFileSync(file, '2026-11-22T20:14:03Z in  <romeo> cut he');
  const log = open();
  log.add(CHAT, said('whole'), 'in');
  log.close();
  const text = readFileSync(file, 'utf8');
  assert.match(text, /cut he\n2026.*whole\n$/);
  assert.equal([...readRecords(text)].at(-1)?.body, 'whole');
});

test('lines wait a moment and are written together', () => {
  const { file, clock, open } = place();
  const log = open();
  log.add(CHAT, said('x'), 'in');
  assert.equal(existsSync(file), false);
  clock.advance(1000);
  assert.equal(existsSync(file), true);
});

test('a file that is a link somewhere else is not written through', () => {
  const { folder, file, problems, open } = place();
  mkdirSync(join(folder, CHAT), { recursive: true });
  const other = join(folder, 'other');
  symlinkSync(other, file);
  const log = open();
  log.add(CHAT, said('x'), 'in');
  log.flush();
  assert.equal(existsSync(other), false);
  assert.match(problems[0] ?? '', /symbolic link/);
});

test('a full disk is said once, and everything is written when there is room again', () => {
  const { file, clock, problems, open } = place();
  let full = true;
  let room = 30;
  const log = open({
    write(fd, bytes) {
      if (full && room === 0) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      const part = full ? bytes.subarray(0, room) : bytes;
      room = 0;
      return writeSync(fd, part);
    },
  });
  log.add(CHAT, said('one'), 'in');
  clock.advance(1000);
  log.add(CHAT, said('two'), 'in');
  clock.advance(60_000);
  assert.deepEqual(problems, ['The history is not saved: the disk is full. It is tried again by itself.']);
  full = false;
  clock.advance(60_000);
  assert.equal(problems.length, 2);
  const bodies = [...readRecords(readFileSync(file, 'utf8'))].map(one => one.body);
  assert.deepEqual(bodies, ['one', 'two']);
  log.close();
});

test('with a disk full for ever the memory stays small and nothing is thrown', () => {
  const { problems, open } = place();
  const log = open({
    write() {
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
    },
  });
  for (let i = 0; i < 300; i++) log.add(`c${i}@x`, said('y'.repeat(60_000)), 'in');
  log.close();
  assert.equal(problems.length, 1);
});
