/** The built program in a terminal, killed with SIGKILL and started again while both sides say numbered lines: the same verdicts as in an ordeal. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CutProxy, createRandom } from '../helpers/cut-proxy.js';
import { openTerminal, type TestTerminal } from '../helpers/pty.js';
import { startWorld } from '../helpers/world.js';
import {
  JULIET,
  judge,
  numbered,
  type Report,
  ROMEO,
  readStore,
  readTextLog,
  startTrouble,
  USERS,
  type Verdict,
} from './ordeal.js';
import { startWitness, type Witness } from './witness.js';

export interface KillOptions {
  readonly seed: number;
  /** Lines of the other side, one-to-one and in the room; ours are as many as there is time for. */
  readonly messages: number;
  readonly kills: number;
  /** Milliseconds between two lines of the other side, on the average. */
  readonly paceMs: number;
  /** Connections are cut as well, at a byte between these. */
  readonly bytes: readonly [number, number];
}

export async function runKills(
  options: KillOptions,
): Promise<Report & { readonly kills: number; readonly ours: number }> {
  const random = createRandom(options.seed);
  // A killed session stays for a while: the next one must not hear its lines twice, and what it did not take must come.
  const world = await startWorld({ users: USERS, hibernationSeconds: 1 });
  const home = mkdtempSync(join(tmpdir(), 'causette-killed-'));
  const { room, prosody } = world;
  const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));
  const said = { chat: [] as string[], room: [] as string[] };
  let terminal: TestTerminal | undefined;
  let witness: Witness | undefined;
  let trouble: CutProxy | undefined;
  try {
    const proxy = await startTrouble(world, random, options.bytes);
    trouble = proxy;
    const juliet = await startWitness(world, 'juliet', 'balcony', 'juliet');
    witness = juliet;
    const start = async (): Promise<TestTerminal> => {
      const opened = openTerminal({
        home,
        columns: 100,
        rows: 30,
        args: [
          ...['--host', prosody.host, '--port', String(proxy.port), '--tls', 'starttls', '--ca-file', prosody.caFile],
          ...['--jid', ROMEO, '--password-command', 'echo orchard', `${room}/romeo`],
        ],
      });
      terminal = opened;
      await opened.waitFor(/lobby/);
      return opened;
    };
    /** A line counts as typed when it is a row. */
    const type = async (at: TestTerminal, where: 'chat' | 'room', count: number): Promise<void> => {
      at.enter(where === 'chat' ? `/query ${JULIET}` : `/query ${room}`);
      for (let i = 0; i < count; i++) {
        const body = `romeo ${where} ${said[where].length}`;
        at.enter(body);
        await at.waitFor(new RegExp(`${body}(?!\\d)[^\\n]*$`, 'm'));
        said[where].push(body);
      }
    };

    // The room is known from here on: what was said in it before is nobody's loss.
    let first: TestTerminal | undefined = await start();
    await first.waitFor(/You are romeo/);
    const theirs = { chat: numbered('juliet chat', options.messages), room: numbered('juliet room', options.messages) };
    let over = false;
    const talking = Promise.all([
      juliet.say({ to: ROMEO, type: 'chat' }, theirs.chat, () => pause(random() * 2 * options.paceMs)),
      juliet.say({ to: room, type: 'groupchat' }, theirs.room, () => pause(random() * 2 * options.paceMs)),
    ]).finally(() => {
      over = true;
    });
    // Awaited below, unless something fails before that.
    talking.catch(() => undefined);
    let kills = 0;
    for (; kills < options.kills; kills++) {
      const at: TestTerminal = first ?? (await start());
      first = undefined;
      // Some are killed while they are still logging in, some long after.
      if (random() < 0.7) await at.waitFor(/Connected as romeo|juliet (chat|room) \d/);
      for (let batch = 0; batch < 2 + random() * 3; batch++) {
        await type(at, random() < 0.5 ? 'chat' : 'room', 1 + Math.floor(random() * 4));
        if (random() < 0.5) await pause(random() * 300);
      }
      if (process.env['CAUSETTE_KEEP'] !== undefined) console.error(at.text());
      process.kill(await at.pid, 'SIGKILL');
      await at.exit.catch(() => undefined);
      await at.kill();
    }
    const last = await start();
    await type(last, 'chat', 2);
    await type(last, 'room', 2);
    await talking;
    proxy.quiet = over;
    // A black hole is noticed by the program itself after half a minute; here it need not.
    const patience = setTimeout(() => proxy.cut('reset'), 10_000);
    // Until everything that it has typed and heard is where it belongs.
    for (const where of ['chat', 'room'] as const) {
      last.enter(where === 'chat' ? `/query ${JULIET}` : `/query ${room}`);
      await last.waitFor(new RegExp(`juliet ${where} ${options.messages - 1}(?!\\d)`));
    }
    clearTimeout(patience);
    const verdicts = new Map<string, Verdict>();
    const sides = [
      { where: 'chat', id: JULIET, archive: undefined },
      { where: 'room', id: room, archive: room },
    ] as const;
    for (const { where, archive } of sides) {
      const wanted = said[where];
      for (let wait = 0; wait < 200; wait++) {
        if ((await juliet.archived(archive, `romeo ${where}`)).length >= wanted.length) break;
        await pause(100);
      }
      const kept = await juliet.archived(archive, `romeo ${where}`);
      verdicts.set(`${where}: what the server keeps for the peer`, judge(wanted, kept));
      verdicts.set(`${where}: what the peer heard live`, {
        ...judge(wanted, juliet.heard(`romeo ${where}`)),
        lost: [],
      });
    }
    if (process.env['CAUSETTE_KEEP'] !== undefined) console.error(last.text());
    last.enter('/quit');
    await last.waitExit();
    const data = join(home, '.local', 'share', 'causette');
    for (const { where, id } of sides) {
      const kept = await readStore(data, ROMEO, id);
      for (const [who, wanted] of [
        ['juliet', theirs[where]],
        ['romeo', said[where]],
      ] as const) {
        const prefix = `${who} ${where}`;
        verdicts.set(
          `${where}: lines of ${who} in our store`,
          judge(
            wanted,
            kept.filter(body => body.startsWith(prefix)),
          ),
        );
        const lines = readTextLog(data, ROMEO, id).flatMap(line => new RegExp(`${prefix} \\d+$`).exec(line)?.[0] ?? []);
        verdicts.set(`${where}: lines of ${who} in our text log`, { ...judge(wanted, lines), reordered: [] });
      }
    }
    return {
      cuts: proxy.cuts.length,
      holes: proxy.cuts.filter(cut => cut === 'hole').length,
      connections: proxy.accepted,
      resumed: 0,
      refused: 0,
      outages: 0,
      restarts: 0,
      failed: 0,
      halfArchived: 0,
      kills,
      ours: said.chat.length + said.room.length,
      verdicts,
    };
  } finally {
    // Else it would look for its server for ever.
    await witness?.close();
    await terminal?.kill();
    await trouble?.close();
    await world.stop();
    if (process.env['CAUSETTE_KEEP'] === undefined) rmSync(home, { recursive: true, force: true });
    else console.error(`kept: ${home}`);
  }
}
