/** A guest whose session is not given back: the ghost of the old one stands in the room with our nick, on a real server. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type CutProxy, startCutProxy } from '../helpers/cut-proxy.js';
import { inStatus, said } from '../helpers/look.js';
import { openTerminal } from '../helpers/pty.js';
import { startWorld, type World } from '../helpers/world.js';

const FIXTURES = fileURLToPath(new URL('../fixtures/prosody', import.meta.url));
let world: World;
let proxy: CutProxy;
before(async () => {
  world = await startWorld({
    modules: ['refuses_to_resume'],
    extraConfig: `plugin_paths = { ${JSON.stringify(FIXTURES)} }`,
    // The ghost stays longer than the client waits for it.
    hibernationSeconds: 20,
  });
  proxy = await startCutProxy({ target: { port: world.prosody.port } });
});
after(async () => {
  await proxy.close();
  await world.stop();
});

test('Q29: we come back beside our ghost as nick_, nothing of what was typed is lost or doubled, and take our nick when it leaves', async t => {
  const { prosody, room } = world;
  const args = ['--host', prosody.host, '--port', String(proxy.port), '--tls', 'starttls', '--ca-file', prosody.caFile];
  const ana = openTerminal({ args: [...args, '--server', prosody.guestHost, '--nick', 'ana', room] });
  t.after(() => ana.kill());
  await ana.waitFor(inStatus(/ana in lobby/));
  const bob = await world.peer();
  await bob.joinRoom(room, 'bob');
  ana.enter('before the cut');
  await bob.heard('before the cut');
  await ana.waitFor(said('ana', 'before the cut'));
  const presence = (nick: string, type?: string): Promise<unknown> =>
    bob.next(
      stanza => stanza.is('presence') && stanza.attrs['from'] === `${room}/${nick}` && stanza.attrs['type'] === type,
    );
  // As it was when bob came.
  await presence('ana');

  proxy.cut('reset');
  await ana.waitFor(inStatus(/entering …|no connection/));
  ana.enter('typed beside the ghost');
  await presence('ana_');
  const heard = await bob.heard('typed beside the ghost');
  assert.equal(heard.attrs['from'], `${room}/ana_`);
  await ana.waitFor(said('ana_', 'typed beside the ghost'));
  assert.ok(ana.screen().some(line => line.includes('before the cut')));
  // What came before the link is lost: the ghost goes, and its nick is ours again, by a change of nick of one and the same person.
  await presence('ana', 'unavailable');
  await bob.next(stanza => stanza.attrs['from'] === `${room}/ana_` && /code=['"]303['"]/.test(stanza.toString()));
  await presence('ana');
  ana.enter('as ever');
  assert.equal((await bob.heard('as ever')).attrs['from'], `${room}/ana`);
  await ana.waitFor(said('ana', 'as ever'));
  const bodies = bob.stanzas.flatMap(stanza => stanza.getChildText('body') ?? []);
  assert.deepEqual(bodies, ['before the cut', 'typed beside the ghost', 'as ever']);
  for (const body of bodies) assert.equal(ana.screen().filter(line => line.includes(body)).length, 1, body);
});
