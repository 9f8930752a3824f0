/** The server is told what was handled only when it lasts (`history.sync`), and a machine that slept asks the link at once. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createFakeClock } from '../helpers/fake-clock.js';
import { startHostileServer } from '../helpers/hostile-server.js';
import { openSession } from '../helpers/wire-session.js';
import { createRig, settle as passed } from './fake-session.js';

const open: (() => Promise<void>)[] = [];
after(async () => {
  for (const close of open) await close();
});

/** A keep that writes down the order of things: `keep x` when a message came, `sync`, and `a h` when the server was told. */
async function setUp(waits: number[]) {
  const server = await startHostileServer({ tls: 'direct', management: true });
  const order: string[] = [];
  const fake = createFakeClock();
  const clock = {
    now: fake.now,
    setTimeout: (callback: () => void, ms: number) => fake.after(ms, callback),
    clearTimeout: (handle: unknown) => void (typeof handle === 'function' && handle()),
  };
  const wire = openSession(server.port, {
    clock,
    settle(urgent) {
      const ms = urgent ? 0 : (waits.shift() ?? 0);
      order.push(ms > 0 ? `wait ${ms}` : urgent ? 'sync now' : 'sync');
      return ms;
    },
  });
  wire.session.on('stanza', ({ element }) => void order.push(`keep ${element.getChildText('body')}`));
  wire.session.on('sent', ({ xml }) => {
    const h = /^<a .*h="(\d+)"/.exec(xml)?.[1];
    if (h !== undefined) order.push(`a ${h}`);
  });
  open.push(async () => {
    await wire.session.stop();
    await server.close();
  });
  await wire.first('online');
  return { server, wire, order, clock: fake, client: await server.online() };
}

const say = (body: string): string => `<message from='a@chat.test'><body>${body}</body></message>`;
const R = "<r xmlns='urn:xmpp:sm:3'/>";

test('Q12: what came is on the disk before the server is told', async () => {
  const { server, order, client } = await setUp([]);
  client.stanza(say('one'));
  client.stanza(say('two'));
  client.send(R);
  await server.until(() => client.log.some(line => line.startsWith('<a ')));
  assert.deepEqual(order, ['keep one', 'keep two', 'sync', 'a 2']);
});

test('Q12: questions that come while the disk rests get one answer, with all that came until then', async () => {
  const { server, wire, order, client, clock } = await setUp([0, 700]);
  client.stanza(say('one'));
  client.send(R);
  client.stanza(say('two'));
  client.send(R);
  client.stanza(say('three'));
  client.send(R);
  await wire.until(() => wire.bodies.length === 3);
  clock.advance(700);
  await server.until(() => client.log.filter(line => line.startsWith('<a ')).length === 2);
  assert.deepEqual(order, ['keep one', 'sync', 'a 1', 'keep two', 'wait 700', 'keep three', 'sync', 'a 3']);
});

test('Q12: before a resumption and at the goodbye it lasts at once', async () => {
  const { wire, order, client, clock } = await setUp([]);
  client.stanza(say('one'));
  await wire.until(() => wire.bodies.length === 1);
  client.destroy();
  await wire.first('down');
  clock.advance(0);
  await wire.nth('online', 2);
  assert.deepEqual(order, ['keep one', 'sync now']);
  await wire.session.stop();
  assert.deepEqual(order, ['keep one', 'sync now', 'sync now', 'a 1']);
});

test('Q5: a machine that woke asks the link at once, and nobody who left comes back by that', async () => {
  const rig = await createRig();
  rig.wake();
  assert.equal(rig.reconnects, 1);
  await rig.wire.disconnect();
  await passed();
  rig.wake();
  assert.equal(rig.reconnects, 1);
});
