/** The moderators' desk on a real Prosody: a wave of spammers, and everything that is done about it from one tab. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { flat, inStatus, inTab } from '../helpers/look.js';
import type { Peer } from '../helpers/peer.js';
import { openTerminal, type TestTerminal } from '../helpers/pty.js';
import { startWorld, type World } from '../helpers/world.js';

const OWNER = 'http://jabber.org/protocol/muc#owner';
const USER = 'http://jabber.org/protocol/muc#user';
const REQUEST = 'http://jabber.org/protocol/muc#request';

let world: World;
let home: string;
let mod: TestTerminal;
let watcher: TestTerminal;
let bob: Peer;
let ROOM: string;
const spammers: Peer[] = [];

const isOut = (peer: Peer, code: string) =>
  peer.next(
    stanza =>
      stanza.attrs['type'] === 'unavailable' &&
      stanza
        .getChild('x', USER)
        ?.getChildren('status')
        .some(status => status.attrs['code'] === code) === true,
  );
/** Whether a switch of the room is on, as the owner sees it. */
async function isOn(name: string): Promise<boolean> {
  const admin = await world.peerWithAccount('mod', 'pw');
  const answer = await admin.request(`<query xmlns='${OWNER}'/>`, ROOM);
  await admin.close();
  const field = answer
    .getChild('query', OWNER)
    ?.getChild('x')
    ?.getChildren('field')
    .find(one => one.attrs['var'] === `muc#roomconfig_${name}`);
  // A server may leave a no out.
  return /^(?:1|true)$/.test(field?.getChildText('value') ?? '0');
}
const openMod = (): TestTerminal =>
  openTerminal({
    columns: 130,
    rows: 34,
    home,
    args: [...world.route, '--jid', `mod@${world.prosody.domain}`, '--password-command', 'echo pw', ROOM],
  });

before(async () => {
  world = await startWorld({
    users: { mod: 'pw', bob: 'pw', spam1: 'pw', spam2: 'pw', spam3: 'pw' },
    roomModules: ['muc_moderation'],
    extraConfig: 'contact_info = { abuse = { "mailto:abuse@example.test" } }',
    modules: ['server_contact_info'],
  });
  ROOM = world.room;
  home = mkdtempSync(join(tmpdir(), 'causette-desk-'));
  mod = openMod();
  await mod.waitFor('The room is new and yours');
  bob = await world.peerWithAccount('bob', 'pw');
  await bob.joinRoom(ROOM, 'bob');
  watcher = await world.guest('watcher', { columns: 110, rows: 32 });
  await watcher.waitFor(/watcher in lobby, \d people/);
  for (const name of ['spam1', 'spam2', 'spam3']) {
    const peer = await world.peerWithAccount(name, 'pw');
    spammers.push(peer);
    await peer.joinRoom(ROOM, name);
  }
});
after(async () => {
  await mod?.kill();
  await world?.stop();
  rmSync(home, { recursive: true, force: true });
});

describe('a wave of spam', () => {
  test('a newcomer who begins with a link is remarked on, in the room and at the desk', async () => {
    await spammers[0]?.say(ROOM, 'cheap watches https://evil.test/buy');
    await mod.waitFor(flat(/spam1 begins with a link: “cheap watches https:\/\/evil\.test\/buy”/));
    assert.doesNotMatch(watcher.text(), /begins with a link/);
    mod.enter('/mod');
    await mod.waitFor(/here +spam1 {2}spam1@example\.test {2}began with a link/);
    await mod.waitFor(/id \S{7}…/);
  });

  test('who left is still there, and is banned with others by one key after one question', async () => {
    await spammers[1]?.say(ROOM, 'more cheap watches');
    spammers[1]?.leaveRoom(ROOM);
    await mod.waitFor(/left \d\d:\d\d +spam2/);
    mod.key('Home');
    mod.type(' ');
    await mod.waitFor('1 marked');
    mod.type(' ');
    await mod.waitFor('2 marked');
    mod.type('b');
    await mod.waitFor(/Ban spam\d, spam\d\? /);
    mod.type('y');
    await mod.waitFor(/Banned: spam\d, spam\d\. z takes it back/);
    await isOut(spammers[0] as Peer, '301');
    await assert.rejects((spammers[1] as Peer).joinRoom(ROOM, 'spam2'), /forbidden/);
  });

  test('z takes the bans back', async () => {
    mod.type('z');
    await mod.waitFor(/Taken back for 2 people/);
    await spammers[0]?.joinRoom(ROOM, 'angel');
    await mod.waitFor(/here +angel.*was spam1, back after a kick/);
  });

  test('purge bans and removes what was said under every nick', async () => {
    mod.enter('/win 1');
    mod.enter('/purge angel spam');
    await mod.waitFor(/Ban angel and remove 1 message for good\?/);
    mod.type('y');
    await mod.waitFor('1 message removed');
    await isOut(spammers[0] as Peer, '301');
    await watcher.waitGone(/https:\/\/evil\.test/);
    await watcher.waitFor(/more cheap watches/);
  });

  test('a pattern shows whom it fits before it kicks', async () => {
    mod.enter('/kick --match ^SPAM\\d$ a wave');
    await mod.waitFor(flat(/1 person would be sent out: spam3 spam3@example\.test/));
    await mod.waitFor(/Send 1 person out\?/);
    mod.type('n');
    await mod.waitGone(/Send 1 person out\?/);
    mod.enter('/kickre ^spam\\d$ a wave');
    await mod.waitFor(/Send 1 person out\?/);
    mod.type('y');
    await isOut(spammers[2] as Peer, '307');
  });

  test('a report says what became of it and whom to write to', async () => {
    mod.enter('/report spam3');
    await mod.waitFor(/Report spam3 to your server\?/);
    mod.type('y');
    await mod.waitFor(flat(/Your server takes no reports\. For example\.test write to mailto:abuse@example\.test/));
  });

  test('bans are a list with reason and date, and go to a file for our eyes only', async () => {
    mod.enter('/bans');
    await mod.waitFor(/spam1@example\.test {2}spam +mod, 20\d\d-/);
    const file = join(home, 'bans.txt');
    mod.enter(`/bans export ${file}`);
    await mod.waitFor('1 address written');
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.match(readFileSync(file, 'utf8'), /\nspam1@example\.test\tspam\n$/);
    mod.type('u');
    await mod.waitFor(/Let spam1@example\.test in again\?/);
    mod.type('y');
    await mod.waitFor('Nobody is banned');
    mod.enter(`/bans import ${file}`);
    await mod.waitFor(/Ban 1 address\?/);
    mod.type('y');
    await mod.waitFor(/1 address banned from lobby/);
    mod.enter('/close');
  });
});

describe('a closed room', () => {
  test('newcomers may only read; the desk asks for y or n when they want to talk', async () => {
    mod.enter('/win 1');
    mod.enter('/lockdown on');
    await mod.waitFor(/lobby is closed: newcomers may only read/);
    await bob.say(ROOM, 'I may go on');
    const newbie = await world.peer();
    await newbie.joinRoom(ROOM, 'captain nemo');
    const ask = `<message to='${ROOM}'><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE'><value>${REQUEST}</value></field><field var='muc#role'><value>participant</value></field></x></message>`;
    newbie.send(ask);
    await mod.waitFor(flat(/captain nemo \S+ asks to be allowed/));
    mod.enter('/mod');
    await mod.waitFor(inTab('desk', 'Ask to be allowed to talk 1'));
    mod.key('Home');
    mod.type('n');
    await mod.waitFor('captain nemo may not talk');
    await mod.waitGone('Ask to be allowed to talk 1');
    newbie.send(ask);
    await mod.waitFor(inTab('desk', 'Ask to be allowed to talk 1'));
    mod.key('Home');
    mod.type('y');
    await mod.waitFor('captain nemo may talk');
    await newbie.say(ROOM, 'thank you');
    await watcher.waitFor('thank you');
  });

  test('after a crash the room is still known to be closed, and opened as it was', async () => {
    assert.equal(await isOn('moderatedroom'), true);
    process.kill(await mod.pid, 'SIGKILL');
    await mod.exit;
    mod = openMod();
    await mod.waitFor(flat(/closed by your \/lockdown since .* \/lockdown off opens it again/));
    mod.enter('/lockdown off');
    await mod.waitFor('lobby is open again');
    assert.equal(await isOn('moderatedroom'), false);
  });
});

describe('ranks and the end', () => {
  test('ranks are lists with keys', async () => {
    mod.enter('/affiliation bob member');
    await mod.waitFor(flat(/bob@example\.test now has the affiliation member/));
    mod.enter('/affiliation');
    await mod.waitFor(/1 member/);
    mod.key('Home', 'Down');
    mod.type('a');
    await mod.waitFor(/Make bob@example\.test admin\?/);
    mod.type('y');
    await mod.waitFor(/1 admin/);
    mod.enter('/close');
  });

  test('a setting is changed by name, and the room says so to the others', async () => {
    mod.enter('/win 1');
    mod.enter('/config membersonly on');
    await mod.waitFor(/membersonly is now on/);
    await watcher.waitFor(flat(/the room is for members only now|is for members only/i));
    mod.enter('/config membersonly off');
    await mod.waitFor(/membersonly is now off/);
  });

  test('a destroyed room sends everybody to the new one', async () => {
    watcher.enter('/join');
    await watcher.waitFor(inStatus(/watcher in lobby, \d people/));
    const next = `cellar@${world.prosody.roomService}`;
    mod.enter(`/destroy ${next} we moved`);
    await mod.waitFor(/End lobby@/);
    mod.type('y');
    await watcher.waitFor(flat(/The room was destroyed: we moved\. \/join goes to cellar@/));
    await mod.waitFor(flat(/\/join goes to cellar@/));
    mod.enter('/join');
    await mod.waitFor(/mod in cellar/);
    watcher.enter('/join');
    await watcher.waitFor(/watcher in cellar, 2 people/);
  });
});
