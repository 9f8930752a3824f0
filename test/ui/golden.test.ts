/**
 * Whole screens as a person sees them, drawn through the real device into a terminal that keeps true cells, compared with the
 * files in `golden/`. `GOLDEN=write npm test golden` writes them anew; look at the difference before it is committed.
 */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { loadDeclarations } from '../../src/declarations.js';
import { cleanLine } from '../../src/lib/text.js';
import type { FormField } from '../../src/model/form.js';
import type { Row, View } from '../../src/model/view.js';
import { createUi } from '../../src/ui/app.js';
import {
  createFakeApp,
  createFakeLog,
  createFakeShell,
  fakeTab,
  logView,
  row,
  safeText,
} from '../helpers/expect-screen.js';
import { createFakeTty, type FakeTty } from '../helpers/fake-tty.js';
import { createRig } from '../helpers/run-command.js';

const FOLDER = join(import.meta.dirname, 'golden');
const DARK: unknown = JSON.parse(readFileSync(new URL('../../themes/dark.json', import.meta.url), 'utf8'));
const written = new Set<string>();

/** The screen with its edges, and where the cursor stands. A row wider than the screen would break its edge. */
async function picture(tty: FakeTty, columns: number, rows: number): Promise<string> {
  await tty.rows();
  const edge = `+${'-'.repeat(columns)}+`;
  const lines = Array.from({ length: rows }, (_, y) => {
    let text = '';
    let x = 0;
    while (x < columns) {
      const cell = tty.screen.attributesAt(x, y);
      text += cell.text === '' ? ' ' : cell.text;
      assert.ok(x + cell.width <= columns, `row ${y} ends with half a character`);
      x += Math.max(1, cell.width);
    }
    return `|${text}|`;
  });
  assert.ok(
    lines.some(line => /[^ |]/.test(line)),
    'something is drawn',
  );
  const { column, row: at } = tty.screen.cursor();
  return `${[edge, ...lines, edge, `cursor ${column},${at}`].join('\n')}\n`;
}

async function golden(name: string, tty: FakeTty, columns: number, rows: number): Promise<void> {
  const file = join(FOLDER, `${name}.txt`);
  written.add(`${name}.txt`);
  const seen = await picture(tty, columns, rows);
  if (process.env['GOLDEN'] === 'write') {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(file, seen);
  }
  assert.ok(existsSync(file), `${name}.txt is not there yet: GOLDEN=write npm test golden`);
  assert.equal(
    seen,
    readFileSync(file, 'utf8'),
    `${name} looks different; if it is meant to: GOLDEN=write npm test golden`,
  );
}

const SCRIPTS: Readonly<Record<string, readonly (readonly [nick: string, body: string])[]>> = {
  latin: [
    ['ana', 'Crème brûlée, naïve façade — “quotes” and e\u0301 with a mark of its own.'],
    ['Łukasz', 'Zażółć gęślą jaźń. Příliš žluťoučký kůň úpěl ďábelské ódy.'],
    ['юрий', 'Съешь же ещё этих мягких французских булок. Ξεσκεπάζω την ψυχοφθόρα.'],
  ],
  cjk: [
    [
      '漢字',
      '吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。何でも薄暗いじめじめした所で泣いていた。',
    ],
    ['수진', '다람쥐 헌 쳇바퀴에 타고파. 키스의 고유조건은 입술끼리 만나야 하고'],
    ['ｆｕｌｌ', 'ｗｉｄｅ　ｌａｔｉｎ and half ｶﾀｶﾅ'],
  ],
  emoji: [
    ['ana', 'family 👨‍👩‍👧‍👦 heart ❤️ thumbs 👍🏽 flags 🇫🇷🇯🇵 keycap 5️⃣ rainbow 🏳️‍🌈 end'],
    ['👩‍🚀', 'text style ☎︎ emoji style ☎️ and England 🏴󠁧󠁢󠁥󠁮󠁧󠁿 done'],
  ],
  thai: [
    ['สมชาย', 'เป็นมนุษย์สุดประเสริฐเลิศคุณค่า กว่าบรรดาฝูงสัตว์เดรัจฉาน'],
    ['ana', 'น้ำ ที่ ก็ ผู้'],
  ],
  devanagari: [
    ['राम', 'नमस्ते दुनिया, क्षत्रिय, स्त्री, हिन्दी में लिखा हुआ संदेश'],
    ['ana', 'தமிழ் and বাংলা and മലയാളം'],
  ],
  rtl: [
    ['דוד', 'שלום עולם, this is (mixed) 123 טקסט'],
    ['سارة', 'مرحبا بالعالم 456, and English within'],
    ['ana', 'plain (brackets) stay'],
  ],
};

const SIZES: readonly (readonly [columns: number, rows: number])[] = [
  [100, 16],
  [40, 12],
  [20, 6],
];

async function room(
  lines: readonly (readonly [nick: string, body: string])[],
  columns: number,
  rows: number,
  options: Readonly<Record<string, string | boolean>> = {},
  env?: Record<string, string>,
): Promise<FakeTty> {
  const log = createFakeLog();
  for (const [nick, body] of lines) log.say(nick, body);
  const tab = fakeTab(1, 'hall', logView(log));
  tab.topic = row('A subject: 漢字, שלום, emoji 👍🏽');
  tab.side = {
    width: 12,
    items: lines.map(([nick]) => ({ id: nick, row: [{ text: cleanLine(nick), token: 'nick.other' }] })),
  };
  const tabs = [
    tab,
    fakeTab(2, 'other', logView(createFakeLog()), { activity: 'highlight', unread: 3, highlights: 1 }),
  ];
  const shell = createFakeShell(tabs);
  shell.options.set('ui.align', 'column');
  shell.options.set('ui.bidi', 'terminal');
  for (const [name, value] of Object.entries(options)) shell.options.set(name, value);
  const app = await createFakeApp(tabs, { columns, rows, shell, theme: DARK, ...(env === undefined ? {} : { env }) });
  await app.type('typed: é漢👍🏽');
  return app.tty;
}

describe('scripts', () => {
  for (const [script, lines] of Object.entries(SCRIPTS)) {
    for (const [columns, rows] of SIZES) {
      test(`${script} at ${columns}×${rows}`, async () => {
        await golden(`${script}-${columns}x${rows}`, await room(lines, columns, rows), columns, rows);
      });
    }
  }
  for (const bidi of ['app', 'off']) {
    test(`right-to-left with ui.bidi ${bidi}`, async () => {
      await golden(`rtl-${bidi}`, await room(SCRIPTS['rtl'] ?? [], 80, 12, { 'ui.bidi': bidi }), 80, 12);
    });
  }
  const all = Object.values(SCRIPTS).flat();
  test('accessible', async () => {
    await golden('accessible', await room(all, 80, 24, { 'ui.accessible': true }), 80, 24);
  });
  test('ASCII', async () => {
    const env = { TERM: 'xterm', LC_ALL: 'C' };
    await golden('ascii', await room(all, 80, 24, { 'ui.ascii': 'auto' }, env), 80, 24);
  });
  test('the tabs in a column at the left', async () => {
    await golden('tabs-left', await room(all, 110, 16, { 'tabs.list': 'left' }), 110, 16);
  });
  test('nothing fits any more', async () => {
    await golden('too-small', await room(all, 15, 3), 15, 3);
  });
});

const field = (name: string, type: FormField['type'], more: Partial<FormField> = {}): FormField => ({
  var: name,
  type,
  label: safeText(`Label of ${name}`),
  required: false,
  values: [],
  options: [],
  ...more,
});
const cells = (...texts: readonly string[]): readonly Row[] => texts.map(row);

const VIEWS: Readonly<Record<string, View>> = {
  list: {
    type: 'list',
    filterable: true,
    header: [row('A header')],
    items: [
      { id: 'h', row: row('Heading'), heading: true },
      { id: 'a', row: row('first 漢字'), right: row('right'), command: '/a' },
      { id: 'b', row: row('second שלום'), indent: 2, command: '/b' },
    ],
  },
  table: {
    type: 'table',
    filterable: false,
    columns: [
      { title: safeText('Name'), width: 16 },
      { title: safeText('Who'), align: 'right' },
      { title: safeText('What') },
    ],
    rows: [
      { id: 'a', cells: cells('hall 漢字', '12', 'a room') },
      { id: 'b', cells: cells('a very long name that is cut', '3', '👍🏽 emoji') },
    ],
  },
  text: { type: 'text', rows: [row('Running text'), row('漢字 '.repeat(30)), row('the end')] },
  form: {
    type: 'form',
    from: safeText('hall@rooms.test'),
    form: {
      type: 'form',
      title: safeText('Settings'),
      instructions: [safeText('Fill this in.')],
      fields: [
        field('name', 'text-single', { required: true, values: ['hall 漢字'] }),
        field('open', 'boolean', { values: ['1'] }),
        field('secret', 'text-private', { values: ['hunter2'] }),
        field('who', 'list-single', {
          options: [
            { label: safeText('Anyone'), value: 'a' },
            { label: safeText('Nobody'), value: 'n' },
          ],
          values: ['n'],
        }),
      ],
    },
    values: new Map(),
    errors: new Map([['name', safeText('This is needed.')]]),
    actions: [
      { label: safeText('save'), command: '/form save' },
      { label: safeText('cancel'), command: '/form cancel' },
    ],
    edit() {},
  },
};

describe('views', () => {
  for (const [name, view] of Object.entries(VIEWS)) {
    for (const [columns, rows] of [
      [80, 16],
      [30, 10],
    ] as const) {
      test(`${name} at ${columns}×${rows}`, async () => {
        const app = await createFakeApp([fakeTab(1, name, view)], { columns, rows, theme: DARK });
        await golden(`view-${name}-${columns}x${rows}`, app.tty, columns, rows);
        app.close();
      });
    }
  }
});

/** Tabs that open without an answer of a server. */
const KINDS = ['start', 'roster', 'info', 'invites', 'jump', 'search', 'xml'];

describe('tabs of the program', async () => {
  const { commands, tabs } = await loadDeclarations();
  for (const kind of KINDS) {
    test(kind, async () => {
      const rig = createRig({
        commands: commands.map(({ value }) => value as never),
        tabs: tabs.map(({ value }) => value as never),
      });
      rig.enter('hall@muc.test', ['ana', 'bob']);
      rig.core.api.ui.notice(safeText('A notice of the client'));
      const [columns, rows] = [80, 12];
      const tty = createFakeTty(columns, rows);
      rig.core.api.tabs.open(kind);
      const ui = createUi({
        shell: rig.core.shell,
        ...tty,
        env: { TERM: 'xterm-256color', LANG: 'C.UTF-8' },
        clock: rig.clock,
        theme: DARK,
        onQuit() {},
      });
      ui.start();
      for (let i = 0; i < 3; i++) {
        await new Promise(resolve => setImmediate(resolve));
        rig.clock.advance(40);
      }
      await golden(`tab-${kind}`, tty, columns, rows);
      ui.close();
      await rig.core.stop();
    });
  }
});

test('no golden screen is left over', () => {
  assert.deepEqual(
    readdirSync(FOLDER).filter(name => !written.has(name)),
    [],
  );
});
