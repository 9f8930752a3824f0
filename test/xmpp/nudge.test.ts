import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { createNudge } from '../../src/xmpp/nudge.js';

/** A socket that keeps what is written; `next` settles with the next of it. */
function fakeSocket() {
  const written: string[] = [];
  let heard: (text: string) => void = () => {};
  const socket = Object.assign(new EventEmitter(), {
    writable: true,
    write(text: string) {
      written.push(text);
      heard(text);
    },
  });
  const next = (): Promise<string> =>
    new Promise(resolve => {
      heard = resolve;
    });
  return { socket: socket as unknown as Socket, written, next };
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
  nudge.heard(300);
  socket.emit('session');
  await turn();
  assert.deepEqual(written, [' ']);
  nudge.stop();
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

test('a pause in a burst is answered with one space', async () => {
  const { socket, written, next } = fakeSocket();
  const nudge = createNudge(socket);
  nudge.said();
  nudge.heard(1000);
  const said = next();
  for (let i = 0; i < 20; i++) nudge.heard(1000);
  assert.equal(await said, ' ');
  assert.deepEqual(written, [' ']);
  nudge.stop();
});

test('what is said anyway is acknowledgement enough', async () => {
  const { socket, written, next } = fakeSocket();
  const nudge = createNudge(socket);
  nudge.heard(9000);
  nudge.said();
  // The next burst is the first that gets a space.
  const said = next();
  nudge.heard(3000);
  nudge.heard(3000);
  await said;
  assert.deepEqual(written, [' ']);
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
