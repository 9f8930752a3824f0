import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bareOf, parseFullJid, parseJid } from '../../src/lib/jid.js';
import { cleanIdentifier, cleanLine } from '../../src/lib/text.js';
import { createDesk, type Desk, type Visitor } from '../../src/model/desk.js';
import { createWatch, essence, hasLink, type Limits } from '../../src/model/desk-rules.js';
import { banLines, banText, looksLikeGuest, withoutMask } from '../../src/model/desk-targets.js';
import type { MessageEntry, Occupant } from '../../src/model/types.js';

let serial = 0;
function occupant(nick: string, more: Partial<Occupant> = {}): Occupant {
  return {
    nick,
    name: cleanIdentifier(nick),
    occupantJid: parseFullJid(`room@muc.test/${nick}`) as Occupant['occupantJid'],
    affiliation: 'none',
    role: 'participant',
    serial: ++serial,
    ...more,
  };
}
const jid = (text: string) => parseJid(text) as NonNullable<Occupant['realJid']>;
const said = (who: Occupant, body: string): MessageEntry => ({
  kind: 'message',
  seq: 1,
  at: 0,
  rev: 0,
  sender: { name: who.name, serial: who.serial },
  self: false,
  body: cleanLine(body),
  action: false,
  source: 'live',
  highlight: false,
});
const desk = (limit = 100): Desk => createDesk({ limit: () => limit });
const names = (list: readonly Visitor[]): readonly string[] => list.map(one => one.name);

test('who came or left last stands first, and those who left stay', () => {
  const one = desk();
  const [ana, bo] = [occupant('ana'), occupant('bo')];
  one.entered([occupant('me'), occupant('here')], 'me', 1);
  one.came(ana, 2);
  one.came(bo, 3);
  one.went(ana, undefined, 4);
  assert.deepEqual(names(one.visitors()), ['ana', 'bo', 'here']);
  const [first] = one.visitors();
  assert.deepEqual(first?.left, { at: 4, what: 'left' });
  assert.equal(first?.present.length, 0);
});

test('the occupant id tells who is who, then the address, then the nick', () => {
  for (const [known, again, same] of [
    [{ occupantId: 'x' }, { occupantId: 'x' }, true],
    [{ occupantId: 'x', realJid: jid('a@b/1') }, { occupantId: 'y', realJid: jid('a@b/2') }, false],
    [{ realJid: jid('a@b/1') }, { realJid: jid('a@b/2') }, true],
    [{ realJid: jid('a@b/1') }, { realJid: jid('c@b/1') }, false],
    [{}, { nick: 'ana' }, true],
    [{}, {}, false],
  ] as const) {
    const one = desk();
    const before = occupant('ana', known);
    one.came(before, 1);
    one.went(before, undefined, 2);
    const nick = 'nick' in again ? again.nick : 'angel';
    const { visitor, before: was } = one.came(occupant(nick, again), 3);
    assert.equal(one.visitors().length, same ? 1 : 2, JSON.stringify([known, again]));
    assert.equal(was, same && nick !== 'ana' ? 'ana' : undefined);
    assert.equal(visitor.visits, same ? 2 : 1);
  }
});

test('who was sent out and comes back is known as such', () => {
  const one = desk();
  const troll = occupant('troll', { occupantId: 'x' });
  one.came(troll, 1);
  one.went(troll, { occupant: troll, at: 2, what: 'kicked', by: cleanLine('boss') }, 2);
  assert.equal(one.came(occupant('troll', { occupantId: 'x' }), 3).sentOut, true);
  assert.equal(one.came(occupant('other', { occupantId: 'y' }), 3).sentOut, false);
});

test('a change of nick is no leaving, and all nicks are remembered', () => {
  const one = desk();
  const ana = occupant('ana', { occupantId: 'x' });
  one.came(ana, 1);
  one.said(said(ana, 'first words'));
  one.renamed({ ...ana, nick: 'bo', name: cleanIdentifier('bo') });
  one.said(said(ana, 'later words'));
  const [visitor] = one.visitors();
  assert.deepEqual(visitor?.otherNames, ['ana']);
  assert.deepEqual(visitor?.present, [{ serial: ana.serial, nick: 'bo' }]);
  assert.equal(visitor?.firstWords, 'first words');
  assert.equal(visitor?.said, 2);
  assert.equal(one.named('bo')?.id, visitor?.id);
});

test('two clients of one person are one visitor who is here until both left', () => {
  const one = desk();
  const [a, b] = [occupant('ana', { occupantId: 'x' }), occupant('ana phone', { occupantId: 'x' })];
  one.came(a, 1);
  one.came(b, 2);
  one.went(a, undefined, 3);
  assert.equal(one.visitors().length, 1);
  assert.deepEqual(
    one.visitors()[0]?.present.map(here => here.nick),
    ['ana phone'],
  );
});

test('who left while we were away has left when we are back', () => {
  const one = desk();
  const ana = occupant('ana', { occupantId: 'x' });
  one.entered([occupant('me'), ana, occupant('bo', { occupantId: 'y' })], 'me', 1);
  one.entered([occupant('me'), occupant('bo', { occupantId: 'y' })], 'me', 9);
  assert.deepEqual(
    one.visitors().map(({ name, present }) => [name, present.length]),
    [
      ['ana', 0],
      ['bo', 1],
    ],
  );
});

test('only so many of those who left are remembered, and nobody who is here is forgotten', () => {
  const one = desk(10);
  const here = occupant('here');
  one.came(here, 0);
  for (let i = 0; i < 500; i++) {
    const visitor = occupant(`v${i}`, { occupantId: `id${i}` });
    one.came(visitor, i);
    one.went(visitor, undefined, i);
  }
  assert.equal(one.visitors().length, 11);
  assert.ok(one.named('here'));
  assert.equal(one.named('v3'), undefined);
});

test('a voice request ends when they may talk, leave or change their nick', () => {
  for (const end of [
    (one: Desk, who: Occupant) => one.changed({ ...who, role: 'participant' }),
    (one: Desk, who: Occupant) => one.went(who, undefined, 2),
    (one: Desk, who: Occupant) => one.renamed({ ...who, nick: 'x', name: cleanIdentifier('x') }),
  ]) {
    const one = desk();
    const nemo = occupant('nemo', { role: 'visitor' });
    one.came(nemo, 1);
    one.asked({ nick: 'nemo' }, 1);
    one.asked({ nick: 'nemo' }, 2);
    assert.equal(one.requests.length, 1);
    one.changed(nemo);
    assert.equal(one.requests.length, 1);
    end(one, nemo);
    assert.equal(one.requests.length, 0);
  }
});

// ------------------------------------------------------------------------------------------------------------ rules

const LIMITS: Limits = { windowMs: 10_000, flood: 5, repeats: 3, joins: 4, links: true };
const newcomer = (more: Partial<Visitor> = {}): Visitor => ({
  id: 'v1',
  nick: 'n',
  name: cleanIdentifier('n'),
  otherNames: [],
  present: [],
  affiliation: 'none',
  role: 'participant',
  visits: 1,
  cameAt: 0,
  said: 0,
  flags: [],
  ...more,
});
const watch = (limits: Partial<Limits> = {}) => createWatch(() => ({ ...LIMITS, ...limits }));

test('a link is remarkable in the first message of a newcomer only', () => {
  for (const [who, text, found] of [
    [{}, 'see https://evil.test', ['link']],
    [{}, 'join t.me/spam now', ['link']],
    [{}, 'www.evil.test', ['link']],
    [{}, 'hello. how are you', []],
    [{}, 'either/or', []],
    [{ said: 1 }, 'https://evil.test', []],
    [{ visits: 0 }, 'https://evil.test', []],
    [{ affiliation: 'member' }, 'https://evil.test', []],
    [{ role: 'moderator' }, 'https://evil.test', []],
  ] as const) {
    assert.deepEqual(watch().said(newcomer(who), text, 0), found, `${JSON.stringify(who)} ${text}`);
  }
  assert.deepEqual(watch({ links: false }).said(newcomer(), 'https://evil.test', 0), []);
});

test('a flood is many messages of one person in the window', () => {
  const one = watch();
  const found = [0, 1000, 2000, 3000, 4000, 30_000].map(at => one.said(newcomer({ said: 1 }), 'x', at).join());
  assert.deepEqual(found, ['', '', '', '', 'flood', '']);
  const off = watch({ flood: 0 });
  for (let at = 0; at < 50; at++) assert.deepEqual(off.said(newcomer({ said: 1 }), 'x', at), []);
});

test('the same words are noticed whoever says them, with other digits, case and signs', () => {
  const one = watch();
  const texts = ['Buy cheap watches now! 1', 'buy CHEAP watches, now 2', 'BUY cheap watches now... 33'];
  const found = texts.map((text, i) => one.said(newcomer({ id: `v${i}`, said: 1 }), text, i).join());
  assert.deepEqual(found, ['', '', 'repeat']);
  for (let i = 0; i < 9; i++) assert.deepEqual(one.said(newcomer({ id: `w${i}`, said: 1 }), 'hello', i), []);
});

test('many joins in the window are a burst', () => {
  const one = watch();
  assert.deepEqual(
    [0, 1, 2, 3, 4, 60_000].map(at => one.came(at)),
    [false, false, false, true, true, false],
  );
});

test('long texts and many speakers cost little and are forgotten', () => {
  const one = watch();
  const long = 'a'.repeat(200_000);
  for (let i = 0; i < 3000; i++)
    one.said(newcomer({ id: `v${i}`, said: 1 }), i % 100 === 0 ? long : `words of number ${i}`, i);
  assert.equal(hasLink(long), false);
  assert.ok(essence(long).length <= 2000);
});

// ---------------------------------------------------------------------------------------------------------- targets

test('masks of IRC and a leading @ mean the address or the domain', () => {
  for (const [typed, meant] of [
    ['*!*@evil.test', 'evil.test'],
    ['*!nemo@evil.test', 'nemo@evil.test'],
    ['@evil.test', 'evil.test'],
    ['nemo!*@*', 'nemo'],
    ['nemo@evil.test', 'nemo@evil.test'],
  ] as const) {
    assert.equal(withoutMask(typed), meant);
  }
});

test('addresses made for one visit are recognised', () => {
  for (const [address, guest] of [
    ['x@guest.example.org', true],
    ['5f7c6b1e-3c1a-4f0e-9a2b-0123456789ab@example.org', true],
    ['nemo@example.org', false],
    ['guests@example.org', false],
  ] as const) {
    assert.equal(looksLikeGuest(bareOf(jid(address))), guest, address);
  }
});

test('a list of bans is read as it was written, remarks and doubles left out', () => {
  const text = banText('from\nsomewhere', [{ jid: 'a@b', reason: 'two\nlines' }, { jid: 'evil.test' }]);
  assert.equal(text, '# from somewhere\na@b\ttwo lines\nevil.test\n');
  assert.deepEqual(banLines(`${text}\n  c@d   why  \r\na@b last\n\u001b[31mx@y\n`), [
    { jid: 'a@b', reason: 'last' },
    { jid: 'evil.test' },
    { jid: 'c@d', reason: 'why' },
    { jid: '\u001b[31mx@y' },
  ]);
});
