/** Without a terminal: --exec lines run, notices go to standard output, and the exit code tells a script how it went. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startWorld, type World } from '../helpers/world.js';

const PROGRAM = join(import.meta.dirname, '../../bin/causette.js');
let world: World;
let home = '';
before(async () => {
  home = mkdtempSync(join(tmpdir(), 'causette-batch-'));
  world = await startWorld({ users: { romeo: 'orchard' } });
});
after(async () => {
  await world.stop();
  rmSync(home, { recursive: true, force: true });
});

const run = (...args: string[]): Promise<{ code: number; out: string; err: string }> =>
  new Promise(resolve => {
    const child = execFile(
      process.execPath,
      [PROGRAM, ...args],
      { env: { ...process.env, HOME: home, XDG_CONFIG_HOME: '', XDG_STATE_HOME: '', XDG_DATA_HOME: '' } },
      (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
    child.stdin?.end();
  });

test('a script says something in a room as a guest', async () => {
  const bob = await world.peer();
  await bob.joinRoom(world.room, 'bob');
  const guest = ['--server', world.prosody.guestHost, '--nick', 'script', world.room];
  const { code, out } = await run(...world.route, ...guest, '--exec', 'said by a script');
  await bob.heard('said by a script');
  assert.equal(code, 0, out);
});
test('a line that fails makes the exit code 1 and says why', async () => {
  const guest = ['--server', world.prosody.guestHost, '--nick', 'script', world.room];
  const { code, out } = await run(...world.route, ...guest, '--exec', '/frobnicate');
  assert.equal(code, 1);
  assert.match(out, /no command \/frobnicate/);
});
test('/quit ends a script with its message, and with the exit code of what went before', async () => {
  const bob = await world.peer();
  await bob.joinRoom(world.room, 'bob2');
  // Without --nick a random one is taken: there is nobody to ask.
  const guest = ['--server', world.prosody.guestHost, world.room];
  const lines = ['--exec', 'before the end', '--exec', '/bye so long', '--exec', 'never said'];
  const { code, out } = await run(...world.route, ...guest, ...lines);
  assert.equal(code, 0, out);
  await bob.heard('before the end');
  await bob.next(stanza => stanza.is('presence') && stanza.getChildText('status') === 'so long');
  const bad = await run(...world.route, ...guest, '--exec', '/frobnicate', '--exec', '/quit');
  assert.equal(bad.code, 1, bad.out);
});
test('a word that is no address of a room is a wrong command line', async () => {
  const { code, err } = await run('lobby');
  assert.equal(code, 2, err);
  assert.match(err, /"lobby" is not the address of a room; it looks like room@service/);
});
test('a refused login is 77', async () => {
  const { code, out } = await run(
    ...world.route,
    '--jid',
    'romeo@example.test',
    '--password-command',
    'echo wrong',
    '--exec',
    '/info',
  );
  assert.equal(code, 77, out);
});
test('a server that does not answer is 69', async () => {
  const { code, out } = await run(
    '--host',
    '127.0.0.1',
    '--port',
    '1',
    '--server',
    'guest.example.test',
    '--exec',
    '/info',
  );
  assert.equal(code, 69, out);
});
test('without a terminal and without anything to run it says what is missing', async () => {
  const { code, err } = await run(world.room);
  assert.equal(code, 1);
  assert.match(err, /terminal/);
  assert.doesNotMatch(err, /at .*\.js/);
});
