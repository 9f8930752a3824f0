import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bare, createWorld, full, jid, lines, messages, ROOM, s } from './world.js';

test('we enter: those who are there first, then ourselves, and nobody is announced', () => {
  const w = createWorld();
  w.store.apply({ kind: 'room-joining', room: ROOM, nick: 'bob' });
  w.presence('alice', {}, { role: 'moderator', affiliation: 'owner' });
  assert.equal(w.room().state, 'joining');
  w.presence('bob_', {}, { is: ['self', 'created', 'nickAssigned', 'nonAnonymous', 'logged'] });
  assert.deepEqual(w.heard(), ['chat:opened', 'room:joining', 'room:changed', 'room:joined']);
  const room = w.room();
  assert.equal(room.state, 'joined');
  assert.equal(room.nick, 'bob_');
  assert.equal(room.self?.nick, 'bob_');
  assert.deepEqual([...room.occupants.keys()], ['alice', 'bob_']);
  assert.deepEqual([room.facts.nonAnonymous, room.facts.logged], [true, true]);
  assert.deepEqual(lines(room), []);
});

test('movements after that fold into one entry and raise the room a little', () => {
  const w = createWorld();
  w.join(['alice']);
  w.heard();
  w.presence('carol');
  w.away('alice');
  w.presence('carol', { show: 'away' });
  w.presence('carol', {}, { role: 'moderator' });
  assert.deepEqual(lines(w.room()), ['carol joined, alice left, carol role moderator']);
  assert.deepEqual(w.heard(), ['occupant:joined', 'occupant:left', 'occupant:changed', 'occupant:changed']);
  assert.equal(w.room().activity, 'low');
  assert.equal(w.room().unread.count, 0);
});

test('a new nick keeps the visit and what is known of the person', () => {
  const w = createWorld();
  w.join(['alice']);
  w.said('alice', 'hello');
  const { serial, spokeAt } = w.room().occupants.get('alice')!;
  w.heard();
  w.away('alice', { is: ['renamed'], newNick: 'alicia' });
  w.presence('alicia');
  const now = w.room().occupants.get('alicia');
  assert.deepEqual([now?.serial, now?.spokeAt], [serial, spokeAt]);
  assert.equal(w.room().occupants.has('alice'), false);
  assert.deepEqual(lines(w.room()).slice(-1), ['alice renamed alicia']);
  assert.deepEqual(w.heard(), ['occupant:renamed']);
});

test('our own new nick is our nick', () => {
  const w = createWorld();
  w.join();
  w.away('bob', { is: ['self', 'renamed'], newNick: 'robert' });
  w.presence('robert', {}, { is: ['self'] });
  assert.deepEqual([w.room().state, w.room().nick, w.room().self?.nick], ['joined', 'robert', 'robert']);
});

test('S033: an announced nick that nobody appears under is a leave', () => {
  const w = createWorld();
  w.join(['alice', 'carol']);
  w.away('alice', { is: ['renamed'], newNick: 'bob' });
  w.presence('carol', { show: 'away' });
  assert.deepEqual([...w.room().occupants.keys()], ['carol', 'bob']);
  assert.equal(w.room().self?.nick, 'bob');
  assert.deepEqual(lines(w.room()), ['alice left']);
});

const outs: readonly [sentence: string, is: Parameters<ReturnType<typeof createWorld>['away']>[1], line: string][] = [
  ['kicked', { is: ['kicked'], actor: s('dan'), reason: s('spam') }, 'alice kicked dan spam'],
  ['banned', { is: ['banned'], affiliation: 'outcast' }, 'alice banned'],
  ['no longer a member', { is: ['affiliationLost'] }, 'alice left no longer a member'],
  ['out of a members-only room', { is: ['membersOnlyNow'] }, 'alice left the room is for members only now'],
];
for (const [sentence, muc, line] of outs) {
  test(`another person is ${sentence}`, () => {
    const w = createWorld();
    w.join(['alice']);
    w.away('alice', muc);
    assert.deepEqual(lines(w.room()), [line]);
  });
}

const ownOuts: readonly [
  sentence: string,
  is: Parameters<ReturnType<typeof createWorld>['away']>[1],
  reason: string | undefined,
][] = [
  ['we leave', { is: ['self'] }, undefined],
  ['we are kicked', { is: ['self', 'kicked'], actor: s('dan'), reason: s('spam') }, 'you were kicked by dan: spam'],
  ['we are banned', { is: ['self', 'banned'] }, 'you were banned'],
  ['we are no member any more', { is: ['self', 'affiliationLost'] }, 'you are no longer a member'],
  ['the room is for members only now', { is: ['self', 'membersOnlyNow'] }, 'the room is for members only now'],
  ['the service stops', { is: ['self', 'shutdown'] }, 'the service of the room is shutting down'],
];
for (const [sentence, muc, reason] of ownOuts) {
  test(`${sentence}: the room is left once, and says why`, () => {
    const w = createWorld();
    w.join(['alice']);
    w.heard();
    w.away('bob', muc);
    w.store.apply({ kind: 'room-left', room: ROOM });
    assert.deepEqual(w.heard(), ['room:left']);
    assert.deepEqual([w.room().state, w.room().reason, w.room().occupants.size], ['left', reason, 0]);
  });
}

test('a destroyed room tells where it went', () => {
  const w = createWorld();
  w.join();
  w.away('bob', { is: ['self'], destroyed: { alternate: bare('new@rooms.example'), reason: s('moved') } });
  assert.equal(w.room().reason, 'the room was destroyed: moved');
  assert.equal(w.last('room:destroyed')?.alternate, 'new@rooms.example');
});

test('S032: presence of a room we did not ask for is dropped', () => {
  const w = createWorld();
  w.presence('mallory', {}, { is: ['self'] });
  assert.equal(w.store.chats.size, 0);
  w.join();
  w.store.apply({ kind: 'room-left', room: ROOM });
  w.presence('mallory');
  assert.equal(w.room().occupants.size, 0);
  assert.equal(w.store.roster.size, 0);
});

test('S034: a nick that comes back is another visit, and provably other people are named so', () => {
  const w = createWorld();
  w.join();
  w.presence('alice', { occupantId: 'a' });
  const first = w.room().occupants.get('alice')?.serial;
  w.away('alice');
  w.presence('alice', { occupantId: 'm' });
  assert.notEqual(w.room().occupants.get('alice')?.serial, first);
  const entry = w.room().log.last();
  assert.equal(entry?.kind === 'presence' && entry.movements.at(-1)?.other, true);
});

test('S034: a private chat goes on only with the same person', () => {
  const w = createWorld();
  w.join();
  w.presence('alice', { occupantId: 'a' });
  const chat = w.store.openChat(jid(`${ROOM}/alice`));
  assert.equal(chat.kind, 'private');
  const gone = (): boolean | undefined => w.store.private(full(`${ROOM}/alice`))?.gone;
  assert.equal(gone(), false);
  w.away('alice');
  assert.equal(gone(), true);
  w.presence('alice', { occupantId: 'a' });
  assert.equal(gone(), false);
  w.away('alice');
  w.presence('alice', { occupantId: 'm' });
  assert.equal(gone(), true);
  assert.equal(lines(chat).at(-1), 'notice alice is now another person (or rejoined)');
  assert.equal(w.store.renewPrivate(full(`${ROOM}/alice`)), true);
  assert.equal(gone(), false);
});

test('S034: without any proof a rejoin counts as another person', () => {
  const w = createWorld();
  w.join(['alice']);
  w.store.openChat(jid(`${ROOM}/alice`));
  w.away('alice');
  w.presence('alice');
  assert.equal(w.store.private(full(`${ROOM}/alice`))?.gone, true);
});

test('a private chat follows its occupant to the new nick', () => {
  const w = createWorld();
  w.join(['alice']);
  const chat = w.store.openChat(jid(`${ROOM}/alice`));
  w.away('alice', { is: ['renamed'], newNick: 'alicia' });
  w.presence('alicia');
  assert.equal(w.store.private(full(`${ROOM}/alicia`)), chat);
  assert.equal(w.store.private(full(`${ROOM}/alice`)), undefined);
  assert.deepEqual(w.last('chat:renamed'), { chat, from: `${ROOM}/alice` });
});

const lookalikes: readonly [id: string, nick: string][] = [
  ['U010', 'al\u200bice'],
  ['U035', '\u0430lice'],
  ['U036', 'a1ice'],
  ['U037', 'ALICE'],
  ['U038', '\uff41\uff4c\uff49\uff43\uff45'],
];
for (const [id, nick] of lookalikes) {
  test(`${id}: a nick that looks like alice says so at the join and in the first message`, () => {
    const w = createWorld();
    w.join(['alice']);
    w.presence(nick);
    assert.equal(w.room().occupants.get(nick)?.looksLike, 'alice');
    assert.equal(w.room().occupants.get('alice')?.looksLike, undefined);
    w.said(nick, 'one');
    w.said(nick, 'two');
    assert.deepEqual(
      messages(w.room()).map(entry => entry.remarks),
      [['looks like alice'], undefined],
    );
  });
}

test('a nick that looks like a contact or like ours says so', () => {
  const w = createWorld();
  w.store.apply({
    kind: 'roster',
    full: true,
    items: [{ jid: bare('dan@example.org'), name: s('Daniel'), groups: [], subscription: 'both', ask: false }],
  });
  w.join([], 'bob');
  w.presence('Dan1el');
  w.presence('B0B');
  assert.equal(w.room().occupants.get('Dan1el')?.looksLike, 'Daniel');
  assert.equal(w.room().occupants.get('B0B')?.looksLike, 'bob');
});

for (const nick of ['__proto__', 'constructor', 'toString']) {
  test(`M008: "${nick}" is a nick like any other`, () => {
    const w = createWorld();
    w.join();
    w.presence(nick);
    w.said(nick, nick);
    assert.equal(w.room().occupants.get(nick)?.name, nick);
    assert.equal(messages(w.room())[0]?.body, nick);
    w.away(nick);
    assert.equal(w.room().occupants.has(nick), false);
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  });
}

test('U048: presence of the room itself is no occupant', () => {
  const w = createWorld();
  w.join();
  w.store.apply({
    kind: 'presence',
    type: 'available',
    from: ROOM,
    muc: { affiliation: 'none', role: 'none', codes: new Set() },
  });
  assert.equal(w.room().occupants.size, 1);
});

test('S036: a subject with a body is a message, without body a new subject', () => {
  const w = createWorld();
  w.join(['alice']);
  w.said('alice', 'b', { subject: s('t') });
  assert.equal(w.room().subject?.text, '');
  w.said('alice', undefined, { subject: s('t') });
  assert.deepEqual([w.room().subject?.text, w.room().subject?.name], ['t', 'alice']);
  assert.deepEqual(lines(w.room()), ['alice: b', 'subject t']);
  assert.equal(w.last('subject:changed')?.live, true);
});

test('who is typing is known until they speak or leave', () => {
  const w = createWorld();
  w.join(['alice']);
  w.said('alice', undefined, { chatState: 'composing' });
  assert.equal(w.room().occupants.get('alice')?.chatState, 'composing');
  w.said('alice', 'hi', { chatState: 'active' });
  assert.equal(w.room().occupants.get('alice')?.chatState, 'active');
  w.said('alice', undefined, { chatState: 'composing' });
  w.away('alice');
  assert.equal(w.last('chat-state:changed')?.state, undefined);
});

test('a refused entry leaves the tab with the reason', () => {
  const w = createWorld();
  w.store.apply({ kind: 'room-joining', room: ROOM, nick: 'bob' });
  w.store.apply({ kind: 'room-failed', room: ROOM, reason: s('members only') });
  assert.deepEqual([w.room().state, w.room().reason], ['failed', 'members only']);
});

test('a lost connection keeps rooms and their logs; a new session knows nobody until it has joined', () => {
  const w = createWorld();
  w.join(['alice']);
  w.said('alice', 'hi');
  w.store.addOutgoing(ROOM, w.outgoing(ROOM, 'mine', 'q1'), 'queued');
  w.store.apply({ kind: 'session', facts: { status: 'waiting', anonymous: false } });
  assert.equal(w.room().state, 'joined');
  w.online(false);
  assert.deepEqual([w.room().state, w.room().occupants.size], ['joined', 2]);
  w.online(true);
  assert.deepEqual([w.room().state, w.room().reason, w.room().occupants.size], ['left', 'disconnected', 0]);
  assert.deepEqual(w.texts(w.room()), ['alice: hi', 'bob: mine']);
  assert.equal(messages(w.room())[1]?.delivery, 'queued');
});

test('5,000 occupants: no presence copies or replaces the map', () => {
  const w = createWorld();
  w.join();
  const map = w.room().occupants;
  for (let i = 0; i < 5000; i++) w.presence(`nick${i}`);
  assert.equal(w.room().occupants, map);
  assert.equal(map.size, 5001);
});

test('in a big room only those who are part of the talk come and go, others when they speak', () => {
  const w = createWorld({ policy: { movements: () => 'smart', notify: () => 'mention' } });
  w.join(Array.from({ length: 40 }, (_, i) => `silent${i}`));
  w.presence('carol');
  w.away('silent1');
  assert.deepEqual(lines(w.room()), []);
  w.said('carol', 'hello');
  w.away('carol');
  assert.deepEqual(lines(w.room()), ['carol joined', 'carol: hello', 'carol left']);
  w.away('silent2', { is: ['kicked'] });
  assert.deepEqual(lines(w.room()).slice(-2), ['carol left', 'silent2 kicked']);
});

test('what counts as news is what the person wants', () => {
  for (const [notify, count, highlighted] of [
    ['none', 0, 0],
    ['mention', 1, 0],
    ['all', 1, 1],
  ] as const) {
    const w = createWorld({ policy: { movements: () => 'all', notify: () => notify } });
    w.join(['alice']);
    w.heard();
    w.said('alice', 'good morning');
    assert.equal(w.room().unread.count, count, notify);
    assert.equal(w.heard().filter(one => one === 'message:highlighted').length, highlighted, notify);
  }
});

test('who left is remembered with the address, until somebody else leaves under that nick', () => {
  const w = createWorld();
  w.join();
  w.presence('carol', {}, { realJid: jid('carol@example.org/x') });
  w.away('carol', { is: ['kicked'], actor: s('alice'), reason: s('spam') });
  const past = w.room().departed.get('carol');
  assert.deepEqual([past?.what, past?.by, past?.reason], ['kicked', 'alice', 'spam']);
  assert.equal(past?.occupant.realJid, 'carol@example.org/x');
});

test('who left and comes under another nick is known by the occupant id, by nothing else', () => {
  const w = createWorld();
  w.join([]);
  w.presence('troll', { occupantId: 'x' });
  w.away('troll');
  w.presence('angel', { occupantId: 'x' });
  w.presence('troll', { occupantId: 'y' });
  w.away('troll');
  w.presence('saint', { occupantId: 'z' });
  const movements = [...w.room().log.newest()].flatMap(entry => (entry.kind === 'presence' ? entry.movements : []));
  const joins = movements.filter(one => one.what === 'joined').map(one => [one.name, one.was]);
  assert.deepEqual(joins, [
    ['troll', undefined],
    ['angel', 'troll'],
    ['troll', undefined],
    ['saint', undefined],
  ]);
});

/** We said something, the link went before the room sent it back, and we are another guest beside our own ghost. */
function besideOurGhost() {
  const w = createWorld();
  w.join(['alice']);
  w.said('alice', 'hi');
  w.store.addOutgoing(ROOM, w.outgoing(ROOM, 'before the cut', 'made-by-us'), 'pending');
  w.online(true);
  w.join(['alice', 'bob'], 'bob_', false);
  return w;
}

for (const source of ['room-history', 'archive'] as const) {
  test(`what we said before a cut stands once when we come back beside our ghost (${source})`, () => {
    const w = besideOurGhost();
    const more = source === 'archive' ? { missed: true } : {};
    w.said('bob', 'before the cut', { id: 'made-by-us', source, stamp: w.now - 1000, stanzaId: 'r1', ...more });
    assert.deepEqual(w.texts(w.room()), ['alice: hi', 'bob: before the cut']);
    assert.deepEqual(
      messages(w.room()).map(({ self, delivery, stanzaId }) => ({ self, delivery, stanzaId })),
      [
        { self: false, delivery: undefined, stanzaId: undefined },
        { self: true, delivery: 'sent', stanzaId: 'r1' },
      ],
    );
  });
}

test('nobody takes our line away by its id: other words, another nick', () => {
  const w = besideOurGhost();
  const parts = { id: 'made-by-us', source: 'room-history', stamp: w.now - 1000 } as const;
  w.said('bob', 'other words', parts);
  w.said('alice', 'before the cut', parts);
  assert.deepEqual(w.texts(w.room()), [
    'alice: hi',
    'bob: before the cut',
    'bob: other words',
    'alice: before the cut',
  ]);
  assert.equal(messages(w.room())[1]?.delivery, 'pending');
});
