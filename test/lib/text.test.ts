import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import {
  cleanBody,
  cleanIdentifier,
  cleanLine,
  clip,
  firstSentence,
  fit,
  MAX_BODY,
  type Safe,
  safe,
  skeleton,
  toWireText,
} from '../../src/lib/text.js';
import { width } from '../../src/lib/width.js';

interface HostileRow {
  readonly id: string;
  readonly where: string;
  readonly value: string;
  readonly must: string;
}

const hostile: readonly HostileRow[] = JSON.parse(
  readFileSync(new URL('../fixtures/hostile.json', import.meta.url), 'utf8'),
);
const BODIES = ['body'];
const LINES = [
  'nick',
  'subject',
  'status',
  'disco',
  'form',
  'vcard',
  'error text',
  'room name',
  'roster name',
  'url',
  'file name',
];

/** Undoes the generators of the table. */
function expand(value: string): string {
  return value
    .replace(/@@repeat\((\d+),"((?:[^"\\]|\\.)*)"\)/g, (_all, count: string, unit: string) =>
      (JSON.parse(`"${unit}"`) as string).repeat(Number(count)),
    )
    .replace(/@@bytes\(([0-9a-f ]+)\)/gi, (_all, hex: string) =>
      Buffer.from(hex.replace(/ /g, ''), 'hex').toString('utf8'),
    );
}

const FORBIDDEN =
  /[\0-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff]/;

for (const row of hostile.filter(({ where }) => BODIES.includes(where) || LINES.includes(where))) {
  test(`${row.id}: ${row.where}: what is shown commands nothing`, () => {
    const isBody = BODIES.includes(row.where);
    const shown = isBody ? cleanBody(expand(row.value)) : cleanLine(expand(row.value));
    assert.doesNotMatch(shown, FORBIDDEN);
    assert.doesNotMatch(shown, /\p{M}{5}/u, 'at most four marks on a base');
    assert.doesNotMatch(shown, /^\p{M}/mu, 'no mark without a base');
    assert.doesNotMatch(shown, /\p{Co}|\p{Noncharacter_Code_Point}|\p{Cs}/u);
    if (!isBody) assert.doesNotMatch(shown, /[\n\t]/);
    const display = /display == "([^"]*)"(?! for)/.exec(row.must)?.[1];
    if (display !== undefined && !display.includes('…')) assert.equal(shown, display);
  });
}

const BODY_CASES: [name: string, raw: string, shown: string][] = [
  ['plain text is itself', 'hello {b}\nworld', 'hello {b}\nworld'],
  ['an escape is made visible', 'a\x1b[31mb', 'a␛[31mb'],
  ['C1 becomes the replacement', 'a\x9bb', 'a\ufffdb'],
  ['every line break is ours', 'a\r\nb\rc\vd\fe\x85f\u2028g\u2029h', 'a\nb\nc\nd\ne\nf\ng\nh'],
  ['a tab is four spaces', 'a\tb', 'a    b'],
  ['bidi controls are gone', 'a\u202eb\u2066c', 'abc'],
  ['a Persian ZWNJ stays', 'می\u200cخواهم', 'می\u200cخواهم'],
  ['a Devanagari joiner stays', 'क्\u200dष', 'क्\u200dष'],
  ['a family stays one', '👨‍👩‍👧‍👦', '👨‍👩‍👧‍👦'],
  ['a joiner beside nothing goes', '\u200dx \u200d', 'x '],
  [
    'a flag of a region stays',
    '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
    '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
  ],
  ['hidden tags go', 'x\u{e0041}\u{e0042}y', 'xy'],
  ['private use cannot imitate our signs', '\ue0b0', '\ufffd'],
  ['a lone surrogate is replaced', 'a\ud800b', 'a\ufffdb'],
  ['a leading mark gets a circle on every line', '\u0301a\n\u0302b', '\u25cc\u0301a\n\u25cc\u0302b'],
  ['marks beyond four go', `e${'\u0301'.repeat(9)}`, `e${'\u0301'.repeat(4)}`],
];
for (const [name, raw, shown] of BODY_CASES) test(`body: ${name}`, () => assert.equal(cleanBody(raw), shown));

const LINE_CASES: [name: string, raw: string, shown: string][] = [
  ['a line break is shown', 'a\r\nb', 'a␤b'],
  ['a tab is a space', 'a\tb', 'a b'],
  ['a bidi control is shown', 'a\u202eb', 'a\ufffdb'],
  ['a blank letter is shown', '\u3164', '\ufffd'],
];
for (const [name, raw, shown] of LINE_CASES) test(`line: ${name}`, () => assert.equal(cleanLine(raw), shown));

const IDENTIFIER_CASES: [name: string, raw: string, shown: string][] = [
  ['a name is itself', 'alice smith', 'alice smith'],
  ['spaces at the edges are visible', ' alice ', '␣alice␣'],
  ['a blank name is visible', '  ', '␣␣'],
  ['another space inside is visible', 'a\u00a0b', 'a␣b'],
  ['a name of nothing visible is visible', '\u200b', '\ufffd'],
];
for (const [name, raw, shown] of IDENTIFIER_CASES) {
  test(`identifier: ${name}`, () => assert.equal(cleanIdentifier(raw), shown));
}

test('a body of a megabyte is cut and says so', () => {
  const shown = cleanBody('x'.repeat(1 << 20));
  assert.ok(shown.length < MAX_BODY + 64);
  assert.match(shown, /… \[\+983040 characters\]$/);
});

test('clip keeps what fits and never cuts a wide character', () => {
  assert.equal(clip('hello' as Safe, 5), 'hello');
  assert.equal(clip('hello' as Safe, 4), 'hel…');
  assert.equal(clip('日本語' as Safe, 4), '日…');
  assert.equal(clip('日本語' as Safe, 0), '');
  assert.equal(width(fit('日本語' as Safe, 9)), 9);
});

test('our own words take safe parts', () => {
  assert.equal(safe`${cleanLine('a\nb')} has ${3} tabs`, 'a␤b has 3 tabs');
});

test('names that look alike have one skeleton', () => {
  for (const other of ['аlice', 'a1ice', 'ALICE', 'ａｌｉｃｅ', '𝐚𝐥𝐢𝐜𝐞', 'al\u200bice', 'alice ', 'aIice']) {
    assert.equal(skeleton(other), skeleton('alice'), other);
  }
  for (const other of ['alicia', 'bob', 'malice']) assert.notEqual(skeleton(other), skeleton('alice'));
});

test('outgoing text loses what XML cannot carry, and says so', () => {
  assert.deepEqual(toWireText('plain\ttext\n'), { text: 'plain\ttext\n', changed: false });
  assert.deepEqual(toWireText('a\x1bb\ufffec\ud800'), { text: 'ab\ufffdc\ufffd', changed: true });
});

test('names of ASCII alone have the skeleton that the long way gives them', () => {
  const letters = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));
  // What is not seen makes it take the long way.
  for (const a of letters)
    for (const b of letters) assert.equal(skeleton(a + b), skeleton(`${a}${b}\u200b`), `${a}${b}`);
});

for (const [text, first] of [
  ['Rings the bell.\nMore of it.', 'Rings the bell.'],
  ['Shows the addresses,\nnumbered. More.', 'Shows the addresses, numbered.'],
  ['No end\n\nNext.', 'No end'],
  ['See v1.2 of it! Then', 'See v1.2 of it!'],
  ['', ''],
] as const) {
  test(`the first sentence of ${JSON.stringify(text)}`, () => assert.equal(firstSentence(text), first));
}
