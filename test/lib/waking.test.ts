/** Sleep is noticed at the next thing that happens, and nothing else is taken for it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWaking } from '../../src/lib/waking.js';
import { createFakeClock } from '../helpers/fake-clock.js';

function setUp() {
  const inner = createFakeClock();
  let slept = 0;
  /** Set by hand, in milliseconds: the wall clock shows it, no timer feels it. */
  let ahead = 0;
  const wall = { ...inner, now: () => inner.now() + ahead };
  const waking = createWaking(wall, () => inner.now() - slept);
  let woken = 0;
  waking.onWake(() => woken++);
  return {
    waking,
    clock: waking.clock,
    advance: (ms: number) => inner.advance(ms),
    /** The wall clock goes on, timers and the steady clock do not. */
    sleep(ms: number) {
      ahead += ms;
    },
    /** Timers run late, but the steady clock went on, as on systems where it passes in sleep. */
    stall(ms: number) {
      ahead += ms;
      slept -= ms;
    },
    woken() {
      inner.advance(0);
      return woken;
    },
  };
}

test('Q5: asking the time after a sleep notices it, once', () => {
  const rig = setUp();
  rig.sleep(90_000);
  rig.clock.now();
  rig.clock.now();
  assert.equal(rig.woken(), 1);
  rig.advance(60_000);
  rig.clock.now();
  assert.equal(rig.woken(), 1);
});

test('Q5: setting a timer after a sleep notices it: a key is enough', () => {
  const rig = setUp();
  rig.sleep(25_000);
  rig.clock.after(16, () => {});
  assert.equal(rig.woken(), 1);
});

test('Q5: a timer that fires far too late tells, where the steady clock says nothing; several of one sleep tell once', () => {
  const rig = setUp();
  rig.clock.after(1000, () => {});
  rig.clock.after(2000, () => {});
  rig.clock.every(5000, () => {});
  rig.stall(60_000);
  rig.advance(10_000);
  assert.equal(rig.woken(), 1);
  rig.stall(60_000);
  rig.advance(10_000);
  assert.equal(rig.woken(), 2);
});

test('Q18: idling, small corrections and clocks set back are no sleep', () => {
  const rig = setUp();
  rig.clock.every(3_600_000, () => {});
  rig.advance(7 * 3_600_000);
  rig.sleep(15_000);
  rig.clock.now();
  rig.sleep(-3_600_000);
  rig.clock.now();
  rig.clock.after(10, () => {});
  rig.advance(100);
  assert.equal(rig.woken(), 0);
});

test('Q5: a listener is not called inside of what asked for the time, and a known waking needs no jump', () => {
  const rig = setUp();
  let inside = true;
  let seen: boolean | undefined;
  rig.waking.onWake(() => {
    seen = inside;
  });
  rig.waking.wake();
  inside = false;
  assert.equal(rig.woken(), 1);
  assert.equal(seen, false);
});
