import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { Element } from '@xmpp/xml';
import { startDemo, type TestDemo } from '../helpers/demo.js';
import { chatStateOf, type Peer } from '../helpers/peer.js';

const COMMANDS = 'http://jabber.org/protocol/commands';
const MUC_USER = 'http://jabber.org/protocol/muc#user';

async function demoFor(t: TestContext): Promise<TestDemo> {
  const demo = await startDemo();
  t.after(() => demo.stop());
  return demo;
}

const bodyOf = (stanza: Element) => stanza.getChildText('body') ?? '';
const from = (nick: string, pattern: RegExp) => (stanza: Element) =>
  stanza.is('message') && String(stanza.attrs['from']).endsWith(`/${nick}`) && pattern.test(bodyOf(stanza));
const codes = (stanza: Element) =>
  stanza
    .getChild('x', MUC_USER)
    ?.getChildren('status')
    .map(status => status.attrs['code']) ?? [];

test('a guest joins the first room: occupants, history, subject in that order', async t => {
  const demo = await demoFor(t);
  const peer = await demo.connect();
  assert.match(peer.jid, /^[0-9a-f]+@demo\.localhost\/test$/);
  assert.deepEqual(codes(await peer.joinRoom(demo.server.rooms[1]!, 'nemo')), ['110']);
  await peer.next(stanza => stanza.getChild('subject') !== undefined && stanza.getChild('body') === undefined);
  const kinds = peer.stanzas
    .filter(stanza => String(stanza.attrs['from']).startsWith('lounge@'))
    .map(stanza => (stanza.is('presence') ? 'presence' : stanza.getChild('subject') ? 'subject' : 'message'));
  assert.deepEqual([...new Set(kinds)], ['presence', 'message', 'subject']);
  assert.equal(kinds.filter(kind => kind === 'presence').length, 5);
  assert.ok(peer.stanzas.some(stanza => stanza.getChild('delay', 'urn:xmpp:delay') !== undefined));
});

test('two guests talk in a room of their own, privately and directly', async t => {
  const demo = await demoFor(t);
  const room = `Den@${demo.server.roomService}`;
  const [one, two] = [await demo.connect('one'), await demo.connect('two')];
  const created = await one.joinRoom(room.toLowerCase(), 'one');
  assert.deepEqual(codes(created), ['110', '201']);
  assert.equal(created.getChild('x', MUC_USER)?.getChild('item')?.attrs['affiliation'], 'owner');
  await two.joinRoom(room.toLowerCase(), 'two');
  const echo = await one.say('den@rooms.demo.localhost', 'a < b & "c" 你好');
  assert.equal(echo.getChild('stanza-id', 'urn:xmpp:sid:0')?.attrs['by'], 'den@rooms.demo.localhost');
  await two.heard('a < b & "c" 你好');
  two.chatState('den@rooms.demo.localhost', 'composing', 'groupchat');
  await one.next(stanza => chatStateOf(stanza) === 'composing');
  two.message('den@rooms.demo.localhost/one', 'psst');
  assert.equal((await one.heard('psst')).attrs['from'], 'den@rooms.demo.localhost/two');
  one.message(two.jid, 'direct');
  assert.equal((await two.heard('direct')).attrs['from'], one.jid);
  one.message('nobody@demo.localhost', 'hello?');
  const bounced = await one.next(stanza => stanza.attrs['type'] === 'error');
  assert.ok(bounced.getChild('error')?.getChild('service-unavailable'));
});

test('nicks: a conflict is refused, a change is announced', async t => {
  const demo = await demoFor(t);
  const room = 'den@rooms.demo.localhost';
  const [one, two] = [await demo.connect('one'), await demo.connect('two')];
  await one.joinRoom(room, 'one');
  await assert.rejects(two.joinRoom(room, 'one'), /conflict/);
  await two.joinRoom(room, 'two');
  two.send(`<presence to='${room}/zwei'/>`);
  const gone = await one.next(stanza => codes(stanza).includes('303'));
  assert.equal(gone.getChild('x', MUC_USER)?.getChild('item')?.attrs['nick'], 'zwei');
  await one.next(stanza => stanza.attrs['from'] === `${room}/zwei` && stanza.attrs['type'] === undefined);
});

test('an owner configures, kicks, bans and destroys', async t => {
  const demo = await demoFor(t);
  const room = 'den@rooms.demo.localhost';
  const [owner, guest] = [await demo.connect('owner'), await demo.connect('guest')];
  await owner.joinRoom(room, 'owner');
  await guest.joinRoom(room, 'guest');
  const admin = (peer: Peer, item: string) =>
    peer.request(`<query xmlns='http://jabber.org/protocol/muc#admin'>${item}</query>`, room, 'set');
  const forbidden = await admin(guest, "<item nick='owner' role='none'/>");
  assert.equal(forbidden.attrs['type'], 'error');
  assert.equal((await admin(owner, "<item nick='guest' role='visitor'/>")).attrs['type'], 'result');
  guest.send(`<message type='groupchat' to='${room}'><body>let me speak</body></message>`);
  await guest.next(stanza => stanza.is('message') && stanza.attrs['type'] === 'error');
  await admin(owner, "<item nick='guest' role='none'><reason>out</reason></item>");
  const kicked = await guest.next(stanza => codes(stanza).includes('307'));
  assert.equal(kicked.getChild('x', MUC_USER)?.getChild('item')?.getChildText('reason'), 'out');
  await guest.joinRoom(room, 'guest');
  await admin(owner, `<item jid='${guest.jid}' affiliation='outcast'/>`);
  await guest.next(stanza => codes(stanza).includes('301'));
  await assert.rejects(guest.joinRoom(room, 'guest'), /forbidden/);

  const config = (inner: string, type: 'get' | 'set') =>
    owner.request(`<query xmlns='http://jabber.org/protocol/muc#owner'>${inner}</query>`, room, type);
  const form = (await config('', 'get')).getChild('query')!.getChild('x', 'jabber:x:data')!;
  assert.ok(form.getChildren('field').length > 8);
  const field = (name: string, value: string) => `<field var='muc#roomconfig_${name}'><value>${value}</value></field>`;
  await config(
    `<x xmlns='jabber:x:data' type='submit'>${field('passwordprotectedroom', '1')}${field('roomsecret', 'sesame')}</x>`,
    'set',
  );
  await owner.next(stanza => codes(stanza).includes('104'));
  const third = await demo.connect('third');
  await assert.rejects(third.joinRoom(room, 'third'), /not-authorized/);
  await third.joinRoom(room, 'third', { password: 'sesame' });
  await config('<destroy><reason>enough</reason></destroy>', 'set');
  await third.next(stanza => stanza.getChild('x', MUC_USER)?.getChild('destroy') !== undefined);
});

test('the people of the lounge type, talk, correct themselves and answer', async t => {
  const demo = await demoFor(t);
  const lounge = demo.server.rooms[1]!;
  const peer = await demo.connect();
  await peer.joinRoom(lounge, 'nemo', { history: 0 });
  await demo.playUntil(peer.next(stanza => chatStateOf(stanza) === 'composing'));
  await demo.playUntil(peer.next(from('ada', /^nemo: welcome/)));
  await demo.playUntil(peer.next(stanza => chatStateOf(stanza) === 'paused'));
  const slip = await demo.playUntil(peer.next(from('ben', /beautifull/)));
  const corrected = await demo.playUntil(peer.next(from('ben', /^beautiful,/)));
  assert.equal(corrected.getChild('replace', 'urn:xmpp:message-correct:0')?.attrs['id'], slip.attrs['id']);
  await peer.say(lounge, 'Chloé: hello');
  await demo.playUntil(peer.next(from('Chloé', /^nemo: hello!/)));
  await peer.say(lounge, 'can somebody help me');
  await demo.playUntil(peer.next(from('ada', /\/help lists/)));
  peer.message(`${lounge}/健二`, 'thanks');
  await demo.playUntil(peer.next(from('健二', /welcome/)));
});

test('without listeners the scripts are silent', async t => {
  const demo = await demoFor(t);
  const peer = await demo.connect();
  await peer.joinRoom(demo.server.rooms[1]!, 'nemo');
  await demo.playUntil(peer.next(from('ada', /welcome/)));
  await peer.close();
  const watcher = await demo.connect();
  await watcher.request("<ping xmlns='urn:xmpp:ping'/>", demo.server.domain);
  demo.clock.advance(60_000);
  assert.equal(demo.clock.pending, 0);
});

test('the guide leads through the whole tour and notices what was done', async t => {
  const demo = await demoFor(t);
  const { firstRoom, rooms, domain } = demo.server;
  const peer = await demo.connect();
  await peer.joinRoom(firstRoom, 'nemo');
  const guideSays = (pattern: RegExp) => demo.playUntil(peer.next(from('guide', pattern)));
  await guideSays(/^nemo: welcome/);
  await guideSays(/Say something/);
  await peer.say(firstRoom, 'good day');
  await guideSays(/press Tab/);
  await peer.say(firstRoom, 'help');
  await guideSays(/press Tab/);
  await peer.say(firstRoom, 'guide: hello');
  await guideSays(/\/me waves$/);
  await peer.say(firstRoom, '/me waves');
  await guideSays(/^\/me waves back/);
  await guideSays(/\/join lounge@rooms\.demo\.localhost/);
  await peer.joinRoom(rooms[1]!, 'nemo');
  await guideSays(/Alt-1/);
  await peer.say(firstRoom, 'back again');
  await guideSays(/Ctrl-k/);
  await peer.say(rooms[1]!, 'hello lounge');
  await guideSays(/\/disco demo\.localhost/);
  await peer.request("<query xmlns='http://jabber.org/protocol/disco#info'/>", domain);
  await guideSays(/\/adhoc demo\.localhost/);
  await peer.request(`<command xmlns='${COMMANDS}' node='urn:causette:demo:who' action='execute'/>`, domain, 'set');
  await guideSays(/\/theme light/);
  demo.clock.advance(95_000);
  await guideSays(/no hurry/);
  await peer.say(firstRoom, 'skip');
  await guideSays(/That is the tour/);
});

test('a command with two steps and every type of field brings somebody new into the lounge', async t => {
  const demo = await demoFor(t);
  const { domain, rooms } = demo.server;
  const lounge = rooms[1]!;
  const peer = await demo.connect();
  await peer.joinRoom(lounge, 'nemo');
  const list = await peer.request(`<query xmlns='http://jabber.org/protocol/disco#items' node='${COMMANDS}'/>`, domain);
  assert.equal(list.getChild('query')!.getChildren('item').length, 3);
  const node = 'urn:causette:demo:newcomer';
  let session = '';
  const step = async (action: string, fields?: Readonly<Record<string, readonly string[]>>) => {
    const values = Object.entries(fields ?? {}).map(
      ([name, all]) => `<field var='${name}'>${all.map(value => `<value>${value}</value>`).join('')}</field>`,
    );
    const form = fields === undefined ? '' : `<x xmlns='jabber:x:data' type='submit'>${values.join('')}</x>`;
    const answer = await peer.request(
      `<command xmlns='${COMMANDS}' node='${node}' action='${action}'${session === '' ? '' : ` sessionid='${session}'`}>${form}</command>`,
      domain,
      'set',
    );
    const command = answer.getChild('command', COMMANDS)!;
    session = String(command.attrs['sessionid']);
    return command;
  };
  const types = (command: Element) =>
    command
      .getChild('x')!
      .getChildren('field')
      .map(field => field.attrs['type']);
  const first = await step('execute');
  assert.equal(first.attrs['status'], 'executing');
  const missing = await step('next', { nick: [''] });
  assert.match(missing.getChildText('note')!, /“Nick” must be filled in/);
  const second = await step('next', {
    nick: ['zoé'],
    languages: ['French', 'German'],
    introduction: ['I like trains'],
  });
  assert.deepEqual([...new Set([...types(first), ...types(second)])].sort(), [
    ...['boolean', 'fixed', 'hidden', 'jid-multi', 'jid-single'],
    ...['list-multi', 'list-single', 'text-multi', 'text-private', 'text-single'],
  ]);
  const back = await step('prev');
  const nick = back
    .getChild('x')!
    .getChildren('field')
    .find(field => field.attrs['var'] === 'nick');
  assert.equal(nick?.getChildText('value'), 'zoé');
  await step('next', { nick: ['zoé'], languages: ['French', 'German'], introduction: ['I like trains'] });
  const done = await step('complete', { room: [lounge], greets: ['1'], sponsor: ['ada@demo.localhost'] });
  assert.equal(done.attrs['status'], 'completed');
  assert.match(done.getChildText('note')!, /zoé has come into Lounge/);
  await peer.next(stanza => stanza.is('presence') && stanza.attrs['from'] === `${lounge}/zoé`);
  await demo.playUntil(peer.next(from('zoé', /I speak French, German/)));
  await demo.playUntil(peer.next(from('zoé', /I like trains/)));

  session = '';
  await step('execute');
  assert.equal((await step('cancel')).attrs['status'], 'canceled');
});

test('somebody who became an administrator kicks, and the kicked one comes back', async t => {
  const demo = await demoFor(t);
  const lounge = demo.server.rooms[1]!;
  const peer = await demo.connect();
  await peer.joinRoom(lounge, 'nemo');
  const ask = (session: string, form: string) =>
    peer.request(
      `<command xmlns='${COMMANDS}' node='urn:causette:demo:moderator' ${session}>${form}</command>`,
      demo.server.domain,
      'set',
    );
  const begun = (await ask('', '')).getChild('command')!;
  const form = `<x xmlns='jabber:x:data' type='submit'><field var='room'><value>${lounge}</value></field><field var='kind'><value>true</value></field></x>`;
  await ask(`sessionid='${begun.attrs['sessionid']}'`, form);
  await peer.next(stanza => stanza.getChild('x', MUC_USER)?.getChild('item')?.attrs['affiliation'] === 'admin');
  await peer.request(
    "<query xmlns='http://jabber.org/protocol/muc#admin'><item nick='ben' role='none'/></query>",
    lounge,
    'set',
  );
  await peer.next(stanza => codes(stanza).includes('307'));
  await demo.playUntil(peer.next(from('ben', /hello again/)));
});

test('server queries, self-ping and acknowledgements are answered', async t => {
  const demo = await demoFor(t);
  const { domain, roomService, firstRoom } = demo.server;
  const peer = await demo.connect();
  peer.send("<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
  await peer.next(stanza => stanza.is('enabled', 'urn:xmpp:sm:3'));
  for (const [query, to] of [
    ["<query xmlns='jabber:iq:roster'/>", undefined],
    ["<query xmlns='jabber:iq:version'/>", domain],
    ["<time xmlns='urn:xmpp:time'/>", domain],
    ["<ping xmlns='urn:xmpp:ping'/>", domain],
    ["<query xmlns='http://jabber.org/protocol/disco#items'/>", roomService],
    ["<query xmlns='http://jabber.org/protocol/disco#info'/>", firstRoom],
  ] as const) {
    assert.equal((await peer.request(query, to)).attrs['type'], 'result', query);
  }
  const ping = (nick: string) => peer.request("<ping xmlns='urn:xmpp:ping'/>", `${firstRoom}/${nick}`);
  assert.ok((await ping('nemo')).getChild('error')?.getChild('not-acceptable'));
  await peer.joinRoom(firstRoom, 'nemo');
  assert.equal((await ping('nemo')).attrs['type'], 'result');
  const unknown = await peer.request("<query xmlns='urn:unknown'/>", domain);
  assert.ok(unknown.getChild('error')?.getChild('service-unavailable'));
  peer.send("<r xmlns='urn:xmpp:sm:3'/>");
  const acknowledged = await peer.next(stanza => stanza.is('a', 'urn:xmpp:sm:3'));
  // The presence after the login was sent before acknowledgements were switched on.
  assert.equal(acknowledged.attrs['h'], '10');
});

const HEADER =
  "<stream:stream to='demo.localhost' version='1.0' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>";

for (const [name, bytes, condition] of [
  ['a document type', "<!DOCTYPE a [<!ENTITY b 'c'>]>", 'restricted-xml'],
  ['a comment', `${HEADER}<!-- x -->`, 'restricted-xml'],
  ['broken XML', `${HEADER}<a></b>`, 'not-well-formed'],
  [
    'bytes that are no UTF-8',
    Buffer.concat([Buffer.from(`${HEADER}<a>`), Buffer.from([0xff, 0xfe])]),
    'not-well-formed',
  ],
  ['something that is no XMPP', '<html>', 'bad-format'],
  ['another host', HEADER.replace('demo.localhost', 'other.example'), 'host-unknown'],
  ['a stanza before the login', `${HEADER}<message><body>x</body></message>`, 'not-authorized'],
  ['deep nesting', HEADER + '<a>'.repeat(100), 'policy-violation'],
  ['a stanza without end', `${HEADER}<a>${'x'.repeat(200_000)}`, 'policy-violation'],
  ['a name without end', `${HEADER}<${'x'.repeat(200_000)}`, 'policy-violation'],
] as const) {
  test(`a client that sends ${name} is told so and dropped; the server goes on`, async t => {
    const demo = await demoFor(t);
    const socket = connect(demo.server.port, '127.0.0.1');
    t.after(() => socket.destroy());
    let answer = '';
    socket.on('data', chunk => (answer += String(chunk)));
    socket.on('error', () => undefined);
    socket.write(bytes);
    await once(socket, 'close');
    // The end may overtake the error when much was unread.
    if (bytes.length < 10_000) assert.match(answer, new RegExp(`<stream:error><${condition} `));
    const peer = await demo.connect();
    await peer.joinRoom(demo.server.firstRoom, 'nemo');
  });
}

test('stopping tells the clients', async t => {
  const demo = await demoFor(t);
  const peer = await demo.connect();
  await demo.server.stop();
  await peer.closed;
  assert.ok(peer.stanzas.some(stanza => stanza.getChild('system-shutdown') !== undefined));
  assert.equal(demo.clock.pending, 0);
});
