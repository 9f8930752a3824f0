/** Completion tables: line with the cursor as `|`, and what it offers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Command, defineCommand } from '../../src/api.js';
import { createRig } from '../helpers/run-command.js';

const ROOM = 'lobby@muc.test';
const run = () => {};
const COMMANDS: readonly Command[] = [
  defineCommand({
    name: 'join',
    aliases: ['j'],
    group: 'rooms',
    summary: 'Enter',
    args: { room: { type: 'room', help: '' }, password: { type: 'secret', optional: true, help: '' } },
    run,
  }),
  defineCommand({
    name: 'kick',
    group: 'moderation',
    where: 'room',
    summary: 'Kick',
    args: { nick: { type: 'nick', help: 'who' }, reason: { type: 'rest', optional: true, help: 'why' } },
    run,
  }),
  defineCommand({
    name: 'set',
    group: 'settings',
    summary: 'Set',
    args: {
      chat: { type: 'flag', help: '' },
      option: { type: 'option', help: '' },
      value: { type: 'rest', optional: true, help: '', complete: () => ['on', 'off'] },
    },
    run,
  }),
  defineCommand({
    name: 'role',
    group: 'moderation',
    summary: 'Role',
    args: { role: { type: 'choice', choices: ['visitor', 'participant', 'moderator'], help: '' } },
    run,
  }),
  defineCommand({ name: 'win', group: 'tabs', summary: 'Tab', args: { to: { type: 'tab', help: '' } }, run }),
];

function offered(marked: string): { inserts: readonly string[]; from: string } {
  const rig = createRig({ commands: COMMANDS });
  rig.enter(ROOM, ['nemo', 'Nellie', 'captain nemo', 'ana']);
  rig.clock.advance(1000);
  rig.wire.message(`${ROOM}/ana`, 'me: hello');
  rig.clock.advance(1000);
  rig.wire.message(`${ROOM}/nemo`, 'hi');
  const cursor = marked.indexOf('|');
  const line = marked.replace('|', '');
  const found = rig.core.shell.complete(line, cursor);
  assert.ok(!(found instanceof Promise));
  return { inserts: found.candidates.map(one => one.insert), from: line.slice(found.start, found.end) };
}

for (const [marked, inserts, from] of [
  ['n|', ['nemo: ', 'Nellie: ', 'captain nemo: ', 'ana: '], 'n'],
  ['ne|', ['nemo: ', 'Nellie: ', 'captain nemo: '], 'ne'],
  ['hi ne|', ['nemo ', 'Nellie ', 'captain nemo '], 'ne'],
  ['captain n|', ['captain nemo: '], 'captain n'],
  ['|', ['ana: '], ''],
  ['zzz|', [], 'zzz'],
  ['/ki|', ['/kick '], '/ki'],
  ['/j|', ['/join ', '/j '], '/j'],
  ['/kick n|', ['nemo ', 'Nellie ', '"captain nemo" ', 'ana '], 'n'],
  ['/kick "cap|', ['"captain nemo" '], '"cap'],
  ['/kick captain nemo an|', ['ana '], 'an'],
  ['/join lob|', ['lobby@muc.test '], 'lob'],
  ['/join lobby@muc.test hun|', [], ''],
  ['/role m|', ['moderator '], 'm'],
  ['/set -|', ['-chat '], '-'],
  ['/set typing.s|', ['typing.send ', 'typing.show '], 'typing.s'],
  ['/set typing.send o|', ['on', 'off'], 'o'],
  ['//ki|', [], '//ki'],
] as const) {
  test(`${marked} offers ${inserts.join(' | ') || 'nothing'}`, () => {
    const found = offered(marked);
    assert.deepEqual(found.inserts.slice(0, inserts.length === 0 ? 9 : inserts.length), inserts);
    if (inserts.length > 0) assert.equal(found.from, from);
  });
}

test('the hint names the argument at the cursor', () => {
  const rig = createRig({ commands: COMMANDS });
  rig.enter(ROOM, ['nemo']);
  const text = (line: string) =>
    rig.core.shell
      .hint(line, line.length)
      ?.map(part => part.text)
      .join('');
  assert.equal(text('/kick '), '/kick <nick> [reason…]  who');
  assert.equal(text('/kick nemo '), '/kick <nick> [reason…]  why');
  assert.equal(text('hello'), undefined);
});
