/** `npm run bench [word…]`: measures whole programs side by side in one run; with the word `alone` most scenarios without the peers. Numbers of a shared machine are noisy: read the ratios. */
import { freePorts } from '../helpers/prosody.js';
import { startWorld } from '../helpers/world.js';
import { bytes } from './bytes.js';
import { catchUp } from './catch-up.js';
import { PEER_USERS } from './clients.js';
import { floodConfig, startFlood } from './flood.js';
import { insert } from './insert.js';
import { echo, idle, join, type LoadWorld, messages, presence, rooms, tab } from './load.js';
import { search } from './search.js';
import { startUp } from './start-up.js';

const SCENARIOS: Readonly<Record<string, (load: LoadWorld) => Promise<void>>> = {
  'start-up': ({ world }) => startUp(world),
  bytes: ({ world }) => bytes(world),
  join,
  messages,
  echo,
  presence,
  rooms,
  tab,
  idle,
  insert,
  search,
  'catch-up': catchUp,
};

const wanted = process.argv.slice(2).filter(word => word !== 'alone');
const chosen = Object.entries(SCENARIOS).filter(
  ([name]) => wanted.length === 0 || wanted.some(word => name.includes(word)),
);
if (chosen.length === 0) {
  console.log(`There is no such scenario; there are ${Object.keys(SCENARIOS).join(', ')}.`);
  process.exit(2);
}
const [port] = await freePorts(1);
const world = await startWorld({ users: PEER_USERS, extraConfig: floodConfig(port) });
try {
  const flood = await startFlood(port);
  const bob = await world.peer();
  await bob.joinRoom(world.room, 'bob');
  for (let i = 1; i < 20; i++) await bob.say(world.room, `history ${i}`);
  await bob.say(world.room, 'the last line of history');
  for (const [, scenario] of chosen) await scenario({ world, flood });
  flood.stop();
} finally {
  await world.stop();
}
