/** Start to the first complete screen, and to a room with its history: ours, an empty node, poezio and profanity where they are installed. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Awaited, openTerminal } from '../helpers/pty.js';
import type { World } from '../helpers/world.js';
import { findProgram } from '../setup.js';
import { asPlainUser, homeOf, plainOwner } from './clients.js';
import { figuresOf, median } from './process.js';
import { type Measured, printScenario } from './report.js';

const RUNS = 5;

interface Contender {
  readonly who: string;
  readonly command: readonly string[];
  /** Files below the home. */
  readonly files?: Readonly<Record<string, string>>;
  readonly ready: Awaited;
  /** Whose the home must be. */
  readonly owner?: number | undefined;
}

async function measure(contender: Contender): Promise<{ cpu: Measured; wall: Measured; rss: Measured }> {
  const cpu: number[] = [];
  const wall: number[] = [];
  const rss: number[] = [];
  for (let run = 0; run <= RUNS; run++) {
    const home = homeOf(contender.files ?? {}, contender.owner);
    const started = performance.now();
    // The server keeps the nick of a session that was killed for a while.
    const command = contender.command.map(word => (word === 'bench' ? `bench${run}` : word));
    const terminal = openTerminal({ command, columns: 120, rows: 40, home });
    try {
      await terminal.waitFor(contender.ready, 60_000);
      const figures = figuresOf(await terminal.pid);
      // The first run warms the caches of the file system.
      if (run > 0) {
        wall.push(performance.now() - started);
        cpu.push(figures.cpuMs);
        rss.push(figures.rssMb);
      }
    } finally {
      await terminal.kill();
      rmSync(home, { recursive: true, force: true });
    }
  }
  const { who } = contender;
  return {
    cpu: { who, value: median(cpu) },
    wall: { who, value: median(wall) },
    rss: { who, value: median(rss) },
  };
}

/** CPU time of a node that does nothing. */
function emptyNode(): number {
  const values = Array.from({ length: RUNS }, () => {
    const run = spawnSync(process.execPath, [
      '-e',
      "process.on('exit', () => process.stdout.write(String(process.cpuUsage().user + process.cpuUsage().system)))",
    ]);
    return Number(run.stdout) / 1000;
  });
  return median(values);
}

export async function startUp(world: World): Promise<void> {
  const { prosody, room, route } = world;
  const bundle = [process.execPath, join(import.meta.dirname, '../../bin/causette.js')];
  const nowhere = ['--host', '127.0.0.1', '--port', '1', '--server', prosody.guestHost, '--nick', 'bench'];
  const poezio = findProgram('poezio');
  const profanity = findProgram('profanity');

  const first: Contender[] = [{ who: 'causette', command: [...bundle, ...nowhere, room], ready: /lobby/ }];
  if (profanity) first.push({ who: 'profanity', command: [profanity], ready: /Profanity|profanity/ });
  if (poezio) {
    first.push({
      who: 'poezio',
      command: asPlainUser([poezio]),
      owner: plainOwner(),
      files: { '.config/poezio/poezio.cfg': '[Poezio]\nserver = 127.0.0.1\nport = 1\ndefault_nick = bench\n' },
      ready: /\[0\]|Roster|roster/i,
    });
  }
  const firsts = [];
  for (const contender of first) firsts.push(await measure(contender));
  const empty = emptyNode();
  printScenario('Start to the first complete screen, CPU', 'ms', [
    ...firsts.map(({ cpu }) => cpu),
    { who: 'node -e 0', value: empty, note: `ours is ${((firsts[0]?.cpu.value ?? 0) / empty).toFixed(1)} times that` },
  ]);
  printScenario(
    'Start to the first complete screen, wall',
    'ms',
    firsts.map(({ wall }) => wall),
  );

  const inRoom: Contender[] = [
    {
      who: 'causette',
      command: [...bundle, ...route, '--server', prosody.guestHost, '--nick', 'bench', room],
      ready: /the last line of history/,
    },
  ];
  const rooms = [];
  for (const contender of inRoom) rooms.push(await measure(contender));
  printScenario(
    'Start to a room with its history, wall (budget 380)',
    'ms',
    rooms.map(({ wall }) => wall),
  );
  printScenario(
    'Memory in one room',
    'MB',
    rooms.map(({ rss }) => rss),
  );
}
