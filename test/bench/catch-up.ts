/** Scenario `catch-up`: an account comes back to 10,000 messages that only the archive of a real Prosody has. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { loadDriver } from '../../src/storage/driver.js';
import type { TestTerminal } from '../helpers/pty.js';
import { startWorld, type World } from '../helpers/world.js';
import { figuresOf } from './process.js';
import { printScenario } from './report.js';

const MANY = 10_000;
const PATIENCE_MS = 50_000;

const peakOf = (pid: number): number =>
  Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

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

export async function catchUp(): Promise<void> {
  const world = await startWorld({
    users: { romeo: 'orchard', juliet: 'balcony' },
    withoutModules: ['offline'],
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
    // The index is filled behind.
    await delay(8000);
    const later = figuresOf(pid);
    const peak = peakOf(pid);
    printScenario(`Catch-up of ${MANY} archived messages (${count - 1} kept)`, 'ms', [
      { who: 'CPU', value: cpuMs - start.cpuMs, note: `beyond a start without (${start.cpuMs} ms)` },
      { who: 'wall', value: wall },
      { who: 'index, later', value: later.cpuMs - cpuMs, note: 'CPU of the 8 s after' },
    ]);
    printScenario('Memory', 'MB', [
      { who: 'before', value: start.rssMb },
      { who: 'at the end', value: rssMb },
      { who: 'peak', value: peak },
    ]);
  } finally {
    await world.stop();
    rmSync(home, { recursive: true, force: true });
  }
}
