import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compareNames } from '../../src/lib/collate.js';

const collator = new Intl.Collator('en');
const name = fc.oneof(
  fc.string({ minLength: 1, maxLength: 4, unit: fc.constantFrom(...' aAbBzZ09_-.~$é'.split('')) }),
  fc.string({
    maxLength: 8,
    unit: fc.constantFrom(...Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i))),
  }),
  fc.string({ maxLength: 6, unit: 'grapheme' }),
);

test('names stand in the order of Unicode, also those that are compared without it', () => {
  fc.assert(
    fc.property(name, name, (a, b) => {
      assert.equal(Math.sign(compareNames(a, b)), Math.sign(collator.compare(a, b)), `${a} and ${b}`);
    }),
    { numRuns: 5000 },
  );
});

test('small letters stand before capitals only where nothing else differs', () => {
  assert.deepEqual(['Bob', 'anna', 'bob', 'Anna', 'bobby', '_x', 'ça', 'cb'].sort(compareNames), [
    '_x',
    'anna',
    'Anna',
    'bob',
    'Bob',
    'bobby',
    'ça',
    'cb',
  ]);
});
