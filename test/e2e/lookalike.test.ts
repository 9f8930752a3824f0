/** Nicks that can be taken for somebody else's are marked, in the room, in the list and when they speak; nobody's word is taken for it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Peer } from '../helpers/peer.js';
import type { TestTerminal } from '../helpers/pty.js';
import { startWorld, type World } from '../helpers/world.js';

let world: World;
let terminal: TestTerminal;
let alice: Peer;
before(async () => {
  world = await startWorld();
  alice = await world.peer();
  await alice.joinRoom(world.room, 'alice');
  terminal = await world.guest('paula', { columns: 110, rows: 40 });
  await terminal.waitFor(/You are paula/);
});
after(() => world.stop());

const CASES: readonly (readonly [what: string, nick: string, of: string])[] = [
  ['a Cyrillic letter', 'аlice', 'alice'],
  ['a capital', 'Alice', 'alice'],
  ['a one for an l', 'a1ice', 'alice'],
  ['my own nick', 'раula', 'paula'],
];
for (const [what, nick, of] of CASES) {
  test(`${what}: ${nick} is marked as looking like ${of}`, async t => {
    const mallory = await world.peer();
    t.after(() => mallory.close());
    await mallory.joinRoom(world.room, nick);
    const words = `said by the ${what}`;
    await mallory.say(world.room, words);
    await terminal.waitFor(words);
    const line = terminal.screen().find(text => text.includes(words)) ?? '';
    assert.match(line, new RegExp(`\\?${nick}> `), terminal.text());
    await terminal.waitFor(new RegExp(`→ ${nick} \\(looks like ${of}\\)`));
    await terminal.waitFor(new RegExp(`\\[looks like ${of}\\]`));
    terminal.enter(`/whois ${nick}`);
    await terminal.waitFor(new RegExp(`this nick looks like ${of}`));
    // The one it looks like is not the suspect.
    await alice.say(world.room, `the real one after ${what}`);
    await terminal.waitFor(new RegExp(` @?alice> the real one after ${what}`));
    assert.doesNotMatch(
      terminal.screen().find(text => text.includes(`the real one after ${what}`)) ?? '',
      /\?@?alice|@\?alice/,
    );
    mallory.leaveRoom(world.room);
    await terminal.waitFor(lines => lines.some(text => text.includes(`← ${nick}`)));
    assert.match(
      terminal.screen().find(text => text.includes(words)) ?? '',
      new RegExp(`\\?${nick}> `),
      'it stays marked',
    );
  });
}

test('the same nick by another person is said to be another person', async t => {
  const carol = await world.peer();
  await carol.joinRoom(world.room, 'carol');
  await carol.say(world.room, 'words of the first carol');
  await terminal.waitFor('words of the first carol');
  await carol.close();
  await terminal.waitFor(/carol left/);
  const other = await world.peer();
  t.after(() => other.close());
  await other.joinRoom(world.room, 'carol');
  await other.say(world.room, 'words of the second carol');
  await terminal.waitFor('words of the second carol');
  await terminal.waitFor(/another person|somebody else|not the (?:one|person)|other person/i);
});
