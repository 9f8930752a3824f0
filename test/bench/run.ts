/** `npm run bench [word…]`: measures whole programs side by side in one run. Numbers of a shared machine are noisy: read the ratios. */
import { startWorld } from '../helpers/world.js';
import { bytes } from './bytes.js';
import { startUp } from './start-up.js';

const SCENARIOS = { 'start-up': startUp, bytes } as const;

const wanted = process.argv.slice(2);
const world = await startWorld();
const bob = await world.peer();
await bob.joinRoom(world.room, 'bob');
for (let i = 1; i < 20; i++) await bob.say(world.room, `history ${i}`);
await bob.say(world.room, 'the last line of history');
try {
  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    if (wanted.length === 0 || wanted.some(word => name.includes(word))) await scenario(world);
  }
} finally {
  await world.stop();
}
