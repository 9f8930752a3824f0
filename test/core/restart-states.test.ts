/** What became of messages stands there after a restart: corrected, taken back, reacted to, delivered, failed; with SQLite and with text logs alone. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createState } from '../../src/config/state.js';
import { cleanIdentifier, cleanLine } from '../../src/lib/text.js';
import type { MessageEntry, StatusName } from '../../src/model/types.js';
import { openAccount } from '../../src/storage/account.js';
import { createFakeClock, type FakeClock } from '../helpers/fake-clock.js';
import { bare, full } from '../helpers/fake-wire.js';
import { createRig, type Rig } from '../helpers/run-command.js';

const ME = bare('me@example.test');
const ROOM = 'lobby@rooms.test';
const ANA = 'ana@example.test';
const STEP_MS = 2000;

/** One run of the program after the other on the same folder; the clock goes on. */
function createRuns(driver?: null) {
  const data = join(mkdtempSync(join(tmpdir(), 'causette-restart-')), 'data');
  const clock: FakeClock = createFakeClock();
  return {
    data,
    async start(): Promise<Rig> {
      const rig = createRig({
        online: false,
        clock,
        core: {
          openStore: (account, onProblem) =>
            openAccount(account, onProblem, { data, clock, createState, ...(driver === null && { driver }) }),
        },
      });
      await rig.core.api.session.connect({ jid: ME, password: 'x' });
      rig.wire.online({ anonymous: false, domain: 'example.test', jid: full(`${ME}/x`) });
      return rig;
    },
    /** Lines of different seconds: text logs tell them apart. */
    pass: () => clock.advance(STEP_MS),
    logs(chat: string): string {
      const folder = join(data, ME, 'logs', chat.replace('/', '%2f'));
      return readdirSync(folder)
        .map(name => readFileSync(join(folder, name), 'utf8'))
        .join('');
    },
  };
}
const entries = (rig: Rig, chat: string): MessageEntry[] => {
  const found: MessageEntry[] = [];
  const opened = [...rig.core.store.chats.values()].find(one => one.id === chat);
  for (const entry of opened?.log.newest() ?? []) if (entry.kind === 'message') found.unshift(entry);
  return found;
};
const shown = (entry: MessageEntry): string =>
  [
    entry.retracted === undefined
      ? entry.body
      : `(taken back${entry.retracted.reason ? `: ${entry.retracted.reason}` : ''})`,
    ...(entry.versions?.length ? [`was ${entry.versions.join(', ')}`] : []),
    ...(entry.delivery === undefined || entry.delivery === 'sent' ? [] : [entry.delivery]),
    ...(entry.error === undefined ? [] : [entry.error]),
    ...[...(entry.reactions ?? [])].map(([emoji, names]) => `${emoji} ${names.join(',')}`),
  ].join(' | ');

for (const [store, driver] of [
  ['SQLite', undefined],
  ['text logs alone', null],
] as const) {
  describe(store, () => {
    test('corrected, taken back by its author, removed by a moderator with a reason', async () => {
      const runs = createRuns(driver);
      let rig = await runs.start();
      rig.enter(ROOM, ['ana']);
      const from = `${ROOM}/ana`;
      const said = (body: string, id: string): void => {
        rig.wire.message(from, body, { id, stanzaId: `s-${id}`, occupantId: 'id-ana' });
        runs.pass();
      };
      said('one', 'm1');
      said('two', 'm2');
      said('three', 'm3');
      said('four', 'm4');
      rig.wire.message(from, 'zwei', { id: 'm5', replaces: 'm2', occupantId: 'id-ana' });
      rig.wire.message(from, 'deux', { id: 'm6', replaces: 'm2', occupantId: 'id-ana' });
      rig.wire.message(from, '', { id: 'm7', retracts: { id: 's-m3' }, occupantId: 'id-ana' });
      const by = cleanIdentifier('boss');
      const removed = { id: 's-m4', moderator: true, by, reason: cleanLine('off topic') };
      rig.wire.message(ROOM, '', { retracts: removed });
      const wanted = ['one', 'deux | was two, zwei', '(taken back)', '(taken back: off topic)'];
      assert.deepEqual(entries(rig, ROOM).map(shown), wanted);
      await rig.core.stop();
      rig = await runs.start();
      rig.core.store.openChat(bare(ROOM), 'room');
      assert.deepEqual(entries(rig, ROOM).map(shown), wanted);
      assert.ok(entries(rig, ROOM).every(entry => entry.retracted === undefined || entry.body === ''));
      await rig.core.stop();
    });

    test('a line that was refused has failed, and one that arrived after all has not', async () => {
      const runs = createRuns(driver);
      let rig = await runs.start();
      rig.core.api.tabs.openChat(rig.core.api.chats.open(bare(ANA)).id);
      for (const line of ['lost', 'late', 'fine']) {
        await rig.run(line);
        runs.pass();
      }
      const bounce = (id: string | undefined): void =>
        rig.wire.receive({
          kind: 'message',
          type: 'error',
          from: bare(ANA),
          source: 'live',
          ...(id !== undefined && { id }),
          error: { condition: 'service-unavailable', sentence: cleanLine('nobody is there') },
        });
      const [lost, late] = entries(rig, ANA);
      bounce(lost?.messageId);
      bounce(late?.messageId);
      await rig.core.api.chats.resend?.(bare(ANA), late?.messageId ?? '');
      await new Promise(resolve => setImmediate(resolve));
      const wanted = ['lost | failed | nobody is there', 'late', 'fine'];
      assert.deepEqual(entries(rig, ANA).map(shown), wanted);
      await rig.core.stop();
      rig = await runs.start();
      rig.core.store.openChat(bare(ANA), 'direct');
      assert.deepEqual(entries(rig, ANA).map(shown), wanted);
      await rig.core.stop();
    });

    test('a line that waited when the program was killed is there once and goes out once', async () => {
      const runs = createRuns(driver);
      let rig = await runs.start();
      rig.core.api.tabs.openChat(rig.core.api.chats.open(bare(ANA)).id);
      await rig.run('before');
      runs.pass();
      rig.wire.offline({ status: 'waiting', anonymous: false });
      await rig.run('later');
      assert.deepEqual(entries(rig, ANA).map(shown), ['before', 'later | queued']);
      // The program ends with the line still waiting.
      await rig.core.stop();
      runs.pass();
      rig = await runs.start();
      await new Promise(resolve => setImmediate(resolve));
      assert.deepEqual(
        rig.wire.said.flatMap(one => one.body ?? []),
        ['later'],
      );
      rig.core.store.openChat(bare(ANA), 'direct');
      assert.deepEqual(entries(rig, ANA).map(shown), ['before', 'later']);
      await rig.core.stop();
      assert.equal(runs.logs(ANA).match(/ later$/gm)?.length, 1, 'once in the readable log');
    });
  });
}

describe('what only the database knows', () => {
  test('what is corrected after a restart stands so after the next one, once', async () => {
    const runs = createRuns();
    let rig = await runs.start();
    rig.enter(ROOM, ['ana']);
    rig.wire.message(`${ROOM}/ana`, 'one', { id: 'm1', stanzaId: 's1', occupantId: 'id-ana' });
    runs.pass();
    await rig.core.stop();
    rig = await runs.start();
    rig.enter(ROOM, ['ana']);
    rig.wire.message(`${ROOM}/ana`, 'uno', { id: 'm2', replaces: 'm1', occupantId: 'id-ana' });
    await rig.core.stop();
    rig = await runs.start();
    rig.core.store.openChat(bare(ROOM), 'room');
    assert.deepEqual(entries(rig, ROOM).map(shown), ['uno | was one']);
    await rig.core.stop();
    assert.equal(runs.logs(ROOM).match(/ fix /g)?.length, 1);
  });

  test('delivered, displayed and reactions stand there after a restart', async () => {
    const runs = createRuns();
    let rig = await runs.start();
    rig.core.api.tabs.openChat(rig.core.api.chats.open(bare(ANA)).id);
    for (const line of ['one', 'two', 'three']) await rig.run(line);
    await new Promise(resolve => setImmediate(resolve));
    const ids = entries(rig, ANA).map(entry => entry.messageId ?? '');
    const from = full(`${ANA}/phone`);
    const about = (more: object): void =>
      rig.wire.receive({ kind: 'message', type: 'chat', from, source: 'live', ...more });
    about({ displayed: ids[0] });
    about({ received: ids[1] });
    about({ reactions: { id: ids[2], emoji: [cleanIdentifier('👍')] } });
    const wanted = ['one | displayed', 'two | delivered', `three | 👍 ${ANA}`];
    assert.deepEqual(entries(rig, ANA).map(shown), wanted);
    await rig.core.stop();
    rig = await runs.start();
    rig.core.store.openChat(bare(ANA), 'direct');
    assert.deepEqual(entries(rig, ANA).map(shown), wanted);
    await rig.core.stop();
  });

  test('a receipt, a correction and a removal are for messages that no tab holds, too', async () => {
    const runs = createRuns();
    let rig = await runs.start();
    rig.core.api.tabs.openChat(rig.core.api.chats.open(bare(ANA)).id);
    await rig.run('mine');
    await new Promise(resolve => setImmediate(resolve));
    const mine = entries(rig, ANA)[0]?.messageId ?? '';
    const from = full(`${ANA}/phone`);
    const about = (more: object): void =>
      rig.wire.receive({ kind: 'message', type: 'chat', from, source: 'live', ...more });
    about({ id: 'a1', body: cleanLine('hers') });
    about({ id: 'a2', body: cleanLine('a mistake') });
    await rig.core.stop();
    rig = await runs.start();
    about({ id: 'r1', received: mine });
    about({ id: 'a3', replaces: 'a1', body: cleanLine('hers, right') });
    about({ id: 'a4', retracts: { id: 'a2' } });
    const wanted = ['mine | delivered', 'hers, right | was hers', '(taken back)'];
    assert.deepEqual(entries(rig, ANA).map(shown), wanted);
    await rig.core.stop();
    rig = await runs.start();
    rig.core.store.openChat(bare(ANA), 'direct');
    assert.deepEqual(entries(rig, ANA).map(shown), wanted);
    await rig.core.stop();
  });

  test('a receipt for a line of a closed chat opens no tab', async () => {
    const runs = createRuns();
    let rig = await runs.start();
    rig.core.api.tabs.openChat(rig.core.api.chats.open(bare(ANA)).id);
    await rig.run('mine');
    await new Promise(resolve => setImmediate(resolve));
    const mine = entries(rig, ANA)[0]?.messageId ?? '';
    await rig.core.stop();
    rig = await runs.start();
    rig.wire.receive({ kind: 'message', type: 'chat', from: full(`${ANA}/phone`), source: 'live', received: mine });
    assert.deepEqual(entries(rig, ANA).map(shown), ['mine | delivered']);
    assert.equal(
      rig.core.api.tabs.list.some(tab => tab.chat?.id === ANA),
      false,
    );
    await rig.core.stop();
  });
});

describe('an occupant takes another nick', () => {
  const rename = (rig: Rig, from: string, to: string): void => {
    const muc = { affiliation: 'none', role: 'participant', codes: new Set<StatusName>() } as const;
    const presence = { kind: 'presence', occupantId: `id-${from}` } as const;
    rig.wire.receive({
      ...presence,
      type: 'unavailable',
      from: full(`${ROOM}/${from}`),
      muc: { ...muc, codes: new Set<StatusName>(['renamed']), newNick: to },
    });
    rig.wire.receive({ ...presence, type: 'available', from: full(`${ROOM}/${to}`), muc });
  };
  const tell = (rig: Rig, nick: string, body: string, more: object = {}): void =>
    rig.wire.message(`${ROOM}/${nick}`, body, { type: 'chat', mucUser: true, ...more });

  test('what was said to them before goes on under the new nick, with its state, on disk too', async () => {
    const runs = createRuns();
    let rig = await runs.start();
    rig.enter(ROOM, ['alice']);
    tell(rig, 'alice', 'hello', { id: 'a1', occupantId: 'id-alice' });
    rig.core.api.tabs.openChat(full(`${ROOM}/alice`));
    rig.wire.outcome = 'never';
    await rig.run('hello yourself');
    const mine = entries(rig, `${ROOM}/alice`)[1]?.messageId ?? '';
    rename(rig, 'alice', 'alba');
    tell(rig, 'alba', '', { received: mine, occupantId: 'id-alice' });
    tell(rig, 'alba', 'hello, you', { id: 'a2', replaces: 'a1', occupantId: 'id-alice' });
    tell(rig, 'alba', 'new name', { id: 'a3', occupantId: 'id-alice' });
    const wanted = ['hello, you | was hello', 'hello yourself | delivered', 'new name'];
    assert.deepEqual(entries(rig, `${ROOM}/alba`).map(shown), wanted);
    await rig.core.stop();

    rig = await runs.start();
    rig.enter(ROOM, ['alba']);
    rig.core.store.openChat(full(`${ROOM}/alba`), 'private');
    assert.deepEqual(entries(rig, `${ROOM}/alba`).map(shown), wanted);
    rig.core.store.openChat(full(`${ROOM}/alice`), 'private');
    assert.deepEqual(entries(rig, `${ROOM}/alice`).map(shown), []);
    await rig.core.stop();
    // The readable log is only added to: each line stays where it was written.
    assert.match(
      runs.logs(`${ROOM}/alice`),
      /in {2}<alice> hello\n.*out <me> hello yourself\n.*fix <alice> hello, you\n/s,
    );
    assert.match(runs.logs(`${ROOM}/alba`), /in {2}<alba> new name\n/);
  });

  test('what stood there from a former run stays under the old nick, and changes reach it', async () => {
    const runs = createRuns();
    let rig = await runs.start();
    rig.enter(ROOM, ['alice']);
    tell(rig, 'alice', 'of old', { id: 'a1', occupantId: 'id-alice' });
    await rig.core.stop();
    rig = await runs.start();
    rig.enter(ROOM, ['alice']);
    tell(rig, 'alice', 'of today', { id: 'a2', occupantId: 'id-alice' });
    rename(rig, 'alice', 'alba');
    tell(rig, 'alba', 'of old, mended', { id: 'a3', replaces: 'a1', occupantId: 'id-alice' });
    assert.deepEqual(entries(rig, `${ROOM}/alba`).map(shown), ['of old, mended | was of old', 'of today']);
    rig.core.store.markRead(full(`${ROOM}/alba`));
    await rig.core.stop();
    rig = await runs.start();
    rig.enter(ROOM, ['alba']);
    const alba = rig.core.store.openChat(full(`${ROOM}/alba`), 'private');
    const alice = rig.core.store.openChat(full(`${ROOM}/alice`), 'private');
    assert.deepEqual(entries(rig, alba.id).map(shown), ['of today']);
    assert.deepEqual(entries(rig, alice.id).map(shown), ['of old, mended | was of old']);
    assert.deepEqual([alba.unread.count, alice.unread.count], [0, 0], 'nothing of it is news');
    await rig.core.stop();
  });
});
