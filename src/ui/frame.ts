/** When the screen is drawn: at once for keys, at most so many times a second otherwise, never while the terminal is behind. */
import type { Undo } from '../lib/disposables.js';
import { type Clock, systemClock } from '../lib/time.js';
import { later as inLaterTurn, soon as inThisTurn } from '../lib/turn.js';
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
  /**
   * Called right before drawing: views take over what has changed; for a key nothing but what the key has to do with. True:
   * something is left for the next slot.
   */
  readonly prepare?: (forKey: boolean) => boolean;
  readonly maxFps?: number;
  readonly clock?: Clock;
  /** Milliseconds that only go up, to time a frame. */
  readonly stopwatch?: () => number;
  /** Runs a function when the events at hand are done. */
  readonly soon?: (fn: () => void) => Undo;
  /** Runs a function in a later turn, behind everything urgent. */
  readonly later?: (fn: () => void) => Undo;
}

const MAX_FPS = 30;
/** The slot of a frame never grows beyond this, however slow the terminal or the machine. */
const MAX_SLOT_MS = 500;

/** What took longer to prepare is drawn in a turn of its own, so that a key comes in between. */
const WHOLE_MS = 1;

/** After so many frames in a row, each as soon as it was allowed, they come half as often, then a third …: nobody reads that. */
const RUSH_FRAMES = 12;
/** Down to this part of what is allowed. */
const MAX_RUSH = 4;
/** Whoever pressed a key so long ago is typing; in a rush the frames give way to that, too. */
const TYPING_MS = 1000;

export function createFrame(options: FrameOptions): Frame {
  const {
    screen,
    device,
    prepare,
    clock = systemClock,
    stopwatch = () => performance.now(),
    soon = inThisTurn,
    later = inLaterTurn,
  } = options;
  let slotMs = 1000 / (options.maxFps ?? MAX_FPS);
  let currentMs = slotMs;
  let last = Number.NEGATIVE_INFINITY;
  let planned: Undo | undefined;
  // True if the planned frame comes in this turn of the loop.
  let urgent = false;
  let forKey = false;
  /** Frames in a row that had to wait for their slot. */
  let rush = 0;
  let keyAt = Number.NEGATIVE_INFINITY;
  let wanted = false;
  /** Milliseconds that were spent on a frame of which only the drawing is left. */
  let prepared: number | undefined;
  let stopped = false;
  let count = 0;

  function draw(): void {
    planned = undefined;
    const waited = !urgent;
    const key = forKey;
    urgent = false;
    forKey = false;
    if (stopped || !wanted || !device.active) return;
    // `drain` comes back to this.
    if (!device.ready) return;
    wanted = false;
    const start = stopwatch();
    const left = prepare?.(key) === true;
    const spent = stopwatch() - start;
    if (waited && !key && spent > WHOLE_MS) {
      prepared = spent;
      planned = later(finish);
      return;
    }
    if (key && left && prepared === undefined) {
      screen.render();
      count++;
      // The slot of what is left does not move, however fast somebody types.
      wanted = true;
      plan();
      return;
    }
    // What was prepared before the key came is drawn with it: that was its slot.
    if (left) wanted = true;
    render(start - (prepared ?? 0), waited || prepared !== undefined);
  }

  /** The second half of a frame. */
  function finish(): void {
    planned = undefined;
    if (stopped || !device.active) return;
    if (!device.ready) {
      wanted = true;
      return;
    }
    render(stopwatch() - (prepared ?? 0), true);
  }

  function render(start: number, waited: boolean): void {
    prepared = undefined;
    screen.render();
    count++;
    last = stopwatch();
    rush = waited ? Math.min(rush + 1, RUSH_FRAMES * (MAX_RUSH - 1)) : 0;
    // A slow frame must not starve what comes from the network.
    if (last - start > currentMs / 2) currentMs = Math.min(MAX_SLOT_MS, currentMs * 2);
    else if (currentMs > slotMs) currentMs = Math.max(slotMs, currentMs / 2);
    if (wanted) plan();
  }

  function plan(): void {
    if (planned !== undefined || stopped) return;
    const now = stopwatch();
    const slower = 1 + Math.floor(rush / RUSH_FRAMES);
    const typing = slower > 1 && now - keyAt < TYPING_MS;
    const wait = currentMs * slower * (typing ? 2 : 1) - (now - last);
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
      if (stopped) return;
      keyAt = stopwatch();
      // Nothing else waits: then everything is drawn with it.
      if (!wanted || !urgent) forKey = true;
      wanted = true;
      if (urgent) return;
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
