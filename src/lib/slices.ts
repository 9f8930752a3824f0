/** Long work in slices: a key waits no longer than one of them, however much there is to do. */
import type { Undo } from './disposables.js';
import { later } from './turn.js';

/** A slice ends with the first piece that is done after this. */
export const SLICE_MS = 3;
/** Items between two looks at the clock. */
const PIECE = 100;

export interface Slicing {
  /** Milliseconds that only go up. */
  readonly stopwatch?: () => number;
  /** Runs a function in a later turn of the loop. */
  readonly wait?: (fn: () => void) => Undo;
}

/** Calls `each` with pieces of `items`, in order; keys and timers get their turn in between. What it throws ends the work. */
export async function inSlices<T>(
  items: readonly T[],
  each: (piece: readonly T[]) => void,
  { stopwatch = () => performance.now(), wait = later }: Slicing = {},
): Promise<void> {
  let start = stopwatch();
  for (let at = 0; at < items.length; at += PIECE) {
    if (at > 0 && stopwatch() - start >= SLICE_MS) {
      await new Promise<void>(resolve => void wait(resolve));
      start = stopwatch();
    }
    each(items.slice(at, at + PIECE));
  }
}
