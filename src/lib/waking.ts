/** Notices that the machine slept or the process was stopped, at the next thing that happens, without a tick that would wake an idle machine. */
import type { Undo } from './disposables.js';
import type { Clock } from './time.js';

/** Ahead by less is a slow machine or a corrected clock. */
const JUMP_MS = 20_000;

export interface Waking {
  /** For the whole program: whoever asks the time or sets a timer looks in passing (keys, frames, stanzas all do), and so does a timer that fires late. */
  readonly clock: Clock;
  onWake(listener: () => void): Undo;
  /** It is known, for example by SIGCONT. */
  wake(): void;
}

/**
 * `monotonic`: milliseconds that do not pass while the machine sleeps (CLOCK_MONOTONIC of Linux); where they do, the late timers
 * tell. A wall clock that is set forward by hand looks the same and costs a needless question.
 */
export function createWaking(inner: Clock, monotonic: () => number = () => performance.now()): Waking {
  const listeners = new Set<() => void>();
  let wall = inner.now();
  let steady = monotonic();
  /** Timers that were due before this are late because of what is known already. */
  let wokeAt = wall;
  let told = true;

  const wake = (): void => {
    wokeAt = inner.now();
    wall = wokeAt;
    steady = monotonic();
    if (!told) return;
    told = false;
    // Not inside of whatever asked for the time.
    inner.after(0, () => {
      told = true;
      for (const listener of [...listeners]) listener();
    });
  };
  const look = (now: number): void => {
    const passed = monotonic();
    const slept = now - wall - (passed - steady);
    wall = now;
    steady = passed;
    if (slept > JUMP_MS) wake();
  };
  const lookAtTimer = (due: number): void => {
    const now = inner.now();
    look(now);
    if (now - Math.max(due, wokeAt) > JUMP_MS) wake();
  };

  return {
    clock: {
      now() {
        const now = inner.now();
        look(now);
        return now;
      },
      after(ms, fn) {
        const now = inner.now();
        look(now);
        const due = now + ms;
        return inner.after(ms, () => {
          lookAtTimer(due);
          fn();
        });
      },
      every(ms, fn) {
        let due = inner.now() + ms;
        return inner.every(ms, () => {
          lookAtTimer(due);
          due = inner.now() + ms;
          fn();
        });
      },
    },
    onWake(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    wake,
  };
}
