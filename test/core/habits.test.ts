/** Names from other clients that are no commands here: they do the same, or say what does. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import { type Command, defineCommand } from '../../src/api.js';
import { habitFor, habitNames, meantBy } from '../../src/core/habits.js';
import { UserError } from '../../src/lib/errors.js';
import { createRig } from '../helpers/run-command.js';

const FOLDER = new URL('../../src/commands/', import.meta.url);
const all = await Promise.all(
  readdirSync(FOLDER).map(async file => ((await import(new URL(file, FOLDER).href)) as { default: unknown }).default),
);
const commands = all.flat() as readonly Command[];
const names = new Set(commands.flatMap(one => [one.name, ...(one.aliases ?? [])]));

for (const name of habitNames) {
  test(`/${name} is no command, and what it names is one`, () => {
    assert.ok(!names.has(name), 'the command would never be reached by its habit');
    const habit = habitFor(name);
    assert.ok(habit);
    const words = 'line' in habit ? habit.line : `${habit.says} ${habit.next}`;
    const named = [...words.matchAll(/(?:^|\s)\/([a-z-]+)/g)].map(found => found[1] ?? '');
    for (const one of named) assert.ok(names.has(one), `/${one}`);
    if ('says' in habit) assert.match(habit.says, /^[A-Z].*\.$/);
  });
}

test('a habit runs the line, a number is a tab, and without anybody it asks for one', async () => {
  const ran: unknown[] = [];
  const command = (name: string): Command =>
    defineCommand({
      name,
      group: 'talk',
      summary: 'x',
      args: { rest: { type: 'rest', optional: true, help: '' } },
      run: ({ args }) => void ran.push([name, args.rest]),
    });
  const rig = createRig({ commands: ['whowas', 'affiliation', 'win', 'own'].map(command) });
  assert.ok(await rig.run('/ww nemo'));
  assert.ok(await rig.run('/MEMBER "captain nemo" because'));
  assert.ok(await rig.run('/12'));
  assert.deepEqual(ran, [
    ['whowas', 'nemo'],
    ['affiliation', '"captain nemo" member because'],
    ['win', '12'],
  ]);
  assert.equal(rig.submit('/member'), false);
  assert.match(rig.lastNotice(), /^\/member needs to know whom or what\. It stands for \/affiliation … member$/);
  assert.equal(rig.submit('/dcc send bob x'), false);
  assert.match(rig.lastNotice(), /^Files cannot be sent from here\./);
});

test('what a person named an alias goes before', () => {
  const rig = createRig({
    commands: [
      defineCommand({ name: 'own', group: 'talk', summary: 'x', run: ({ api }) => api.ui.notice('ours' as never) }),
    ],
  });
  rig.core.api.commands.alias.set('dnd', '/own');
  assert.ok(rig.submit('/dnd'));
  assert.equal(rig.lastNotice(), 'ours');
});

test('a habit that only says something is an error with a next step', () => {
  const meant = meantBy({ says: 'No.', next: 'Go.' }, 'x', '');
  assert.ok(meant instanceof UserError);
  assert.equal(meant.hint, 'Go.');
});
