/** $EDITOR has the terminal, and the client goes on: it answers, receives, and shows it all afterwards. */
import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startWorld, type World } from '../helpers/world.js';

let world: World;
before(async () => {
  world = await startWorld();
});
after(() => world.stop());

test('what is said while the editor runs is received at once and on the screen afterwards', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'causette-editor-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'editor.sh');
  const go = join(folder, 'go');
  writeFileSync(file, `#!/bin/sh\necho editing\nwhile [ ! -e ${go} ]; do sleep 0.1; done\nprintf ", edited" >> "$1"\n`);
  chmodSync(file, 0o755);
  const peer = await world.peer();
  const terminal = await world.guest('nemo', { env: { VISUAL: file } });
  await terminal.waitFor('nemo in');
  await peer.joinRoom(world.room, 'peer');
  terminal.type('draft');
  await terminal.waitFor('nemo> draft');
  terminal.key('Ctrl-x');
  await terminal.waitFor('editing');
  assert.ok(!terminal.modes().alternateScreen);
  await peer.say(world.room, 'are you there?');
  // The answer comes from the client, past the editor.
  await peer.request("<ping xmlns='urn:xmpp:ping'/>", `${world.room}/nemo`);
  assert.ok(!terminal.text().includes('are you there?'), 'nothing is drawn over the editor');
  writeFileSync(go, '');
  await terminal.waitFor('nemo> draft, edited');
  await terminal.waitFor(/peer> are you there\?/);
});
