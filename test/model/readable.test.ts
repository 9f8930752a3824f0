/** What keeps a busy room readable: lines of their own for those who were sent out, who is ignored, what concerns us, what was missed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { absenceIn } from '../../src/model/absence.js';
import { createReactions } from '../../src/model/reactions.js';
import { createWorld, jid, lines, messages, ROOM, s } from './world.js';

test('a kick or a ban never stands in a line with comings and goings', () => {
  const w = createWorld();
  w.join(['alice', 'carol', 'dan', 'erin']);
  w.presence('alice', {}, { affiliation: 'member' });
  w.away('carol', { is: ['kicked'], actor: s('mod') });
  w.presence('frank');
  w.away('dan', { is: ['banned'], affiliation: 'outcast', actor: s('mod') });
  w.away('erin', { is: ['affiliationLost'] });
  w.away('frank');
  assert.deepEqual(lines(w.room()), [
    'alice affiliation member',
    'carol kicked mod',
    'frank joined',
    'dan banned mod',
    'erin left no longer a member',
    'frank left',
  ]);
});

test('many who are sent out for one reason share lines, each with few enough names to show them all', () => {
  const w = createWorld();
  const bots = Array.from({ length: 30 }, (_, i) => `bot${i}`);
  w.join(bots);
  for (const bot of bots) w.away(bot, { is: ['kicked'], actor: s('mod'), reason: s('spam') });
  const shown = lines(w.room());
  assert.deepEqual(
    shown.map(line => line.split(', ').length),
    [12, 12, 6],
  );
  assert.equal(shown.join(', ').match(/bot\d+ kicked mod spam/g)?.length, 30);
});

test('the ignored neither come and go nor type, but that they were sent out is said', () => {
  const w = createWorld({ isIgnored: (_chat, sender) => sender.name === 'mallory' });
  w.join(['alice']);
  w.presence('mallory');
  w.said('mallory', undefined, { chatState: 'composing' });
  assert.equal(w.room().occupants.get('mallory')?.chatState, undefined);
  w.said('mallory', 'hello');
  w.away('mallory');
  w.presence('mallory');
  w.away('mallory', { is: ['kicked'], actor: s('alice') });
  assert.deepEqual(lines(w.room()), ['mallory kicked alice']);
});

test('what concerns us in rooms is listed newest first, also what an archive tells later, and never our own words', () => {
  const w = createWorld();
  w.join(['alice']);
  w.said('alice', 'bob: one');
  w.pass(60_000);
  w.said('alice', 'nothing');
  w.said('bob', 'bob says bob');
  w.said('alice', 'bob: three');
  w.said('alice', 'bob: two', { source: 'archive', missed: true, stamp: w.now - 30_000, occupantId: 'a' });
  w.told('carol@example.org/x', 'bob: in private');
  assert.deepEqual(
    w.store.mentions.map(one => one.message.body),
    ['bob: three', 'bob: two', 'bob: one'],
  );
  assert.equal(w.store.mentions[0]?.room, ROOM);
});

test('a correction shows in the list, may call us itself, and a tombstone is one there too', () => {
  const w = createWorld();
  w.join(['alice']);
  w.said('alice', 'hello', { id: 'a', stanzaId: 'A' });
  assert.equal(w.store.mentions.length, 0);
  w.said('alice', 'hello bob', { id: 'b', replaces: 'a' });
  assert.deepEqual(
    w.store.mentions.map(one => one.message.body),
    ['hello bob'],
  );
  w.said('alice', 'hello world', { id: 'c', replaces: 'a' });
  assert.equal(w.store.mentions[0]?.message.body, 'hello world', 'what has called stays');
  w.said('alice', undefined, { retracts: { id: 'A' } });
  assert.notEqual(w.store.mentions[0]?.message.retracted, undefined);
});

test('the list is bounded and outlives the tab of a room', () => {
  const w = createWorld();
  w.join(['alice']);
  for (let i = 0; i < 600; i++) w.said('alice', `bob: ${i}`);
  assert.equal(w.store.mentions.length, 500);
  w.store.closeChat(ROOM);
  assert.equal(w.store.mentions[0]?.message.body, 'bob: 599');
});

test('a correction by another occupant changes nothing, whatever ids it copies', () => {
  const w = createWorld();
  w.join(['alice', 'mallory']);
  w.said('alice', 'I agree', { id: 'a', stanzaId: 'A', occupantId: 'alice-id' });
  for (const replaces of ['a', 'A'])
    w.said('mallory', 'I refuse', { id: 'a', originId: 'A', replaces, occupantId: 'mallory-id' });
  const [first, ...others] = messages(w.room());
  assert.deepEqual([first?.body, first?.versions], ['I agree', undefined]);
  // The second one finds only what mallory said.
  assert.deepEqual(
    others.map(one => [one.sender.name, one.remarks]),
    [['mallory', ['could not apply correction']]],
  );
});

test('what a room tells at the door after we were away counts as missed; what we know, and a first visit, does not', () => {
  const w = createWorld();
  const history = (body: string, id: string, stamp: number): void => w.said('alice', body, { id, stanzaId: id, stamp });
  w.join(['alice'], 'bob', false);
  history('bob: from before', 'x', w.now - 3_600_000);
  w.said('', undefined, { subject: s('') });
  assert.deepEqual(w.room().unread, { count: 0, highlights: 0 });
  w.said('alice', 'while we were here', { id: 'y', stanzaId: 'y' });
  w.store.markRead(ROOM);
  w.store.apply({ kind: 'room-left', room: ROOM });
  w.pass(600_000);
  w.join(['alice'], 'bob', false);
  history('bob: from before', 'x', w.now - 4_200_000);
  history('while we were here', 'y', w.now - 600_000);
  history('bob: are you there?', 'z', w.now - 300_000);
  history('never mind', 'zz', w.now - 200_000);
  w.said('', undefined, { subject: s('') });
  assert.deepEqual(w.room().unread, { count: 2, highlights: 1 });
  assert.equal(w.store.mentions[0]?.message.body, 'bob: are you there?');
  assert.equal(w.heard().includes('message:highlighted'), false, 'history does not ring');
});

test('an absence is counted by person, whatever the nick, without ourselves', () => {
  const w = createWorld();
  w.join(['alice', 'carol']);
  const from = w.room().log.next - 1;
  w.said('carol', 'one', { occupantId: 'c' });
  w.said('alice', 'bob?', { occupantId: 'a' });
  w.said('bob', 'mine');
  w.said('caro', 'two', { occupantId: 'c' });
  const absence = absenceIn(w.room(), from);
  assert.deepEqual(
    [absence?.count, absence?.mentions, absence?.speakers],
    [
      3,
      1,
      [
        { name: 'caro', count: 2 },
        { name: 'alice', count: 1 },
      ],
    ],
  );
  assert.equal(absenceIn(w.room(), w.room().log.next), undefined);
});

test('what is taken back is not quoted above the answers to it any more', () => {
  const w = createWorld();
  w.join(['alice', 'carol']);
  w.said('alice', 'buy my watches', { id: 'a', stanzaId: 'A' });
  w.said('carol', 'no', { reply: { id: 'A' } });
  assert.equal(messages(w.room())[1]?.reply?.excerpt, 'buy my watches');
  w.said('', undefined, { retracts: { id: 'A', moderator: true, by: s('mod') } });
  assert.deepEqual(messages(w.room())[1]?.reply, { id: 'A', name: 'alice' });
});

test('a page of the archive shows what moderators removed as removed, if the room says so', () => {
  const w = createWorld();
  w.join(['alice']);
  const old = (from: string, parts: object) => ({
    kind: 'message' as const,
    type: 'groupchat' as const,
    from: jid(from),
    source: 'archive' as const,
    stamp: w.now - 1000,
    ...parts,
  });
  w.store.prependArchive(ROOM, [
    old(`${ROOM}/alice`, { body: s('buy this'), stanzaId: 'A', id: 'a' }),
    old(`${ROOM}/alice`, { body: s('and that'), stanzaId: 'B', id: 'b' }),
    old(ROOM, { retracts: { id: 'A', moderator: true, by: s('mod') } }),
    old(`${ROOM}/mallory`, { retracts: { id: 'B', moderator: true } }),
  ]);
  assert.deepEqual(
    messages(w.room()).map(one => one.retracted),
    [{ by: 'mod' }, undefined],
  );
});

test('a flood of reactions stays bounded: people, emoji of each, and what was there is not pushed out', () => {
  const w = createWorld();
  w.join(['alice']);
  w.said('alice', 'hello', { id: 'a', stanzaId: 'A' });
  w.said('alice', undefined, { reactions: { id: 'A', emoji: [s('🎉')] } });
  for (let i = 0; i < 700; i++)
    w.said(`bot${i}`, undefined, {
      occupantId: `bot${i}`,
      reactions: { id: 'A', emoji: Array.from({ length: 30 }, (_, j) => s(`${i}.${j}`)) },
    });
  const reactions = messages(w.room())[0]?.reactions;
  assert.deepEqual(reactions?.get(s('🎉')), ['alice']);
  assert.equal(reactions?.size, 100);
  assert.ok(new Set([...(reactions?.values() ?? [])].flat()).size <= 500);
  w.said('alice', undefined, { reactions: { id: 'A', emoji: [] } });
  assert.equal(messages(w.room())[0]?.reactions?.has(s('🎉')), false);
});

test('reactions of a former run stay when others follow, and whoever speaks again replaces theirs', () => {
  const reactions = createReactions(new Map([[s('👍'), [s('alice'), s('carol')]]]));
  reactions.set('id 1', s('dan'), [s('👍')]);
  assert.deepEqual(
    [...(reactions.set('id 2', s('alice'), [s('🎉')]) ?? [])],
    [
      ['👍', ['carol', 'dan']],
      ['🎉', ['alice']],
    ],
  );
});
