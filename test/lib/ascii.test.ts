/** What a pipe or a terminal gets that knows nothing but ASCII. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asciiText } from '../../src/lib/ascii.js';

const CASES: readonly (readonly [text: string, ascii: string])[] = [
  ['plain ~', 'plain ~'],
  ['Crème brûlée', 'Creme brulee'],
  ['keycap 5\ufe0f\u20e3 end', 'keycap 5? end'],
  ['“quotes” – and …', '"quotes" - and .'],
  ['│ ├ ─', '| + -'],
  ['漢字', '????'],
  ['two\nlines é', 'two\nlines e'],
];
for (const [text, ascii] of CASES) {
  test(JSON.stringify(text), () => {
    assert.equal(asciiText(text), ascii);
    assert.match(asciiText(text), /^[\n\x20-\x7e]*$/);
  });
}
