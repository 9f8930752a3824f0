/** Chords and what they run. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Command, defineCommand } from '../../src/api.js';
import { normaliseChord } from '../../src/core/keymap.js';
import { DEFAULT_KEYS } from '../../src/core/keymaps/default.js';
import { KEYMAPS } from '../../src/core/keymaps/index.js';
import { loadDeclarations } from '../../src/declarations.js';
import { isEditAction } from '../../src/model/editing.js';
import { createRig } from '../helpers/run-command.js';

for (const [typed, chord] of [
  ['alt-1', 'alt-1'],
  ['M-a', 'alt-a'],
  ['C-n', 'ctrl-n'],
  ['^l', 'ctrl-l'],
  ['shift-alt-N', 'alt-shift-n'],
  ['alt-N', 'alt-shift-n'],
  ['PgUp', 'pageup'],
  ['F5', 'f5'],
  ['alt--', 'alt--'],
  ['alt-/', 'alt-/'],
  ['hyper-x', undefined],
  ['', undefined],
] as const) {
  test(`“${typed}” is ${chord ?? 'no key'}`, () => assert.equal(normaliseChord(typed), chord));
}

test('every default key is written as the screen says it and runs a command', () => {
  for (const [chord, line] of DEFAULT_KEYS) {
    assert.equal(normaliseChord(chord), chord);
    assert.match(line, /^\/[a-z]/);
  }
  assert.equal(DEFAULT_KEYS.get('alt-0'), '/win 10');
  assert.equal(DEFAULT_KEYS.get('alt-o'), '/win 19');
  assert.equal(DEFAULT_KEYS.has('f1'), false);
});

test('the person’s binding wins over the tab’s, the plugin’s and the default', () => {
  const ran: string[] = [];
  const rig = createRig({
    commands: [
      defineCommand({
        name: 'note',
        group: 'help',
        summary: '',
        args: { what: { type: 'rest', help: '' } },
        run: ({ args }) => void ran.push(args.what),
      }),
    ],
    tabs: [
      { kind: 'start', title: () => 's' as never, view: () => ({ type: 'text', rows: [] }), keys: { f5: '/note tab' } },
    ],
  });
  const plugin = rig.core.createApi('plugin:keys');
  const { shell, api } = rig.core;
  shell.chord('f5');
  const undo = plugin.keys.bind('f6', '/note plugin');
  shell.chord('f6');
  api.keys.bind('f5', '/note person');
  api.keys.bind('f6', '/note person too');
  shell.chord('f5');
  shell.chord('f6');
  assert.equal(shell.bound('f6'), '/note person too');
  assert.equal(api.keys.unbind('f6'), true);
  assert.equal(shell.chord('f6'), false);
  undo();
  assert.deepEqual(ran, ['tab', 'plugin', 'person', 'person too']);
});

test('a keymap of another client goes before ours and the line, and what the person bound before both', () => {
  const rig = createRig();
  const { shell, api } = rig.core;
  assert.equal(api.keys.list.get('ctrl-k')?.line, '/jump');
  assert.equal(shell.bound('alt-up'), undefined);
  api.config.set('input.keymap', 'weechat');
  assert.deepEqual(api.keys.list.get('alt-up'), { line: '/prev', by: 'keymap' });
  assert.equal(shell.bound('alt-up'), '/prev', 'it goes before the line editor');
  assert.equal(api.keys.list.has('ctrl-k'), false, 'the line has it');
  assert.equal(shell.chord('ctrl-k'), false);
  api.keys.bind('alt-up', '/next');
  assert.deepEqual(api.keys.list.get('alt-up'), { line: '/next', by: 'user' });
  assert.ok(api.keys.unbind('alt-down'));
  assert.equal(api.keys.list.has('alt-down'), false);
  api.config.set('input.keymap', 'default');
  assert.equal(api.keys.list.get('ctrl-k')?.line, '/jump');
  assert.equal(api.keys.list.get('alt-up')?.line, '/next');
});

for (const [name, { keys }] of KEYMAPS) {
  test(`the keymap ${name} binds keys that the screen can say to commands that there are`, async () => {
    const { commands } = await loadDeclarations();
    const names = new Set(
      commands.flatMap(({ value }) => {
        const command = value as Command;
        return [command.name, ...(command.aliases ?? [])];
      }),
    );
    for (const [chord, line] of keys) {
      assert.equal(normaliseChord(chord), chord);
      const command = /^\/(\S+)/.exec(line)?.[1];
      assert.ok(line === '' || (command !== undefined && names.has(command)), `${chord}: ${line}`);
      assert.notEqual(line, DEFAULT_KEYS.get(chord), `${chord} is ours already`);
      const action = /^\/input (\S+)/.exec(line)?.[1];
      if (action !== undefined) assert.ok(isEditAction(action), line);
    }
  });
}
