import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDevice } from '../../src/ui/device.js';
import { createFrame, type Frame } from '../../src/ui/frame.js';
import type { UiScreen } from '../../src/ui/screen.js';
import { createFakeClock, type FakeClock } from '../helpers/fake-clock.js';
import { createFakeTty, type FakeTty } from '../helpers/fake-tty.js';

function setUp(
  costMs = 0,
  prepare?: (forKey: boolean, work: (ms: number) => void) => boolean,
): { frame: Frame; clock: FakeClock; tty: FakeTty; turn: () => void; half: () => void; write: () => void } {
  const tty = createFakeTty(10, 2);
  const clock = createFakeClock();
  const device = createDevice({ ...tty, clock, onQuit: () => {} });
  device.enter();
  let soon: (() => void)[] = [];
  let halves: (() => void)[] = [];
  const screen = {
    render() {
      if (costMs > 0) clock.advance(costMs);
      return 0;
    },
    redraw() {},
  } as unknown as UiScreen;
  const frame = createFrame({
    screen,
    device,
    clock,
    ...(prepare === undefined ? {} : { prepare: (forKey: boolean) => prepare(forKey, ms => clock.advance(ms)) }),
    maxFps: 20,
    stopwatch: () => clock.now(),
    later: fn => {
      halves.push(fn);
      return () => {
        halves = halves.filter(other => other !== fn);
      };
    },
    soon: fn => {
      soon.push(fn);
      return () => {
        soon = soon.filter(other => other !== fn);
      };
    },
  });
  return {
    frame,
    clock,
    tty,
    turn() {
      const due = soon;
      soon = [];
      for (const fn of due) fn();
    },
    half() {
      const due = halves;
      halves = [];
      for (const fn of due) fn();
    },
    write: () => device.write('x'),
  };
}

test('after silence the frame comes at once, then one per slot', () => {
  const { frame, clock, turn } = setUp();
  frame.request();
  frame.request();
  turn();
  assert.equal(frame.count, 1);
  for (let i = 0; i < 100; i++) frame.request();
  turn();
  assert.equal(frame.count, 1);
  clock.advance(50);
  assert.equal(frame.count, 2);
  clock.advance(10_000);
  assert.equal(frame.count, 2, 'nothing happens, nothing is drawn');
  assert.equal(clock.pending, 0);
});

test('a key does not wait for the slot', () => {
  const { frame, turn } = setUp();
  frame.request();
  turn();
  frame.request();
  frame.key();
  frame.key();
  turn();
  assert.equal(frame.count, 2);
});

test('nothing is drawn while the terminal is behind, and one frame when it has caught up', () => {
  const { frame, tty, turn, write } = setUp();
  tty.stall();
  write();
  frame.key();
  turn();
  assert.equal(frame.count, 0);
  tty.unstall();
  turn();
  assert.equal(frame.count, 1);
});

test('slow frames come less often', () => {
  const { frame, clock, turn } = setUp(40);
  frame.request();
  turn();
  frame.request();
  clock.advance(60);
  assert.equal(frame.count, 1, 'the slot has doubled');
  clock.advance(40);
  assert.equal(frame.count, 2);
});

test('a stopped frame draws no more', () => {
  const { frame, clock, turn } = setUp();
  frame.request();
  frame.stop();
  turn();
  clock.advance(1000);
  frame.key();
  turn();
  assert.equal(frame.count, 0);
});

test('a key draws what it concerns, the rest comes in its slot, however fast somebody types', () => {
  const drawn: string[] = [];
  let rest = false;
  const { frame, clock, turn } = setUp(0, forKey => {
    drawn.push(forKey ? 'key' : 'all');
    if (!forKey) rest = false;
    return rest;
  });
  frame.request();
  turn();
  rest = true;
  frame.request();
  for (let i = 0; i < 4; i++) {
    clock.advance(10);
    frame.key();
    turn();
  }
  assert.deepEqual(drawn, ['all', 'key', 'key', 'key', 'key']);
  clock.advance(10);
  assert.deepEqual(drawn, ['all', 'key', 'key', 'key', 'key', 'all']);
  clock.advance(10_000);
  assert.equal(frame.count, 6);
  assert.equal(clock.pending, 0);
});

test('in a flood frames come less often, and at once again after a pause', () => {
  const { frame, clock, turn } = setUp();
  const flood = (ms: number): number => {
    const before = frame.count;
    for (let i = 0; i < ms; i++) {
      frame.request();
      turn();
      clock.advance(1);
    }
    return frame.count - before;
  };
  assert.ok(flood(500) >= 10);
  flood(2000);
  assert.ok(flood(3000) <= 30, 'half as often at most');
  assert.ok(flood(1000) >= 5, 'but it moves');
  clock.advance(1000);
  const before = frame.count;
  frame.request();
  turn();
  assert.equal(frame.count, before + 1);
});

test('in a flood what took long to prepare is drawn in a turn of its own, and a key comes in between', () => {
  const asked: boolean[] = [];
  const { frame, clock, turn, half } = setUp(0, (forKey, work) => {
    asked.push(forKey);
    if (!forKey) work(2);
    return false;
  });
  frame.request();
  turn();
  assert.equal(frame.count, 1);
  frame.request();
  clock.advance(50);
  assert.equal(frame.count, 1);
  half();
  assert.equal(frame.count, 2);
  frame.request();
  clock.advance(50);
  frame.key();
  turn();
  assert.equal(frame.count, 3);
  half();
  // The key has drawn both.
  assert.equal(frame.count, 3);
  assert.deepEqual(asked, [false, false, false, true]);
});
