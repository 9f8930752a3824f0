/** Reads a stream in slices: however much has arrived at once, a key waits no longer than one of them. */
import type { Undo } from '../lib/disposables.js';
import { SLICE_MS } from '../lib/slices.js';
import { hurried, later } from '../lib/turn.js';

/** Bytes parsed between two looks at the clock: some stanzas. */
const PIECE_BYTES = 2048;
/** The server is not read any further while so much waits. */
const MAX_WAITING_BYTES = 256 << 10;

export interface Reading {
  take(chunk: Buffer): void;
  /** Forgets what waits: it was meant for a parser that is gone. */
  drop(): void;
  /** Reads at once what waits: nothing more will come. */
  finish(): void;
  /** Reads on only when everybody who paused it has undone that. */
  pause(): Undo;
}

export function createReading(options: {
  parse(piece: Buffer): void;
  /** Stops and goes on taking bytes from the network. */
  hold(yes: boolean): void;
  /** Milliseconds that only go up. */
  stopwatch?: () => number;
  /** Runs a function in a later turn of the loop. */
  wait?: (fn: () => void) => Undo;
  /** Runs a function when this turn of the loop is over. */
  over?: (fn: () => void) => void;
}): Reading {
  const { parse, hold, stopwatch = () => performance.now(), wait = later, over = setImmediate } = options;
  let chunks: Buffer[] = [];
  let bytes = 0;
  let planned: Undo | undefined;
  let held = false;
  /** Since when this turn of the loop reads: as long as there is something, Node gives it to us in one turn, dozens of times. */
  let since: number | undefined;
  const pauses = new Set<symbol>();

  const next = (): void => {
    const [chunk] = chunks;
    if (chunk === undefined) return;
    const piece = chunk.length > PIECE_BYTES ? chunk.subarray(0, PIECE_BYTES) : chunk;
    if (piece === chunk) chunks.shift();
    else chunks[0] = chunk.subarray(PIECE_BYTES);
    bytes -= piece.length;
    parse(piece);
  };
  const holdIf = (yes: boolean): void => {
    if (held === yes) return;
    held = yes;
    hold(yes);
  };
  const slice = (): void => {
    planned = undefined;
    const start = stopwatch();
    if (since === undefined) {
      since = start;
      over(() => {
        since = undefined;
      });
    }
    do next();
    while (chunks.length > 0 && pauses.size === 0 && stopwatch() - start < SLICE_MS);
    // Parsing may have ended everything.
    if (chunks.length > 0 && pauses.size === 0) planned ??= wait(slice);
    holdIf(bytes > MAX_WAITING_BYTES);
  };

  return {
    take(chunk) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (planned !== undefined || pauses.size > 0) holdIf(bytes > MAX_WAITING_BYTES);
      else if (hurried() || (since !== undefined && stopwatch() - since >= SLICE_MS)) planned = wait(slice);
      else slice();
    },
    drop() {
      chunks = [];
      bytes = 0;
      planned?.();
      planned = undefined;
      holdIf(false);
    },
    finish() {
      planned?.();
      planned = undefined;
      while (chunks.length > 0) next();
    },
    pause() {
      const pause = Symbol();
      pauses.add(pause);
      planned?.();
      planned = undefined;
      return () => {
        if (pauses.delete(pause) && pauses.size === 0 && chunks.length > 0) planned ??= wait(slice);
      };
    },
  };
}
