/** The queues of our lines: what may have arrived stops the rest until somebody was asked; nothing overtakes, nothing goes twice, nothing goes to a stranger. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLanes } from '../../src/core/lanes.js';
import type { Wire } from '../../src/core/ports.js';
import { createUnsent, type UnsentLine } from '../../src/core/unsent.js';
import { createEmitter } from '../../src/lib/emitter.js';
import type { Events } from '../../src/model/events.js';
import type { OutgoingMessage } from '../../src/model/incoming.js';
import { createStore, type StoreOptions } from '../../src/model/store.js';
import type { ChatId } from '../../src/model/types.js';
import { createFakeClock } from '../helpers/fake-clock.js';
import { bare, createFakeWire, full, jid } from '../helpers/fake-wire.js';

const ANA = 'ana@acc.test';
const ROOM = 'hall@muc.test';
const BOB = `${ROOM}/bob`;
const ME = { anonymous: false, domain: 'acc.test', jid: full('me@acc.test/x') };

type How = Awaited<ReturnType<Wire['say']>>;
type Answer = { readonly found: readonly string[]; readonly sure: boolean } | Error;

const turn = async (): Promise<void> => {
  for (let i = 0; i < 4; i++) await new Promise(resolve => setImmediate(resolve));
};

/** Lanes over a real store, with a wire whose every answer is given by the test. */
function setup(options: { readonly facts?: Parameters<ReturnType<typeof createFakeWire>['online']>[0] } = {}) {
  const clock = createFakeClock();
  const emitter = createEmitter<Events>({ onFault: (_owner, error) => assert.fail(String(error)) });
  const wire = createFakeWire();
  const written: { readonly message: OutgoingMessage; readonly resolve: (how: How) => void }[] = [];
  const asked: { readonly archive: string; readonly ids: readonly string[]; readonly after: string | undefined }[] = [];
  const answers: Answer[] = [];
  /** What was on disk when each line was written. */
  const onDisk: string[][] = [];
  const disk = new Map<string, unknown>();
  const ids = (): string[] => ((disk.get('outbox') ?? []) as UnsentLine[]).map(line => line.message.id);
  Object.assign(wire, {
    say: (message: OutgoingMessage) => {
      onDisk.push(ids());
      return new Promise<How>(resolve => written.push({ message, resolve }));
    },
  });
  Object.assign(wire.xeps as object, {
    mam: {
      has: async () => true,
      async arrived(archive: string, wanted: Iterable<string>, { after }: { readonly after: string | undefined }) {
        asked.push({ archive, ids: [...wanted], after });
        const answer = answers.shift() ?? { found: [], sure: true };
        if (answer instanceof Error) throw answer;
        return { found: new Set(answer.found), sure: answer.sure };
      },
    },
  });
  const store = createStore({ emit: emitter.emit as StoreOptions['emit'], touch: () => {}, now: clock.now });
  const unsent = createUnsent(() => ({ get: key => disk.get(key), set: (key, value) => void disk.set(key, value) }));
  const lanes = createLanes({ wire, store, clock, unsent, cursor: () => 'place' });
  emitter.on('session:started', () => lanes.sessionStarted());
  emitter.on('session:resumed', () => lanes.sessionResumed());
  emitter.on('room:joined', ({ room }) => lanes.roomJoined(room.id));
  emitter.on('message:delivered', ({ message }) => lanes.settle(message.originId ?? ''));
  for (const name of ['occupant:joined', 'occupant:left', 'occupant:renamed'] as const) {
    emitter.on(name, ({ room }) => lanes.occupantsChanged(room.id));
  }
  emitter.on('chat:renamed', ({ chat, from }) => lanes.chatRenamed(from, chat.id));
  wire.onIncoming(incoming => store.apply(incoming));
  wire.online(options.facts ?? ME);
  const all = {
    clock,
    wire,
    store,
    lanes,
    written,
    asked,
    answers,
    onDisk,
    ids,
    bodies: () => written.map(({ message }) => message.body),
    type(chat: string, body: string, more: Partial<OutgoingMessage> = {}) {
      const message: OutgoingMessage = {
        to: jid(chat),
        type: chat === ROOM ? 'groupchat' : 'chat',
        id: body,
        body,
        typedAt: clock.now(),
        ...more,
      };
      const id = jid(chat) as ChatId;
      lanes.add(id, message, () => store.addOutgoing(id, message, 'queued'));
    },
    rows(chat: string) {
      const found: string[] = [];
      for (const entry of store.chat(jid(chat) as ChatId)?.log.newest() ?? []) {
        if (entry.kind === 'message') found.unshift(`${entry.body} ${entry.delivery}`);
      }
      return found;
    },
    errorOf: (chat: string, id: string) => store.chat(jid(chat) as ChatId)?.log.find(id)?.error,
    /** Everything that was written is in doubt, and a new session is there. */
    async lose() {
      wire.offline({ status: 'waiting', anonymous: false });
      for (const { resolve } of written) resolve('uncertain');
      await turn();
      written.length = 0;
      wire.online(options.facts ?? ME);
      await turn();
    },
  };
  store.openChat(bare(ANA), 'direct');
  return all;
}

/** In a room with bob, and a private chat with him. */
function withBob(options: Parameters<typeof setup>[0] = {}) {
  const s = setup(options);
  s.wire.enter(ROOM, 'me', ['bob']);
  s.store.openChat(jid(BOB), 'private');
  return s;
}
const presence = (s: ReturnType<typeof setup>, nick: string, occupantId: string, newNick?: string | null): void =>
  s.wire.receive({
    kind: 'presence',
    type: newNick === undefined ? 'available' : 'unavailable',
    from: full(`${ROOM}/${nick}`),
    occupantId,
    muc: {
      affiliation: 'none',
      role: 'participant',
      codes: new Set(newNick ? (['renamed'] as const) : []),
      ...(newNick ? { newNick } : {}),
    },
  });

test('a line is on disk before it is written, and no longer when the server has it', async () => {
  const s = setup();
  s.type(ANA, 'one');
  assert.deepEqual(s.onDisk, [['one']]);
  s.written[0]?.resolve('acknowledged');
  await turn();
  assert.deepEqual(s.ids(), []);
  assert.deepEqual(s.rows(ANA), ['one sent']);
});

test('after a lost session the archive is asked before anything is written; found is sent, the rest goes again in order', async () => {
  const s = setup();
  for (const body of ['one', 'two', 'three']) s.type(ANA, body);
  s.answers.push({ found: ['one'], sure: true });
  await s.lose();
  assert.deepEqual(s.asked, [{ archive: 'me@acc.test', ids: ['one', 'two', 'three'], after: 'place' }]);
  assert.deepEqual(s.bodies(), ['two', 'three']);
  assert.deepEqual(s.rows(ANA), ['one sent', 'two pending', 'three pending']);
});

test('what is typed while an archive is asked waits for the answer', async () => {
  const s = setup();
  s.type(ANA, 'one');
  s.answers.push(new Error('no answer'));
  await s.lose();
  s.type(ANA, 'two');
  assert.deepEqual(s.bodies(), []);
  s.clock.advance(2_000);
  await turn();
  assert.equal(s.asked.length, 2, 'it was asked again by itself');
  assert.deepEqual(s.bodies(), ['one', 'two']);
});

test('an archive that never answers: the doubtful line fails and says so, what was typed after it goes out', async () => {
  const s = setup();
  s.type(ANA, 'one');
  s.answers.push(...[1, 2, 3, 4].map(() => new Error('no answer')));
  await s.lose();
  s.type(ANA, 'two');
  for (const wait of [2_000, 10_000, 60_000]) {
    s.clock.advance(wait);
    await turn();
  }
  assert.equal(s.asked.length, 4);
  assert.deepEqual(s.rows(ANA), ['one failed', 'two pending']);
  assert.match(String(s.errorOf(ANA, 'one')), /may have arrived.*\/resend/);
  assert.deepEqual(s.bodies(), ['two']);
});

test('a question that a cut interrupted is asked again as soon as the session goes on', async () => {
  const s = setup();
  s.type(ANA, 'one');
  s.answers.push(new Error('the link is gone'));
  await s.lose();
  s.wire.offline({ status: 'waiting', anonymous: false });
  s.wire.receive({ kind: 'session', facts: { status: 'online', ...ME } });
  await turn();
  assert.equal(s.asked.length, 2);
  assert.deepEqual(s.bodies(), ['one']);
});

test('an archive that keeps only some things cannot say that a line is missing: it fails and is not sent twice', async () => {
  const s = setup();
  s.type(ANA, 'one');
  s.type(ANA, 'two');
  s.answers.push({ found: ['two'], sure: false });
  await s.lose();
  assert.deepEqual(s.rows(ANA), ['one failed', 'two sent']);
  assert.deepEqual(s.bodies(), []);
  assert.deepEqual(s.ids(), []);
});

test('a doubt that is settled otherwise, while the archive does not answer, lets the rest of the room go', async () => {
  const s = setup();
  s.wire.enter(ROOM, 'me');
  s.type(ROOM, 'one');
  s.answers.push(new Error('no answer'));
  await s.lose();
  s.wire.enter(ROOM, 'me');
  await turn();
  s.type(ROOM, 'two');
  assert.deepEqual(s.bodies(), []);
  // It is in the history that the room tells.
  s.wire.message(`${ROOM}/me`, 'one', { id: 'one', originId: 'one', source: 'archive', stanzaId: 'a1', missed: true });
  assert.deepEqual(s.rows(ROOM), ['one sent', 'two pending']);
  assert.deepEqual(s.bodies(), ['two']);
});

test('acknowledged in a room is not enough: without its echo the line is in doubt when the session ends', async () => {
  const s = setup();
  s.wire.enter(ROOM, 'me');
  s.type(ROOM, 'one');
  s.written[0]?.resolve('acknowledged');
  await turn();
  assert.deepEqual(s.rows(ROOM), ['one pending']);
  s.written.length = 0;
  s.wire.online(ME);
  s.wire.enter(ROOM, 'me');
  await turn();
  assert.deepEqual(s.asked, [{ archive: ROOM, ids: ['one'], after: 'place' }]);
  assert.deepEqual(s.bodies(), ['one']);
});

test('what was under way when a room was left is asked about before anything new goes there, however late it is heard of', async () => {
  for (const how of ['acknowledged', 'uncertain'] as const) {
    const s = setup();
    s.wire.enter(ROOM, 'me');
    s.type(ROOM, 'one');
    const [one] = s.written.splice(0);
    s.wire.receive({ kind: 'room-left', room: bare(ROOM) });
    s.lanes.roomLeft(bare(ROOM));
    s.wire.enter(ROOM, 'me');
    s.type(ROOM, 'two');
    await turn();
    assert.deepEqual(s.bodies(), [], 'two does not overtake one');
    one?.resolve(how);
    await turn();
    s.clock.advance(1000);
    await turn();
    assert.deepEqual(s.asked, [{ archive: ROOM, ids: ['one'], after: 'place' }], how);
    assert.deepEqual(s.bodies(), ['one', 'two'], how);
  }
});

test('what a former run left in doubt is asked about; what it had not written goes out behind it', async () => {
  const s = setup();
  const line = (id: string, offered: boolean): UnsentLine => ({
    chat: jid(ANA) as ChatId,
    message: { to: jid(ANA), type: 'chat', id, body: id, typedAt: 0 },
    offered,
  });
  s.answers.push({ found: ['one'], sure: true });
  s.wire.offline({ status: 'waiting', anonymous: false });
  s.lanes.restore([line('one', true), line('two', false)]);
  assert.deepEqual(s.bodies(), []);
  s.wire.online(ME);
  await turn();
  assert.deepEqual(s.asked[0]?.ids, ['one']);
  assert.deepEqual(s.bodies(), ['two']);
});

test('a guest whose session is lost has nobody to ask: the line fails, also when that is heard late', async () => {
  const facts = { anonymous: true, domain: 'anon.test', jid: full('abc@anon.test/x') };
  const s = setup({ facts });
  s.type(ANA, 'one');
  s.wire.online(facts);
  s.type(ANA, 'two');
  // Only now the old session gives it back.
  s.written[0]?.resolve('uncertain');
  await turn();
  s.clock.advance(1_000);
  await turn();
  assert.deepEqual(s.rows(ANA), ['one failed', 'two pending']);
});

test('private lines that wait follow the occupant to another nick', async () => {
  const s = withBob();
  s.wire.offline({ status: 'waiting', anonymous: false });
  s.type(BOB, 'hello', { private: true });
  assert.deepEqual(s.bodies(), []);
  presence(s, 'bob', 'id-bob', 'robert');
  presence(s, 'robert', 'id-bob');
  s.wire.receive({ kind: 'session', facts: { status: 'online', ...ME } });
  await turn();
  assert.deepEqual(
    s.written.map(({ message }) => message.to),
    [`${ROOM}/robert`],
  );
  assert.deepEqual(s.rows(`${ROOM}/robert`), ['hello pending']);
});

test('private lines that wait for somebody who left fail and say so', async () => {
  const s = withBob();
  s.wire.offline({ status: 'waiting', anonymous: false });
  s.type(BOB, 'hello', { private: true });
  s.wire.online(ME);
  s.wire.enter(ROOM, 'me');
  await turn();
  assert.deepEqual(s.bodies(), []);
  assert.deepEqual(s.rows(BOB), ['hello failed']);
  assert.match(String(s.errorOf(BOB, 'hello')), /bob is not in the room.*Nothing was sent/);
  assert.deepEqual(s.ids(), []);
});

test('a stranger who took the nick gets nothing of what waited for another', async () => {
  const s = withBob();
  s.wire.offline({ status: 'waiting', anonymous: false });
  s.type(BOB, 'a secret', { private: true });
  presence(s, 'bob', 'id-bob', null);
  presence(s, 'bob', 'id-stranger');
  s.wire.receive({ kind: 'session', facts: { status: 'online', ...ME } });
  await turn();
  assert.deepEqual(s.bodies(), []);
  assert.deepEqual(s.rows(BOB), ['a secret failed']);
});
