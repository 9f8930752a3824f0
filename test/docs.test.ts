/** The documents say what the program does: generated tables are fresh, the manual page names every option. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FLAGS } from '../src/cli.js';
import { MUC_CASES, suitesBySection, UNTESTED } from './helpers/muc-cases.js';
import { DOCUMENTS, readDocument, references, regenerate } from './helpers/reference.js';

const parts = await references();
for (const name of DOCUMENTS) {
  test(`the generated tables of ${name} are fresh (npm run docs)`, () => {
    const text = readDocument(name);
    assert.match(text, /<!-- begin /);
    assert.equal(regenerate(text, parts), text);
  });
}

test('every use case of XEP-0045 has a test on a real server or is named as one without, and no test names a section that is none', () => {
  const suites = suitesBySection();
  assert.deepEqual(
    MUC_CASES.filter(([section]) => suites.get(section) === undefined).map(([section]) => section),
    UNTESTED,
  );
  const known = new Set(MUC_CASES.map(([section]) => section));
  assert.deepEqual(
    [...suites].filter(([section]) => !known.has(section)),
    [],
  );
});

test('the manual page names every option of the command line', () => {
  const manual = readDocument('bin/causette.1').replaceAll('\\-', '-');
  for (const flag of Object.keys(FLAGS)) assert.ok(manual.includes(`Fl -${flag}`), `--${flag} is missing`);
});
