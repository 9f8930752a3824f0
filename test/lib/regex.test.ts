import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMatcher, matchAll, readPattern } from '../../src/lib/regex.js';

test('a pattern is one word, or what stands between slashes, with its backslashes', () => {
  for (const [line, source, rest] of [
    ['^spam\\d+ go away', '^spam\\d+', 'go away'],
    ['/buy (my|our) \\w+/ go away', 'buy (my|our) \\w+', 'go away'],
    ['/a\\/b/i', 'a\\/b', ''],
    ['/half', '/half', ''],
    ['  x', 'x', ''],
  ] as const) {
    assert.deepEqual(readPattern(line), { source, rest }, line);
  }
  assert.equal(readPattern('   '), undefined);
});

test('each list of texts fits if one of its texts does, in any case and any script', () => {
  assert.deepEqual(matchAll('^спам', [['Спамер'], ['nobody', 'x'], ['x', 'СПАМ']]), [true, false, true]);
  assert.deepEqual(matchAll('a', []), []);
});

test('patterns that would take years, are none, or are endless end in a sentence', () => {
  const texts = [[`${'a'.repeat(100)}!`]];
  for (const evil of ['^(a+)+$', '^(a|a)*$', '^(.*?)*b$', '(\\w+\\s?)*#']) {
    assert.throws(() => matchAll(evil, texts), /takes too long/, evil);
  }
  assert.throws(() => matchAll('(', texts), /no valid regular expression/);
  assert.throws(() => matchAll('a'.repeat(201), texts), /200 characters/);
});

test('a pattern cannot reach the program', () => {
  assert.deepEqual(matchAll("'; lists = 0; '", [["'; lists = 0; '"]]), [true]);
});

test('a matcher for texts one by one answers the same and stops what would take years', () => {
  const fits = createMatcher('^bot\\d+$');
  for (const [text, expected] of [
    ['bot12', true],
    ['BOT1', true],
    ['bot12', true],
    ['robot', false],
  ] as const) {
    assert.equal(fits(text), expected, text);
  }
  assert.throws(() => createMatcher('('), /no valid regular expression/);
  assert.throws(() => createMatcher('^(a+)+$')(`${'a'.repeat(60)}!`), /takes too long/);
});
