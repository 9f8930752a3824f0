import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { createConfig } from '../../src/config/config.js';
import { systemClock } from '../../src/lib/time.js';

let folder = '';
const fileOf = (text?: string): string => {
  const file = join(folder, 'config.toml');
  if (text !== undefined) writeFileSync(file, text);
  return file;
};
const open = (text?: string) => createConfig({ file: fileOf(text), clock: systemClock });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'causette-config-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('reading', () => {
  test('without a file every option has its default and nothing is written', () => {
    const config = open();
    assert.equal(config.get('ui.theme'), 'auto');
    assert.deepEqual(config.problems, []);
    assert.throws(() => statSync(fileOf()));
  });
  test('C001 an empty file is the defaults', () => assert.equal(open('').get('typing.send'), true));
  test('values of the file are used, a chat may differ', () => {
    const config = open('[typing]\nsend = false\n[chat."r@muc.example"]\ntyping.send = true\n');
    assert.equal(config.get('typing.send'), false);
    assert.equal(config.get('typing.send', 'r@muc.example'), true);
    assert.equal(config.get('typing.send', 'other@muc.example'), false);
  });
  test('C002 a broken file is named with line and column, defaults hold, and nothing ever overwrites it', async () => {
    const config = open('[ui]\ntheme = \n');
    assert.match(config.problems.join(), /config\.toml:2:\d+: /);
    assert.equal(config.get('ui.theme'), 'auto');
    config.set('ui.theme', 'light');
    await config.flush();
    assert.equal(readFileSync(fileOf(), 'utf8'), '[ui]\ntheme = \n');
    assert.equal(config.get('ui.theme'), 'light');
  });
  const wrong: [name: string, text: string, says: RegExp, option: string, value: unknown][] = [
    ['C004 a control character in a nick is refused', '[guest]\nnick = "\\u009b31m"', /guest\.nick/, 'guest.nick', ''],
    [
      'C005 a number out of range is named with its range',
      '[ui]\nmax_fps = 99999',
      /ui\.max_fps.*1 to 120/,
      'ui.max_fps',
      30,
    ],
    ['a wrong type keeps the default', '[ui]\nclock = "maybe"', /ui\.clock/, 'ui.clock', false],
    ['an unknown choice lists the choices', '[ui]\ncolor = "mauve"', /auto, never/, 'ui.color', 'auto'],
    ['an unknown name is answered with the nearest', '[ui]\nthme = "x"', /did you mean ui\.theme/, 'ui.theme', 'auto'],
  ];
  for (const [name, text, says, option, value] of wrong) {
    test(name, () => {
      const config = open(text);
      assert.match(config.problems.join('\n'), says);
      assert.equal(config.get(option), value);
    });
  }
  test('C009 a huge file is refused', () => {
    const config = open('#\n'.repeat(600_000));
    assert.equal(config.broken, true);
  });
  test('C010 __proto__ in the file pollutes nothing', () => {
    open('__proto__.polluted = 1\n[chat."__proto__"]\ntyping.send = false\n');
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  });
  test('a folder instead of a file is refused', () => {
    const config = createConfig({ file: folder, clock: systemClock });
    assert.equal(config.broken, true);
  });
});

describe('writing', () => {
  test('a change is saved, readable only by its owner, and comments and order survive', async () => {
    const config = open('# my settings\n[ui] # looks\ntheme = "light" # for the day\n\n[guest]\nnick = "ana"\n');
    config.set('ui.theme', 'mono');
    config.set('typing.send', 'off', 'r@muc.example');
    await config.flush();
    const text = readFileSync(fileOf(), 'utf8');
    assert.match(text, /^# my settings\n\[ui\] # looks\ntheme = "mono" # for the day/);
    assert.equal(statSync(fileOf()).mode & 0o777, 0o600);
    const again = open();
    assert.equal(again.get('ui.theme'), 'mono');
    assert.equal(again.get('typing.send', 'r@muc.example'), false);
    assert.equal(again.get('guest.nick'), 'ana');
    assert.deepEqual(again.problems, []);
  });
  test('defaults are never written', async () => {
    const config = open();
    config.set('ui.theme', 'irssi');
    await config.flush();
    assert.equal(readFileSync(fileOf(), 'utf8').trim(), '[ui]\ntheme = "irssi"');
  });
  test('a reset takes the value out of the file', async () => {
    const config = open('[ui]\ntheme = "light"\nclock = true\n');
    config.reset('ui.theme');
    await config.flush();
    assert.equal(open().get('ui.theme'), 'auto');
    assert.equal(open().get('ui.clock'), true);
  });
  test('a list of pairs may be written as a table', async () => {
    const config = open('[guest]\nfind = false\n\n[guest.hosts]\n"muc.example.org" = "anon.example.org"\n');
    assert.deepEqual(config.problems, []);
    assert.deepEqual(config.get('guest.hosts'), ['muc.example.org=anon.example.org']);
    assert.equal(config.get('guest.find'), false);
    config.set('guest.hosts', 'a.test=b.test');
    await config.flush();
    assert.deepEqual(open().get('guest.hosts'), ['a.test=b.test']);
  });
  test('aliases and keys live in the same file', async () => {
    const config = open();
    config.setInTable('aliases', 'hi', '/say hello $*');
    config.setInTable('keys', 'f9', '/win next');
    await config.flush();
    const again = open();
    assert.equal(again.table('aliases').get('hi'), '/say hello $*');
    assert.equal(again.table('keys').get('f9'), '/win next');
    again.setInTable('keys', 'f9', undefined);
    await again.flush();
    assert.equal(open().table('keys').size, 0);
  });
  test('what moves by itself is off for screen readers, at once and however it was switched on', () => {
    const config = open();
    assert.equal(config.get('typing.show'), true);
    config.set('ui.accessible', 'on');
    assert.equal(config.get('typing.show'), false);
    assert.equal(config.get('typing.show', 'r@muc.example'), false);
    config.set('typing.show', 'on', 'r@muc.example');
    assert.equal(config.get('typing.show', 'r@muc.example'), true, 'who wants it in one chat has it there');
    config.set('ui.accessible', 'off');
    assert.equal(config.get('typing.show'), true);
    config.override('ui.accessible', true);
    assert.equal(config.get('typing.show'), false, 'the command line is no other switch');
  });
  test('an override of the command line is used and not saved', async () => {
    const config = open();
    config.override('ui.color', 'never');
    assert.equal(config.get('ui.color'), 'never');
    await config.flush();
    assert.throws(() => statSync(fileOf()));
  });
  test('what was edited meanwhile by hand is kept', async () => {
    const config = open('[ui]\ntheme = "light"\n');
    config.set('ui.clock', 'on');
    writeFileSync(fileOf(), '[ui]\ntheme = "irssi"\n');
    await config.flush();
    assert.equal(open().get('ui.theme'), 'irssi');
    assert.equal(open().get('ui.clock'), true);
  });
});

describe('setting', () => {
  const refused: [string, string, RegExp][] = [
    ['ui.max_fps', 'fast', /whole number from 1 to 120/],
    ['typing.send', 'perhaps', /on or off/],
    ['ui.thme', 'x', /There is no option ui\.thme/],
  ];
  for (const [name, text, says] of refused) {
    test(`/set ${name} ${text} is refused with the reason`, () => assert.throws(() => open().set(name, text), says));
  }
  test('an option without chat scope cannot differ per chat', () =>
    assert.throws(() => open().set('ui.theme', 'dark', 'r@muc.example'), /everywhere/));
  test('options of a plugin appear with its values and go with it', () => {
    const config = open('[plugins.bell]\nrooms = false\n');
    assert.deepEqual(config.problems, []);
    const undo = config.define('plugins.bell', { rooms: { type: 'boolean', default: true, help: 'ring in rooms' } });
    assert.equal(config.get('plugins.bell.rooms'), false);
    undo();
    assert.throws(() => config.get('plugins.bell.rooms'));
  });
});
