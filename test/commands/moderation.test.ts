import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stanzaError, start } from './fixture.js';

const ROOM = 'chat@muc.test';

const CALLS: readonly (readonly [line: string, ...call: unknown[]])[] = [
  ['/kick ana', 'mucAdmin.setRole', ROOM, 'ana', 'none', undefined],
  ['/kick captain nemo no shouting', 'mucAdmin.setRole', ROOM, 'captain nemo', 'none', 'no shouting'],
  ['/op ana', 'mucAdmin.setRole', ROOM, 'ana', 'moderator', undefined],
  ['/deop ana', 'mucAdmin.setRole', ROOM, 'ana', 'participant', undefined],
  ['/voice ana', 'mucAdmin.setRole', ROOM, 'ana', 'participant', undefined],
  ['/devoice captain nemo', 'mucAdmin.setRole', ROOM, 'captain nemo', 'visitor', undefined],
  ['/role ana visitor hush', 'mucAdmin.setRole', ROOM, 'ana', 'visitor', 'hush'],
  ['/ban spam@example.org', 'mucAdmin.setAffiliation', ROOM, 'spam@example.org', 'outcast', undefined],
  ['/affiliation ana@example.org member', 'mucAdmin.setAffiliation', ROOM, 'ana@example.org', 'member', undefined],
  ['/unban spam@example.org', 'mucAdmin.setAffiliation', ROOM, 'spam@example.org', 'none'],
];

for (const [line, ...call] of CALLS) {
  test(`${line} asks the room`, async () => {
    const rig = start();
    rig.enter(ROOM, ['ana', 'captain nemo']);
    assert.ok(await rig.run(line), rig.lastNotice());
    assert.deepEqual(rig.asked, [call]);
  });
}

test('/ban of a nick bans the address behind it, also after they left', async () => {
  const rig = start();
  rig.enter(ROOM);
  const from = `${ROOM}/spammer` as never;
  const muc = { affiliation: 'none', role: 'participant', codes: new Set(), realJid: 'spam@example.org/x' } as never;
  rig.wire.receive({ kind: 'presence', type: 'available', from, muc });
  rig.wire.receive({
    kind: 'presence',
    type: 'unavailable',
    from,
    muc: { affiliation: 'none', role: 'none', codes: new Set(), realJid: 'spam@example.org/x' } as never,
  });
  assert.ok(await rig.run('/ban spammer'), rig.lastNotice());
  assert.deepEqual(rig.asked, [['mucAdmin.setAffiliation', ROOM, 'spam@example.org', 'outcast', undefined]]);
});

test('/ban of a nick without a known address says what to do instead', async () => {
  const rig = start();
  rig.enter(ROOM, ['ana']);
  assert.equal(await rig.run('/ban ana'), false);
  assert.deepEqual(rig.asked, []);
  assert.match(rig.lastNotice(), /address of ana is not known/);
});

test('a refusal is one sentence with a next step', async () => {
  const rig = start({ 'mucAdmin.setRole': stanzaError('forbidden') });
  rig.enter(ROOM, ['ana']);
  assert.equal(await rig.run('/kick ana'), false);
  assert.match(rig.lastNotice(), /Only moderators may kick\..*\/names/s);
});

test('/ignore holds an occupant by id, and /unignore lets them speak again', async () => {
  const rig = start();
  rig.enter(ROOM, ['ana']);
  await rig.run('/ignore ana');
  assert.deepEqual(rig.core.api.chats.ignored, [{ room: ROOM, nick: 'ana', occupantId: 'id-ana' }]);
  await rig.run('/ignored');
  assert.match(rig.lastNotice(), /ana in /);
  assert.ok(await rig.run('/unignore ana'));
  assert.deepEqual(rig.core.api.chats.ignored, []);
});

const FORM = {
  type: 'form',
  instructions: [],
  fields: [
    ['muc#roomconfig_moderatedroom', 'boolean'],
    ['muc#roomconfig_membersonly', 'boolean'],
    ['muc#roomconfig_publicroom', 'boolean'],
    ['muc#roomconfig_roomsecret', 'text-private'],
  ].map(([name, type]) => ({ var: name, type, label: '', required: false, values: ['0'], options: [] })),
};

test('/mode translates the modes of a person', async () => {
  for (const [line, ...call] of [
    ['/mode +o ana', 'mucAdmin.setRole', ROOM, 'ana', 'moderator', undefined],
    ['/mode -v captain nemo', 'mucAdmin.setRole', ROOM, 'captain nemo', 'visitor', undefined],
    ['/mode #chat +v ana', 'mucAdmin.setRole', ROOM, 'ana', 'participant', undefined],
    ['/mode +b spam@example.org', 'mucAdmin.setAffiliation', ROOM, 'spam@example.org', 'outcast', undefined],
  ] as const) {
    const rig = start();
    rig.enter(ROOM, ['ana', 'captain nemo']);
    assert.ok(await rig.run(line), rig.lastNotice());
    assert.deepEqual(rig.asked, [call], line);
  }
});

test('/mode changes the room through its form and says what was done', async () => {
  const rig = start({ 'mucAdmin.configForm': FORM });
  rig.enter(ROOM);
  assert.ok(await rig.run('/mode +mk-s s3cret'), rig.lastNotice());
  const [, call] = rig.asked;
  assert.equal(call?.[0], 'mucAdmin.submitConfig');
  const values = call?.[3] as ReadonlyMap<string, readonly string[]>;
  assert.deepEqual(values.get('muc#roomconfig_moderatedroom'), ['1']);
  assert.deepEqual(values.get('muc#roomconfig_roomsecret'), ['s3cret']);
  assert.deepEqual(values.get('muc#roomconfig_publicroom'), ['1']);
  assert.match(rig.lastNotice(), /is now moderated.*entered with a password.*shown in the list/);
  assert.equal(await rig.run('/mode +l 30'), false);
  assert.match(rig.lastNotice(), /no setting for \+l.*\/configure/s);
  assert.equal(await rig.run('/mode +x'), false);
});

test('/configure changes one setting by the beginning of its name', async () => {
  const rig = start({ 'mucAdmin.configForm': FORM });
  rig.enter(ROOM);
  assert.ok(await rig.run('/configure member on'), rig.lastNotice());
  const values = rig.asked[1]?.[3] as ReadonlyMap<string, readonly string[]> | undefined;
  assert.deepEqual(values?.get('muc#roomconfig_membersonly'), ['1']);
  assert.equal(await rig.run('/configure member perhaps'), false);
  assert.match(rig.lastNotice(), /on, off/);
  assert.equal(await rig.run('/configure nothing on'), false);
  assert.match(rig.lastNotice(), /It has: moderatedroom/);
});

test('/invites lists who asks, and /deny refuses', async () => {
  const rig = start();
  const message = { kind: 'message', type: 'normal', source: 'live' } as const;
  rig.wire.receive({
    ...message,
    from: 'ana@example.org' as never,
    invite: { room: 'tea@muc.test' as never, mediated: false },
  });
  assert.match(rig.notices().join(), /ana@example.org invites you to tea@muc.test.*\/accept/s);
  await rig.run('/invites');
  const { view } = rig.core.shell.current();
  assert.deepEqual(view.type === 'list' && view.items.map(item => item.command), ['/accept tea@muc.test']);
  assert.ok(await rig.run('/deny'), rig.lastNotice());
  assert.deepEqual(rig.asked.at(-1), ['muc.decline', 'tea@muc.test', undefined]);
});

test('a ban of a name nobody had says so, of one without an address what to do', async () => {
  const rig = start();
  rig.enter(ROOM, ['ana']);
  assert.equal(await rig.run('/ban nobody'), false);
  assert.match(rig.lastNotice(), /Nobody called nobody is or was here\. \/ban someone@server/);
  assert.equal(await rig.run('/ban ana'), false);
  assert.match(rig.lastNotice(), /address of ana is not known, and a ban needs it\. \/kick/);
});

test('/mode +b with the mask of a host asks about the whole server', async () => {
  const rig = start();
  rig.enter(ROOM, ['ana']);
  const banning = rig.run('/mode +b *!*@evil.example');
  await new Promise(resolve => setImmediate(resolve));
  const question = rig.core.shell.question();
  assert.match(String(question?.text), /evil\.example/);
  rig.core.shell.answer(question?.id ?? 0, 'y');
  assert.ok(await banning);
  assert.deepEqual(rig.asked.at(-1), ['mucAdmin.setAffiliation', ROOM, 'evil.example', 'outcast', undefined]);
});
