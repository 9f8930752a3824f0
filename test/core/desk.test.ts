/** What moderators are told without asking, and who is not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bare, full } from '../helpers/fake-wire.js';
import { createRig, type Rig } from '../helpers/run-command.js';

const ROOM = 'chat@muc.test';

function inRoom(role: 'moderator' | 'participant' = 'moderator', set: Readonly<Record<string, string>> = {}): Rig {
  const rig = createRig({ set });
  rig.enter(ROOM);
  rig.wire.receive({
    kind: 'presence',
    type: 'available',
    from: full(`${ROOM}/me`),
    muc: { affiliation: role === 'moderator' ? 'owner' : 'none', role, codes: new Set(['self']) },
  });
  return rig;
}
function come(rig: Rig, nick: string, affiliation: 'none' | 'member' = 'none'): void {
  rig.wire.receive({
    kind: 'presence',
    type: 'available',
    from: full(`${ROOM}/${nick}`),
    occupantId: `id-${nick}`,
    muc: { affiliation, role: 'participant', codes: new Set() },
  });
}
const say = (rig: Rig, nick: string, body: string): void => rig.wire.message(`${ROOM}/${nick}`, body);
/** Remarks after those of the entry. */
const remarks = (rig: Rig): readonly string[] => rig.notices(ROOM).filter(text => /\/mod|\/lockdown/.test(text));
const flagged = (rig: Rig): readonly string[] =>
  rig.core.api.desk
    .of(bare(ROOM))
    .visitors()
    .flatMap(one => one.flags.map(flag => `${one.name} ${flag.kind}`))
    .sort();

test('a burst of joins is told once with a way out, and all who came with it are flagged', () => {
  const rig = inRoom();
  for (let i = 0; i < 14; i++) come(rig, `b${i}`);
  assert.deepEqual(remarks(rig), [
    '10 people came within 10 seconds. /mod shows them; /lockdown on lets newcomers only read.',
  ]);
  assert.equal(flagged(rig).length, 14);
});

test('a flood, repeated words and first links are told once for each person', () => {
  const rig = inRoom();
  come(rig, 'spammer');
  for (let i = 0; i < 30; i++) say(rig, 'spammer', 'look at https://evil.test/ now, it is cheap');
  assert.deepEqual(flagged(rig), ['spammer flood', 'spammer link', 'spammer repeat']);
  assert.equal(remarks(rig).length, 3);
});

test('remarks about an attack do not become one themselves', () => {
  const rig = inRoom('moderator', { 'mod.joins': '0' });
  for (let i = 0; i < 40; i++) {
    come(rig, `s${i}`);
    say(rig, `s${i}`, `https://evil.test/${i}`);
  }
  assert.equal(remarks(rig).length, 6);
  assert.match(remarks(rig).at(-1) ?? '', /More is remarkable here/);
  assert.equal(flagged(rig).filter(one => one.endsWith('link')).length, 40, 'the desk has them all');
  rig.clock.advance(61_000);
  come(rig, 'late');
  say(rig, 'late', 'www.evil.test');
  assert.match(remarks(rig).at(-1) ?? '', /late begins with a link/);
});

test('members are not watched, who is no moderator is told nothing, and the thresholds are options', () => {
  const calm = inRoom();
  come(calm, 'friend', 'member');
  for (let i = 0; i < 30; i++) say(calm, 'friend', 'https://example.org/ again and again');
  assert.deepEqual(flagged(calm), []);

  const visitor = inRoom('participant');
  come(visitor, 'spammer');
  say(visitor, 'spammer', 'https://evil.test/');
  assert.deepEqual(remarks(visitor), []);

  const own = inRoom('moderator', { 'mod.links': 'off', 'mod.flood': '3', 'mod.repeats': '0' });
  come(own, 'talker');
  for (let i = 0; i < 3; i++) say(own, 'talker', 'https://evil.test/');
  assert.deepEqual(flagged(own), ['talker flood']);

  const silent = inRoom('moderator', { 'mod.alert': 'off' });
  come(silent, 'spammer');
  say(silent, 'spammer', 'https://evil.test/');
  assert.deepEqual(remarks(silent), []);
  assert.deepEqual(flagged(silent), ['spammer link']);
});
