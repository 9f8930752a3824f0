/** The use cases of XEP-0045 about finding and entering rooms, with our program as a guest beside the three clients. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { flat, inTab } from './look.js';
import type { TestTerminal } from './pty.js';
import { configure, openGuest, openSlixmpp, type RoomClients } from './room-cases.js';

const ADMIN = 'http://jabber.org/protocol/muc#admin';
const INFO = "<query xmlns='http://jabber.org/protocol/disco#info'/>";

/** Registers the tests; `clients` is asked when they run. The guest is called zoe and is in the room at the end of each test. */
export function enteringCases(clients: () => RoomClients): void {
  let zoe: TestTerminal;
  let carol: TestTerminal;
  const roomOf = (name: string): string => `${name}@${clients().server.roomService}`;
  before(async () => {
    const { bob, room, server } = clients();
    for (const name of ['locked', 'members', 'taken', 'closed', 'story']) await bob.joinRoom(roomOf(name), 'zoe');
    await configure(bob, roomOf('locked'), { passwordprotectedroom: '1', roomsecret: 'sesame' });
    await configure(bob, roomOf('members'), { membersonly: '1' });
    await bob.request(
      `<query xmlns='${ADMIN}'><item jid='${server.guestHost}' affiliation='outcast'/></query>`,
      roomOf('closed'),
      'set',
    );
    carol = await openSlixmpp(server, room);
  });
  after(async () => {
    zoe?.enter('/quit');
    await zoe?.waitExit();
    await Promise.all([zoe?.kill(), carol?.kill()]);
  });

  test('§6.1, §6.2 /disco finds the service of rooms and says what it is', async () => {
    const { mod, server } = clients();
    mod.enter('/disco');
    await mod.waitFor(inTab('disco', server.roomService));
    mod.enter(`/disco ${server.roomService}`);
    await mod.waitFor(/rooms \(conference\/text\)/);
    await mod.waitFor(new RegExp(`/list ${server.roomService} +its rooms`));
    mod.enter('/close');
  });

  test('§6.3 /list shows the rooms of a service', async () => {
    const { mod, server } = clients();
    mod.enter(`/list ${server.roomService}`);
    await mod.waitFor(inTab('rooms', /lobby.*3 people/));
    mod.enter('/close');
    await mod.waitFor(inTab('lobby'));
  });

  test('§6.4 /preview tells what a room is before one enters it', async () => {
    const { mod } = clients();
    mod.enter(`/preview ${roomOf('members')}`);
    await mod.waitFor(flat(/Only moderators see your address\..*Members only\./));
  });

  test('§6.6, §6.7 an occupant is asked what the client can do, both ways', async () => {
    const { mod, bob, room } = clients();
    mod.enter(`/disco ${room}/carol`);
    await mod.waitFor(/client \(client\//);
    await mod.waitFor(/Multi-User Chat/);
    mod.enter('/close');
    const answer = await bob.request(INFO, `${room}/mod`);
    assert.match(answer.toString(), /var="http:\/\/jabber\.org\/protocol\/muc"/);
  });

  test('§7.2.1, §7.2.4, §7.2.15 a guest enters with one command, sees who is there, what the room is and its subject', async () => {
    const { bob, mod, room, server } = clients();
    zoe = openGuest(server, 'zoe', room);
    await zoe.waitFor(/You are zoe in lobby: 4 people, 1 moderator/);
    await zoe.waitFor(flat(/Only moderators see your address/));
    await zoe.waitFor(/Tea at five/);
    await zoe.waitFor(/~ mod/);
    await bob.next(stanza => stanza.is('presence') && stanza.attrs['from'] === `${room}/zoe`);
    await carol.waitFor('available zoe none participant');
    mod.enter('/whois zoe');
    await mod.waitFor(new RegExp(`@${server.guestHost}`));
    zoe.enter('/whois carol');
    await zoe.waitFor(/address:? +hidden by the room/);
    assert.doesNotMatch(zoe.text(), new RegExp(`carol@${server.domain}`));
  });

  test('§7.2.16 what is said from now on is heard', async () => {
    const { bob, mod } = clients();
    zoe.enter('good evening');
    await bob.heard('good evening');
    await carol.waitFor('zoe: good evening');
    carol.enter('good evening from slixmpp');
    await zoe.waitFor(/carol> good evening from slixmpp/);
    mod.enter('good evening, zoe');
    await zoe.waitFor(/mod> good evening, zoe/);
  });

  test('§7.2.3, §10.2.1 when the room begins to show addresses it says so, and whoever enters is told', async () => {
    const { mod, room, server } = clients();
    mod.enter('/configure whois anyone');
    await zoe.waitFor(flat(/From now on everybody here sees your address/));
    const yan = openGuest(server, 'yan', room);
    await yan.waitFor(flat(/You are yan in lobby: 5 people, 1 moderator\. Everybody here sees your address/));
    yan.enter('/whois carol');
    await yan.waitFor(new RegExp(`carol@${server.domain}`));
    yan.enter('/quit');
    await yan.waitExit();
    await yan.kill();
    mod.enter('/configure whois moderators');
    await zoe.waitFor(flat(/From now on only moderators see addresses/));
  });

  test('§7.2.5 a password is asked in the line, again when it was wrong', async () => {
    zoe.enter(`/join ${roomOf('locked')}/ana`);
    await zoe.waitFor(/Password of locked@/);
    zoe.enter('wrong');
    await zoe.waitFor(/not the password/);
    zoe.enter('sesame');
    await zoe.waitFor(/You are ana in locked/);
    assert.doesNotMatch(zoe.text(), /sesame/);
    zoe.enter('/close');
  });

  test('§7.2.6 a room for members says so in its tab, with what to do', async () => {
    zoe.enter(`/join ${roomOf('members')}/ana`);
    await zoe.waitFor(flat(/is for members only.*Ask a member/));
    zoe.enter('/close');
  });

  test('§7.2.7 whoever is banned is told whom to ask', async () => {
    zoe.enter(`/join ${roomOf('closed')}/ana`);
    await zoe.waitFor(flat(/banned from closed@.* \/contact/));
    zoe.enter('/close');
  });

  test('§7.2.8 a taken nick gets an underscore and is taken back when it is free', async () => {
    const { bob } = clients();
    zoe.enter(`/join ${roomOf('taken')}`);
    await zoe.waitFor(/zoe is taken here, so you are zoe_/);
    bob.leaveRoom(roomOf('taken'));
    await zoe.waitFor(/zoe_ is now zoe/);
    zoe.enter('/close');
  });

  test('§7.2.13, §7.2.14 what was said before stands above, as much of it as one wants', async () => {
    const { bob } = clients();
    for (const line of ['line one', 'line two', 'line three']) await bob.say(roomOf('story'), line);
    zoe.enter(`/set rooms.history 2`);
    zoe.enter(`/join ${roomOf('story')}/ana`);
    await zoe.waitFor(/You are ana in story/);
    await zoe.waitFor(/line two(?:.|\n)*line three/);
    assert.doesNotMatch(zoe.text(), /line one/);
    zoe.enter('/close');
  });

  test('§7.2.17 a service that does not answer is one sentence', async () => {
    const { mod } = clients();
    mod.enter('/join lobby@no.such.test');
    await mod.waitFor(flat(/no\.such\.test (?:was not found|cannot be reached|does not exist|did not answer)/));
    mod.enter('/close');
    await mod.waitFor('mod in lobby');
  });

  test('§7.3 a participant sets the subject where that is allowed', async () => {
    const { mod, bob } = clients();
    mod.enter('/configure changesubject off');
    await mod.waitFor('changesubject is now off');
    zoe.enter('/topic My tea');
    await zoe.waitFor(flat(/lobby@\S+ does not allow you to do this/));
    mod.enter('/configure changesubject on');
    await mod.waitFor('changesubject is now on');
    zoe.enter('/topic Your tea');
    await carol.waitFor('subject: Your tea');
    await bob.next(stanza => stanza.getChildText('subject') === 'Your tea');
    await mod.waitFor('zoe set the subject: Your tea');
  });

  test('§7.7 /away is seen in the room, /back too', async () => {
    const { bob, room } = clients();
    const shows = (show: string | null) =>
      bob.next(
        stanza =>
          stanza.is('presence') && stanza.attrs['from'] === `${room}/zoe` && stanza.getChildText('show') === show,
      );
    zoe.enter('/away lunch');
    const away = await shows('away');
    assert.equal(away.getChildText('status'), 'lunch');
    zoe.enter('/back');
    await shows(null);
  });

  test('§7.8.1 /invite -direct writes to somebody itself', async () => {
    const { mod, peer, domain, room } = clients();
    const other = await peer('carol');
    // Of several clients the one with the highest priority gets it.
    other.send('<presence><priority>50</priority></presence>');
    await other.next(stanza => stanza.is('presence') && stanza.getChildText('priority') === '50');
    mod.enter(`/invite -direct carol@${domain}`);
    await other.next(stanza => stanza.getChild('x', 'jabber:x:conference')?.attrs['jid'] === room);
    await other.close();
  });

  test('§7.11 a member sees the list of members where the room shows it', async () => {
    const { mod, server } = clients();
    mod.enter('/affiliation zoe member');
    await zoe.waitFor('zoe is now a member');
    mod.enter('/affiliation captain nemo member');
    await zoe.waitFor(flat(/captain nemo (?:is|are) now (?:a )?member/));
    mod.enter('/configure whois anyone');
    mod.enter('/configure membersonly on');
    await zoe.waitFor('The room is for members only now');
    await zoe.waitFor(/everybody here sees your address(?:.|\n)*everybody here sees your address/);
    zoe.enter('/affiliation');
    await zoe.waitFor(/\d members?\b/);
    await zoe.waitFor(new RegExp(`@${server.guestHost}`));
    zoe.enter('/close');
    mod.enter('/configure membersonly off');
    await zoe.waitFor('The room is open to everybody now');
    mod.enter('/affiliation captain nemo none');
    mod.enter('/affiliation zoe none');
    await zoe.waitFor(flat(/zoe (?:is|are) now without affiliation/));
    mod.enter('/configure whois moderators');
    await zoe.waitFor(/only moderators see addresses(?:.|\n)*only moderators see addresses/);
  });

  test('§7.13, §8.4 who may only read asks to be allowed to talk', async () => {
    const { mod, bob } = clients();
    mod.enter('/mode +m');
    await mod.waitFor('is now moderated');
    await zoe.waitFor(flat(/The room is moderated now: moderators decide who may talk/));
    mod.enter('/quiet zoe');
    await zoe.waitFor('zoe is now a visitor');
    zoe.enter('/voice');
    await zoe.waitFor('The moderators were asked');
    await mod.waitFor(flat(/zoe \(.* asks to be allowed to talk/));
    mod.enter('/voice zoe');
    await zoe.waitFor('zoe is now a participant');
    zoe.enter('thank you');
    await bob.heard('thank you');
    mod.enter('/mode -m');
    await mod.waitFor(/not moderated/);
  });

  test('§7.14 /part keeps the tab, /join enters again', async () => {
    const { bob, room } = clients();
    zoe.enter('/part good night');
    await zoe.waitFor(/not in this room/);
    const gone = await bob.next(
      stanza => stanza.attrs['type'] === 'unavailable' && stanza.attrs['from'] === `${room}/zoe`,
    );
    assert.equal(gone.getChildText('status'), 'good night');
    zoe.enter('/join');
    await zoe.waitFor(/zoe in lobby, \d people/);
  });
}
