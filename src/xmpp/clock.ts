/** The real clock, and waiting on any clock. */
import type { Clock } from './session-types.js';

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimeout: handle => clearTimeout(handle as NodeJS.Timeout),
};

/** Settles like `promise`, or rejects with what `expired` builds; a late result is dropped. */
export function within<T>(clock: Clock, delayMs: number, promise: Promise<T>, expired: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimeout(() => reject(expired()), delayMs);
    promise.then(resolve, reject).finally(() => clock.clearTimeout(timer));
  });
}
