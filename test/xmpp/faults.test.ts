/** The rows of the table of faults that concern the connection and have no other place; named by row. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import type { Clock, Resolver } from '../../src/xmpp/session.js';
import { attr, childOf, cloneOf, type Element } from '../../src/xmpp/xml.js';
import { startCutProxy } from '../helpers/cut-proxy.js';
import { type HostileOptions, type HostileServer, startHostileServer } from '../helpers/hostile-server.js';
import { openSession, type WireSession } from '../helpers/wire-session.js';
import { createRig, enterRoom, ME, ROOM, settle, stanza } from './fake-session.js';

const open: (() => Promise<void>)[] = [];
after(async () => {
  for (const close of open) await close();
});

async function serve(options: HostileOptions = {}): Promise<HostileServer> {
  const server = await startHostileServer({ tls: 'direct', management: true, ...options });
  open.push(() => server.close());
  return server;
}

function connect(port: number, options: Parameters<typeof openSession>[1] = {}): WireSession {
  const wire = openSession(port, options);
  open.unshift(() => wire.session.stop());
  return wire;
}

const byName = (resolver: Resolver, port?: number): Parameters<typeof openSession>[1] => ({
  resolver,
  host: undefined as never,
  port: port as never,
});

/** Two servers by SRV, in this order. */
const zone = (ports: readonly number[]): Resolver => ({
  async resolveSrv(name) {
    if (!name.startsWith('_xmpps-client')) return [];
    return ports.map((port, index) => ({ name: 'host.test', port, priority: index, weight: 0 }));
  },
  lookup: async () => [{ address: '127.0.0.1', family: 4 }],
});

/** The second server knows the sessions of the first, as the nodes of one cluster do. */
function share(first: HostileServer, second: HostileServer): void {
  const add = first.sessions.set.bind(first.sessions);
  first.sessions.set = (id, managed) => {
    second.sessions.set(id, managed);
    return add(id, managed);
  };
}

test('Q1: the session is resumed at another SRV target when its own is gone', async () => {
  const first = await startHostileServer({ tls: 'direct', management: true });
  const second = await serve();
  share(first, second);
  const wire = connect(0, { ...byName(zone([first.port, second.port])), tls: 'direct' });
  await wire.first('online');
  await first.close();
  assert.equal((await wire.nth('online', 2)).resumed, true);
  assert.equal(wire.session.secure?.port, second.port);
});

test('Q1: where the server wishes the resumption is tried first', async () => {
  const second = await serve();
  const first = await serve({
    onElement(client, element) {
      if (element.getName() !== 'enable') return false;
      const managed = { id: 'sm-1', jid: client.jid, received: 0, base: 0, unacknowledged: [] };
      second.sessions.set('sm-1', managed);
      client.management = managed;
      const place = `127.0.0.1:${second.port}`;
      client.send(`<enabled xmlns='urn:xmpp:sm:3' id='sm-1' resume='true' location='${place}'/>`);
      return true;
    },
  });
  const wire = connect(0, { ...byName(zone([first.port])), tls: 'direct' });
  await wire.first('online');
  first.clients[0]?.destroy();
  assert.equal((await wire.nth('online', 2)).resumed, true);
  assert.equal(wire.session.secure?.port, second.port);
  assert.equal(first.clients.length, 1);
});

test('Q6: of several addresses the one that answers is used, whichever comes first', async () => {
  const server = await serve();
  const resolver: Resolver = {
    resolveSrv: async () => [],
    lookup: async () => [
      { address: '::1', family: 6 },
      { address: '127.0.0.1', family: 4 },
    ],
  };
  await connect(0, { ...byName(resolver, server.port), tls: 'direct' }).first('online');
});

test('Q6: reconnecting by hand ends a dial that gets no answer, and begins another one', async () => {
  const server = await serve({ tls: 'starttls', onHeader: client => client.number === 1 });
  const wire = connect(server.port, { tls: 'starttls' });
  await server.until(() => server.clients[0]?.log.length === 1);
  wire.session.reconnectNow();
  await wire.first('online');
  assert.equal(server.clients.length, 2);
  assert.equal(wire.events.filter(({ event }) => event === 'down').length, 0);
});

/** A wall clock that can be set, on timers that run as they do. */
function settableClock(): Clock & { offset: number } {
  const clock = {
    offset: 0,
    now: () => Date.now() + clock.offset,
    setTimeout: (callback: () => void, delayMs: number) => setTimeout(callback, delayMs),
    clearTimeout: (handle: unknown) => clearTimeout(handle as NodeJS.Timeout),
  };
  return clock;
}

for (const [what, offset] of [
  ['an hour back', -3_600_000],
  ['a day ahead', 86_400_000],
] as const) {
  test(`Q18: a clock set ${what} costs no connection`, async () => {
    const clock = settableClock();
    const server = await serve();
    const wire = connect(server.port, { clock });
    await wire.first('online');
    const client = await server.online();
    clock.offset = offset;
    for (const body of ['one', 'two']) client.stanza(`<message from='a@chat.test'><body>${body}</body></message>`);
    await wire.until(() => wire.bodies.length === 2);
    wire.session.reconnectNow();
    await server.until(() => client.log.some(line => line.startsWith('<r ')));
    assert.deepEqual(
      [server.clients.length, wire.session.state, wire.events.filter(({ event }) => event === 'down').length],
      [1, 'online', 0],
    );
  });
}

/** The stanza without one of its elements or attributes, for each of them. */
function* maimed(whole: Element): Generator<Element> {
  const paths = function* (element: Element, path: readonly number[]): Generator<readonly number[]> {
    yield path;
    for (const [index, child] of element.children.entries()) {
      if (typeof child !== 'string') yield* paths(child as Element, [...path, index]);
    }
  };
  const at = (root: Element, path: readonly number[]): Element =>
    path.reduce((element, index) => element.children[index] as Element, root);
  for (const path of paths(whole, [])) {
    for (const name of Object.keys(at(whole, path).attrs)) {
      const copy = cloneOf(whole);
      delete at(copy, path).attrs[name];
      yield copy;
    }
    const index = path.at(-1);
    if (index === undefined) continue;
    const copy = cloneOf(whole);
    at(copy, path.slice(0, -1)).children.splice(index, 1);
    yield copy;
  }
}

test('Q25: no element and no attribute of any stanza is needed to go on', async () => {
  const folder = new URL('../fixtures/stanzas/', import.meta.url);
  const rig = await createRig();
  await enterRoom(rig);
  let count = 0;
  for (const file of readdirSync(folder).filter(name => name.endsWith('.xml'))) {
    const whole = stanza(readFileSync(new URL(file, folder), 'utf8').trim());
    for (const part of maimed(whole)) {
      rig.receive(part.toString());
      count++;
    }
  }
  await settle();
  assert.ok(count > 200, `${count} stanzas`);
  assert.deepEqual(
    rig.debug.filter(line => /failed|TypeError|undefined/.test(line)),
    [],
  );
});

const conflict = (id: string | undefined, nick: string): string =>
  `<presence type='error' from='${ROOM}/${nick}' to='${ME}' id='${id}'><x xmlns='http://jabber.org/protocol/muc'/><error type='cancel'><conflict xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></presence>`;

test('Q29: our own ghost is waited for, then the nick gets an underscore, then it is taken back', async () => {
  const rig = await createRig();
  await enterRoom(rig);
  rig.down();
  rig.online(false);
  await settle();
  await rig.refuse(`to="${ROOM}"`, 'remote-server-timeout');
  const asked: (string | undefined)[] = [];
  for (let round = 0; round < 4; round++) {
    const last = rig.sent.at(-1);
    asked.push(attr(last, 'to'));
    rig.receive(conflict(attr(last, 'id'), 'me'));
    await settle();
    rig.clock.advance(5000);
    await settle();
  }
  assert.deepEqual(asked, Array(4).fill(`${ROOM}/me`));
  assert.equal(attr(rig.sent.at(-1), 'to'), `${ROOM}/me_`);
  rig.receive(
    `<presence from='${ROOM}/me_' to='${ME}'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant'/><status code='110'/></x></presence>`,
  );
  rig.receive(
    `<presence type='unavailable' from='${ROOM}/me' to='${ME}'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='none'/></x></presence>`,
  );
  assert.equal(attr(rig.sent.at(-1), 'to'), `${ROOM}/me`);
});

test('Q4: presence and status come back with a new session, for everybody and in each room', async () => {
  const rig = await createRig();
  await enterRoom(rig);
  rig.wire.presence({ show: 'dnd', status: 'in a meeting' });
  rig.sent.length = 0;
  rig.down();
  rig.online(false);
  await settle();
  await rig.refuse(`to="${ROOM}"`, 'remote-server-timeout');
  await rig.refuse('jabber:iq:roster', 'service-unavailable').catch(() => undefined);
  await settle();
  const shown = rig.sent
    .filter(element => element.getName() === 'presence')
    .map(element => [attr(element, 'to'), childOf(element, 'show')?.getText(), childOf(element, 'status')?.getText()]);
  assert.deepEqual(
    shown.sort((a, b) => String(a[0]).localeCompare(String(b[0]))),
    [
      [`${ROOM}/me`, 'dnd', 'in a meeting'],
      [undefined, 'dnd', 'in a meeting'],
    ],
  );
});

test('Q33: a certificate that changed is refused with the old and the new fingerprint, and not tried again', async () => {
  const [first, second] = [await serve(), await serve({ certificate: 'self' })];
  const target = { port: first.port };
  const proxy = await startCutProxy({ target });
  open.push(() => proxy.close());
  const wire = connect(proxy.port);
  await wire.first('online');
  const before = wire.session.secure?.fingerprint ?? '';
  assert.match(before, /^[0-9a-f]{64}$/);
  target.port = second.port;
  proxy.cut();
  const { failure } = await wire.first('fatal');
  assert.equal(failure.kind, 'certificate');
  assert.match(failure.fingerprint ?? '', /^[0-9a-f]{64}$/);
  assert.notEqual(failure.fingerprint, before);
  assert.ok(failure.sentence.includes(before) && failure.sentence.includes(failure.fingerprint ?? '?'));
  assert.equal(wire.session.state, 'stopped');
});

test('Q33: a certificate renewed by the same authority is no change to speak of', async () => {
  const server = await serve();
  const wire = connect(server.port, { seenCertificate: 'ab'.repeat(32) });
  await wire.first('online');
  assert.equal(wire.session.secure?.pinned, false);
});
