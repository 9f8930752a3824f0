import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start } from './fixture.js';

const ROOM = 'chat@muc.test';

test('/set changes, shows and explains an option', async () => {
  const rig = start();
  assert.ok(await rig.run('/set typing.send = off'));
  assert.equal(rig.core.api.config.get('typing.send'), false);
  await rig.run('/set typing.send');
  assert.match(rig.lastNotice(), /typing\.send = (off|false) \(set\)/);
  await rig.run('/reset typing.send');
  assert.equal(rig.core.api.config.get('typing.send'), true);
});

test('/set with part of a name shows all that match', async () => {
  const rig = start();
  await rig.run('/set typing');
  assert.match(rig.lastNotice(), /typing\.send[\s\S]*typing\.show/);
});

test('/set -chat holds in this chat only', async () => {
  const rig = start();
  rig.enter(ROOM);
  assert.ok(await rig.run('/set -chat ui.occupants off'), rig.lastNotice());
  assert.equal(rig.core.api.config.get('ui.occupants', ROOM as never), false);
  assert.equal(rig.core.api.config.get('ui.occupants'), true);
  await rig.run('/toggle -chat ui.occupants');
  assert.equal(rig.core.api.config.get('ui.occupants', ROOM as never), true);
});

test('/set refuses a value that is none', async () => {
  const rig = start();
  assert.equal(await rig.run('/set ui.max_fps many'), false);
  assert.equal(await rig.run('/set no.such.option'), false);
});

test('/theme uses a theme that is there', async () => {
  const rig = start();
  assert.ok(await rig.run('/theme light'));
  assert.equal(rig.core.api.themes.current, 'light');
  assert.equal(await rig.run('/theme nosuch'), false);
});

test('/bind lets a key run a line, /unbind takes it away', async () => {
  const rig = start();
  assert.ok(await rig.run('/bind C-t /win last'));
  assert.equal(rig.core.api.keys.list.get('ctrl-t')?.line, '/win last');
  assert.ok(await rig.run('/unbind ctrl-t'));
  assert.equal(rig.core.api.keys.list.get('ctrl-t'), undefined);
});

test('/alias names a line, and its words are put in', async () => {
  const rig = start();
  rig.enter(ROOM);
  assert.ok(await rig.run('/alias wave /me waves at $1'));
  assert.ok(await rig.run('/wave ana'));
  assert.equal(rig.wire.said.at(-1)?.body, '/me waves at ana');
  assert.equal(await rig.run('/alias join /part'), false);
  assert.ok(await rig.run('/unalias wave'));
});

test('/win goes by number, by name and back', async () => {
  const rig = start();
  rig.enter('one@muc.test');
  rig.enter('two@muc.test');
  await rig.run('/w 2');
  assert.equal(rig.core.api.tabs.current.chat?.id, 'one@muc.test');
  await rig.run('/w two');
  assert.equal(rig.core.api.tabs.current.chat?.id, 'two@muc.test');
  await rig.run('/win last');
  assert.equal(rig.core.api.tabs.current.chat?.id, 'one@muc.test');
  assert.equal(await rig.run('/win 77'), false);
});

test('/quit ends the program with its message', async () => {
  const rig = start();
  await rig.run('/quit back tomorrow');
  assert.deepEqual(rig.quits, ['back tomorrow']);
});

test('a command for accounts tells a guest what to do', async () => {
  const rig = start();
  assert.equal(await rig.run('/add ana@example.org'), false);
  assert.match(rig.lastNotice(), /account[\s\S]*\/login/);
});

test('/interrupt empties the line, and offers to quit when it is empty', async () => {
  const rig = start();
  rig.screen.input.set('half a thought');
  await rig.run('/interrupt');
  assert.equal(rig.screen.input.get().line, '');
  await rig.run('/interrupt');
  assert.equal(rig.screen.input.get().line, '/quit');
});

test('/hilight adds and removes words that concern you, everywhere or in one chat', async () => {
  const rig = start();
  rig.enter(ROOM);
  await rig.run('/hilight release day');
  await rig.run('/hilight -chat tea');
  assert.match(rig.lastNotice(), /“release day”, “tea”/);
  assert.deepEqual(rig.core.api.config.get('rooms.highlight'), ['release day']);
  await rig.run('/hilight -remove release day');
  assert.deepEqual(rig.core.api.config.get('rooms.highlight'), []);
  await rig.run('/hilight -remove nothing');
  assert.match(rig.lastNotice(), /none of your words/);
});
