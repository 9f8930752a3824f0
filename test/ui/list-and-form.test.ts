/** What is typed in a list or a form is never lost, and keys that come together mean what they would one by one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanLine, safe } from '../../src/lib/text.js';
import type { FormView, ListView } from '../../src/model/view.js';
import { createFakeApp, createFakeLog, type FakeApp, fakeTab, logView, row } from '../helpers/expect-screen.js';

const list = (filterable: boolean): ListView => ({
  type: 'list',
  filterable,
  items: ['one', 'two', 'three'].map(id => ({ id, row: row(id), command: `/go ${id}` })),
});
const listApp = (filterable: boolean): Promise<FakeApp> =>
  createFakeApp([fakeTab(1, 'list', list(filterable)), fakeTab(2, 'chat', logView(createFakeLog()))]);

test('keys that arrive in one read choose the row that they would choose one by one', async () => {
  const app = await listApp(true);
  await app.type('\x1b[B\x1b[B\r');
  await app.type('tw\r');
  assert.deepEqual(app.shell.submitted, ['/go three', '/go two']);
  app.close();
});

test('what narrowed a list is brought back by Ctrl-y, in another tab too', async () => {
  const app = await listApp(true);
  await app.type('thr\r');
  assert.equal((await app.rows())[7], '>');
  app.shell.at = 1;
  app.shell.touch('tabs');
  await app.type('\x19');
  assert.equal((await app.rows())[7], '> thr');
  app.close();
});

test('a line that narrows a list to nothing is given to the core, and stays if nobody hears it', async () => {
  const app = await listApp(true);
  app.shell.accept = () => false;
  await app.type('hello ana\r');
  assert.deepEqual(app.shell.submitted, ['hello ana']);
  assert.equal((await app.rows())[7], '> hello ana');
  app.close();
});

test('a line typed over a list that does not narrow is not exchanged for its row', async () => {
  const app = await listApp(false);
  app.shell.accept = () => false;
  await app.type('hello ana\r');
  assert.deepEqual(app.shell.submitted, ['hello ana']);
  assert.equal((await app.rows())[7], '> hello ana');
  app.close();
});

interface Filled {
  readonly app: FakeApp;
  readonly values: Map<string, readonly string[]>;
  /** As `/form send` does. */
  refuse(...names: string[]): Promise<void>;
}

async function form(): Promise<Filled> {
  const values = new Map<string, readonly string[]>();
  let errors = new Map<string, ReturnType<typeof cleanLine>>();
  const text = (name: string) => ({
    var: name,
    type: 'text-single' as const,
    label: cleanLine(name),
    required: true,
    values: [],
    options: [],
  });
  const fields: FormView['form']['fields'] = [
    text('First'),
    {
      ...text('Some'),
      type: 'list-multi',
      options: ['a', 'b', 'c'].map(value => ({ value, label: cleanLine(`option ${value}`) })),
    },
    text('Last'),
  ];
  const view = (): FormView => ({
    type: 'form',
    form: { type: 'form', fields, instructions: [] },
    values: new Map(values),
    errors,
    from: safe`bot.test`,
    actions: [
      { label: safe`Send`, command: '/form send' },
      { label: safe`cancel`, command: '/form cancel' },
    ],
    edit(name, given) {
      values.set(name, given);
      errors = new Map([...errors].filter(([one]) => one !== name));
      tab.view = view();
    },
  });
  const tab = fakeTab(1, 'form', { type: 'text', rows: [] });
  tab.view = view();
  const app = await createFakeApp([tab], { columns: 50, rows: 24 });
  return {
    app,
    values,
    async refuse(...names) {
      errors = new Map(names.map(name => [name, cleanLine('is missing')]));
      tab.view = view();
      app.shell.touch('all');
      await app.settle();
    },
  };
}

const focused = async (app: FakeApp): Promise<string> => (await app.rows())[app.tty.screen.cursor().row] ?? '';

test('a form that is refused goes to the first field that is wrong, each time', async () => {
  const { app, refuse } = await form();
  await app.type('\t\t\t');
  assert.match(await focused(app), /\[ Send \]/);
  await refuse('Some', 'Last');
  assert.match(await focused(app), /Some/);
  await app.type('\t\t');
  await refuse('Some', 'Last');
  assert.match(await focused(app), /Some/, 'the same complaints again');
  await app.type('\t');
  await app.type('x');
  assert.match(await focused(app), /Last.*x/, 'mending one field does not lead to another');
  app.close();
});

test('Ctrl-s sends and Ctrl-g cancels from any field', async () => {
  const { app } = await form();
  await app.type('hello\x13');
  assert.deepEqual(app.shell.submitted, ['/form send']);
  await app.type('\t\x07');
  assert.deepEqual(app.shell.submitted, ['/form send', '/form cancel']);
  app.close();
});

test('Space chooses in a list of several values, and arrows go on from there', async () => {
  const { app, values } = await form();
  await app.type('\t');
  await app.type(' ');
  assert.deepEqual(values.get('Some'), ['a']);
  await app.type('\x1b[B');
  await app.type(' ');
  assert.deepEqual(values.get('Some'), ['a', 'b']);
  await app.type('\x1b[A');
  await app.type(' ');
  assert.deepEqual(values.get('Some'), ['b']);
  app.close();
});

test('a key that is bound to an action of the line edits the field that is being filled in', async () => {
  const { app, values } = await form();
  const bound = new Map([['ctrl-u', '/input kill-all']]);
  app.shell.bound = chord => bound.get(chord);
  await app.type('hello');
  await app.type('\x1b[D\x15');
  assert.deepEqual(values.get('First'), []);
  assert.deepEqual(app.shell.chords, []);
  app.close();
});

test('with ui.accessible nobody is seen typing, from the moment it is set', async () => {
  const app = await createFakeApp([
    fakeTab(1, 'room', logView(createFakeLog())),
    fakeTab(2, 'ana', logView(createFakeLog()), { kind: 'direct', composing: true }),
  ]);
  const bar = async (): Promise<string> => (await app.rows())[6] ?? '';
  const before = await bar();
  app.shell.options.set('typing.show', false);
  app.shell.touch('all');
  await app.settle();
  assert.notEqual(await bar(), before);
  assert.match(await bar(), /^\[1:room\] 2:ana\s*$/);
  app.close();
});
