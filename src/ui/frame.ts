/** When the screen is drawn: at once for keys, at most so many times a second otherwise, never while the terminal is behind. */
import type { Undo } from '../lib/disposables.js';
import { type Clock, systemClock } from '../lib/time.js';
import type { Device } from './device.js';
import type { UiScreen } from './screen.js';

export interface Frame {
  /** Something has changed: draw soon. Cheap; call it as often as you like. */
  request(): void;
  /** A key was pressed: draw in this turn of the loop. */
  key(): void;
  setMaxFps(fps: number): void;
  /** Frames drawn since the start. */
  readonly count: number;
  /** Stops drawing for good. */
  stop(): void;
}

export interface FrameOptions {
  readonly screen: UiScreen;
  readonly device: Device;
  /** Called right before drawing: views take over what has changed. */
  readonly prepare?: () => void;
  readonly maxFps?: number;
  readonly clock?: Clock;
  /** Milliseconds that only go up, to time a frame. */
  readonly stopwatch?: () => number;
  /** Runs a function when the events at hand are done. */
  readonly soon?: (fn: () => void) => Undo;
}

const MAX_FPS = 30;
/** The slot of a frame never grows beyond this, however slow the terminal or the machine. */
const MAX_SLOT_MS = 500;

const nextTurn = (fn: () => void): Undo => {
  const immediate = setImmediate(fn);
  return () => clearImmediate(immediate);
};

export function createFrame(options: FrameOptions): Frame {
  const {
    screen,
    device,
    prepare,
    clock = systemClock,
    stopwatch = () => performance.now(),
    soon = nextTurn,
  } = options;
  let slotMs = 1000 / (options.maxFps ?? MAX_FPS);
  let currentMs = slotMs;
  let last = Number.NEGATIVE_INFINITY;
  let planned: Undo | undefined;
  // True if the planned frame comes in this turn of the loop.
  let urgent = false;
  let wanted = false;
  let stopped = false;
  let count = 0;

  function draw(): void {
    planned = undefined;
    urgent = false;
    if (stopped || !wanted || !device.active) return;
    // `drain` comes back to this.
    if (!device.ready) return;
    wanted = false;
    const start = stopwatch();
    prepare?.();
    screen.render();
    count++;
    last = stopwatch();
    // A slow frame must not starve what comes from the network.
    if (last - start > currentMs / 2) currentMs = Math.min(MAX_SLOT_MS, currentMs * 2);
    else if (currentMs > slotMs) currentMs = Math.max(slotMs, currentMs / 2);
    if (wanted) plan();
  }

  function plan(): void {
    if (planned !== undefined || stopped) return;
    const wait = currentMs - (stopwatch() - last);
    urgent = wait <= 0;
    planned = urgent ? soon(draw) : clock.after(wait, draw);
  }

  const undos = [
    device.on('drain', () => {
      if (wanted) plan();
    }),
    device.on('resume', () => {
      screen.redraw();
      wanted = true;
      plan();
    }),
  ];

  return {
    request() {
      wanted = true;
      plan();
    },
    key() {
      wanted = true;
      if (urgent || stopped) return;
      planned?.();
      urgent = true;
      planned = soon(draw);
    },
    setMaxFps(fps) {
      slotMs = 1000 / Math.max(1, fps);
      currentMs = slotMs;
    },
    get count() {
      return count;
    },
    stop() {
      stopped = true;
      planned?.();
      planned = undefined;
      for (const undo of undos) undo();
    },
  };
}
