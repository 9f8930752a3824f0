/** The info line: notices as rows of the screen. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { span } from '../../src/lib/span.js';
import { safe } from '../../src/lib/text.js';
import { lineText } from '../../src/ui/rows/line.js';
import { infoPicture } from '../../src/ui/views/info.js';

const notice = (text: ReturnType<typeof safe>) => ({ at: 0, level: 'info' as const, row: [span('notice.info', text)] });
const shown = (texts: readonly ReturnType<typeof safe>[], columns: number, rows: number) =>
  infoPicture(texts.map(notice), columns, rows).lines.map(lineText);

test('a long notice goes on below its words', () => {
  assert.deepEqual(shown([safe`one two three four`], 12, 3), ['-- one two', '   three', '   four']);
});

test('the newest is shown in full before older ones', () => {
  assert.deepEqual(shown([safe`old`, safe`one two three`], 12, 2), ['-- one two', '   three']);
  assert.deepEqual(shown([safe`old`, safe`one two three`], 12, 3), ['-- old', '-- one two', '   three']);
});

test('of one that is too long the beginning is shown', () => {
  assert.deepEqual(shown([safe`one two three four`], 12, 1), ['-- one two']);
});
