import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Span } from '../../src/lib/span.js';
import { cleanBody } from '../../src/lib/text.js';
import { wrap } from '../../src/lib/wrap.js';
import { type Bidi, isolateCells, isolateRows, isolateSpans } from '../../src/ui/rows/bidi.js';
import { cellsOf } from '../../src/ui/rows/line.js';
import {
  createFakeApp,
  createFakeLog,
  createFakeShell,
  type FakeApp,
  fakeTab,
  logView,
} from '../helpers/expect-screen.js';

const seen = (text: string, columns = 80): string[] => {
  const rows = wrap([{ text: cleanBody(text), token: 'text.normal' }], columns);
  return isolateRows(rows, 'app', () => []).map(cells => cells.map(cell => cell.c.s).join(''));
};

// What a person sees from left to right, by UAX #9.
const TABLE: readonly (readonly [sentence: string, logical: string, visual: string])[] = [
  ['left to right is as it was', 'hello (world) 12', 'hello (world) 12'],
  ['a Hebrew line runs from the right', 'שלום עולם', 'םלוע םולש'],
  ['a Hebrew word in an English line', 'say שלום now', 'say םולש now'],
  ['an English word in a Hebrew line', 'אני john שם', 'םש john ינא'],
  ['numbers keep their order', 'שלום 123 עולם', 'םלוע 123 םולש'],
  ['a number behind an English word stays with it', 'room שלום 12', 'room 12 םולש'],
  ['brackets are turned over', 'שלום (עולם)', '(םלוע) םולש'],
  ['brackets around English stay with the English before them', 'שלום abc (test)', 'abc (test) םולש'],
  ['brackets around English behind Hebrew belong to the Hebrew', 'שלום (test)', '(test) םולש'],
  ['brackets that do not fit are only signs', 'שלום (test', 'test) םולש'],
  ['a full stop ends a Hebrew line at its left', 'שלום.', '.םולש'],
  ['an address in a Hebrew line stays readable', 'ראה https://a.example/x כאן', 'ןאכ https://a.example/x האר'],
  ['a price', 'עולה 5$ היום', 'םויה 5$ הלוע'],
  ['Arabic letters are joined', 'سلام', 'ﻡﺎﻠﺳ'],
  ['Arabic digits keep their order', 'في ١٢٣', '١٢٣ ﻲﻓ'],
];
for (const [sentence, logical, visual] of TABLE) test(sentence, () => assert.deepEqual(seen(logical), [visual]));

test('a wrapped paragraph keeps its direction and the order of its rows', () => {
  assert.deepEqual(seen('אחת שתים abc שלוש', 9), ['םיתש תחא ', 'שולש abc']);
  assert.deepEqual(seen('שלום\nhello\nעולם'), ['םולש', 'hello', 'םלוע']);
});

test('every cell is still there, whatever the text is', () => {
  const alphabet = ['a', 'ש', 'ل', '1', '٣', ' ', '(', ')', '-', '.', ':', '+', '$', '漢', 'é', '\u05b8'];
  let seed = 7;
  const random = (n: number): number => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % n;
  };
  for (let round = 0; round < 300; round++) {
    const text = Array.from({ length: random(40) }, () => alphabet[random(alphabet.length)]).join('');
    const cells = cellsOf([{ text: cleanBody(text), token: 'text.normal' }]);
    for (const bidi of ['app', 'terminal'] as const satisfies readonly Bidi[]) {
      const out = isolateCells(cells, bidi);
      assert.equal(
        out.reduce((sum, cell) => sum + cell.c.w, 0),
        cells.reduce((sum, cell) => sum + cell.c.w, 0),
        JSON.stringify(text),
      );
      assert.equal(out.length, cells.length);
    }
  }
});

async function hebrewRoom(bidi: string): Promise<FakeApp> {
  const log = createFakeLog();
  log.say('דוד', 'שלום 12 abc');
  log.say('ana', 'hello');
  const tabs = [fakeTab(1, 'room', logView(log))];
  const shell = createFakeShell(tabs);
  shell.options.set('ui.bidi', bidi);
  return createFakeApp(tabs, { shell });
}

test('with terminal, nick and body are isolates of their own, and each one is closed', async () => {
  const app = await hebrewRoom('terminal');
  const output = app.tty.takeOutput();
  const marks = [...output.matchAll(/[\u2066-\u2069]/gu)].map(([mark]) => mark);
  assert.deepEqual(marks, ['\u2067', '\u2069', '\u2067', '\u2069']);
  const line = (await app.rows())[3] ?? '';
  assert.equal(line.replace(/[\u2066-\u2069]/gu, ''), '12:00 דוד> שלום 12 abc');
  assert.equal((await app.rows())[4], '12:00 ana> hello', 'a line without such text costs nothing');
  app.close();
});

test('every opening isolate is closed, and none is closed that was not opened', () => {
  const field = (text: string): Span => ({ text: cleanBody(text), token: 'text.normal' });
  const rows: readonly (readonly [spans: readonly Span[], marks: readonly string[]])[] = [
    [[field('שלום'), field(' abc')], ['\u200e']],
    [
      [field('a שלום'), field(' abc')],
      ['\u2066', '\u2069'],
    ],
    [
      [field('x '), field('שלום'), field('דוד')],
      ['\u2067', '\u2069', '\u2067', '\u2069'],
    ],
  ];
  for (const [spans, marks] of rows) {
    const sent = isolateSpans(cellsOf(spans), 'terminal').flatMap(cell => [...(cell.after ?? '')]);
    assert.deepEqual(sent, marks);
  }
});

test('with off the text is sent as it is, with app in the order of sight', async () => {
  const off = await hebrewRoom('off');
  assert.equal((await off.rows())[3], '12:00 דוד> שלום 12 abc');
  off.close();
  const own = await hebrewRoom('app');
  assert.match(own.tty.takeOutput(), /\x1b\[8l/, 'a terminal that could do it is told not to');
  assert.equal((await own.rows())[3], '12:00 דוד> abc 12 םולש');
  own.close();
});
