/**
 * Whole screens under random texts, keys, options and sizes: what has been drawn step by step equals a fresh draw of the same
 * state, cell by cell. `FUZZ_SECONDS=180 npm test fuzz` goes on for minutes and prints the seed of a failure.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cleanLine } from '../../src/lib/text.js';
import { createFakeApp, createFakeLog, createFakeShell, fakeTab, logView } from '../helpers/expect-screen.js';
import { fuzzRuns } from '../helpers/fuzz.js';
import type { Screen } from '../helpers/screen.js';

// Characters of agreed width: for the others the emulator itself keeps leftovers of its own.
const word = fc.constantFrom(
  'a',
  'ship ',
  'wave',
  ' ',
  '漢字',
  'é',
  'ж',
  'שלום ',
  'سلام',
  '12',
  '(',
  ')',
  'e\u0301',
  '\n',
  '-',
  'https://a.example/x ',
);
const text = fc.array(word, { minLength: 1, maxLength: 25 }).map(words => words.join(''));
const step = fc.oneof(
  fc.record({ do: fc.constant('say' as const), nick: fc.constantFrom('ana', 'דוד', 'captain nemo', '漢'), text }),
  fc.record({
    do: fc.constant('key' as const),
    keys: fc.constantFrom(
      'x',
      '/join ',
      '\x7f',
      '\x1b[5~',
      '\x1b[6~',
      '\x1b[1;3A',
      '\x1b[1;3B',
      '\r',
      'שלום',
      '漢',
      '\x1b\r',
      '\x15',
    ),
  }),
  fc.record({
    do: fc.constant('size' as const),
    columns: fc.integer({ min: 1, max: 110 }),
    rows: fc.integer({ min: 1, max: 30 }),
  }),
  fc.record({
    do: fc.constant('option' as const),
    option: fc.constantFrom(
      ['ui.align', 'column'],
      ['ui.align', 'ragged'],
      ['ui.bidi', 'app'],
      ['ui.bidi', 'terminal'],
      ['ui.bidi', 'off'],
      ['ui.accessible', true],
      ['ui.accessible', false],
      ['tabs.list', 'left'],
      ['tabs.list', 'none'],
      ['tabs.list', 'bottom'],
    ) as fc.Arbitrary<[string, string | boolean]>,
  }),
  fc.record({
    do: fc.constant('panel' as const),
    panel: fc.constantFrom('side', 'tabs', 'raw') as fc.Arbitrary<'side' | 'tabs' | 'raw'>,
  }),
);

function cells(screen: Screen, columns: number, rows: number): string[] {
  return Array.from({ length: rows }, (_, y) =>
    Array.from({ length: columns }, (_, x) => {
      const cell = screen.attributesAt(x, y);
      // An erased cell and a space look alike, and what has no width is seen nowhere.
      const shown = cell.text.replace(/[\u2066-\u2069]/g, '') || (cell.width === 1 ? ' ' : '');
      const plain = shown === ' ' && !cell.inverse && !cell.underline;
      return plain
        ? ` ${cell.background.value}`
        : `${shown}${cell.inverse ? 'r' : ''}${cell.underline ? 'u' : ''}${cell.bold ? 'b' : ''}${cell.foreground.value}/${cell.background.value}`;
    }).join('|'),
  );
}

async function walk(steps: readonly (typeof step extends fc.Arbitrary<infer T> ? T : never)[]): Promise<void> {
  const log = createFakeLog();
  const tab = fakeTab(1, 'room', logView(log));
  tab.side = {
    width: 12,
    items: Array.from({ length: 12 }, (_, i) => ({
      id: String(i),
      row: [{ text: cleanLine(i % 3 === 0 ? `שם${i}` : `name${i}`), token: 'text.normal' as const }],
    })),
  };
  const tabs = [tab, fakeTab(2, 'עולם', logView(createFakeLog()))];
  const shell = createFakeShell(tabs);
  const app = await createFakeApp(tabs, { shell, columns: 80, rows: 24 });
  shell.wanted = chord => {
    if (chord === 'alt-up') app.ui.port.focus('previous');
    else if (chord === 'alt-down') app.ui.port.focus('next');
    else if (chord === 'pageup' || chord === 'pagedown') app.ui.port.scroll({ pages: chord === 'pageup' ? -0.5 : 0.5 });
    else return false;
    return true;
  };
  let [columns, rows] = [80, 24];
  for (const one of steps) {
    if (one.do === 'say') {
      log.say(one.nick, one.text);
      shell.touch('log');
    } else if (one.do === 'key') app.tty.type(one.keys);
    else if (one.do === 'size') {
      ({ columns, rows } = one);
      app.tty.resize(columns, rows);
      app.clock.advance(200);
    } else if (one.do === 'option') {
      shell.options.set(...one.option);
      shell.touch('all');
    } else app.ui.port.panel(one.panel, 'toggle');
    await app.settle();
  }
  const before = cells(app.tty.screen, columns, rows);
  const cursor = app.tty.screen.cursor();
  app.ui.port.redraw();
  await app.settle();
  assert.deepEqual(before, cells(app.tty.screen, columns, rows));
  assert.deepEqual(cursor, app.tty.screen.cursor());
  app.close();
  app.tty.screen.dispose();
}

test('whatever happens, what is seen equals a fresh draw', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), walk), fuzzRuns(25));
});
