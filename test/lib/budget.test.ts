/** Bursts are allowed, floods are not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBudget } from '../../src/lib/budget.js';

test('so many at once, then so many a second, and never more than at once', () => {
  let now = 0;
  const spend = createBudget(3, 2, () => now);
  assert.deepEqual([spend(), spend(), spend(), spend()], [true, true, true, false]);
  now = 500;
  assert.deepEqual([spend(), spend()], [true, false]);
  now = 60_000;
  assert.deepEqual([spend(), spend(), spend(), spend()], [true, true, true, false]);
});
