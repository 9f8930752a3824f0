import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stanzaError, start } from './fixture.js';

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

const HERE = 'ana@example.org';
const question = (rig: ReturnType<typeof start>) => rig.core.shell.question();

test('a nick of a room is found from a tab that is no room, unless several have it', async () => {
  const rig = start();
  rig.enter(ROOM, ['ana', 'bob']);
  await rig.run(`/query ${HERE}`);
  assert.ok(await rig.run('/query ana'));
  assert.equal(rig.core.api.tabs.current.chat?.id, `${ROOM}/ana`);
  rig.enter('den@muc.test', ['ana', 'bob']);
  await rig.run(`/query ${HERE}`);
  // The talk that is open goes before.
  assert.ok(await rig.run('/msg ana hello'));
  assert.equal(rig.wire.said.at(-1)?.to, `${ROOM}/ana`);
  assert.equal(await rig.run('/msg bob hello'), false);
  assert.match(rig.lastNotice(), /Several rooms have somebody called bob\. Write which: .*den@muc\.test\/bob/);
});

test('in a room a nick is one of that room, whoever is elsewhere', async () => {
  const rig = start();
  rig.enter('den@muc.test', ['ana']);
  rig.enter(ROOM, ['bob']);
  await rig.run(`/win ${ROOM}`);
  assert.equal(await rig.run('/msg ana hello'), false);
  assert.equal(rig.wire.said.length, 0);
});

test('/invite in a chat of two proposes a room for three', async () => {
  const rig = start();
  await rig.run(`/query ${HERE}`);
  const inviting = rig.run('/invite ben@example.org');
  await Promise.resolve();
  assert.match(String(question(rig)?.text), /Make a private room with ana@example\.org and ben@example\.org\?/);
  rig.core.shell.answer(question(rig)?.id ?? 0, 'n');
  assert.ok(await inviting);
  assert.equal(
    rig.asked.some(([name]) => name === 'muc.join' || name === 'muc.invite'),
    false,
  );
});

test('/ctcp asks what XMPP can ask, and says what it cannot', async () => {
  const rig = start({ 'version.of': { name: 'Gajim', version: '2.5' }, 'ping.ping': 12 });
  rig.enter(ROOM, ['captain nemo']);
  await rig.run(`/win ${ROOM}`);
  assert.ok(await rig.run('/ctcp captain nemo VERSION'));
  assert.deepEqual(rig.asked.at(-1), ['version.of', `${ROOM}/captain nemo`]);
  assert.match(rig.lastNotice(), /Gajim 2\.5/);
  assert.equal(await rig.run('/ctcp captain nemo slap'), false);
  assert.match(rig.lastNotice(), /no CTCP in XMPP; nothing was sent/);
});

const IDLE: readonly (readonly [who: string, seconds: number, said: RegExp])[] = [
  ['example.org', 86_400 * 3, /example\.org has been running for 3 days\./],
  ['ana@example.org', 7200, /ana@example\.org was last there 2 hours ago: gone fishing\./],
  ['ana@example.org', 0, /ana@example\.org is there\./],
  ['ana@example.org/home', 300, /ana@example\.org\/home has been idle for 5 minutes\./],
];
for (const [who, seconds, said] of IDLE) {
  test(`/idle ${who} after ${seconds} seconds`, async () => {
    const rig = start({ 'lastActivity.of': { seconds, status: 'gone fishing' } });
    assert.ok(await rig.run(`/idle ${who}`));
    assert.match(rig.lastNotice(), said);
  });
}

for (const [line, said] of [
  ['/idle ana@example.org', /That is not told, or only to contacts\. \/whois/],
  ['/version ana@example.org', /ana@example\.org does not tell which program that is\. \/disco/],
  ['/time ana@example.org', /ana@example\.org does not tell what time it is there\. \/whois/],
] as const) {
  test(`${line} of somebody who does not tell`, async () => {
    const refused = stanzaError('service-unavailable');
    const rig = start({ 'lastActivity.of': refused, 'version.of': refused, 'time.of': refused });
    assert.equal(await rig.run(line), false);
    assert.match(rig.lastNotice(), said);
  });
}
