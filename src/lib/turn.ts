/** Who goes first when a key and the network both want the next turn of the event loop: the key. */
import type { Undo } from './disposables.js';

/** Urgent functions that have not run yet. */
let urgent = 0;

/** True if something urgent waits for this turn to end. */
export const hurried = (): boolean => urgent > 0;

/** Runs `fn` when the events at hand are done, before everything that can wait. */
export function soon(fn: () => void): Undo {
  urgent++;
  let waiting = true;
  const settle = (): boolean => {
    const was = waiting;
    if (was) urgent--;
    waiting = false;
    return was;
  };
  const immediate = setImmediate(() => {
    if (settle()) fn();
  });
  return () => {
    if (settle()) clearImmediate(immediate);
  };
}

/** Runs `fn` in a later turn, so that keys and timers get theirs in between, and behind everything urgent. */
export function later(fn: () => void): Undo {
  let immediate = setImmediate(function run() {
    if (urgent > 0) immediate = setImmediate(run);
    else fn();
  });
  return () => clearImmediate(immediate);
}
