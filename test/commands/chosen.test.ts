import assert from 'node:assert/strict';
import { test } from 'node:test';
import { safe } from '../../src/lib/text.js';
import type { Chat, MessageEntry } from '../../src/model/types.js';
import { type Asked, start } from './fixture.js';

const ROOM = 'chat@muc.test';

/** A room in which we said three things; the first of them is chosen by the keyboard. */
async function room(): Promise<{ rig: Asked; first: MessageEntry; last: MessageEntry }> {
  const rig = start();
  rig.enter(ROOM, ['ana']);
  for (const text of ['one https://example.org/a, and', 'two', 'three']) await rig.run(text);
  const chat = rig.core.api.tabs.current.chat as Chat;
  const said = [...chat.log.newest()].filter((entry): entry is MessageEntry => entry.kind === 'message');
  const [last] = said;
  const first = said.at(-1);
  assert.ok(first !== undefined && last !== undefined);
  rig.screen.chosen = first.seq;
  return { rig, first, last };
}

test('/correct means the chosen message', async () => {
  const { rig, first } = await room();
  assert.ok(await rig.run('/correct better'), rig.lastNotice());
  assert.equal(rig.wire.said.at(-1)?.replaces, first.originId ?? first.messageId);
  rig.screen.chosen = undefined;
});

test('/copy copies the chosen message, its line, its link', async () => {
  const { rig } = await room();
  const copied = (): unknown => rig.screen.asked.findLast(([what]) => what === 'copy')?.[1];
  assert.ok(await rig.run('/copy'));
  assert.equal(copied(), 'one https://example.org/a, and');
  assert.ok(await rig.run('/copy -link'));
  assert.equal(copied(), 'https://example.org/a');
  assert.ok(await rig.run('/copy -line'));
  assert.match(String(copied()), /^\d{4}-\d\d-\d\dT\S+ \S+: one /);
  assert.ok(await rig.run('/copy 1'), 'a number is counted from the newest, whatever is chosen');
  assert.equal(copied(), 'three');
});

test('/copy says when it is more than terminals take', async () => {
  const { rig } = await room();
  rig.screen.takesCopies = false;
  assert.equal(await rig.run('/copy -all'), false);
  assert.match(rig.lastNotice(), /more than terminals take.*nothing was copied/);
});

test('/focus asks the screen', async () => {
  const { rig } = await room();
  for (const [line, where] of [
    ['/focus', 'previous'],
    ['/focus next', 'next'],
    ['/focus none', 'none'],
  ] as const) {
    assert.ok(await rig.run(line));
    assert.deepEqual(rig.screen.asked.at(-1), ['focus', where]);
  }
});

test('/scroll reaches the names at the side, and /panel the mouse', async () => {
  const { rig } = await room();
  assert.ok(await rig.run('/scroll names-down'));
  assert.deepEqual(rig.screen.asked.at(-1), ['scrollSide', 0.5]);
  assert.ok(await rig.run('/panel mouse on'));
  assert.deepEqual(
    rig.screen.asked.findLast(([what]) => what === 'panel'),
    ['panel', 'mouse', true],
  );
  assert.match(rig.lastNotice(), /hold Shift to select/);
});

test('names of commands are known, unknown, or still to come', () => {
  const rig = start();
  const { shell } = rig.core;
  for (const [line, known] of [
    ['/', undefined],
    ['/jo', undefined],
    ['/join', true],
    ['/JOIN room', true],
    ['/zork', false],
    ['/jo x', false],
  ] as const)
    assert.equal(shell.known?.(line), known, line);
});

test('a ghost shows what is missing', () => {
  const rig = start();
  rig.enter(ROOM, ['ana']);
  const { shell } = rig.core;
  assert.equal(shell.ghost?.('/kick'), ' <nick> [reason…]');
  assert.equal(shell.ghost?.('/kick '), '<nick> [reason…]');
  assert.equal(shell.ghost?.('/kick ana '), '[reason…]');
  assert.equal(shell.ghost?.('/kick ana'), undefined);
  assert.match(String(shell.ghost?.('/lastl')), /^og \[/);
  assert.equal(shell.ghost?.('/co'), undefined, 'more than one name begins like this');
  assert.equal(shell.ghost?.('/zork'), undefined);
});

test('/retract means the chosen message', async () => {
  const { rig } = await room();
  const done = rig.run('/retract');
  const { question } = rig.core.shell;
  for (let i = 0; i < 20 && question() === undefined; i++) await Promise.resolve();
  const open = question();
  assert.match(String(open?.text), /one https/);
  rig.core.shell.answer(open?.id ?? 0, 'n');
  await done;
});

test('/open opens an address of the chosen message, and over SSH copies it', async () => {
  const opened: string[] = [];
  let desktop = true;
  const rig = start(
    {},
    {
      core: {
        programs: {
          run: async () => ({ code: 0, output: safe`` }),
          async open(address) {
            if (desktop) opened.push(address);
            return desktop;
          },
        },
      },
    },
  );
  rig.enter(ROOM, ['ana']);
  for (const text of ['one https://example.org/a, and', 'two http://b.test http://c.test', 'three'])
    await rig.run(text);
  assert.ok(await rig.run('/open'), rig.lastNotice());
  assert.deepEqual(opened, ['http://c.test/'], 'the newest one');
  assert.ok(await rig.run('/open 3'));
  assert.equal(opened.at(-1), 'https://example.org/a');
  assert.equal(await rig.run('/open 4'), false);
  assert.match(rig.lastNotice(), /no such address in this chat/);
  assert.equal(await rig.run('/open file:///etc/passwd'), false);
  assert.equal(await rig.run('/open javascript:alert(1)'), false);
  assert.equal(opened.length, 2);

  const chat = rig.core.api.tabs.current.chat as Chat;
  rig.screen.chosen = [...chat.log.newest()].find(
    entry => entry.kind === 'message' && entry.body.startsWith('two'),
  )?.seq;
  const asking = rig.run('/open');
  await new Promise(resolve => setImmediate(resolve));
  const { question } = rig.core.shell;
  assert.match(question()?.text ?? '', /Which of 2 addresses/);
  rig.core.shell.answer(question()?.id ?? 0, '2');
  assert.ok(await asking);
  assert.equal(opened.at(-1), 'http://c.test/');

  desktop = false;
  assert.ok(await rig.run('/open 1'));
  assert.equal(rig.screen.asked.findLast(([what]) => what === 'copy')?.[1], 'http://b.test/');
  assert.match(rig.lastNotice(), /no desktop here.*clipboard: http:\/\/b\.test\//);
  rig.screen.chosen = undefined;
});

test('/details tells what is known about the chosen message', async () => {
  const { rig, first } = await room();
  assert.ok(await rig.run('/details'), rig.lastNotice());
  const said = rig.lastNotice();
  assert.match(said, /from: +me/);
  assert.match(said, new RegExp(`message id: +${first.messageId ?? first.originId}`));
  assert.equal(await rig.run('/details 99'), false);
  rig.screen.chosen = undefined;
});

test('/keymap takes the keys of another client, says which, and is kept', async () => {
  const rig = start();
  assert.ok(await rig.run('/keymap irssi'));
  assert.match(rig.lastNotice(), /keys of irssi are in use[\s\S]*alt-p +\/scroll up/);
  assert.equal(rig.settings.get('input.keymap'), 'irssi');
  assert.equal(await rig.run('/keymap emacs'), false);
  assert.ok(await rig.run('/keymap default'));
  assert.match(rig.lastNotice(), /Our own keys are in use/);
});

test('/input runs an action of the line', async () => {
  const rig = start();
  assert.ok(await rig.run('/input kill-all'));
  assert.deepEqual(rig.screen.asked.at(-1), ['act', 'kill-all']);
  assert.equal(await rig.run('/input nonsense'), false);
});
