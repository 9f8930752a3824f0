/** The use cases of XEP-0045 that every room service must serve, with three kinds of clients in the room: ours, a scripted one, and profanity. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { flat, inLine, inTab } from './look.js';
import type { Peer } from './peer.js';
import { openTerminal, type TestTerminal } from './pty.js';

const USER = 'http://jabber.org/protocol/muc#user';
/** That of the distribution, which slixmpp is installed for. */
const PYTHON = '/usr/bin/python3';
const SLIXMPP = fileURLToPath(new URL('slixmpp-client.py', import.meta.url));
const OWNER = 'http://jabber.org/protocol/muc#owner';

/** The server under test; accounts `mod`, `bob` and `carol` have the password `pw`. */
export interface RoomServer {
  readonly host: string;
  readonly port: number;
  readonly domain: string;
  /** SASL ANONYMOUS. */
  readonly guestHost: string;
  readonly roomService: string;
  readonly caFile: string;
  /** Arguments that lead our program there. */
  readonly route: readonly string[];
}
export interface RoomClients {
  /** Ours, the owner. */
  readonly mod: TestTerminal;
  /** Scripted, as `captain nemo`. */
  readonly bob: Peer;
  /** By other people, as `carol`. */
  readonly profanity: TestTerminal;
  readonly room: string;
  readonly domain: string;
  readonly server: RoomServer;
  /** Another scripted client. */
  peer(local: string): Promise<Peer>;
}

/** The next presence of this occupant whose item has the attribute. */
export const itemOf = (peer: Peer, occupant: string, name: string, value: string) =>
  peer.next(
    stanza =>
      stanza.is('presence') &&
      stanza.attrs['from'] === occupant &&
      stanza.getChild('x', USER)?.getChild('item')?.attrs[name] === value,
  );

/** Our program as a guest in this room. */
export const openGuest = ({ route, guestHost }: RoomServer, nick: string, room: string): TestTerminal =>
  openTerminal({ columns: 110, rows: 32, args: [...route, '--server', guestHost, '--nick', nick, room] });

/** A client on slixmpp that is in the room as `carol`: it prints presences as `available nick affiliation role`, messages as `nick: text`. */
export async function openSlixmpp(server: RoomServer, room: string): Promise<TestTerminal> {
  const { host, port, domain, caFile } = server;
  const terminal = openTerminal({
    columns: 110,
    rows: 32,
    command: [PYTHON, SLIXMPP, `carol@${domain}`, 'pw', host, String(port), caFile, room, 'carol'],
  });
  await terminal.waitFor('entered');
  return terminal;
}

/** Changes settings of a room as its owner. */
export async function configure(peer: Peer, room: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const fields = Object.entries(settings).map(
    ([name, value]) => `<field var='muc#roomconfig_${name}'><value>${value}</value></field>`,
  );
  const answer = await peer.request(
    `<query xmlns='${OWNER}'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#roomconfig</value></field>${fields.join('')}</x></query>`,
    room,
    'set',
  );
  assert.equal(answer.attrs['type'], 'result', answer.toString());
}

/** Brings the three into a new room. */
export async function enterRoom(
  server: RoomServer,
  room: string,
  peer: (local: string) => Promise<Peer>,
): Promise<RoomClients> {
  const mod = openTerminal({
    columns: 110,
    rows: 32,
    args: [...server.route, '--jid', `mod@${server.domain}`, '--password-command', 'echo pw', room],
  });
  await mod.waitFor('The room is new and yours');
  const bob = await peer('bob');
  await bob.joinRoom(room, 'captain nemo');
  const profanity = openTerminal({ columns: 110, rows: 32, command: ['profanity'] });
  await profanity.waitFor(/offline/);
  profanity.enter(`/connect carol@${server.domain} server ${server.host} port ${server.port} tls trust`);
  await profanity.waitFor(/enter password/i);
  profanity.enter('pw');
  await profanity.waitFor(/online/);
  profanity.enter(`/join ${room} nick carol`);
  await profanity.waitFor('You have joined the room as carol');
  return { mod, bob, profanity, room, domain: server.domain, server, peer };
}

/** Registers the tests; `clients` is asked when they run. */
export function roomCases(clients: () => RoomClients): void {
  test('§7.2.2 everybody sees who is there, with their ranks as text', async () => {
    const { mod, profanity } = clients();
    await mod.waitFor(/~ mod/);
    await mod.waitFor(/ carol/);
    mod.enter('/names');
    await mod.waitFor(/2 participants: captain nemo carol/);
    await profanity.waitFor('captain nemo');
  });

  test('§7.4 what one says all hear', async () => {
    const { mod, bob, profanity, room } = clients();
    mod.enter('hello from the owner');
    await bob.heard('hello from the owner');
    await profanity.waitFor(/mod: hello from the owner/);
    profanity.enter('hello from profanity');
    await mod.waitFor(/carol.*hello from profanity/);
    await bob.say(room, 'hello from the script');
    await mod.waitFor(/captain nemo.*hello from the script/);
    await profanity.waitFor(/captain nemo: hello from the script/);
  });

  test('§7.5 a private message to a nick with a space, and back', async () => {
    const { mod, bob, room } = clients();
    mod.enter('/msg captain nemo only you');
    const heard = await bob.heard('only you');
    assert.equal(heard.attrs['from'], `${room}/mod`);
    bob.message(`${room}/mod`, 'only I', `<x xmlns='${USER}'/>`);
    await mod.waitFor(/2:captain nemo\*1/);
    mod.key('Alt-a');
    await mod.waitFor('only I');
    mod.enter('/close');
    await mod.waitFor(inTab('lobby', 'hello from the script'));
  });

  test('§7.6 a nick is changed, one that is taken is not', async () => {
    const { mod, profanity } = clients();
    mod.enter('/nick big boss');
    await profanity.waitFor(/mod is now known as big boss/);
    await mod.waitFor(inLine(/^big boss>/));
    mod.enter('/nick carol');
    await mod.waitFor(/Somebody here has this nick.*\/nick OTHERNICK/s);
    mod.enter('/nick mod');
    await mod.waitFor(inLine(/^mod>/));
  });

  test('§8.1 the subject is set, shown with its setter, and Tab takes it into the line', async () => {
    const { mod, bob, profanity } = clients();
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
    const { mod, bob, room } = clients();
    mod.enter('/op captain nemo');
    await itemOf(bob, `${room}/captain nemo`, 'role', 'moderator');
    await mod.waitFor('A room has two kinds of rank');
    mod.enter('/deop captain nemo');
    await itemOf(bob, `${room}/captain nemo`, 'role', 'participant');
  });

  test('§8.2 a kick is seen by all and says by whom and why', async () => {
    const { mod, profanity, domain } = clients();
    mod.enter('/kick carol too loud');
    await profanity.waitFor(/kicked.*too loud/is);
    await mod.waitFor(flat(new RegExp(`carol \\(carol@${domain}\\) was kicked by mod \\(too loud\\)`)));
  });

  test('§9.1, §9.2 who has left is remembered with the address, banned by nick, listed and let in again', async () => {
    const { mod, profanity, room, domain } = clients();
    mod.enter('/whowas carol');
    await mod.waitFor(new RegExp(`carol@${domain}`));
    mod.enter('/ban carol spam');
    await mod.waitFor(new RegExp(`carol@${domain} is banned`));
    profanity.enter(`/join ${room} nick carol`);
    await profanity.waitFor(/banned|forbidden/i);
    mod.enter('/bans');
    await mod.waitFor(/1 address banned/);
    mod.enter('/close');
    await mod.waitFor(inTab('lobby'));
    mod.enter('/unban carol');
    await mod.waitFor('may enter');
  });

  test('§8.3, §8.4, §8.6 in a moderated room voice is taken, asked for and given', async () => {
    const { mod, bob, room } = clients();
    mod.enter('/mode +m');
    await mod.waitFor('is now moderated');
    mod.enter('/mode -v captain nemo');
    await itemOf(bob, `${room}/captain nemo`, 'role', 'visitor');
    bob.send(
      `<message to='${room}'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>http://jabber.org/protocol/muc#request</value></field><field var='muc#role'><value>participant</value></field></x></message>`,
    );
    await mod.waitFor(flat(/captain nemo \(bob@[^)]*\) asks to be allowed/));
    mod.enter('/voice captain nemo');
    await itemOf(bob, `${room}/captain nemo`, 'role', 'participant');
    mod.enter('/mode -m');
    await mod.waitFor(/not moderated/);
  });

  test('§9.3, §7.8.2 a room for members only: others must go, an invitation makes a member', async () => {
    const { mod, bob, room, peer, domain } = clients();
    const carol = await peer('carol');
    mod.enter('/configure membersonly on');
    await mod.waitFor(/membersonly is now on/);
    await bob.next(stanza => stanza.attrs['type'] === 'unavailable' && stanza.attrs['from'] === `${room}/captain nemo`);
    await assert.rejects(carol.joinRoom(room, 'carol'), /registration-required/);
    mod.enter(`/invite carol@${domain} come back`);
    await carol.next(stanza => stanza.getChild('x', USER)?.getChild('invite')?.getChildText('reason') === 'come back');
    await carol.joinRoom(room, 'carol');
    await mod.waitFor(new RegExp(`carol \\(carol@${domain}\\) joined`));
    mod.enter('/configure membersonly off');
    await mod.waitFor(/membersonly is now off/);
    // Prosody 0.12 does not tell the others that somebody had to go.
    await bob.joinRoom(room, 'captain nemo');
    await mod.waitFor('mod in lobby, 3 people');
    carol.leaveRoom(room);
    await mod.waitFor('mod in lobby, 2 people');
  });

  test('§10.6, §10.7 an administrator is made and unmade, and the lists say so', async () => {
    const { mod, bob, room, domain } = clients();
    mod.enter('/affiliation captain nemo admin');
    await itemOf(bob, `${room}/captain nemo`, 'affiliation', 'admin');
    mod.enter('/affiliation');
    await mod.waitFor(/1 admin\b/);
    await mod.waitFor(new RegExp(`bob@${domain}`));
    mod.enter('/close');
    await mod.waitFor('mod in lobby');
    mod.enter('/affiliation captain nemo none');
    await itemOf(bob, `${room}/captain nemo`, 'affiliation', 'none');
  });
}
