/** A guest is told for which time private messages may be lost; with an archive, or after a resumption, nothing is lost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bare, full } from '../helpers/fake-wire.js';
import { createRig, type Rig } from '../helpers/run-command.js';

const turn = () => new Promise(resolve => setImmediate(resolve));
const said = (rig: Rig): string[] => rig.notices('lobby@muc.test/ana').filter(text => text.includes('may be lost'));
const talk = (): Rig => {
  const rig = createRig();
  rig.enter('lobby@muc.test', ['ana']);
  rig.core.store.openChat(full('lobby@muc.test/ana'), 'private');
  return rig;
};

test('after a lost session of a guest each private chat says from when to when', async () => {
  const rig = talk();
  rig.wire.offline({ status: 'waiting' });
  rig.clock.advance(7 * 60_000);
  rig.wire.offline({ status: 'connecting' });
  rig.wire.online();
  await turn();
  assert.equal(said(rig).length, 1);
  assert.match(
    said(rig)[0] ?? '',
    /^Offline from \d\d:\d\d to \d\d:\d\d: private messages in this time may be lost\.$/,
  );
});

test('nothing is said after a resumption, and nothing where an archive keeps everything', async () => {
  const rig = talk();
  rig.wire.offline({ status: 'waiting' });
  rig.wire.receive({ kind: 'session', facts: { ...rig.wire.facts, status: 'online' } });
  rig.wire.offline({ status: 'waiting' });
  Object.assign(rig.wire.xeps as object, {
    mam: { has: async () => true, page: async () => ({ messages: [], complete: true }) },
  });
  rig.wire.online({ anonymous: false, jid: full('me@acc.test/x'), domain: 'acc.test' });
  await turn();
  assert.deepEqual(said(rig), []);
  assert.ok(rig.core.store.room(bare('lobby@muc.test')) !== undefined);
});
