/** A clock that stands still until a test turns it. */
import type { Clock } from '../../src/lib/time.js';

export interface FakeClock extends Clock {
  /** Moves on and runs what falls due, in order. */
  advance(ms: number): void;
  /** Timers that wait. */
  readonly pending: number;
}

export function createFakeClock(start = Date.UTC(2026, 0, 1)): FakeClock {
  let now = start;
  let serial = 0;
  const timers = new Map<number, { at: number; fn: () => void; every?: number }>();
  const add = (ms: number, fn: () => void, every?: number): (() => void) => {
    const id = serial++;
    timers.set(id, every === undefined ? { at: now + ms, fn } : { at: now + ms, fn, every });
    return () => {
      timers.delete(id);
    };
  };
  return {
    now: () => now,
    after: (ms, fn) => add(Math.max(0, ms), fn),
    every: (ms, fn) => add(Math.max(1, ms), fn, Math.max(1, ms)),
    advance(ms) {
      const until = now + ms;
      for (;;) {
        let next: [number, { at: number; fn: () => void; every?: number }] | undefined;
        for (const entry of timers) if (entry[1].at <= until && (!next || entry[1].at < next[1].at)) next = entry;
        if (!next) break;
        const [id, timer] = next;
        now = Math.max(now, timer.at);
        if (timer.every === undefined) timers.delete(id);
        else timer.at += timer.every;
        timer.fn();
      }
      now = until;
    },
    get pending() {
      return timers.size;
    },
  };
}
