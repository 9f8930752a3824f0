/** Start to the first complete screen, and to a room with its history. */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Awaited, openTerminal } from '../helpers/pty.js';
import { findProgram } from '../setup.js';
import { asPlainUser, homeOf, PATIENCE_MS, plainOwner } from './clients.js';
import { figuresOf, median } from './process.js';
import { type Measured, OURS, type Row } from './report.js';
import { failed, isWanted, type Load, sideBySide } from './scenario.js';

const RUNS = 5;
/** So many times the CPU of a node that does nothing. */
const FIRST_SCREEN = 2.5;

interface Contender {
  readonly who: string;
  readonly command: readonly string[];
  /** Files below the home. */
  readonly files?: Readonly<Record<string, string>>;
  readonly ready: Awaited;
  /** Whose the home must be. */
  readonly owner?: number | undefined;
}

async function measure(contender: Contender): Promise<{ cpu: Measured; wall: Measured }> {
  const cpu: number[] = [];
  const wall: number[] = [];
  const { who } = contender;
  try {
    for (let run = 0; run <= RUNS; run++) {
      const home = homeOf(contender.files ?? {}, contender.owner);
      const terminal = openTerminal({ command: contender.command, columns: 120, rows: 40, home });
      try {
        await terminal.waitFor(contender.ready, PATIENCE_MS);
        const time = performance.now() - (await terminal.startedAt);
        // The first run warms the caches of the file system.
        if (run > 0) {
          wall.push(time);
          cpu.push(figuresOf(await terminal.pid).cpuMs);
        }
      } finally {
        await terminal.kill();
        rmSync(home, { recursive: true, force: true });
      }
    }
  } catch (error) {
    if (who === OURS) process.exitCode = 1;
    return { cpu: failed(who, error), wall: failed(who, error) };
  }
  return { cpu: { who, value: median(cpu) }, wall: { who, value: median(wall) } };
}

/** CPU time of a node that does nothing, measured in the same way: by the ticks of the system, in a terminal. */
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

function contenders(load: Load): readonly Contender[] {
  const { prosody, room } = load.world;
  const nowhere = ['--host', '127.0.0.1', '--port', '1', '--server', prosody.guestHost, '--nick', 'bench'];
  const bundle = [process.execPath, join(import.meta.dirname, '../../bin/causette.js')];
  const found: Contender[] = [{ who: OURS, command: [...bundle, ...nowhere, room], ready: /lobby/ }];
  const [poezio, profanity, mcabber] = ['poezio', 'profanity', 'mcabber'].map(findProgram);
  if (poezio) {
    found.push({
      who: 'poezio',
      command: asPlainUser([poezio]),
      owner: plainOwner(),
      files: { '.config/poezio/poezio.cfg': '[Poezio]\nserver = 127.0.0.1\nport = 1\ndefault_nick = bench\n' },
      ready: /\[0\]|Roster|roster/i,
    });
  }
  if (profanity) found.push({ who: 'profanity', command: [profanity], ready: /Profanity|profanity/ });
  if (mcabber) {
    found.push({
      who: 'mcabber',
      command: [mcabber],
      files: {
        '.mcabber/mcabberrc': 'set jid = bench@127.0.0.1\nset password = x\nset server = 127.0.0.1\nset port = 1\n',
      },
      ready: /MCabber|mcabber/i,
    });
  }
  return found.filter(({ who }) => isWanted(load, who));
}

export async function startUp(load: Load): Promise<readonly Row[]> {
  const firsts = [];
  for (const contender of contenders(load)) firsts.push(await measure(contender));
  const empty = emptyNode();

  const walls = new Map<string, number[]>();
  const [wall = [], cpu = []] = await sideBySide(load, 2, async client => {
    const cpus: number[] = [];
    const times: number[] = [];
    walls.set(client.who, times);
    for (let run = 0; run <= (client.who === OURS ? RUNS : 3); run++) {
      const { terminal, patienceMs, pid, stop } = await client.start([load.world.room]);
      try {
        await terminal.waitFor(/the last line of history/, patienceMs);
        if (run > 0) {
          times.push(performance.now() - (await terminal.startedAt));
          cpus.push(figuresOf(pid).cpuMs);
        }
      } finally {
        await stop();
      }
    }
    return [median(times), median(cpus)];
  });
  return [
    {
      title: 'start to the first screen, CPU',
      unit: 'ms',
      budget: FIRST_SCREEN * empty,
      budgetNote: `${FIRST_SCREEN} times the CPU time of \`node -e 0\``,
      cells: [...firsts.map(first => first.cpu), { who: 'node -e 0', value: empty }],
      meaning: `CPU time from the start until the screen is complete, without a server; \`node -e 0\` takes ${empty.toFixed(0)} ms.`,
    },
    {
      title: 'start to the first screen, wall',
      unit: 'ms',
      clock: true,
      cells: firsts.map(first => first.wall),
      meaning: 'The same by the clock.',
    },
    {
      title: 'start to a room with its history, wall',
      unit: 'ms',
      clock: true,
      budget: 380,
      cells: wall,
      meaning:
        'From the start until the last line of the history of a room is on the screen; where a program has to be asked for the login or the room, the line is typed as soon as it can be.',
    },
    {
      title: 'start to a room with its history, CPU',
      unit: 'ms',
      cells: cpu,
      meaning: 'CPU time of the program meanwhile.',
    },
  ];
}
