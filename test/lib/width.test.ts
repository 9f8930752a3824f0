import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { clusters, RESYNC_AFTER_RUN, STABLE, setAmbiguousWidth, UNSURE, width } from '../../src/lib/width.js';

const CASES: [text: string, cells: number][] = [
  ['hello', 5],
  ['héllo', 5],
  ['he\u0301llo', 5],
  ['漢字', 4],
  ['👍🏽', 2],
  ['👨‍👩‍👧', 2],
  ['🇫🇷', 2],
  ['❤️', 2],
  ['한', 2],
  ['\u1112\u1161\u11ab', 2],
  ['שלום', 4],
];
for (const [text, cells] of CASES)
  test(`${JSON.stringify(text)} takes ${cells} cells`, () => assert.equal(width(text), cells));

test('trust says where terminals disagree', () => {
  assert.equal(clusters('a')[0]?.trust, STABLE);
  assert.equal(clusters('漢')[0]?.trust, STABLE);
  assert.equal(clusters('ש')[0]?.trust, RESYNC_AFTER_RUN);
  assert.equal(clusters('👍🏽')[0]?.trust, UNSURE);
});

test('ambiguous characters follow the setting', () => {
  assert.equal(width('Ωж'), 2);
  setAmbiguousWidth(2);
  assert.equal(width('Ωж'), 4);
  setAmbiguousWidth(1);
  assert.equal(width('Ωж'), 2);
});

test('clusters are the text again, as the segmenter cuts it', () => {
  const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });
  const unit = fc.constantFrom(
    'a',
    ' ',
    'é',
    '\u0301',
    '漢',
    '👍',
    '🏽',
    '\u200d',
    '👩',
    'ש',
    'क',
    '्',
    '한',
    '\u11ab',
    '🇫',
    '🇷',
    '\n',
    'ж',
  );
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 24 }), parts => {
      const text = parts.join('');
      const cut = clusters(text).map(c => c.s.replace('\u25cc', ''));
      assert.equal(cut.join(''), text);
      if (text.length < 48)
        assert.deepEqual(
          cut,
          [...segmenter.segment(text)].map(({ segment }) => segment),
        );
    }),
    { numRuns: 300 },
  );
});

test('an endless cluster is cut', () => {
  const chain = '👩\u200d'.repeat(1000);
  assert.ok(clusters(chain).every(c => c.s.length <= 49));
});
