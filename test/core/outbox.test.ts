/** What is said keeps its order, is seen at once, and tells how far it came. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { UserError } from '../../src/api.js';
import { cleanLine } from '../../src/lib/text.js';
import { bare } from '../helpers/fake-wire.js';
import { createRig, type Rig } from '../helpers/run-command.js';

const ROOM = 'lobby@muc.test';
const bodies = (rig: Rig) => rig.wire.said.flatMap(one => (one.body === undefined ? [] : [one.body]));
const rows = (rig: Rig, id = ROOM) => {
  const found: string[] = [];
  for (const entry of rig.core.store.chat(bare(id))?.log.newest() ?? []) {
    if (entry.kind === 'message') found.unshift(`${entry.body} ${entry.delivery}`);
  }
  return found;
};
const turn = () => new Promise(resolve => setImmediate(resolve));

test('a line typed before the room is entered is a queued row, and goes out on entering', async () => {
  const rig = createRig({ online: false });
  const room = rig.core.api.chats.open(bare(ROOM), 'room');
  rig.core.api.tabs.openChat(room.id);
  rig.wire.receive({ kind: 'room-joining', room: bare(ROOM), nick: 'me' });
  await rig.run('one');
  await rig.run('two');
  assert.deepEqual(rows(rig), ['one queued', 'two queued']);
  assert.deepEqual(bodies(rig), []);
  rig.wire.online();
  rig.wire.enter(ROOM, 'me');
  await turn();
  assert.deepEqual(bodies(rig), ['one', 'two']);
  assert.deepEqual(rows(rig), ['one pending', 'two pending']);
});

test('when the room refuses, what waited has failed and says why', async () => {
  const rig = createRig();
  rig.wire.receive({ kind: 'room-joining', room: bare(ROOM), nick: 'me' });
  rig.core.api.tabs.openChat(bare(ROOM));
  await rig.run('one');
  rig.wire.receive({ kind: 'room-failed', room: bare(ROOM), reason: 'members only' as never });
  assert.deepEqual(rows(rig), ['one failed']);
});

test('the echo of the room makes one row of two', async () => {
  const rig = createRig();
  rig.enter(ROOM);
  await rig.run('hello');
  await turn();
  assert.deepEqual(rows(rig), ['hello pending']);
  rig.wire.echo();
  assert.deepEqual(rows(rig), ['hello sent']);
});

test('an acknowledged message of a chat is sent', async () => {
  const rig = createRig();
  rig.core.api.tabs.openChat(rig.core.api.chats.open(bare('ana@test.example')).id);
  await rig.run('hello');
  await turn();
  assert.deepEqual(rows(rig, 'ana@test.example'), ['hello sent']);
});

test('a refused message is marked, and can be sent again', async () => {
  const rig = createRig();
  rig.enter(ROOM);
  rig.wire.outcome = new UserError('The room is full of words.');
  await rig.run('hello');
  await turn();
  assert.deepEqual(rows(rig), ['hello failed']);
  rig.wire.outcome = 'acknowledged';
  await rig.core.api.chats.resend(bare(ROOM));
  assert.deepEqual(bodies(rig), ['hello', 'hello']);
  assert.equal(rig.wire.said[0]?.id, rig.wire.said[1]?.id);
  assert.deepEqual(rows(rig), ['hello pending']);
});

test('slow filters keep the order within a chat', async () => {
  const rig = createRig();
  rig.enter(ROOM);
  const waits: (() => void)[] = [];
  rig.core.api.filter(
    'message:send',
    message =>
      new Promise(resolve =>
        waits.push(() =>
          resolve({ ...message, ...(message.body !== undefined && { body: message.body.toUpperCase() }) }),
        ),
      ),
  );
  const said = Promise.all([rig.run('one'), rig.run('two')]);
  await turn();
  assert.deepEqual(rows(rig), []);
  rig.clock.advance(100);
  assert.deepEqual(rows(rig), ['one pending']);
  waits[0]?.();
  await turn();
  waits[1]?.();
  await said;
  assert.deepEqual(bodies(rig), ['ONE', 'TWO']);
});

test('a filter can swallow a message', async () => {
  const rig = createRig();
  rig.enter(ROOM);
  rig.core.api.filter('message:send', message => (message.body === 'no' ? undefined : message));
  await rig.run('no');
  await rig.run('yes');
  assert.deepEqual(bodies(rig), ['yes']);
  assert.deepEqual(rows(rig), ['yes pending']);
});

test('a correction replaces the last own line', async () => {
  const rig = createRig();
  rig.enter(ROOM);
  await rig.run('helo');
  await rig.core.api.chats.correct(bare(ROOM), 'hello');
  assert.equal(rig.wire.said[1]?.replaces, rig.wire.said[0]?.id);
  assert.equal(rows(rig)[0]?.split(' ')[0], 'hello');
});

describe('a room that is away for a moment', () => {
  /** Removed by the service (332), or refused by a server that is not there; the wire means to enter again. */
  const away = (how: 'left' | 'failed'): Rig & { wants: (yes: boolean) => void } => {
    const rig = createRig();
    rig.enter(ROOM);
    let wanted: string | undefined = 'me';
    Object.assign(rig.wire.xeps.muc, { wanted: () => wanted });
    const room = bare(ROOM);
    const reason = cleanLine('the service is shutting down');
    rig.wire.receive(how === 'left' ? { kind: 'room-left', room, reason } : { kind: 'room-failed', room, reason });
    return Object.assign(rig, {
      wants: (yes: boolean) => {
        wanted = yes ? 'me' : undefined;
      },
    });
  };

  for (const how of ['left', 'failed'] as const) {
    test(`what is typed there is a queued row, said once, and goes out in order when it is entered again (${how})`, async () => {
      const rig = away(how);
      assert.equal(rig.submit('one'), true, 'the line is taken');
      await rig.run('two');
      assert.deepEqual(rows(rig), ['one queued', 'two queued']);
      const hints = rig.notices(ROOM).filter(text => /entered again by itself; what you type is sent then/.test(text));
      assert.equal(hints.length, 1);
      // One more attempt that leads nowhere is no end.
      rig.wire.receive({ kind: 'room-joining', room: bare(ROOM), nick: 'me' });
      rig.wire.receive({ kind: 'room-failed', room: bare(ROOM), reason: cleanLine('no answer'), unasked: true });
      assert.deepEqual(rows(rig), ['one queued', 'two queued']);
      rig.wire.enter(ROOM, 'me');
      await turn();
      assert.deepEqual(bodies(rig), ['one', 'two']);
    });
  }

  test('it is given up: what waited has failed and says why, and the next line stays where it was typed', async () => {
    const rig = away('failed');
    await rig.run('one');
    rig.wants(false);
    rig.wire.receive({ kind: 'room-failed', room: bare(ROOM), reason: cleanLine('members only') });
    assert.deepEqual(rows(rig), ['one failed']);
    assert.equal(rig.submit('two'), false, 'the line is not taken');
    assert.match(rig.lastNotice(), /You are not in this room.*\/join enters it/s);
  });
});
