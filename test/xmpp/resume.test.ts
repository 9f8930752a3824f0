import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createWaking } from '../../src/lib/waking.js';
import { StanzaError } from '../../src/xmpp/errors.js';
import type { Clock, SessionOptions } from '../../src/xmpp/session.js';
import { type Element, xml } from '../../src/xmpp/xml.js';
import { type Cut, startCutProxy } from '../helpers/cut-proxy.js';
import { createFakeClock } from '../helpers/fake-clock.js';
import { type HostileOptions, startHostileServer } from '../helpers/hostile-server.js';
import { openSession } from '../helpers/wire-session.js';

const open: (() => Promise<void>)[] = [];
after(async () => {
  for (const close of open) await close();
});

const chat = (body: string): Element => xml('message', { to: 'friend@chat.test', type: 'chat' }, xml('body', {}, body));
const SM = 'urn:xmpp:sm:3';

async function setUp(options: HostileOptions = {}, session: Partial<SessionOptions> = {}, proxied = true) {
  const server = await startHostileServer({ tls: 'direct', management: true, ...options });
  const proxy = await startCutProxy({ target: { port: server.port } });
  const wire = openSession(proxied ? proxy.port : server.port, session);
  open.push(async () => {
    await wire.session.stop();
    await proxy.close();
    await server.close();
  });
  await wire.first('online');
  return { server, proxy, wire, client: await server.online() };
}

/** Time that passes only when told. */
function createManualClock(): Clock & { advance(ms: number): void } {
  let now = 1_000_000;
  let next = 1;
  const timers = new Map<number, { at: number; callback: () => void }>();
  return {
    now: () => now,
    setTimeout(callback, delayMs) {
      timers.set(next, { at: now + delayMs, callback });
      return next++;
    },
    clearTimeout: handle => void timers.delete(handle as number),
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const due = [...timers].filter(([, timer]) => timer.at <= end).sort((a, b) => a[1].at - b[1].at)[0];
        if (due === undefined) break;
        timers.delete(due[0]);
        now = Math.max(now, due[1].at);
        due[1].callback();
      }
      now = end;
    },
  };
}

test('Q1: a cut link is resumed at once, and waiting messages arrive once and in order', async () => {
  const { server, proxy, wire } = await setUp();
  const sent = [wire.session.send(chat('one'))];
  await server.until(() => server.bodies.length === 1);
  proxy.cut('reset');
  await wire.first('down');
  sent.push(wire.session.send(chat('two')), wire.session.send(chat('three')));
  const online = await wire.nth('online', 2);
  assert.equal(online.resumed, true);
  assert.deepEqual(await Promise.all(sent), ['acknowledged', 'acknowledged', 'acknowledged']);
  assert.deepEqual(server.bodies, ['one', 'two', 'three']);
});

for (const seed of [1, 2, 3]) {
  test(`Q1: a hundred messages through random cuts: none lost, none doubled, none out of order (seed ${seed})`, async () => {
    const server = await startHostileServer({ tls: 'direct', management: true });
    const cuts: readonly Cut[] = ['reset', 'end', 'truncate', 'deliver'];
    const proxy = await startCutProxy({
      target: { port: server.port },
      seed,
      plan: (connection, random) =>
        connection > 12
          ? undefined
          : { cut: cuts[Math.floor(random() * cuts.length)]!, afterBytes: 1500 + Math.floor(random() * 4000) },
    });
    const wire = openSession(proxy.port, { ackTimeoutMs: 2000 });
    open.push(async () => {
      await wire.session.stop();
      await proxy.close();
      await server.close();
    });
    await wire.first('online');
    const wanted = Array.from({ length: 100 }, (_, index) => `message ${index}`);
    const sent: Promise<unknown>[] = [];
    for (const [index, body] of wanted.entries()) {
      sent.push(wire.session.send(chat(body)));
      if (index % 5 === 4) await new Promise(resolve => setImmediate(resolve));
    }
    await Promise.all(sent);
    assert.deepEqual(server.bodies, wanted);
    assert.ok(proxy.cuts.length > 0, 'something was cut');
  });
}

test('what was handled before the cut is counted at the resumption and does not come twice', async () => {
  const { proxy, wire, client } = await setUp();
  client.stanza("<message from='friend@chat.test'><body>hello</body></message>");
  await wire.first('stanza');
  proxy.cut('reset');
  await wire.nth('online', 2);
  assert.deepEqual(wire.bodies, ['hello']);
  assert.deepEqual(client.management?.unacknowledged, []);
});

test('B16 Q4 X020 the number in <failed/> tells what arrived, and only the rest is uncertain', async () => {
  const { server, proxy, wire } = await setUp({
    onElement: (client, element) => {
      if (element.getName() === 'r') return client.number === 1;
      if (element.getName() !== 'resume') return false;
      client.send(`<failed xmlns='${SM}' h='1'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>`);
      return true;
    },
  });
  const sent = ['a', 'b', 'c'].map(body => wire.session.send(chat(body)));
  await server.until(() => server.bodies.length === 3);
  proxy.cut('reset');
  await wire.first('down');
  sent.push(wire.session.send(chat('d')));
  assert.deepEqual(await Promise.all(sent), ['acknowledged', 'uncertain', 'uncertain', 'unsent']);
  await wire.nth('online', 2);
  assert.equal(await wire.session.send(chat('e')), 'acknowledged');
  assert.deepEqual(server.bodies, ['a', 'b', 'c', 'e']);
});

test('Q4: without resumption what was written before the cut is uncertain, and nothing of it is sent again', async () => {
  const { server, proxy, wire } = await setUp({ onElement: (_, element) => element.getName() === 'r' });
  const old = wire.session.send(chat('old'));
  await server.until(() => server.bodies.length === 1);
  server.sessions.clear();
  proxy.cut('reset');
  assert.equal((await wire.nth('online', 2)).resumed, false);
  assert.equal(await old, 'uncertain');
  void wire.session.send(chat('new'));
  await server.until(() => server.bodies.length === 2);
  assert.deepEqual(server.bodies, ['old', 'new']);
});

test('where the server does not count, the answer to a ping acknowledges what was written before it', async () => {
  const clock = createManualClock();
  let answers = true;
  const { server, proxy, wire } = await setUp(
    {
      management: false,
      onElement(client, element) {
        if (element.getChild('ping') === undefined) return false;
        if (answers) client.send(`<iq type='result' id='${element.attrs['id']}' from='chat.test'/>`);
        return true;
      },
    },
    { clock },
  );
  const one = wire.session.send(chat('one'));
  await server.until(() => server.bodies.length === 1);
  clock.advance(250);
  assert.equal(await one, 'acknowledged');
  answers = false;
  const two = wire.session.send(chat('two'));
  clock.advance(250);
  await server.until(() => server.bodies.length === 2);
  proxy.cut('reset');
  assert.equal(await two, 'uncertain');
});

test('what a listener sends on being online again comes behind what is sent again, and once', async () => {
  const { server, proxy, wire } = await setUp({ onElement: (_, element) => element.getName() === 'r' });
  wire.session.on('state', ({ state }) => {
    if (state === 'online') void wire.session.send(chat('from the listener'));
  });
  proxy.cut('hole');
  void wire.session.send(chat('into the hole'));
  proxy.cut('reset');
  await wire.nth('online', 2);
  await server.until(() => server.bodies.length >= 2);
  wire.session.reconnectNow();
  await server.until(() => server.clients.at(-1)!.log.some(line => line.startsWith('<r')));
  assert.deepEqual(server.bodies, ['into the hole', 'from the listener']);
});

test('B16 presences and requests of a lost session are told, not repeated', async () => {
  const { server, proxy, wire, client } = await setUp({ onElement: (_, element) => element.getName() === 'r' });
  const presence = wire.session.send(xml('presence'));
  await server.until(() => client.log.some(line => line.startsWith('<presence')));
  server.sessions.clear();
  proxy.cut('reset');
  await assert.rejects(
    presence,
    (error: unknown) => error instanceof StanzaError && error.condition === 'disconnected',
  );
  await assert.rejects(
    wire.session.send(xml('presence')),
    (error: unknown) => error instanceof StanzaError && error.condition === 'offline',
  );
});

test('B16 sending while offline waits and never throws', async () => {
  const { server, proxy, wire } = await setUp();
  proxy.refuse = true;
  proxy.cut('reset');
  await wire.first('down');
  const sent = wire.session.send(chat('later'));
  assert.equal(wire.session.pending.length, 1);
  await wire.nth('down', 3);
  proxy.refuse = false;
  assert.equal(await sent, 'acknowledged');
  assert.deepEqual(server.bodies, ['later']);
  assert.equal(wire.session.pending.length, 0);
});

test('X018 after an impossible acknowledgement the session is not resumed', async () => {
  const { wire, client } = await setUp();
  client.send(`<a xmlns='${SM}' h='77'/>`);
  assert.equal((await wire.nth('online', 2)).resumed, false);
});

test('a stanza that broke a limit does not come again after the resumption', async () => {
  const { wire, client } = await setUp();
  client.stanza(`<message from='a@chat.test'><body>${'x'.repeat(5 << 20)}</body></message>`);
  assert.equal((await wire.first('down')).failure.kind, 'limit');
  assert.equal((await wire.nth('online', 2)).resumed, true);
  assert.deepEqual(client.management?.unacknowledged, []);
});

test('Q2: a link that swallows everything is noticed, given up and resumed', async () => {
  const clock = createManualClock();
  const { server, proxy, wire } = await setUp({}, { clock });
  const doubts: boolean[] = [];
  wire.session.on('doubt', ({ doubtful }) => doubts.push(doubtful));
  const sent = wire.session.send(chat('into the hole'));
  await server.until(() => server.bodies.length === 1);
  proxy.cut('hole');
  void wire.session.send(chat('lost in it'));
  clock.advance(250);
  clock.advance(15_000);
  assert.deepEqual(doubts, [true]);
  assert.equal(wire.session.state, 'online');
  clock.advance(15_000);
  assert.equal((await wire.first('down')).failure.kind, 'silent');
  clock.advance(0);
  assert.equal((await wire.nth('online', 2)).resumed, true);
  assert.equal(await sent, 'acknowledged');
  await server.until(() => server.bodies.length === 2);
  assert.deepEqual(server.bodies, ['into the hole', 'lost in it']);
});

test('Q2: silence is probed, with a ping where the server has no acknowledgements', async () => {
  const clock = createManualClock();
  const { server, wire, client } = await setUp({ management: false }, { clock });
  clock.advance(120_000);
  await server.until(() => client.log.some(line => line.includes('urn:xmpp:ping')));
  clock.advance(30_000);
  assert.equal((await wire.first('down')).failure.kind, 'silent');
});

test('in five minutes of silence nothing wakes but the two questions that keep the link alive', async () => {
  const manual = createManualClock();
  let fired = 0;
  const clock: Clock = {
    ...manual,
    setTimeout: (callback, ms) =>
      manual.setTimeout(() => {
        fired++;
        callback();
      }, ms),
  };
  const { wire } = await setUp({}, { clock });
  manual.advance(10_000);
  fired = 0;
  for (const silence of [110_000, 120_000]) {
    const answered = new Promise<void>(resolve => {
      wire.session.on('received', ({ xml: text }) => {
        if (text.startsWith('<a ')) resolve();
      });
    });
    manual.advance(silence);
    await answered;
  }
  manual.advance(60_000);
  assert.equal(fired, 2);
});

/** A session in the program: its clock notices that the machine slept. */
async function setUpSleeper() {
  const fake = createFakeClock();
  let asleepMs = 0;
  const waking = createWaking({ ...fake, now: () => fake.now() + asleepMs }, fake.now);
  const clock: Clock = {
    now: waking.clock.now,
    setTimeout: (callback, ms) => waking.clock.after(ms, callback),
    clearTimeout: undo => void (typeof undo === 'function' && undo()),
  };
  const rig = await setUp({}, { clock, idleMs: 10 * 60_000 });
  waking.onWake(() => rig.wire.session.reconnectNow());
  const sleep = (ms: number): void => {
    asleepMs += ms;
  };
  return { ...rig, clock: fake, sleep };
}

test('Q5: after a suspension the link is probed when something is sent, and given up after five seconds', async () => {
  const { server, proxy, wire, client, clock, sleep } = await setUpSleeper();
  proxy.cut('hole');
  sleep(90_000);
  void wire.session.send(chat('good morning'));
  clock.advance(5000);
  assert.equal((await wire.first('down')).failure.kind, 'silent');
  assert.equal(server.clients.length, 1);
  assert.equal(client.number, 1);
});

test('Q5: after a suspension the link is probed by itself with the next timer, and given up after five seconds', async () => {
  const { server, proxy, wire, client, clock, sleep } = await setUpSleeper();
  proxy.cut('hole');
  sleep(90_000);
  clock.advance(10 * 60_000);
  clock.advance(5000);
  assert.equal((await wire.first('down')).failure.kind, 'silent');
  assert.equal(server.clients.length, 1);
  assert.equal(client.number, 1);
});

test('B15 the first retry comes at once, the next ones after growing random times up to a minute', async () => {
  const clock = createManualClock();
  const { proxy, wire } = await setUp({}, { clock, random: () => 1, backoff: { baseMs: 1000, maxMs: 60_000 } });
  clock.advance(10_000);
  proxy.refuse = true;
  proxy.cut('reset');
  const delays: number[] = [];
  for (let number = 1; number <= 9; number++) {
    await wire.nth('down', number);
    const waiting = wire.events.filter(item => item.event === 'state').at(-1)?.payload as { retryAtMs: number };
    delays.push(waiting.retryAtMs - clock.now());
    clock.advance(delays.at(-1)!);
  }
  assert.deepEqual(delays, [0, 1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
});

test('reconnecting by hand ends the waiting', async () => {
  const clock = createManualClock();
  const { proxy, wire } = await setUp({}, { clock, random: () => 1 });
  proxy.refuse = true;
  proxy.cut('reset');
  await wire.first('down');
  wire.session.reconnectNow();
  await wire.nth('down', 2);
  proxy.refuse = false;
  wire.session.reconnectNow();
  await wire.nth('online', 2);
});

test('stopping gives back what was not written', async () => {
  const { proxy, wire } = await setUp();
  proxy.refuse = true;
  proxy.cut('reset');
  await wire.first('down');
  const sent = wire.session.send(chat('never'));
  await wire.session.stop();
  assert.equal(await sent, 'unsent');
});
