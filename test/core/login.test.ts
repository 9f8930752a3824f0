/** Logging in with an account: a mistyped password, bookmarked rooms, and who asks to see us. */
import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { createState } from '../../src/config/state.js';
import { UserError } from '../../src/lib/errors.js';
import { safe } from '../../src/lib/text.js';
import { openAccount } from '../../src/storage/account.js';
import { start } from '../commands/fixture.js';
import { createFakeClock } from '../helpers/fake-clock.js';
import { bare, createFakeWire, full } from '../helpers/fake-wire.js';
import { createRig } from '../helpers/run-command.js';

const ME = bare('ana@example.org');
const hosts: (string | undefined)[] = [];
const settle = () => new Promise(resolve => setImmediate(resolve));

/** A server that accepts one password. */
function wireWith(password: string) {
  const wire = createFakeWire();
  const tried: (string | undefined)[] = [];
  wire.connect = async login => {
    hosts.push(login.host);
    const given = await login.password?.();
    tried.push(given);
    if (given === password) return wire.online({ anonymous: false, jid: full(`${ME}/x`) });
    const sentence = safe`example.org did not accept the name or the password.`;
    wire.offline({ status: 'stopped', anonymous: false, failure: { sentence, refused: given !== undefined } });
    throw new UserError(sentence);
  };
  return { wire, tried };
}

test('a mistyped password is asked again until it is right', async () => {
  const { wire, tried } = wireWith('right');
  const rig = createRig({ wire, online: false });
  const login = rig.core.api.session.connect({ jid: ME });
  for (const answer of ['wrong', 'wrong again', 'right']) {
    await settle();
    const question = rig.core.shell.question();
    assert.equal(question?.secret, true);
    rig.core.shell.answer(question.id, answer);
  }
  await login;
  assert.deepEqual(tried, ['wrong', 'wrong again', 'right']);
  assert.ok(rig.notices().some(text => text.includes('did not accept')));
  assert.equal(rig.core.shell.question(), undefined);
});

test('Esc at the password is the end of it', async () => {
  const { wire, tried } = wireWith('right');
  const rig = createRig({ wire, online: false });
  const login = rig.core.api.session.connect({ jid: ME });
  await settle();
  rig.core.shell.answer(rig.core.shell.question()?.id ?? 0, undefined);
  await assert.rejects(login);
  assert.deepEqual(tried, [undefined]);
  assert.equal(rig.core.shell.question(), undefined);
});

const PROGRAM = { 'account.jid': ME, 'account.password_command': '["pass"]' };

test('a password program that fails is told, and the password is asked', async () => {
  const { wire, tried } = wireWith('right');
  const programs = { run: async () => ({ code: 1, output: safe`` }) };
  const rig = createRig({ wire, online: false, core: { programs }, set: PROGRAM });
  const login = rig.core.api.session.connect();
  await settle();
  await settle();
  assert.ok(rig.notices().some(text => text.includes('The password program pass ended with 1.')));
  rig.core.shell.answer(rig.core.shell.question()?.id ?? 0, 'right');
  await login;
  assert.deepEqual(tried, ['right']);
});

test('Q32: a password that was changed elsewhere is asked for, once, and the login goes on', async () => {
  const { wire, tried } = wireWith('old');
  const rig = createRig({ wire, online: false });
  const login = rig.core.api.session.connect({ jid: ME, password: 'old' });
  await login;
  const renewed = wireWith('new');
  wire.connect = renewed.wire.connect;
  const sentence = safe`example.org did not accept the name or the password.`;
  // The server is told of twice, as the wire does: by the state and by the end.
  wire.offline({ status: 'stopped', anonymous: false, failure: { sentence, refused: true } });
  wire.offline({ status: 'stopped', anonymous: false, failure: { sentence, refused: true } });
  await settle();
  assert.equal(rig.notices().filter(text => text.includes('did not accept')).length, 1);
  const question = rig.core.shell.question();
  assert.equal(question?.secret, true);
  rig.core.shell.answer(question?.id ?? 0, undefined);
  await settle();
  assert.deepEqual([tried, renewed.tried], [['old'], [undefined]]);
  assert.equal(rig.core.shell.question(), undefined);
});

test('another account never gets the password of the one in the settings', async () => {
  const { wire } = wireWith('right');
  const programs = { run: () => assert.fail('the program was run') };
  const rig = createRig({ wire, online: false, core: { programs }, set: PROGRAM });
  const login = rig.core.api.session.connect({ jid: bare('bo@elsewhere.example') });
  await settle();
  assert.match(rig.core.shell.question()?.text ?? '', /bo@elsewhere\.example/);
  rig.core.shell.answer(rig.core.shell.question()?.id ?? 0, 'right');
  await login;
});

test('what was typed for one account is not used for the next one', async () => {
  hosts.length = 0;
  const { wire, tried } = wireWith('right');
  const rig = createRig({ wire, online: false, set: { 'account.jid': ME, 'account.host': 'example.org.test' } });
  for (const account of [ME, bare('bo@elsewhere.example')]) {
    const login = rig.core.api.session.connect({ jid: account });
    await settle();
    await settle();
    const question = rig.core.shell.question();
    assert.ok(question);
    assert.ok(question.text.includes(account));
    rig.core.shell.answer(question.id, 'right');
    await login;
  }
  assert.deepEqual(tried, ['right', 'right']);
  assert.deepEqual(hosts, ['example.org.test', undefined]);
});

test('a password that a program gave is not asked for when it is refused', async () => {
  const { wire, tried } = wireWith('right');
  const programs = { run: async () => ({ code: 0, output: safe`stale` }) };
  const rig = createRig({ wire, online: false, core: { programs }, set: PROGRAM });
  await assert.rejects(rig.core.api.session.connect({ jid: ME }));
  assert.deepEqual(tried, ['stale']);
  assert.equal(rig.core.shell.question(), undefined);
});

const BOOKMARKS = [
  { room: bare('garden@muc.test'), nick: 'rosa', autojoin: true },
  { room: bare('attic@muc.test'), autojoin: false },
  { room: bare('cellar@muc.test'), autojoin: true },
];
const account = { anonymous: false, jid: full(`${ME}/x`) };
const joined = (rig: ReturnType<typeof start>) =>
  rig.asked.filter(call => call[0] === 'muc.join').map(call => String(call[1]));

test('bookmarked rooms are entered at login, in tabs behind the current one', async () => {
  const rig = start({ 'bookmarks.list': BOOKMARKS }, { online: false });
  rig.wire.online(account);
  await settle();
  assert.deepEqual(joined(rig), ['garden@muc.test', 'cellar@muc.test']);
  assert.equal(rig.core.store.room(bare('garden@muc.test'))?.nick, 'rosa');
  assert.equal(rig.core.api.tabs.current.kind, 'start');
});

test('a room that was left does not come back with the next session of the same login', async () => {
  const rig = start({ 'bookmarks.list': BOOKMARKS }, { online: false });
  rig.wire.online(account);
  await settle();
  await rig.core.api.commands.run('/close', rig.core.api.tabs.list.at(-1));
  rig.wire.receive({ kind: 'session', facts: { status: 'waiting', ...account } });
  rig.wire.online(account);
  await settle();
  assert.deepEqual(joined(rig), ['garden@muc.test', 'cellar@muc.test']);
});

for (const [why, facts, set] of [
  ['guests have no bookmarks', {}, {}],
  ['rooms.autojoin is off', account, { 'rooms.autojoin': 'off' }],
] as const) {
  test(`nothing is entered by itself: ${why}`, async () => {
    const rig = start({ 'bookmarks.list': BOOKMARKS }, { online: false, set });
    rig.wire.online(facts);
    await settle();
    assert.deepEqual(joined(rig), []);
  });
}

const asks = (rig: ReturnType<typeof start>) =>
  rig.wire.receive({ kind: 'presence', type: 'subscribe', from: bare('bo@example.org') });

test('who asks to see us is told with the commands that answer', () => {
  const rig = start({ 'bookmarks.list': [] });
  rig.wire.online(account);
  asks(rig);
  assert.match(rig.lastNotice(), /bo@example\.org wants to see when you are there.*\/accept bo@example\.org.*\/deny/);
});

test('whom we asked to see may see us without a question', () => {
  const rig = start({ 'bookmarks.list': [] });
  rig.wire.online(account);
  const item = { jid: bare('bo@example.org'), groups: [], subscription: 'none', ask: true } as const;
  rig.wire.receive({ kind: 'roster', full: true, items: [item] });
  asks(rig);
  assert.deepEqual(
    rig.asked.filter(call => call[0] === 'roster.approve').map(call => call[1]),
    ['bo@example.org'],
  );
  assert.match(rig.lastNotice(), /may see when you are there, as you asked to see them; \/deny/);
});

test('presence.subscribe deny refuses without a word', async () => {
  const rig = start({ 'bookmarks.list': [] }, { set: { 'presence.subscribe': 'deny' } });
  rig.wire.online(account);
  asks(rig);
  assert.deepEqual(
    rig.asked.filter(call => call[0] === 'roster.deny').map(call => call[1]),
    ['bo@example.org'],
  );
  assert.equal(
    rig.notices().some(text => text.includes('wants to see')),
    false,
  );
});

test('an answer of many rows outside of a chat opens the log of the client', async () => {
  const rig = start();
  await rig.run('/set ui.');
  assert.equal(rig.core.api.tabs.current.kind, 'info');
});

test('the answer of somebody we asked is told; strangers tell us nothing', () => {
  const rig = start({ 'bookmarks.list': [] });
  rig.wire.online(account);
  const bo = bare('bo@example.org');
  const answer = (type: 'subscribed' | 'unsubscribed') => rig.wire.receive({ kind: 'presence', type, from: bo });
  answer('subscribed');
  assert.equal(
    rig.notices().some(text => text.includes('lets you see')),
    false,
  );
  rig.wire.receive({ kind: 'roster', full: true, items: [{ jid: bo, groups: [], subscription: 'none', ask: true }] });
  answer('unsubscribed');
  assert.match(rig.lastNotice(), /bo@example\.org does not let you see/);
  answer('subscribed');
  assert.match(rig.lastNotice(), /bo@example\.org lets you see/);
});

test('a request that was answered is not shown any more', () => {
  const rig = start({ 'bookmarks.list': [] });
  rig.wire.online(account);
  asks(rig);
  assert.equal(rig.core.store.requests.size, 1);
  rig.wire.receive({ kind: 'request-answered', jid: bare('bo@example.org') });
  assert.equal(rig.core.store.requests.size, 0);
});

for (const [what, set, writable, wanted] of [
  ['is random unless it is named', '', true, undefined],
  ['is the one that was named', 'desk', true, 'desk'],
  ['is not shared with a second process of the account', 'desk', false, undefined],
] as const) {
  test(`the last part of our address ${what}`, async () => {
    const data = mkdtempSync(join(tmpdir(), 'causette-login-'));
    const open = (): ReturnType<typeof openAccount> =>
      openAccount(ME, () => {}, { data, clock: createFakeClock(), createState, held: () => () => {} });
    // The other process holds the folder.
    const other = writable ? undefined : await open();
    const wire = createFakeWire();
    const rig = createRig({
      wire,
      online: false,
      set: { 'account.resource': set },
      core: {
        async openStore(account, onProblem) {
          const opened = await openAccount(account, onProblem, { data, clock: createFakeClock(), createState });
          return opened === undefined ? undefined : { ...opened, writable: opened.writable && other === undefined };
        },
      },
    });
    await rig.core.api.session.connect({ jid: ME, password: 'x' });
    assert.equal(wire.logins.at(-1)?.resource, wanted);
    await rig.core.stop();
    other?.close();
  });
}
