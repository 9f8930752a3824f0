/** Whole programs under load: joining large rooms, floods of messages and presence, many rooms. */
import { setTimeout as delay } from 'node:timers/promises';
import type { TestTerminal } from '../helpers/pty.js';
import { COLUMNS, PATIENCE_MS } from './clients.js';
import { calm, figuresOf, median } from './process.js';
import { OURS, type Row } from './report.js';
import { entering, inRoom, type Load, quiet, sideBySide, word } from './scenario.js';
import { serverAlone } from './server-alone.js';

const MESSAGES = 10_000;
const PRESENCES = 5000;
const ROOMS = 100;

/** From the join of a client that is online to a room that takes a key. */
export async function join(load: Load): Promise<readonly Row[]> {
  const rows: Row[] = [];
  const before = load.flood.asked();
  for (const [occupants, budget] of [
    [1000, 500],
    [5000, 1500],
  ] as const) {
    const [wall = [], cpu = []] = await sideBySide(load, 2, client =>
      inRoom(load, client, 1, async ({ terminal, patienceMs, pid, join: enter }) => {
        const name = word('big');
        const used = figuresOf(pid).cpuMs;
        let start = 0;
        await entering(load, client.who, occupants, async () => {
          await enter(load.flood.room(name, occupants));
          start = performance.now();
          await terminal.waitFor(`welcome to ${name}`, patienceMs);
          const typed = word('q');
          terminal.type(typed);
          await terminal.waitFor(typed, patienceMs);
        });
        return [performance.now() - start, figuresOf(pid).cpuMs - used];
      }),
    );
    const alone = await serverAlone(load, occupants);
    await calm(load.server);
    const title = `join a room of ${occupants}`;
    rows.push(
      {
        title: `${title}, wall`,
        unit: 'ms',
        clock: true,
        budget,
        cells: [...wall, { who: 'the server alone', value: alone }],
        meaning: `From Enter after the command to a key that is echoed in the room, which shows its last line. The server alone takes ${alone.toFixed(0)} ms to send it to a client that reads it and does nothing with it.`,
      },
      { title: `${title}, CPU`, unit: 'ms', cells: cpu, meaning: 'CPU time of the program meanwhile.' },
    );
  }
  if (load.peers.size === 0) {
    rows.push({
      title: 'questions put to occupants',
      unit: 'times',
      budget: 0,
      cells: [{ who: OURS, value: load.flood.asked() - before }],
      meaning: 'Queries that the occupants of those rooms were asked: none may be.',
    });
  }
  return rows;
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

export async function messages(load: Load): Promise<readonly Row[]> {
  const [cpu = [], wall = [], rss = []] = await sideBySide(load, 3, client =>
    inRoom(load, client, 20, async ({ who, terminal, patienceMs, pid }, room) => {
      const used = figuresOf(pid).cpuMs;
      const start = performance.now();
      const end = word('end');
      await load.flood.say(room, MESSAGES, end);
      await terminal.waitFor(end, patienceMs);
      const values = [figuresOf(pid).cpuMs - used, performance.now() - start, figuresOf(pid).rssMb];
      if (who === OURS) await seeAll(terminal, MESSAGES);
      return values;
    }),
  );
  const title = `${MESSAGES} messages on the screen`;
  const lost = wall.some(cell => cell.who === OURS && cell.value === undefined);
  return [
    {
      title: `${title}, CPU`,
      unit: 'ms',
      budget: 2000,
      cells: cpu,
      meaning: `CPU time of the program from the first message of a room's burst until the last is on the screen.${
        lost
          ? ''
          : ` Nothing is lost: then this bench pages through the log of ours from the top and has seen each of the ${MESSAGES} by its number.`
      }`,
    },
    { title: `${title}, wall`, unit: 'ms', clock: true, cells: wall, meaning: 'The same by the clock.' },
    { title: 'memory after them', unit: 'MB', cells: rss, meaning: 'Resident memory then; ours keeps all of them.' },
  ];
}

export async function presence(load: Load): Promise<readonly Row[]> {
  const [cpu = [], wall = []] = await sideBySide(load, 2, client =>
    inRoom(load, client, 1000, async ({ terminal, patienceMs, pid }, room) => {
      const used = figuresOf(pid).cpuMs;
      const start = performance.now();
      const end = word('end');
      await load.flood.presences(room, PRESENCES, end);
      await terminal.waitFor(end, patienceMs);
      return [figuresOf(pid).cpuMs - used, performance.now() - start];
    }),
  );
  const title = `${PRESENCES} presences in a room of 1000`;
  return [
    {
      title: `${title}, CPU`,
      unit: 'ms',
      budget: 1500,
      cells: cpu,
      meaning:
        'CPU time of the program from the first change of away or back until a message behind the last is shown.',
    },
    { title: `${title}, wall`, unit: 'ms', clock: true, cells: wall, meaning: 'The same by the clock.' },
  ];
}

export async function rooms(load: Load): Promise<readonly Row[]> {
  const [cpu = [], rss = []] = await sideBySide(load, 2, async client => {
    // A screen with a hundred tabs is no place for a word of the last one: the service says who is in.
    const all = Array.from({ length: ROOMS }, () => load.flood.room(word('many'), 20));
    const running = await client.start(all);
    try {
      const end = performance.now() + running.patienceMs;
      for (const room of all) await load.flood.joined(room, Math.max(1, end - performance.now()));
      await calm(running.pid, Math.max(1000, end - performance.now()));
      if (performance.now() > end) throw new Error(`after ${running.patienceMs} ms it is still at work`);
      const figures = figuresOf(running.pid);
      return [figures.cpuMs, figures.rssMb];
    } finally {
      await running.stop();
    }
  });
  const title = `${ROOMS} rooms of 20`;
  return [
    {
      title: `${title}, CPU`,
      unit: 'ms',
      budget: 1600,
      cells: cpu,
      meaning: 'CPU time of the program from its start until it is in all rooms and has nothing more to do.',
    },
    { title: `${title}, memory`, unit: 'MB', budget: 110, cells: rss, meaning: 'Resident memory then.' },
  ];
}

export async function tab(load: Load): Promise<readonly Row[]> {
  const [times = []] = await sideBySide(load, 1, client =>
    inRoom(load, client, 20, async ({ terminal, patienceMs, join: enter, nextTab }, room) => {
      const name = word('second');
      await enter(load.flood.room(name, 20));
      await terminal.waitFor(`welcome to ${name}`, patienceMs);
      const [one, two] = [word('one'), word('two')];
      await load.flood.say(room, 200, one);
      await load.flood.say(load.flood.room(name, 20), 200, two);
      await terminal.waitFor(two, patienceMs);
      await quiet(terminal, 500);
      const taken: number[] = [];
      // Some clients have further tabs between: only steps that end in one of the rooms count.
      for (let step = 0; step < 60 && taken.length < 20; step++) {
        terminal.blindfold(true);
        const start = performance.now();
        nextTab();
        // Until the last byte of the other tab is there.
        await delay(100);
        const spent = terminal.lastHeardAt() - start;
        terminal.blindfold(false);
        await delay(30);
        const text = terminal.text();
        if (spent > 0 && (text.includes(one) || text.includes(two))) taken.push(spent);
      }
      if (taken.length === 0) throw new Error('no tab was shown');
      return [median(taken)];
    }),
  );
  return [
    {
      title: 'key for the next tab',
      unit: 'ms',
      budget: 2.8,
      cells: times,
      meaning: 'From the key to the last byte of the other room, median; each has 200 lines.',
    },
  ];
}
