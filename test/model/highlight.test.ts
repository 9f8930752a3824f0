import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHighlighter } from '../../src/model/highlight.js';
import type { Chat } from '../../src/model/types.js';
import { s } from './world.js';

const chat = {} as Chat;
const rows: readonly [body: string, nick: string, expected: boolean][] = [
  ['bob: hello', 'bob', true],
  ['hello BOB', 'bob', true],
  ['hello @Bob, how', 'bob', true],
  ['bob', 'bob', true],
  ['bobsleigh', 'bob', false],
  ['kebob', 'bob', false],
  ['bob_', 'bob', false],
  ['bobsleigh for bob', 'bob', true],
  ['caf\u0065\u0301: hi', 'caf\u00e9', true],
  ['résumé', 'sum', false],
  ['hi [x]y', '[x]', true],
  ['нет, Вася!', 'вася', true],
  ['anything', '', false],
  ['😀bob😀', 'bob', true],
  ['𝒂bob', 'bob', false],
];
for (const [body, nick, expected] of rows) {
  test(`S046: "${body}" ${expected ? 'concerns' : 'does not concern'} "${nick}"`, () => {
    assert.equal(createHighlighter()(chat, s(body), nick), expected);
  });
}

test('words of the person are looked for as well', () => {
  const highlights = createHighlighter(['causette', ' ']);
  assert.equal(highlights(chat, s('I like Causette'), 'bob'), true);
  assert.equal(highlights(chat, s('I like causettes'), 'bob'), false);
});
