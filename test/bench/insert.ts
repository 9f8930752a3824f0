/** Scenario `insert`: what it costs to keep a message, one by one as they come and a page of the archive at a time, with the index that follows. */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createState } from '../../src/config/state.js';
import { parseBareJid } from '../../src/lib/jid.js';
import { systemClock } from '../../src/lib/time.js';
import { type Account, openAccount } from '../../src/storage/account.js';
import { percentile } from './process.js';
import { OURS, type Row } from './report.js';
import { talk } from './said.js';

const SINGLE = 10_000;
const PAGED = 20_000;
const PAGE = 100;

async function withAccount(
  driver: null | undefined,
  run: (account: Account, folder: string) => void | Promise<void>,
): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'causette-bench-'));
  const me = parseBareJid('me@example.org');
  const account =
    me &&
    (await openAccount(me, text => console.log(text), {
      data,
      clock: systemClock,
      createState,
      ...(driver === null && { driver }),
    }));
  try {
    if (account) await run(account, join(data, 'me@example.org'));
  } finally {
    account?.close();
    rmSync(data, { recursive: true, force: true });
  }
}
/** CPU of this process, milliseconds. */
function cpuOf(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

export async function insert(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [store, driver] of [
    ['SQLite and text log', undefined],
    ['text log alone', null],
  ] as const) {
    await withAccount(driver, ({ history }) => {
      const times: number[] = [];
      const cpu = cpuOf(() => {
        for (const { chat, entry } of talk(SINGLE)) {
          const begun = performance.now();
          history.add(chat, entry, 'end');
          times.push(performance.now() - begun);
        }
      });
      const title = `keep a message, ${store}`;
      rows.push(
        {
          title: `${title}, CPU`,
          unit: 'µs',
          cells: [{ who: OURS, value: (cpu * 1000) / SINGLE }],
          meaning: `CPU time for each of ${SINGLE} messages that come one by one.`,
        },
        {
          title: `${title}, p99`,
          unit: 'µs',
          cells: [{ who: OURS, value: percentile(times, 99) * 1000 }],
          meaning: `By the clock, one in a hundred takes longer; the median is ${(percentile(times, 50) * 1000).toFixed(0)} µs.`,
        },
      );
    });
  }
  await withAccount(undefined, async ({ history }, folder) => {
    const said = [...talk(PAGED)];
    const cpu = cpuOf(() => {
      for (let at = 0; at < PAGED; at += PAGE) {
        history.batch(() => {
          for (const { chat, entry } of said.slice(at, at + PAGE)) history.add(chat, entry, 'end');
        });
      }
    });
    let steps = 0;
    let longest = 0;
    const index = cpuOf(() => {
      for (let more = true; more; steps++) {
        const step = cpuOf(() => {
          more = history.tidy();
        });
        longest = Math.max(longest, step);
      }
    });
    const size = statSync(join(folder, 'history.db')).size / PAGED;
    rows.push(
      {
        title: `keep a message, pages of ${PAGE} from the archive, CPU`,
        unit: 'µs',
        cells: [{ who: OURS, value: (cpu * 1000) / PAGED }],
        meaning: `CPU time for each of ${PAGED} that come in pages; on disk each takes ${size.toFixed(0)} bytes with the index.`,
      },
      {
        title: 'the index of words for a message, CPU',
        unit: 'µs',
        cells: [{ who: OURS, value: (index * 1000) / PAGED }],
        meaning: `Done later, when nothing else is to be done, in ${steps} steps of which the longest took ${longest.toFixed(0)} ms.`,
      },
    );
  });
  return rows;
}
