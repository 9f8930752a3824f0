import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { cleanBody, cleanIdentifier, cleanLine, safe } from '../../src/lib/text.js';
import type { FormField } from '../../src/model/form.js';
import type { FormView, ListView } from '../../src/model/view.js';
import {
  createFakeApp,
  createFakeLog,
  createFakeShell,
  expectScreen,
  type FakeApp,
  type FakeLog,
  fakeTab,
  logView,
  NOON,
  row,
} from '../helpers/expect-screen.js';

async function chatApp(size: { columns?: number; rows?: number } = {}): Promise<FakeApp & { log: FakeLog }> {
  const log = createFakeLog();
  log.say('ana', 'hello');
  const app = await createFakeApp(
    [fakeTab(1, 'room', logView(log)), fakeTab(2, 'other', logView(createFakeLog()))],
    size,
  );
  return Object.assign(app, { log });
}

test('the first frame shows topic, log, bars and the cursor in the input', async () => {
  const app = await chatApp();
  await expectScreen(
    app,
    `|topic of room                           |
     |                                        |
     |                                        |
     |                                        |
     |12:00 ana> hello                        |
     |left                               right|
     |[1:room] 2:other                        |
     |>                                       |`,
  );
  assert.deepEqual(app.tty.screen.cursor(), { column: 2, row: 7 });
  app.close();
});

test('a message and its correction are one row that changed', async () => {
  const app = await chatApp();
  app.log.say('bob', 'tomorow');
  app.shell.touch('log');
  await app.settle();
  assert.equal((await app.rows())[4], '12:00 bob> tomorow');
  app.log.change(1, { body: cleanBody('tomorrow'), versions: [cleanBody('tomorow')] });
  app.shell.touch('log');
  await app.settle();
  assert.deepEqual((await app.rows()).slice(3, 5), ['12:00 ana> hello', '12:00 bob> tomorrow [edited]']);
  app.close();
});

test('a line is typed, sent and found again in the history', async () => {
  const app = await chatApp();
  await app.type('hi all');
  assert.equal((await app.rows())[7], '> hi all');
  await app.type('\r');
  assert.deepEqual(app.shell.submitted, ['hi all']);
  assert.equal((await app.rows())[7], '>');
  await app.type('\x1b[A');
  assert.equal((await app.rows())[7], '> hi all');
  assert.equal(app.shell.typedLines.at(-1), 'hi all');
  app.close();
});

test('a refused line stays', async () => {
  const app = await chatApp();
  app.shell.accept = () => false;
  await app.type('/nonsense\r');
  assert.equal((await app.rows())[7], '> /nonsense');
  app.close();
});

const AFTER_REFUSAL: readonly (readonly [what: string, line: string, typed: string, shown: string])[] = [
  ['something else takes its place', '/nonsense', 'hello', '> hello'],
  ['another command does, behind a blank too', '/invite ', '/help', '> /help'],
  ['a blank goes on with it', '/invite', ' bob', '> /invite bob'],
  ['behind a blank an argument goes on with it', '/invite ', 'bob', '> /invite bob'],
  ['mended, it is a line like any other', '/nonsensex', '\x7f!', '> /nonsense!'],
  ['moving in it keeps it', '/ab', '\x1b[D\x1b[Cc', '> /abc'],
  ['a text is never typed over', 'hi', 'x', '> hix'],
];
for (const [what, line, typed, shown] of AFTER_REFUSAL) {
  test(`after a refused line: ${what}`, async () => {
    const app = await chatApp();
    app.shell.accept = () => false;
    await app.type(`${line}\r`);
    await app.type(typed);
    assert.equal((await app.rows())[7], shown);
    app.close();
  });
}

test('a refused command that was typed over is in the history', async () => {
  const app = await chatApp();
  app.shell.accept = () => false;
  await app.type('/nonsense\r');
  await app.type('hello');
  await app.type('\x15\x1b[A');
  assert.equal((await app.rows())[7], '> /nonsense');
  app.close();
});

test('every tab has its own draft', async () => {
  const app = await chatApp();
  await app.type('draft one');
  app.shell.at = 1;
  app.shell.touch('tabs');
  await app.settle();
  await expectScreen(
    app,
    `|topic of other                          |
     |                                        |
     |                                        |
     |                                        |
     |                                        |
     |left                               right|
     | 1:room [2:other]                       |
     |>                                       |`,
  );
  await app.type('two');
  app.shell.at = 0;
  app.shell.touch('tabs');
  await app.settle();
  assert.equal((await app.rows())[7], '> draft one');
  app.close();
});

test('the input grows with Alt-Enter and the log gives way', async () => {
  const app = await chatApp({ rows: 12 });
  await app.type('one\x1b\rtwo\x1b\rthree');
  assert.deepEqual((await app.rows()).slice(6), [
    '12:00 ana> hello',
    'left                               right',
    '[1:room] 2:other',
    '> one',
    'two',
    'three',
  ]);
  for (let i = 0; i < 10; i++) await app.type('\x1b\r');
  assert.equal((await app.rows())[5], '[1:room] 2:other');
  await app.type('\r');
  assert.equal(app.shell.submitted[0], `one\ntwo\nthree${'\n'.repeat(10)}`);
  assert.equal((await app.rows())[10], '[1:room] 2:other');
  app.close();
});

test('completion turns both ways over candidates that are seen', async () => {
  const app = await chatApp();
  app.shell.completer = (_line, cursor) => ({
    start: 0,
    end: cursor,
    candidates: ['ana', 'andy', 'anton'].map(name => ({ insert: `${name}: `, label: cleanLine(name) })),
  });
  await app.type('an\t');
  assert.deepEqual((await app.rows())[7], '> ana:');
  assert.match((await app.rows())[5] ?? '', /^\[ana\] andy {2}anton +1\/3$/);
  await app.type('\t');
  assert.equal((await app.rows())[7], '> andy:');
  await app.type('\x1b[Z\x1b[Z');
  assert.equal((await app.rows())[7], '> anton:');
  app.tty.type('\x1b');
  app.clock.advance(100);
  await app.settle();
  assert.equal((await app.rows())[7], '> an');
  assert.match((await app.rows())[5] ?? '', /^left/);
  app.close();
});

test('a completion that comes late does not overwrite what was typed meanwhile', async () => {
  const app = await chatApp();
  let settle: (() => void) | undefined;
  app.shell.completer = () =>
    new Promise(resolve => {
      settle = () => resolve({ start: 0, end: 1, candidates: [{ insert: 'WRONG', label: cleanLine('WRONG') }] });
    });
  await app.type('a\t');
  await app.type('b');
  settle?.();
  await app.settle();
  assert.equal((await app.rows())[7], '> ab');
  app.close();
});

const paste = (text: string): string => `\x1b[200~${text}\x1b[201~`;

test('K001: a paste of several lines is a draft until Enter, and then one message', async () => {
  const app = await chatApp({ rows: 12 });
  await app.type(paste('first\nsecond\n/nick PASTED\nthird\n'));
  assert.deepEqual(app.shell.submitted, []);
  await app.type('\r');
  assert.deepEqual(app.shell.submitted, ['first\nsecond\n/nick PASTED\nthird']);
  app.close();
});

test('K002: a pasted command needs a second yes', async () => {
  const app = await chatApp({ columns: 80 });
  await app.type(paste('/quit\n'));
  assert.deepEqual(app.shell.submitted, []);
  await app.type('\r');
  assert.deepEqual(app.shell.submitted, []);
  assert.equal((await app.rows())[5], 'This command was pasted: Enter runs it, t sends it as text, Esc edits');
  await app.type('t');
  assert.deepEqual(app.shell.submitted, ['//quit']);
  app.close();
});

test('K003: an end mark inside a paste does not run what follows', async () => {
  const app = await chatApp();
  await app.type('\x1b[200~x\x1b\x1b[201~/quit');
  assert.deepEqual(app.shell.submitted, []);
  app.close();
});

test('K004: a long paste asks, and can be sent, edited or dropped', async () => {
  const lines = `${Array.from({ length: 42 }, (_, i) => `line ${i}`).join('\n')}\n`;
  const app = await chatApp({ columns: 80 });
  await app.type(paste(lines));
  assert.equal((await app.rows())[5], '42 lines pasted: Enter sends as one message, e edits, Esc drops');
  await app.type('x');
  assert.deepEqual(app.shell.submitted, []);
  await app.type('\r');
  assert.deepEqual(app.shell.submitted, [lines.trimEnd()]);
  await app.type(paste(lines));
  await app.type('e');
  assert.equal(app.shell.submitted.length, 1);
  await app.type('\x15');
  app.close();
});

test('a second paste while the first one is asked about is not lost', async () => {
  const app = await chatApp({ columns: 80 });
  app.shell.pastePolicy = () => 'ask';
  await app.type(paste('one'));
  await app.type(paste('two'));
  assert.match((await app.rows())[5] ?? '', /^2 lines pasted/);
  await app.type('\r');
  assert.deepEqual(app.shell.submitted, ['one\ntwo']);
  app.close();
});

test('a pasted text of several lines that starts with a command is a text', async () => {
  const app = await chatApp({ columns: 80 });
  await app.type(paste('/quit\nreally'));
  await app.type('\r');
  assert.deepEqual(app.shell.submitted, ['//quit\nreally']);
  app.shell.pastePolicy = () => 'ask';
  await app.type(paste(' /quit'));
  await app.type('\r');
  assert.equal(app.shell.submitted[1], '//quit');
  app.close();
});

test('a question takes the input, a secret is not shown and not kept', async () => {
  const app = await chatApp();
  await app.type('draft');
  app.shell.asked = { id: 1, text: safe`Password:`, secret: true, initial: '' };
  app.shell.touch('input');
  await app.settle();
  await app.type('hunter2');
  const rows = await app.rows();
  assert.match(rows[7] ?? '', /^Password: [^\w]{7}$/);
  assert.ok(!rows.join('').includes('hunter2'));
  assert.ok(!app.tty.takeOutput().includes('hunter2'));
  await app.type('\r');
  assert.deepEqual(app.shell.answers, ['hunter2']);
  assert.equal((await app.rows())[7], '> draft');
  app.close();
});

test('a question of keys takes only those, and Ctrl-c escapes it', async () => {
  const app = await chatApp();
  app.shell.asked = { id: 1, text: safe`Sure?`, secret: false, initial: '', keys: ['y', 'n'] };
  app.shell.touch('input');
  await app.settle();
  assert.equal((await app.rows())[7], 'Sure? (y/n)');
  await app.type('x\r');
  assert.deepEqual(app.shell.answers, []);
  await app.type('Y');
  assert.deepEqual(app.shell.answers, ['y']);
  app.shell.asked = { id: 2, text: safe`Sure?`, secret: false, initial: '', keys: ['y', 'n'] };
  await app.type('\x03');
  assert.deepEqual(app.shell.answers, ['y', undefined]);
  app.close();
});

test('a question longer than a row is read whole, and its answer stays in sight', async () => {
  const text = safe`Ban everybody of a-very-long-domain.example from the lounge? 3 people would leave.`;
  const app = await chatApp({ columns: 40, rows: 12 });
  app.shell.asked = { id: 1, text, secret: false, initial: '', keys: ['y', 'n'] };
  app.shell.touch('input');
  await app.settle();
  assert.deepEqual((await app.rows()).slice(9), [
    'Ban everybody of a-very-long-',
    'domain.example from the lounge? 3 people',
    'would leave. (y/n)',
  ]);
  assert.deepEqual(app.tty.screen.cursor(), { column: 19, row: 11 });
  await app.type('y');
  // One with a field: typed behind it while there is room, on a row of its own otherwise.
  const where = safe`Where should the list of the banned be kept?`;
  app.shell.asked = { id: 2, text: where, secret: false, initial: 'bans.csv' };
  app.shell.touch('input');
  await app.settle();
  assert.deepEqual((await app.rows()).slice(10), ['Where should the list of the banned be', 'kept? bans.csv']);
  await app.type('\r');
  assert.deepEqual(app.shell.answers, ['y', 'bans.csv']);
  app.close();
});

test('a question longer than the screen says so and keeps its keys', async () => {
  const app = await chatApp({ columns: 40, rows: 8 });
  const text = cleanLine(`${'many words '.repeat(60)}Really?`);
  app.shell.asked = { id: 1, text, secret: false, initial: '', keys: ['y', 'n'] };
  app.shell.touch('input');
  await app.settle();
  const rows = await app.rows();
  assert.match(rows[6] ?? '', /…$/);
  assert.equal(rows[7], 'words Really? (y/n)');
  app.close();
});

test('the log scrolls, says what is below, and stays there while messages come', async () => {
  const app = await chatApp();
  for (let i = 1; i < 20; i++) app.log.say('ana', `line ${i}`);
  app.shell.touch('log');
  await app.settle();
  app.ui.port.scroll({ pages: -1 });
  await app.settle();
  assert.deepEqual((await app.rows()).slice(1, 5), [
    '12:00 ana> line 13',
    '12:00 ana> line 14',
    '12:00 ana> line 15',
    '                        ↓ 4 lines below',
  ]);
  app.log.say('bob', 'new');
  app.shell.touch('log');
  await app.settle();
  assert.equal((await app.rows())[1], '12:00 ana> line 13');
  assert.equal((await app.rows())[4], '                 ↓ 5 lines below, 1 new');
  app.ui.port.scroll({ to: 'bottom' });
  await app.settle();
  assert.equal((await app.rows())[4], '12:00 bob> new');
  app.ui.port.reveal(3);
  await app.settle();
  assert.ok((await app.rows()).slice(1, 4).includes('12:00 ana> line 3'));
  app.close();
});

test('a resize keeps the place of reading', async () => {
  const app = await chatApp();
  for (let i = 1; i < 40; i++) app.log.say('ana', `line ${i} ${'word '.repeat(8)}`);
  app.shell.touch('log');
  app.ui.port.scroll({ pages: -3 });
  await app.settle();
  const before = (await app.rows())[1];
  app.tty.resize(30, 8);
  app.clock.advance(200);
  await app.settle();
  app.tty.resize(40, 8);
  app.clock.advance(200);
  await app.settle();
  assert.equal((await app.rows())[1], before);
  app.close();
});

test('what was seen is told, but not what is scrolled away', async () => {
  const app = await chatApp();
  const tab = app.shell.tabList[0]!;
  tab.info = { ...tab.info, unread: 1, activity: 'message' };
  app.shell.touch('log');
  await app.settle();
  assert.ok(app.shell.seenTabs.includes(1));
  for (let i = 1; i < 40; i++) app.log.say('ana', `line ${i}`);
  app.ui.port.scroll({ pages: -1 });
  await app.settle();
  app.shell.seenTabs.length = 0;
  app.shell.touch('log');
  await app.settle();
  assert.deepEqual(app.shell.seenTabs, []);
  app.close();
});

test('a storm of sizes down to 1x1 and back ends in the right picture', async () => {
  const app = await chatApp();
  for (const [columns, rows] of [
    [1, 1],
    [200, 50],
    [19, 5],
    [20, 5],
    [3, 100],
    [100, 2],
    [300, 100],
    [40, 8],
  ] as const) {
    app.tty.resize(columns, rows);
    app.clock.advance(200);
    await app.settle();
    if (columns === 19) assert.equal((await app.rows())[0], 'Too small: 20x5 at…');
  }
  await expectScreen(
    app,
    `|topic of room                           |
     |                                        |
     |                                        |
     |                                        |
     |12:00 ana> hello                        |
     |left                               right|
     |[1:room] 2:other                        |
     |>                                       |`,
  );
  app.close();
});

test('an idle screen sends nothing and waits for nothing', async () => {
  const app = await chatApp();
  app.tty.takeBytes();
  app.clock.advance(3_600_000);
  await app.settle();
  assert.equal(app.tty.takeBytes(), 0);
  assert.equal(app.clock.pending, 0);
  app.close();
});

test('notices stand above the info bar for some seconds', async () => {
  const app = await chatApp({ rows: 14 });
  app.shell.notices = [{ at: app.clock.now(), level: 'error', row: row('it failed') }];
  app.shell.touch('info');
  await app.settle();
  assert.equal((await app.rows())[10], '!! it failed');
  app.clock.advance(11_000);
  await app.settle();
  assert.equal((await app.rows())[10], '12:00 ana> hello');
  assert.equal(app.clock.pending, 0);
  app.close();
});

test('a list is walked with the cursor, narrowed by typing, and Enter runs the row', async () => {
  const view: ListView = {
    type: 'list',
    filterable: true,
    items: [
      { id: 'h', row: row('Rooms'), heading: true },
      ...['red', 'green', 'blue'].map(name => ({
        id: name,
        row: row(name),
        indent: 1,
        command: `/join ${name}`,
        right: row('3'),
      })),
    ],
  };
  const app = await createFakeApp([fakeTab(1, 'list', view)]);
  assert.deepEqual((await app.rows()).slice(1, 5), [
    'Rooms',
    `  red${' '.repeat(34)}3`,
    `  green${' '.repeat(32)}3`,
    `  blue${' '.repeat(33)}3`,
  ]);
  assert.deepEqual(app.tty.screen.cursor(), { column: 0, row: 2 });
  await app.type('\x1b[B');
  assert.deepEqual(app.tty.screen.cursor(), { column: 0, row: 3 });
  assert.equal(app.ui.port.selected(), 'green');
  assert.ok(app.tty.screen.attributesAt(5, 3).inverse);
  await app.type('bl');
  assert.match((await app.rows())[2] ?? '', /^ {2}blue/);
  await app.type('\r');
  assert.deepEqual(app.shell.submitted, ['/join blue']);
  app.close();
});

test('a table has columns, and thousands of rows cost what is seen', async () => {
  const rows = Array.from({ length: 5000 }, (_, i) => ({
    id: `r${i}`,
    cells: [row(`room${i}`), row(String(i))],
    command: `/join ${i}`,
  }));
  const app = await createFakeApp([
    fakeTab(1, 'table', {
      type: 'table',
      filterable: true,
      columns: [{ title: cleanLine('Name') }, { title: cleanLine('People'), align: 'right' }],
      rows,
    }),
  ]);
  assert.deepEqual((await app.rows()).slice(1, 3), ['Name      People', 'room0          0']);
  app.ui.port.scroll({ to: 'bottom' });
  await app.settle();
  assert.equal((await app.rows())[4], 'room4999    4999');
  app.close();
});

function field(name: string, type: FormField['type'], more: Partial<FormField> = {}): FormField {
  return { var: name, type, label: cleanLine(name), required: false, values: [], options: [], ...more };
}
const choices = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ label: cleanLine(`choice ${i}`), value: `v${i}` }));

async function formApp(fields: readonly FormField[], rows = 20) {
  const values = new Map<string, readonly string[]>();
  const form: FormView['form'] = {
    type: 'form',
    title: cleanLine('Order'),
    instructions: [cleanLine('Fill it in.')],
    fields,
  };
  const view = (): FormView => ({
    type: 'form',
    // Tabs may make it anew with every edit: its fields say whether it is the same.
    form: { ...form },
    values: new Map(values),
    errors: new Map([['Name', cleanLine('is missing')]]),
    from: cleanLine('bot.test'),
    actions: [
      { label: cleanLine('Send'), command: '/form send' },
      { label: cleanLine('Cancel'), command: '/form cancel' },
    ],
    edit(name, given) {
      values.set(name, given);
      tab.view = view();
    },
  });
  const tab = fakeTab(1, 'form', { type: 'text', rows: [] });
  tab.view = view();
  const app = await createFakeApp([tab], { columns: 50, rows });
  return { app, values };
}

test('every type of field is drawn', async () => {
  const { app } = await formApp(
    [
      field('Hidden', 'hidden', { values: ['x'] }),
      field('', 'fixed', { values: ['About you'] }),
      field('Name', 'text-single', { required: true, description: cleanLine('Who are you?') }),
      field('Secret', 'text-private', { values: ['abc'] }),
      field('Yes', 'boolean', { values: ['1'] }),
      field('One', 'list-single', { options: choices(3), values: ['v1'] }),
      field('Some', 'list-multi', { options: choices(2), values: ['v0'] }),
      field('Text', 'text-multi', { values: ['a', 'b'] }),
      field('Jid', 'jid-single', { values: ['a@b.c'] }),
      field('Jids', 'jid-multi'),
    ],
    30,
  );
  await expectScreen(
    app,
    `|topic of form                                     |
     |Order                                             |
     |Fill it in.                                       |
     |                                                  |
     |About you                                         |
     |> Name*: ____________________                     |
     |    ! is missing                                  |
     |    Who are you?                                  |
     |  Secret: ***                                     |
     |  [x] Yes                                         |
     |  One: choice 1                                   |
     |  Some: 1 of 2 chosen                             |
     |    [x] choice 0                                  |
     |    [ ] choice 1                                  |
     |  Text: a                                         |
     |        b                                         |
     |  Jid: a@b.c                                      |
     |  Jids: ____________________                      |
     |                                                  |
     |[ Send ] [ Cancel ]                               |`,
  );
  assert.deepEqual(app.tty.screen.cursor(), { column: 9, row: 5 });
  app.close();
});

test('a form is filled in with the keyboard alone', async () => {
  const { app, values } = await formApp([
    field('Name', 'text-single'),
    field('Yes', 'boolean'),
    field('One', 'list-single', { options: choices(3000) }),
    field('Some', 'list-multi', { options: choices(20) }),
    field('Text', 'text-multi'),
  ]);
  const keys = [
    'Ana',
    '\t',
    ' ',
    '\t',
    '\r',
    '2999',
    '\r',
    '\t',
    '\r',
    ' ',
    '\x1b[B',
    ' ',
    '\r',
    '\t',
    'one',
    '\r',
    'two',
    '\t',
  ];
  for (const key of keys) await app.type(key);
  assert.deepEqual(
    [...values],
    [
      ['Name', ['Ana']],
      ['Yes', ['1']],
      ['One', ['v2999']],
      ['Some', ['v0', 'v1']],
      ['Text', ['one', 'two']],
    ],
  );
  const { column, row: y } = app.tty.screen.cursor();
  assert.equal((await app.rows())[y]?.slice(column - 2, column + 6), '[ Send ]');
  await app.type('\r');
  assert.deepEqual(app.shell.submitted, ['/form send']);
  await app.type('\x1b[C\r');
  assert.deepEqual(app.shell.submitted, ['/form send', '/form cancel']);
  app.close();
});

test('Escape leads from the form to the input line and Tab back', async () => {
  const { app, values } = await formApp([field('Name', 'text-single')]);
  app.tty.type('\x1b');
  app.clock.advance(100);
  await app.settle();
  await app.type('/close');
  assert.equal((await app.rows())[19], '> /close');
  assert.equal(values.size, 0);
  await app.type('\x15\t');
  await app.type('B');
  assert.deepEqual(values.get('Name'), ['B']);
  app.close();
});

test('chords go to what wants them, in order', async () => {
  const app = await chatApp();
  app.shell.wanted = () => true;
  await app.type('abc\x0e\x1b1\x01\x0b\x05\x0b');
  // Ctrl-n belongs to the tabs; Ctrl-k cuts where there is something to cut, and jumps at the end.
  assert.deepEqual(app.shell.chords, ['ctrl-n', 'alt-1', 'ctrl-k']);
  assert.equal((await app.rows())[7], '>');
  app.close();
});

test('a theme is changed live, and a broken one is refused with a sentence', async () => {
  const app = await chatApp();
  assert.deepEqual(app.ui.port.theme({ name: 'x', tokens: { 'message.normal': 'red' } }), []);
  await app.settle();
  assert.deepEqual(app.tty.screen.attributesAt(11, 4).foreground, { mode: 'palette', value: 1 });
  assert.equal(app.ui.port.theme('nonsense').length, 1);
  app.close();
});

test('the terminal is given back', async () => {
  const app = await chatApp();
  app.close();
  await app.rows();
  assert.equal(app.tty.screen.modes().alternateScreen, false);
  assert.equal(app.tty.screen.modes().bracketedPaste, false);
});

test('without colour and UTF-8 everything is still said', async () => {
  const log = createFakeLog();
  log.say('ana', 'you there?', { highlight: true });
  log.say('me', 'yes', { self: true, delivery: 'displayed' });
  const app = await createFakeApp(
    [
      fakeTab(1, 'room', logView(log, 0)),
      fakeTab(2, 'x', logView(createFakeLog()), { activity: 'highlight', highlights: 2 }),
    ],
    { env: { TERM: 'vt100', LANG: 'C' } },
  );
  assert.deepEqual((await app.rows()).slice(2, 7), [
    '12:00!ana> you there?',
    '--- unread below ---',
    '12:00 me> yes (vv)',
    'left                               right',
    '[1:room] 2:x!2',
  ]);
  assert.ok(!/[^\x00-\x7f]/.test(app.tty.takeOutput()));
  app.close();
});

// ---- Strangers ---------------------------------------------------------------------------------------------------------

interface HostileRow {
  readonly id: string;
  readonly where: string;
  readonly value: string;
}
const HOSTILE = (
  JSON.parse(readFileSync(new URL('../fixtures/hostile.json', import.meta.url), 'utf8')) as HostileRow[]
).filter(one => /^[TLU]/.test(one.id) && typeof one.value === 'string');

function expand(value: string): string {
  return value.replace(/@@repeat\((\d+),("(?:[^"\\]|\\.)*")\)/g, (_all, count: string, unit: string) =>
    (JSON.parse(unit) as string).repeat(Math.min(Number(count), 20_000)),
  );
}

/** Everything a program of ours may send; what is left must be text. */
const OURS =
  /\x1b\[[?\d;]*[ABCDEFGHJKLMPSTXZ@`defhlmrs]|\x1b\[\d+;\d+t|\x1b\]8;(?:id=[\da-z]+)?;[\x21-\x7e]*\x1b\\|\x1bM|[\r\n\x08]/g;

function judge(output: string, id: string): void {
  const rest = output.replace(OURS, '');
  assert.ok(
    !/[\0-\x1f\x7f-\x9f]/.test(rest),
    `${id}: a control reached the terminal: ${JSON.stringify(rest.match(/.{0,20}[\0-\x1f\x7f-\x9f].{0,20}/s)?.[0])}`,
  );
  assert.ok(!/[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/.test(rest), `${id}: a bidi control reached the terminal`);
}

test('no text of a stranger commands the terminal or moves a column', async () => {
  const log = createFakeLog();
  const tab = fakeTab(1, 'room', logView(log));
  tab.side = { items: [], width: 16 };
  const app = await createFakeApp([tab], { columns: 80, rows: 24 });
  const separator = 80 - 16 - 1;
  assert.ok(HOSTILE.length > 90);
  for (const one of HOSTILE) {
    const value = expand(one.value);
    app.tty.takeOutput();
    if (one.where === 'nick') {
      log.say('x', 'before', { sender: { name: cleanIdentifier(value) } });
      tab.side = { items: [{ id: 'a', row: [{ text: cleanIdentifier(value), token: 'nick.other' }] }], width: 16 };
      tab.info = { ...tab.info, title: cleanIdentifier(value) };
      log.add({
        kind: 'presence',
        seq: log.next,
        at: NOON,
        rev: 0,
        movements: [{ what: 'joined', name: cleanIdentifier(value) }],
      });
    } else if (one.where === 'subject') {
      tab.topic = [{ text: cleanLine(value), token: 'room.subject' }];
      log.add({ kind: 'subject', seq: log.next, at: NOON, rev: 0, text: cleanBody(value) });
    } else if (one.where === 'body') log.say('ana', value);
    else {
      tab.status = [{ text: cleanLine(value), token: 'bar.normal' }];
      log.say('ana', 'x', { remarks: [cleanLine(value)], error: cleanLine(value), delivery: 'failed' });
    }
    log.say('end', 'END');
    app.shell.touch('tabs');
    app.shell.touch('log');
    app.shell.touch('occupants');
    app.shell.touch('meta');
    await app.settle();
    judge(app.tty.takeOutput(), one.id);
    const rows = await app.rows();
    for (let y = 1; y < 21; y++) {
      assert.equal(app.tty.screen.attributesAt(separator, y).text, '│', `${one.id}: row ${y} of\n${rows.join('\n')}`);
    }
    // A body is in its own columns: what a row of the log begins with was written by us.
    assert.match(rows[20] ?? '', /^12:\d\d end> END/, one.id);
    for (const line of rows.slice(1, 21)) assert.match(line, /^(?:\d\d:\d\d[ !]| {2}|─|$)/, `${one.id}: ${line}`);
  }
  app.close();
});

test('an incremental picture equals a fresh one', async () => {
  const log = createFakeLog();
  const tab = fakeTab(1, 'room', logView(log));
  const app = await createFakeApp([tab], { columns: 60, rows: 15 });
  const bodies = ['hi', '漢字 '.repeat(20), '👩‍👩‍👧‍👦 family', 'שלום עולם', 'e\u0301 क्षि', 'x'.repeat(130)];
  for (let i = 0; i < 60; i++) {
    log.say(`n${i % 7}`, bodies[i % bodies.length]!);
    app.shell.touch('log');
    if (i % 9 === 4) app.ui.port.scroll({ rows: -5 });
    if (i % 9 === 8) app.ui.port.scroll({ to: 'bottom' });
    await app.settle();
    if (i % 5 !== 0) continue;
    const before = await app.rows();
    app.ui.port.redraw();
    await app.settle();
    assert.deepEqual(before, await app.rows(), `after ${i}`);
  }
  app.close();
});

test('a fake shell of one tab is enough for the app', () => {
  assert.equal(createFakeShell([fakeTab(1, 'x', { type: 'text', rows: [] })]).tabs().length, 1);
});
