import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanLine, safe } from '../../src/lib/text.js';
import {
  createFakeApp,
  createFakeLog,
  createFakeShell,
  type FakeApp,
  fakeTab,
  logView,
} from '../helpers/expect-screen.js';

const UP = '\x1b[1;3A';
const DOWN = '\x1b[1;3B';
const ESC = '\x1b';

/** Alt-Up and Alt-Down are commands; the core answers them through the port. */
async function chosenApp(
  lines: readonly (readonly [nick: string, body: string, self?: boolean])[],
  rows = 10,
): Promise<FakeApp> {
  const log = createFakeLog();
  for (const [nick, body, self] of lines) log.say(nick, body, { self: self === true });
  const tabs = [fakeTab(1, 'room', logView(log))];
  const shell = createFakeShell(tabs);
  const app = await createFakeApp(tabs, { rows, columns: 70, shell });
  shell.wanted = chord => {
    if (chord === 'alt-up') app.ui.port.focus('previous');
    else if (chord === 'alt-down') app.ui.port.focus('next');
    else return false;
    return true;
  };
  return app;
}
const pressEscape = async (app: FakeApp): Promise<void> => {
  app.tty.type(ESC);
  app.clock.advance(200);
  await app.settle();
};

test('Alt-Up chooses the last message, then those before it; the cursor stands on it', async () => {
  const app = await chosenApp([
    ['ana', 'one'],
    ['bob', 'two'],
  ]);
  await app.type(UP);
  assert.equal(app.ui.port.focused(), 1);
  assert.deepEqual(app.tty.screen.cursor(), { column: 0, row: 6 });
  assert.match((await app.rows())[7] ?? '', /Enter actions/);
  assert.ok(app.tty.screen.attributesAt(0, 6).inverse);
  await app.type(UP);
  assert.equal(app.ui.port.focused(), 0);
  await app.type(UP);
  assert.equal(app.ui.port.focused(), 0, 'there is none before the first');
  await app.type(DOWN + DOWN);
  assert.equal(app.ui.port.focused(), undefined, 'after the last one there is none');
  assert.deepEqual(app.tty.screen.cursor(), { column: 2, row: 9 });
  app.close();
});

test('Enter shows what can be done, by key, and only what can', async () => {
  const app = await chosenApp([
    ['ana', 'see https://example.org/x'],
    ['me', 'mine', true],
  ]);
  await app.type(`${UP}\r`);
  const own = (await app.rows())[7] ?? '';
  assert.match(own, /r reply .*e correct .*d retract/);
  assert.ok(!own.includes('link'));
  await app.type(`x${UP}`);
  assert.match((await app.rows())[9] ?? '', /> x/, 'another key is typed');
  await app.type('\x7f');
  await app.type('\r');
  const other = (await app.rows())[7] ?? '';
  assert.match(other, /y copy l line o open c link i info/, 'in fewer words where there is little room');
  assert.ok(!other.includes('retract'));
  app.close();
});

for (const [key, line, submitted] of [
  ['r', '> /reply', undefined],
  ['e', '> /correct mine', undefined],
  ['+', '> /react', undefined],
  ['d', '>', '/retract'],
  ['y', '>', '/copy'],
  ['l', '>', '/copy -line'],
  ['i', '>', '/details'],
] as const) {
  test(`the key ${key} of a chosen message`, async () => {
    const app = await chosenApp([['me', 'mine', true]]);
    await app.type(`${UP}\r${key}`);
    assert.equal((await app.rows())[9], line);
    assert.deepEqual(app.shell.submitted, submitted === undefined ? [] : [submitted]);
    assert.equal(app.ui.port.focused(), 0, 'commands can ask which message is meant');
    app.close();
  });
}

test('a quote is put into the line, each line of it marked', async () => {
  const app = await chosenApp([['ana', 'one\ntwo']], 12);
  await app.type(`${UP}\rq`);
  const rows = await app.rows();
  assert.deepEqual(rows.slice(9), ['> > one', '> two', '']);
  app.close();
});

test('a line that is sent means the chosen message, and the choice is over', async () => {
  const app = await chosenApp([['ana', 'one']]);
  let meant: number | undefined;
  app.shell.accept = () => {
    meant = app.ui.port.focused();
    return true;
  };
  await app.type(`${UP}\r`);
  await app.type('rsure');
  await app.type('\r');
  assert.deepEqual(app.shell.submitted, ['/reply sure']);
  assert.equal(meant, 0);
  await app.type('x');
  assert.equal(app.ui.port.focused(), undefined);
  app.close();
});

test('Esc leaves', async () => {
  const app = await chosenApp([['ana', 'one']]);
  await app.type(UP);
  await pressEscape(app);
  assert.equal(app.ui.port.focused(), undefined);
  assert.equal((await app.rows())[7], `${'left'.padEnd(65)}right`);
  app.close();
});

test('walking up scrolls, and walking down comes back to the end', async () => {
  const app = await chosenApp(Array.from({ length: 40 }, (_, i) => ['ana', `message ${i}`] as const));
  for (let i = 0; i < 30; i++) await app.type(UP);
  assert.equal(app.ui.port.focused(), 10);
  const { row } = app.tty.screen.cursor();
  assert.match((await app.rows())[row] ?? '', /message 10$/);
  for (let i = 0; i < 30; i++) await app.type(DOWN);
  assert.equal(app.ui.port.focused(), undefined);
  assert.match((await app.rows())[6] ?? '', /message 39$/);
  app.close();
});

test('the name of a command has a colour, and what is missing stands behind it', async () => {
  const tabs = [fakeTab(1, 'room', logView(createFakeLog()))];
  const shell = createFakeShell(tabs);
  shell.known = line => (line.startsWith('/join') ? true : '/join'.startsWith(line) ? undefined : false);
  shell.ghost = line => (line === '/join ' ? safe`<room>` : undefined);
  const app = await createFakeApp(tabs, {
    shell,
    theme: { tokens: { 'input.command': 'green', 'input.error': 'red' } },
  });
  const colour = (column: number): number => app.tty.screen.attributesAt(column, 7).foreground.value;
  await app.type('/jo');
  assert.equal(colour(2), 0);
  await app.type('in ');
  assert.equal(colour(2), 2);
  assert.equal((await app.rows())[7], '> /join <room>');
  assert.deepEqual(app.tty.screen.cursor(), { column: 8, row: 7 });
  await app.type('\x15/zork');
  assert.equal(colour(2), 1);
  app.close();
});

test('a line with a secret is in no history', async () => {
  const tabs = [fakeTab(1, 'room', logView(createFakeLog()))];
  const shell = createFakeShell(tabs);
  shell.keeps = line => !line.includes('secret');
  const app = await createFakeApp(tabs, { shell });
  await app.type('one\r/join room secret\r\x1b[A');
  assert.equal((await app.rows())[7], '> one');
  app.close();
});

test('input.history says how many lines are kept, 0 none', async () => {
  const tabs = [fakeTab(1, 'room', logView(createFakeLog()))];
  const shell = createFakeShell(tabs);
  shell.options.set('input.history', 2);
  const app = await createFakeApp(tabs, { shell });
  await app.type('one\rtwo\rthree\r\x1b[A\x1b[A\x1b[A\x1b[A');
  assert.equal((await app.rows())[7], '> two');
  shell.options.set('input.history', 0);
  await app.type('\x15four\r\x1b[A');
  assert.notEqual((await app.rows())[7], '> four');
  app.close();
});

test('tabs.list works live: bottom, left, none', async () => {
  const tabs = [fakeTab(1, 'room', logView(createFakeLog())), fakeTab(2, 'other', logView(createFakeLog()))];
  const shell = createFakeShell(tabs);
  const app = await createFakeApp(tabs, { shell, columns: 120 });
  const set = async (value: string): Promise<readonly string[]> => {
    shell.options.set('tabs.list', value);
    shell.touch('all');
    await app.settle();
    return app.rows();
  };
  assert.equal((await set('bottom'))[6], '[1:room] 2:other');
  assert.match((await set('left'))[0] ?? '', /^\[1:room\] +│topic of room$/);
  const none = await set('none');
  assert.ok(!none.some(line => line.includes('1:room')), none.join('\n'));
  app.close();
});

test('names beyond the screen are scrolled to', async () => {
  const tab = fakeTab(1, 'room', logView(createFakeLog()));
  tab.side = {
    width: 10,
    items: Array.from({ length: 30 }, (_, i) => ({
      id: String(i),
      row: [{ text: cleanLine(`name${i}`), token: 'text.normal' as const }],
    })),
  };
  const app = await createFakeApp([tab], { columns: 70, rows: 10 });
  assert.match((await app.rows())[6] ?? '', /\+25 more$/);
  for (let i = 0; i < 40; i++) app.ui.port.scrollSide(0.5);
  await app.settle();
  assert.match((await app.rows())[6] ?? '', /name29$/);
  for (let i = 0; i < 40; i++) app.ui.port.scrollSide(-0.5);
  await app.settle();
  assert.match((await app.rows())[1] ?? '', /name0$/);
  app.close();
});

test('the mouse is ours only on wish; a click on a tab goes there', async () => {
  const tabs = [fakeTab(1, 'room', logView(createFakeLog())), fakeTab(2, 'other', logView(createFakeLog()))];
  const app = await createFakeApp(tabs);
  assert.ok(!app.tty.screen.modes().mouse);
  assert.equal(app.ui.port.panel('mouse', 'toggle'), true);
  await app.settle();
  assert.ok(app.tty.screen.modes().mouse);
  await app.type('\x1b[<0;11;7M');
  assert.deepEqual(app.shell.submitted, ['/win 2']);
  assert.equal(app.ui.port.panel('mouse', 'toggle'), false);
  app.close();
});

test('a text that is too long for the clipboard of terminals is refused', async () => {
  const app = await chosenApp([['ana', 'one']]);
  assert.equal(app.ui.port.copy(cleanLine('short')), true);
  app.tty.takeOutput();
  assert.equal(app.ui.port.copy('x'.repeat(60_000) as ReturnType<typeof cleanLine>), false);
  assert.equal(app.tty.takeOutput(), '');
  app.close();
});

test('plugins have their say about the body of a message, and it is asked again when one comes or goes', async () => {
  const log = createFakeLog();
  log.say('ana', 'hello');
  const tabs = [fakeTab(1, 'room', logView(log))];
  const shell = createFakeShell(tabs);
  let word = 'one';
  shell.render = (row, message) => [
    ...row,
    { text: cleanLine(` (${word} ${message.sender.name})`), token: 'text.dim' },
  ];
  const app = await createFakeApp(tabs, { shell });
  assert.equal((await app.rows())[4], '12:00 ana> hello (one ana)');
  word = 'two';
  shell.touch('all');
  await app.settle();
  assert.equal((await app.rows())[4], '12:00 ana> hello (two ana)');
  app.close();
});

test('nicks end in one column where that is wished and there is room', async () => {
  const log = createFakeLog();
  log.say('ana', 'hello');
  log.say('a very long nickname', 'hi');
  log.say('bob', 'waves', { action: true });
  const tabs = [fakeTab(1, 'room', logView(log))];
  const shell = createFakeShell(tabs);
  shell.options.set('ui.align', 'column');
  const app = await createFakeApp(tabs, { shell, columns: 60, rows: 9 });
  assert.deepEqual(
    [(await app.rows())[3], (await app.rows())[5]],
    ['12:00       ana> hello', '12:00          * bob waves'],
  );
  assert.match((await app.rows())[4] ?? '', /^12:00 a very long.*> hi$/, 'a long nick pushes its body, it is not lost');
  app.tty.resize(40, 9);
  app.clock.advance(200);
  await app.settle();
  assert.equal((await app.rows())[3], '12:00 ana> hello');
  app.close();
});

test('the bare view has nothing beside the text, and rows after the first begin with two blanks', async () => {
  const log = createFakeLog();
  log.say('ana', 'a long message that takes more than one row here\n12:00 bob> not bob');
  const tabs = [fakeTab(1, 'room', logView(log))];
  const app = await createFakeApp(tabs);
  assert.equal(app.ui.port.panel('raw', 'toggle'), true);
  await app.settle();
  assert.deepEqual((await app.rows()).slice(3), [
    '',
    '12:00 ana> a long message that takes',
    '  more than one row here',
    '  12:00 bob> not bob',
    '>',
  ]);
  app.close();
});
