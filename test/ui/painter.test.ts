import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Span, span } from '../../src/lib/span.js';
import { cleanBody, cleanLine } from '../../src/lib/text.js';
import { wrap } from '../../src/lib/wrap.js';
import { createPainter } from '../../src/ui/painter.js';
import { attr, linkTarget, withLink } from '../../src/ui/style.js';
import { createFakeApp, createFakeLog, fakeTab, logView } from '../helpers/expect-screen.js';
import { type CellAttributes, createScreen } from '../helpers/screen.js';
import { createStage, type Stage } from '../helpers/stage.js';

async function rowsOf(stage: Stage): Promise<readonly string[]> {
  await stage.flush();
  return stage.tty.screen.lines();
}

test('a keystroke at the end of the line costs two bytes at most', async () => {
  const stage = createStage(200, 50);
  let text = '';
  const input = stage.screen.addPane(surface => surface.row(0, [span('input.text', cleanLine(text))]));
  input.place({ x: 0, y: 49, width: 200, height: 1 });
  stage.draw({ x: 0, y: 49 });
  stage.tty.takeBytes();
  for (const letter of 'hello world, this is a line') {
    text += letter;
    input.touch();
    stage.draw({ x: text.length, y: 49 });
  }
  assert.ok(stage.tty.takeBytes() <= text.length * 2);
  assert.equal((await rowsOf(stage))[49], text);
});

/** A log above a bar and an input line, with or without a list of occupants beside it. */
function createRoom(withList: boolean): { stage: Stage; add: (text: string) => void } {
  const stage = createStage(200, 50);
  const side = withList ? 20 : 0;
  const lines: string[] = [];
  const log = stage.screen.addPane(surface => {
    const from = Math.max(0, lines.length - surface.height);
    for (let y = 0; y < surface.height; y++) {
      const text = lines[from + y];
      if (text === undefined) surface.row(y, []);
      else {
        const spans: Span[] = [
          span('text.time', cleanLine('12:00 ')),
          span('nick.other', cleanLine('juliet'), 'juliet'),
          span('nick.separator', cleanLine('> ')),
          span('message.normal', cleanLine(text)),
        ];
        surface.row(y, spans);
      }
    }
  });
  log.place({ x: 0, y: 1, width: 200 - side, height: 47 });
  if (withList) {
    const list = stage.screen.addPane(surface => {
      for (let y = 0; y < surface.height; y++) {
        const nick = `nick${(y * 7919) % 1000}`;
        surface.row(y, [span('list.border', cleanLine('│')), span('nick.other', cleanLine(nick), nick)]);
      }
    });
    list.place({ x: 180, y: 1, width: 20, height: 47 });
  }
  const bar = stage.screen.addPane(surface =>
    surface.row(0, [span('bar.normal', cleanLine('room'))], { below: 'bar.normal' }),
  );
  bar.place({ x: 0, y: 48, width: 200, height: 1 });
  for (let i = 0; i < 60; i++) lines.push(`${'lorem ipsum dolor sit amet '.repeat((i % 5) + 1)}${i}`);
  stage.draw({ x: 0, y: 49 });
  return {
    stage,
    add(text) {
      lines.push(text);
      log.touch();
      log.scrolled(1);
      stage.draw({ x: 0, y: 49 });
    },
  };
}

test('a new line without a list costs its text and 60 bytes', async () => {
  const { stage, add } = createRoom(false);
  stage.tty.takeBytes();
  const text = 'a message of ordinary length, as people write them in rooms every day';
  add(text);
  const bytes = stage.tty.takeBytes();
  assert.ok(bytes <= `12:00 juliet> ${text}`.length + 60, `${bytes} bytes`);
  const rows = await rowsOf(stage);
  assert.equal(rows[47], `12:00 juliet> ${text}`);
  assert.match(rows[46] ?? '', / 59$/);
});

test('a new line beside a list costs 1.3 kB at most at 200 by 50', async () => {
  const { stage, add } = createRoom(true);
  stage.tty.takeBytes();
  add('a message of ordinary length, as people write them in rooms every day');
  const bytes = stage.tty.takeBytes();
  assert.ok(bytes <= 1300, `${bytes} bytes`);
  const rows = await rowsOf(stage);
  assert.match(rows[47] ?? '', /^12:00 juliet> a message .* day +│nick/);
  assert.match(rows[1] ?? '', /│nick0$/);
});

test('scrolling back uses the scroll region too', async () => {
  const stage = createStage(40, 10);
  let first = 10;
  const pane = stage.screen.addPane(surface => {
    for (let y = 0; y < surface.height; y++)
      surface.row(y, [span('text.normal', cleanLine(`this is the long line number ${first + y}`))]);
  });
  pane.place({ x: 0, y: 0, width: 40, height: 9 });
  stage.draw();
  stage.tty.takeBytes();
  first -= 2;
  pane.touch();
  pane.scrolled(-2);
  stage.draw();
  assert.ok(stage.tty.takeBytes() < 140);
  assert.deepEqual(
    (await rowsOf(stage)).slice(0, 9),
    Array.from({ length: 9 }, (_, y) => `this is the long line number ${8 + y}`),
  );
});

test('nothing but the first frame, a resize and a redraw clears the screen', () => {
  const stage = createStage(40, 10);
  const pane = stage.screen.addPane(surface => surface.clear());
  pane.place({ x: 0, y: 0, width: 40, height: 10 });
  stage.draw();
  assert.match(stage.tty.takeOutput(), /\x1b\[2J/);
  pane.place({ x: 5, y: 2, width: 20, height: 5 });
  stage.draw();
  assert.doesNotMatch(stage.tty.takeOutput(), /\x1b\[2J/);
  stage.screen.redraw();
  stage.draw();
  assert.match(stage.tty.takeOutput(), /\x1b\[2J/);
});

test('a frame in which nothing changed has no bytes', () => {
  const stage = createStage(40, 10);
  const pane = stage.screen.addPane(surface => surface.row(0, [span('text.normal', cleanLine('hello'))]));
  pane.place({ x: 0, y: 0, width: 40, height: 10 });
  stage.draw({ x: 1, y: 1 });
  stage.tty.takeBytes();
  pane.touch();
  stage.draw({ x: 1, y: 1 });
  assert.equal(stage.tty.takeBytes(), 0);
});

const HARD = [
  '👨‍👩‍👧',
  '👍🏽',
  '❤️',
  'क्षि',
  'सलाम',
  'سلام',
  'שלום',
  '漢字',
  'é',
  'e\u0301',
  '🇫🇷',
  '\u{1fae8}',
  'ำ',
  '한',
  'x',
  ' ',
  'long word ',
  '🏴',
  '‍',
  '﷽',
];

test('whatever was written, the right border stands and the next row is untouched', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.constantFrom(...HARD), { maxLength: 12 }), { minLength: 1, maxLength: 6 }),
      async steps => {
        const stage = createStage(30, 4);
        let text = '';
        const pane = stage.screen.addPane(surface => surface.row(0, [span('text.normal', cleanLine(text))]));
        const border = stage.screen.addPane(surface => {
          surface.put(0, 0, { s: '|', w: 1, max: 1, trust: 0 }, 'list.border');
        });
        pane.place({ x: 0, y: 1, width: 29, height: 1 });
        border.place({ x: 29, y: 1, width: 1, height: 1 });
        for (const step of steps) {
          text = step.join('');
          pane.touch();
          stage.draw();
        }
        const rows = await rowsOf(stage);
        assert.equal(rows[0], '');
        assert.equal(rows[2], '');
        assert.equal(stage.tty.screen.attributesAt(29, 1).text, '|');
        stage.tty.screen.dispose();
      },
    ),
    { numRuns: 60 },
  );
});

/** An erased cell and a space look alike. */
function cellAt(stage: Stage, x: number, y: number): CellAttributes {
  const cell = stage.tty.screen.attributesAt(x, y);
  return cell.text === '' && cell.width === 1 ? { ...cell, text: ' ' } : cell;
}

test('what is drawn step by step equals a fresh draw, cell by cell', async () => {
  // Characters of agreed width only: for the others the emulator itself keeps leftovers of its own.
  const unit = fc.constantFrom('a', 'bc', ' ', '    ', '漢', 'é', 'ж', 'שלום', 'e\u0301', '-', '\n');
  const action = fc.record({
    texts: fc.array(fc.array(unit, { maxLength: 30 }), { maxLength: 6 }),
    shift: fc.integer({ min: -3, max: 3 }),
    tall: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 5 }), async actions => {
      const paint = (stage: Stage): { show: (a: (typeof actions)[number]) => void } => {
        let current: (typeof actions)[number] | undefined;
        const pane = stage.screen.addPane(surface => {
          surface.clear();
          const spans = (current?.texts ?? []).map((text, i) =>
            span(i % 2 ? 'nick.other' : 'message.highlight', cleanBody(text.join('')), `n${i}`),
          );
          wrap(spans, surface.width)
            .slice(0, surface.height)
            .forEach((row, y) => {
              surface.wrapped(0, y, row);
            });
        });
        return {
          show(a) {
            current = a;
            pane.place({ x: 0, y: a.tall ? 0 : 2, width: 25, height: a.tall ? 8 : 5 });
            pane.touch();
            pane.scrolled(a.shift);
            stage.draw();
          },
        };
      };
      const stepwise = createStage(30, 8);
      const view = paint(stepwise);
      for (const a of actions) view.show(a);
      const fresh = createStage(30, 8);
      paint(fresh).show(actions.at(-1)!);
      await stepwise.flush();
      await fresh.flush();
      for (let y = 0; y < 8; y++) {
        for (let x = 0; x < 30; x++) {
          assert.deepEqual(cellAt(stepwise, x, y), cellAt(fresh, x, y), `cell ${x},${y}`);
        }
      }
      stepwise.tty.screen.dispose();
      fresh.tty.screen.dispose();
    }),
    { numRuns: 60 },
  );
});

test('a terminal without UTF-8 gets ASCII only', () => {
  const painter = createPainter({ depth: 0, ascii: true });
  const line = [...'é│…漢'].flatMap(s =>
    s === '漢'
      ? [
          [0, s],
          [0, ''],
        ]
      : [[0, s]],
  ) as [number, string][];
  const old = line.map((): [number, string] => [0, ' ']);
  const bytes = painter.frame({ lines: [Object.assign(line, { dirty: true })], olines: [old] }, undefined);
  assert.match(bytes, /e\|\.\?\?/);
  assert.doesNotMatch(bytes, /[^\0-\x7e]/);
});

test('colours are brought down to what the terminal has', async () => {
  const style = attr({ fg: [255, 0, 0], bg: 200, flags: 1 });
  const bytesAt = (depth: 0 | 8 | 16 | 256 | 16777216): string => {
    const line: [number, string][] = [[style, 'x']];
    return createPainter({ depth }).frame(
      { lines: [Object.assign(line, { dirty: true })], olines: [[[0, ' ']]] },
      undefined,
    );
  };
  assert.match(bytesAt(16777216), /\x1b\[1;38;2;255;0;0;48;5;200m|\x1b\[1;38;2;255;0;0;48;5;200/);
  assert.match(bytesAt(256), /1;38;5;196;48;5;200m/);
  assert.match(bytesAt(16), /1;91;95m|1;91;105m/);
  assert.match(bytesAt(8), /1;31;45m/);
  assert.match(bytesAt(0), /\x1b\[1mx/);
});

test('a link reaches the terminal only with a harmless scheme and printable letters', async () => {
  assert.equal(linkTarget('javascript:alert(1)'), undefined);
  assert.equal(linkTarget('file:///etc/passwd'), undefined);
  assert.equal(linkTarget('https://example.org/ä\x1b\\'), 'https://example.org/%C3%A4%1B%5C');
  const line: [number, string][] = [
    [withLink(0, 'https://example.org/'), 'x'],
    [0, 'y'],
  ];
  const bytes = createPainter({ depth: 16 }).frame(
    {
      lines: [Object.assign(line, { dirty: true })],
      olines: [
        [
          [0, ' '],
          [0, ' '],
        ],
      ],
    },
    undefined,
  );
  assert.match(bytes, /\x1b\]8;;https:\/\/example\.org\/\x1b\\x\x1b\]8;;\x1b\\y/);
  const screen = createScreen({ columns: 4, rows: 1 });
  await screen.write(bytes);
  assert.deepEqual(screen.lines(), ['xy']);
  screen.dispose();
});

test('the rows of a wrapped link have one name, so that terminals mark them together; links in one row have none', async () => {
  const log = createFakeLog();
  const long = `https://example.org/${'x'.repeat(50)}`;
  log.say('ana', `see ${long} now`);
  log.say('ana', 'and https://a.example/');
  log.say('bob', 'or https://b.example/');
  const app = await createFakeApp([fakeTab(1, 'hall', logView(log))], { columns: 50, rows: 12 });
  const opened = [...app.tty.takeOutput().matchAll(/\x1b\]8;([^;]*);([!-~]+)\x1b\\/g)].map(([, id, to]) => [to, id]);
  const names = opened.filter(([to]) => to === long).map(([, id]) => id);
  assert.equal(names.length, 2, 'a row each');
  assert.match(names[0] ?? '', /^id=\w{1,3}$/);
  assert.equal(names[0], names[1]);
  assert.deepEqual(
    opened.filter(([to]) => to !== long),
    [
      ['https://a.example/', ''],
      ['https://b.example/', ''],
    ],
  );
  app.close();
});
