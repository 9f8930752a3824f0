import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandFiles, commands, pluginFiles, start, tabFiles } from './fixture.js';

test('every command is named like its file', () => {
  assert.deepEqual(
    commandFiles.map(one => one.value.name),
    commandFiles.map(one => one.file),
  );
});

test('every kind of tab is named like its file', () => {
  assert.deepEqual(
    tabFiles.map(one => one.value.kind),
    tabFiles.map(one => one.file),
  );
});

test('every plugin is named like its file and has a manual', () => {
  for (const { file, value } of pluginFiles) {
    assert.equal(value.name, file);
    assert.ok((value.help ?? '').length > 20, file);
  }
});

test('no two commands share a name or an alias', () => {
  const names = commands.flatMap(command => [command.name, ...(command.aliases ?? [])]);
  assert.deepEqual(
    names.filter((name, i) => names.indexOf(name) !== i),
    [],
  );
});

test('every summary is one line without a full stop, and every argument has help', () => {
  for (const command of commands) {
    assert.match(command.summary, /^[A-Z][^\n]*[^.\n]$/, command.name);
    for (const [name, arg] of Object.entries(command.args ?? {}))
      assert.ok(arg.help.length > 1, `${command.name} ${name}`);
  }
});

test('every example begins with a command that exists', () => {
  const names = new Set(commands.flatMap(command => [command.name, ...(command.aliases ?? [])]));
  for (const command of commands) {
    for (const example of command.examples ?? []) {
      assert.ok(names.has(/^\/([\w-]+)/.exec(example)?.[1] ?? ''), `${command.name}: ${example}`);
    }
  }
});

test('the rest of a line is the last argument', () => {
  for (const command of commands) {
    const types = Object.values(command.args ?? {})
      .filter(arg => arg.type !== 'flag')
      .map(arg => arg.type);
    assert.ok(types.indexOf('rest') < 0 || types.indexOf('rest') === types.length - 1, command.name);
  }
});

test('every default key runs a command that exists', () => {
  const { core } = start();
  for (const [chord, { line }] of core.api.keys.list) {
    const name = /^\/([\w-]+)/.exec(line)?.[1] ?? '';
    assert.ok(core.api.commands.find(name), `${chord}: ${line}`);
  }
});

test('the words of IRC are understood', () => {
  const { core } = start();
  const same = {
    j: 'join',
    leave: 'part',
    wc: 'close',
    q: 'query',
    n: 'names',
    t: 'topic',
    w: 'win',
    m: 'msg',
    k: 'kick',
    b: 'ban',
    hop: 'cycle',
    exit: 'quit',
    unset: 'reset',
    quote: 'quote',
  };
  for (const [alias, name] of Object.entries(same)) assert.equal(core.api.commands.find(alias)?.name, name, alias);
});
