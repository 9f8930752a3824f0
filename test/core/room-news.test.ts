/** What rooms do to us, in words and with the next step. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import form from '../../src/tabs/form.js';
import room from '../../src/tabs/room.js';
import { bare, full } from '../helpers/fake-wire.js';
import { createRig, type Rig } from '../helpers/run-command.js';

const ROOM = 'lobby@muc.test';
const rigOf = (): Rig => createRig({ tabs: [form, room] as never });
const said = (rig: Rig): string => rig.notices(ROOM).join('\n');

test('on entering it says who we are, how many are there and what the room is', () => {
  const rig = rigOf();
  rig.wire.receive({ kind: 'room-joining', room: bare(ROOM), nick: 'me' });
  rig.wire.receive({ kind: 'room-facts', room: bare(ROOM), facts: { nonAnonymous: true, logged: true } });
  rig.enter(ROOM, ['ana']);
  assert.match(said(rig), /You are me in lobby: 2 people, 0 moderators\./);
  assert.match(said(rig), /Everybody here sees your address\. What is said is logged/);
});

test('a change of the room is told once, as what is different', () => {
  const rig = rigOf();
  rig.wire.receive({ kind: 'room-joining', room: bare(ROOM), nick: 'me' });
  rig.wire.receive({ kind: 'room-facts', room: bare(ROOM), facts: { nonAnonymous: false, moderated: false } });
  rig.enter(ROOM);
  rig.wire.receive({ kind: 'room-facts', room: bare(ROOM), facts: { nonAnonymous: true } });
  rig.wire.receive({ kind: 'room-facts', room: bare(ROOM), facts: { nonAnonymous: true } });
  assert.equal(rig.notices(ROOM).length, 2);
  assert.match(rig.notices(ROOM)[1] ?? '', /^From now on everybody here sees your address\.$/);
});

test('what we asked a room to become is no news; what another owner does meanwhile is, and so is the same later', () => {
  const rig = rigOf();
  rig.wire.receive({ kind: 'room-joining', room: bare(ROOM), nick: 'me' });
  const before = { membersOnly: false, moderated: false, persistent: true };
  rig.wire.receive({ kind: 'room-facts', room: bare(ROOM), facts: before });
  rig.enter(ROOM);
  const told = rig.notices(ROOM).length;
  const news = (): readonly string[] => rig.notices(ROOM).slice(told);
  const switchOf = (name: string, on: boolean) =>
    ({
      kind: 'room-asked',
      room: bare(ROOM),
      form: { type: 'form', instructions: [], fields: [] },
      values: new Map([[`muc#roomconfig_${name}`, [on ? '1' : '0']]]),
    }) as const;
  rig.wire.receive(switchOf('moderatedroom', true));
  rig.wire.receive({ kind: 'room-facts', room: bare(ROOM), facts: { ...before, membersOnly: true } });
  assert.deepEqual(news(), ['The room is for members only now.']);
  rig.wire.receive({ kind: 'room-facts', room: bare(ROOM), facts: { ...before, membersOnly: true, moderated: true } });
  assert.equal(news().length, 1, 'ours');
  rig.wire.receive({ kind: 'room-facts', room: bare(ROOM), facts: { ...before, membersOnly: true } });
  rig.wire.receive({ kind: 'room-facts', room: bare(ROOM), facts: { ...before, membersOnly: true, moderated: true } });
  assert.deepEqual(news().slice(1), [
    'The room is not moderated any more.',
    'The room is moderated now: moderators decide who may talk.',
  ]);
  const other = 'den@muc.test';
  rig.wire.receive({ kind: 'room-joining', room: bare(other), nick: 'me' });
  rig.wire.receive({ kind: 'room-facts', room: bare(other), facts: { hidden: false } });
  rig.enter(other);
  rig.wire.receive(switchOf('publicroom', false));
  rig.wire.receive({ kind: 'room-facts', room: bare(other), facts: { hidden: true } });
  assert.match(rig.notices(other).at(-1) ?? '', /hidden from the list/, 'another room');
});

test('whoever is thrown out reads by whom, why and the way back', () => {
  const rig = rigOf();
  rig.enter(ROOM);
  rig.wire.receive({
    kind: 'presence',
    type: 'unavailable',
    from: full(`${ROOM}/me`),
    muc: { affiliation: 'none', role: 'none', codes: new Set(['self', 'kicked']), actor: 'mod' as never },
  });
  assert.match(said(rig), /You were kicked by mod\. \/join enters again\./);
});

test('the question at the door opens as a form, and a request for voice names the command', async () => {
  const rig = rigOf();
  rig.wire.receive({ kind: 'room-joining', room: bare(ROOM), nick: 'me' });
  const question = { type: 'form', instructions: [], fields: [] };
  rig.wire.receive({ kind: 'message', type: 'normal', source: 'live', from: bare(ROOM), extra: { captcha: question } });
  await new Promise(resolve => setImmediate(resolve));
  assert.equal(rig.core.api.tabs.list.filter(tab => tab.kind === 'form').length, 1);
  assert.match(said(rig), /asks a question before it lets you in/);
  const voiceRequest = { nick: 'captain nemo', jid: 'nemo@example.org' };
  rig.wire.receive({ kind: 'message', type: 'normal', source: 'live', from: bare(ROOM), extra: { voiceRequest } });
  assert.match(said(rig), /captain nemo \(nemo@example\.org\) asks to be allowed to talk\. \/voice "captain nemo"/);
});
