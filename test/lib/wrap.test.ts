import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { span } from '../../src/lib/span.js';
import { cleanBody } from '../../src/lib/text.js';
import { type Row, wrap } from '../../src/lib/wrap.js';

const print = (rows: readonly Row[]): string[] =>
  rows.map(row => ' '.repeat(row.indent) + row.cells.map(cell => cell.c.s).join(''));
const wrapped = (text: string, cols: number, indent = 0): string[] =>
  print(wrap([span('text.normal', cleanBody(text))], cols, { indent }));

const CASES: [name: string, text: string, cols: number, indent: number, rows: string[]][] = [
  ['a short line stays', 'hello', 10, 0, ['hello']],
  ['breaks at spaces', 'hello big world', 10, 0, ['hello big', 'world']],
  ['rows after the first are indented', 'hello big world', 10, 2, ['hello big', '  world']],
  ['an overlong word is cut', 'abcdefghij', 4, 0, ['abcd', 'efgh', 'ij']],
  ['a word that fitted the first row only is cut too', 'ab abcdefgh', 9, 4, ['ab ', '    abcde', '    fgh']],
  ['breaks after a hyphen', 'well-known', 6, 0, ['well-', 'known']],
  ['wide characters are not cut', '日本語', 5, 0, ['日本', '語']],
  ['line breaks are kept', 'a\n\nb', 5, 0, ['a', '', 'b']],
  ['what is wider than a row is replaced', '日', 1, 0, ['\ufffd']],
  ['nothing is one row', '', 5, 0, ['']],
];
for (const [name, text, cols, indent, rows] of CASES) {
  test(name, () =>
    assert.deepEqual(
      wrapped(text, cols, indent).map(row => row.trimEnd()),
      rows.map(row => row.trimEnd()),
    ),
  );
}

test('no row is wider than the columns, and no letter is lost', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 80 }),
      fc.integer({ min: 2, max: 30 }),
      fc.integer({ min: 0, max: 12 }),
      (raw, cols, indent) => {
        const text = cleanBody(raw);
        const rows = wrap([span('text.normal', text)], cols, { indent });
        for (const row of rows) assert.ok(row.indent + row.cells.reduce((sum, cell) => sum + cell.c.w, 0) <= cols);
        const letters = (s: string): string => s.replace(/[\s\u25cc\ufffd]/g, '');
        const shown = rows.flatMap(row => row.cells.map(cell => cell.c.s)).join('');
        if (/^[\x20-\x7e]*$/.test(text)) assert.equal(letters(shown), letters(text));
      },
    ),
    { numRuns: 300 },
  );
});

test('rows tell which of them start a line of the text', () => {
  const rows = wrap([span('text.normal', cleanBody('aa bb\ncc'))], 3);
  assert.deepEqual(
    rows.map(row => row.starts),
    [true, false, true],
  );
});

test('with a limit the first rows are the same, and no more of a long text is looked at', () => {
  const letters = fc.constantFrom('a', 'bc ', 'd-', 'e\u0301', '日', '👩‍👩‍👧', '\n', ' ', 'ß', '🇩🇪');
  fc.assert(
    fc.property(fc.array(letters, { maxLength: 6000 }), fc.integer({ min: 1, max: 30 }), (parts, cols) => {
      const spans = [span('text.normal', cleanBody(parts.join('')))];
      const all = print(wrap(spans, cols));
      const some = print(wrap(spans, cols, { most: 20 }));
      assert.deepEqual(some, all.slice(0, 20));
    }),
    { numRuns: 60 },
  );
});
