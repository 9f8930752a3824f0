import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { StanzaError } from '../../src/xmpp/errors.js';
import type { SessionOptions } from '../../src/xmpp/session.js';
import { attr, textOf, xml } from '../../src/xmpp/xml.js';
import {
  type HostileClient,
  type HostileOptions,
  type HostileServer,
  startHostileServer,
} from '../helpers/hostile-server.js';
import { openSession, type WireSession } from '../helpers/wire-session.js';

const open: (() => Promise<void>)[] = [];
after(async () => {
  for (const close of open) await close();
});

const STREAM_ERRORS = 'urn:ietf:params:xml:ns:xmpp-streams';
const SM = 'urn:xmpp:sm:3';
const streamError = (condition: string, text = ''): string =>
  `<stream:error><${condition} xmlns='${STREAM_ERRORS}'>${text}</${condition}></stream:error>`;
const message = (body: string): string =>
  `<message from='friend@chat.test/x' type='chat'><body>${body}</body></message>`;

async function setUp(
  options: HostileOptions = {},
  session: Partial<SessionOptions> = {},
): Promise<{ server: HostileServer; wire: WireSession }> {
  const server = await startHostileServer({ tls: 'direct', ...options });
  const wire = openSession(server.port, session);
  open.push(async () => {
    await wire.session.stop();
    await server.close();
  });
  return { server, wire };
}

async function setUpOnline(
  options: HostileOptions = {},
  session: Partial<SessionOptions> = {},
): Promise<{ server: HostileServer; wire: WireSession; client: HostileClient }> {
  const made = await setUp(options, session);
  await made.wire.first('online');
  return { ...made, client: await made.server.online() };
}

const juliet = { username: 'juliet', password: async () => 'secret' };
const scramServer: HostileOptions = { mechanisms: ['SCRAM-SHA-256'], jid: 'juliet@chat.test/balcony' };

// ---- login

test('an account logs in with SCRAM, both sides proving themselves', async () => {
  const mechanisms: string[] = [];
  const { wire } = await setUpOnline(scramServer, { ...juliet, onMechanism: name => mechanisms.push(name) });
  assert.equal(wire.session.jid, 'juliet@chat.test/balcony');
  assert.deepEqual(mechanisms, ['SCRAM-SHA-256']);
});

test('RFC 9266 a bound login carries the secret of this very TLS connection', async () => {
  const bindings: string[] = [];
  const { server, wire } = await setUpOnline(
    {
      ...scramServer,
      mechanisms: ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'],
      onElement: (_, element) => {
        if (element.getName() === 'response') bindings.push(Buffer.from(element.getText(), 'base64').toString());
        return false;
      },
    },
    juliet,
  );
  assert.equal(wire.session.secure?.mechanism, 'SCRAM-SHA-256-PLUS');
  const socket = server.clients[0]?.socket as TLSSocket;
  const secret = socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
  const expected = Buffer.concat([Buffer.from('p=tls-exporter,,'), secret]).toString('base64');
  assert.ok(bindings[0]?.startsWith(`c=${expected},`));
});

test('a wrong password stops and is not tried again', async () => {
  const { server, wire } = await setUp(scramServer, { ...juliet, password: async () => 'wrong' });
  const { failure } = await wire.first('fatal');
  assert.equal(failure.kind, 'auth');
  assert.equal(wire.session.state, 'stopped');
  assert.equal(server.clients.length, 1);
});

const proofs: readonly [sentence: string, options: HostileOptions][] = [
  ['X026 a challenge with a foreign nonce ends the login', { challenge: () => 'r=NOTALLYOURNONCE,s=c2FsdA==,i=4096' }],
  [
    'X028 a challenge with endless iterations ends the login',
    { challenge: nonce => `r=${nonce}x,s=c2FsdA==,i=2000000000` },
  ],
  ['X027 a wrong signature ends the login', { signature: 'V1JPTkdTSUc=' }],
];
for (const [sentence, options] of proofs) {
  test(`B10 ${sentence}`, async () => {
    const { wire } = await setUp({ ...scramServer, ...options }, juliet);
    const { failure } = await wire.first('fatal');
    assert.equal(failure.kind, 'server-proof');
  });
}

test('X025 a server that suddenly offers only PLAIN gets no password', async () => {
  const { server, wire } = await setUp({ mechanisms: ['PLAIN'] }, { ...juliet, pinnedMechanism: 'SCRAM-SHA-256' });
  assert.equal((await wire.first('fatal')).failure.condition, 'downgrade');
  assert.ok(server.clients[0]?.log.every(line => !line.includes('<auth')));
});

test('X025 what was used in this session is the least for the next connection', async () => {
  const { server, wire, client } = await setUpOnline(scramServer, juliet);
  server.options.mechanisms = ['PLAIN'];
  client.destroy();
  assert.equal((await wire.first('fatal')).failure.condition, 'downgrade');
});

for (const [jid, options] of [
  ['victim@other.example/x', {}],
  ['chat.test', {}],
  ['a@b@c/d', {}],
  ['romeo@chat.test/x', juliet],
] as const) {
  test(`X029 the bound address ${jid} is refused`, async () => {
    const { wire } = await setUp({ mechanisms: ['ANONYMOUS', 'SCRAM-SHA-256'], jid }, options);
    assert.equal((await wire.first('fatal')).failure.kind, 'bind');
  });
}

test('a guest has a random resource and sends nothing else about itself', async () => {
  const { client } = await setUpOnline();
  assert.match(client.jid, /\/[0-9a-f]{32}$/);
  assert.ok(client.log[0]?.startsWith('<stream from= '));
  assert.ok(client.log[1]?.endsWith('>=</auth>'));
});

test('Q7: B14 a header that comes late is waited for', async () => {
  const { server, wire } = await setUp({
    onHeader: client => {
      if (client.log.length > 1) return false;
      setTimeout(() => {
        client.send(
          "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>ANONYMOUS</mechanism></mechanisms></stream:features>",
        );
      }, 50);
      return true;
    },
  });
  await wire.first('online');
  assert.equal(server.clients.length, 1);
});

test('a server that stops in the middle of the login is given up and tried again', async () => {
  const { wire } = await setUp({ onHeader: () => true }, { timeouts: { stepMs: 30 } });
  assert.equal((await wire.first('down')).failure.kind, 'timeout');
  await wire.nth('down', 2);
});

// ---- hostile streams: each closes, says why, and the next connection works

const broken: readonly [sentence: string, text: string, kind: string][] = [
  ['B2 X001 an undefined entity', '<message><body>a&nbsp;b</body></message>', 'protocol'],
  ['B2 X002 a reference to a control', '<message><body>a&#27;b</body></message>', 'protocol'],
  ['B2 X003 a lone ampersand', '<message><body>AT&T; fish</body></message>', 'protocol'],
  ['B3 a raw escape', '<message><body>\x1b[2J</body></message>', 'protocol'],
  ['B4 X006 a document type', "<!DOCTYPE l [<!ENTITY a 'b'>]>", 'protocol'],
  ['B4 X007 a comment', '<message><body>co<!-- x -->mm</body></message>', 'protocol'],
  ['X008 a processing instruction', '<?php evil ?>', 'protocol'],
  ['X009 crossed tags', '<message><body>x</message></body>', 'protocol'],
  ['B3 X010 a doubled attribute', "<message from='a@b' from='c@d'/>", 'protocol'],
  ['X011 endless nesting', '<a>'.repeat(50_000), 'limit'],
  ['B5 X012 an endless stanza', `<message><body>${'x'.repeat(5 << 20)}`, 'limit'],
  ['B4 X004 the end of the stream and more', '</stream:stream><message/>', 'closed'],
  ['B6 X005 an empty stream error', '<stream:error/>', 'stream'],
  ['X018 an acknowledgement of too much', `<a xmlns='${SM}' h='4294967295'/>`, 'protocol'],
  ['X023 a violated policy', streamError('policy-violation'), 'stream'],
  ['Q3: a shutdown', streamError('system-shutdown'), 'stream'],
];
for (const [sentence, text, kind] of broken) {
  test(`${sentence} closes the stream, is explained and the next one works`, async () => {
    const { wire, client } = await setUpOnline({ management: true });
    client.send(text);
    const { failure } = await wire.first('down');
    assert.equal(failure.kind, kind);
    assert.match(failure.sentence, /^[^\n]+\.$/);
    assert.notEqual(failure.nextStep, '');
    await wire.nth('online', 2);
    assert.deepEqual(wire.bodies, []);
  });
}

test('B5 X013 megabytes in small segments reach the limit', async () => {
  const { wire, client } = await setUpOnline();
  client.send('<message><body>');
  for (let count = 0; count < 5000; count++) client.send('y'.repeat(1000));
  assert.equal((await wire.first('down')).failure.kind, 'limit');
});

test('Q24: a server that keeps sending broken streams is left alone', async () => {
  const { server, wire } = await setUp({
    onHeader: client => {
      client.send('<broken<');
      return true;
    },
  });
  const { failure } = await wire.first('fatal');
  assert.match(failure.sentence, /three times/);
  assert.equal(server.clients.length, 3);
});

test('Q31: X022 a conflict stops: two clients do not throw each other out for ever', async () => {
  const { server, wire, client } = await setUpOnline({ management: true });
  client.send(streamError('conflict'));
  const { failure } = await wire.first('fatal');
  assert.match(failure.sentence, /Another connection/);
  assert.equal(server.clients.length, 1);
});

test('X021 a redirection inside TLS is followed three times at most', async () => {
  const { server, wire } = await setUp(
    {
      tls: 'starttls',
      onHeader: client => {
        if (!client.secure) return false;
        client.send(streamError('see-other-host', `127.0.0.1:${server.port}`));
        return true;
      },
    },
    { tls: 'starttls' },
  );
  assert.equal((await wire.first('fatal')).failure.condition, 'see-other-host');
  assert.equal(server.clients.length, 4);
});

test('X021 a redirection leads to the other server, which must be the same domain', async () => {
  const good = await startHostileServer({ tls: 'starttls' });
  const wrong = await startHostileServer({ tls: 'starttls', certificate: 'other' });
  open.push(async () => {
    await good.close();
    await wrong.close();
  });
  const first = await setUpOnline();
  first.client.send(streamError('see-other-host', `127.0.0.1:${good.port}`));
  await first.wire.nth('online', 2);
  assert.equal(good.clients.length, 1);
  const second = await setUpOnline();
  second.client.send(streamError('see-other-host', `127.0.0.1:${wrong.port}`));
  assert.equal((await second.wire.first('fatal')).failure.kind, 'certificate');
});

// ---- what is survived without losing the stream

test('X017 X019 foreign namespaces and senseless numbers are ignored, and the stream goes on', async () => {
  const { wire, client } = await setUpOnline({ management: true });
  client.send(`<message xmlns='urn:evil'><body>evil</body></message><a xmlns='${SM}' h='-5'/><a xmlns='${SM}'/>`);
  client.send("<stream:features/><resumed xmlns='urn:xmpp:sm:3' h='9'/>");
  client.stanza(message('after'));
  await wire.until(() => wire.bodies.includes('after'));
  assert.deepEqual(wire.bodies, ['after']);
  assert.equal(wire.session.state, 'online');
});

test('X016 a prefixed stanza is a stanza', async () => {
  const { wire, client } = await setUpOnline();
  client.send("<x:message xmlns:x='jabber:client' from='friend@chat.test'><x:body>p</x:body></x:message>");
  await wire.first('stanza');
  assert.deepEqual(wire.bodies, ['p']);
});

test('B1 X014 a character in two segments arrives whole', async () => {
  const { wire, client } = await setUpOnline();
  const bytes = Buffer.from(message('hé😀'));
  for (const byte of bytes) client.send(Buffer.from([byte]));
  await wire.first('stanza');
  assert.deepEqual(wire.bodies, ['hé😀']);
});

test('a stanza over the limit is skipped, reported, and counted as handled', async () => {
  const { wire, client } = await setUpOnline({ management: true });
  client.stanza(message('x'.repeat(2 << 20)));
  client.stanza(message('after'));
  await wire.until(() => wire.bodies.includes('after'));
  assert.match(wire.warnings.join(), /stanzaBytes/);
  client.send(`<r xmlns='${SM}'/>`);
  await wire.session.stop();
  assert.ok(client.log.includes(`<a h="2" xmlns="${SM}"/>`));
});

test('B18 F008 stanzas from impossible addresses are dropped', async () => {
  const { wire, client } = await setUpOnline();
  for (const from of ['a@b@c/d', '@', '@chat.test', '', 'a@/x'])
    client.send(`<message from='${from}'><body>bad</body></message>`);
  client.send(message('good'));
  await wire.first('stanza');
  assert.deepEqual(wire.bodies, ['good']);
  assert.equal(wire.warnings.length, 5);
});

test('Q26: a handler that throws costs neither the stream nor the other handlers', async () => {
  const { wire, client } = await setUpOnline();
  wire.session.on('stanza', () => {
    throw new Error('fault');
  });
  wire.session.on('stanza', async () => {
    throw new Error('later fault');
  });
  const seen: string[] = [];
  wire.session.on('stanza', ({ element }) => void seen.push(textOf(element, 'body') ?? ''));
  client.send(message('one') + message('two'));
  await wire.until(() => seen.length === 2 && wire.warnings.length === 4);
  assert.equal(wire.session.state, 'online');
});

// ---- requests

test('B7 an answer counts only from the one who was asked', async () => {
  const { client, wire } = await setUpOnline({
    onElement: (_, element) => attr(element, 'to') === 'real@chat.test/x',
  });
  const answer = wire.session.request(xml('iq', { type: 'get', to: 'real@chat.test/x' }, xml('query', 'urn:q')));
  await wire.until(() => true);
  const id = await idOfRequest(client);
  for (const from of [" from='mallory@evil.example/x'", '', " from='chat.test'", " from='real@chat.test'"]) {
    client.send(`<iq type='result' id='${id}'${from}><forged/></iq>`);
  }
  client.send(`<iq type='result' id='${id}' from='real@chat.test/x'><query xmlns='urn:q'/></iq>`);
  assert.notEqual((await answer).getChild('query'), undefined);
  assert.equal(wire.warnings.filter(text => text.includes('not asked')).length, 4);
});

async function idOfRequest(client: HostileClient): Promise<string> {
  for (;;) {
    const line = client.log.find(text => text.includes('urn:q'));
    const id = /id="([^"]+)"/.exec(line ?? '')?.[1];
    if (id !== undefined) return id;
    await new Promise<void>(resolve => client.socket.once('data', () => setImmediate(resolve)));
  }
}

for (const from of ['', " from='chat.test'", 'own'] as const) {
  test(`the own server may answer ${from === '' ? 'without a name' : from}`, async () => {
    const { wire, client } = await setUpOnline(scramServer, juliet);
    const answer = wire.session.request(xml('iq', { type: 'get' }, xml('query', 'urn:q')));
    const sender = from === 'own' ? " from='juliet@chat.test'" : from;
    client.send(`<iq type='result' id='${await idOfRequest(client)}'${sender}/>`);
    assert.equal(attr(await answer, 'type'), 'result');
  });
}

for (const [error, condition] of [
  ['', 'undefined-condition'],
  ['<error/>', 'undefined-condition'],
  ["<error type='auth'><forbidden xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>", 'forbidden'],
] as const) {
  test(`an error of the shape "${error}" rejects with ${condition}`, async () => {
    const { wire, client } = await setUpOnline();
    const answer = wire.session.request(xml('iq', { type: 'get', to: 'chat.test' }, xml('query', 'urn:q')));
    client.send(`<iq type='error' id='${await idOfRequest(client)}' from='chat.test'>${error}</iq>`);
    await assert.rejects(answer, (reason: unknown) => reason instanceof StanzaError && reason.condition === condition);
  });
}

test('a request without an answer times out, and one while offline fails at once', async () => {
  const { wire } = await setUpOnline();
  const ask = (to: string): Promise<unknown> =>
    wire.session.request(xml('iq', { type: 'get', to }, xml('query', 'urn:q')), { timeoutMs: 5 });
  const rejectedWith = (condition: string) => (error: unknown) =>
    error instanceof StanzaError && error.condition === condition;
  await assert.rejects(ask('nobody@chat.test'), rejectedWith('timeout'));
  await assert.rejects(ask('a@b@c'), rejectedWith('jid-malformed'));
  await wire.session.stop();
  await assert.rejects(ask('chat.test'), rejectedWith('offline'));
});

test('a request in flight is told when the session is lost', async () => {
  const { wire, client } = await setUpOnline();
  const answer = wire.session.request(xml('iq', { type: 'get', to: 'chat.test' }, xml('query', 'urn:q')));
  await idOfRequest(client);
  client.destroy();
  await assert.rejects(answer, (error: unknown) => error instanceof StanzaError && error.condition === 'disconnected');
});

test('an unknown request is answered with service-unavailable, a malformed one with bad-request, one without an id not at all', async () => {
  const { server, wire, client } = await setUpOnline();
  client.send("<iq type='get' from='a@chat.test/x'><q xmlns='urn:unknown'/></iq>");
  client.send("<iq type='get' id='two' from='a@chat.test/x'><q xmlns='urn:a'/><q xmlns='urn:b'/></iq>");
  client.send("<iq type='get' id='none' from='a@chat.test/x'/>");
  client.send("<iq type='strange' id='s' from='a@chat.test/x'/>");
  client.send("<iq type='set' id='one' from='a@chat.test/x'><q xmlns='urn:unknown'/></iq>");
  await server.until(() => client.log.some(line => line.includes('id="one"')));
  const answers = client.log.filter(line => line.startsWith('<iq type="error"'));
  assert.equal(answers.length, 3);
  assert.ok(answers[0]?.includes('bad-request') && answers[0].includes('id="two"'));
  assert.ok(answers[2]?.includes('service-unavailable'));
  assert.equal(wire.session.state, 'online');
});

test('a request is answered by the one handler that takes it, once', async () => {
  const { server, wire, client } = await setUpOnline();
  wire.session.on('iq', ({ child, reply }) => {
    if (child.getName() !== 'q') return false;
    reply(xml('q', 'urn:known', 'answer'));
    reply(new StanzaError('forbidden'));
    return true;
  });
  client.send("<iq type='get' id='one' from='a@chat.test/x'><q xmlns='urn:known'/></iq>");
  await server.until(() => client.log.some(line => line.includes('id="one"')));
  const answer = client.log.find(line => line.includes('id="one"'));
  assert.equal(answer, '<iq type="result" to="a@chat.test/x" id="one"><q xmlns="urn:known">answer</q></iq>');
});

// ---- life

test('the raw log shows stanzas and no secrets', async () => {
  const { server, wire } = await setUp(scramServer, juliet);
  const raw: string[] = [];
  wire.session.on('sent', ({ xml: text }) => void raw.push(text));
  wire.session.on('received', ({ xml: text }) => void raw.push(text));
  await wire.first('online');
  await server.online();
  assert.ok(raw.some(text => text.includes('urn:ietf:params:xml:ns:xmpp-bind')));
  const sasl = raw.filter(text => /<(auth|challenge|response|success)/.test(text));
  assert.equal(sasl.length, 4);
  assert.ok(sasl.every(text => text.includes('>***<')));
});

test('stopping says goodbye, and nothing comes afterwards', async () => {
  const { server, wire, client } = await setUpOnline({ management: true });
  await wire.session.stop();
  assert.equal(client.log.at(-1), '</stream>');
  assert.equal(wire.session.state, 'stopped');
  assert.equal(wire.events.filter(item => item.event === 'down').length, 0);
  assert.equal(server.clients.length, 1);
});

test('a session that was stopped can be started again', async () => {
  const { wire } = await setUpOnline();
  await wire.session.stop();
  wire.session.start();
  await wire.nth('online', 2);
});

test('a text that XML cannot carry does not close the stream', async () => {
  const { server, wire, client } = await setUpOnline();
  void wire.session.send(xml('message', { to: 'friend@chat.test' }, xml('body', {}, 'a\x1b\0b\ud800c')));
  await server.until(() => server.bodies.length === 1);
  assert.equal(server.bodies[0], 'a\ufffd\ufffdb\ufffdc');
  assert.equal(client.socket.destroyed, false);
});
