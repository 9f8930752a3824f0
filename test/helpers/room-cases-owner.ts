/** The use cases of XEP-0045 about lists of ranks, making, changing and ending rooms, with the three clients in the room. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { flat } from './look.js';
import type { TestTerminal } from './pty.js';
import { itemOf, openSlixmpp, type RoomClients } from './room-cases.js';

const USER = 'http://jabber.org/protocol/muc#user';
const INFO = "<query xmlns='http://jabber.org/protocol/disco#info'/>";

/** Registers the tests; `clients` is asked when they run, and carol comes by slixmpp. */
export function ownerCases(clients: () => RoomClients): void {
  let carol: TestTerminal;
  before(async () => {
    carol = await openSlixmpp(clients().server, clients().room);
  });
  after(() => carol?.kill());
  const roomOf = (name: string): string => `${name}@${clients().server.roomService}`;
  const nemo = (name: string, value: string) => itemOf(clients().bob, `${clients().room}/captain nemo`, name, value);
  const isOut = (code: string) => {
    const { bob, room } = clients();
    return bob.next(
      stanza =>
        stanza.attrs['type'] === 'unavailable' &&
        stanza.attrs['from'] === `${room}/captain nemo` &&
        stanza
          .getChild('x', USER)
          ?.getChildren('status')
          .some(status => status.attrs['code'] === code) === true,
    );
  };

  test('§8.5 at the desk several are muted and given voice by one key', async () => {
    const { mod, bob, room } = clients();
    bob.leaveRoom(room);
    await mod.waitFor(/mod in lobby, 2 people/);
    await bob.joinRoom(room, 'captain nemo');
    mod.enter('/mod');
    await mod.waitFor(/here +captain nemo/);
    const rowOf = (words: string): number => mod.screen().findIndex(line => line.includes(words));
    const between = rowOf(' carol@') - rowOf(' captain nemo ') - 1;
    assert.ok(between >= 0, mod.text());
    for (const [key, question, role] of [
      ['m', /only read\?/, 'visitor'],
      ['u', /Let .* talk\?/, 'participant'],
    ] as const) {
      mod.key('Home');
      mod.type(' ');
      await mod.waitFor('1 marked');
      for (let i = 0; i < between; i++) mod.key('Down');
      mod.type(' ');
      await mod.waitFor('2 marked');
      mod.type(key);
      await mod.waitFor(question);
      mod.type('y');
      await itemOf(bob, `${room}/captain nemo`, 'role', role);
      await itemOf(bob, `${room}/carol`, 'role', role);
      await mod.waitFor('Space marks');
    }
    mod.enter('/close');
    await mod.waitFor(/mod in lobby, 3 people/);
  });

  test('§9.8 /names shows the moderators, /op and /deop change who is one', async () => {
    const { mod } = clients();
    mod.enter('/op captain nemo');
    mod.enter('/op carol');
    await carol.waitFor(/available carol \w+ moderator/);
    await mod.waitFor('moderators 3');
    mod.enter('/names');
    await mod.waitFor(/3 moderators: .*captain nemo/);
    mod.enter('/deop captain nemo');
    mod.enter('/deop carol');
    await mod.waitFor('participants 2');
    mod.enter('/names');
    await mod.waitFor(/1 moderator: ~?mod/);
  });

  test('§9.3, §9.4 a membership is given and taken, and without it one is out of a room for members', async () => {
    const { mod, bob, room } = clients();
    mod.enter('/clear');
    await mod.waitGone('membersonly is now on');
    mod.enter('/affiliation captain nemo member');
    await nemo('affiliation', 'member');
    mod.enter('/configure membersonly on');
    await mod.waitFor('membersonly is now on');
    mod.enter('/affiliation captain nemo none');
    await isOut('321');
    await mod.waitFor(flat(/captain nemo .*no longer a member|captain nemo .*members/));
    mod.enter('/configure membersonly off');
    await mod.waitFor('membersonly is now off');
    await bob.joinRoom(room, 'captain nemo');
  });

  test('§9.5, §10.5, §10.8 the lists of members, admins and owners are changed by keys', async () => {
    const { mod, domain } = clients();
    mod.enter('/affiliation captain nemo member');
    await nemo('affiliation', 'member');
    mod.enter('/affiliation');
    await mod.waitFor(/Who is what in/);
    for (const [key, rank] of [
      ['a', 'admin'],
      ['o', 'owner'],
    ] as const) {
      mod.key('Home', 'Down');
      mod.type(key);
      await mod.waitFor(flat(new RegExp(`Make bob@${domain} ${rank}\\?`)));
      mod.type('y');
      await nemo('affiliation', rank);
      await mod.waitFor(
        new RegExp(
          `1 address now ${rank}(?:.|\\n)*(?:1 ${rank}|2 ${rank}s)|(?:1 ${rank}|2 ${rank}s)(?:.|\\n)*1 address now ${rank}`,
        ),
      );
    }
    mod.enter('/close');
    mod.enter('/affiliation captain nemo member');
    await nemo('affiliation', 'member');
  });
  test('§10.3, §10.4 an owner is made and unmade', async () => {
    const { mod } = clients();
    mod.enter('/affiliation captain nemo owner');
    await nemo('affiliation', 'owner');
    await mod.waitFor(/~ captain nemo/);
    mod.enter('/affiliation captain nemo member');
    await nemo('affiliation', 'member');
    mod.enter('/affiliation captain nemo none');
    await nemo('affiliation', 'none');
  });

  test('§10.2 the settings are a form, and one of them is changed by its name', async () => {
    const { mod, bob, room } = clients();
    mod.enter('/configure roomname The tea room');
    await mod.waitFor('roomname is now The tea room');
    assert.match((await bob.request(INFO, room)).toString(), /name="The tea room"/);
    mod.enter('/configure');
    await mod.waitFor(/: The tea room/);
    mod.key('Escape');
    await mod.waitFor(() => mod.cursor().row === mod.rows - 1);
    mod.enter('/form save');
    await mod.waitFor('Nothing was changed');
    mod.enter('/configure roomname lobby');
    await mod.waitFor('roomname is now lobby');
  });

  test('§10.1.2, §10.9 a new room is open at once, and when it is ended everybody is shown the next', async () => {
    const { mod, bob } = clients();
    mod.enter(`/join -new ${roomOf('fresh')}`);
    await mod.waitFor('The room is new and yours');
    await bob.joinRoom(roomOf('fresh'), 'captain nemo');
    await mod.waitFor(/captain nemo .*joined/);
    mod.enter(`/destroy ${roomOf('lobby')} we moved`);
    await mod.waitFor(/End fresh@/);
    mod.type('y');
    const gone = await bob.next(
      stanza => stanza.getChild('x', USER)?.getChild('destroy')?.attrs['jid'] === roomOf('lobby'),
    );
    assert.match(gone.toString(), /we moved/);
    await mod.waitFor(flat(/The room was destroyed.*\/join goes to lobby@/));
    mod.enter('/close');
    await mod.waitFor('mod in lobby');
  });

  test('§10.1.3 a room is made as a channel or as a group', async () => {
    const { mod, bob } = clients();
    const info = async (name: string) => (await bob.request(INFO, roomOf(name))).toString();
    mod.enter(`/create -channel ${roomOf('plaza')}`);
    await mod.waitFor(flat(/A channel: everybody may find and enter it/));
    assert.match(await info('plaza'), /muc_open/);
    mod.enter('/close');
    mod.enter(`/create -group ${roomOf('club')}`);
    await mod.waitFor(flat(/A group: hidden, for members only/));
    const club = await info('club');
    for (const feature of ['muc_membersonly', 'muc_hidden', 'muc_nonanonymous', 'muc_persistent']) {
      assert.ok(club.includes(feature), `${feature} in ${club}`);
    }
    mod.enter('/close');
    await mod.waitFor('mod in lobby');
  });

  test('§11.1 whose client answers with errors is taken out, and it is said why', async () => {
    const { mod, bob, room } = clients();
    bob.send(
      `<message type='error' to='${room}'><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></message>`,
    );
    await mod.waitFor(flat(/captain nemo .*(?:technical problem|left)/));
    await mod.waitFor('mod in lobby, 2 people');
    await bob.joinRoom(room, 'captain nemo');
  });
}
