/** Whole programs under load: joining large rooms, floods of messages and presence, many rooms, and doing nothing. */
import { setTimeout as delay } from 'node:timers/promises';
import type { TestTerminal } from '../helpers/pty.js';
import type { World } from '../helpers/world.js';
import { type Client, COLUMNS, PATIENCE_MS, type Running, sideBySide } from './clients.js';
import type { Flood } from './flood.js';
import { figuresOf, mainCpuOf, median, percentile, switchesOf } from './process.js';
import { printScenario } from './report.js';

export interface LoadWorld {
  readonly world: World;
  readonly flood: Flood;
}

const MESSAGES = 10_000;
const PRESENCES = 5000;
const RATE = 500;
const ECHO_KEYS = 100;
const IDLE_MS = 20_000;
const ROOMS = 100;

let serial = 0;
/** A word that nothing else has on any screen. */
const word = (what: string): string => `${what}${++serial}x`;

/** In a room of so many; `use` gets the client when the last thing of the entry is on the screen. */
async function inRoom<T>(
  { flood }: LoadWorld,
  client: Client,
  occupants: number,
  use: (running: Running, room: string) => Promise<T>,
): Promise<T> {
  const name = word('room');
  const room = flood.room(name, occupants);
  const running = await client.start([room]);
  try {
    await running.terminal.waitFor(`welcome to ${name}`, PATIENCE_MS);
    return await use(running, room);
  } finally {
    await running.stop();
  }
}

/** From the join of a client that is online to a room that takes a key. */
export async function join(load: LoadWorld): Promise<void> {
  for (const [occupants, budget] of [
    [1000, 0.5],
    [5000, 1.5],
  ] as const) {
    const [wall = [], cpu = []] = await sideBySide(load.world, client =>
      inRoom(load, client, 1, async ({ terminal, pid, join: enter }) => {
        const name = word('big');
        const before = figuresOf(pid).cpuMs;
        const start = performance.now();
        enter(load.flood.room(name, occupants));
        await terminal.waitFor(`welcome to ${name}`, PATIENCE_MS);
        const typed = word('q');
        terminal.type(typed);
        await terminal.waitFor(typed, PATIENCE_MS);
        return [{ value: performance.now() - start }, { value: figuresOf(pid).cpuMs - before }];
      }),
    );
    printScenario(`Join a room of ${occupants} until it takes a key, wall (budget ${budget * 1000})`, 'ms', wall);
    printScenario(`Join a room of ${occupants}, CPU`, 'ms', cpu);
  }
  const asked = load.flood.asked();
  console.log(`  ${asked} questions were put to occupants${asked === 0 ? '' : ' (causette must put none)'}`);
}

/** Nothing is lost: from the top to the end each message of the flood is there. They end with their numbers. */
async function seeAll(terminal: TestTerminal, count: number): Promise<void> {
  const missing = new Set(Array.from({ length: count - 1 }, (_, i) => i + 1));
  const look = (): void => {
    for (const line of terminal.screen()) {
      const side = line.lastIndexOf('│');
      const number = /(\d+)\s*$/.exec(side > COLUMNS / 2 ? line.slice(0, side) : line)?.[1];
      missing.delete(Number(number));
    }
  };
  terminal.enter('/scroll top');
  await terminal.waitFor(lines => lines.some(line => / 1 +│/.test(line)), PATIENCE_MS);
  look();
  while (missing.size > 0) {
    const from = terminal.text();
    terminal.key('PageDown');
    try {
      await terminal.waitFor(lines => lines.join('\n') !== from);
    } catch {
      throw new Error(`${missing.size} messages of ${count} are lost, the first is ${Math.min(...missing)}`);
    }
    // A page may come in two pieces.
    await delay(15);
    look();
  }
}

export async function messages(load: LoadWorld): Promise<void> {
  const [cpu = [], wall = [], rss = []] = await sideBySide(load.world, client =>
    inRoom(load, client, 20, async ({ who, terminal, pid }, room) => {
      const before = figuresOf(pid).cpuMs;
      const start = performance.now();
      const end = word('end');
      await load.flood.say(room, MESSAGES, end);
      await terminal.waitFor(end, PATIENCE_MS * 2);
      const rows = [
        { value: figuresOf(pid).cpuMs - before },
        { value: performance.now() - start },
        { value: figuresOf(pid).rssMb },
      ];
      if (who === 'causette') await seeAll(terminal, MESSAGES);
      return rows;
    }),
  );
  printScenario(`${MESSAGES} messages on the screen, CPU (budget 2000)`, 'ms', cpu);
  printScenario(`${MESSAGES} messages on the screen, wall`, 'ms', wall);
  printScenario(`Memory after them`, 'MB', rss);
}

export async function echo(load: LoadWorld): Promise<void> {
  const [p50 = [], p99 = [], worst = [], cpu = [], cpuP99 = []] = await sideBySide(load.world, client =>
    inRoom(load, client, 20, async ({ terminal, pid }, room) => {
      const flooding = load.flood.say(room, RATE * 14, word('end'), RATE);
      await delay(1000);
      const times: number[] = [];
      const work: number[] = [];
      // Neither the drawing of this bench counts nor what it draws: letters that nobody else writes, seen as they come.
      terminal.blindfold(true);
      for (let i = 0; i < ECHO_KEYS; i++) {
        if (i % 20 === 0) {
          terminal.key('Ctrl-u');
          await delay(100);
        }
        const letter = [...'ЖЮЯФЩЭЪ'][i % 7] ?? 'Ж';
        const before = mainCpuOf(pid);
        const start = performance.now();
        const heard = terminal.heard(letter);
        terminal.type(letter);
        times.push((await heard) - start);
        work.push(mainCpuOf(pid) - before);
        await delay(60 + (i % 7) * 7);
      }
      await flooding;
      terminal.blindfold(false);
      return [
        { value: median(times) },
        { value: percentile(times, 99) },
        { value: Math.max(...times) },
        { value: median(work) },
        { value: percentile(work, 99) },
      ];
    }),
  );
  printScenario(`Key to echo at ${RATE} messages a second, median`, 'ms', p50);
  printScenario(`Key to echo at ${RATE} messages a second, p99 (budget 5)`, 'ms', p99);
  printScenario('The worst of them (budget 50)', 'ms', worst);
  printScenario('CPU of the main thread from key to echo, median', 'ms', cpu);
  printScenario('CPU of the main thread from key to echo, p99', 'ms', cpuP99);
}

export async function presence(load: LoadWorld): Promise<void> {
  const [cpu = [], wall = []] = await sideBySide(load.world, client =>
    inRoom(load, client, 1000, async ({ terminal, pid }, room) => {
      const before = figuresOf(pid).cpuMs;
      const start = performance.now();
      const end = word('end');
      await load.flood.presences(room, PRESENCES, end);
      await terminal.waitFor(end, PATIENCE_MS);
      return [{ value: figuresOf(pid).cpuMs - before }, { value: performance.now() - start }];
    }),
  );
  printScenario(`${PRESENCES} presences in a room of 1000, CPU (budget 1500)`, 'ms', cpu);
  printScenario(`${PRESENCES} presences in a room of 1000, wall`, 'ms', wall);
}

export async function rooms(load: LoadWorld): Promise<void> {
  const [cpu = [], rss = []] = await sideBySide(load.world, async client => {
    // A screen with a hundred tabs is no place for a word of the last one: the service says who is in.
    const all = Array.from({ length: ROOMS }, () => load.flood.room(word('many'), 20));
    const running = await client.start(all);
    try {
      for (const room of all) await load.flood.joined(room, PATIENCE_MS);
      const last = all[0] ?? '';
      const end = word('end');
      await load.flood.say(last, 1, end);
      await delay(1000);
      const figures = figuresOf(running.pid);
      return [{ value: figures.cpuMs }, { value: figures.rssMb }];
    } finally {
      await running.stop();
    }
  });
  printScenario(`${ROOMS} rooms of 20 joined, CPU with the start (budget 1600)`, 'ms', cpu);
  printScenario(`${ROOMS} rooms of 20 joined, memory (budget 110)`, 'MB', rss);
}

export async function tab(load: LoadWorld): Promise<void> {
  const [times = []] = await sideBySide(load.world, client =>
    inRoom(load, client, 20, async ({ terminal, join: enter, nextTab }, room) => {
      const name = word('second');
      enter(load.flood.room(name, 20));
      await terminal.waitFor(`welcome to ${name}`, PATIENCE_MS);
      const [one, two] = [word('one'), word('two')];
      await load.flood.say(room, 200, one);
      await load.flood.say(load.flood.room(name, 20), 200, two);
      await terminal.waitFor(two);
      const taken: number[] = [];
      // Some clients have further tabs between: only steps that end in one of the rooms count.
      for (let step = 0; step < 60 && taken.length < 20; step++) {
        terminal.blindfold(true);
        const start = performance.now();
        nextTab();
        // Until the last byte of the other tab is there.
        await delay(200);
        const first = terminal.lastHeardAt() - start;
        terminal.blindfold(false);
        await delay(50);
        const text = terminal.text();
        if (first > 0 && (text.includes(one) || text.includes(two))) taken.push(first);
      }
      return [{ value: median(taken) }];
    }),
  );
  printScenario('Key for the next tab (budget 2.8)', 'ms', times);
}

export async function idle(load: LoadWorld): Promise<void> {
  const [cpu = [], wakes = [], bytes = [], rss = []] = await sideBySide(load.world, client =>
    inRoom(load, client, 20, async ({ terminal, pid }) => {
      // Notices that fade, questions after the entry, and V8, which tidies up once some 25 s later: that is not idling yet.
      await delay(40_000);
      const before = { figures: figuresOf(pid), switches: switchesOf(pid), bytes: terminal.bytesWritten() };
      await delay(IDLE_MS);
      const after = figuresOf(pid);
      return [
        { value: after.cpuMs - before.figures.cpuMs },
        { value: switchesOf(pid) - before.switches },
        { value: terminal.bytesWritten() - before.bytes },
        { value: after.rssMb },
      ];
    }),
  );
  printScenario(`Idle in a room for ${IDLE_MS / 1000} s, CPU (budget 0)`, 'ms', cpu);
  printScenario('Idle, wake-ups of all threads (budget 0)', 'times', wakes);
  printScenario('Idle, bytes to the terminal (budget 0)', 'bytes', bytes);
  printScenario('Memory in one room (budget 75)', 'MB', rss);
}
