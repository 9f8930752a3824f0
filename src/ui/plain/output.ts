/** Lines to standard output, terminal, pipe or file: no control but the line feed, never blocking, and bounded when nobody reads. */
import { asciiText } from '../../lib/ascii.js';
import type { Safe } from '../../lib/text.js';

/** What of `process.stdout` is used. */
export interface LineStream {
  readonly writableLength?: number;
  write(data: string, done?: () => void): unknown;
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

export interface LineOutput {
  line(text: Safe): void;
  /** Settles when everything was taken, or after `patience` milliseconds. */
  flushed(patience: number): Promise<void>;
  /** From now on nothing is written. */
  close(): void;
}

/** Bytes that may wait for a reader; lines beyond are counted instead. */
const MAX_WAITING = 1024 * 1024;
/** What a terminal could obey. The text is safe already; this is the last door before it. */
const CONTROLS = /[\0-\x1f\x7f-\x9f]/g;

export function createLineOutput(options: {
  readonly stdout: LineStream;
  readonly ascii: boolean;
  /** Nobody can read any more (EPIPE, EIO). */
  readonly onGone: (error: NodeJS.ErrnoException) => void;
}): LineOutput {
  const { stdout, ascii } = options;
  let open = true;
  let waiting = 0;
  let missed = 0;
  let idle: (() => void)[] = [];

  // Node makes pipes and terminals blocking here: a reader that stops would stop the pings too.
  (stdout as { _handle?: { setBlocking?(blocking: boolean): void } })._handle?.setBlocking?.(false);
  stdout.on('error', error => {
    if (!open) return;
    open = false;
    waiting = 0;
    tellIdle();
    options.onGone(error);
  });

  const tellIdle = (): void => {
    for (const settle of idle) settle();
    idle = [];
  };

  const write = (text: string): void => {
    const data = `${ascii ? asciiText(text) : text}\n`;
    const size = Buffer.byteLength(data);
    waiting += size;
    stdout.write(data, () => {
      waiting -= size;
      if (!open) return;
      if (waiting <= 0 && missed > 0) {
        const count = missed;
        missed = 0;
        write(`(${count} ${count === 1 ? 'line' : 'lines'} left out: nobody was reading)`);
      }
      if (waiting <= 0) tellIdle();
    });
  };

  return {
    line(text) {
      if (!open) return;
      if (missed > 0 || waiting > MAX_WAITING) missed++;
      else write(text.replace(CONTROLS, '\ufffd'));
    },
    flushed(patience) {
      if (!open || waiting <= 0) return Promise.resolve();
      return new Promise(resolve => {
        const timer = setTimeout(resolve, patience);
        idle.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    },
    close() {
      open = false;
    },
  };
}
