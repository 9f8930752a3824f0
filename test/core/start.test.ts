/** The first minute: rooms and links of the command line, the nick, the connection. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import join from '../../src/commands/join.js';
import { createFakeWire } from '../helpers/fake-wire.js';
import { createRig, type Rig } from '../helpers/run-command.js';

const ROOM = 'lobby@muc.test';
const joins = (rig: Rig) => rig.wire.calls.filter(call => call[0] === 'muc.join').map(call => call.slice(1).join(' '));

function rigOf(connects = true): Rig {
  return createRig({ online: false, wire: createFakeWire({ connects }), commands: [join as never] });
}

test('the room is on the screen and takes lines before anything is connected', async () => {
  const rig = rigOf(false);
  void rig.core.start({ rooms: [ROOM], exec: [] });
  assert.equal(rig.core.api.tabs.current.chat?.id, ROOM);
  assert.match(rig.core.shell.question()?.text ?? '', /Nick for this visit \[guest-[a-z0-9]+\]/);
  assert.deepEqual(
    rig.core.api.tabs.list.map(tab => tab.chat?.id),
    [ROOM],
  );
  await rig.run('hello');
  assert.equal(rig.wire.said.length, 0);
  assert.equal(rig.wire.logins.length, 1);
});

test('the nick is asked once for all rooms, then they are entered and the lines run', async () => {
  const rig = rigOf();
  const started = rig.core.start({ rooms: [ROOM, 'xmpp:other@muc.test?join'], exec: ['first words'] });
  rig.core.shell.answer(rig.core.shell.question()?.id ?? 0, 'nemo');
  await started;
  assert.deepEqual(joins(rig), [`${ROOM} nemo`, 'other@muc.test nemo']);
  assert.equal(rig.core.shell.question(), undefined);
  assert.equal(rig.core.api.tabs.current.chat?.id, ROOM);
  assert.equal(rig.wire.said[0]?.body, 'first words');
});

test('Enter alone takes the suggested nick', async () => {
  const rig = rigOf();
  const started = rig.core.start({ rooms: [ROOM], exec: [] });
  rig.core.shell.answer(rig.core.shell.question()?.id ?? 0, '');
  await started;
  assert.match(joins(rig)[0] ?? '', /^lobby@muc\.test guest-[a-z0-9]+$/);
});

test('--nick and a nick in the address ask nothing', async () => {
  const rig = rigOf();
  await rig.core.start({ rooms: [ROOM, 'other@muc.test/captain nemo'], nick: 'ana', exec: [] });
  assert.deepEqual(joins(rig), [`${ROOM} ana`, 'other@muc.test captain nemo']);
});

test('the authority of a link names the guest host', async () => {
  const rig = rigOf();
  const started = rig.core.start({ rooms: ['xmpp://guest.test/lobby@muc.test?join'], nick: 'ana', exec: [] });
  assert.ok(rig.notices().includes('The link leads to lobby@muc.test through guest.test.'));
  assert.equal(rig.core.shell.question()?.text, 'Follow the link?');
  assert.equal(rig.wire.logins.length, 0);
  rig.core.shell.answer(rig.core.shell.question()?.id ?? 0, 'y');
  await started;
  assert.equal(rig.wire.logins[0]?.domain, 'guest.test');
});

test('A006 R001: a link that is refused leads nowhere, and its password is not shown', async () => {
  const rig = rigOf();
  const started = rig.core.start({ rooms: ['xmpp:lobby@muc.test?join;password=s3cret'], nick: 'ana', exec: [] });
  assert.ok(rig.notices().includes('The link leads to lobby@muc.test.'));
  assert.equal(rig.core.shell.question()?.text, 'Follow the link?');
  rig.core.shell.answer(rig.core.shell.question()?.id ?? 0, 'n');
  await started;
  assert.deepEqual(joins(rig), []);
  assert.equal(rig.wire.logins.length, 0);
  assert.ok(rig.notices(ROOM).some(one => one.includes('You did not enter')));
});

test('R005: an account in a link that is not ours is ignored with a message', async () => {
  const rig = rigOf();
  const started = rig.core.start({ rooms: ['xmpp://auth@evil.example/lobby@muc.test?join'], nick: 'ana', exec: [] });
  rig.core.shell.answer(rig.core.shell.question()?.id ?? 0, 'y');
  await started;
  assert.notEqual(rig.wire.logins[0]?.domain, 'evil.example');
  assert.ok(
    rig.notices().some(one => one.includes('auth@evil.example')) ||
      rig.notices(ROOM).some(one => one.includes('auth@evil.example')),
  );
});

test('without an argument there is the start tab, and what is no room is said', async () => {
  const rig = rigOf();
  await rig.core.start({ rooms: ['not a room'], exec: [] });
  assert.equal(rig.core.api.tabs.current.kind, 'start');
  assert.ok(rig.notices().some(one => one.includes('is not the address of a room')));
});

test('an account logs in with the answer to a secret question, asked once', async () => {
  const rig = rigOf();
  const started = rig.core.start({ rooms: [], jid: 'me@test.example', exec: [] });
  await Promise.resolve();
  const question = rig.core.shell.question();
  assert.equal(question?.secret, true);
  rig.core.shell.answer(question?.id ?? 0, 'hunter2');
  await started;
  assert.equal(rig.wire.logins[0]?.local, 'me');
  assert.equal(await rig.wire.logins[0]?.password?.(), 'hunter2');
  assert.equal(
    rig.debugged.some(one => one.includes('hunter2')),
    false,
  );
});

test('the same failure again and again is told once, and counted down in the bar', () => {
  const rig = rigOf(false);
  void rig.core.start({ rooms: [], exec: [] });
  const fail = () =>
    rig.wire.offline({
      status: 'waiting',
      retryAt: rig.clock.now() + 12_000,
      failure: { sentence: 'anon.test does not answer.' as never },
    });
  fail();
  rig.wire.offline({ status: 'connecting' });
  fail();
  assert.equal(rig.notices().filter(one => one.includes('does not answer')).length, 1);
  const bar = () =>
    rig.core.shell
      .statusBar()
      .left.map(one => one.text)
      .join('');
  assert.match(bar(), /next try in 12/);
  rig.clock.advance(2000);
  assert.match(bar(), /next try in 10/);
});

test('Q2: a late answer is shown in the bar as a doubt, and no longer when it came', () => {
  const rig = rigOf(false);
  void rig.core.start({ rooms: [], exec: [] });
  const bar = (): string =>
    rig.core.shell
      .statusBar()
      .left.map(part => part.text)
      .join('');
  rig.wire.online({ anonymous: true, doubtful: true });
  assert.match(bar(), /no answer, connection lost\?/);
  rig.wire.online({ anonymous: true });
  assert.doesNotMatch(bar(), /no answer/);
});
