/** The use cases of XEP-0045 on a real Prosody, with three kinds of clients in the room: ours, a scripted one, and profanity. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { flat, inLine, inStatus, inTab } from '../helpers/look.js';
import type { Peer } from '../helpers/peer.js';
import type { TestTerminal } from '../helpers/pty.js';
import { enterRoom, type RoomClients, roomCases } from '../helpers/room-cases.js';
import { enteringCases } from '../helpers/room-cases-entering.js';
import { ownerCases } from '../helpers/room-cases-owner.js';
import { startWorld, type World } from '../helpers/world.js';

const OWNER = 'http://jabber.org/protocol/muc#owner';
const ADMIN = 'http://jabber.org/protocol/muc#admin';
const USER = 'http://jabber.org/protocol/muc#user';

let world: World;
let mod: TestTerminal;
let bob: Peer;
let profanity: TestTerminal;
let ROOM: string;
let clients: RoomClients;

const roomOf = (name: string): string => `${name}@${world.prosody.roomService}`;
const field = (name: string, value: string): string =>
  `<field var='muc#roomconfig_${name}'><value>${value}</value></field>`;
const configure = (peer: Peer, room: string, fields: string) =>
  peer.request(
    `<query xmlns='${OWNER}'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>${fields}</x></query>`,
    room,
    'set',
  );
const admin = (peer: Peer, room: string, item: string) =>
  peer.request(`<query xmlns='${ADMIN}'>${item}</query>`, room, 'set');
before(async () => {
  world = await startWorld({ users: { mod: 'pw', bob: 'pw', carol: 'pw' }, roomModules: ['muc_moderation'] });
  ROOM = world.room;
  const { prosody, route } = world;
  const { host, port, domain, guestHost, roomService, caFile } = prosody;
  const server = { host, port, domain, guestHost, roomService, caFile, route };
  clients = await enterRoom(server, ROOM, local => world.peerWithAccount(local, 'pw'));
  ({ mod, bob, profanity } = clients);
});
after(async () => {
  await Promise.all([mod?.kill(), profanity?.kill()]);
  await world?.stop();
});

describe('three clients in a room', () => {
  roomCases(() => clients);

  test('XEP-0425 a moderator removes what somebody said, for everybody', async () => {
    await bob.say(ROOM, 'buy my watches');
    await mod.waitFor('buy my watches');
    mod.enter('/retract captain nemo advertising');
    await mod.waitFor(/Remove “buy my watches”/);
    mod.type('y');
    await bob.next(stanza => stanza.is('message') && stanza.getChild('apply-to', 'urn:xmpp:fasten:0') !== undefined);
    await mod.waitFor(() => mod.screen().every(line => !/captain nemo.*buy my watches/.test(line)));
  });
});

describe('a guest beside them', () => {
  enteringCases(() => clients);
});

describe('owners of a room', () => {
  ownerCases(() => clients);
});

describe('what others do to us', () => {
  test('§7.8.1, §7.8.2 invitations of both kinds are told, listed, refused and accepted', async () => {
    await bob.joinRoom(roomOf('den'), 'bob');
    bob.send(
      `<message to='${roomOf('den')}'><x xmlns='${USER}'><invite to='mod@example.test'><reason>tea</reason></invite></x></message>`,
    );
    await mod.waitFor(/bob invites you to den@.*tea/);
    mod.enter(`/deny ${roomOf('den')}`);
    await bob.next(stanza => stanza.getChild('x', USER)?.getChild('decline') !== undefined);
    bob.send(`<message to='mod@example.test'><x xmlns='jabber:x:conference' jid='${roomOf('den')}'/></message>`);
    mod.enter('/invites');
    await mod.waitFor('1 question');
    mod.key('Enter');
    await bob.next(stanza => stanza.is('presence') && stanza.attrs['from'] === `${roomOf('den')}/mod`);
    await mod.waitFor(/You are mod in den/);
  });

  test('§8.2 a kick says who, why and the way back', async () => {
    await admin(bob, roomOf('den'), `<item nick='mod' role='none'><reason>shoo</reason></item>`);
    await mod.waitFor(/You were kicked by bob: shoo\..*\/join enters again/s);
    mod.enter('/join');
    await mod.waitFor(/mod in den, 2 people/);
  });

  test('§9.1 a ban too, and then the door is closed', async () => {
    await admin(
      bob,
      roomOf('den'),
      `<item jid='mod@example.test' affiliation='outcast'><reason>enough</reason></item>`,
    );
    await mod.waitFor(/You were banned by bob: enough/);
    mod.enter('/join');
    await mod.waitFor(/You are banned from den@/);
    await admin(bob, roomOf('den'), `<item jid='mod@example.test' affiliation='none'/>`);
    mod.enter('/join');
    await mod.waitFor(/mod in den, 2 people/);
  });

  test('§10.9 a destroyed room names another, and /join goes there', async () => {
    await bob.joinRoom(roomOf('new'), 'bob');
    await bob.request(
      `<query xmlns='${OWNER}'><destroy jid='${roomOf('new')}'><reason>moved</reason></destroy></query>`,
      roomOf('den'),
      'set',
    );
    await mod.waitFor(/The room was destroyed: moved\..*\/join goes to new@/s);
    mod.enter('/join');
    await mod.waitFor(/You are mod in new/);
  });
});

describe('rooms of our own', () => {
  test('§7.10 a nick is registered in a room, and nobody else may take it', async () => {
    mod.enter(`/win lobby`);
    mod.enter('/register');
    await mod.waitFor(/Nickname\*?: mod/);
    mod.key('Tab', 'Enter');
    await mod.waitFor(/You are registered with lobby@/);
    const carol = await world.peerWithAccount('carol', 'pw');
    mod.enter('/nick big boss');
    await mod.waitFor(inLine(/^big boss>/));
    await assert.rejects(carol.joinRoom(ROOM, 'mod'), /conflict/);
    mod.enter('/nick mod');
    await mod.waitFor(inLine(/^mod>/));
  });

  test('§7.9 /impromptu makes a private room with several people, and a refusal is told', async () => {
    const carol = await world.peerWithAccount('carol', 'pw');
    mod.enter('/impromptu bob@example.test carol@example.test');
    const invited = await carol.next(stanza => stanza.getChild('x', USER)?.getChild('invite') !== undefined);
    await bob.next(stanza => stanza.getChild('x', USER)?.getChild('invite') !== undefined);
    const room = String(invited.attrs['from']);
    await mod.waitFor(flat(/2 people are invited: bob@example\.test, carol@example\.test/));
    await carol.joinRoom(room, 'carol');
    await mod.waitFor(/carol \(carol@example\.test\) joined/);
    bob.send(
      `<message to='${room}'><x xmlns='${USER}'><decline to='mod@example.test'><reason>busy</reason></decline></x></message>`,
    );
    await mod.waitFor(/bob@example\.test does not want to come in \(busy\)/);
    const stranger = await world.peer();
    await assert.rejects(stranger.joinRoom(room, 'stranger'), /registration-required/);
    mod.enter('/close');
  });
});

describe('bookmarks', () => {
  const NODE = 'urn:xmpp:bookmarks:1';
  let other: Peer;
  const pubsub = (inner: string) =>
    other.request(`<pubsub xmlns='http://jabber.org/protocol/pubsub'>${inner}</pubsub>`, undefined, 'set');
  const publish = (name: string, autojoin: boolean, inner = '') =>
    pubsub(
      `<publish node='${NODE}'><item id='${roomOf(name)}'><conference xmlns='${NODE}' name='The ${name}' autojoin='${autojoin}'><nick>mod</nick>${inner}</conference></item></publish>`,
    );
  before(async () => {
    other = await world.peerWithAccount('mod', 'pw');
  });

  test('XEP-0402 a room bookmarked by another client is entered here, and left when it is not to be entered', async () => {
    await bob.joinRoom(roomOf('den2'), 'bob');
    await publish('den2', true);
    await bob.next(stanza => stanza.is('presence') && stanza.attrs['from'] === `${roomOf('den2')}/mod`);
    mod.enter('/bookmarks');
    await mod.waitFor(/\* den2@.*The den2.*you are in.*as mod/);
    await publish('den2', false);
    await bob.next(
      stanza => stanza.attrs['type'] === 'unavailable' && stanza.attrs['from'] === `${roomOf('den2')}/mod`,
    );
    await mod.waitFor(/^ {2}den2@/m);
  });

  test('one retracted elsewhere is gone here', async () => {
    await pubsub(`<retract node='${NODE}' notify='true'><item id='${roomOf('den2')}'/></retract>`);
    await mod.waitFor(/No bookmarks yet/);
  });

  test('the editor keeps name, nick and XEP-0492 level, and the old list shows it too', async () => {
    mod.enter(`/bookmark -edit ${roomOf('lobby')}`);
    await mod.waitFor(/How lobby@/);
    mod.type('Tea room');
    mod.key('Tab', 'Tab', 'Tab', 'Tab', 'Right', 'Right', 'Right');
    await mod.waitFor(/news: nothing/);
    mod.key('Tab', 'Enter');
    await mod.waitFor(/The bookmark of lobby@.* is kept/);
    const items = await other.request(
      `<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='${NODE}'/></pubsub>`,
      undefined,
      'get',
    );
    assert.match(items.toString(), /name=["']Tea room["']/);
    assert.match(items.toString(), /notification-settings:1["']?>?.*never/);
    const old = await other.request(`<query xmlns='jabber:iq:private'><storage xmlns='storage:bookmarks'/></query>`);
    assert.match(old.toString(), /Tea room/);
    mod.enter('/bookmarks');
    await mod.waitFor(inTab('bookmarks', /lobby@.*Tea room.*no news/));
    mod.key('Delete');
    await mod.waitFor(/No bookmarks yet/);
    mod.enter('/close');
  });
});

describe('the way in', () => {
  let ana: TestTerminal;
  before(async () => {
    for (const name of ['locked', 'members', 'taken', 'closed']) await bob.joinRoom(roomOf(name), 'ana');
    await configure(bob, roomOf('locked'), field('roomsecret', 'sesame'));
    await configure(bob, roomOf('members'), field('membersonly', '1'));
    await admin(bob, roomOf('closed'), `<item jid='${world.prosody.guestHost}' affiliation='outcast'/>`);
    ana = await world.guest('ana');
    await ana.waitFor(inStatus(/ana in lobby, \d people/));
  });
  after(() => ana?.kill());

  test('§7.2.5 a password is asked in the line, again when it was wrong', async () => {
    ana.enter(`/join ${roomOf('locked')}/zoe`);
    await ana.waitFor(/Password of locked@/);
    ana.enter('wrong');
    await ana.waitFor(/not the password/);
    ana.enter('sesame');
    await ana.waitFor(/You are zoe in locked/);
    assert.doesNotMatch(ana.text(), /sesame/);
  });

  test('§7.2.6 a room for members says so in its tab, with what to do', async () => {
    ana.enter(`/join ${roomOf('members')}/zoe`);
    await ana.waitFor(flat(/is for members only\. Ask a member/));
    ana.enter('/register');
    await ana.waitFor(flat(/keeps nicks for its members only/));
  });

  test('§7.2.7 banned', async () => {
    ana.enter(`/join ${roomOf('closed')}/zoe`);
    await ana.waitFor(flat(/banned from closed@.* \/contact/));
  });

  test('§7.2.8 a taken nick gets an underscore and is taken back when it is free', async () => {
    ana.enter(`/join ${roomOf('taken')}/ana`);
    await ana.waitFor(/ana is taken here, so you are ana_/);
    bob.leaveRoom(roomOf('taken'));
    await ana.waitFor(/ana_ is now ana/);
  });

  test('a name without a service means the service of this room', async () => {
    ana.enter('/join #lobby');
    await ana.waitFor(inStatus(/ana in lobby, \d people/));
  });

  test('a misspelt room: the near one is offered, Enter goes there', async () => {
    ana.enter(`/join ${roomOf('lobbi')}/ana`);
    await ana.waitFor(flat(/There is no lobbi@rooms\.example\.test, but lobby@rooms\.example\.test/));
    await ana.waitFor(/Room, or new.*lobby@/);
    ana.key('Enter');
    await ana.waitFor(inStatus(/ana in lobby, \d people/));
  });

  test('§6.4 the list tells how many are there, and F2 what a room is about', async () => {
    await bob.joinRoom(roomOf('quiet'), 'bob');
    await configure(bob, roomOf('quiet'), field('roomdesc', 'About silence') + field('moderatedroom', '1'));
    ana.enter('/list');
    await ana.waitFor(/quiet.*About silence.*1 person/);
    ana.type('quiet');
    await ana.waitGone(/^lobby/m);
    ana.key('F2');
    await ana.waitFor(/quiet@rooms\.example\.test.*1 person/);
    await ana.waitFor(flat(/Only moderators see your address.*Moderated: moderators decide who may talk/));
    ana.enter('/close');
  });

  test('XEP-0433 /rooms search asks before it tells a directory', async () => {
    const shop = await world.peer();
    ana.enter(`/set rooms.directory ${shop.jid}`);
    ana.enter('/rooms search tea');
    await ana.waitFor(/Ask this directory\? \(y\/n\)/);
    ana.key('y');
    const asked = await shop.next(
      stanza => stanza.getChild('search', 'urn:xmpp:channel-search:0:search') !== undefined,
    );
    assert.match(asked.toString(), /<field var="q"><value>tea<\/value>/);
    shop.send(
      `<iq type='result' id='${asked.attrs['id']}' to='${asked.attrs['from']}'><result xmlns='urn:xmpp:channel-search:0:search'><item address='${ROOM}'><name>The lobby</name><description>Tea and talk</description><nusers>7</nusers><is-open/></item></result></iq>`,
    );
    await ana.waitFor(/lobby@rooms\.example\.test.*The lobby.*Tea and talk.*7 people/);
    ana.enter('/close');
  });

  test('XEP-0055 /people fills the form of a directory and lists who was found', async () => {
    const shop = await world.peer();
    ana.enter(`/people ${shop.jid}`);
    const get = await shop.next(stanza => stanza.getChild('query', 'jabber:iq:search') !== undefined);
    const reply = (to: typeof get, inner: string) =>
      shop.send(
        `<iq type='result' id='${to.attrs['id']}' to='${to.attrs['from']}'><query xmlns='jabber:iq:search'>${inner}</query></iq>`,
      );
    reply(get, '<instructions>Fill in</instructions><nick/>');
    await ana.waitFor(/nick/);
    ana.type('ju');
    ana.key('Tab', 'Enter');
    const set = await shop.next(stanza => stanza.attrs['type'] === 'set' && stanza.getChild('query') !== undefined);
    assert.match(set.toString(), /<nick>ju<\/nick>/);
    reply(set, "<item jid='juliet@example.test'><nick>JuliC</nick><first>Juliet</first></item>");
    await ana.waitFor(/juliet@example\.test.*Juliet, JuliC/);
    ana.enter('/close');
    ana.enter('/win lobby');
  });

  test('§7.14 /part keeps the tab, /join enters again, /close leaves', async () => {
    ana.enter('/part good night');
    await ana.waitFor(/not in this room/);
    await bob.next(stanza => stanza.attrs['type'] === 'unavailable' && stanza.attrs['from'] === `${ROOM}/ana`);
    ana.enter('/join');
    await ana.waitFor(inStatus(/ana in lobby, \d people/));
    ana.enter('/close');
    await bob.next(stanza => stanza.attrs['type'] === 'unavailable' && stanza.attrs['from'] === `${ROOM}/ana`);
  });
});
