/**
 * Random schedules on a server in memory: lines both ways, cuts with and without resumption, an archive that fails now and then or
 * is none, live messages without archive ids, a second client of ours, what a dead session did not take delivered late, kills.
 * `CAUSETTE_SCHEDULES=5000 npm test history/schedules` for more.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { XepApi } from '../../src/api.js';
import { createState } from '../../src/config/state.js';
import type { Wire } from '../../src/core/ports.js';
import { cleanBody } from '../../src/lib/text.js';
import type { Incoming, IncomingMessage, OutgoingMessage } from '../../src/model/incoming.js';
import { openAccount } from '../../src/storage/account.js';
import { createRandom } from '../helpers/cut-proxy.js';
import { bare, createFakeWire, type FakeWire, full, jid } from '../helpers/fake-wire.js';
import { createRig, type Rig } from '../helpers/run-command.js';

const COUNT = Number(process.env['CAUSETTE_SCHEDULES'] ?? 80);
const FIRST = Number(process.env['CAUSETTE_CUT_SEED'] ?? 1);
const STEPS = 60;
const ME = 'me@acc.test';
const ANA = 'ana@acc.test';
const ROOM = 'hall@muc.test';
const PLACES = [ANA, ROOM] as const;
type Place = (typeof PLACES)[number];

interface Sent {
  readonly message: OutgoingMessage;
  resolve(how: Awaited<ReturnType<Wire['say']>>): void;
}

const FACTS = { anonymous: false, domain: 'acc.test', jid: full(`${ME}/x`) };

const turn = async (): Promise<void> => {
  for (let i = 0; i < 4; i++) await new Promise(resolve => setImmediate(resolve));
};

async function run(seed: number): Promise<string[]> {
  const random = createRandom(seed);
  const pick = (count: number): number => Math.floor(random() * count);
  const data = mkdtempSync(join(tmpdir(), 'causette-schedule-'));
  // Drawn apart, so that a seed keeps its schedule.
  const draw = createRandom(seed + 1_000_000);
  /** What this server has, and who else is there. */
  const server = {
    archive: draw() >= 0.12,
    stanzaIds: draw() >= 0.15,
    /** Delivers to the next session, late and stamped, what a dead one did not take. */
    offline: draw() < 0.3,
    secondClient: draw() < 0.4,
  };
  const resumes = random() < 0.6;
  const pageSize = 1 + pick(4);
  const archives: Record<string, IncomingMessage[]> = { [ME]: [], [ROOM]: [] };
  const ours: Record<Place, string[]> = { [ANA]: [], [ROOM]: [] };
  const theirs: Record<Place, string[]> = { [ANA]: [], [ROOM]: [] };
  let serial = 0;
  let life = 0;
  let link = 'none' as 'up' | 'lost' | 'none';
  let calm = false;
  /** Written and not yet read by the server; read and not yet acknowledged; said by the server and not yet read by us. */
  let pipe: Sent[] = [];
  let taken: Sent[] = [];
  let down: Incoming[] = [];
  let rig!: Rig;
  let wire!: FakeWire;
  let close = (): void => {};

  const keep = (archive: string, message: IncomingMessage): IncomingMessage => {
    const list = archives[archive] ?? [];
    const kept = { ...message, stanzaId: `${archive}-${String(list.length).padStart(5, '0')}`, stamp: rig.clock.now() };
    list.push({ ...kept, source: 'archive' });
    const { stamp: _stamp, stanzaId: _id, ...bald } = kept;
    return server.stanzaIds ? { ...bald, stanzaId: kept.stanzaId } : bald;
  };
  /** The server reads the oldest line that was written. */
  const work = (): void => {
    const next = pipe.shift();
    if (next === undefined) return;
    taken.push(next);
    const { id, body = '', type, to } = next.message;
    const said = { kind: 'message', type, id, originId: id, source: 'live', body: cleanBody(body) } as const;
    if (type === 'groupchat') {
      const echo = keep(ROOM, { ...said, from: jid(`${ROOM}/me`), occupantId: 'id-me' });
      down.push(echo);
    } else keep(ME, { ...said, from: jid(`${ME}/x`), to });
  };
  const acknowledge = (): void => {
    for (const one of taken.splice(0)) one.resolve('acknowledged');
  };
  const flush = (count: number): void => {
    for (const incoming of down.splice(0, count)) wire.receive(incoming);
  };
  const page: XepApi['mam']['page'] = async (archive, query = {}) => {
    if (link !== 'up' || (!calm && random() < 0.08)) throw new Error('no answer');
    const all = archives[archive] ?? [];
    const from = query.after === undefined ? 0 : all.findIndex(one => one.stanzaId === query.after) + 1;
    const max = Math.min(query.max ?? 100, query.before === '' ? 1 : pageSize);
    const part = query.before === '' ? all.slice(-max) : all.slice(from, from + max);
    const last = part.at(-1)?.stanzaId;
    const messages = part.filter(one => one.body !== undefined);
    return { messages, complete: from + max >= all.length, ...(last !== undefined && { last }) };
  };

  const live = async (): Promise<void> => {
    const mine = ++life;
    wire = createFakeWire();
    const made = wire;
    Object.assign(made.xeps as object, {
      mam: {
        has: async () => server.archive,
        page,
        async arrived(archive: string, ids: Iterable<string>) {
          if (link !== 'up' || (!calm && random() < 0.08)) throw new Error('no answer');
          const there = new Set((archives[archive] ?? []).map(one => one.id));
          return { found: new Set([...ids].filter(id => there.has(id))), sure: true };
        },
      },
      mucSelfPing: { check: async () => 'joined' },
    });
    Object.assign(made, {
      async connect() {
        made.online(FACTS);
      },
      say(message: OutgoingMessage) {
        if (message.body === undefined) return Promise.resolve('written');
        if (life !== mine) return new Promise(() => {});
        if (link === 'none') return Promise.resolve('unsent');
        return new Promise(resolve => pipe.push({ message, resolve }));
      },
    });
    let dead = false;
    const alive =
      <A extends readonly unknown[], R>(work: (...args: A) => R, otherwise: R) =>
      (...args: A): R =>
        dead ? otherwise : work(...args);
    rig = createRig({
      wire: made,
      online: false,
      core: {
        random: () => `${mine}-${++serial}`,
        async openStore(account, onProblem) {
          const opened = await openAccount(account, onProblem, { data, clock: rig.clock, createState });
          if (opened === undefined) return undefined;
          // Killed: nothing is written any more, not even what a polite end would write.
          close = () => {
            dead = true;
            opened.close();
          };
          const { history, state } = opened;
          return {
            ...opened,
            history: {
              ...history,
              add: alive(history.add, undefined),
              change: alive(history.change, undefined),
              find: alive(history.find, undefined),
              page: alive(history.page, []),
              cursor: alive(history.cursor, undefined),
              setCursor: alive(history.setCursor, undefined),
            },
            state: { get: key => state.get(key), set: (key, value) => (dead ? undefined : state.set(key, value)) },
          };
        },
      },
    });
    link = 'up';
    await rig.core.api.session.connect({ jid: bare(ME), password: 'x' });
    enter();
    await turn();
    for (const place of PLACES) rig.core.store.openChat(bare(place), place === ROOM ? 'room' : 'direct');
  };
  const enter = (): void => wire.enter(ROOM, 'me', ['ana']);
  const lose = (): void => {
    if (link !== 'up') return;
    link = 'lost';
    for (let arrived = pick(pipe.length + 1); arrived > 0; arrived--) work();
    wire.offline({ status: 'waiting', anonymous: false });
  };
  const comeBack = async (): Promise<void> => {
    if (link !== 'lost') return;
    link = 'up';
    if (resumes && random() < 0.6) {
      acknowledge();
      wire.receive({ kind: 'session', facts: { status: 'online', ...FACTS } });
      return;
    }
    for (const one of [...taken.splice(0), ...pipe.splice(0)]) one.resolve('uncertain');
    const undelivered = down;
    down = [];
    await turn();
    wire.online(FACTS);
    enter();
    late(undelivered);
  };
  const die = async (): Promise<void> => {
    for (let arrived = pick(pipe.length + 1); arrived > 0; arrived--) work();
    const undelivered = down;
    [pipe, taken, down, link] = [[], [], [], 'none'];
    close();
    life++;
    await live();
    late(undelivered);
  };
  /** The first thing that the new session hears. */
  const late = (undelivered: readonly Incoming[]): void => {
    if (!server.offline) return;
    const again = undelivered.flatMap(one =>
      one.kind === 'message' && one.source === 'live' && one.type === 'chat' ? [{ ...one, stamp: saidAt(one) }] : [],
    );
    down.unshift(...again);
  };
  const saidAt = ({ id }: IncomingMessage): number =>
    archives[ME]?.find(one => one.id === id)?.stamp ?? rig.clock.now();

  const say = async (place: Place): Promise<void> => {
    const body = `me ${place} ${ours[place].length}`;
    // As the person: what the room does not take stays in the line.
    await rig.core.api.chats.say(bare(place), body).then(
      () => ours[place].push(body),
      () => 0,
    );
  };
  const hear = (place: Place): void => {
    const body = `ana ${place} ${theirs[place].length}`;
    theirs[place].push(body);
    const said = { kind: 'message', id: `ana-${++serial}`, source: 'live', body: cleanBody(body) } as const;
    const message =
      place === ROOM
        ? keep(ROOM, { ...said, type: 'groupchat', from: jid(`${ROOM}/ana`), occupantId: 'id-ana' })
        : keep(ME, { ...said, type: 'chat', from: jid(`${ANA}/y`), to: jid(ME) });
    if (link !== 'none') down.push(message);
  };
  /** Our other client says something to ana: we get a copy. */
  const sayElsewhere = (): void => {
    const body = `other ${ANA} ${serial}`;
    const said = { kind: 'message', type: 'chat', id: `other-${++serial}`, body: cleanBody(body) } as const;
    const copy = keep(ME, { ...said, source: 'carbon', from: jid(`${ME}/other`), to: jid(ANA) });
    if (link !== 'none') down.push(copy);
  };

  try {
    await live();
    for (let step = 0; step < STEPS; step++) {
      const what = random();
      const place = PLACES[pick(2)] ?? ANA;
      if (what < 0.25) await say(place);
      else if (what < 0.5) hear(place);
      else if (what < 0.62 && link === 'up') work();
      else if (what < 0.68 && link === 'up') acknowledge();
      else if (what < 0.8 && link === 'up') flush(1 + pick(4));
      else if (what < 0.86) lose();
      else if (what < 0.94) await comeBack();
      else if (what < 0.96) await die();
      else if (server.secondClient && draw() < 0.6) sayElsewhere();
      else rig.clock.advance(pick(12_000));
      if (random() < 0.7) await turn();
    }
    calm = true;
    await comeBack();
    for (let round = 0; round < 12; round++) {
      while (pipe.length > 0) work();
      acknowledge();
      flush(down.length);
      await turn();
      rig.clock.advance(130_000);
      await turn();
    }
    const wrong: string[] = [];
    /** Without an archive what a dead session took with it is gone: what is there is still there once and in order. */
    const compare = (where: string, found: readonly string[], wanted: readonly string[]): void => {
      const expected = server.archive ? wanted : wanted.filter(body => found.includes(body));
      if (found.join('\n') !== expected.join('\n')) wrong.push(`seed ${seed}, ${where}: ${found.join(', ')}`);
    };
    for (const place of PLACES) {
      const kept = (archives[place === ROOM ? ROOM : ME] ?? []).map(one => String(one.body));
      const inPlace = kept.filter(body => body.includes(` ${place} `));
      compare(
        `${place} at the server`,
        inPlace.filter(body => body.startsWith('me ')),
        ours[place],
      );
      const shown: string[] = [];
      for (const entry of rig.core.store.chat(bare(place))?.log.newest() ?? []) {
        if (entry.kind !== 'message') continue;
        shown.unshift(entry.body);
        if (!entry.self || entry.body.startsWith('other ')) continue;
        // Nobody can be asked: then it says so. What is called sent is there, what is not sent waits no more.
        const honest =
          entry.delivery === 'sent' ? inPlace.includes(entry.body) : !server.archive && entry.delivery === 'failed';
        if (!honest) wrong.push(`seed ${seed}, ${entry.body} is ${entry.delivery}`);
      }
      compare(
        `what others said in ${place}`,
        shown.filter(body => !body.startsWith('me ')),
        inPlace.filter(body => !body.startsWith('me ')),
      );
      compare(
        `theirs in ${place}`,
        shown.filter(body => body.startsWith('ana ')),
        theirs[place],
      );
      compare(
        `ours in ${place}`,
        shown.filter(body => body.startsWith('me ')),
        ours[place],
      );
    }
    return wrong;
  } finally {
    close();
    rmSync(data, { recursive: true, force: true });
  }
}

test(`${COUNT} random schedules from seed ${FIRST} on: each line once, in order, on both sides`, async () => {
  const wrong: string[] = [];
  for (let seed = FIRST; seed < FIRST + COUNT; seed++) wrong.push(...(await run(seed)));
  assert.deepEqual(wrong, []);
});
