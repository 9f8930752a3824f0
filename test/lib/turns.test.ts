import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inTurn } from '../../src/lib/turns.js';

test('work with the same key runs one after the other, also after a failure; other keys do not wait', async () => {
  const owner = {};
  const seen: string[] = [];
  let release = (): void => {};
  const first = inTurn(owner, 'room', async () => {
    seen.push('first begins');
    await new Promise<void>(resolve => {
      release = resolve;
    });
    seen.push('first ends');
    throw new Error('no');
  });
  const second = inTurn(owner, 'room', async () => {
    seen.push('second');
    return 2;
  });
  await inTurn(owner, 'other', async () => seen.push('other'));
  assert.deepEqual(seen, ['first begins', 'other']);
  release();
  await assert.rejects(first, /no/);
  assert.equal(await second, 2);
  assert.deepEqual(seen, ['first begins', 'other', 'first ends', 'second']);
});
