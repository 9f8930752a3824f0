/** What a keystroke, a new line and a tab switch cost on the wire to the terminal, in bytes. */
import { connectPeer } from '../helpers/peer.js';
import { openTerminal } from '../helpers/pty.js';
import type { World } from '../helpers/world.js';
import { printScenario } from './report.js';

const LETTERS = 'the quick brown fox jumps over it now';
const LINE = 'A line of ordinary length that somebody says in a room, to see what it costs.';

async function bytesOf(
  world: World,
  columns: number,
  rows: number,
  more: readonly string[],
): Promise<{ key: number; line: number; tab: number }> {
  const bob = await connectPeer({
    host: world.prosody.host,
    port: world.prosody.port,
    domain: world.prosody.guestHost,
    caFile: world.prosody.caFile,
  });
  const nick = `b${columns}${more.length}`;
  await bob.joinRoom(world.room, nick);
  const terminal = openTerminal({
    args: [...world.route, '--server', world.prosody.guestHost, '--nick', 'bench', ...more, world.room],
    columns,
    rows,
  });
  try {
    await terminal.waitFor(/ in \S+, \d+ people/);
    for (let i = 0; i < rows; i++) await bob.say(world.room, `filling ${i}`);
    await terminal.waitFor(`filling ${rows - 1}`);
    let before = terminal.bytesWritten();
    for (let i = 1; i <= LETTERS.length; i++) {
      terminal.type(LETTERS[i - 1] ?? '');
      await terminal.waitFor(LETTERS.slice(0, i).trimEnd());
    }
    const key = (terminal.bytesWritten() - before) / LETTERS.length;
    // The scroll region is set with the first line that comes by itself.
    await bob.say(world.room, 'one before');
    await terminal.waitFor('one before');
    before = terminal.bytesWritten();
    await bob.say(world.room, LINE);
    await terminal.waitFor(LINE.slice(0, 20));
    const line = terminal.bytesWritten() - before;
    terminal.key('Ctrl-c');
    terminal.enter('/help join');
    await terminal.waitFor(/\/join/);
    terminal.enter('/disco');
    await terminal.waitGone(LINE.slice(0, 20));
    before = terminal.bytesWritten();
    terminal.key('Alt-1');
    await terminal.waitFor(LINE.slice(0, 20));
    return { key, line, tab: terminal.bytesWritten() - before };
  } finally {
    await terminal.kill();
    await bob.close();
  }
}

export async function bytes(world: World): Promise<void> {
  const wide = await bytesOf(world, 200, 50, []);
  printScenario('A keystroke at the end of the line, 200×50 (budget 2)', 'bytes', [
    { who: 'causette', value: wide.key },
  ]);
  printScenario(
    'A new line with the occupants shown, 200×50 (budget 1/3 of the best peer; they take 4.4 to 5.1 kB)',
    'bytes',
    [{ who: 'causette', value: wide.line }],
  );
  const bare = await bytesOf(world, 200, 50, ['--exec', '/set ui.occupants off']);
  printScenario(`A new line without them (budget ${LINE.length + 60})`, 'bytes', [
    { who: 'causette', value: bare.line },
  ]);
  printScenario('A tab switch, 200×50', 'bytes', [{ who: 'causette', value: wide.tab }]);
}
