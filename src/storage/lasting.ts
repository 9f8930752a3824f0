/** Makes what was kept survive a power cut: at most once a second, and before the server hears that it was received. */
import type { Clock } from '../lib/time.js';
import { diskReason } from './disk-error.js';

/** An fsync costs a disk milliseconds; a flood of questions must not make a flood of them. */
const EACH_MS = 1000;

export interface Lasting {
  /** Something was written that a power cut could take back. */
  changed(): void;
  /**
   * 0: everything written before lasts, or the disk has refused (which was said). Otherwise so many milliseconds until it may be
   * asked again, because it was done a moment ago; never with `urgent`.
   */
  settle(urgent: boolean): number;
  close(): void;
}

export function createLasting(options: {
  readonly clock: Clock;
  /** The person wants it; else nothing is ever done here. */
  readonly strict: () => boolean;
  /** Waits until the disk has everything; throws if it does not. */
  readonly sync: () => void;
  readonly onProblem: (sentence: string) => void;
}): Lasting {
  const { clock, strict } = options;
  let dirty = false;
  let failing = false;
  let last = Number.NEGATIVE_INFINITY;
  let cancel: (() => void) | undefined;

  const run = (): void => {
    cancel?.();
    cancel = undefined;
    last = clock.now();
    dirty = false;
    try {
      options.sync();
      failing = false;
    } catch (error) {
      // The link must go on, as it does with a full disk.
      if (!failing)
        options.onProblem(`What was received may not survive a power cut: ${diskReason(error)} It is tried again.`);
      failing = true;
      dirty = true;
    }
  };
  /** Clocks that were set back do not make it wait longer. */
  const left = (): number => Math.min(EACH_MS, Math.max(0, last + EACH_MS - clock.now()));

  return {
    changed() {
      dirty = true;
      if (strict()) cancel ??= clock.after(EACH_MS, run);
    },
    settle(urgent) {
      if (!dirty || !strict()) return 0;
      const ms = left();
      if (ms > 0 && !urgent && !failing) return ms;
      if (!failing || ms === 0) run();
      return 0;
    },
    close() {
      cancel?.();
      cancel = undefined;
      if (dirty && strict()) run();
    },
  };
}
