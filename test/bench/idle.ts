/** Scenario `idle`: programs that do nothing in a room, all at once and while the others are measured; it costs the run no time. */
import { setTimeout as delay } from 'node:timers/promises';
import { clientsOf, type Running } from './clients.js';
import { figuresOf, switchesOf } from './process.js';
import { type Measured, OURS, type Row } from './report.js';
import { failed, isWanted, type Load, word } from './scenario.js';

/** Notices that fade, questions after the entry, and V8, which tidies up once, on a busy machine 50 s later: that is not idling yet. */
const SETTLE_MS = 60_000;
const IDLE_MS = 20_000;

async function idling(running: Running): Promise<readonly number[]> {
  const { terminal, pid } = running;
  await delay(SETTLE_MS);
  const before = { cpu: figuresOf(pid).cpuMs, wakes: switchesOf(pid), bytes: terminal.bytesWritten() };
  await delay(IDLE_MS);
  const after = figuresOf(pid);
  return [
    after.cpuMs - before.cpu,
    switchesOf(pid) - before.wakes,
    terminal.bytesWritten() - before.bytes,
    after.rssMb,
  ];
}

interface Started {
  readonly who: string;
  readonly values: Promise<readonly number[] | Measured>;
  stop(): Promise<void> | undefined;
}

/** Brings all programs into rooms; what it gives settles when they have idled long enough. */
export async function beginIdle(load: Load): Promise<() => Promise<readonly Row[]>> {
  const columns: [Measured[], Measured[], Measured[], Measured[]] = [[], [], [], []];
  const clients = clientsOf(load.world, { account: '-idle' }).filter(({ who }) => isWanted(load, who));
  const all: Started[] = [];
  for (const client of clients) {
    const name = word('calm');
    let running: Running | undefined;
    const entered = (async () => {
      running = await client.start([load.flood.room(name, 20)]);
      await running.terminal.waitFor(`welcome to ${name}`, running.patienceMs);
      return running;
    })();
    // One after the other, so that they are not in each other's way at the start.
    await entered.catch(() => undefined);
    all.push({
      who: client.who,
      stop: () => running?.stop(),
      values: entered.then(idling).catch((error: unknown) => {
        if (client.who === OURS) process.exitCode = 1;
        return failed(client.who, error);
      }),
    });
  }
  return async () => {
    for (const { who, values, stop } of all) {
      const found = await values;
      columns.forEach((cells, index) => {
        cells.push('who' in found ? found : { who, value: found[index] ?? 0 });
      });
      await stop();
    }
    const [cpu, wakes, bytes, rss] = columns;
    const title = `idle in a room, ${IDLE_MS / 1000} s`;
    return [
      {
        title: `${title}, CPU`,
        unit: 'ms',
        budget: 0,
        cells: cpu,
        meaning: `CPU time in ${IDLE_MS / 1000} s, ${SETTLE_MS / 1000} s after the entry; all programs idle at once, behind the other scenarios.`,
      },
      {
        title: `${title}, wake-ups`,
        unit: 'times',
        budget: 0,
        cells: wakes,
        meaning:
          'How often any of its threads woke up in that time. Ours asks the server after two minutes of silence, which is not in this time.',
      },
      {
        title: `${title}, output`,
        unit: 'bytes',
        budget: 0,
        cells: bytes,
        meaning: 'Bytes to the terminal in that time.',
      },
      { title: 'memory in one room', unit: 'MB', budget: 75, cells: rss, meaning: 'Resident memory then.' },
    ];
  };
}
