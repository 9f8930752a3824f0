/** The use cases of XEP-0045 that need a room service of a special kind, on a real Prosody with one of each kind. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { flat } from '../helpers/look.js';
import type { Peer } from '../helpers/peer.js';
import { openTerminal, type TestTerminal } from '../helpers/pty.js';
import { configure, itemOf } from '../helpers/room-cases.js';
import { startWorld, type World } from '../helpers/world.js';

const ADMIN = 'http://jabber.org/protocol/muc#admin';
const REGISTER = 'jabber:iq:register';
const MODULES = fileURLToPath(new URL('../fixtures/prosody', import.meta.url));
/** Only the administrator makes rooms here, they are locked first, and a registered nick is the one to have. */
const HALLS = 'halls.example.test';

/** Only the registered nick is let in. */
const GATE = 'gate.example.test';

let world: World;
let mod: TestTerminal;
let bob: Peer;
let warden: Peer;
let ROOM: string;

const hall = (name: string): string => `${name}@${HALLS}`;
const gate = (name: string): string => `${name}@${GATE}`;
const registrationOf = (nick: string): string =>
  `<query xmlns='${REGISTER}'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#register</value></field><field var='muc#register_roomnick'><value>${nick}</value></field><field var='muc#register_email'><value>${nick}@mail.example</value></field></x></query>`;
const isRegistered = async (peer: Peer): Promise<boolean> => {
  const answer = await peer.request(`<query xmlns='${REGISTER}'/>`, ROOM);
  return answer.getChild('query', REGISTER)?.getChild('registered') !== undefined;
};

/** Has the owner of a room make somebody a member, who then registers a nick there. */
async function register(local: string, nick: string, owner: Peer, room: string): Promise<void> {
  const member = `<item jid='${local}@${world.prosody.domain}' affiliation='member'/>`;
  await owner.request(`<query xmlns='${ADMIN}'>${member}</query>`, room, 'set');
  const peer = await world.peerWithAccount(local, 'pw');
  const answer = await peer.request(registrationOf(nick), room, 'set');
  assert.equal(answer.attrs['type'], 'result', answer.toString());
  await peer.close();
}

before(async () => {
  world = await startWorld({
    users: { mod: 'pw', bob: 'pw' },
    extraConfig: `plugin_paths = { ${JSON.stringify(MODULES)} }`,
    roomModules: ['room_says_it_logs', 'room_asks_admins', 'room_shutdown'],
    extraHosts: `
Component "${HALLS}" "muc"
  name = "Halls"
  restrict_room_creation = true
  muc_room_locking = true
  enforce_registered_nickname = true

Component "${GATE}" "muc"
  modules_enabled = { "room_wants_reserved_nick" }
  muc_room_locking = false
`,
  });
  ROOM = world.room;
  const { admin } = world.prosody;
  warden = await world.peerWithAccount('admin', admin.password);
  await warden.joinRoom(hall('guild'), 'warden');
  await configure(warden, hall('guild'), { persistentroom: '1', publicroom: '1' });
  mod = openTerminal({
    columns: 110,
    rows: 32,
    args: [...world.route, '--jid', `mod@${world.prosody.domain}`, '--password-command', 'echo pw', ROOM],
  });
  await mod.waitFor('The room is new and yours');
  bob = await world.peerWithAccount('bob', 'pw');
  await bob.joinRoom(ROOM, 'captain nemo');
});
after(async () => {
  await mod?.kill();
  await world?.stop();
});

describe('rooms that only an administrator makes', () => {
  test('§7.2.10 a room that is still being set up says so, and is entered once it is open', async () => {
    await warden.joinRoom(hall('cellar'), 'warden');
    mod.enter(`/join ${hall('cellar')}`);
    await mod.waitFor(flat(/cellar@\S+ is locked until its owner has set it up/));
    await configure(warden, hall('cellar'), { persistentroom: '1' });
    mod.enter('/join');
    await mod.waitFor(/You are mod in cellar: 2 people/);
    mod.enter('/close');
    await mod.waitFor('mod in lobby');
  });

  test('§7.2.11 a room that does not exist and may not be made says so', async () => {
    mod.enter(`/join ${hall('zanzibar')}`);
    await mod.waitFor(flat(/zanzibar@\S+ does not exist, and you may not create it/));
    mod.enter('/close');
    await mod.waitFor('mod in lobby');
  });

  test('§7.2.11 for a misspelt room the one with nearly this name is proposed, and Enter goes there', async () => {
    mod.enter(`/join ${hall('guilt')}`);
    await mod.waitFor(flat(/There is no guilt@\S+, but guild@/));
    mod.key('Enter');
    await mod.waitFor(/You are mod in guild: 2 people/);
    mod.enter('/close');
    await warden.next(
      stanza => stanza.attrs['type'] === 'unavailable' && stanza.attrs['from'] === `${hall('guild')}/mod`,
    );
  });

  test('§7.12 a room that gives the nick one has registered there says so', async () => {
    await register('mod', 'reeve', warden, hall('guild'));
    mod.enter(`/join ${hall('guild')}`);
    await mod.waitFor(flat(/You asked for mod; the room calls you reeve, perhaps because you registered that nick/));
    mod.enter('/close');
    await mod.waitFor('mod in lobby');
  });
});

describe('a room service with more than Prosody brings', () => {
  test('§7.2.12 when the room begins to log it says so, and whoever enters is told', async t => {
    const zoe = await world.guest('zoe', { columns: 110, rows: 32 });
    t.after(() => zoe.kill());
    await zoe.waitFor(/You are zoe in lobby/);
    assert.doesNotMatch(zoe.text(), /logged/);
    mod.enter('/configure enablearchiving on');
    await zoe.waitFor(flat(/From now on what is said is logged, perhaps in public\./));
    const yan = await world.guest('yan', { columns: 110, rows: 32 });
    t.after(() => yan.kill());
    await yan.waitFor(flat(/You are yan in lobby.* What is said is logged, perhaps in public\./));
    mod.enter('/configure enablearchiving off');
    await zoe.waitFor('What is said is not logged any more.');
    await yan.waitFor('What is said is not logged any more.');
  });

  test('§7.12 where only the registered nick is let in, it is proposed and Enter takes it', async () => {
    await warden.joinRoom(gate('den'), 'warden');
    await register('mod', 'reeve', warden, gate('den'));
    mod.enter(`/join ${gate('den')}`);
    await mod.waitFor(flat(/You have registered the nick reeve in den@\S+ it wants that one/));
    await mod.waitFor(/Another nick.*reeve/);
    mod.key('Enter');
    await mod.waitFor(/You are reeve in den: 2 people/);
    mod.enter('/close');
    await mod.waitFor('mod in lobby');
  });

  test('§9.9 who wants to be registered is told with what was written, and approved or refused at the desk', async () => {
    const [ana, eve] = await Promise.all([world.peer(), world.peer()]);
    for (const [peer, nick, key] of [
      [ana, 'ana', 'y'],
      [eve, 'eve', 'n'],
    ] as const) {
      await peer.joinRoom(ROOM, nick);
      const answer = await peer.request(registrationOf(nick), ROOM, 'set');
      assert.equal(answer.attrs['type'], 'result', answer.toString());
      await mod.waitFor(flat(new RegExp(`${nick} asks to be registered here\\. /mod asks for y or n`)));
      await mod.waitFor(`${nick}@mail.example`);
      mod.enter('/mod');
      await mod.waitFor(/Ask to be registered/i);
      mod.type(key);
      await mod.waitGone(/Ask to be registered/i);
      mod.enter('/close');
      await mod.waitFor('mod in lobby');
    }
    await itemOf(ana, `${ROOM}/ana`, 'affiliation', 'member');
    // What was answered before has arrived when this has.
    mod.enter('that was all');
    await eve.heard('that was all');
    assert.deepEqual([await isRegistered(ana), await isRegistered(eve)], [true, false]);
  });

  test('§11.2 a service that shuts down says so, and the room is entered again by itself', async () => {
    bob.message(world.prosody.roomService, 'shut down');
    await mod.waitFor(flat(/the service of the room is shutting down/i));
    await bob.joinRoom(ROOM, 'captain nemo');
    mod.enter('typed while the room is away');
    await mod.waitFor(
      flat(/The room is away for a moment\. It is entered again by itself; what you type is sent then\./),
    );
    // The first attempt comes after ten seconds.
    await mod.waitFor(flat(/shutting down.*(?:You are mod|mod in lobby, \d)/));
    mod.enter('here again');
    await bob.heard('here again');
    const bodies = bob.stanzas.flatMap(stanza => stanza.getChildText('body') ?? []);
    assert.deepEqual(bodies.slice(-2), ['typed while the room is away', 'here again'], 'in order, each once');
  });
});
