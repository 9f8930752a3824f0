/** The table of faults in README.md: every row Q1 to Q42 names tests that exist, and every row that a test names is in it. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const ROWS = 42;
const here = new URL('./', import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, here), 'utf8');

interface Row {
  readonly number: number;
  readonly tests: readonly { readonly file: string; readonly title: string }[];
}

function rowsOf(text: string): Row[] {
  return [...text.matchAll(/^\| Q(\d+) \| ([^|]+) \| (.*) \|$/gm)].map(([, number, , cell = '']) => ({
    number: Number(number),
    tests: cell.split('; ').flatMap(one => {
      const found = /^`([^`]+\.test\.ts)`(?:: (.*))?$/.exec(one);
      return found === null ? [] : [{ file: found[1] ?? '', title: found[2] ?? '' }];
    }),
  }));
}

/** What stands behind `test(` and `describe(`, or begins a row of a table of tests; not what a comment says. */
const titlesIn = (text: string): string[] =>
  [...text.matchAll(/(?:(?:test|describe)\(|^ *\[)\s*([`'"][^\n]*)/gm)].map(([, title = '']) => title);

const rows = rowsOf(read('README.md'));

test('each fault has one row, in order', () => {
  assert.deepEqual(
    rows.map(({ number }) => number),
    Array.from({ length: ROWS }, (_, i) => i + 1),
  );
});

for (const { number, tests } of rows) {
  test(`Q${number} names tests that are there`, () => {
    assert.notEqual(tests.length, 0, 'no test is named');
    for (const { file, title } of tests) {
      assert.ok(existsSync(new URL(file, here)), `${file} is not there`);
      assert.ok(
        titlesIn(read(file)).some(one => one.includes(title)),
        `${file} has no test “${title}”`,
      );
    }
  });
}

test('what a test calls Qn is in the table', () => {
  const files = readdirSync(here, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.test.ts'));
  const named = files.flatMap(file =>
    [...read(file).matchAll(/(?:test|describe)\([^\n]{0,3}Q(\d+)\b/g)].map(one => Number(one[1])),
  );
  assert.ok(named.length > 20, `${named.length} found`);
  assert.deepEqual(
    named.filter(number => !rows.some(row => row.number === number)),
    [],
  );
});
