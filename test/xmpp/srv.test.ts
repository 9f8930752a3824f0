import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../src/xmpp/clock.js';
import { interleave } from '../../src/xmpp/dial.js';
import { StreamFailure } from '../../src/xmpp/errors.js';
import type { Resolver, SrvRecord } from '../../src/xmpp/session.js';
import { findTargets, orderRecords } from '../../src/xmpp/srv.js';
import { createRandom } from '../helpers/cut-proxy.js';

type Zone = Record<string, SrvRecord[] | 'fails' | 'silent'>;

function find(zone: Zone, asked: string[] = []) {
  const resolver: Resolver = {
    async resolveSrv(name) {
      asked.push(name);
      const records = zone[name];
      if (records === 'silent') return new Promise(() => undefined);
      if (records === undefined || records === 'fails') throw Object.assign(new Error(name), { code: 'ENODATA' });
      return records;
    },
    lookup: async () => [],
  };
  return findTargets('chat.test', { resolver, clock: systemClock, random: createRandom(1), timeoutMs: 20 });
}

const record = (name: string, port: number, priority = 0, weight = 0): SrvRecord => ({ name, port, priority, weight });
const CLIENT = '_xmpp-client._tcp.chat.test';
const DIRECT = '_xmpps-client._tcp.chat.test';
const GUESS = [
  { host: 'chat.test', port: 5222, direct: false },
  { host: 'chat.test', port: 5223, direct: true },
];

test('both kinds of records are merged by priority', async () => {
  const zone = { [CLIENT]: [record('b.test', 5222, 5)], [DIRECT]: [record('a.test.', 443, 1)] };
  assert.deepEqual(await find(zone), [
    { host: 'a.test', port: 443, direct: true },
    { host: 'b.test', port: 5222, direct: false },
  ]);
});

test('X036 only the two SRV names are asked: no TXT, no host-meta', async () => {
  const asked: string[] = [];
  await find({}, asked);
  assert.deepEqual(asked.sort(), [CLIENT, DIRECT]);
});

test('X037 a domain that says "." is not tried on its own address', async () => {
  const refusal = (error: unknown): boolean =>
    error instanceof StreamFailure && error.kind === 'no-service' && error.fatal;
  await assert.rejects(find({ [CLIENT]: [record('', 0)], [DIRECT]: [record('.', 0)] }), refusal);
});

test('"." for one kind leaves the other', async () => {
  const targets = await find({ [DIRECT]: [record('.', 0)], [CLIENT]: [record('a.test', 5222)] });
  assert.deepEqual(targets, [{ host: 'a.test', port: 5222, direct: false }]);
});

test('X038 the domain itself needs no address when there are records', async () => {
  assert.equal((await find({ [CLIENT]: [record('srv.test', 5222)] }))[0]?.host, 'srv.test');
});

test('X039 of 300 records with impossible ports at most 8 possible ones are tried', async () => {
  const records = Array.from({ length: 300 }, (_, index) => record(`h${index}.test`, [0, 99_999, 5222][index % 3]!));
  const targets = await find({ [CLIENT]: records });
  assert.equal(targets.length, 8);
  assert.ok(targets.every(target => target.port === 5222));
});

test('without records the domain is tried', async () => {
  assert.deepEqual(await find({}), GUESS);
  assert.deepEqual(await find({ [CLIENT]: 'fails', [DIRECT]: 'fails' }), GUESS);
});

test('a silent name server is given up', async () => {
  assert.deepEqual(await find({ [CLIENT]: 'silent', [DIRECT]: 'silent' }), GUESS);
});

test('weights are chances and priorities are not', () => {
  const random = createRandom(7);
  const records = [record('light', 1, 1, 1), record('heavy', 1, 1, 99), record('first', 1, 0, 0)];
  const orders = Array.from({ length: 500 }, () => orderRecords(records, random).map(item => item.name));
  assert.ok(orders.every(order => order[0] === 'first'));
  assert.ok(orders.filter(order => order[1] === 'heavy').length > 450);
  assert.ok(orders.some(order => order[1] === 'light'));
});

test('addresses of both families take turns', () => {
  const address = (text: string, family: number) => ({ address: text, family });
  const mixed = interleave([address('6a', 6), address('6b', 6), address('4a', 4)]);
  assert.deepEqual(
    mixed.map(item => item.address),
    ['6a', '4a', '6b'],
  );
});
