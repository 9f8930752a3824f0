/** With an account: login by SCRAM, roster, one-to-one talk, and an administrator's ad-hoc command with a real effect. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { inLine } from '../helpers/look.js';
import { chatStateOf, connectPeer, type Peer } from '../helpers/peer.js';
import { openTerminal, type TestTerminal } from '../helpers/pty.js';
import { startWorld, type World } from '../helpers/world.js';

let world: World;
before(async () => {
  world = await startWorld({
    users: { romeo: 'orchard', juliet: 'balcony', mercutio: 'queen-mab', benvolio: 'peace' },
  });
});
after(() => world.stop());

describe('an account', () => {
  let romeo: TestTerminal;
  let juliet: Peer;
  before(async () => {
    juliet = await world.peerWithAccount('juliet', 'balcony');
    romeo = await world.account('romeo', 'orchard');
  });

  test('the password is asked without echo and stands nowhere on the screen', async () => {
    await romeo.waitFor(/Connected as romeo@example\.test/);
    assert.equal(romeo.raw().includes('orchard'), false);
  });

  test('a contact is added, accepts, and stands in the roster with presence', async () => {
    romeo.enter('/add juliet@example.test');
    await juliet.next(stanza => stanza.is('presence') && stanza.attrs['type'] === 'subscribe');
    juliet.send(`<presence to='romeo@example.test' type='subscribed'/>`);
    juliet.send(`<presence><show>dnd</show><status>reading</status></presence>`);
    romeo.enter('/roster');
    await romeo.waitFor(/juliet/);
    await romeo.waitFor(/reading/);
  });

  test('whom we added may see our presence without a question', async () => {
    // Only who has asked for the roster hears of changes in it.
    juliet.send(`<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>`);
    juliet.send(`<presence to='romeo@example.test' type='subscribe'/>`);
    await juliet.next(stanza => stanza.is('presence') && stanza.attrs['type'] === 'subscribed');
    await romeo.waitFor(/may see when you are there, as you asked to see them/);
  });

  test('a request of somebody else is asked about and accepted', async () => {
    const benvolio = await world.peerWithAccount('benvolio', 'peace');
    benvolio.send(`<iq type='get' id='roster'><query xmlns='jabber:iq:roster'/></iq>`);
    benvolio.send(`<presence to='romeo@example.test' type='subscribe'/>`);
    await romeo.waitFor(/wants to see when you are there/);
    romeo.enter('/accept benvolio@example.test');
    await benvolio.next(stanza => stanza.is('presence') && stanza.attrs['type'] === 'subscribed');
  });

  test('one-to-one talk goes both ways, with typing notices after an exchange', async () => {
    romeo.enter('/message juliet@example.test soft, what light');
    const first = await juliet.heard('soft, what light');
    juliet.chatState(String(first.attrs['from']), 'composing', 'chat');
    await romeo.waitFor(/typing/i);
    juliet.message(String(first.attrs['from']), 'o romeo', "<active xmlns='http://jabber.org/protocol/chatstates'/>");
    await romeo.waitFor('o romeo');
    romeo.type('shall I hear');
    await juliet.next(stanza => chatStateOf(stanza) === 'composing');
    romeo.key('Ctrl-c');
  });

  test('/set typing.send off: nobody is told any more', async () => {
    romeo.enter('/set typing.send off');
    await romeo.waitFor(/typing\.send/);
    const from = juliet.stanzas.length;
    romeo.type('silent letters');
    romeo.enter('');
    await juliet.heard('silent letters');
    assert.equal(
      juliet.stanzas.slice(from).some(stanza => chatStateOf(stanza) === 'composing'),
      false,
    );
    romeo.enter('/set typing.send on');
  });

  test('/away is seen by contacts, /back too', async () => {
    romeo.enter('/away at lunch');
    const away = await juliet.next(stanza => stanza.is('presence') && stanza.getChildText('show') === 'away');
    assert.equal(away.getChildText('status'), 'at lunch');
    romeo.enter('/back');
    await juliet.next(
      stanza =>
        stanza.is('presence') &&
        String(stanza.attrs['from']).startsWith('romeo@') &&
        stanza.getChild('show') === undefined &&
        stanza.attrs['type'] === undefined,
    );
  });

  test('a mistyped password is one sentence and the question again; the right one logs in', async () => {
    const wrong = await world.account('romeo', 'not-the-password');
    await wrong.waitFor(/did not accept the name or the password/);
    await wrong.waitFor(lines => lines.some(line => /^Password of romeo@example\.test, once more/.test(line)));
    wrong.enter('orchard');
    await wrong.waitFor(/Connected as romeo@example\.test/);
    assert.equal(wrong.raw().includes('orchard'), false);
    wrong.enter('/quit');
    await wrong.waitExit();
  });

  test('Esc at the password gives up, and the program stays usable', async () => {
    const given = openTerminal({ args: [...world.route, '--jid', 'romeo@example.test'] });
    try {
      await given.waitFor(/Password of romeo@example\.test/);
      given.key('Escape');
      await given.waitFor(/There is no password/);
      given.enter('/quit');
      await given.waitExit();
    } finally {
      await given.kill();
    }
  });
});

describe('an account with bookmarks and two clients', () => {
  test('a bookmarked room is entered at the next login, and both clients see what one of them says', async () => {
    const first = await world.account('mercutio', 'queen-mab');
    await first.waitFor(/Connected as mercutio@example\.test/);
    first.enter(`/bookmark ${world.room}/Mab`);
    await first.waitFor(/is bookmarked and entered at login/);
    const second = await world.account('mercutio', 'queen-mab');
    await second.waitFor(/2:lobby/);
    second.enter('/win lobby');
    await second.waitFor(/You are Mab in lobby/);
    second.enter('/close');

    // XEP-0280: the other client shows it, as ours and not as news.
    first.enter('/query romeo@example.test a plague on both your houses');
    await first.waitFor('a plague on both your houses');
    await second.waitFor(/romeo@example\.test/);
    second.enter('/win romeo');
    await second.waitFor(/mercutio> a plague on both your houses/);
    for (const terminal of [first, second]) {
      terminal.enter('/quit');
      await terminal.waitExit();
    }
  });

  test('a line to somebody who does not exist is marked as failed, with the reason', async () => {
    const terminal = await world.account('mercutio', 'queen-mab');
    await terminal.waitFor(/Connected as mercutio@example\.test/);
    terminal.enter('/query nobody@nowhere.example.test hello?');
    await terminal.waitFor(/hello\?.*(✗|x |not sent|failed)|was not found|not reachable/);
    terminal.enter('/quit');
    await terminal.waitExit();
  });
});

describe('an administrator', () => {
  test('runs the ad-hoc command "Add User": the form is filled in, and the new user can log in', async () => {
    const { admin, domain } = world.prosody;
    const terminal = openTerminal({
      args: [...world.route, '--jid', admin.jid, '--password-command', `printf %s ${admin.password}`],
      columns: 100,
      rows: 30,
    });
    try {
      await terminal.waitFor(/admin@/);
      terminal.enter(`/adhoc ${domain}`);
      await terminal.waitFor(/Add User/);
      terminal.type('Add User');
      await terminal.waitFor(inLine('Add User'));
      terminal.key('Enter');
      await terminal.waitFor(/Jabber ID/i);
      terminal.type(`tybalt@${domain}`);
      terminal.key('Tab');
      terminal.type('king-of-cats');
      terminal.key('Tab');
      terminal.type('king-of-cats');
      terminal.key('Tab');
      terminal.key('Enter');
      await terminal.waitFor(/created|success/i);
      const tybalt = await connectPeer({
        host: world.prosody.host,
        port: world.prosody.port,
        domain,
        caFile: world.prosody.caFile,
        user: 'tybalt',
        password: 'king-of-cats',
      });
      await tybalt.close();
      assert.equal(terminal.raw().includes('king-of-cats'), false);
    } finally {
      await terminal.kill();
    }
  });
});
