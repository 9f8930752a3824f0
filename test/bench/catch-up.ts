/**
 * Scenario `catch-up`: an account comes back to 10,000 messages, which a real Prosody brings twice: it delivers what it kept for us
 * (that part of it cannot be left out), and it is all in its archive.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { loadDriver } from '../../src/storage/driver.js';
import type { TestTerminal } from '../helpers/pty.js';
import { startWorld, type World } from '../helpers/world.js';
import { calm, figuresOf, peakOf } from './process.js';
import { OURS, type Row } from './report.js';

const MANY = 10_000;
const PATIENCE_MS = 50_000;

async function kept(home: string): Promise<number> {
  const driver = await loadDriver();
  if (driver === undefined) throw new Error('this scenario counts with SQLite, and there is none');
  const file = join(home, '.local', 'share', 'causette', 'romeo@example.test', 'history.db');
  const database = driver(file, { readOnly: true });
  try {
    return Number(database.prepare('select count(*) as n from messages').get()?.['n'] ?? 0);
  } finally {
    database.close();
  }
}

async function login(world: World, home: string): Promise<TestTerminal> {
  const romeo = await world.account('romeo', 'orchard', { home, columns: 100, rows: 30 });
  await romeo.waitFor(/\[TLS\]/, PATIENCE_MS);
  return romeo;
}

export async function catchUp(): Promise<readonly Row[]> {
  const world = await startWorld({
    users: { romeo: 'orchard', juliet: 'balcony' },
    // The files of Prosody take longer than we do.
    extraConfig: 'storage = { archive = "memory" }',
  });
  const home = mkdtempSync(join(tmpdir(), 'causette-bench-'));
  try {
    const juliet = await world.peerWithAccount('juliet', 'balcony');
    const first = await login(world, home);
    juliet.message('romeo@example.test', 'the first');
    await first.waitFor(/juliet/);
    await delay(1000);
    const start = figuresOf(await first.pid);
    first.enter('/quit');
    await first.waitExit();
    for (let i = 1; i <= MANY; i++) {
      juliet.message('romeo@example.test', `archived message ${i} of some length, as people write`);
      // The server has taken them.
      if (i % 200 === 0) await juliet.request("<ping xmlns='urn:xmpp:ping'/>", 'example.test');
    }
    const begun = performance.now();
    const romeo = await login(world, home);
    const pid = await romeo.pid;
    const limit = performance.now() + PATIENCE_MS;
    let count = 0;
    while (count < MANY + 1 && performance.now() < limit) {
      await delay(250);
      count = await kept(home);
    }
    const wall = performance.now() - begun;
    const { cpuMs, rssMb } = figuresOf(pid);
    if (count < MANY + 1) throw new Error(`${MANY + 1 - count} of ${MANY} archived messages are missing`);
    // The index is filled behind.
    await calm(pid, 15_000, 1500);
    const later = figuresOf(pid).cpuMs - cpuMs;
    const cell = (value: number) => [{ who: OURS, value }];
    const title = `catch-up of ${MANY} archived messages`;
    return [
      {
        title: `${title}, CPU`,
        unit: 'ms',
        cells: cell(cpuMs - start.cpuMs),
        meaning: `CPU time until all are in the store of an account that comes back, beyond a start without them; the server delivers them and has them in its archive; ${count - 1} of ${MANY} are counted there with SQLite. Another ${later.toFixed(0)} ms go into the index of words, later.`,
      },
      {
        title: `${title}, wall`,
        unit: 'ms',
        cells: cell(wall),
        meaning: 'From the start of the program, with the login; most of it is the server.',
      },
      {
        title: `${title}, peak memory`,
        unit: 'MB',
        cells: cell(peakOf(pid)),
        meaning: `The most it ever had; ${start.rssMb.toFixed(0)} MB before, ${rssMb.toFixed(0)} MB at the end.`,
      },
    ];
  } finally {
    await world.stop();
    rmSync(home, { recursive: true, force: true });
  }
}
