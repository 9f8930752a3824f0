/** Lines that were nearly a command are stopped; texts are not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearMiss } from '../../src/core/near-miss.js';

const NAMES = new Set(['quit', 'q', 'join', 'me', 'msg', 'topic', 'voice-request']);

for (const [line, meant] of [
  [' /quit', 'quit'],
  ['\t/quit now', 'quit'],
  ['\u00a0/quit', 'quit'],
  ['\u200b/quit', 'quit'],
  ['\ufeff/msg ana secret', 'msg'],
  ['./quit', 'quit'],
  ['.//quit', 'quit'],
  ['-/join a@b', 'join'],
  ['/ quit', 'quit'],
  ['/\u00a0quit', 'quit'],
  ['／quit', 'quit'],
  ['⁄join a', 'join'],
  ['\\quit', 'quit'],
  [' /QUIT', 'quit'],
  [':q', 'quit'],
  [':q!', 'quit'],
  [':wq', 'quit'],
  [' /voice-request', 'voice-request'],
  ['//quit', undefined],
  ['./configure && make', undefined],
  ['/ nothing', undefined],
  ['a /quit', undefined],
  ['"/quit" leaves', undefined],
  ["'/quit' leaves", undefined],
  ['`/quit` leaves', undefined],
  ['> /quit', undefined],
  ['(/quit)', undefined],
  [':p', undefined],
  [':q is how one leaves vi', undefined],
  ['quit', undefined],
  ['.join', undefined],
  ['/usr/bin/quit', undefined],
  ['./quit.sh', undefined],
  ['', undefined],
] as const) {
  test(`${JSON.stringify(line)} is ${meant === undefined ? 'a text' : `nearly /${meant}`}`, () => {
    assert.equal(
      nearMiss(line, name => NAMES.has(name)),
      meant,
    );
  });
}
