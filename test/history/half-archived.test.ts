/** A server killed after it put our line into our archive and before it put it into the other side's: our row says no more than is known. */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startWorld } from '../helpers/world.js';
import { startClient } from './rig.js';
import { startWitness } from './witness.js';

const FIXTURES = fileURLToPath(new URL('../fixtures/prosody', import.meta.url));
const JULIET = 'juliet@example.test';

test('a line that only our own archive has is sent, not delivered, and is not said twice', async () => {
  const world = await startWorld({
    users: { romeo: 'orchard', juliet: 'balcony' },
    modules: ['die_between_archives'],
    extraConfig: `plugin_paths = { ${JSON.stringify(FIXTURES)} }`,
    // What died in memory cannot be resumed.
    hibernationSeconds: 1,
  });
  after(() => world.stop());
  const { prosody } = world;
  const juliet = await startWitness(world, 'juliet', 'balcony', 'juliet');
  const romeo = await startClient({
    data: mkdtempSync(join(tmpdir(), 'causette-half-')),
    account: 'romeo@example.test',
    password: 'orchard',
    host: prosody.host,
    port: prosody.port,
    caFile: prosody.caFile,
    session: { ackTimeoutMs: 1500, idleMs: 1000, backoff: { baseMs: 20, maxMs: 200 } },
  });
  try {
    romeo.core.store.openChat(JULIET as never);
    const say = (body: string): Promise<void> => romeo.core.api.chats.say(JULIET as never, body);
    const delivery = (body: string) => romeo.entries(JULIET).find(entry => entry.body === body)?.delivery;
    await say('before');
    await romeo.until(() => delivery('before') === 'sent', 'the first line');
    await say('die between');
    await say('after');
    await romeo.until(() => romeo.core.store.session.status !== 'online', 'the end of the server');
    assert.equal(delivery('die between'), 'pending');
    await prosody.restart('SIGKILL');
    await romeo.until(() => delivery('after') === 'sent', 'the line behind it');
    assert.equal(delivery('die between'), 'sent', 'our server keeps it; a receipt would be needed for more');
    assert.deepEqual(await juliet.archived(undefined, ''), ['before', 'after']);
  } finally {
    await romeo.stop();
    await juliet.close();
  }
});
