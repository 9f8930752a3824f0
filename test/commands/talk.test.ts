import assert from 'node:assert/strict';
import { test } from 'node:test';
import { start } from './fixture.js';

const ROOM = 'chat@muc.test';

test('/say sends what stands behind it, even a slash', async () => {
  const rig = start();
  rig.enter(ROOM, ['ana']);
  assert.ok(await rig.run('/say /help me'));
  assert.equal(rig.wire.said.at(-1)?.body, '/help me');
});

test('/me says an action', async () => {
  const rig = start();
  rig.enter(ROOM);
  await rig.run('/me makes tea');
  assert.equal(rig.wire.said.at(-1)?.body, '/me makes tea');
});

test('/msg goes to the occupant of that nick, spaces and all, and not to the room', async () => {
  const rig = start();
  rig.enter(ROOM, ['captain nemo', 'captain']);
  assert.ok(await rig.run('/msg captain nemo are you there?'), rig.lastNotice());
  const said = rig.wire.said.at(-1);
  assert.equal(said?.to, `${ROOM}/captain nemo`);
  assert.equal(said?.type, 'chat');
  assert.equal(said?.body, 'are you there?');
});

test('/msg to nobody sends nothing', async () => {
  const rig = start();
  rig.enter(ROOM);
  assert.equal(await rig.run('/msg nobody hello'), false);
  assert.equal(rig.wire.said.length, 0);
});

test('/query opens a chat with an address and says something', async () => {
  const rig = start();
  assert.ok(await rig.run('/query ana@example.org hello'));
  assert.equal(rig.core.api.tabs.current.chat?.id, 'ana@example.org');
  assert.equal(rig.wire.said.at(-1)?.body, 'hello');
});

test('/query with a word that is nobody says so', async () => {
  const rig = start();
  rig.enter(ROOM);
  assert.equal(await rig.run('/query nobody'), false);
  assert.match(rig.lastNotice(), /nobody/);
});

test('/notice sends nothing and says why', async () => {
  const rig = start();
  rig.enter(ROOM);
  assert.equal(await rig.run('/notice all hello'), false);
  assert.equal(rig.wire.said.length, 0);
  assert.match(rig.lastNotice(), /no notices in XMPP/);
});

test('/lastlog opens the lines found, and Enter goes to one', async () => {
  const rig = start();
  rig.enter(ROOM, ['ana']);
  rig.wire.message(`${ROOM}/ana`, 'the release is out');
  rig.wire.message(`${ROOM}/ana`, 'something else');
  assert.ok(await rig.run('/lastlog RELEASE'));
  const { view } = rig.core.shell.current();
  assert.equal(view.type, 'list');
  if (view.type !== 'list') return;
  assert.equal(view.items.length, 1);
  assert.match(view.items[0]?.command ?? '', /^\/scroll #\d+ chat@muc\.test$/);
  assert.ok(await rig.run(view.items[0]?.command ?? ''));
  assert.equal(rig.core.api.tabs.current.chat?.id, ROOM);
});

test('/lastlog with a broken expression says so', async () => {
  const rig = start();
  rig.enter(ROOM);
  assert.equal(await rig.run('/lastlog /[/'), false);
  assert.match(rig.lastNotice(), /regular expression/);
});

test('/exec -o says what a program printed', async () => {
  const rig = start(
    {},
    {
      core: {
        programs: { run: async (argv: readonly string[]) => ({ code: 0, output: argv.join('|') as never }) },
      } as never,
    },
  );
  rig.enter(ROOM);
  assert.ok(await rig.run('/exec -o fortune "two words"'));
  assert.equal(rig.wire.said.at(-1)?.body, 'fortune|two words');
});
