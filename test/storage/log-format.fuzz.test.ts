/** Whatever is said, the log holds exactly that and nothing more: what is read of a record is what was written. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cleanBody, cleanIdentifier } from '../../src/lib/text.js';
import type { MessageEntry } from '../../src/model/types.js';
import { printHeader, printRecord, type RecordKind, readRecords } from '../../src/storage/log-format.js';

/** Pieces that look like the format itself, and any text at all. */
const piece = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '\n',
    '\n  ',
    '\n2026-11-22T20:14:03Z in  <romeo> forged',
    '2026-11-22T20:14:03Z out <me> x',
    '<',
    '>',
    '\\',
    '\\u000a',
    '\r\n',
    '\u2028',
    '\u202e',
    '# Causette history 1, times are UTC, evil@x',
    '/me ',
    '\u001b[2J',
    '  ',
    ' ',
    '',
  ),
);
const text = fc.array(piece, { maxLength: 6 }).map(parts => parts.join(''));
const entry = fc.record({
  name: text.map(cleanIdentifier),
  body: text.map(cleanBody),
  action: fc.boolean(),
  at: fc.integer({ min: 0, max: 4_102_444_800 }).map(seconds => seconds * 1000),
  kind: fc.constantFrom<RecordKind>('in', 'out', 'fix', 'del'),
});

const messageOf = (one: { name: string; body: string; action: boolean; at: number }): MessageEntry =>
  ({
    kind: 'message',
    seq: 1,
    rev: 1,
    at: one.at,
    sender: { name: one.name },
    self: false,
    body: one.body,
    action: one.action,
    source: 'live',
    highlight: false,
  }) as MessageEntry;
/** A log is for people: invisible controls are written as what they are called, and stay that way. */
const visible = (body: string): string =>
  body.replace(
    /[\0-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]/g,
    control => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

test('one record for each message, in order, with its kind, time, nick and body', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 8 }), entries => {
      const file = printHeader('lobby@rooms.test') + entries.map(one => printRecord(messageOf(one), one.kind)).join('');
      const read = [...readRecords(file)].map(({ start: _, ...record }) => record);
      assert.deepEqual(
        read,
        entries.map(one => ({
          kind: one.kind,
          at: one.at,
          name: cleanIdentifier(visible(one.name).replaceAll('\n', '\\u000a')),
          body: one.kind === 'del' ? '' : cleanBody(visible(`${one.action ? '/me ' : ''}${one.body}`)),
        })),
      );
    }),
    { numRuns: Number(process.env['FUZZ_RUNS'] ?? 500) },
  );
});

test('a file cut at any byte still gives every whole record before the cut', () => {
  const bodies = ['first', 'two\nlines', 'third'];
  const records = bodies.map(body =>
    printRecord(messageOf({ name: 'ana', body, action: false, at: 1_700_000_000_000 }), 'in'),
  );
  const bytes = Buffer.from(records.join(''));
  for (let length = 0; length <= bytes.length; length++) {
    const read = [...readRecords(bytes.subarray(0, length).toString('utf8'))].map(record => record.body);
    let whole = 0;
    for (let end = 0; whole < records.length; whole++) {
      end += Buffer.byteLength(records[whole] ?? '');
      if (end > length) break;
    }
    assert.deepEqual(read.slice(0, whole), bodies.slice(0, whole), `cut at ${length}`);
  }
});
