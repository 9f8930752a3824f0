import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Jid, parseJid } from '../../src/lib/jid.js';
import type { Incoming } from '../../src/model/incoming.js';
import type { StatusName } from '../../src/model/types.js';
import { createWorld, ME, ROOM, s } from './world.js';

const NICKS = ['bob', 'alice', 'a1ice', '__proto__', 'constructor', '\u202ex', ' '];
const ADDRESSES = [
  ROOM,
  ...NICKS.map(nick => `${ROOM}/${nick}`),
  'other@rooms.example/alice',
  ME,
  'me@example.org',
  'alice@example.org/x',
  'alice@example.org',
  'example.org',
]
  .map(text => parseJid(text))
  .filter((one): one is Jid => one !== undefined);
const CODES: StatusName[] = ['self', 'renamed', 'kicked', 'banned', 'created', 'nonAnonymous', 'shutdown'];

const address = fc.constantFrom(...ADDRESSES);
const id = fc.constantFrom('1', '2', '3', '__proto__', '');
const text = fc.constantFrom('', 'x', 'bob: y', '/me z').map(s);
const optional = { requiredKeys: [] };
const incoming: fc.Arbitrary<Incoming> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record(
      {
        kind: fc.constant('message' as const),
        type: fc.constantFrom('chat', 'groupchat', 'normal', 'headline', 'error'),
        from: address,
        to: address,
        id,
        originId: id,
        stanzaId: id,
        occupantId: id,
        source: fc.constantFrom('live', 'room-history', 'archive', 'carbon'),
        body: text,
        subject: text,
        stamp: fc.constantFrom(0, -1e15, 1e18, Number.NaN, Date.UTC(2026, 10, 22)),
        chatState: fc.constantFrom('active', 'composing', 'gone'),
        replaces: id,
        retracts: fc.record({ id, moderator: fc.boolean() }),
        reply: fc.record({ id }),
        reactions: fc.record({ id, emoji: fc.array(text, { maxLength: 3 }) }),
        received: id,
        displayed: id,
        mucUser: fc.boolean(),
        codes: fc.subarray(CODES).map(codes => new Set(codes)),
        invite: fc.record({ room: fc.constant(ROOM), mediated: fc.boolean() }),
      },
      { requiredKeys: ['kind', 'type', 'from', 'source'] },
    ),
  },
  {
    weight: 6,
    arbitrary: fc.record(
      {
        kind: fc.constant('presence' as const),
        type: fc.constantFrom('available', 'unavailable', 'error', 'subscribe', 'unsubscribe'),
        from: address,
        show: fc.constantFrom('away', 'dnd'),
        occupantId: id,
        muc: fc.record(
          {
            affiliation: fc.constantFrom('none', 'owner', 'outcast'),
            role: fc.constantFrom('none', 'participant', 'moderator'),
            codes: fc.subarray(CODES).map(codes => new Set(codes)),
            newNick: fc.constantFrom(...NICKS),
            realJid: address,
            destroyed: fc.record({ reason: text }, optional),
          },
          { requiredKeys: ['affiliation', 'role', 'codes'] },
        ),
      },
      { requiredKeys: ['kind', 'type', 'from'] },
    ),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'room-joining', room: ROOM, nick: 'bob' }) },
  {
    weight: 4,
    arbitrary: fc.constant({
      kind: 'presence',
      type: 'available',
      from: parseJid(`${ROOM}/bob`),
      muc: { affiliation: 'none', role: 'participant', codes: new Set(['self']) },
    }),
  },
  fc.constant({ kind: 'room-left', room: ROOM }),
  fc.constant({ kind: 'room-failed', room: ROOM, reason: s('no') }),
  fc.record({ kind: fc.constant('sent' as const), chat: address, id }),
  fc.record({ kind: fc.constant('failed' as const), chat: address, id, reason: text }),
  fc
    .boolean()
    .map(fresh => ({ kind: 'session', facts: { status: 'online', anonymous: false, jid: ME }, fresh }) as const),
  fc.array(fc.constantFrom('alice@example.org', 'a1ice@example.org'), { maxLength: 2 }).map(list => ({
    kind: 'roster' as const,
    full: list.length === 2,
    items: list.map(one => ({ jid: one as never, groups: [], subscription: 'both' as const, ask: false })),
  })),
) as fc.Arbitrary<Incoming>;

test('whatever comes in whatever order, nothing throws and the books balance', () => {
  fc.assert(
    fc.property(fc.array(incoming, { maxLength: 60 }), list => {
      const w = createWorld({ logCapacity: 20 });
      w.join(['alice']);
      let rev = w.store.rev;
      list.forEach((one, index) => {
        if (index % 7 === 3) w.store.addOutgoing(ROOM, w.outgoing(ROOM, 'mine', String(index % 3)), 'pending');
        w.store.apply(one);
        assert.ok(w.store.rev >= rev);
        rev = w.store.rev;
      });
      for (const [id, chat] of w.store.chats) {
        assert.equal(chat.id, id);
        const seqs = [...chat.log.newest()].map(entry => entry.seq);
        assert.deepEqual(
          seqs,
          [...new Set(seqs)].sort((a, b) => b - a),
        );
        assert.ok(seqs.length <= 20);
        assert.ok(chat.readSeq < chat.log.next);
        assert.ok(chat.unread.highlights <= chat.unread.count);
        for (const entry of chat.log.newest()) {
          assert.ok(Number.isFinite(entry.at) && entry.at <= w.now);
          if (entry.kind === 'message' && !entry.self) assert.equal(entry.delivery, undefined);
        }
        if (chat.kind !== 'room') continue;
        if (chat.state !== 'joined' && chat.state !== 'joining') assert.equal(chat.occupants.size, 0);
        if (chat.self !== undefined) assert.equal(chat.occupants.get(chat.self.nick), chat.self);
        // Between the two presences of our own new nick we are nobody.
        if (chat.self !== undefined) assert.equal(chat.self.nick, chat.nick);
        const serials = [...chat.occupants.values()].map(one => one.serial);
        assert.equal(new Set(serials).size, serials.length);
        for (const [nick, occupant] of chat.occupants) assert.equal(occupant.nick, nick);
      }
      assert.equal(Object.getPrototypeOf({}), Object.prototype);
    }),
    { numRuns: 400 },
  );
});
