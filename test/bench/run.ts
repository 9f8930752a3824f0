/** `npm run bench [word…] [alone] [quick] [-- --write]`: measures whole programs side by side in one run; README.md here says how. */
import { readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../helpers/prosody.js';
import { startWorld } from '../helpers/world.js';
import { bytes } from './bytes.js';
import { catchUp } from './catch-up.js';
import { PEER_USERS } from './clients.js';
import { floodConfig, startFlood } from './flood.js';
import { beginIdle } from './idle.js';
import { insert } from './insert.js';
import { join as joinRooms, messages, presence, rooms, tab } from './load.js';
import { markdown, PEERS, printRow, type Row, verdict } from './report.js';
import type { Load, Scenario } from './scenario.js';
import { search } from './search.js';
import { startUp } from './start-up.js';
import { echo, storm } from './typing.js';
import { writeResults } from './write-results.js';

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'start-up': startUp,
  bytes,
  join: joinRooms,
  messages,
  echo,
  presence,
  storm,
  rooms,
  tab,
  'catch-up': catchUp,
  insert,
  search,
};
const IDLE = 'idle';
const NAMES = [...Object.keys(SCENARIOS), IDLE];

const words = process.argv.slice(2);
const named = words.filter(word => (PEERS as readonly string[]).includes(word));
const wanted = words.filter(word => !['alone', 'quick', '--write', ...named].includes(word));
const chosen = NAMES.filter(name => wanted.length === 0 || wanted.some(word => name.includes(word)));
if (chosen.length === 0) {
  console.log(`There is no such scenario; there are ${NAMES.join(', ')}.`);
  process.exit(2);
}
const begun = performance.now();
// Above one, what the clock says is not ours alone.
const loadBefore = loadavg()[0]?.toFixed(1);
const sinceBegun = (): string => `${((performance.now() - begun) / 1000).toFixed(0)} s`;
const [port] = await freePorts(1);
const world = await startWorld({ users: PEER_USERS, hibernationSeconds: 1, extraConfig: floodConfig(port) });
const all: Row[] = [];
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => {
    console.log(`\n${markdown(all)}\nInterrupted after ${sinceBegun()}.`);
    // Server and terminals end with us.
    process.exit(130);
  });
}
try {
  const flood = await startFlood(port);
  const bob = await world.peer();
  await bob.joinRoom(world.room, 'bob');
  for (let i = 1; i < 20; i++) await bob.say(world.room, `history ${i}`);
  await bob.say(world.room, 'the last line of history');
  const load: Load = {
    world,
    flood,
    peers: new Set(words.includes('alone') ? [] : named.length > 0 ? named : PEERS),
    quick: words.includes('quick'),
    server: Number(readFileSync(join(world.prosody.folder, 'prosody.pid'), 'utf8')),
    tooLarge: new Map(),
  };
  const add = (rows: readonly Row[]): void => {
    for (const row of rows) printRow(row);
    all.push(...rows);
  };
  const idled = chosen.includes(IDLE) ? await beginIdle(load) : undefined;
  for (const name of chosen) {
    const scenario = SCENARIOS[name];
    if (scenario === undefined) continue;
    try {
      add(await scenario(load));
    } catch (error) {
      process.exitCode = 1;
      console.log(`\n${name} failed: ${error instanceof Error ? error.message : String(error)}`);
    }
    console.log(`  … ${name} is done, ${sinceBegun()}`);
  }
  if (idled !== undefined) add(await idled());
  flood.stop();
} finally {
  await world.stop();
}
const took = `The run took ${sinceBegun()}; the load of the machine before it was ${loadBefore}.`;
console.log(`\n${markdown(all)}\n${verdict(all)} ${took}`);
if (words.includes('--write')) {
  if (chosen.length < NAMES.length) console.log('Only a run of all scenarios is written.');
  else console.log(`Written to ${writeResults(all, took)}.`);
}
