import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALICE, bare, createWorld, full, jid, lines, ME, messages, ROOM, s } from './world.js';

const STRANGER = 'mallory@evil.example/x';

// -------------------------------------------------------------------------------------------------------- routing

test('S016: groupchat of a room we are not in is dropped', () => {
  const w = createWorld();
  w.message(STRANGER, 'x', 'groupchat', {});
  w.said('alice', 'x');
  assert.equal(w.store.chats.size, 0);
});

test('an occupant who writes to us alone opens a private chat, a contact a direct one', () => {
  const w = createWorld();
  w.join(['alice']);
  w.told(`${ROOM}/alice`, 'psst', { mucUser: true });
  w.told('alice@example.org/phone', 'hi');
  assert.deepEqual(w.texts(w.store.private(full(`${ROOM}/alice`))), ['alice: psst']);
  assert.deepEqual(w.texts(w.store.direct(ALICE)), ['alice@example.org: hi']);
  assert.equal(w.store.direct(ALICE)?.activity, 'private');
});

test('S015: a stranger who marks a message as private of a room is a stranger', () => {
  const w = createWorld();
  w.told(STRANGER, 'hi', { mucUser: true });
  assert.equal(w.store.chat(bare('mallory@evil.example'))?.kind, 'direct');
});

test('S029: an error stands only beside our message to that address with that id', () => {
  const w = createWorld();
  w.store.addOutgoing(ALICE, w.outgoing(ALICE, 'hi', 'm1'), 'sent');
  const error = { condition: 'item-not-found', sentence: s('there is no such address') };
  w.message(STRANGER, 'x', 'error', { id: 'm1', error });
  w.message(ALICE, 'x', 'error', { id: 'other', error });
  assert.equal(messages(w.store.direct(ALICE))[0]?.delivery, 'sent');
  w.message(ALICE, 'x', 'error', { id: 'm1', error });
  const [entry] = messages(w.store.direct(ALICE));
  assert.deepEqual([entry?.delivery, entry?.error], ['failed', 'there is no such address']);
  assert.equal(w.store.chats.size, 1);
});

test('S030: a headline is a notice with the whole sender', () => {
  const w = createWorld();
  w.message('example.org.evil.example', 'Password?', 'headline', { subject: s('Server notice') });
  assert.equal(w.store.chats.size, 0);
  const entry = w.store.notices.last();
  assert.deepEqual(entry?.kind === 'notice' && entry.rows.map(row => row.map(one => one.text).join('')), [
    'Headline from example.org.evil.example',
    'Server notice',
    'Password?',
  ]);
});

test('S035: what the room itself says is said by the room', () => {
  const w = createWorld();
  w.join(['alice']);
  w.said('', 'Room: everyone must type /join evil');
  const [entry] = messages(w.room());
  assert.deepEqual([entry?.sender.room, entry?.sender.name, entry?.highlight], [true, 'room', false]);
});

test('S013: a mediated invitation is believed only from the room itself', () => {
  const w = createWorld();
  const invite = { room: bare('x@rooms.example'), claimedBy: ALICE, mediated: true };
  w.message(STRANGER, undefined, 'normal', { invite });
  assert.deepEqual([w.store.invites.length, w.store.chats.size], [0, 0]);
  w.message('x@rooms.example', undefined, 'normal', { invite });
  assert.deepEqual(
    w.store.invites.map(one => [one.by, one.claimedBy, one.mediated]),
    [['x@rooms.example', ALICE, true]],
  );
  assert.equal(w.last('invite:received')?.invite.room, 'x@rooms.example');
  w.store.apply({ kind: 'room-joining', room: bare('x@rooms.example'), nick: 'bob' });
  assert.equal(w.store.invites.length, 0);
});

test('S014: a direct invitation is from whoever sent it', () => {
  const w = createWorld();
  w.message(STRANGER, 'come!', 'normal', {
    invite: { room: bare('secret@rooms.example'), mediated: false, password: 'p' },
  });
  assert.deepEqual(
    w.store.invites.map(one => [one.by, one.room]),
    [[STRANGER, 'secret@rooms.example']],
  );
});

test('a message without a body opens nothing (U049)', () => {
  const w = createWorld();
  w.told(STRANGER, undefined, { chatState: 'composing' });
  w.told(STRANGER, '', { received: 'x' });
  assert.equal(w.store.chats.size, 0);
});

test('the chat locks to the resource that writes, and any presence or other resource unlocks it', () => {
  const w = createWorld();
  const resource = (): string | undefined => w.store.direct(ALICE)?.resource;
  w.told('alice@example.org/phone', 'a');
  assert.equal(resource(), 'alice@example.org/phone');
  w.store.apply({ kind: 'presence', type: 'available', from: jid('alice@example.org/laptop') });
  assert.equal(resource(), undefined);
  w.told('alice@example.org/phone', 'b');
  w.told('alice@example.org/laptop', 'c');
  assert.equal(resource(), undefined);
  w.told('alice@example.org/laptop', 'd');
  assert.equal(resource(), 'alice@example.org/laptop');
});

// ----------------------------------------------------------------------------------------------- the same message

test('our line and its reflection are one row', () => {
  const w = createWorld();
  w.join(['alice']);
  w.store.addOutgoing(ROOM, w.outgoing(ROOM, 'hello', 'm1'), 'pending');
  w.said('bob', 'hello', { id: 'm1', originId: 'm1', stanzaId: 's1' });
  const [entry, ...others] = messages(w.room());
  assert.equal(others.length, 0);
  assert.deepEqual([entry?.delivery, entry?.stanzaId, entry?.self], ['sent', 's1', true]);
});

test('a room that changes the id still gives the line back by origin id', () => {
  const w = createWorld();
  w.join();
  w.store.addOutgoing(ROOM, w.outgoing(ROOM, '/me waves', 'm1'), 'pending');
  w.said('bob', '/me waves', { id: 'other', originId: 'm1' });
  assert.deepEqual(
    messages(w.room()).map(one => [one.body, one.action, one.delivery]),
    [['waves', true, 'sent']],
  );
});

test('S022: the same id from another sender is another message', () => {
  const w = createWorld();
  w.join(['alice', 'mallory']);
  w.store.addOutgoing(ROOM, w.outgoing(ROOM, 'mine', 'm1'), 'pending');
  w.said('mallory', 'different', { id: 'm1', originId: 'm1' });
  w.said('alice', 'a', { id: 'a1' });
  w.said('mallory', 'different', { id: 'a1' });
  assert.deepEqual(w.texts(w.room()), ['bob: mine', 'mallory: different', 'alice: a', 'mallory: different']);
  assert.equal(messages(w.room())[0]?.delivery, 'pending');
});

test('two live messages with the same words are two messages', () => {
  const w = createWorld();
  w.join(['alice']);
  w.said('alice', 'ok', { id: 'x' });
  w.said('alice', 'ok', { id: 'x' });
  assert.equal(messages(w.room()).length, 2);
});

test('history of the room is not shown again: same nick, body and second, or the same stanza id', () => {
  const w = createWorld();
  w.join(['alice']);
  w.said('alice', 'one');
  w.said('alice', 'two', { stanzaId: 's2' });
  const stamp = w.now;
  w.pass(60_000);
  w.online();
  w.join(['alice'], 'bob', false);
  const history = { source: 'room-history', stamp } as const;
  w.said('alice', 'one', history);
  w.said('alice', 'two', { source: 'room-history', stamp: stamp + 5000, stanzaId: 's2' });
  w.said('alice', 'three', history);
  w.said('mallory', 'one', history);
  assert.deepEqual(w.texts(w.room()), ['alice: one', 'alice: two', 'alice: three', 'mallory: one']);
  assert.equal(messages(w.room())[2]?.at, stamp);
});

test('what we said before the connection broke is recognised in the history by its id', () => {
  const w = createWorld();
  w.join([]);
  w.store.addOutgoing(ROOM, w.outgoing(ROOM, 'lost?', 'm1'), 'pending');
  w.online();
  w.join([], 'bob', false);
  w.said('bob', 'lost?', { id: 'm1', source: 'room-history', stamp: w.now - 3000 });
  assert.deepEqual(
    messages(w.room()).map(one => [one.body, one.delivery]),
    [['lost?', 'sent']],
  );
});

test('a sent carbon is ours, marks the chat read and is the same as the archive copy', () => {
  const w = createWorld();
  w.told('alice@example.org/a', 'hi');
  assert.equal(w.store.direct(ALICE)?.unread.count, 1);
  w.told('me@example.org/phone', 'answer', { to: 'alice@example.org', source: 'carbon', id: 'c1' });
  w.told('me@example.org/phone', 'answer', {
    to: 'alice@example.org',
    source: 'archive',
    id: 'c1',
    stanzaId: 'z',
    stamp: w.now,
  });
  assert.deepEqual(
    messages(w.store.direct(ALICE)).map(one => [one.body, one.self]),
    [
      ['hi', false],
      ['answer', true],
    ],
  );
  assert.equal(w.store.direct(ALICE)?.unread.count, 0);
});

test('S023: after the entry a stamp does not move a message; it is shown now, with a remark', () => {
  const w = createWorld();
  w.join(['mallory']);
  w.said('mallory', 'OLD', { stamp: Date.UTC(2001, 0, 1), source: 'room-history' });
  const [entry] = messages(w.room());
  assert.deepEqual([entry?.at, entry?.source, entry?.remarks], [w.now, 'live', ['dated 2001-01-01']]);
});

test('S024: a stamp in the future is now', () => {
  const w = createWorld();
  w.join(['mallory'], 'bob', false);
  w.said('mallory', 'FUTURE', { stamp: Date.UTC(2099, 0, 1), source: 'room-history' });
  assert.equal(messages(w.room())[0]?.at, w.now);
  w.told(STRANGER, 'x', { stamp: Date.UTC(2099, 0, 1) });
  assert.equal(messages(w.store.direct(jid(STRANGER)))[0]?.at, w.now);
});

for (const stamp of [Number.NaN, Number.POSITIVE_INFINITY, 9e15]) {
  test(`S025: a stamp of ${stamp} is ignored`, () => {
    const w = createWorld();
    w.told(STRANGER, 'x', { stamp });
    const [entry] = messages(w.store.direct(jid(STRANGER)));
    assert.deepEqual([entry?.at, entry?.remarks], [w.now, undefined]);
  });
}

test('S026: a message kept for us shows its time, but never stands above what is there already', () => {
  const w = createWorld();
  w.told(STRANGER, 'kept', { stamp: w.now - 3_600_000 });
  w.told(STRANGER, 'new');
  w.told(STRANGER, 'forged', { stamp: w.now - 7_200_000 });
  assert.deepEqual(
    messages(w.store.direct(jid(STRANGER))).map(one => [one.at, one.remarks]),
    [
      [w.now - 3_600_000, undefined],
      [w.now, undefined],
      [w.now, ['dated 2026-11-22 10:00 UTC']],
    ],
  );
});

// ------------------------------------------------------------------------------ corrections, retractions, reactions

test('a correction by the same visit replaces the text and keeps the old one', () => {
  const w = createWorld();
  w.join(['alice']);
  w.said('alice', 'helo', { id: 'a1' });
  w.said('alice', 'hello', { id: 'a2', replaces: 'a1' });
  w.said('alice', 'Hello', { id: 'a3', replaces: 'a1' });
  assert.deepEqual(
    messages(w.room()).map(one => [one.body, one.versions]),
    [['Hello', ['helo', 'hello']]],
  );
});

test('S017: a correction by somebody else is a new message with a remark', () => {
  const w = createWorld();
  w.join(['alice', 'mallory']);
  w.said('alice', 'mine', { id: 'a1' });
  w.said('mallory', 'CHANGED', { id: 'c1', replaces: 'a1' });
  assert.deepEqual(w.texts(w.room()), ['alice: mine', 'mallory: CHANGED']);
  assert.deepEqual(messages(w.room())[1]?.remarks, ['could not apply correction']);
});

test('S018: whoever took the nick cannot correct what the one before said', () => {
  const w = createWorld();
  w.join(['carol']);
  w.said('carol', 'mine', { id: 'a1' });
  w.away('carol');
  w.presence('carol');
  w.said('carol', 'CHANGED', { id: 'c1', replaces: 'a1' });
  assert.deepEqual(w.texts(w.room()), ['carol: mine', 'carol: CHANGED']);
});

test('S018: the occupant id proves the same person over a rejoin and unmasks another', () => {
  const w = createWorld();
  w.join();
  w.presence('carol', { occupantId: 'c' });
  w.said('carol', 'one', { id: 'a1', occupantId: 'c' });
  w.said('carol', 'two', { id: 'a2', replaces: 'a1', occupantId: 'other' });
  w.said('carol', 'three', { id: 'a3', replaces: 'a1', occupantId: 'c' });
  assert.deepEqual(w.texts(w.room()), ['carol: three', 'carol: two']);
});

test('S019: a contact cannot correct my message', () => {
  const w = createWorld();
  w.store.addOutgoing(ALICE, w.outgoing(ALICE, 'mine', 'm1'), 'sent');
  w.told('alice@example.org/a', 'x', { id: 'c3', replaces: 'm1' });
  assert.deepEqual(w.texts(w.store.direct(ALICE)), ['me: mine', 'alice@example.org: x']);
});

test('only the last 500 messages can be corrected', () => {
  const w = createWorld();
  w.told('alice@example.org/a', 'first', { id: 'a0' });
  for (let i = 1; i < 500; i++) w.told('alice@example.org/a', 'x');
  w.told('alice@example.org/a', 'FIRST', { replaces: 'a0' });
  assert.equal(messages(w.store.direct(ALICE)).length, 500);
  w.told('alice@example.org/a', 'x');
  w.told('alice@example.org/a', 'again', { replaces: 'a0' });
  assert.equal(messages(w.store.direct(ALICE)).length, 502);
});

test('our own correction and its reflection change one row once', () => {
  const w = createWorld();
  w.join();
  w.store.addOutgoing(ROOM, w.outgoing(ROOM, 'helo', 'm1'), 'pending');
  w.said('bob', 'helo', { id: 'm1' });
  w.store.applyOwnCorrection(ROOM, w.outgoing(ROOM, 'hello', 'm2', { replaces: 'm1' }), 'pending');
  assert.deepEqual(
    messages(w.room()).map(one => [one.body, one.delivery]),
    [['hello', 'pending']],
  );
  w.said('bob', 'hello', { id: 'm2', replaces: 'm1' });
  assert.deepEqual(
    messages(w.room()).map(one => [one.body, one.versions, one.delivery]),
    [['hello', ['helo'], 'sent']],
  );
});

test('S020: retraction by the same person only, moderation by the room only', () => {
  const w = createWorld();
  w.join(['alice', 'mallory']);
  w.said('alice', 'a', { id: 'a1', stanzaId: 's1' });
  w.said('mallory', undefined, { retracts: { id: 's1' } });
  w.said('mallory', undefined, { retracts: { id: 's1', moderator: true } });
  assert.equal(messages(w.room())[0]?.retracted, undefined);
  w.said('', undefined, { retracts: { id: 's1', moderator: true, by: s('dan'), reason: s('spam') } });
  assert.deepEqual(messages(w.room())[0]?.retracted, { by: 'dan', reason: 'spam' });
  w.said('alice', 'b', { id: 'a2', stanzaId: 's2' });
  w.said('alice', undefined, { retracts: { id: 's2' } });
  assert.deepEqual(messages(w.room())[1]?.retracted, {});
});

test('reactions are grouped, and each person has one set', () => {
  const w = createWorld();
  w.join(['alice', 'carol']);
  w.said('alice', 'a', { stanzaId: 's1' });
  w.said('carol', undefined, { reactions: { id: 's1', emoji: [s('👍')] } });
  w.said('alice', undefined, { reactions: { id: 's1', emoji: [s('👍'), s('🎉')] } });
  w.said('carol', undefined, { reactions: { id: 's1', emoji: [s('🎉')] } });
  assert.deepEqual(
    [...(messages(w.room())[0]?.reactions ?? [])],
    [
      ['👍', ['alice']],
      ['🎉', ['alice', 'carol']],
    ],
  );
});

test('S040: a reply quotes only what stands in our own log', () => {
  const w = createWorld();
  w.join(['alice']);
  w.said('alice', 'first\nsecond', { stanzaId: 's1' });
  w.said('alice', 'x', { reply: { id: 's1' } });
  w.said('alice', 'y', { reply: { id: 'unknown' } });
  assert.deepEqual(
    messages(w.room())
      .slice(1)
      .map(one => one.reply),
    [{ id: 's1', name: 'alice', excerpt: 'first …' }, { id: 'unknown' }],
  );
});

// -------------------------------------------------------------------------------------------------------- delivery

test('S027: a receipt counts only from the address the message went to', () => {
  const w = createWorld();
  w.store.addOutgoing(ALICE, w.outgoing(ALICE, 'hi', 'm1'), 'pending');
  const state = (): string | undefined => messages(w.store.direct(ALICE))[0]?.delivery;
  w.told(STRANGER, undefined, { received: 'm1', displayed: 'm1' });
  assert.equal(state(), 'pending');
  w.told('alice@example.org/x', undefined, { received: 'm1' });
  assert.equal(state(), 'delivered');
});

test('delivery only moves on, and a marker covers what was said before it', () => {
  const w = createWorld();
  for (const id of ['m1', 'm2', 'm3']) w.store.addOutgoing(ALICE, w.outgoing(ALICE, id, id), 'sent');
  const states = (): unknown[] => messages(w.store.direct(ALICE)).map(one => one.delivery);
  w.told('alice@example.org/x', undefined, { displayed: 'm2' });
  assert.deepEqual(states(), ['displayed', 'displayed', 'sent']);
  w.told('alice@example.org/x', undefined, { received: 'm2' });
  w.store.apply({ kind: 'sent', chat: ALICE, id: 'm1' });
  w.store.apply({ kind: 'failed', chat: ALICE, id: 'm1', reason: s('no') });
  assert.deepEqual(states(), ['displayed', 'displayed', 'sent']);
});

test('a room has a line when it has sent it back, not when the server took it', () => {
  const w = createWorld();
  w.join();
  w.store.addOutgoing(ROOM, w.outgoing(ROOM, 'x', 'm1'), 'queued');
  w.store.apply({ kind: 'sent', chat: ROOM, id: 'm1' });
  assert.equal(messages(w.room())[0]?.delivery, 'pending');
  w.said('bob', 'x', { id: 'm1' });
  assert.equal(messages(w.room())[0]?.delivery, 'sent');
});

test('what was refused stays refused when the server says that it took the line', () => {
  const w = createWorld();
  w.join();
  for (const to of [ALICE, ROOM]) {
    w.store.addOutgoing(to, w.outgoing(to, 'x', `to ${to}`), 'pending');
    w.store.apply({ kind: 'failed', chat: to, id: `to ${to}`, reason: s('blocked') });
    w.store.apply({ kind: 'sent', chat: to, id: `to ${to}` });
    w.store.setDelivery(to, `to ${to}`, 'sent');
  }
  assert.deepEqual(
    [messages(w.store.direct(ALICE)), messages(w.room())].map(log => log[0]?.delivery),
    ['failed', 'failed'],
  );
});

test('a failed line can be tried again', () => {
  const w = createWorld();
  w.store.addOutgoing(ALICE, w.outgoing(ALICE, 'x', 'm1'), 'queued');
  w.store.apply({ kind: 'failed', chat: jid('alice@example.org/phone'), id: 'm1', reason: s('no') });
  assert.equal(messages(w.store.direct(ALICE))[0]?.error, 'no');
  w.store.setDelivery(ALICE, 'm1', 'pending');
  const [entry] = messages(w.store.direct(ALICE));
  assert.deepEqual([entry?.delivery, entry?.error], ['pending', undefined]);
});

// ---------------------------------------------------------------------------------------------------------- unread

test('unread: history never counts nor calls, live messages do, and reading ends it', () => {
  const w = createWorld();
  w.join(['alice'], 'bob', false);
  w.said('alice', 'bob: old', { stamp: w.now - 9000, source: 'room-history' });
  assert.deepEqual([w.room().unread.count, w.room().activity], [0, 'none']);
  w.said('', undefined, { subject: s('') });
  w.heard();
  w.said('alice', 'hello all');
  assert.deepEqual([w.room().unread, w.room().activity], [{ count: 1, highlights: 0 }, 'message']);
  w.said('alice', 'bob: hello');
  assert.deepEqual([w.room().unread, w.room().activity], [{ count: 2, highlights: 1 }, 'highlight']);
  assert.equal(w.room().readSeq, 0);
  assert.equal(w.heard().filter(one => one === 'message:highlighted').length, 1);
  w.store.markRead(ROOM, 1);
  assert.deepEqual([w.room().unread, w.room().activity], [{ count: 1, highlights: 1 }, 'highlight']);
  w.store.markRead(ROOM);
  assert.deepEqual([w.room().unread, w.room().activity, w.room().readSeq], [{ count: 0, highlights: 0 }, 'none', 2]);
  assert.equal(w.last('chat:read')?.chat, w.room());
});

test('messages in the focused chat are read at once', () => {
  const w = createWorld();
  w.join(['alice']);
  w.store.setFocus(ROOM);
  w.said('alice', 'bob: hello');
  assert.deepEqual([w.room().unread.count, w.room().activity, w.room().readSeq], [0, 'none', 0]);
});

test('what we say ourselves is read, and reads what was before', () => {
  const w = createWorld();
  w.told('alice@example.org/a', 'hi');
  w.store.addOutgoing(ALICE, w.outgoing(ALICE, 'hello', 'm1'), 'pending');
  assert.deepEqual([w.store.direct(ALICE)?.unread.count, w.store.direct(ALICE)?.exchanged], [0, true]);
});

test('the ignored are not shown and open nothing', () => {
  const w = createWorld({ isIgnored: (_chat, sender) => sender.jid?.includes('mallory') === true });
  w.join(['mallory']);
  w.said('mallory', 'x');
  w.told(STRANGER, 'x');
  w.told(`${ROOM}/mallory`, 'x');
  assert.deepEqual(lines(w.room()), []);
  assert.equal(w.store.chats.size, 1);
});

// ---------------------------------------------------------------------------------------------------------- people

test('the roster comes whole or piece by piece', () => {
  const w = createWorld();
  const item = (local: string, name?: string) => ({
    jid: bare(`${local}@example.org`),
    ...(name === undefined ? {} : { name: s(name) }),
    groups: [s('friends')],
    subscription: 'both' as const,
    ask: false,
  });
  w.store.apply({ kind: 'roster', full: true, items: [item('alice', 'Alice'), item('carol')] });
  w.store.apply({ kind: 'roster', full: false, items: [{ ...item('carol'), subscription: 'remove' }, item('dan')] });
  assert.deepEqual(
    [...w.store.roster.values()].map(one => one.name),
    ['Alice', 'dan@example.org'],
  );
  w.told('alice@example.org/x', 'hi');
  assert.deepEqual([w.store.direct(ALICE)?.title, messages(w.store.direct(ALICE))[0]?.sender.name], ['Alice', 'Alice']);
  w.store.apply({ kind: 'roster', full: true, items: [] });
  assert.equal(w.store.roster.size, 0);

  // A long list comes in parts: who is in none of them goes with the last.
  const names = () => [...w.store.roster.keys()].map(jid => jid.split('@')[0]);
  const loads = () => w.events.filter(one => one.event === 'roster:loaded').length;
  const before = loads();
  for (const local of ['eve', 'fay', 'gus']) w.store.apply({ kind: 'roster', full: false, items: [item(local)] });
  w.store.apply({ kind: 'roster', full: true, more: true, items: [item('fay')] });
  w.store.apply({ kind: 'roster', full: true, more: true, items: [item('hal')] });
  assert.deepEqual(names(), ['eve', 'fay', 'gus', 'hal']);
  w.store.apply({ kind: 'roster', full: true, items: [item('ida')] });
  assert.deepEqual(names(), ['fay', 'hal', 'ida']);
  assert.equal(loads() - before, 1, 'it is loaded once');
});

test('the best resource has the highest priority, then is the most available', () => {
  const w = createWorld();
  w.store.apply({ kind: 'roster', full: true, items: [{ jid: ALICE, groups: [], subscription: 'both', ask: false }] });
  const here = (resource: string, parts: object = {}) =>
    w.store.apply({ kind: 'presence', type: 'available', from: jid(`${ALICE}/${resource}`), ...parts });
  const best = (): string | undefined => w.store.contact(ALICE)?.best?.jid;
  here('a', { show: 'dnd' });
  here('b', { show: 'away' });
  assert.equal(best(), `${ALICE}/b`);
  here('c');
  assert.equal(best(), `${ALICE}/c`);
  here('d', { priority: 5, show: 'xa' });
  assert.equal(best(), `${ALICE}/d`);
  w.store.apply({ kind: 'presence', type: 'unavailable', from: jid(`${ALICE}/d`) });
  assert.equal(best(), `${ALICE}/c`);
  w.online();
  assert.equal(best(), undefined);
});

test('S031: a subscription request waits for an answer and is told once', () => {
  const w = createWorld();
  for (let i = 0; i < 2; i++)
    w.store.apply({ kind: 'presence', type: 'subscribe', from: bare('mallory@evil.example'), nickname: s('alice') });
  assert.deepEqual([...w.store.requests.keys()], ['mallory@evil.example']);
  assert.deepEqual(w.heard(), ['subscription:requested']);
  w.store.removeRequest(bare('mallory@evil.example'));
  assert.equal(w.store.requests.size, 0);
});

test('who types to us is known until the message comes', () => {
  const w = createWorld();
  w.told('alice@example.org/a', 'hi', { chatState: 'active' });
  w.told('alice@example.org/a', undefined, { chatState: 'composing' });
  assert.deepEqual([w.store.direct(ALICE)?.chatState, w.store.direct(ALICE)?.statesSeen], ['composing', true]);
  w.told('alice@example.org/a', 'done');
  assert.equal(w.store.direct(ALICE)?.chatState, undefined);
});

// ---------------------------------------------------------------------------------------------------- house keeping

test('openChat finds what an address means', () => {
  const w = createWorld();
  w.join(['alice']);
  assert.equal(w.store.openChat(ROOM).kind, 'room');
  assert.equal(w.store.openChat(jid(`${ROOM}/alice`)).kind, 'private');
  assert.equal(w.store.openChat(jid('dan@example.org/x')).id, 'dan@example.org');
  assert.equal(w.store.openChat(bare('new@rooms.example'), 'room').kind, 'room');
  w.store.closeChat(ROOM);
  assert.equal(w.last('chat:closed')?.id, ROOM);
  assert.equal(w.store.room(ROOM), undefined);
});

test('history pages go on top without what is there already', () => {
  const w = createWorld();
  w.told('alice@example.org/a', 'new', { id: 'n' });
  const [entry] = messages(w.store.direct(ALICE));
  assert.equal(w.store.prependHistory(ALICE, [{ ...entry!, messageId: 'o', body: s('old') }, entry!]), 1);
  assert.deepEqual(
    messages(w.store.direct(ALICE)).map(one => [one.body, one.seq]),
    [
      ['old', -1],
      ['new', 0],
    ],
  );
  w.store.clear(ALICE);
  assert.equal(messages(w.store.direct(ALICE)).length, 0);
});

test('a notice stands in the chat it is about, or in the log of the client', () => {
  const w = createWorld();
  w.join();
  w.store.addNotice(ROOM, 'info', [[{ text: s('here'), token: 'notice.info' }]]);
  w.store.addNotice(undefined, 'error', [[{ text: s('there'), token: 'notice.error' }]]);
  assert.deepEqual(lines(w.room()), ['notice here']);
  assert.equal(w.store.notices.next, 1);
  assert.deepEqual(w.last('notice:added'), { level: 'error', text: 'there' });
});

test('the session tells a new one from a resumed one', () => {
  const w = createWorld();
  w.store.apply({ kind: 'session', facts: { status: 'waiting', anonymous: false, jid: ME } });
  w.online(false);
  assert.deepEqual(w.heard(), ['connection:changed', 'session:ended', 'connection:changed', 'session:resumed']);
});

test('strangers cannot fill the memory with chats', () => {
  const w = createWorld();
  for (let i = 0; i < 2100; i++) w.told(`spam${i}@evil.example/x`, 'buy');
  assert.equal(w.store.chats.size, 2000);
  assert.equal(w.store.notices.next, 100);
});
