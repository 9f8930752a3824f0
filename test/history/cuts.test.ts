/** Numbered messages both ways through a connection that is cut again and again: none lost, none twice, all in order. */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Cut, startCutProxy } from '../helpers/cut-proxy.js';
import { startWorld, type World } from '../helpers/world.js';
import { startClient } from './rig.js';

const JULIET = 'juliet@example.test';
const COUNT = Number(process.env['CAUSETTE_CUT_MESSAGES'] ?? 60);
const SEED = Number(process.env['CAUSETTE_CUT_SEED'] ?? 7);
const KINDS: readonly Cut[] = ['reset', 'end', 'truncate', 'deliver'];

let world: World;
before(async () => {
  world = await startWorld({ users: { romeo: 'orchard', juliet: 'balcony' }, hibernationSeconds: 1 });
});
after(() => world.stop());

test(`${COUNT} messages each way, one-to-one, under cuts (seed ${SEED})`, async () => {
  const { prosody } = world;
  const proxy = await startCutProxy({
    target: { port: prosody.port },
    seed: SEED,
    plan: (connection, random) => {
      // The first login passes; of the later ones some are cut in the middle of logging in.
      const cut = KINDS[Math.floor(random() * KINDS.length)] ?? 'reset';
      return connection > 12 ? undefined : { cut, afterBytes: 2500 + Math.floor(random() * 6000) };
    },
  });
  const juliet = await world.peerWithAccount('juliet', 'balcony');
  const romeo = await startClient({
    data: mkdtempSync(join(tmpdir(), 'causette-cuts-')),
    account: 'romeo@example.test',
    password: 'orchard',
    host: prosody.host,
    port: proxy.port,
    caFile: prosody.caFile,
  });
  // Nobody waits for the pauses between attempts here.
  romeo.core.api.on('connection:changed', ({ session }) => {
    if (session.status === 'waiting') setTimeout(() => romeo.core.api.session.reconnect(), 20);
  });
  try {
    const { id } = romeo.core.store.openChat(JULIET as never);
    const ours = Array.from({ length: COUNT }, (_, i) => `romeo ${i}`);
    const theirs = Array.from({ length: COUNT }, (_, i) => `juliet ${i}`);
    for (let i = 0; i < COUNT; i++) {
      await romeo.core.api.chats.say(id, ours[i] ?? '');
      juliet.message('romeo@example.test', theirs[i] ?? '');
      if (i % 5 === 4) await new Promise(resolve => setTimeout(resolve, 60));
    }
    const heard = (): string[] =>
      juliet.stanzas.flatMap(one => one.getChildText('body') ?? []).filter(body => body.startsWith('romeo '));
    await romeo.until(
      () =>
        new Set(romeo.bodies(JULIET).filter(body => body.startsWith('juliet '))).size === COUNT &&
        romeo
          .entries(JULIET)
          .every(entry => !entry.self || entry.delivery === 'sent' || entry.delivery === 'delivered'),
      'everything',
    );
    await juliet.heard(ours.at(-1) ?? '');
    assert.deepEqual(heard(), ours, 'on the side of the peer');
    const shown = romeo.bodies(JULIET);
    assert.deepEqual(
      shown.filter(body => body.startsWith('juliet ')),
      theirs,
      'on our side',
    );
    assert.deepEqual(
      shown.filter(body => body.startsWith('romeo ')),
      ours,
      'our own lines',
    );
    assert.ok(proxy.cuts.length > 0, 'there were cuts');
    await romeo.stop();
  } finally {
    await proxy.close();
  }
});
