/** What keeps rooms readable, as typed: /ignore with patterns, /color, /mentions, /lastlog, and the line after an absence. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createState } from '../../src/config/state.js';
import { type Asked, start } from './fixture.js';

const ROOM = 'chat@muc.test';
const OTHER = 'other@muc.test';

const heard = (rig: Asked, room = ROOM): string[] => {
  const log = rig.core.store.chat(room as never)?.log;
  return [...(log?.newest() ?? [])]
    .flatMap(entry => (entry.kind === 'message' ? [entry.body as string] : []))
    .reverse();
};
const listed = (rig: Asked): readonly { readonly text: string; readonly command: string | undefined }[] => {
  const { view } = rig.core.shell.current();
  assert.equal(view.type, 'list');
  if (view.type !== 'list') return [];
  return view.items.map(item => ({ text: item.row.map(part => part.text).join(''), command: item.command }));
};

test('/ignore -re and -text take patterns, for this room or everywhere, and last', async () => {
  const state = createState(undefined);
  const rig = start({}, { core: { state } });
  rig.enter(OTHER, ['bot1']);
  rig.enter(ROOM, ['bot1', 'ana']);
  assert.ok(await rig.run('/ignore -re ^bot\\d+$'), rig.lastNotice());
  assert.ok(await rig.run('/ignore -all -text /cheap (pills|watches)/'), rig.lastNotice());
  for (const room of [ROOM, OTHER]) {
    rig.wire.message(`${room}/bot1`, 'beep');
    rig.wire.message(`${room}/ana`, 'buy CHEAP watches');
    rig.wire.message(`${room}/ana`, 'good morning');
  }
  assert.deepEqual(heard(rig), ['good morning']);
  assert.deepEqual(heard(rig, OTHER), ['beep', 'good morning']);

  const later = start({}, { core: { state } });
  later.enter(ROOM, ['bot1']);
  later.wire.message(`${ROOM}/bot1`, 'beep');
  assert.deepEqual(heard(later), []);
  await later.run('/ignored');
  assert.match(later.lastNotice(), /\/\^bot\\d\+\$\/ in chat@muc\.test \(nicks and addresses\)/);
  assert.ok(await later.run('/unignore /^bot\\d+$/'), later.lastNotice());
  later.wire.message(`${ROOM}/bot1`, 'beep');
  assert.deepEqual(heard(later), ['beep']);
});

test('a pattern that is none is refused, and one that takes years is put to sleep and said once', async () => {
  const rig = start();
  rig.enter(ROOM, ['ana']);
  assert.equal(await rig.run('/ignore -re ('), false);
  assert.match(rig.lastNotice(), /no valid regular expression/);
  assert.ok(await rig.run('/ignore -text ^(a+)+$'));
  for (let i = 0; i < 3; i++) rig.wire.message(`${ROOM}/ana`, `${'a'.repeat(60)}!${i}`);
  assert.equal(heard(rig).length, 3);
  assert.equal(
    rig.notices().filter(text => /does nothing until the next start: This pattern takes too long/.test(text)).length,
    1,
  );
});

test('/ignore by nick holds through a new nick where the room gives occupant ids, also for who has just left', async () => {
  const rig = start();
  rig.enter(ROOM);
  const presence = (nick: string, type: 'available' | 'unavailable'): void =>
    rig.wire.receive({
      kind: 'presence',
      type,
      from: `${ROOM}/${nick}` as never,
      occupantId: 'id-of-mallory',
      muc: { affiliation: 'none', role: type === 'available' ? 'participant' : 'none', codes: new Set() } as never,
    });
  presence('mallory', 'available');
  presence('mallory', 'unavailable');
  assert.ok(await rig.run('/ignore mallory'), rig.lastNotice());
  presence('angel', 'available');
  rig.wire.message(`${ROOM}/angel`, 'me again', { occupantId: 'id-of-mallory' });
  rig.wire.message(`${ROOM}/mallory`, 'another one with that nick', { occupantId: 'id-of-another' });
  assert.deepEqual(heard(rig), ['another one with that nick']);
});

test('/color chooses a colour that lasts, follows the person and can be taken back', async () => {
  const state = createState(undefined);
  const rig = start({}, { core: { state } });
  rig.enter(ROOM, ['captain nemo']);
  assert.ok(await rig.run('/color captain nemo orange'), rig.lastNotice());
  const { colors } = start({}, { core: { state } }).core.api;
  assert.notEqual(colors.hueOf({ name: 'captain nemo' }), 'captain nemo');
  assert.equal(colors.hueOf({ name: 'ana' }), 'ana');
  colors.set({ name: 'ana', occupantId: 'a', color: '#fff' });
  assert.notEqual(colors.hueOf({ name: 'anna', occupantId: 'a' }), 'anna');
  assert.equal(colors.hueOf({ name: 'ana', occupantId: 'somebody else' }), 'ana');
  assert.equal(await rig.run('/color captain nemo blurple'), false);
  assert.match(rig.lastNotice(), /blurple is no colour/);
  assert.equal(await rig.run('/color captain'), false);
  assert.ok(await rig.run('/color captain nemo auto'), rig.lastNotice());
  assert.equal(rig.core.api.colors.hueOf({ name: 'captain nemo' }), 'captain nemo');
});

test('/mentions lists live what calls us in all rooms, marks the unread, and Enter goes there', async () => {
  const rig = start();
  rig.enter(OTHER, ['ana']);
  rig.enter(ROOM, ['ana']);
  assert.ok(await rig.run('/mentions'));
  assert.deepEqual(listed(rig), []);
  rig.wire.message(`${OTHER}/ana`, 'me: look at this');
  rig.wire.message(`${OTHER}/ana`, 'nothing');
  rig.wire.message(`${ROOM}/ana`, 'hello me');
  const items = listed(rig);
  assert.deepEqual(
    items.map(item => item.text.replace(/\d{4}-\S+ \S+ /, '')),
    ['! chat ana> hello me', '! other ana> me: look at this'],
  );
  const seq = rig.core.store.mentions[1]?.message.seq;
  assert.ok(await rig.run(items[1]?.command ?? ''), rig.lastNotice());
  assert.equal(rig.core.api.tabs.current.chat?.id, OTHER);
  assert.deepEqual(rig.screen.asked.findLast(([what]) => what === 'reveal')?.[1], seq);
  rig.core.shell.seen(rig.core.api.tabs.current.id);
  await rig.run('/mentions');
  assert.deepEqual(
    listed(rig).map(item => item.text[0]),
    ['!', ' '],
  );
});

test('a mention whose room was closed says so where nothing is kept', async () => {
  const rig = start();
  rig.enter(ROOM, ['ana']);
  rig.wire.message(`${ROOM}/ana`, 'me: look');
  rig.core.api.chats.close(ROOM as never);
  await rig.run('/mentions');
  const [item] = listed(rig);
  assert.match(item?.command ?? '', /^\/mentions -open #\d+ chat@muc\.test$/);
  await rig.run(item?.command ?? '');
  rig.clock.advance(1000);
  assert.match(rig.lastNotice(), /was closed, and the message with it/);
});

test('/lastlog takes a pattern in any case and gives up on one that takes years', async () => {
  const rig = start();
  rig.enter(ROOM, ['ana']);
  rig.wire.message(`${ROOM}/ana`, `${'a'.repeat(60)}!`);
  rig.wire.message(`${ROOM}/ana`, 'Version 12 is out');
  assert.equal(await rig.run('/lastlog /^(a+)+$/'), false);
  assert.match(rig.lastNotice(), /takes too long/);
  assert.ok(await rig.run('/lastlog /version \\d+/'), rig.lastNotice());
  assert.equal(listed(rig).length, 1);
});

/** Words of the summary in a room, if there is one. */
const summary = (rig: Asked, room = ROOM): string | undefined =>
  rig.notices(room).find(text => text.startsWith('While you were away'));

test('who comes back after long reads one line: how much, for whom, by whom, and the key to the first', async () => {
  const rig = start();
  rig.enter(ROOM, ['ana', 'bo']);
  rig.enter(OTHER);
  for (let i = 0; i < 9; i++) rig.wire.message(`${ROOM}/ana`, `line ${i}`);
  rig.wire.message(`${ROOM}/bo`, 'me: are you there?');
  await rig.run(`/win ${ROOM}`);
  assert.equal(summary(rig), undefined, 'a moment is no absence');
  rig.core.shell.seen(rig.core.api.tabs.current.id);
  await rig.run(`/win ${OTHER}`);
  for (let i = 0; i < 9; i++) rig.wire.message(`${ROOM}/ana`, `line ${i}`);
  rig.wire.message(`${ROOM}/bo`, 'me: still not?');
  rig.clock.advance(31 * 60_000);
  await rig.run(`/win ${ROOM}`);
  assert.match(
    summary(rig) ?? '',
    /^While you were away, since \d\d:\d\d: 10 messages, 1 for you; most by ana \(9\), bo \(1\)\. Alt-u goes to the first of them\.$/,
  );
});

test('few messages need no summary, and rooms.summary 0 wants none', async () => {
  for (const [number, set] of [
    [9, '30'],
    [50, '0'],
  ] as const) {
    const rig = start({}, { set: { 'rooms.summary': set } });
    rig.enter(ROOM, ['ana']);
    rig.enter(OTHER);
    for (let i = 0; i < number; i++) rig.wire.message(`${ROOM}/ana`, `line ${i}`);
    rig.clock.advance(3_600_000);
    await rig.run(`/win ${ROOM}`);
    assert.equal(summary(rig), undefined);
  }
});

test('the mark of those who type goes with typing.show', async () => {
  const rig = start();
  rig.enter(ROOM, ['ana']);
  rig.wire.receive({
    kind: 'message',
    type: 'groupchat',
    from: `${ROOM}/ana` as never,
    source: 'live',
    chatState: 'composing',
  });
  const names = (): string =>
    (rig.core.shell.current().side?.items ?? []).map(item => item.row.map(part => part.text).join('')).join('\n');
  assert.match(names(), />ana/);
  assert.ok(await rig.run('/set typing.show off'), rig.lastNotice());
  assert.doesNotMatch(names(), />/);
});
