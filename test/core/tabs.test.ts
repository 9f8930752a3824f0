/** Numbers, order, importance and the unread line. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bare } from '../helpers/fake-wire.js';
import { createRig, type Rig } from '../helpers/run-command.js';

const rooms = ['a@muc.test', 'b@muc.test', 'c@muc.test'];
function threeRooms(set: Readonly<Record<string, string>> = {}): Rig {
  const rig = createRig({ set });
  for (const room of rooms) rig.enter(room, ['nemo']);
  return rig;
}
const order = (rig: Rig) => rig.core.shell.tabs().map(one => `${one.number}:${one.chatId?.[0] ?? one.kind}`);
const here = (rig: Rig) => rig.core.api.tabs.current.chat?.id;

test('closing a tab leaves no gap, and goes back to the one before', () => {
  const rig = threeRooms();
  rig.core.api.tabs.go(2);
  rig.core.api.tabs.go(3);
  rig.core.api.tabs.close(rig.core.api.tabs.current);
  assert.deepEqual(order(rig), ['1:start', '2:a', '3:c']);
  assert.equal(here(rig), rooms[0]);
});

test('with tabs.gaps the numbers stay, and the gap is filled next', () => {
  const rig = threeRooms({ 'tabs.gaps': 'on' });
  rig.core.api.chats.close(bare('b@muc.test'));
  assert.deepEqual(order(rig), ['1:start', '2:a', '4:c']);
  rig.enter('d@muc.test');
  assert.deepEqual(order(rig), ['1:start', '2:a', '3:d', '4:c']);
});

test('next and previous go round, last goes back', () => {
  const rig = threeRooms();
  rig.core.api.tabs.go('next');
  assert.equal(rig.core.api.tabs.current.kind, 'start');
  rig.core.api.tabs.go('previous');
  assert.equal(here(rig), rooms[2]);
  rig.core.api.tabs.go('last');
  assert.equal(rig.core.api.tabs.current.kind, 'start');
});

test('important is the loudest, then the oldest', () => {
  const rig = threeRooms();
  rig.core.api.tabs.go(1);
  rig.wire.message('a@muc.test/nemo', 'words');
  rig.clock.advance(1000);
  rig.wire.message('b@muc.test/nemo', 'me: for you');
  rig.clock.advance(1000);
  rig.wire.message('c@muc.test/nemo', 'words');
  const visited = ['important', 'important', 'important'].map(() => {
    rig.core.api.tabs.go('important');
    rig.core.shell.seen(rig.core.api.tabs.current.id);
    return here(rig);
  });
  assert.deepEqual(visited, ['b@muc.test', 'a@muc.test', 'c@muc.test']);
  assert.equal(rig.core.api.tabs.go('important'), false);
});

test('the bar names the tabs with news', () => {
  const rig = threeRooms();
  rig.core.api.tabs.go(1);
  rig.wire.message('a@muc.test/nemo', 'one');
  rig.wire.message('a@muc.test/nemo', 'two');
  rig.wire.message('b@muc.test/nemo', 'me: for you');
  const { left, right } = rig.core.shell.statusBar();
  assert.equal(right.map(one => one.text).join(''), '2:a(2) 3:b!');
  assert.match(left.map(one => one.text).join(''), /guest@anon\.test \[not encrypted\]/);
});

test('the unread line stays while its tab is shown, and is gone afterwards', () => {
  const rig = threeRooms();
  rig.core.api.tabs.go(1);
  const before = rig.core.store.room(bare(rooms[0] ?? ''))?.log.last()?.seq;
  rig.wire.message('a@muc.test/nemo', 'one');
  rig.core.api.tabs.go(2);
  const line = () => {
    const { view } = rig.core.shell.current();
    return view.type === 'log' ? view.readSeq : undefined;
  };
  assert.equal(line(), before);
  rig.core.shell.seen(rig.core.api.tabs.current.id);
  assert.equal(rig.core.shell.current().info.unread, 0);
  assert.equal(line(), before);
  rig.core.api.tabs.go(1);
  rig.core.api.tabs.go(2);
  assert.equal(line(), -1);
});

test('without the focus of the terminal even the shown tab gathers news', () => {
  const rig = threeRooms();
  rig.core.shell.focused(false);
  rig.wire.message('c@muc.test/nemo', 'one');
  assert.equal(rig.core.shell.current().info.unread, 1);
  rig.core.shell.focused(true);
  rig.core.shell.seen(rig.core.api.tabs.current.id);
  assert.equal(rig.core.shell.current().info.unread, 0);
});

test('moving a tab pushes the others', () => {
  const rig = threeRooms();
  rig.core.api.tabs.move(rig.core.api.tabs.current, 1);
  assert.deepEqual(order(rig), ['1:c', '2:start', '3:a', '4:b']);
});

test('a message from somebody new opens a tab in the background', () => {
  const rig = threeRooms();
  rig.wire.message('ana@test.example/x', 'hi', { type: 'chat' });
  assert.equal(here(rig), rooms[2]);
  assert.equal(rig.core.shell.tabs().at(-1)?.activity, 'private');
});

test('without a connection the tabs of chats are grey', () => {
  const rig = threeRooms();
  rig.wire.offline();
  assert.deepEqual(
    rig.core.shell.tabs().map(one => one.greyed),
    [false, true, true, true],
  );
});
