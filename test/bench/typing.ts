/** Typing while much arrives: how long a key takes to be seen, in a flood of messages and in a storm of joins and parts. */
import { setTimeout as delay } from 'node:timers/promises';
import type { TestTerminal } from '../helpers/pty.js';
import { PATIENCE_MS } from './clients.js';
import { figuresOf, mainCpuOf, median, percentile } from './process.js';
import type { Row } from './report.js';
import { inRoom, type Load, sideBySide, word } from './scenario.js';

const RATE = 500;
const KEYS = 120;
const SECONDS = 10;
const STORM = 5000;
/** Fewer say nothing about one in a hundred. */
const ENOUGH = 40;

interface Typed {
  /** From key to echo, milliseconds, in the order typed. */
  readonly times: readonly number[];
  /** CPU of the main thread from key to echo. */
  readonly work: readonly number[];
}

/** Neither the drawing of this bench counts nor what it draws: letters that nobody else writes, seen as they come. */
async function typeKeys(terminal: TestTerminal, pid: number): Promise<Typed> {
  const times: number[] = [];
  const work: number[] = [];
  const end = performance.now() + PATIENCE_MS;
  terminal.blindfold(true);
  try {
    for (let i = 0; i < KEYS && performance.now() < end; i++) {
      if (i % 20 === 0) {
        terminal.key('Ctrl-u');
        await delay(100);
      }
      const letter = [...'ЖЮЯФЩЭЪ'][i % 7] ?? 'Ж';
      const before = mainCpuOf(pid);
      const start = performance.now();
      const heard = terminal.heard(letter, PATIENCE_MS);
      terminal.type(letter);
      times.push((await heard) - start);
      work.push(mainCpuOf(pid) - before);
      await delay(35 + (i % 7) * 7);
    }
  } finally {
    terminal.blindfold(false);
  }
  if (times.length < ENOUGH) throw new Error(`after ${PATIENCE_MS} ms there are only ${times.length} keys`);
  return { times, work };
}

export async function echo(load: Load): Promise<readonly Row[]> {
  const [p50 = [], p99 = [], worst = [], cpu = []] = await sideBySide(load, 4, client =>
    inRoom(load, client, 20, async ({ terminal, pid }, room) => {
      const flooding = load.flood.say(room, RATE * SECONDS, word('end'), RATE);
      await delay(1000);
      const { times, work } = await typeKeys(terminal, pid);
      await flooding;
      return [median(times), percentile(times, 99), Math.max(...times), percentile(work, 99)];
    }),
  );
  const title = `key to echo at ${RATE} messages/s`;
  return [
    {
      title: `${title}, median`,
      unit: 'ms',
      cells: p50,
      meaning: `From a key to its letter among the bytes of the program, ${KEYS} keys.`,
    },
    { title: `${title}, p99`, unit: 'ms', budget: 5, cells: p99, meaning: 'Only one key in a hundred takes longer.' },
    {
      title: `${title}, worst`,
      unit: 'ms',
      budget: 50,
      cells: worst,
      meaning: 'The longest of them: input must never stall.',
    },
    {
      title: `${title}, CPU p99`,
      unit: 'ms',
      cells: cpu,
      meaning: 'CPU time of the main thread from key to echo, which others on the machine do not lengthen.',
    },
  ];
}

export async function storm(load: Load): Promise<readonly Row[]> {
  const [p99 = [], worst = [], work99 = [], cpu = [], rss = []] = await sideBySide(load, 5, client =>
    inRoom(load, client, STORM, async ({ terminal, patienceMs, pid }, room) => {
      const used = figuresOf(pid).cpuMs;
      const end = word('end');
      const storming = load.flood.joinsAndParts(room, STORM, end, RATE);
      await delay(500);
      const { times, work } = await typeKeys(terminal, pid);
      await storming;
      terminal.key('Ctrl-u');
      await terminal.waitFor(end, patienceMs);
      const { cpuMs, rssMb } = figuresOf(pid);
      return [percentile(times, 99), Math.max(...times), percentile(work, 99), cpuMs - used, rssMb];
    }),
  );
  const title = `${STORM} joins and parts in a room of ${STORM}`;
  return [
    {
      title: `${title}, key to echo, p99`,
      unit: 'ms',
      budget: 5,
      cells: p99,
      meaning: `Typing in that room while ${RATE} people a second leave and come back.`,
    },
    {
      title: `${title}, key to echo, worst`,
      unit: 'ms',
      budget: 50,
      cells: worst,
      meaning: 'The longest of those keys.',
    },
    {
      title: `${title}, key to echo, CPU p99`,
      unit: 'ms',
      cells: work99,
      meaning: 'CPU time of the main thread from key to echo.',
    },
    {
      title: `${title}, CPU`,
      unit: 'ms',
      cells: cpu,
      meaning: `CPU time of the program in those ${STORM / RATE} s, with the keys, until a message behind the last is shown.`,
    },
    { title: `${title}, memory`, unit: 'MB', cells: rss, meaning: 'Resident memory then.' },
  ];
}
