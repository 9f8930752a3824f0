import assert from 'node:assert/strict';
import { test } from 'node:test';
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
