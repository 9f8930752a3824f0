import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStreamManagement, type StreamManagement } from '../../src/xmpp/stream-management.js';

function after(...items: string[]): StreamManagement<string> {
  const management = createStreamManagement<string>({ resumeId: 'x' });
  for (const item of items) management.sent(item);
  return management;
}

test('an acknowledgement takes the oldest items', () => {
  const management = after('a', 'b', 'c');
  assert.deepEqual(management.acknowledge('2'), { kind: 'items', items: ['a', 'b'] });
  assert.deepEqual(management.acknowledge('2'), { kind: 'items', items: [] });
  assert.deepEqual(management.unacknowledged, ['c']);
});

test('X018 more than was sent is reported and takes nothing', () => {
  const management = after('a');
  assert.deepEqual(management.acknowledge('2'), { kind: 'too-high', handled: 2, sent: 1 });
  assert.deepEqual(management.unacknowledged, ['a']);
});

test('X018 the highest possible number is more than was sent', () => {
  assert.equal(after('a').acknowledge('4294967295').kind, 'too-high');
});

for (const h of ['-5', '', 'x', '1.5', '1e3', ' 1', '4294967296', '99999999999', undefined]) {
  test(`X019 the number ${JSON.stringify(h)} is ignored`, () => {
    const management = after('a');
    assert.deepEqual(management.acknowledge(h), { kind: 'ignored' });
    assert.deepEqual(management.unacknowledged, ['a']);
  });
}

test('an older number than the last one is ignored', () => {
  const management = after('a', 'b', 'c');
  management.acknowledge('2');
  assert.deepEqual(management.acknowledge('1'), { kind: 'ignored' });
});

test('what arrives is counted', () => {
  const management = after();
  for (let count = 0; count < 5; count++) management.countReceived();
  assert.equal(management.received, 5);
});
