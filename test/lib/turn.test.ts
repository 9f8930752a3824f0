import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hurried, later, soon } from '../../src/lib/turn.js';

const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await new Promise(resolve => setImmediate(resolve));
};

test('what can wait comes behind what is urgent, although it was planned before', async () => {
  const order: string[] = [];
  later(() => order.push('stanzas'));
  soon(() => order.push('key'));
  assert.equal(hurried(), true);
  await turns(3);
  assert.deepEqual(order, ['key', 'stanzas']);
  assert.equal(hurried(), false);
});

test('what was taken back does not run, and nothing waits for it', async () => {
  const order: string[] = [];
  const undo = soon(() => order.push('key'));
  const undoLater = later(() => order.push('never'));
  undo();
  undo();
  assert.equal(hurried(), false);
  undoLater();
  later(() => order.push('stanzas'));
  await turns(3);
  assert.deepEqual(order, ['stanzas']);
});
