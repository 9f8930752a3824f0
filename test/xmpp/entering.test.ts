/** Rooms on the way in, and a link that goes in the middle of it: nobody is left outside for ever. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attr } from '../../src/xmpp/xml.js';
import { createRig, enterRoom, ME, type Rig, ROOM, settle } from './fake-session.js';

const self = `<presence from='${ROOM}/me' to='${ME}'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant'/><status code='110'/></x></presence>`;
/** Presences that asked to enter since the last look. */
const asked = (rig: Rig): number => {
  const count = rig.sent.filter(one => attr(one, 'to') === `${ROOM}/me` && one.toString().includes('muc"')).length;
  rig.sent.length = 0;
  return count;
};
const facts = (rig: Rig): Promise<void> => rig.refuse(`to="${ROOM}"`, 'remote-server-timeout');

/** In the room, then a new session: it is to be entered again, and has been asked for its facts. */
async function comingBack(): Promise<Rig> {
  const rig = await createRig();
  await enterRoom(rig);
  rig.down();
  rig.online(false);
  await settle();
  rig.sent.length = 0;
  return rig;
}
const isIn = (rig: Rig): boolean => rig.wire.xeps.muc.joined.has(ROOM as never);

test('cut while the room is asked for its facts, and resumed: it is asked to let us in all the same', async () => {
  const rig = await comingBack();
  rig.down();
  await facts(rig);
  await settle();
  assert.equal(asked(rig), 0, 'nothing without a link');
  rig.online(true);
  await settle();
  await facts(rig).catch(() => undefined);
  await settle();
  rig.clock.advance(3000);
  await settle();
  assert.equal(asked(rig), 1);
  rig.receive(self);
  assert.ok(isIn(rig));
});

test('cut after we asked to enter, and resumed: asked once more, because nobody knows who heard it', async () => {
  const rig = await comingBack();
  await facts(rig);
  await settle();
  assert.equal(asked(rig), 1);
  rig.down();
  rig.online(true);
  await settle();
  rig.clock.advance(3000);
  await settle();
  assert.equal(asked(rig), 1);
  rig.receive(self);
  rig.receive(self);
  assert.ok(isIn(rig));
  rig.clock.advance(600_000);
  await settle();
  assert.equal(asked(rig), 0, 'and not again');
});

test('a room that does not answer when we come back is asked again, until it does', async () => {
  const rig = await comingBack();
  await facts(rig);
  await settle();
  assert.equal(asked(rig), 1);
  for (let round = 0; round < 3; round++) {
    rig.clock.advance(45_000);
    await settle();
    await facts(rig);
    await settle();
    assert.equal(asked(rig), 1, `round ${round}`);
  }
  rig.receive(self);
  assert.ok(isIn(rig));
});

test('the room went away for a moment, its time came while there was no link: it is entered when the session goes on', async () => {
  const rig = await createRig();
  await enterRoom(rig);
  rig.receive(
    `<presence type='unavailable' from='${ROOM}/me' to='${ME}'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='none'/><status code='110'/><status code='332'/></x></presence>`,
  );
  assert.equal(isIn(rig), false);
  rig.down();
  rig.clock.advance(30_000);
  await settle();
  rig.sent.length = 0;
  rig.online(true);
  await settle();
  rig.clock.advance(3000);
  await settle();
  assert.equal(asked(rig), 1);
});

test('two tries at once ask once: the older one has nothing more to say', async () => {
  const rig = await comingBack();
  rig.down();
  rig.online(true);
  await settle();
  // Both questions for its facts are answered now.
  await facts(rig);
  await facts(rig).catch(() => undefined);
  await settle();
  rig.clock.advance(3000);
  await settle();
  assert.equal(asked(rig), 1);
});
