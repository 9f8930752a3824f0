import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FormView, ListView, TextView } from '../../src/api.js';
import { safe } from '../../src/lib/text.js';
import { type Asked, stanzaError, start } from '../commands/fixture.js';

const form = {
  type: 'form',
  title: 'Add a user',
  instructions: ['Fill in both'],
  fields: [
    { var: 'FORM_TYPE', type: 'hidden', label: '', required: false, values: ['x'], options: [] },
    { var: 'jid', type: 'jid-single', label: 'Address', required: true, values: [], options: [] },
    { var: 'admin', type: 'boolean', label: 'Admin', required: false, values: ['0'], options: [] },
  ],
};
const step = {
  jid: 'test',
  node: 'add-user',
  sessionId: 's1',
  status: 'executing',
  actions: ['next', 'complete'],
  defaultAction: 'next',
  notes: [],
  form,
};
const done = {
  ...step,
  status: 'completed',
  actions: [],
  notes: [{ type: 'info', text: 'User added' }],
  form: undefined,
};

const view = <V>(rig: Asked): V => rig.core.shell.current().view as V;
const text = (rows: readonly (readonly { readonly text: string }[])[]): string =>
  rows.map(row => row.map(part => part.text).join('')).join('\n');

test('/adhoc lists, runs, checks and finishes a command of several steps', async () => {
  const answers: Record<string, unknown> = {
    'adhoc.list': [{ jid: 'test', node: 'add-user', name: 'Add user' }],
    'adhoc.execute': step,
    'adhoc.next': done,
  };
  const rig = start(answers);
  assert.ok(await rig.run('/adhoc test'));
  const command = view<ListView>(rig).items[0]?.command ?? '';
  assert.equal(command, '/adhoc test add-user');
  assert.ok(await rig.run(command));

  const shown = view<FormView>(rig);
  assert.deepEqual(
    shown.actions.map(action => action.command),
    ['/adhoc -next', '/adhoc -complete', '/adhoc -cancel'],
  );
  assert.equal(await rig.run('/adhoc -next'), false, 'a required field is empty');
  assert.ok(view<FormView>(rig).errors.has('jid'));
  assert.equal(rig.asked.filter(call => call[0] === 'adhoc.next').length, 0);

  view<FormView>(rig).edit('jid', ['new@example.org']);
  assert.equal(view<FormView>(rig).errors.size, 0);
  assert.ok(await rig.run('/adhoc -next'), rig.lastNotice());
  const sent = rig.asked.at(-1)?.[2] as ReadonlyMap<string, readonly string[]>;
  assert.deepEqual(sent.get('jid'), ['new@example.org']);
  assert.deepEqual(sent.get('FORM_TYPE'), ['x']);
  assert.match(text(view<TextView>(rig).rows), /Add user: Done\.\nUser added/);
});

test('a form that the other side refuses keeps what was filled in', async () => {
  const rig = start({ 'adhoc.list': [], 'adhoc.execute': step, 'adhoc.next': stanzaError('bad-request') });
  await rig.run('/adhoc test add-user');
  view<FormView>(rig).edit('jid', ['new@example.org']);
  assert.equal(await rig.run('/adhoc -next'), false);
  assert.deepEqual(view<FormView>(rig).values.get('jid'), ['new@example.org']);
  assert.equal(view<FormView>(rig).busy, false);
});

test('closing the tab of a running command cancels it', async () => {
  const rig = start({ 'adhoc.execute': step });
  await rig.run('/adhoc test add-user');
  await rig.run('/close');
  assert.equal(rig.asked.at(-1)?.[0], 'adhoc.cancel');
});

test('a command that is not allowed is a sentence in its tab', async () => {
  const rig = start({ 'adhoc.list': stanzaError('forbidden') });
  await rig.run('/adhoc test');
  assert.match(text(view<ListView>(rig).header ?? []), /not allowed/);
});

test('/disco walks in with Enter and back', async () => {
  const rig = start({
    'disco.info': {
      identities: [{ category: 'server', type: 'im', name: 'A server' }],
      features: ['http://jabber.org/protocol/commands'],
      forms: [
        {
          type: 'result',
          instructions: [],
          formType: 'http://jabber.org/network/serverinfo',
          fields: [
            {
              var: 'abuse-addresses',
              type: 'list-multi',
              label: '',
              required: false,
              values: ['mailto:abuse@test'],
              options: [],
            },
          ],
        },
      ],
    },
    'disco.items': {
      items: [
        { jid: 'muc.test', name: 'Rooms' },
        { jid: 'test', node: '-odd node' },
      ],
      more: false,
    },
  });
  assert.ok(await rig.run('/disco test'));
  const all = view<ListView>(rig).items;
  assert.ok(all.some(item => item.command === '/adhoc test'));
  assert.ok(all.some(item => item.command === '/disco test "-odd node"'));
  assert.match(text(all.map(item => item.row)), /abuse@test/);
  assert.ok(await rig.run('/disco muc.test'));
  assert.match(text([rig.core.shell.current().topic]), /muc\.test/);
  assert.ok(await rig.run('/disco -back'));
  assert.match(text([rig.core.shell.current().topic]), /^test/);
  assert.equal(await rig.run('/disco -back'), false);
});

test('a form asked for by a command settles by its button, and closing is cancelling', async () => {
  const rig = start();
  const request = { form: form as never, from: 'muc.test' as never, title: safe`a form`, actions: ['save'] };
  const first = rig.core.api.ui.form(request);
  assert.equal(await rig.run('/form'), false);
  view<FormView>(rig).edit('jid', ['a@b']);
  assert.ok(await rig.run('/form save'));
  assert.equal((await first).action, 'save');
  const second = rig.core.api.ui.form(request);
  await rig.run('/close');
  assert.equal((await second).action, 'cancel');
});

test('the protocol console shows, narrows and freezes', async () => {
  const rig = start();
  await rig.run('/xml');
  rig.wire.tapped('in', '<message from="a@b"/>');
  rig.wire.tapped('out', '<presence/>');
  assert.match(text(view<TextView>(rig).rows), /<- <message[^\n]*\n.*-> <presence/);
  await rig.run('/xml presence');
  assert.doesNotMatch(text(view<TextView>(rig).rows), /message/);
  await rig.run('/xml -freeze');
  rig.wire.tapped('out', '<presence type="unavailable"/>');
  assert.doesNotMatch(text(view<TextView>(rig).rows), /unavailable/);
});

test('the jump list closes before it goes where it was told', async () => {
  const rig = start();
  rig.enter('one@muc.test');
  rig.enter('two@muc.test');
  await rig.run('/jump');
  const one = view<ListView>(rig).items.find(item => item.search?.includes('one@muc.test'));
  assert.ok(await rig.run(one?.command ?? ''));
  assert.equal(rig.core.api.tabs.current.chat?.id, 'one@muc.test');
  assert.ok(!rig.core.api.tabs.list.some(tab => tab.kind === 'jump'));
});

test('tables of options and keys show everything there is', async () => {
  const rig = start();
  for (const [line, least] of [
    ['/set', 40],
    ['/keys', 20],
    ['/help', 80],
  ] as const) {
    assert.ok(await rig.run(line));
    const shown = rig.core.shell.current().view;
    const rows = shown.type === 'table' ? shown.rows : shown.type === 'list' ? shown.items : [];
    assert.ok(rows.length > least, line);
  }
});
