/** What a search line means, and which messages it means. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fold } from '../../src/lib/fold.js';
import { type HistoryQuery, matcherOf, parseDay, parseQuery } from '../../src/model/history.js';

const NOW = new Date(2026, 10, 22, 15, 30).getTime();
const day = (year: number, month: number, date: number): number => new Date(year, month - 1, date).getTime();
const HOUR = 3_600_000;

describe('a line', () => {
  const LINES: readonly (readonly [line: string, query: HistoryQuery])[] = [
    ['', { words: [] }],
    ['  two   words ', { words: ['two', 'words'] }],
    ['"good morning" all', { words: ['good morning', 'all'] }],
    ['"half a quote', { words: ['half a quote'] }],
    ['from:juliet', { words: [], from: 'juliet' }],
    ['FROM:Juliet In:Lobby x', { words: ['x'], from: 'Juliet', in: 'lobby' }],
    ['from:"two words" x', { words: ['x'], from: 'two words' }],
    ['in:#lobby', { words: [], in: 'lobby' }],
    ['from: x', { words: ['x'] }],
    ['since:2026-11', { words: [], since: day(2026, 11, 1) }],
    ['since:2026-11-03 before:2026-11-05', { words: [], since: day(2026, 11, 3), before: day(2026, 11, 5) }],
    ['since:yest x', { words: ['x'] }],
    ['since:yesterday', { words: [], since: day(2026, 11, 21) }],
    ['before:3h', { words: [], before: NOW - 3 * HOUR }],
    ['http://x.example/from:a', { words: ['http://x.example/from:a'] }],
    ['学中 from:me', { words: ['学中'], from: 'me' }],
  ];
  for (const [line, query] of LINES) {
    test(`“${line}” is read`, () => assert.deepEqual(parseQuery(line, NOW), query));
  }
});

test('days are read in local time, and what is none is nothing', () => {
  assert.equal(parseDay('today', NOW), day(2026, 11, 22));
  assert.equal(parseDay('2026', NOW), day(2026, 1, 1));
  assert.equal(parseDay('2w', NOW), NOW - 14 * 24 * HOUR);
  for (const text of ['', 'x', '20', '2026-', '2026-1-1-1', '-3d', '3', '99999d']) {
    assert.equal(parseDay(text, NOW), undefined, text);
  }
});

test('capitals and accents of Latin letters make no difference, other letters stay', () => {
  const PAIRS = [
    ['Café', 'cafe'],
    ['cafe\u0301', 'CAFÉ'],
    ['ПРИВЕТ', 'привет'],
    ['ΟΔΟΣ', 'οδος'],
    ['한국', '\u1112\u1161\u11ab\u1100\u116e\u11a8'],
    ['Ångström', 'angstrom'],
  ] as const;
  for (const [one, other] of PAIRS) assert.equal(fold(one), fold(other), one);
  assert.notEqual(fold('й'), fold('и'));
  assert.notEqual(fold('が'), fold('か'));
});

test('all that a query says must hold', () => {
  const message = { chat: 'lobby@rooms.test', at: 100, nick: 'Juliet', self: false, body: 'Où est le café ?' };
  const CASES: readonly (readonly [query: HistoryQuery, fits: boolean])[] = [
    [{ words: [] }, true],
    [{ words: ['CAF', 'ou'] }, true],
    [{ words: ['caf', 'tea'] }, false],
    [{ words: [], from: 'jul' }, true],
    [{ words: [], from: 'me' }, false],
    [{ words: [], in: 'lobby' }, true],
    [{ words: [], in: 'hall' }, false],
    [{ words: [], since: 100, before: 101 }, true],
    [{ words: [], since: 101 }, false],
    [{ words: [], before: 100 }, false],
  ];
  for (const [query, fits] of CASES) assert.equal(matcherOf(query)(message), fits, JSON.stringify(query));
});
