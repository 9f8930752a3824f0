/** The info line: notices as rows of the screen. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { span } from '../../src/lib/span.js';
import { safe } from '../../src/lib/text.js';
import { lineText } from '../../src/ui/rows/line.js';
import { infoPicture, recentNotices } from '../../src/ui/views/info.js';

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

test('a warning keeps its place among what comes after it, and the newest always has one', () => {
  const warning = { ...notice(safe`careful`), level: 'warning' as const };
  const all = [warning, ...[safe`one`, safe`two`, safe`three`, safe`four`].map(notice)];
  const chosen = recentNotices(all, 0, 10, 3);
  assert.deepEqual(
    chosen.map(one => one.row[0]?.text),
    ['careful', 'three', 'four'],
  );
  assert.deepEqual(infoPicture(chosen, 40, 2).lines.map(lineText), ['!- careful', '-- four']);
  assert.deepEqual(infoPicture(chosen, 40, 1).lines.map(lineText), ['-- four']);
});
