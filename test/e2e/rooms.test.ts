/** The use cases of XEP-0045 on a real Prosody, with three kinds of clients in the room: ours, a scripted one, and profanity. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Peer } from '../helpers/peer.js';
import { openTerminal, type TestTerminal } from '../helpers/pty.js';
import { startWorld, type World } from '../helpers/world.js';

const OWNER = 'http://jabber.org/protocol/muc#owner';
const ADMIN = 'http://jabber.org/protocol/muc#admin';
const USER = 'http://jabber.org/protocol/muc#user';

let world: World;
let mod: TestTerminal;
let bob: Peer;
let profanity: TestTerminal;
let ROOM: string;

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
/** The next presence of this occupant whose item has the attribute. */
const itemOf = (peer: Peer, occupant: string, name: string, value: string) =>
  peer.next(
    stanza =>
      stanza.is('presence') &&
      stanza.attrs['from'] === occupant &&
      stanza.getChild('x', USER)?.getChild('item')?.attrs[name] === value,
  );

/** The words on the screen whatever lines they were broken into. */
const flat = (words: RegExp) => (lines: readonly string[]) => words.test(lines.join(' ').replace(/[\s│]+/g, ' '));

before(async () => {
  world = await startWorld({ users: { mod: 'pw', bob: 'pw', carol: 'pw' }, roomModules: ['muc_moderation'] });
  ROOM = world.room;
  const { prosody } = world;
  mod = openTerminal({
    columns: 110,
    rows: 32,
    args: [...world.route, '--jid', `mod@${prosody.domain}`, '--password-command', 'echo pw', ROOM],
  });
  await mod.waitFor('The room is new and yours');
  bob = await world.peerWithAccount('bob', 'pw');
  await bob.joinRoom(ROOM, 'captain nemo');
  profanity = openTerminal({ columns: 110, rows: 32, command: ['profanity'] });
  await profanity.waitFor(/offline/);
  profanity.enter(`/connect carol@${prosody.domain} server ${prosody.host} port ${prosody.port} tls trust`);
  await profanity.waitFor(/enter password/i);
  profanity.enter('pw');
  await profanity.waitFor(/online/);
  profanity.enter(`/join ${ROOM} nick carol`);
  await profanity.waitFor('You have joined the room as carol');
});
after(async () => {
  await Promise.all([mod?.kill(), profanity?.kill()]);
  await world?.stop();
});

describe('three clients in a room', () => {
  test('§7.2 everybody sees who is there, with their ranks as text', async () => {
    await mod.waitFor(/~ mod/);
    await mod.waitFor(/ carol/);
    mod.enter('/names');
    await mod.waitFor(/2 participants: captain nemo carol/);
    await profanity.waitFor('captain nemo');
  });

  test('§7.4 what one says all hear', async () => {
    mod.enter('hello from the owner');
    await bob.heard('hello from the owner');
    await profanity.waitFor(/mod: hello from the owner/);
    profanity.enter('hello from profanity');
    await mod.waitFor(/carol.*hello from profanity/);
    await bob.say(ROOM, 'hello from the script');
    await mod.waitFor(/captain nemo.*hello from the script/);
    await profanity.waitFor(/captain nemo: hello from the script/);
  });

  test('§7.5 a private message to a nick with a space, and back', async () => {
    mod.enter('/msg captain nemo only you');
    const heard = await bob.heard('only you');
    assert.equal(heard.attrs['from'], `${ROOM}/mod`);
    bob.message(`${ROOM}/mod`, 'only I', `<x xmlns='${USER}'/>`);
    await mod.waitFor(/2:captain nemo\*1/);
    mod.key('Alt-a');
    await mod.waitFor('only I');
    mod.enter('/close');
    await mod.waitFor('hello from the script');
  });

  test('§7.6 a nick is changed, one that is taken is not', async () => {
    mod.enter('/nick big boss');
    await profanity.waitFor(/mod is now known as big boss/);
    await mod.waitFor('big boss>');
    mod.enter('/nick carol');
    await mod.waitFor(/Somebody here has this nick.*\/nick OTHERNICK/s);
    mod.enter('/nick mod');
    await mod.waitFor('mod>');
  });

  test('§8.1 the subject is set, shown with its setter, and Tab takes it into the line', async () => {
    mod.enter('/topic Tea at five');
    await profanity.waitFor('Tea at five');
    await bob.next(stanza => stanza.getChildText('subject') === 'Tea at five');
    await mod.waitFor('mod set the subject: Tea at five');
    mod.enter('/topic');
    await mod.waitFor(/set by mod on 20\d\d/);
    mod.type('/topic ');
    mod.key('Tab');
    await mod.waitFor(/\/topic Tea at five/);
    mod.key('Ctrl-u');
  });

  test('§9.6, §9.7 a moderator is made for the visit and unmade', async () => {
    mod.enter('/op captain nemo');
    await itemOf(bob, `${ROOM}/captain nemo`, 'role', 'moderator');
    await mod.waitFor('A room has two kinds of rank');
    mod.enter('/deop captain nemo');
    await itemOf(bob, `${ROOM}/captain nemo`, 'role', 'participant');
  });

  test('§8.2 a kick is seen by all and says by whom and why', async () => {
    mod.enter('/kick carol too loud');
    await profanity.waitFor(/kicked.*too loud/is);
    await mod.waitFor(flat(/carol \(carol@example\.test\) was kicked by mod \(too loud\)/));
  });

  test('§9.1, §9.2 who has left is remembered with the address, banned by nick, listed and let in again', async () => {
    mod.enter('/whowas carol');
    await mod.waitFor(/carol@example\.test/);
    mod.enter('/ban carol spam');
    await mod.waitFor(/carol@example\.test is banned/);
    profanity.enter(`/join ${ROOM} nick carol`);
    await profanity.waitFor(/banned|forbidden/i);
    mod.enter('/bans');
    await mod.waitFor(/1 address banned/);
    mod.enter('/close');
    mod.enter('/unban carol');
    await mod.waitFor('may enter');
  });

  test('XEP-0425 a moderator removes what somebody said, for everybody', async () => {
    await bob.say(ROOM, 'buy my watches');
    await mod.waitFor('buy my watches');
    mod.enter('/retract captain nemo advertising');
    await mod.waitFor(/Remove “buy my watches”/);
    mod.type('y');
    await bob.next(stanza => stanza.is('message') && stanza.getChild('apply-to', 'urn:xmpp:fasten:0') !== undefined);
    await mod.waitFor(() => mod.screen().every(line => !/captain nemo.*buy my watches/.test(line)));
  });

  test('§8.3, §8.4, §8.6 in a moderated room voice is taken, asked for and given', async () => {
    mod.enter('/mode +m');
    await mod.waitFor('is now moderated');
    mod.enter('/mode -v captain nemo');
    await itemOf(bob, `${ROOM}/captain nemo`, 'role', 'visitor');
    bob.send(
      `<message to='${ROOM}'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#request</value></field><field var='muc#role'><value>participant</value></field></x></message>`,
    );
    await mod.waitFor(/captain nemo \(bob@[^)]*\) asks to be allowed/);
    mod.enter('/voice captain nemo');
    await itemOf(bob, `${ROOM}/captain nemo`, 'role', 'participant');
    mod.enter('/mode -m');
    await mod.waitFor(/not moderated/);
  });

  test('§9.3, §7.8.2 a room for members only: others must go, an invitation makes a member', async () => {
    const carol = await world.peerWithAccount('carol', 'pw');
    mod.enter('/configure membersonly on');
    await mod.waitFor(/membersonly is now on/);
    await bob.next(stanza => stanza.attrs['type'] === 'unavailable' && stanza.attrs['from'] === `${ROOM}/captain nemo`);
    await assert.rejects(carol.joinRoom(ROOM, 'carol'), /registration-required/);
    mod.enter('/invite carol@example.test come back');
    await carol.next(stanza => stanza.getChild('x', USER)?.getChild('invite')?.getChildText('reason') === 'come back');
    await carol.joinRoom(ROOM, 'carol');
    await mod.waitFor(/carol \(carol@example\.test\) joined/);
    mod.enter('/configure membersonly off');
    await mod.waitFor(/membersonly is now off/);
    await bob.joinRoom(ROOM, 'captain nemo');
    await mod.waitFor('mod in lobby, 3 people');
  });

  test('§9.5, §10.6 the lists of who is what', async () => {
    mod.enter('/affiliation captain nemo admin');
    await itemOf(bob, `${ROOM}/captain nemo`, 'affiliation', 'admin');
    mod.enter('/affiliation');
    await mod.waitFor(/1 admin\b/);
    await mod.waitFor(/bob@example\.test/);
    mod.enter('/close');
    await mod.waitFor('mod in lobby');
    mod.enter('/affiliation captain nemo none');
    await itemOf(bob, `${ROOM}/captain nemo`, 'affiliation', 'none');
  });
});

describe('what others do to us', () => {
  test('§7.8 invitations of both kinds are told, listed, refused and accepted', async () => {
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
    await mod.waitFor(/lobby@.*Tea room.*no news/);
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
    await ana.waitFor(/ana in lobby, \d people/);
  });
  after(() => ana?.kill());

  test('§7.2.6 a password is asked in the line, again when it was wrong', async () => {
    ana.enter(`/join ${roomOf('locked')}/zoe`);
    await ana.waitFor(/Password of locked@/);
    ana.enter('wrong');
    await ana.waitFor(/not the password/);
    ana.enter('sesame');
    await ana.waitFor(/You are zoe in locked/);
    assert.doesNotMatch(ana.text(), /sesame/);
  });

  test('§7.2.7 a room for members says so in its tab, with what to do', async () => {
    ana.enter(`/join ${roomOf('members')}/zoe`);
    await ana.waitFor(flat(/is for members only\. Ask a member/));
  });

  test('§7.2.8 banned', async () => {
    ana.enter(`/join ${roomOf('closed')}/zoe`);
    await ana.waitFor(flat(/banned from closed@.* \/contact/));
  });

  test('§7.2.9 a taken nick gets an underscore and is taken back when it is free', async () => {
    ana.enter(`/join ${roomOf('taken')}/ana`);
    await ana.waitFor(/ana is taken here, so you are ana_/);
    bob.leaveRoom(roomOf('taken'));
    await ana.waitFor(/ana_ is now ana/);
  });

  test('a name without a service means the service of this room', async () => {
    ana.enter('/join #lobby');
    await ana.waitFor(/ana in lobby, \d people/);
  });

  test('§7.14 /part keeps the tab, /join enters again, /close leaves', async () => {
    ana.enter('/part good night');
    await ana.waitFor(/not in this room/);
    await bob.next(stanza => stanza.attrs['type'] === 'unavailable' && stanza.attrs['from'] === `${ROOM}/ana`);
    ana.enter('/join');
    await ana.waitFor(/ana in lobby, \d people/);
    ana.enter('/close');
    await bob.next(stanza => stanza.attrs['type'] === 'unavailable' && stanza.attrs['from'] === `${ROOM}/ana`);
  });
});
