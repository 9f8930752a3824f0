/** Long work gives way: counted in slices, on a clock that the work itself turns. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inSlices } from '../../src/lib/slices.js';

function setUp(costMs: number) {
  let time = 0;
  let waits = 0;
  const done: number[] = [];
  const work = (items: readonly number[], fail?: number): Promise<void> =>
    inSlices(
      items,
      piece => {
        if (fail !== undefined && piece.includes(fail)) throw new Error('no');
        done.push(...piece);
        time += costMs;
      },
      {
        stopwatch: () => time,
        wait: fn => {
          waits++;
          queueMicrotask(fn);
          return () => {};
        },
      },
    );
  return { work, done, waits: () => waits };
}
const numbers = Array.from({ length: 1000 }, (_, i) => i);

test('work that takes no time is done at once, in its order', async () => {
  const { work, done, waits } = setUp(0);
  const all = work(numbers);
  assert.deepEqual(done, numbers);
  await all;
  assert.equal(waits(), 0);
});

test('work that takes long lets others have their turn after every three milliseconds', async () => {
  const { work, done, waits } = setUp(2);
  await work(numbers);
  assert.deepEqual(done, numbers);
  assert.equal(waits(), 4, 'ten pieces of 2 ms, two of them a slice');
});

test('what one piece throws ends the work', async () => {
  const { work, done } = setUp(2);
  await assert.rejects(work(numbers, 250), /no/);
  assert.equal(done.length, 200);
});
