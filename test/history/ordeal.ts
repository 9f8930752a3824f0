/** Numbered lines both ways, one-to-one and in a room, while the connection and the server are broken again and again; what then is wrong is counted. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createState } from '../../src/config/state.js';
import { systemClock } from '../../src/lib/time.js';
import type { MessageEntry } from '../../src/model/types.js';
import { openAccount } from '../../src/storage/account.js';
import { type Cut, type CutProxy, createRandom, startCutProxy } from '../helpers/cut-proxy.js';
import { bare } from '../helpers/fake-wire.js';
import type { ProsodyOptions } from '../helpers/prosody.js';
import { startWorld, type World } from '../helpers/world.js';
import { type Client, startClient } from './rig.js';
import { startWitness, type Witness } from './witness.js';

export const ROMEO = 'romeo@example.test';
export const JULIET = 'juliet@example.test';
export const USERS = { romeo: 'orchard', juliet: 'balcony' };
const KINDS: readonly Cut[] = ['reset', 'end', 'truncate', 'deliver', 'truncate', 'hole'];

/** Servers that differ in how much of a lost session they give back. */
export const SERVERS: Readonly<Record<string, ProsodyOptions>> = {
  'resumes sessions': { hibernationSeconds: 15 },
  'forgets sessions soon': { hibernationSeconds: 1 },
  'has no sessions to resume': { withoutModules: ['smacks'] },
};

export interface OrdealOptions {
  readonly seed: number;
  /** Lines each way, one-to-one and in the room. */
  readonly messages: number;
  /** Milliseconds between two lines of one side, on the average. */
  readonly paceMs: number;
  /** Of connections that are cut at a byte between these; some during the login. */
  readonly bytes: readonly [number, number];
  /** Pauses without any connection, long enough that a session expires where it soon does. */
  readonly outages: number;
  readonly outageMs: number;
  readonly restarts: number;
  readonly server?: ProsodyOptions;
}

export interface Verdict {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly reordered: readonly string[];
}
export interface Report {
  readonly cuts: number;
  readonly holes: number;
  readonly connections: number;
  readonly resumed: number;
  readonly refused: number;
  readonly outages: number;
  readonly restarts: number;
  readonly failed: number;
  /** One-to-one lines that a killed server put into the archive of who said them and never into the other one, nor passed on: no client can know. */
  readonly halfArchived: number;
  /** By where it was looked at. */
  readonly verdicts: ReadonlyMap<string, Verdict>;
}

/** What is wrong with a list that should be exactly this. */
export function judge(wanted: readonly string[], found: readonly string[]): Verdict {
  const counts = new Map<string, number>();
  for (const one of found) counts.set(one, (counts.get(one) ?? 0) + 1);
  const places = new Map(wanted.map((one, place) => [one, place]));
  const reordered: string[] = [];
  let last = -1;
  for (const one of new Set(found)) {
    const place = places.get(one) ?? -1;
    if (place < last) reordered.push(one);
    last = Math.max(last, place);
  }
  return {
    lost: wanted.filter(one => !counts.has(one)),
    doubled: [...counts].flatMap(([one, count]) => (count > 1 ? [one] : [])),
    reordered,
  };
}
export const isClean = ({ lost, doubled, reordered }: Verdict): boolean =>
  lost.length + doubled.length + reordered.length === 0;
export const numbered = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `${name} ${i}`);

/** Bodies in the text logs of a chat, oldest first. */
export function readTextLog(data: string, account: string, chat: string): readonly string[] {
  const folder = join(data, account, 'logs');
  const found = readdirSync(folder).filter(name => name.startsWith(chat.slice(0, chat.indexOf('@'))));
  return found.flatMap(name =>
    readdirSync(join(folder, name))
      .filter(file => file.endsWith('.log'))
      .sort()
      .flatMap(file => readFileSync(join(folder, name, file), 'utf8').split('\n')),
  );
}

/** Everything of one side that is kept on disk in this chat, in its order. */
export async function readStore(data: string, account: string, chat: string): Promise<readonly string[]> {
  const opened = await openAccount(bare(account), () => {}, { data, clock: systemClock, createState });
  try {
    return (opened?.history.page(bare(chat), 1_000_000) ?? []).map(entry => entry.body);
  } finally {
    opened?.close();
  }
}

/** Cuts of every kind at random bytes of random connections, both ways. */
export async function startTrouble(
  world: World,
  random: () => number,
  bytes: readonly [number, number],
): Promise<CutProxy & { quiet: boolean }> {
  const proxy = await startCutProxy({
    target: { port: world.prosody.port },
    seed: Math.floor(random() * 2 ** 31),
    plan: connection => {
      if (connection === 1 || state.quiet) return undefined;
      const cut = KINDS[Math.floor(random() * KINDS.length)] ?? 'reset';
      const way = random() < 0.5 ? 'up' : 'down';
      const [least, most] = bytes;
      return { cut, way, afterBytes: Math.floor(least + random() * (most - least)) };
    },
  });
  const state = Object.assign(proxy, { quiet: false });
  return state;
}

export async function runOrdeal(options: OrdealOptions): Promise<Report> {
  const random = createRandom(options.seed);
  const world = await startWorld({ users: USERS, ...options.server });
  const data = mkdtempSync(join(tmpdir(), 'causette-ordeal-'));
  const { room, prosody } = world;
  const count = options.messages;
  let restarts = 0;
  let outages = 0;
  let resumed = 0;
  let refused = 0;
  let witness: Witness | undefined;
  let trouble: CutProxy | undefined;
  let us: Client | undefined;
  try {
    const proxy = await startTrouble(world, random, options.bytes);
    trouble = proxy;
    const juliet = await startWitness(world, 'juliet', 'balcony', 'juliet');
    witness = juliet;
    const romeo = await startClient({
      data,
      account: ROMEO,
      password: 'orchard',
      host: prosody.host,
      port: proxy.port,
      caFile: prosody.caFile,
      room: `${room}/romeo`,
      session: { ackTimeoutMs: 1500, idleMs: 1000, backoff: { baseMs: 20, maxMs: 200 } },
    });
    us = romeo;
    romeo.core.api.on('session:resumed', () => void resumed++);
    romeo.core.api.on('session:started', () => void refused++);
    const chat = romeo.core.store.openChat(bare(JULIET)).id;
    const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));
    const pace = (): Promise<void> => pause(random() * 2 * options.paceMs);

    /** As a person does: what the room does not take now stays in the line and is entered again. */
    const type = async (id: string, bodies: readonly string[]): Promise<void> => {
      for (const body of bodies) {
        await pace();
        while (romeo.core.store.chat(bare(id)) === undefined || refuses(romeo, id)) await pause(20);
        await romeo.core.api.chats.say(bare(id), body);
      }
    };
    const sides = [
      { id: chat as string, name: 'one-to-one', archive: undefined },
      { id: room, name: 'room', archive: room },
    ];
    const ours = new Map(sides.map(({ id, name }) => [id, numbered(`romeo ${name}`, count)]));
    const theirs = new Map(sides.map(({ id, name }) => [id, numbered(`juliet ${name}`, count)]));
    const talking = Promise.all([
      ...sides.map(({ id }) => type(id, ours.get(id) ?? [])),
      juliet.say({ to: ROMEO, type: 'chat' }, theirs.get(chat) ?? [], pace),
      juliet.say({ to: room, type: 'groupchat' }, theirs.get(room) ?? [], pace),
    ]);
    let over = false;
    talking
      .finally(() => {
        over = true;
      })
      // Awaited below, unless something fails before that.
      .catch(() => undefined);
    const disasters = [
      ...Array.from({ length: options.outages }, () => 'outage' as const),
      ...Array.from({ length: options.restarts }, () => 'restart' as const),
    ].sort(() => random() - 0.5);
    const calm = (count * options.paceMs) / (disasters.length + 1);
    for (const disaster of disasters) {
      await pause(calm * (0.5 + random()));
      if (over) break;
      if (disaster === 'outage') {
        outages++;
        proxy.refuse = true;
        proxy.cut(random() < 0.5 ? 'reset' : 'hole');
        await pause(options.outageMs * (0.8 + 0.4 * random()));
        proxy.refuse = false;
      } else {
        restarts++;
        await prosody.restart(random() < 0.7 ? 'SIGKILL' : 'SIGTERM');
      }
    }
    await talking;
    proxy.quiet = true;
    const isSettled = ({ delivery }: MessageEntry): boolean => ['sent', 'delivered', 'failed'].includes(delivery ?? '');
    const settled = (id: string): boolean => romeo.entries(id).every(entry => !entry.self || isSettled(entry));
    const has = (id: string): boolean => {
      const there = new Set(romeo.bodies(id));
      return (theirs.get(id) ?? []).every(body => there.has(body));
    };
    const patience = setTimeout(() => proxy.cut('reset'), 20_000);
    /** Lines that are where they belong: on a slow machine the last ones take their time, and that is no loss. */
    const progress = (): number =>
      sides.reduce((sum, { id }) => sum + romeo.entries(id).filter(entry => !entry.self || isSettled(entry)).length, 0);
    let problem: unknown;
    for (let before = -1; ; ) {
      problem = undefined;
      await romeo
        .until(() => sides.every(({ id }) => settled(id) && has(id)), 'everything')
        .catch((error: unknown) => {
          problem = error;
        });
      const now = progress();
      if (problem === undefined || now === before) break;
      before = now;
    }
    if (problem !== undefined) {
      const { store } = romeo.core;
      const place = store.room(bare(room));
      const facts = [store.session.status, store.session.failure?.sentence, place?.state, place?.reason];
      console.error(`not everything came: ${facts.map(String).join(', ')}`);
    }
    clearTimeout(patience);

    const verdicts = new Map<string, Verdict>();
    for (const { id, name, archive } of sides) {
      const [mine = [], other = []] = [ours.get(id), theirs.get(id)];
      const kept = await juliet.archived(archive, `romeo ${name}`);
      verdicts.set(`${name}: what the server keeps for the peer`, judge(mine, kept));
      const live = judge(mine, juliet.heard(`romeo ${name}`));
      verdicts.set(`${name}: what the peer heard live`, { ...live, lost: [] });
      const shown = romeo.bodies(id);
      verdicts.set(
        `${name}: theirs in our model`,
        judge(
          other,
          shown.filter(body => body.startsWith('juliet ')),
        ),
      );
      verdicts.set(
        `${name}: ours in our model`,
        judge(
          mine,
          shown.filter(body => body.startsWith('romeo ')),
        ),
      );
    }
    const failed = sides.flatMap(({ id }) => romeo.entries(id)).filter(entry => entry.delivery === 'failed');
    for (const entry of failed) console.error(`failed: ${entry.body}: ${entry.error ?? ''}`);
    await romeo.stop();
    const halfArchived = await notPassedOn(world, juliet);
    for (const body of halfArchived) console.error(`in the archive of who said it only: ${body}`);
    const forgive = (verdict: Verdict): Verdict => ({
      ...verdict,
      lost: verdict.lost.filter(body => !halfArchived.includes(body)),
    });
    for (const [where, verdict] of verdicts) verdicts.set(where, forgive(verdict));
    for (const { id, name } of sides) {
      const kept = await readStore(data, ROMEO, id);
      verdicts.set(
        `${name}: theirs in our store`,
        forgive(
          judge(
            theirs.get(id) ?? [],
            kept.filter(body => body.startsWith('juliet ')),
          ),
        ),
      );
      verdicts.set(
        `${name}: ours in our store`,
        judge(
          ours.get(id) ?? [],
          kept.filter(body => body.startsWith('romeo ')),
        ),
      );
      for (const [who, wanted] of [
        ['theirs', theirs.get(id) ?? []],
        ['ours', ours.get(id) ?? []],
      ] as const) {
        const prefix = who === 'ours' ? `romeo ${name}` : `juliet ${name}`;
        const lines = readTextLog(data, ROMEO, id).flatMap(line => new RegExp(`${prefix} \\d+$`).exec(line)?.[0] ?? []);
        // The readable log is written as things come in: only what lacks or comes twice is wrong there.
        verdicts.set(`${name}: ${who} in our text log`, { ...forgive(judge(wanted, lines)), reordered: [] });
      }
    }
    // What the server has for nobody but its author cannot come.
    if (problem !== undefined && halfArchived.length === 0 && [...verdicts.values()].every(isClean)) throw problem;
    return {
      cuts: proxy.cuts.length,
      holes: proxy.cuts.filter(cut => cut === 'hole').length,
      connections: proxy.accepted,
      resumed,
      refused,
      outages,
      restarts,
      failed: failed.length,
      halfArchived: halfArchived.length,
      verdicts,
    };
  } finally {
    // Else they would look for their server for ever.
    await witness?.close();
    us?.kill();
    await trouble?.close();
    await world.stop();
    rmSync(data, { recursive: true, force: true });
  }
}

/** What the server kept for one side and not for the other. */
async function notPassedOn(world: World, juliet: Witness): Promise<readonly string[]> {
  const us = await startWitness(world, 'romeo', 'orchard', 'romeo-again');
  try {
    const [ours, theirs] = [await us.archived(undefined, ''), await juliet.archived(undefined, '')];
    const lacks = (from: readonly string[], other: readonly string[], prefix: string): string[] =>
      from.filter(body => body.startsWith(prefix) && !other.includes(body));
    for (const [whose, bodies] of [
      ['our', ours],
      ['their', theirs],
    ] as const) {
      const { doubled } = judge([], bodies);
      if (doubled.length > 0)
        console.error(`the server keeps in ${whose} archive more than once: ${doubled.join(', ')}`);
    }
    return [...lacks(theirs, ours, 'juliet '), ...lacks(ours, theirs, 'romeo ')];
  } finally {
    await us.close();
  }
}

function refuses(romeo: Client, id: string): boolean {
  const chat = romeo.core.store.chat(bare(id));
  return chat?.kind === 'room' && (chat.state === 'left' || chat.state === 'failed');
}

/** One line for each place where something is wrong. */
export function complaints(report: Report): readonly string[] {
  return [...report.verdicts].flatMap(([where, verdict]) =>
    isClean(verdict)
      ? []
      : [
          `${where}: ${Object.entries(verdict)
            .filter(([, list]) => list.length > 0)
            .map(
              ([what, list]) =>
                `${list.length} ${what} (${list.slice(0, 5).join(', ')}${list.length > 5 ? ', …' : ''})`,
            )
            .join('; ')}`,
        ],
  );
}
