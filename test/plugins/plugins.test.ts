import assert from 'node:assert/strict';
import { test } from 'node:test';
import autoCorrect, { corrected } from '../../plugins/auto-correct.js';
import bell from '../../plugins/bell.js';
import dayChange from '../../plugins/day-change.js';
import hello from '../../plugins/hello.js';
import urlList from '../../plugins/url-list.js';
import type { Plugin } from '../../src/api.js';
import { type Asked, start } from '../commands/fixture.js';

const ROOM = 'chat@muc.test';

async function loaded(plugin: Plugin, core: object = {}): Promise<Asked> {
  const rig = start({}, { plugins: [plugin], core });
  if (!rig.core.api.plugins.list.some(one => one.name === plugin.name && one.state === 'loaded')) {
    await rig.core.api.plugins.load(plugin.name);
  }
  rig.enter(ROOM, ['ana']);
  return rig;
}

const CORRECTIONS: readonly (readonly [line: string, before: string, after: string | undefined])[] = [
  ['s/teh/the/', 'teh end of teh day', 'the end of teh day'],
  ['s/teh/the/g', 'teh end of teh day', 'the end of the day'],
  ['s/TEH/the/i', 'teh end', 'the end'],
  ['s/a.c/x/', 'abc a.c', 'abc x'],
  ['s/a/$&/', 'a', '$&'],
  ['s/\\/usr/\\/opt/', 'in /usr', 'in /opt'],
  ['s/x/', 'x', 'x'],
  ['s/gone/', 'gone fishing', undefined],
  ['see s/a/b/', 'a', undefined],
];
for (const [line, before, after] of CORRECTIONS.filter(([line]) => line !== 's/x/' && line !== 's/gone/')) {
  test(`${line} makes “${before}” ${after === undefined ? 'stay' : `“${after}”`}`, () => {
    assert.equal(corrected(line, before), after);
  });
}

test('auto-correct corrects the last own message and does not say the line', async () => {
  const rig = await loaded(autoCorrect);
  rig.submit('teh end');
  await new Promise(resolve => setImmediate(resolve));
  rig.wire.echo();
  rig.submit('s/teh/the/');
  await new Promise(resolve => setImmediate(resolve));
  const last = rig.wire.said.filter(one => one.body !== undefined).at(-1);
  assert.equal(last?.body, 'the end');
  assert.ok(last?.replaces);
});

test('bell rings for a live mention, at most once in its seconds, and never for history', async () => {
  const ran: unknown[] = [];
  const run = async (argv: readonly string[], input?: string): Promise<{ code: number; output: never }> => {
    ran.push([argv, JSON.parse(input ?? '{}')]);
    return { code: 0, output: '' as never };
  };
  const rig = await loaded(bell, { programs: { run, edit: async () => undefined } });
  rig.core.api.config.set('plugins.bell.program', '["notify", "--chat"]');
  // History comes while the room is being entered.
  rig.wire.receive({ kind: 'room-joining', room: 'old@muc.test' as never, nick: 'me' });
  rig.wire.message('old@muc.test/ana', 'me: old', { source: 'room-history', stamp: 1000 });
  rig.wire.enter('old@muc.test', 'me', ['ana']);
  assert.equal(ran.length, 0);
  rig.wire.message(`${ROOM}/ana`, 'me: $(rm -rf) hello');
  rig.wire.message(`${ROOM}/ana`, 'me: again');
  assert.equal(ran.length, 1);
  const [argv, data] = ran[0] as [readonly string[], { body: string; from: string }];
  assert.deepEqual(argv, ['notify', '--chat']);
  assert.equal(data.body, 'me: $(rm -rf) hello');
  assert.equal(data.from, 'ana');
});

test('url-list numbers addresses and copies one', async () => {
  const rig = await loaded(urlList);
  rig.wire.message(`${ROOM}/ana`, 'see https://example.org/a_(b). And (https://example.org/c)!');
  await rig.run('/urls');
  assert.match(rig.lastNotice(), /1 .*https:\/\/example\.org\/a_\(b\)\n.*2 .*https:\/\/example\.org\/c$/m);
  assert.ok(await rig.run('/urls 2'));
  assert.match(rig.lastNotice(), /Copied https:\/\/example\.org\/c$/);
  assert.equal(await rig.run('/urls 9'), false);
});

test('day-change says at midnight which day it is', async () => {
  const rig = await loaded(dayChange);
  rig.core.api.config.set('plugins.day-change.quiet', 'off');
  const before = rig.notices(ROOM).length;
  rig.clock.advance(86_400_000 + 1000);
  assert.ok(rig.notices(ROOM).length > before);
  assert.match(rig.notices(ROOM).at(-1) ?? '', /^It is [A-Z]\w+,? \d+ \w+ \d{4}\.$/);
});

test('hello adds its command, and takes it away when it is unloaded', async () => {
  const rig = await loaded(hello);
  assert.ok(await rig.run('/hello'));
  await rig.core.api.plugins.unload('hello');
  assert.equal(rig.core.api.commands.find('hello'), undefined);
});
