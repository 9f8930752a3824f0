import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stanzaError, start } from './fixture.js';

const ROOM = 'chat@muc.test';

test('/join enters the room and shows it', async () => {
  const rig = start();
  assert.ok(await rig.run(`/join ${ROOM}/nemo s3cret`), rig.lastNotice());
  const [call, room, options] = rig.asked[0] as [string, string, Record<string, unknown>];
  assert.deepEqual([call, room, options['nick'], options['password']], ['muc.join', ROOM, 'nemo', 's3cret']);
  assert.equal(rig.core.api.tabs.current.chat?.id, ROOM);
});

test('/join with a bare name means the service of this room', async () => {
  const rig = start();
  rig.enter(ROOM);
  await rig.run('/join #other');
  assert.equal(rig.asked[0]?.[1], 'other@muc.test');
  await rig.run('/join third');
  assert.equal(rig.asked[1]?.[1], 'third@muc.test');
  await rig.run('/join fourth s3cret');
  assert.equal(rig.asked[2]?.[1], 'fourth@muc.test');
  assert.equal((rig.asked[2]?.[2] as { password?: string } | undefined)?.password, 's3cret');
  assert.equal((rig.asked[0]?.[2] as { nick?: string } | undefined)?.nick, 'me');
});

test('/join of a room we are in only shows it', async () => {
  const rig = start();
  rig.enter(ROOM);
  await rig.run('/query ana@example.org');
  assert.ok(await rig.run(`/join ${ROOM}`));
  assert.deepEqual(rig.asked, []);
  assert.equal(rig.core.api.tabs.current.chat?.id, ROOM);
});

test('/join asks a guest for a nick and suggests none of the machine', async () => {
  const rig = start();
  const done = rig.run(`/join ${ROOM}`);
  const question = rig.core.shell.question();
  assert.match(question?.initial ?? '', /^guest-[0-9a-f]{3}$/);
  rig.core.shell.answer(question?.id ?? 0, 'nemo');
  assert.ok(await done);
  assert.equal((rig.asked[0]?.[2] as { nick?: string } | undefined)?.nick, 'nemo');
});

test('/join asks for the password of a room that wants one', async () => {
  const rig = start({ 'muc.join': stanzaError('not-authorized') });
  const done = rig.run(`/join ${ROOM}/nemo`);
  await new Promise(resolve => setImmediate(resolve));
  const question = rig.core.shell.question();
  assert.equal(question?.secret, true);
  rig.core.shell.answer(question?.id ?? 0, 's3cret');
  await new Promise(resolve => setImmediate(resolve));
  assert.equal((rig.asked.at(-1)?.[2] as { password?: string } | undefined)?.password, 's3cret');
  // This one was wrong too, and the person gives up.
  const again = rig.core.shell.question();
  assert.match(again?.text ?? '', /not the password/);
  rig.core.shell.answer(again?.id ?? 0, undefined);
  assert.equal(await done, false);
});

const joinsOf = (rig: { readonly asked: readonly (readonly unknown[])[] }): readonly string[] =>
  rig.asked.flatMap(call =>
    call[0] === 'muc.join' ? [`${String(call[1])} ${(call[2] as { nick: string }).nick}`] : [],
  );
/** A room that is not there: it is made if whoever comes says so. */
const missing = async (room: string, options: { readonly onMissing?: () => Promise<boolean> }): Promise<unknown> => {
  if (room !== 'chta@muc.test' || options.onMissing === undefined || (await options.onMissing())) return {};
  throw stanzaError('item-not-found');
};
const LISTED = { items: [{ jid: 'tea@muc.test' }, { jid: ROOM }], more: false };

for (const [answer, joined] of [
  [ROOM, ['chta@muc.test nemo', `${ROOM} nemo`]],
  ['new', ['chta@muc.test nemo']],
  [undefined, ['chta@muc.test nemo']],
] as const) {
  test(`/join of a misspelt room offers the near one; the answer is ${answer ?? 'Esc'}`, async () => {
    const rig = start({ 'muc.join': missing, 'disco.items': LISTED }, { set: { 'rooms.nick': 'nemo' } });
    const done = rig.run('/join chta@muc.test');
    await new Promise(resolve => setImmediate(resolve));
    const question = rig.core.shell.question();
    assert.match(rig.notices('chta@muc.test').at(-1) ?? '', /There is no chta@muc\.test, but chat@muc\.test/);
    assert.equal(question?.initial, ROOM);
    rig.core.shell.answer(question?.id ?? 0, answer);
    assert.equal(await done, answer !== undefined, rig.lastNotice());
    assert.deepEqual(joinsOf(rig), joined);
    assert.equal(rig.core.store.room('chta@muc.test' as never) === undefined, answer === ROOM);
  });
}

test('/join with -new, and of a room without a near name, asks nothing', async () => {
  const rig = start({ 'muc.join': missing, 'disco.items': LISTED }, { set: { 'rooms.nick': 'nemo' } });
  assert.ok(await rig.run('/join -new chta@muc.test'));
  assert.equal(rig.core.shell.question(), undefined);
});

test('a room that guests may not make: the near one is named', async () => {
  const rig = start({ 'muc.join': stanzaError('not-allowed'), 'disco.items': LISTED });
  assert.equal(await rig.run('/join chta@muc.test/nemo'), false);
  assert.match(rig.lastNotice(), /Did you mean \/join chat@muc\.test\?/);
});

test('/join asks for another nick if the room does not want this one, and proposes the registered one', async () => {
  const join = async (_room: string, { nick }: { readonly nick: string }): Promise<unknown> => {
    if (nick === 'ana') return {};
    throw stanzaError('not-acceptable');
  };
  const rig = start({ 'muc.join': join, 'muc.reservedNick': 'ana' });
  rig.wire.online({ anonymous: false });
  const done = rig.run(`/join ${ROOM}/nemo`);
  await new Promise(resolve => setImmediate(resolve));
  const question = rig.core.shell.question();
  assert.match(question?.text ?? '', /Another nick/);
  assert.match(rig.notices(ROOM).at(-1) ?? '', /registered the nick ana/);
  rig.core.shell.answer(question?.id ?? 0, question?.initial);
  assert.ok(await done);
  assert.deepEqual(joinsOf(rig), [`${ROOM} nemo`, `${ROOM} ana`]);
});

test('/part keeps the tab, /close takes it away', async () => {
  const rig = start();
  rig.enter(ROOM);
  assert.ok(await rig.run('/part good night'));
  assert.deepEqual(rig.asked[0], ['muc.leave', ROOM, 'good night']);
  assert.equal(rig.core.api.tabs.current.chat?.id, ROOM);
  assert.equal(await rig.run('/part'), false);
  assert.match(rig.lastNotice(), /not in/);
  assert.ok(await rig.run('/wc'));
  assert.equal(rig.core.store.room(ROOM as never), undefined);
});

test('/say in a room we left sends nothing', async () => {
  const rig = start();
  rig.enter(ROOM);
  await rig.run('/part');
  assert.equal(await rig.run('/say hello'), false);
  assert.equal(rig.wire.said.length, 0);
});

test('/nick changes the nick here, or everywhere with -all', async () => {
  const rig = start();
  rig.enter('one@muc.test');
  rig.enter('two@muc.test');
  await rig.run('/nick captain nemo');
  assert.deepEqual(rig.asked, [['muc.setNick', 'two@muc.test', 'captain nemo']]);
  await rig.run('/nick -all nemo');
  assert.deepEqual(
    rig.asked
      .slice(1)
      .map(call => call[1])
      .sort(),
    ['one@muc.test', 'two@muc.test'],
  );
});

test('/topic sets the subject, and -clear removes it', async () => {
  const rig = start();
  rig.enter(ROOM);
  await rig.run('/topic Ask and stay');
  await rig.run('/topic -clear');
  assert.deepEqual(rig.asked, [
    ['muc.setSubject', ROOM, 'Ask and stay'],
    ['muc.setSubject', ROOM, ''],
  ]);
  await rig.run('/topic');
  assert.match(rig.lastNotice(), /a subject/);
});

test('/names counts and shows everybody', async () => {
  const rig = start();
  rig.enter(ROOM, ['ana', 'bo']);
  await rig.run('/names');
  assert.match(rig.lastNotice(), /^3 people in [^\n]*\n3 participants: ana bo me$/);
});

test('a command for rooms says so elsewhere', async () => {
  const rig = start();
  assert.equal(await rig.run('/topic hello'), false);
  assert.deepEqual(rig.asked, []);
});

test('/list shows rooms by people, and Enter joins', async () => {
  const rig = start({
    'disco.items': {
      items: [
        { jid: 'small@muc.test', name: 'small (2)' },
        { jid: 'big@muc.test', name: 'The big one (40)' },
        { jid: 'muc.test', name: 'no room' },
      ],
      more: false,
    },
  });
  assert.ok(await rig.run('/list muc.test'), rig.lastNotice());
  const { view } = rig.core.shell.current();
  assert.equal(view.type, 'list');
  if (view.type !== 'list') return;
  assert.deepEqual(
    view.items.map(item => item.command),
    ['/join big@muc.test', '/join small@muc.test'],
  );
});
