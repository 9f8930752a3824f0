/** Where a guest comes in for a room: which hosts, in which order, and what happens if they do not let us in. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import join from '../../src/commands/join.js';
import { guestHosts, readHostMap } from '../../src/core/guest-hosts.js';
import { UserError } from '../../src/lib/errors.js';
import { createFakeWire, type FakeWire } from '../helpers/fake-wire.js';
import { createRig, type Rig } from '../helpers/run-command.js';

const ROOM = 'lobby@rooms.example.org';
const DEFAULT = 'anon.jeproteste.info';
const NEAR = ['rooms.example.org', 'anon.example.org', 'guest.example.org', 'anonymous.example.org'];
const base = { room: ROOM as never, authority: undefined, map: new Map<string, string>(), find: true };
const names = (options: Partial<Parameters<typeof guestHosts>[0]>): readonly string[] =>
  guestHosts({ ...base, configured: [DEFAULT], ...options }).map(one => one.domain);

for (const [title, options, expected] of [
  ['the hosts near the room, then the list', {}, [...NEAR, DEFAULT]],
  ['nothing is guessed if that is switched off', { find: false }, [DEFAULT]],
  ['what the link names goes first', { find: false, authority: 'in.test' }, ['in.test', DEFAULT]],
  [
    'the settings know a host for the service',
    { find: false, map: readHostMap(['rooms.example.org = in.test']) },
    ['in.test', DEFAULT],
  ],
  ['or for all of its domain', { find: false, map: readHostMap(['example.org=in.test']) }, ['in.test', DEFAULT]],
  ['or for one room', { find: false, map: readHostMap([`${ROOM}=in.test`]) }, ['in.test', DEFAULT]],
  ['each is tried once', { configured: ['guest.example.org'] }, NEAR],
  [
    'a domain without a parent keeps its own name',
    { room: 'a@chat.test' as never },
    ['chat.test', 'anon.chat.test', 'guest.chat.test', 'anonymous.chat.test', DEFAULT],
  ],
  ['nobody guesses at numbers', { room: 'a@127.0.0.1' as never }, [DEFAULT]],
  ['nor at a single word', { room: 'a@localhost' as never }, [DEFAULT]],
  ['what is no host is left out', { find: false, configured: ['', 'me@x.test', DEFAULT] }, [DEFAULT]],
] as const) {
  test(`guest hosts: ${title}`, () => assert.deepEqual(names(options as never), expected));
}

test('broken pairs of the settings are left out', () => {
  assert.deepEqual([...readHostMap(['a.test', '=x', 'b.test=me@c.test', 'B.test=C.test'])], [['b.test', 'c.test']]);
});

/** Only these hosts let guests in. */
function rigOf(open: readonly string[], set: Record<string, string> = {}, wire: FakeWire = createFakeWire()): Rig {
  const { connect } = wire;
  wire.connect = async login => {
    if (open.includes(login.domain)) return connect(login);
    (wire.logins as unknown[]).push(login);
    if (login.once === true) throw new UserError(`${login.domain} does not answer.`);
    return new Promise(() => {});
  };
  return createRig({ online: false, wire, commands: [join as never], set });
}
const tried = (rig: Rig): readonly string[] => rig.wire.logins.map(login => login.domain);

test('hosts are tried in order until one lets us in, each with a line', async () => {
  const rig = rigOf(['guest.example.org']);
  await rig.core.start({ rooms: [ROOM], nick: 'ana', exec: [] });
  assert.deepEqual(tried(rig), NEAR.slice(0, 3));
  assert.ok(rig.notices().includes('No guests at anon.example.org. Trying guest.example.org …'));
  assert.equal(rig.core.store.room(ROOM as never)?.state, 'joined');
});

test('guesses get little time, and the last that is no guess is waited for', async () => {
  const rig = rigOf([]);
  void rig.core.start({ rooms: [ROOM], nick: 'ana', exec: [] });
  while (tried(rig).length < 6) await new Promise(resolve => setImmediate(resolve));
  assert.deepEqual(tried(rig), [...NEAR, DEFAULT, DEFAULT]);
  assert.deepEqual(
    rig.wire.logins.map(login => [login.once === true, login.guess === true].join()),
    [...NEAR.map(() => 'true,true'), 'true,false', 'false,false'],
  );
});

test('a server on the command line is the only one', async () => {
  const rig = rigOf(['in.test']);
  await rig.core.start({ rooms: [ROOM], server: 'in.test', nick: 'ana', exec: [] });
  assert.deepEqual(tried(rig), ['in.test']);
  assert.deepEqual(rig.core.api.session.guestHostsLeft(ROOM as never), []);
});

/** A wire whose guest hosts reach these rooms only from one of them. */
function islands(from: string, rooms: readonly string[] = [ROOM]): FakeWire {
  const wire = createFakeWire();
  const muc = wire.xeps.muc as unknown as { join(room: string, options: { readonly nick: string }): Promise<unknown> };
  const real = muc.join;
  muc.join = async (room, options) => {
    if (!rooms.includes(room) || wire.facts.domain === from) return real(room as never, options);
    throw Object.assign(new UserError('This guest host cannot reach it.'), { condition: 'remote-server-not-found' });
  };
  return wire;
}

test('a host that does not reach the room is left for the next one', async () => {
  const rig = rigOf(['anon.example.org', 'guest.example.org'], {}, islands('guest.example.org'));
  await rig.core.start({ rooms: [ROOM], nick: 'ana', exec: [] });
  assert.equal(rig.core.store.room(ROOM as never)?.state, 'joined');
  assert.equal(rig.core.store.session.domain, 'guest.example.org');
  assert.ok(rig.notices(ROOM).some(one => one.includes('anon.example.org does not reach rooms.example.org')));
});

test('two rooms that are not reached go to the next host together', async () => {
  const wire = islands('guest.example.org', [ROOM, 'tea@rooms.example.org']);
  const rig = rigOf(['anon.example.org', 'guest.example.org'], {}, wire);
  await rig.core.start({ rooms: [ROOM, 'tea@rooms.example.org'], nick: 'ana', exec: [] });
  assert.deepEqual(tried(rig), NEAR.slice(0, 3));
  for (const room of [ROOM, 'tea@rooms.example.org']) {
    assert.equal(rig.core.store.room(room as never)?.state, 'joined', room);
  }
});

test('who sits in another room is asked before it is left, and comes back if no other host leads there', async () => {
  const rig = rigOf(['anon.example.org'], {}, islands('nowhere.test'));
  await rig.core.start({ rooms: ['tea@rooms.example.org'], nick: 'ana', exec: [] });
  const done = rig.run(`/join ${ROOM}`);
  await new Promise(resolve => setImmediate(resolve));
  const question = rig.core.shell.question();
  assert.match(question?.text ?? '', /other guest hosts/);
  rig.core.shell.answer(question?.id ?? 0, 'y');
  assert.equal(await done, false);
  assert.equal(rig.core.store.session.domain, 'anon.example.org');
  assert.match(rig.notices(ROOM).at(-1) ?? '', /cannot reach it/);
});
