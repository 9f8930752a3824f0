/** The mouse, where it is ours: what the wheel and a click do, told as the terminal reports them (SGR 1006). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanLine, safe } from '../../src/lib/text.js';
import type { ListView } from '../../src/model/view.js';
import {
  createFakeApp,
  createFakeLog,
  type FakeApp,
  type FakeTab,
  fakeTab,
  logView,
  row,
} from '../helpers/expect-screen.js';

const press = (x: number, y: number, button = 0): string => `\x1b[<${button};${x + 1};${y + 1}M`;
const WHEEL_UP = 64;
const WHEEL_DOWN = 65;
const RIGHT = 2;

async function withMouse(tabs: FakeTab[], columns = 80, rows = 12): Promise<FakeApp> {
  const app = await createFakeApp(tabs, { columns, rows });
  app.ui.port.panel('mouse', true);
  await app.settle();
  return app;
}

function roomTab(names: readonly string[], lines: readonly string[] = []): FakeTab {
  const log = createFakeLog();
  for (const line of lines) log.say('ana', line);
  const tab = fakeTab(1, 'room', logView(log));
  tab.side = {
    width: 10,
    items: [
      { id: 'role:moderator', row: row('moderators'), heading: true },
      ...names.map(name => ({ id: name, row: row(name) })),
    ],
  };
  return tab;
}

test('a click on a name puts it into the line as completion would; the right button asks who that is', async () => {
  const app = await withMouse([roomTab(['ana', 'captain nemo'])]);
  const x = 72;
  await app.type(press(x, 2));
  assert.equal((await app.rows())[11], '> ana:');
  await app.type(press(x, 3));
  assert.equal((await app.rows())[11], '> ana: captain nemo');
  await app.type(`\x15/kick `);
  await app.type(press(x, 3));
  assert.equal((await app.rows())[11], '> /kick "captain nemo"', 'in a command it is one word');
  await app.type(press(x, 3, RIGHT));
  assert.deepEqual(app.shell.submitted, ['/whois "captain nemo"']);
  await app.type(press(x, 1, RIGHT));
  assert.equal(app.shell.submitted.length, 1, 'a heading is nobody');
  app.close();
});

test('the last row of the names counts the others, and is none of them', async () => {
  const app = await withMouse([roomTab(Array.from({ length: 30 }, (_, i) => `name${i}`))]);
  const last = (await app.rows()).findIndex(line => /\+\d+ more/.test(line));
  assert.ok(last > 0);
  await app.type(press(72, last));
  assert.equal((await app.rows())[11], '>');
  app.close();
});

test('a click in the line puts the cursor there, also in its second row and behind its end', async () => {
  const app = await withMouse([fakeTab(1, 'room', logView(createFakeLog()))], 40);
  await app.type('hello 漢字 world');
  await app.type(`${press(2, 11)}X`);
  assert.equal((await app.rows())[11], '> Xhello 漢字 world');
  await app.type(`${press(10, 11)}Y`);
  assert.equal((await app.rows())[11], '> Xhello Y漢字 world', 'half of a wide character is that character');
  await app.type(`${press(39, 11)}Z`);
  assert.equal((await app.rows())[11], '> Xhello Y漢字 worldZ');
  await app.type('\x1b\rsecond');
  await app.type(`${press(3, 11)}-`);
  assert.equal((await app.rows())[11], 'sec-ond');
  app.close();
});

test('a row of a list is chosen by a click and run by a second one', async () => {
  const view: ListView = {
    type: 'list',
    filterable: true,
    items: ['one', 'two', 'three'].map(id => ({ id, row: row(id), command: `/go ${id}` })),
  };
  const app = await withMouse([fakeTab(1, 'list', view)], 40);
  await app.type(press(3, 3));
  assert.deepEqual(app.shell.submitted, []);
  assert.deepEqual(app.tty.screen.cursor(), { column: 0, row: 3 });
  await app.type(press(3, 3));
  assert.deepEqual(app.shell.submitted, ['/go three']);
  await app.type(press(3, 8));
  assert.equal(app.shell.submitted.length, 1, 'below the last row there is none');
  app.close();
});

test('a link is opened where it is drawn, also in its second row', async () => {
  const link = `https://example.org/${'x'.repeat(60)}`;
  const app = await withMouse([roomTab([], [`see ${link} now`])], 60);
  const rows = await app.rows();
  const first = rows.findIndex(line => line.includes('https://'));
  await app.type(press((rows[first] ?? '').indexOf('https') + 3, first));
  assert.deepEqual(app.shell.submitted, [`/open ${link}`]);
  await app.type(press((rows[first + 1] ?? '').indexOf('xxx') + 1, first + 1));
  assert.deepEqual(app.shell.submitted, [`/open ${link}`, `/open ${link}`]);
  await app.type(press((rows[first] ?? '').indexOf('see'), first));
  assert.equal(app.shell.submitted.length, 2);
  app.close();
});

test('the wheel scrolls what is under it, and over the tabs it changes them', async () => {
  const app = await withMouse([
    roomTab(
      ['ana'],
      Array.from({ length: 40 }, (_, i) => `line ${i}`),
    ),
  ]);
  assert.ok((await app.rows()).some(line => line.includes('line 39')));
  await app.type(press(5, 5, WHEEL_UP));
  assert.ok((await app.rows()).every(line => !line.includes('line 39')));
  await app.type(press(5, 5, WHEEL_DOWN));
  assert.ok((await app.rows()).some(line => line.includes('line 39')));
  await app.type(press(5, 10, WHEEL_DOWN) + press(5, 10, WHEEL_UP));
  assert.deepEqual(app.shell.submitted, ['/next', '/prev']);
  app.close();
});

test('tabs in a column are clicked too', async () => {
  const tabs = [fakeTab(1, 'room', logView(createFakeLog())), fakeTab(2, 'other', logView(createFakeLog()))];
  const app = await withMouse(tabs, 120);
  app.ui.port.panel('tabs', true);
  await app.settle();
  await app.type(press(3, 1));
  assert.deepEqual(app.shell.submitted, ['/win 2']);
  app.close();
});

test('a field and a button of a form are clicked', async () => {
  const app = await withMouse([
    fakeTab(1, 'form', {
      type: 'form',
      form: {
        type: 'form',
        fields: ['First', 'Second'].map(name => ({
          var: name,
          type: 'text-single',
          label: cleanLine(name),
          required: false,
          values: [],
          options: [],
        })),
        instructions: [],
      },
      values: new Map(),
      errors: new Map(),
      from: safe`bot.test`,
      actions: [
        { label: safe`Send`, command: '/form send' },
        { label: safe`Cancel`, command: '/form cancel' },
      ],
      edit() {},
    }),
  ]);
  const rows = await app.rows();
  const second = rows.findIndex(line => line.includes('Second'));
  await app.type(press(4, second));
  assert.equal(app.tty.screen.cursor().row, second);
  const buttons = rows.findIndex(line => line.includes('[ Cancel ]'));
  await app.type(`${press((rows[buttons] ?? '').indexOf('Cancel'), buttons)}\r`);
  assert.deepEqual(app.shell.submitted, ['/form cancel']);
  app.close();
});
