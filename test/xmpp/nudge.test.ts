import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createNudge } from '../../src/xmpp/nudge.js';

/** A socket that keeps what is written. */
function fakeSocket() {
  const written: string[] = [];
  const socket = Object.assign(new EventEmitter(), {
    writable: true,
    write: (text: string) => void written.push(text),
  });
  return { socket: socket as unknown as Socket, written };
}

test('a ticket before the answer to our header is acknowledged with a space, one behind it is not', async () => {
  const { socket, written } = fakeSocket();
  const nudge = createNudge(socket);
  socket.emit('session');
  await turn();
  assert.deepEqual(written, [], 'nothing goes before the header');
  nudge.said();
  socket.emit('session');
  assert.deepEqual(written, [], 'nothing is written while OpenSSL reads');
  await turn();
  assert.deepEqual(written, [' ']);
  nudge.stop();
  socket.emit('session');
  await turn();
  assert.deepEqual(written, [' ']);
});

test('a server cannot make us talk for ever with its tickets', async () => {
  const { socket, written } = fakeSocket();
  const nudge = createNudge(socket);
  nudge.said();
  for (let i = 0; i < 100; i++) {
    socket.emit('session');
    await turn();
  }
  assert.equal(written.length, 4);
  nudge.stop();
});

test('nothing is said behind the end', async () => {
  const { socket, written } = fakeSocket();
  const nudge = createNudge(socket);
  nudge.said();
  socket.emit('session');
  nudge.stop();
  await turn();
  assert.deepEqual(written, []);
});
