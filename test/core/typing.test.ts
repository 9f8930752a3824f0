/** When chat states are sent (XEP-0085). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bare, full } from '../helpers/fake-wire.js';
import { createRig, type Rig } from '../helpers/run-command.js';

const ROOM = 'lobby@muc.test';
const states = (rig: Rig): readonly (string | undefined)[] => rig.wire.said.map(one => one.chatState);

function inRoom(set: Readonly<Record<string, string>> = {}): Rig {
  const rig = createRig({ set });
  rig.enter(ROOM, ['nemo']);
  return rig;
}
function inChat(): Rig {
  const rig = createRig();
  rig.core.api.tabs.openChat(rig.core.api.chats.open(bare('ana@test.example')).id);
  return rig;
}
const hear = (rig: Rig) =>
  rig.wire.message('ana@test.example/x', 'hi', { type: 'chat', from: full('ana@test.example/x') });

test('a draft in a room is composing once, then paused after five seconds', () => {
  const rig = inRoom();
  rig.core.shell.typed('h');
  rig.core.shell.typed('he');
  assert.deepEqual(states(rig), ['composing']);
  rig.clock.advance(4_999);
  rig.core.shell.typed('hel');
  rig.clock.advance(5_000);
  assert.deepEqual(states(rig), ['composing', 'paused']);
  rig.core.shell.typed('hell');
  assert.deepEqual(states(rig), ['composing', 'paused', 'composing']);
});

test('a message carries active, and nothing else is sent with it', async () => {
  const rig = inRoom();
  rig.core.shell.typed('hello');
  await rig.run('hello');
  assert.deepEqual(states(rig), ['composing', 'active']);
  rig.clock.advance(600_000);
  assert.equal(rig.wire.said.length, 2);
});

test('deleting the draft is active again', () => {
  const rig = inRoom();
  rig.core.shell.typed('h');
  rig.core.shell.typed('');
  assert.deepEqual(states(rig), ['composing', 'active']);
});

test('typing a command is nobody’s business', () => {
  const rig = inRoom();
  rig.core.shell.typed('/quit');
  assert.deepEqual(states(rig), []);
});

test('rooms hear neither inactive nor gone', () => {
  const rig = inRoom();
  rig.core.shell.typed('h');
  rig.core.api.tabs.open('start');
  rig.clock.advance(600_000);
  rig.core.api.chats.close(bare(ROOM));
  assert.deepEqual(states(rig), ['composing', 'paused']);
});

test('a stranger learns nothing before an exchange, then everything until gone', () => {
  const rig = inChat();
  rig.core.shell.typed('h');
  assert.deepEqual(states(rig), []);
  rig.core.shell.typed('');
  hear(rig);
  rig.core.shell.typed('he');
  assert.deepEqual(states(rig), ['composing']);
  rig.clock.advance(5_000 + 120_000);
  assert.deepEqual(states(rig), ['composing', 'paused', 'inactive']);
  rig.core.api.chats.close(bare('ana@test.example'));
  assert.equal(states(rig).at(-1), 'gone');
});

test('leaving the tab of a chat is inactive, coming back active', () => {
  const rig = inChat();
  hear(rig);
  rig.core.api.tabs.open('start');
  rig.core.api.tabs.go('last');
  assert.deepEqual(states(rig), ['inactive', 'active']);
});

for (const [what, set] of [
  ['typing.send is off', { 'typing.send': 'off' }],
  ['bandwidth is low', { 'ui.low_bandwidth': 'on' }],
] as const) {
  test(`nothing is told when ${what}, not even with a message`, async () => {
    const rig = inRoom(set);
    rig.core.shell.typed('h');
    await rig.run('hello');
    assert.deepEqual(states(rig), [undefined]);
  });
}

test('nothing is told while offline', () => {
  const rig = inChat();
  hear(rig);
  rig.wire.offline();
  rig.core.shell.typed('h');
  assert.deepEqual(states(rig), []);
});
