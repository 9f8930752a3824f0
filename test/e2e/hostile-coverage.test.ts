/** Every row of the table of hostile inputs is tested somewhere. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { HOSTILE_ROWS } from '../helpers/hostile-stage.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Loops over the table itself: which rows they take. */
const LOOPS: readonly (readonly [file: string, takes: (row: { id: string; where: string }) => boolean])[] = [
  ['e2e/hostile-text.test.ts', row => /^[TLUM]/.test(row.id) && row.where !== 'stanza'],
  ['e2e/hostile-stanzas.test.ts', row => row.where === 'stanza'],
];

function testFiles(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'fixtures' ? [] : testFiles(path);
    return entry.name.endsWith('.test.ts') && entry.name !== 'hostile-coverage.test.ts' ? [path] : [];
  });
}

/** Row → the files that test it. */
function coverage(): ReadonlyMap<string, readonly string[]> {
  const files = testFiles(ROOT).map(path => ({ name: relative(ROOT, path), text: readFileSync(path, 'utf8') }));
  return new Map(
    HOSTILE_ROWS.map(row => [
      row.id,
      [
        ...new Set([
          ...LOOPS.filter(([, takes]) => takes(row)).map(([file]) => file),
          ...files.filter(({ text }) => new RegExp(`\\b${row.id}\\b`).test(text)).map(({ name }) => name),
        ]),
      ],
    ]),
  );
}

test('every row of hostile.json is tested', t => {
  const table = coverage();
  for (const [id, where] of table) t.diagnostic(`${id}: ${where.join(', ')}`);
  const missing = [...table].filter(([, where]) => where.length === 0);
  assert.deepEqual(
    missing.map(([id]) => id),
    [],
  );
});
