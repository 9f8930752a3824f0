import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanBody, cleanIdentifier, cleanLine, type Safe } from '../../src/lib/text.js';
import type { Entry, MessageEntry, Movement } from '../../src/model/types.js';
import { linkify } from '../../src/ui/rows/body.js';
import type { RowContext } from '../../src/ui/rows/context.js';
import { dayLine } from '../../src/ui/rows/day.js';
import { cellsWidth, lineText } from '../../src/ui/rows/line.js';
import { unreadLine } from '../../src/ui/rows/marker.js';
import { linesOfEntry } from '../../src/ui/rows/rows.js';
import { ASCII_SIGNS, UNICODE_SIGNS } from '../../src/ui/rows/signs.js';

const at = new Date(2026, 10, 22, 9, 5, 7).getTime();
const context: RowContext = { columns: 40, nickWidth: 24, time: 'minutes', signs: UNICODE_SIGNS, expand: false };

function message(nick: string, body: string, more: Partial<MessageEntry> = {}): MessageEntry {
  return {
    kind: 'message',
    seq: 0,
    at,
    rev: 0,
    sender: { name: cleanIdentifier(nick) },
    self: false,
    body: cleanBody(body),
    action: false,
    source: 'live',
    highlight: false,
    ...more,
  };
}
const text = (entry: Entry, more: Partial<RowContext> = {}): string[] =>
  linesOfEntry(entry, { ...context, ...more }).map(lineText);
const line = (words: string): Safe => cleanLine(words);

const TABLE: readonly (readonly [
  sentence: string,
  entry: MessageEntry,
  rows: readonly string[],
  context?: Partial<RowContext>,
])[] = [
  ['a message has time, nick and body', message('ana', 'hi'), ['09:05 ana> hi']],
  ['seconds are shown on wish', message('ana', 'hi'), ['09:05:07 ana> hi'], { time: 'seconds' }],
  ['without a time the gutter stays', message('ana', 'hi'), [' ana> hi'], { time: 'none' }],
  [
    'continuation rows start in the body column',
    message('ana', 'one two three four five six seven eight nine'),
    ['09:05 ana> one two three four five six', '         │ seven eight nine'],
  ],
  [
    'a second line cannot pretend to be another message',
    message('ana', 'hi\n09:05 bob> send me the key'),
    ['09:05 ana> hi', '         │ 09:05 bob> send me the key'],
  ],
  ['an action stands behind a star', message('ana', 'waves', { action: true }), ['09:05 * ana waves']],
  [
    'a second line of an action stays in its column',
    message('ana', '\n17:00 ← bob left', { action: true }),
    ['09:05 * ana', '          │ 17:00 ← bob left'],
  ],
  ['a highlight has a sign in the gutter', message('ana', 'me?', { highlight: true }), ['09:05!ana> me?']],
  ['an empty body is said to be empty', message('ana', ' \n'), ['09:05 ana> (empty message)']],
  ['a pending message has a mark', message('me', 'x', { self: true, delivery: 'pending' }), ['09:05 me> x …']],
  ['a sent message has none', message('me', 'x', { self: true, delivery: 'sent' }), ['09:05 me> x']],
  ['a delivered message has a mark', message('me', 'x', { self: true, delivery: 'delivered' }), ['09:05 me> x ✓']],
  ['a displayed message has two', message('me', 'x', { self: true, delivery: 'displayed' }), ['09:05 me> x ✓✓']],
  [
    'marks have words of ASCII',
    message('me', 'x', { self: true, delivery: 'displayed' }),
    ['09:05 me> x (vv)'],
    { signs: ASCII_SIGNS },
  ],
  [
    'a failed message says why and what next',
    message('me', 'x', { self: true, delivery: 'failed', error: line('not allowed') }),
    ['09:05 me> x [failed: not allowed]', '        │ /resend'],
  ],
  ['a corrected message has a mark', message('ana', 'y', { versions: [line('x')] }), ['09:05 ana> y [edited]']],
  [
    'a retracted message leaves a sentence',
    message('ana', 'secret', { retracted: { by: line('mod'), reason: line('spam') } }),
    ['09:05 ana> (retracted by mod: spam)'],
  ],
  [
    'a reply quotes above',
    message('ana', 'yes', { reply: { id: '1', name: line('bob'), excerpt: line('sure?') } }),
    ['           ↳ bob: sure?', '09:05 ana> yes'],
  ],
  [
    'reactions stand below',
    message('ana', 'yes', { reactions: new Map([[line('+1'), [line('bob'), line('eve')]]]) }),
    ['09:05 ana> yes', '           +1 bob, eve'],
  ],
  [
    'remarks stand in brackets',
    message('ana', 'old', { remarks: [line('dated 2001')] }),
    ['09:05 ana> old [dated 2001]'],
  ],
  ['a moderator has a sign', message('ana', 'x', { role: 'moderator' }), ['09:05 @ana> x']],
  ['a sign of rank in the nick is not taken for ours', message('@ana', 'x'), ['09:05 ?@ana> x']],
  ['a separator in the nick is not taken for ours', message('ana> hi', 'x'), ['09:05 ?ana> hi> x']],
  ['a nick that looks like another is marked', message('a1ice', 'x'), ['09:05 ?a1ice> x'], { doubtful: () => true }],
  ['a long nick is clipped', message('N'.repeat(1000), 'x'), ['09:05 NNNNNNNNNNN…> x']],
  ['runs of empty lines become one', message('ana', 'a\n\n\n\n\nb'), ['09:05 ana> a', '         │', '         │ b']],
];

for (const [sentence, entry, rows, more] of TABLE) {
  test(sentence, () => {
    assert.deepEqual(text(entry, more), rows);
  });
}

test('a long message is collapsed to eight rows and says how many more there are', () => {
  const entry = message('ana', Array.from({ length: 30 }, (_, i) => `line ${i}`).join('\n'));
  const rows = text(entry);
  assert.equal(rows.length, 8);
  assert.equal(rows.at(-1), '         │ [+23 lines]');
  assert.equal(text(entry, { expand: true }).length, 30);
});

test('of a very long message not all rows are made to count them', () => {
  const rows = text(message('ana', 'word '.repeat(12_000)));
  assert.equal(rows.length, 8);
  assert.equal(rows.at(-1), '         │ [+94 lines and more]');
});

test('a room that speaks has no nick', () => {
  assert.deepEqual(text(message('room', 'hello', { sender: { name: line('room'), room: true } })), ['09:05 -- hello']);
});

test('movements of one kind share a phrase', () => {
  const movements: Movement[] = [
    { what: 'joined', name: line('ana') },
    { what: 'joined', name: line('bob') },
    { what: 'left', name: line('carl') },
  ];
  const entry: Entry = { kind: 'presence', seq: 0, at, rev: 0, movements };
  assert.deepEqual(text(entry, { columns: 60 }), ['09:05 → ana, bob joined · ← carl left']);
  assert.deepEqual(text(entry, { columns: 60, signs: ASCII_SIGNS }), ['09:05 -> ana, bob joined / <- carl left']);
});

test('several who were sent out or promoted together are told in the plural', () => {
  const say = (movement: Omit<Movement, 'name'>): string[] => {
    const movements = ['ana', 'bob'].map(name => ({ ...movement, name: line(name) }));
    return text({ kind: 'presence', seq: 0, at, rev: 0, movements }, { columns: 80 });
  };
  assert.deepEqual(say({ what: 'kicked', by: line('mod') }), ['09:05 ← ana, bob were kicked by mod']);
  assert.deepEqual(say({ what: 'role', to: line('visitor') }), ['09:05 ~ ana, bob are now visitors']);
});

test('a retracted answer does not say to what', () => {
  const reply = { id: 'x', name: line('bob'), excerpt: line('question') };
  assert.equal(text(message('ana', 'yes', { reply })).length, 2);
  assert.deepEqual(text(message('ana', 'yes', { reply, retracted: {} })), ['09:05 ana> (retracted)']);
});

test('each kind of movement has its words', () => {
  const say = (movement: Movement): string =>
    text({ kind: 'presence', seq: 0, at, rev: 0, movements: [movement] }, { columns: 80 }).join('\n');
  const name = line('ana');
  assert.equal(say({ what: 'renamed', name, to: line('eva') }), '09:05 ~ ana is now eva');
  assert.equal(
    say({ what: 'kicked', name, by: line('mod'), reason: line('spam') }),
    '09:05 ← ana was kicked by mod (spam)',
  );
  assert.equal(say({ what: 'banned', name }), '09:05 ← ana was banned');
  assert.equal(
    say({ what: 'role', name, to: line('visitor'), by: line('mod') }),
    '09:05 ~ ana is now a visitor, by mod',
  );
  assert.equal(say({ what: 'left', name, reason: line('bye') }), '09:05 ← ana left (bye)');
  assert.equal(say({ what: 'joined', name, jid: line('a@b.c') }), '09:05 → ana (a@b.c) joined');
});

test('of many movements in one line the last are told, and how many were before', () => {
  const movements: Movement[] = Array.from({ length: 20 }, (_, i) => ({
    what: i % 2 === 0 ? 'joined' : 'left',
    name: line(`visitor${i}`),
  }));
  const entry: Entry = { kind: 'presence', seq: 0, at, rev: 0, movements };
  const rows = text(entry, { columns: 60 });
  assert.ok(rows.length <= 4);
  assert.match(rows.at(-1) ?? '', /visitor19/);
  assert.match(rows[0] ?? '', /\d+ more before/);
  const all = text(entry, { columns: 60, expand: true }).join(' ');
  assert.match(all, /visitor0 [\s\S]*visitor19/);
  assert.doesNotMatch(all, /before/);
});

test('a thousand comings at once stay a few rows', () => {
  const movements: Movement[] = Array.from({ length: 1000 }, (_, i) => ({ what: 'joined', name: line(`nick${i}`) }));
  assert.ok(text({ kind: 'presence', seq: 0, at, rev: 0, movements }).length <= 4);
});

test('a subject of several lines stays in its column', () => {
  assert.deepEqual(
    text(
      { kind: 'subject', seq: 0, at, rev: 0, name: line('ana'), text: cleanBody('TOPIC\n12:00 bob> x') },
      { columns: 60 },
    ),
    ['09:05 -- ana set the subject: TOPIC', '       │ 12:00 bob> x'],
  );
});

test('the level of a notice is a sign', () => {
  const notice = (level: 'info' | 'error' | 'warning'): Entry => ({
    kind: 'notice',
    seq: 0,
    at,
    rev: 0,
    level,
    rows: [[{ text: line('one'), token: 'text.normal' }], [{ text: line('two'), token: 'text.normal' }]],
  });
  assert.deepEqual(text(notice('info')), ['09:05 -- one', '       │ two']);
  assert.deepEqual(text(notice('error'))[0], '09:05 !! one');
  assert.deepEqual(text(notice('warning'))[0], '09:05 !- one');
});

test('the lines between days and above the unread say so in words', () => {
  assert.equal(lineText(dayLine(at, context)), '─── Sunday 2026-11-22 ───');
  assert.equal(lineText(unreadLine(context)), '─── unread below ───');
});

test('no row is wider than the log, whatever comes', () => {
  const bodies = [
    '漢字'.repeat(50),
    '👩‍👩‍👧‍👦'.repeat(30),
    'a\u0301'.repeat(100),
    'שלום '.repeat(30),
    'W'.repeat(500),
    ' '.repeat(300),
  ];
  for (const columns of [1, 2, 5, 10, 20, 40, 80]) {
    for (const body of bodies) {
      for (const own of linesOfEntry(message('漢'.repeat(40), body, { highlight: true }), { ...context, columns })) {
        assert.ok(cellsWidth(own.cells) <= Math.max(columns, 2), `${columns}: ${lineText(own)}`);
      }
    }
  }
});

const LINKS: readonly (readonly [body: string, links: readonly string[]])[] = [
  ['see https://example.org/x.', ['https://example.org/x']],
  ['(https://en.wikipedia.org/wiki/A_(b))', ['https://en.wikipedia.org/wiki/A_(b)']],
  ['<http://a.test/?q=1&r=2>, ok', ['http://a.test/?q=1&r=2']],
  ['xmpp:room@muc.test?join and mailto:a@b.test', ['xmpp:room@muc.test?join']],
  ['javascript:alert(1) file:///etc/passwd', []],
  ['https:// nothing', []],
  ['no link: here', []],
];
for (const [body, links] of LINKS) {
  test(`links of "${body}"`, () => {
    const spans = linkify(cleanBody(body), 'message.normal');
    assert.deepEqual(
      spans.filter(s => s.link !== undefined).map(s => s.text),
      links,
    );
    assert.equal(spans.map(s => s.text).join(''), body);
  });
}

test('a link that looks like another says what it is', () => {
  for (const [body, seen] of [
    ['https://аpple.test/ы', 'https://аpple.test/ы [xn--pple-43d.test]'],
    ['https://bank.test@evil.test/ now', 'https://bank.test@evil.test/ [evil.test] now'],
    ['https://bücher.test', 'https://bücher.test [xn--bcher-kva.test]'],
    ['https://plain.test/ü', 'https://plain.test/ü'],
  ] as const) {
    const spans = linkify(cleanBody(body), 'message.normal');
    assert.equal(spans.map(one => one.text).join(''), seen);
  }
});

test('in a narrow log the rows after the first have only the mark before them, and a long word begins a row', () => {
  const narrow = { ...context, columns: 20 };
  const shown = (body: string) => linesOfEntry(message('ana', body), narrow).map(lineText);
  assert.deepEqual(shown('one two three four five'), ['09:05 ana> one two', '│ three four five']);
  assert.deepEqual(shown('conversation about it'), ['09:05 ana>', '│ conversation about', '│ it']);
  assert.deepEqual(shown('hi\n09:05 bob> key'), ['09:05 ana> hi', '│ 09:05 bob> key']);
});
