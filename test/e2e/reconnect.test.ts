/** A server that dies again and again: what was typed meanwhile arrives each time, once, after the room was entered again. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { inStatus, said } from '../helpers/look.js';
import { startWorld, type World } from '../helpers/world.js';

let world: World;
before(async () => {
  world = await startWorld();
});
after(() => world.stop());

test('lines typed without a connection arrive after every restart of the server', async () => {
  const ana = await world.guest('ana');
  await ana.waitFor(/ana in lobby/);
  for (let round = 1; round <= 3; round++) {
    const line = `typed while away ${round}`;
    await ana.waitFor(inStatus('[TLS]'));
    await world.prosody.halt('SIGKILL');
    await ana.waitFor(inStatus('no connection'));
    ana.enter(line);
    await ana.waitFor(said('ana', line));
    await world.prosody.resume();
    const bob = await world.peer();
    await bob.joinRoom(world.room, 'bob');
    ana.enter('/reconnect');
    await bob.heard(line);
    await bob.say(world.room, `heard ${round}`);
    await ana.waitFor(`heard ${round}`);
    assert.equal(bob.stanzas.filter(stanza => stanza.getChildText('body') === line).length, 1);
    assert.equal(ana.screen().filter(row => row.includes(line)).length, 1);
  }
});
