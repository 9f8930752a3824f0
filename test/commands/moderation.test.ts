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
  ['/ban example.org spam host', 'mucAdmin.setAffiliation', ROOM, 'example.org', 'outcast', 'spam host'],
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
