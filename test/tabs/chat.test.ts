import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ListView } from '../../src/api.js';
import { type Asked, start } from '../commands/fixture.js';

const ROOM = 'chat@muc.test';
const text = (rows: readonly (readonly { readonly text: string }[])[]): string =>
  rows.map(row => row.map(part => part.text).join('')).join('\n');
const status = (rig: Asked): string => text([rig.core.shell.current().status]);

function occupant(rig: Asked, nick: string, role: string, affiliation: string): void {
  const muc = { affiliation, role, codes: new Set() } as never;
  rig.wire.receive({ kind: 'presence', type: 'available', from: `${ROOM}/${nick}` as never, muc });
}

test('occupants stand by role with the sign of their affiliation as text', () => {
  const rig = start();
  rig.enter(ROOM);
  occupant(rig, 'olga', 'moderator', 'owner');
  occupant(rig, 'adam', 'moderator', 'admin');
  occupant(rig, 'mia', 'moderator', 'none');
  occupant(rig, 'bert', 'participant', 'member');
  occupant(rig, 'vera', 'visitor', 'none');
  const side = rig.core.shell.current().side;
  assert.deepEqual(
    side?.items.map(item => text([item.row])),
    ['moderators 3', '~ olga', '& adam', '@ mia', 'participants 2', '+ bert', '  me', 'visitors 1', '- vera'],
  );
});

test('in a crowd that comes and goes the list of people follows a little later, by itself', () => {
  const rig = start();
  rig.enter(
    ROOM,
    Array.from({ length: 600 }, (_, i) => `p${i}`),
  );
  const heading = (): string => text([rig.core.shell.current().side?.items[0]?.row ?? []]);
  assert.equal(heading(), 'participants 601');
  occupant(rig, 'late', 'participant', 'none');
  assert.equal(heading(), 'participants 601');
  rig.clock.advance(400);
  assert.equal(heading(), 'participants 602');
});

test('who types is marked in the list and named in the status, and ourselves are not', () => {
  const rig = start();
  rig.enter(ROOM, ['ana', 'bo']);
  const state = (nick: string, chatState: 'composing' | 'active'): void =>
    rig.wire.receive({
      kind: 'message',
      type: 'groupchat',
      from: `${ROOM}/${nick}` as never,
      source: 'live',
      chatState,
    });
  state('me', 'composing');
  assert.doesNotMatch(status(rig), /typing/);
  state('ana', 'composing');
  assert.match(status(rig), /ana is typing/);
  state('bo', 'composing');
  assert.match(status(rig), /ana and bo are typing/);
  assert.match(text(rig.core.shell.current().side?.items.map(item => item.row) ?? []), / >ana/);
  state('ana', 'active');
  assert.match(status(rig), /bo is typing/);
});

test('a room we left says so and how to come back', async () => {
  const rig = start();
  rig.enter(ROOM);
  await rig.run('/part');
  assert.match(status(rig), /not in this room.*\/join/);
});

test('the occupants can be hidden per room', async () => {
  const rig = start();
  rig.enter(ROOM);
  await rig.run('/set -chat ui.occupants off');
  assert.equal(rig.core.shell.current().side, undefined);
});

test('the start tab says what to type next, whatever the connection does', () => {
  const rig = start({}, { online: false });
  const shown = (): ListView => rig.core.shell.current().view as ListView;
  const commands = (): readonly (string | undefined)[] => shown().items.map(item => item.command);
  for (const wanted of ['/prompt /join ', '/list', '/prompt /login ', '/register', '/demo', '/help']) {
    assert.ok(commands().includes(wanted), wanted);
  }
  assert.match(text(shown().header ?? []), /Not connected/);
  rig.wire.online();
  assert.match(text(shown().header ?? []), /Connected as a guest of anon\.test/);
  rig.wire.online({ anonymous: false, jid: 'me@test/x' as never, domain: 'test' });
  assert.ok(commands().includes('/roster'));
  assert.ok(!commands().includes('/register'));
});

test('the roster shows groups, presence as a sign, and requests with their keys', async () => {
  const rig = start();
  rig.wire.online({ anonymous: false, jid: 'me@test/x' as never, domain: 'test' });
  const item = (jid: string, name: string, group?: string): never =>
    ({ jid, name, groups: group === undefined ? [] : [group], subscription: 'both', ask: false }) as never;
  rig.wire.receive({ kind: 'roster', full: true, items: [item('ana@test', 'Ana', 'Friends'), item('bo@test', 'Bo')] });
  rig.wire.receive({ kind: 'presence', type: 'available', from: 'ana@test/phone' as never, show: 'dnd' });
  rig.wire.receive({ kind: 'presence', type: 'subscribe', from: 'new@test' as never });
  await rig.run('/roster');
  const { items } = rig.core.shell.current().view as ListView;
  const rows = items.map(one => text([one.row]));
  assert.deepEqual(rows.slice(-4), ['Friends 1/1', '! Ana ana@test', 'Others 0/1', '. Bo bo@test']);
  const request = items.find(one => one.id === 'request:new@test');
  assert.deepEqual(request?.keys, { a: '/accept new@test', d: '/deny new@test' });
});

test('the order of contacts follows names and presences, and a row says what is true when it is seen', async () => {
  const rig = start();
  rig.wire.online({ anonymous: false, jid: 'me@test/x' as never, domain: 'test' });
  const item = (local: string, name: string, subscription = 'both'): never =>
    ({ jid: `${local}@test`, name, groups: ['All'], subscription, ask: false }) as never;
  const change = (one: never): void => rig.wire.receive({ kind: 'roster', full: false, items: [one] });
  const rows = (): readonly string[] =>
    (rig.core.shell.current().view as ListView).items.map(one => text([one.row]).split(' ').slice(0, 2).join(' '));
  rig.wire.receive({
    kind: 'roster',
    full: true,
    items: [item('c', 'Émile'), item('a', 'anna'), item('d', 'Zoe'), item('b', 'Bert')],
  });
  await rig.run('/roster');
  assert.deepEqual(rows(), ['All 0/4', '. anna', '. Bert', '. Émile', '. Zoe']);
  rig.wire.receive({ kind: 'presence', type: 'available', from: 'd@test/x' as never, show: 'away' });
  rig.wire.receive({ kind: 'presence', type: 'available', from: 'b@test/x' as never });
  assert.deepEqual(rows(), ['All 2/4', '+ Bert', '- Zoe', '. anna', '. Émile']);
  change(item('d', 'Adam'));
  change(item('a', 'anna', 'remove'));
  change(item('e', 'Carl'));
  assert.deepEqual(rows(), ['All 2/4', '- Adam', '+ Bert', '. Carl', '. Émile']);
  change(item('a', 'anna'));
  assert.deepEqual(rows(), ['All 2/5', '- Adam', '+ Bert', '. anna', '. Carl', '. Émile']);
});

test('a guest reads why there are no contacts', async () => {
  const rig = start();
  await rig.run('/roster');
  assert.match(text((rig.core.shell.current().view as ListView).empty ?? []), /Guests have no contacts/);
});
