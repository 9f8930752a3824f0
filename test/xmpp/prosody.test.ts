import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { parseJid } from '../../src/lib/jid.js';
import type { SessionOptions } from '../../src/xmpp/session.js';
import { type Element, xml } from '../../src/xmpp/xml.js';
import { type CutProxy, startCutProxy } from '../helpers/cut-proxy.js';
import { type Prosody, startProsody } from '../helpers/prosody.js';
import { openSession, type WireSession } from '../helpers/wire-session.js';

let server: Prosody;
const open: (() => Promise<void>)[] = [];
before(async () => {
  server = await startProsody({ users: { romeo: 'r-secret', juliet: 'j-secret' } });
});
after(async () => {
  for (const close of open) await close();
  await server.stop();
});

function connect(options: Partial<SessionOptions>, port = server.port): WireSession {
  const wire = openSession(port, { domain: server.domain, tls: 'starttls', ca: server.ca, ...options });
  open.push(() => wire.session.stop());
  return wire;
}

async function proxied(port = server.port): Promise<CutProxy> {
  const proxy = await startCutProxy({ target: { port } });
  open.push(() => proxy.close());
  return proxy;
}

const chat = (to: string, body: string): Element => xml('message', { to, type: 'chat' }, xml('body', {}, body));
const romeo = { username: 'romeo', password: async () => 'r-secret' };
const juliet = { username: 'juliet', password: async () => 'j-secret' };

test('a real server lets an account in with SCRAM, over both kinds of TLS', async () => {
  for (const [tls, port] of [
    ['starttls', server.port],
    ['direct', server.tlsPort],
  ] as const) {
    const wire = connect({ ...romeo, tls }, port);
    await wire.first('online');
    assert.match(wire.session.secure?.mechanism ?? '', /^SCRAM-SHA-/);
    assert.equal(wire.session.secure?.protocol, 'TLSv1.3');
    assert.ok(wire.session.jid?.startsWith('romeo@example.test/'));
    await wire.session.stop();
  }
});

test('a real server lets a guest in', async () => {
  const wire = connect({ domain: server.guestHost });
  await wire.first('online');
  assert.equal(wire.session.anonymous, true);
  assert.notEqual(parseJid(wire.session.jid), undefined);
});

test('a real server refuses a wrong password, and it is not tried again', async () => {
  const wire = connect({ ...romeo, password: async () => 'wrong' });
  assert.equal((await wire.first('fatal')).failure.kind, 'auth');
});

test('messages through a link that is cut again and again arrive once and in order', async () => {
  const proxy = await proxied();
  const sender = connect(romeo, proxy.port);
  const receiver = connect(juliet);
  receiver.session.on('online', () => void receiver.session.send(xml('presence')));
  await Promise.all([sender.first('online'), receiver.first('online')]);
  const to = receiver.session.jid ?? '';
  const wanted = Array.from({ length: 40 }, (_, index) => `message ${index}`);
  const sent: Promise<string>[] = [];
  for (const [index, body] of wanted.entries()) {
    sent.push(sender.session.send(chat(to, body)));
    if (index % 10 === 5) {
      await receiver.until(() => receiver.bodies.includes(wanted[index - 1]!));
      proxy.cut('reset');
    }
  }
  assert.deepEqual(new Set(await Promise.all(sent)), new Set(['acknowledged']));
  await receiver.until(() => receiver.bodies.includes(wanted.at(-1)!));
  assert.deepEqual(
    receiver.bodies.filter(body => body !== ''),
    wanted,
  );
  const resumed = sender.events.filter(
    item => item.event === 'online' && (item.payload as { resumed: boolean }).resumed,
  );
  assert.ok(resumed.length >= 1);
});

test('Q3: a server that is killed and started again is found again', async () => {
  const wire = connect(romeo);
  await wire.first('online');
  await server.restart('SIGKILL');
  await wire.until(
    () => wire.session.state === 'online' && wire.events.filter(item => item.event === 'online').length > 1,
  );
  const answer = await wire.session.request(
    xml('iq', { type: 'get', to: server.domain }, xml('ping', 'urn:xmpp:ping')),
  );
  assert.equal(answer.attrs['type'], 'result');
});

test('Q32: a password changed while connected: the next login is refused once and not tried again', async () => {
  await server.addUser('mercutio', 'first');
  const proxy = await proxied();
  const wire = connect({ username: 'mercutio', password: async () => 'first' }, proxy.port);
  await wire.first('online');
  await server.setPassword('mercutio', 'second');
  await server.restart();
  const { failure } = await wire.first('fatal');
  assert.equal(failure.condition, 'not-authorized');
  const before = proxy.accepted;
  await new Promise(resolve => setImmediate(resolve));
  assert.equal(proxy.accepted, before);
  assert.equal(wire.session.state, 'stopped');
});

test('Q31: the same resource twice: the older one stops, and does not come back for it', async () => {
  const resource = 'desk';
  const older = connect({ ...romeo, resource });
  await older.first('online');
  const newer = connect({ ...romeo, resource });
  await newer.first('online');
  assert.match((await older.first('fatal')).failure.sentence, /Another connection took over/);
  assert.equal(newer.session.state, 'online');
});
