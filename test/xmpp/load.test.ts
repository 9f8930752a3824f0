/** Rows Q7 and Q20 to Q22 of the table of faults: links that are slow, and servers that say very much. How fast is measured by `npm run bench`. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createFakeClock } from '../helpers/fake-clock.js';
import { type HostileClient, startHostileServer } from '../helpers/hostile-server.js';
import { openSession } from '../helpers/wire-session.js';
import { createRig, enterRoom, ROOM, settle } from './fake-session.js';

const open: (() => Promise<void>)[] = [];
after(async () => {
  for (const close of open) await close();
});

for (const [what, ms] of [
  ['200 ms', 200],
  ['10 s', 10_000],
] as const) {
  test(`Q7: each answer of the server takes ${what}: the login and the first message still work, on one connection`, async () => {
    const fake = createFakeClock();
    const held: (() => void)[] = [];
    const slow = new Set<HostileClient>();
    const server = await startHostileServer({
      tls: 'direct',
      management: true,
      onHeader(client) {
        if (slow.has(client)) return false;
        slow.add(client);
        const send = client.send.bind(client);
        client.send = text => void held.push(() => send(text));
        return false;
      },
    });
    const wire = openSession(server.port, {
      clock: {
        now: fake.now,
        setTimeout: (callback, delayMs) => fake.after(delayMs, callback),
        clearTimeout: handle => void (typeof handle === 'function' && handle()),
      },
    });
    open.push(async () => {
      await server.close();
      await wire.session.stop();
    });
    let packets = 0;
    const settled = async (condition: () => boolean): Promise<void> => {
      while (!condition()) {
        await new Promise(setImmediate);
        const packet = held.shift();
        if (packet === undefined) continue;
        fake.advance(ms);
        packets++;
        packet();
      }
    };
    await settled(() => wire.session.state === 'online');
    assert.ok(packets >= 4, `${packets} packets`);
    slow.values().next().value?.stanza("<message from='a@chat.test'><body>late</body></message>");
    await settled(() => wire.bodies.length === 1);
    assert.deepEqual(
      [server.clients.length, wire.events.filter(({ event }) => event === 'down').length, wire.bodies],
      [1, 0, ['late']],
    );
  });
}

test('Q20: a room of 5,000 is entered, and everybody is told once', async () => {
  const rig = await createRig();
  await enterRoom(rig);
  const before = rig.presences().length;
  for (let i = 0; i < 5000; i++) {
    rig.receive(
      `<presence from='${ROOM}/nick${i}'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant'/></x></presence>`,
    );
  }
  const told = rig.presences().slice(before);
  assert.equal(new Set(told.map(({ from }) => from)).size, 5000);
  assert.equal(told.length, 5000);
});

test('Q21: 2,000 messages at once are all told, in their order', async () => {
  const rig = await createRig();
  await enterRoom(rig);
  for (let i = 0; i < 2000; i++) {
    rig.receive(`<message type='groupchat' from='${ROOM}/romeo' id='m${i}'><body>line ${i}</body></message>`);
  }
  assert.deepEqual(
    rig.messages().flatMap(({ body }) => (body === undefined ? [] : [body])),
    Array.from({ length: 2000 }, (_, i) => `line ${i}`),
  );
});

test('Q22: 10,000 contacts are told in parts, and what the server says behind them waits for the last', async () => {
  const rig = await createRig();
  const before = rig.told.length;
  const items = Array.from({ length: 10_000 }, (_, i) => `<item jid='friend${i}@example.org' subscription='both'/>`);
  await rig.answer(
    'jabber:iq:roster',
    `<iq type='result'><query xmlns='jabber:iq:roster'>${items.join('')}</query></iq>`,
  );
  const parts = () => rig.told.slice(before).filter(one => one.kind === 'roster');
  assert.equal(rig.pauses, parts().at(-1)?.more === true ? 1 : 0);
  while (rig.pauses > 0) await new Promise(resolve => setImmediate(resolve));
  assert.equal(
    parts().reduce((sum, part) => sum + part.items.length, 0),
    10_000,
  );
  assert.ok(parts().length > 50, 'a key waits for one of many');
  assert.deepEqual(
    parts().map(part => part.more === true),
    parts().map((_, i) => i < parts().length - 1),
  );
});

test('a list of contacts that came half before the session ended is not mixed with the next', async () => {
  const rig = await createRig();
  const items = (from: number, to: number): string =>
    `<iq type='result'><query xmlns='jabber:iq:roster'>${Array.from({ length: to - from }, (_, i) => `<item jid='friend${from + i}@example.org' subscription='both'/>`).join('')}</query></iq>`;
  await rig.answer('jabber:iq:roster', items(0, 10_000));
  rig.down();
  rig.online(false);
  await settle();
  const before = rig.told.length;
  await rig.answer('jabber:iq:roster', items(5000, 5010));
  while (rig.pauses > 0) await new Promise(resolve => setImmediate(resolve));
  const told = rig.told.slice(before).filter(one => one.kind === 'roster');
  assert.equal(told.flatMap(part => part.items).length, 10);
  assert.equal(told.at(-1)?.more, undefined);
});
