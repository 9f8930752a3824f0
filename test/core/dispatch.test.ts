/** From a typed line to a command, a message, or a sentence that says why not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Command, defineCommand, UserError } from '../../src/api.js';
import { createRig } from '../helpers/run-command.js';

const ROOM = 'lobby@muc.test';

function commands(ran: unknown[]): readonly Command[] {
  return [
    defineCommand({
      name: 'quit',
      aliases: ['exit'],
      group: 'connection',
      summary: 'Leave',
      run: () => void ran.push('quit'),
    }),
    defineCommand({
      name: 'disco',
      group: 'service',
      summary: 'Ask',
      args: { address: { type: 'jid', optional: true, help: '' } },
      run: ({ args }) => void ran.push(args.address),
    }),
    defineCommand({ name: 'disconnect', group: 'connection', summary: 'End', run: () => void ran.push('disconnect') }),
    defineCommand({ name: 'add', group: 'people', needs: 'account', summary: 'Add', run: () => void ran.push('add') }),
    defineCommand({
      name: 'ping',
      group: 'service',
      needs: 'online',
      summary: 'Ping',
      run: () => void ran.push('ping'),
    }),
    defineCommand({
      name: 'kick',
      group: 'moderation',
      where: 'room',
      summary: 'Kick',
      args: { nick: { type: 'nick', help: '' }, reason: { type: 'rest', optional: true, help: '' } },
      run: ({ args }) => void ran.push([args.nick, args.reason]),
    }),
    defineCommand({
      name: 'login',
      group: 'connection',
      summary: 'Log in',
      args: { account: { type: 'contact', help: '' }, password: { type: 'secret', optional: true, help: '' } },
      run: ({ args }) => void ran.push(args.password),
    }),
    defineCommand({
      name: 'fail',
      group: 'help',
      summary: 'Fail',
      args: { how: { type: 'choice', choices: ['user', 'bug', 'later', 'refused'], help: '' } },
      async run({ args }) {
        if (args.how === 'user') throw new UserError('It did not work.', 'Try again.');
        if (args.how === 'refused') throw Object.assign(new Error('x'), { condition: 'not-allowed', text: 'Go away.' });
        if (args.how === 'bug') throw new TypeError('x is undefined');
        await Promise.resolve();
        throw new UserError('Later it did not work.');
      },
    }),
    defineCommand({
      name: 'echo',
      group: 'help',
      summary: 'Echo',
      args: { text: { type: 'rest', help: '' } },
      run: ({ args }) => void ran.push(args.text),
    }),
  ];
}

function rigIn(room = true) {
  const ran: unknown[] = [];
  const rig = createRig({ commands: commands(ran) });
  if (room) rig.enter(ROOM, ['nemo', 'captain nemo', 'ana']);
  return { ...rig, ran };
}

test('a plain line is said in the room of the tab', async () => {
  const { run, wire } = rigIn();
  assert.equal(await run('hello'), true);
  assert.equal(wire.said[0]?.body, 'hello');
  assert.equal(wire.said[0]?.type, 'groupchat');
  assert.equal(wire.said[0]?.to, ROOM);
});

test('K008: two slashes say one slash', async () => {
  const { run, wire, ran } = rigIn();
  await run('//quit');
  assert.equal(wire.said[0]?.body, '/quit');
  assert.deepEqual(ran, []);
});

test('/me is said as it is', async () => {
  const { run, wire, core } = rigIn();
  await run('/me waves');
  assert.equal(wire.said[0]?.body, '/me waves');
  const entry = core.store.chats.get(ROOM as never)?.log.last();
  assert.equal(entry?.kind === 'message' && entry.action, true);
});

test('K009: an unknown command is never sent and the nearest is named', () => {
  const { submit, wire, lastNotice } = rigIn();
  assert.equal(submit('/qiut'), false);
  assert.equal(wire.said.length, 0);
  assert.match(lastNotice(), /There is no command \/qiut\. Did you mean \/quit\?.*\/\/qiut/);
});

test('a unique beginning is offered and not run', () => {
  const { submit, ran, lastNotice } = rigIn();
  assert.equal(submit('/qui'), false);
  assert.match(lastNotice(), /Did you mean \/quit\?/);
  assert.equal(submit('/disc'), false);
  assert.match(lastNotice(), /\/disc… could be \/disco, \/disconnect\./);
  assert.deepEqual(ran, []);
});

test('a unique beginning runs when commands.prefix is on', async () => {
  const ran: unknown[] = [];
  const rig = createRig({ commands: commands(ran), set: { 'commands.prefix': 'on' } });
  assert.equal(await rig.run('/qui'), true);
  assert.deepEqual(ran, ['quit']);
});

test('K007: a command behind a space is neither run nor sent', () => {
  const { submit, wire, ran, lastNotice } = rigIn();
  assert.equal(submit(' /quit'), false);
  assert.deepEqual([wire.said.length, ran.length], [0, 0]);
  assert.match(lastNotice(), /Is this the command \/quit, or a text\?/);
});

test('guests are told what an account command needs', () => {
  const { submit, ran, lastNotice } = rigIn();
  assert.equal(submit('/add'), false);
  assert.match(lastNotice(), /needs an account, and you are here as a guest\. Log in with \/login/);
  assert.deepEqual(ran, []);
});

test('a command that needs the connection says so without one', () => {
  const ran: unknown[] = [];
  const rig = createRig({ commands: commands(ran), online: false });
  assert.equal(rig.submit('/ping'), false);
  assert.match(rig.lastNotice(), /needs a connection, and there is none\. Connect with \/connect\./);
});

test('a room command outside of rooms says where it works', () => {
  const { submit, lastNotice } = rigIn(false);
  assert.equal(submit('/kick nemo'), false);
  assert.match(lastNotice(), /works in a room/);
});

test('the longest present nick is taken, with spaces and without quotes', async () => {
  const { run, ran } = rigIn();
  await run('/kick captain nemo too loud');
  await run('/kick "captain nemo" too  loud');
  await run('/kick captain\\ nemo');
  await run('/kick nemo');
  assert.deepEqual(ran, [
    ['captain nemo', 'too loud'],
    ['captain nemo', 'too  loud'],
    ['captain nemo', undefined],
    ['nemo', undefined],
  ]);
});

test('a missing argument shows the usage and keeps the line', () => {
  const { submit, lastNotice } = rigIn();
  assert.equal(submit('/kick'), false);
  assert.match(lastNotice(), /\/kick needs a nick\. Usage: \/kick <nick> \[reason…\]/);
});

test('a UserError stands under the command, with its next step', async () => {
  const { run, notices } = rigIn();
  assert.equal(await run('/fail user'), false);
  assert.equal(await run('/fail later'), false);
  assert.deepEqual(notices(ROOM).slice(-2), ['It did not work. Try again.', 'Later it did not work.']);
});

test('a refusal of the other side is told in its words, and is no fault', async () => {
  const { run, lastNotice, debugged } = rigIn();
  assert.equal(await run('/fail refused'), false);
  assert.equal(lastNotice(), '/fail was refused: Go away (not allowed).');
  assert.equal(
    debugged.some(line => line.startsWith('fault')),
    false,
  );
});

test('any other error is logged and told in one sentence', async () => {
  const { run, lastNotice, debugged } = rigIn();
  assert.equal(await run('/fail bug'), false);
  assert.match(lastNotice(), /\/fail failed because of an internal error/);
  assert.ok(debugged.some(line => line.includes('x is undefined')));
});

test('K006: a line with a password is kept neither in the history nor in the log', async () => {
  const { run, core, debugged, ran } = rigIn();
  assert.equal(core.shell.keeps('/login me@test.example hunter2'), false);
  assert.equal(core.shell.keeps('/login me@test.example'), true);
  assert.equal(core.shell.keeps('hello'), true);
  await run('/login me@test.example hunter2');
  assert.deepEqual(ran, ['hunter2']);
  assert.equal(
    debugged.some(line => line.includes('hunter2')),
    false,
  );
});

test('K010: controls are left out of what is sent, and the person is told', async () => {
  const { run, wire, notices } = rigIn();
  await run('a\u009b31mb');
  assert.equal(wire.said[0]?.body, 'a31mb');
  assert.match(notices(ROOM).at(-1) ?? '', /left out/);
});

test('aliases put their arguments in, and chain with semicolons that are theirs alone', async () => {
  const { run, ran, core } = rigIn();
  const { alias } = core.api.commands;
  alias.set('e', '/echo $2 before $1');
  alias.set('both', '/echo one; /echo two $*');
  alias.set('plain', '/echo');
  await run('/e a b');
  await run('/both x; y');
  await run('/plain p q');
  assert.deepEqual(ran, ['b before a', 'one', 'two x; y', 'p q']);
});

test('an alias may have the name of the command it calls, and circles end', async () => {
  const { run, ran, core } = rigIn();
  const { alias } = core.api.commands;
  alias.set('echo', '/echo >> $*');
  alias.set('ping2', '/ping3');
  alias.set('ping3', '/ping2');
  await run('/echo x');
  assert.deepEqual(ran, ['>> x']);
  assert.equal(await run('/ping2'), false);
});

test('a second command of the same name is refused and both owners are named', () => {
  const { core } = rigIn();
  const api = core.createApi('plugin:mine');
  assert.throws(
    () => api.commands.add({ name: 'leave2', aliases: ['quit'], group: 'plugins', summary: '', run() {} }),
    /\/quit of plugin:mine exists already: it belongs to \/quit of core/,
  );
});

test('what is typed where nobody listens is not lost', () => {
  const { submit, lastNotice } = rigIn(false);
  assert.equal(submit('hello?'), false);
  assert.match(lastNotice(), /Nobody can hear you/);
});

test('nothing is said in a room that we left', () => {
  const { submit, wire, lastNotice } = rigIn();
  wire.receive({ kind: 'room-left', room: ROOM as never });
  assert.equal(submit('hello?'), false);
  assert.match(lastNotice(), /not in this room/);
  assert.equal(wire.said.length, 0);
});
