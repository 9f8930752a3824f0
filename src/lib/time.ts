/** Time as a dependency: what needs the clock takes one of these, so that tests can turn it. */
import type { Undo } from './disposables.js';

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `fn` once after `ms`; the result cancels. */
  after(ms: number, fn: () => void): Undo;
  /** Calls `fn` every `ms`; the result stops it. */
  every(ms: number, fn: () => void): Undo;
}

/** A longer delay would overflow the timer and fire at once. */
const MAX_DELAY = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, fn) {
    let timer: NodeJS.Timeout;
    const start = (rest: number): void => {
      const step = Math.min(Math.max(0, rest), MAX_DELAY);
      timer = setTimeout(() => (rest > step ? start(rest - step) : fn()), step);
    };
    start(ms);
    return () => clearTimeout(timer);
  },
  every(ms, fn) {
    const timer = setInterval(fn, Math.min(Math.max(1, ms), MAX_DELAY));
    return () => clearInterval(timer);
  },
};
