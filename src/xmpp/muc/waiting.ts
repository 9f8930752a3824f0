/** A promise with a time limit that may be extended: an answer of a room which may never come. */
import type { XepContext } from '../xep.js';

export interface Waiting<T> {
  readonly promise: Promise<T>;
  /** Starts the time limit again, with another length. */
  extend(ms: number): void;
  resolve(value: T): void;
  reject(error: Error): void;
}

/** `expired` says what the answer is when the time (milliseconds; undefined: no limit) is over. */
export function waiting<T>(context: XepContext, ms: number | undefined, expired: () => Error | T): Waiting<T> {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  // Whoever does not wait must not turn a refusal into an unhandled rejection.
  promise.catch(() => {});
  const limit = (length: number | undefined): (() => void) =>
    length === undefined
      ? () => {}
      : context.clock.after(length, () => {
          const answer = expired();
          if (answer instanceof Error) reject(answer);
          else resolve(answer);
        });
  let cancel = limit(ms);
  return {
    promise,
    extend(length) {
      cancel();
      cancel = limit(length);
    },
    resolve(value) {
      cancel();
      resolve(value);
    },
    reject(error) {
      cancel();
      reject(error);
    },
  };
}
