/** Bookmarks changed by other clients of the account, and levels of news that travel with them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bookmark } from '../../src/model/types.js';
import { type Asked, start } from '../commands/fixture.js';
import { bare, full } from '../helpers/fake-wire.js';

const ROOM = bare('tea@muc.test');
const bookmark = (more: Partial<Bookmark> = {}): Bookmark => ({ room: ROOM, autojoin: true, nick: 'me', ...more });
const settle = async (): Promise<void> => {
  for (let i = 0; i < 10; i++) await new Promise(resolve => setImmediate(resolve));
};

async function rigOf(list: readonly Bookmark[], set: Record<string, string> = {}): Promise<Asked> {
  let kept = list;
  const add = ({ room, notify }: { readonly room: string; readonly notify: Bookmark['notify'] | 'default' }): void => {
    kept = kept.map(one => (one.room === room && notify !== 'default' ? { ...one, notify: notify ?? 'all' } : one));
  };
  const rig = start({ 'bookmarks.list': () => kept, 'bookmarks.add': add }, { online: false, set });
  rig.wire.online({ anonymous: false, jid: full('me@test.example/x') });
  await settle();
  return rig;
}
const stateOf = (rig: Asked) => rig.core.store.room(ROOM)?.state;
const saved = (rig: Asked): readonly unknown[] =>
  rig.asked.flatMap(call => (call[0] === 'bookmarks.add' ? [call[1]] : []));

test('a room bookmarked elsewhere is entered in the background, and left when it is taken back', async () => {
  const rig = await rigOf([]);
  const here = rig.core.api.tabs.current;
  rig.wire.receive({ kind: 'bookmark', room: ROOM, bookmark: bookmark() });
  await settle();
  assert.equal(stateOf(rig), 'joined');
  assert.equal(rig.core.api.tabs.current, here);
  assert.ok(rig.notices().some(one => one.includes('bookmarked by another of your clients')));
  rig.wire.receive({ kind: 'bookmark', room: ROOM });
  await settle();
  assert.notEqual(stateOf(rig), 'joined');
  assert.ok(rig.notices(ROOM).some(one => one.includes('not bookmarked any more')));
});

test('whoever does not want to enter bookmarked rooms is not taken along', async () => {
  const rig = await rigOf([], { 'rooms.autojoin': 'off' });
  rig.wire.receive({ kind: 'bookmark', room: ROOM, bookmark: bookmark() });
  await settle();
  assert.equal(stateOf(rig), undefined);
});

test('the level kept with a bookmark holds here, and is not told back', async () => {
  const rig = await rigOf([bookmark({ notify: 'none' })]);
  assert.equal(rig.settings.get('rooms.notify', ROOM), 'none');
  assert.deepEqual(saved(rig), []);
});

test('a level set here is kept with the bookmark of that room and of no other', async () => {
  const other = bare('other@muc.test');
  const rig = await rigOf([bookmark(), { room: other, autojoin: false, notify: 'mention' }]);
  rig.settings.set('rooms.notify', 'all', ROOM);
  await settle();
  assert.deepEqual(saved(rig), [{ room: ROOM, notify: 'all' }]);
  rig.settings.reset('rooms.notify', ROOM);
  await settle();
  assert.deepEqual(saved(rig).at(-1), { room: ROOM, notify: 'default' });
});
