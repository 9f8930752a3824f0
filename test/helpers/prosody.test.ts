import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { chatStateOf, connectPeer } from './peer.js';
import { type Prosody, startProsody } from './prosody.js';

let server: Prosody;
before(async () => {
  server = await startProsody({ users: { alice: 'alice-secret' } });
});
after(() => server.stop());

const guest = () => connectPeer({ port: server.port, domain: server.guestHost, caFile: server.caFile });
const account = (user: string, password: string, tls: 'starttls' | 'direct' = 'starttls') =>
  connectPeer({
    port: tls === 'direct' ? server.tlsPort : server.port,
    domain: server.domain,
    user,
    password,
    caFile: server.caFile,
    tls,
  });

test('guests and accounts meet in a room and see each other type', async () => {
  const room = `hall@${server.roomService}`;
  const visitor = await guest();
  const alice = await account('alice', 'alice-secret', 'direct');
  await alice.joinRoom(room, 'alice');
  await visitor.joinRoom(room, 'visitor');
  visitor.chatState(room, 'composing', 'groupchat');
  await alice.next(stanza => chatStateOf(stanza) === 'composing');
  await visitor.say(room, 'hi <all> & "you"');
  const heard = await alice.heard('hi <all> & "you"');
  assert.equal(heard.attrs['from'], `${room}/visitor`);
  await visitor.close();
  await alice.close();
});

test('an administrator adds a user with an ad-hoc command, and the user can log in', async () => {
  await assert.rejects(account('newcomer', 'new-secret'), /not-authorized/);
  const admin = await account('admin', server.admin.password);
  const node = 'http://jabber.org/protocol/admin#add-user';
  const command = (rest: string) =>
    admin.request(
      `<command xmlns='http://jabber.org/protocol/commands' node='${node}' ${rest}</command>`,
      server.domain,
      'set',
    );
  const form = await command("action='execute'>");
  const id = form.getChild('command')?.attrs['sessionid'];
  const field = (name: string, value: string) => `<field var='${name}'><value>${value}</value></field>`;
  const result = await command(
    `sessionid='${id}'><x xmlns='jabber:x:data' type='submit'>${field('FORM_TYPE', 'http://jabber.org/protocol/admin')}${field('accountjid', `newcomer@${server.domain}`)}${field('password', 'new-secret')}${field('password-verify', 'new-secret')}</x>`,
  );
  assert.equal(result.getChild('command')?.attrs['status'], 'completed', result.toString());
  const newcomer = await account('newcomer', 'new-secret');
  assert.match(newcomer.jid, /^newcomer@example\.test\//);
  await newcomer.close();
  await admin.close();
});

test('archives, stream management and room archives are there', async () => {
  const alice = await account('alice', 'alice-secret');
  const features = async (to: string) => {
    const info = await alice.request("<query xmlns='http://jabber.org/protocol/disco#info'/>", to);
    return info
      .getChild('query')!
      .getChildren('feature')
      .map(feature => feature.attrs['var']);
  };
  const own = await features('alice@example.test');
  for (const wanted of ['urn:xmpp:mam:2', 'http://jabber.org/protocol/pubsub#persistent-items'])
    assert.ok(own.includes(wanted), own.join(' '));
  await alice.joinRoom(`archive@${server.roomService}`, 'alice');
  const room = await features(`archive@${server.roomService}`);
  assert.ok(room.includes('urn:xmpp:mam:2'), room.join(' '));
  await alice.close();
});

test('a restart cuts everybody and keeps the accounts', async () => {
  const alice = await account('alice', 'alice-secret');
  await server.setPassword('alice', 'other-secret');
  await server.restart();
  await alice.closed;
  const again = await account('alice', 'other-secret');
  await again.close();
  assert.match(server.logText(), /Prosody/i);
});
