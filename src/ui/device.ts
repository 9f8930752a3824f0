/** The terminal: raw mode, modes, output that never blocks, and giving the terminal back on every way out. */
import { writeSync } from 'node:fs';
import type { ColorDepth, Rgb } from '../lib/color.js';
import type { Undo } from '../lib/disposables.js';
import { createEmitter } from '../lib/emitter.js';
import { UserError } from '../lib/errors.js';
import type { Safe } from '../lib/text.js';
import { type Clock, systemClock } from '../lib/time.js';

/** What of `process.stdin` is used. */
export interface TtyInput {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
  resume(): unknown;
  pause(): unknown;
  on(event: string, listener: (...args: never[]) => void): unknown;
  off(event: string, listener: (...args: never[]) => void): unknown;
}

/** What of `process.stdout` is used. */
export interface TtyOutput {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  readonly writableLength: number;
  /** File descriptor for the synchronous farewell; without it `write` is used. */
  readonly fd?: number;
  write(data: string, done?: () => void): unknown;
  on(event: string, listener: (...args: never[]) => void): unknown;
  off(event: string, listener: (...args: never[]) => void): unknown;
}

/** What of `process` is used. */
export interface Host {
  on(event: string, listener: (...args: never[]) => void): unknown;
  off(event: string, listener: (...args: never[]) => void): unknown;
  kill(pid: number, signal: string): unknown;
}

export type QuitReason = 'hangup' | 'interrupt' | 'terminate' | 'crash';

export interface DeviceOptions {
  readonly stdin?: TtyInput;
  readonly stdout?: TtyOutput;
  readonly host?: Host;
  readonly clock?: Clock;
  /** Called after the terminal was given back; decides what to save and when the process ends. */
  readonly onQuit: (reason: QuitReason, code: number, error?: unknown) => void;
  /** Asked about an exception that nobody caught: true if it was a plugin's and the client lives on. */
  readonly isContained?: (error: unknown) => boolean;
}

export interface DeviceEvents {
  input: [data: Buffer | string];
  resize: [columns: number, rows: number];
  /** The terminal has taken everything that was written. */
  drain: [];
  /** The terminal is ours again and shows nothing of ours: draw everything. */
  resume: [];
}

export interface Device {
  readonly columns: number;
  readonly rows: number;
  /** False while the terminal has not taken what was written: draw no further frame until `drain`. */
  readonly ready: boolean;
  /** True between `enter` and `leave`. */
  readonly active: boolean;
  /** Bytes written since the start. */
  readonly bytes: number;
  on<Name extends keyof DeviceEvents>(name: Name, listener: (...payload: DeviceEvents[Name]) => void): Undo;
  write(data: string): void;
  /** Takes the terminal: alternate screen, raw input. */
  enter(): void;
  /** Gives the terminal back; synchronous, so that it also works on the way out of a crash. */
  leave(): void;
  /** Ctrl-Z: gives the terminal back, stops the process group, and takes it again when continued. */
  suspend(): void;
  /** Gives the terminal to something else (an editor) while `run` runs. */
  runOutside<T>(run: () => T | Promise<T>): Promise<T>;
  /** Takes signals, hang-ups and crashes from now on; the result undoes it. */
  guard(): Undo;
  setTitle(title: Safe): void;
  bell(): void;
  setMouse(on: boolean): void;
  /** Whether the terminal may reorder right-to-left text; false where we do it (BDSM of ECMA-48, which few terminals know). */
  setReordering(on: boolean): void;
  /** Switches a mode of the terminal on that it said is off; it is off again when the terminal is given back. */
  borrow(mode: number): void;
  /** Puts text on the clipboard of the terminal (OSC 52); false if it is too long for terminals to take. */
  copy(text: string): boolean;
}

const ESC = '\x1b';
// Alternate screen, no autowrap, bracketed paste, focus reports.
const ENTER = `${ESC}[?1049h${ESC}[?7l${ESC}[?2004h${ESC}[?1004h${ESC}[m`;
// CAN first: a sequence of ours may have been cut in half by a full pipe.
const LEAVE =
  `\x18${ESC}[?2026l${ESC}[?1004l${ESC}[?2004l${ESC}[?1006l${ESC}[?1002l${ESC}[?1000l` +
  `${ESC}[r${ESC}[m${ESC}]8;;${ESC}\\${ESC}[?7h${ESC}[?25h${ESC}[?1049l`;
const MOUSE_ON = `${ESC}[?1000h${ESC}[?1002h${ESC}[?1006h`;
const MOUSE_OFF = `${ESC}[?1006l${ESC}[?1002l${ESC}[?1000l`;
const REORDER = `${ESC}[8h`;
const AS_SENT = `${ESC}[8l`;
const PUSH_TITLE = `${ESC}[22;0t`;
const POP_TITLE = `${ESC}[23;0t`;

/** Terminals take OSC 52 up to about this many characters of base64. */
const MAX_COPY = 74_994;
const MAX_TITLE = 200;
/** A storm of resizes becomes one event per this time. */
const RESIZE_MS = 40;
/** How long Ctrl-Z waits for a slow terminal to take what is under way. */
const SUSPEND_PATIENCE_MS = 300;
/** Tries of the synchronous farewell on a full pipe. */
const MAX_FAREWELL_TRIES = 2000;

/** Signals that end us, and what the exit code says about them. */
export const SIGNALS: readonly (readonly [signal: string, reason: QuitReason, code: number])[] = [
  ['SIGHUP', 'hangup', 129],
  ['SIGINT', 'interrupt', 130],
  ['SIGQUIT', 'terminate', 131],
  ['SIGTERM', 'terminate', 143],
];

type Env = Readonly<Record<string, string | undefined>>;

/** Colours of the terminal by its environment; `NO_COLOR` is honoured. */
export function colorDepth(env: Env): ColorDepth {
  const term = env['TERM'] ?? '';
  if (env['NO_COLOR']) return 0;
  if (/^(dumb|vt\d+|.*-m(ono)?)$/.test(term)) return 0;
  if (/^(truecolor|24bit)$/i.test(env['COLORTERM'] ?? '') || /-direct$/.test(term)) return 16777216;
  if (env['COLORTERM'] || /256|kitty|alacritty|foot|ghostty|wezterm|contour|iterm|tmux/.test(term)) return 256;
  return /^(linux|cygwin|cons|ansi)/.test(term) ? 8 : 16;
}

/** Asks whether frames can be shown at once (DECRQM of mode 2026). */
export const ASK_SYNCHRONISED = '\x1b[?2026$p';
/**
 * Asks whether Alt sends Esc before the letter. In an xterm as it is delivered it does not: Alt-x is ø there, and no key with
 * Alt and a letter would reach us.
 */
export const ASK_ALT = '\x1b[?1036$p\x1b[?1039$p';
/** The mode that this answer says is off, if it is one of those. */
export function altModeOff(reply: string): number | undefined {
  const mode = /^\x1b\[\?(1036|1039);2\$y$/.exec(reply)?.[1];
  return mode === undefined ? undefined : Number(mode);
}
/** Does this terminal swallow the question if it does not know it? The oldest ones print its last letter. */
export function mayBeAsked(env: Env): boolean {
  return /^(?:xterm|tmux|screen|kitty|alacritty|foot|wezterm|ghostty|contour|iterm|konsole|vte|st-|mlterm)/.test(
    env['TERM'] ?? '',
  );
}
/** Asks for the colour of the background (OSC 11). */
export const ASK_BACKGROUND = '\x1b]11;?\x1b\\';
/** GNU screen calls itself so and does not know it; tmux may do so too, and knows. */
export const knowsBackground = (env: Env): boolean =>
  mayBeAsked(env) && (env['TMUX'] !== undefined || !/^screen/.test(env['TERM'] ?? ''));
/**
 * What terminals that do not answer (rxvt-unicode) say in the environment: the number of the background among the 16 colours.
 * Only whether it is light or dark is known by that.
 */
export function backgroundOf(env: Env): Rgb | undefined {
  const number = /;(\d{1,2})$/.exec(env['COLORFGBG'] ?? '')?.[1];
  if (number === undefined || Number(number) > 15) return undefined;
  const level = number === '7' || Number(number) > 8 ? 255 : 0;
  return [level, level, level];
}
/** The colour in the answer to that, or undefined if this is none. */
export function backgroundIn(reply: string): Rgb | undefined {
  const match =
    /^\x1b\]11;rgba?:([0-9a-f]{1,4})\/([0-9a-f]{1,4})\/([0-9a-f]{1,4})(?:\/[0-9a-f]{1,4})?(?:\x07|\x1b\\)$/i.exec(
      reply,
    );
  if (match === null) return undefined;
  // From one to four digits, of which all are the largest: f, ff, fff, ffff.
  const channel = (digits = '0'): number => Math.round((Number.parseInt(digits, 16) / (16 ** digits.length - 1)) * 255);
  return [channel(match[1]), channel(match[2]), channel(match[3])];
}
/** True if this answer says that they can. */
export const saysSynchronised = (reply: string): boolean => /^\x1b\[\?2026;[12]\$y$/.test(reply);

/** True if the locale says that the terminal speaks UTF-8. */
export function isUtf8(env: Env): boolean {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return locale === '' || /utf-?8/i.test(locale);
}

/** Throws a `UserError` if this is no terminal that can be drawn on. */
export function checkTerminal(
  env: Env,
  stdin: { readonly isTTY?: boolean } = process.stdin,
  stdout: { readonly isTTY?: boolean } = process.stdout,
): void {
  const where = 'Start it in a terminal, or with --plain, which works through pipes.';
  if (!stdin.isTTY) throw new UserError('Standard input is not a terminal.', where);
  if (!stdout.isTTY) throw new UserError('Standard output is not a terminal.', where);
  const term = env['TERM'] ?? '';
  if (term === '' || term === 'dumb' || term === 'unknown') {
    throw new UserError(
      `The terminal "${term}" cannot move its cursor.`,
      'Start it with --plain; or if it can, set TERM to what it is, for example to xterm.',
    );
  }
  if (!/^[\w.+-]{1,64}$/.test(term)) {
    throw new UserError('TERM is not the name of a terminal.', 'Set it, for example to xterm-256color.');
  }
}

export function createDevice(options: DeviceOptions): Device {
  const stdin: TtyInput = options.stdin ?? (process.stdin as unknown as TtyInput);
  const stdout: TtyOutput = options.stdout ?? (process.stdout as unknown as TtyOutput);
  const host: Host = options.host ?? (process as unknown as Host);
  const clock = options.clock ?? systemClock;
  const events = createEmitter<DeviceEvents>({
    onFault(_owner, error) {
      // A fault while drawing is ours; it takes the way of every crash.
      quit('crash', 1, error);
    },
  });

  let active = false;
  let open = true;
  let bytes = 0;
  let titled = false;
  let mouse = false;
  let reordering = true;
  const borrowed = new Set<number>();
  const switchBorrowed = (how: 'h' | 'l'): string => [...borrowed].map(mode => `${ESC}[?${mode}${how}`).join('');
  let outside = 0;
  let quitting = false;
  let waitingToStop: Undo | undefined;
  let resizeTimer: Undo | undefined;
  let lastResize = Number.NEGATIVE_INFINITY;

  // Node makes a terminal on stdout blocking: over a stalled SSH link that would stop everything, keep-alives included.
  const setBlocking = (blocking: boolean): void => {
    (stdout as { _handle?: { setBlocking?(blocking: boolean): void } })._handle?.setBlocking?.(blocking);
  };

  const size = (value: number | undefined, otherwise: number): number =>
    value === undefined || value < 1 ? otherwise : Math.min(value, 1000);

  function quit(reason: QuitReason, code: number, error?: unknown): void {
    if (quitting) return;
    quitting = true;
    device.leave();
    options.onQuit(reason, code, error);
  }

  const onOutputGone = (): void => {
    open = false;
    quit('hangup', 129);
  };
  const onInputGone = (): void => quit('hangup', 129);
  const onData = (data: Buffer | string): void => {
    if (active) events.emit('input', data);
  };
  const tellSize = (): void => {
    lastResize = clock.now();
    if (active) events.emit('resize', device.columns, device.rows);
  };
  const onResize = (): void => {
    if (resizeTimer !== undefined) return;
    if (clock.now() - lastResize > RESIZE_MS * 4) {
      tellSize();
      return;
    }
    resizeTimer = clock.after(RESIZE_MS, () => {
      resizeTimer = undefined;
      tellSize();
    });
  };

  const raw = (on: boolean): void => {
    try {
      stdin.setRawMode?.(on);
    } catch {
      // The terminal is gone; the hang-up is told by the streams.
    }
  };

  function farewell(text: string): void {
    if (!open) return;
    if (stdout.fd === undefined) {
      stdout.write(text);
      return;
    }
    let rest = Buffer.from(text);
    for (let tries = 0; rest.length > 0 && tries < MAX_FAREWELL_TRIES; tries++) {
      try {
        rest = rest.subarray(writeSync(stdout.fd, rest));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
        // A full pipe: give its reader a moment, without a timer since this may be the last thing we do.
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
      }
    }
  }

  function stop(): void {
    waitingToStop?.();
    waitingToStop = undefined;
    device.leave();
    // Signal listeners do not keep the loop alive, and a paused input neither: without this `fg` would end the process.
    const hold = clock.every(2 ** 30, () => {});
    host.off('SIGTSTP', onStopSignal);
    const resume = (): void => {
      host.off('SIGCONT', resume);
      hold();
      host.on('SIGTSTP', onStopSignal);
      device.enter();
      events.emit('resume');
    };
    host.on('SIGCONT', resume);
    // The whole group: a wrapper (npm, a shell script) must stop too, or it keeps the shell away.
    host.kill(0, 'SIGTSTP');
  }
  const onCrash = (error: unknown): void => {
    if (!options.isContained?.(error)) quit('crash', 1, error);
  };
  const onStopSignal = (): void => {
    // The editor that has the terminal was stopped: we stop with it, or the shell would not come back.
    if (outside > 0 && !active) host.kill(process.pid, 'SIGSTOP');
    else device.suspend();
  };
  const onContinued = (): void => {
    // Stopped by somebody's SIGSTOP: the shell has changed the modes meanwhile.
    if (!active) return;
    raw(false);
    raw(true);
    device.write(ENTER + (mouse ? MOUSE_ON : '') + (reordering ? '' : AS_SENT) + switchBorrowed('h'));
    events.emit('resume');
  };

  const device: Device = {
    get columns() {
      return size(stdout.columns, 80);
    },
    get rows() {
      return size(stdout.rows, 24);
    },
    get ready() {
      return stdout.writableLength === 0;
    },
    get active() {
      return active;
    },
    get bytes() {
      return bytes;
    },
    on: (name, listener) => events.on(name, listener as never),
    write(data) {
      if (!open || !active || data === '') return;
      bytes += Buffer.byteLength(data);
      stdout.write(data, () => {
        if (device.ready) events.emit('drain');
      });
    },
    enter() {
      if (active || quitting) return;
      active = true;
      setBlocking(false);
      raw(true);
      stdin.on('data', onData);
      stdin.resume();
      device.write(ENTER + (mouse ? MOUSE_ON : '') + (reordering ? '' : AS_SENT) + switchBorrowed('h'));
    },
    leave() {
      if (!active) return;
      active = false;
      farewell(LEAVE + (titled ? POP_TITLE : '') + (reordering ? '' : REORDER) + switchBorrowed('l'));
      titled = false;
      stdin.off('data', onData);
      // What is typed from now on is for whoever has the terminal next, while we still say goodbye.
      stdin.pause();
      raw(false);
      setBlocking(true);
    },
    suspend() {
      if (!active || waitingToStop !== undefined) return;
      if (device.ready) {
        stop();
        return;
      }
      // What is still queued would be printed over the shell's screen after `fg`.
      const undos = [clock.after(SUSPEND_PATIENCE_MS, stop), events.on('drain', stop)];
      waitingToStop = () => {
        for (const undo of undos) undo();
      };
    },
    async runOutside(run) {
      if (outside++ === 0) {
        device.leave();
      }
      try {
        return await run();
      } finally {
        if (--outside === 0 && !quitting) {
          device.enter();
          events.emit('resume');
        }
      }
    },
    guard() {
      const listeners: [event: string, listener: (...args: never[]) => void][] = SIGNALS.map(
        ([signal, reason, code]) => [
          signal,
          () => {
            // Ctrl-C in the editor that has the terminal is meant for the editor.
            if (outside === 0 || reason !== 'interrupt') quit(reason, code);
          },
        ],
      );
      listeners.push(
        ['SIGTSTP', onStopSignal],
        ['SIGCONT', onContinued],
        ['exit', () => device.leave()],
        ['uncaughtException', onCrash],
        ['unhandledRejection', onCrash],
      );
      for (const [event, listener] of listeners) host.on(event, listener);
      return () => {
        for (const [event, listener] of listeners) host.off(event, listener);
      };
    },
    setTitle(title) {
      // The title is taken from safe text, but a terminal must never see a control in it, whatever happens.
      const words = title.replace(/[\0-\x1f\x7f-\x9f]/g, '').slice(0, MAX_TITLE);
      device.write(`${titled ? '' : PUSH_TITLE}${ESC}]2;${words}${ESC}\\`);
      titled = true;
    },
    bell() {
      device.write('\x07');
    },
    setReordering(on) {
      if (reordering === on) return;
      reordering = on;
      device.write(on ? REORDER : AS_SENT);
    },
    setMouse(on) {
      if (mouse === on) return;
      mouse = on;
      device.write(on ? MOUSE_ON : MOUSE_OFF);
    },
    borrow(mode) {
      borrowed.add(mode);
      if (active) device.write(`${ESC}[?${mode}h`);
    },
    copy(text) {
      const data = Buffer.from(text).toString('base64');
      if (data.length > MAX_COPY) return false;
      device.write(`${ESC}]52;c;${data}\x07`);
      return true;
    },
  };

  stdout.on('error', onOutputGone);
  stdout.on('resize', onResize);
  stdin.on('error', onInputGone);
  stdin.on('end', onInputGone);
  stdin.on('close', onInputGone);
  return device;
}
