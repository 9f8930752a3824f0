/** Runs the built program in a real pseudo-terminal and looks at its screen as a person would; the pty itself is opened by pty.py. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { findProgram } from '../setup.js';
import { createLag, PATIENCE_MS } from './patience.js';
import { createProof } from './proof.js';
import { type CellAttributes, createScreen, drawScreen, type ScreenModes } from './screen.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BRIDGE = fileURLToPath(new URL('pty.py', import.meta.url));
/** A frame that takes longer is shown as far as it came, as terminals do. */
const HALF_FRAME_MS = 2000;

export interface TerminalOptions {
  /** What to run; without it the built program: `node bin/causette.js`. */
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  /** Added to a small fixed environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly columns?: number;
  readonly rows?: number;
  /** A folder to use as home, so that a second run finds what the first one saved; without it a throwaway one. */
  readonly home?: string;
}

export interface TerminalEnd {
  /** The exit code, or undefined when a signal ended the program. */
  readonly code: number | undefined;
  readonly signal: string | undefined;
  /** The line settings (stty) are as they were before. */
  readonly sttyRestored: boolean;
  /** Which parts of them are not. */
  readonly sttyChanged: readonly string[];
  /** What the program left switched on in the terminal. */
  readonly modes: ScreenModes;
}

/** What to wait for: a text anywhere on the screen, a pattern over the whole screen (rows joined by newlines), or any question about it. */
export type Awaited = string | RegExp | ((lines: readonly string[]) => boolean);

export interface TestTerminal {
  readonly home: string;
  readonly columns: number;
  readonly rows: number;
  /** Sends characters as they are. */
  type(text: string): void;
  /** Types a line and presses Enter. */
  enter(line: string): void;
  /** Presses chords: `key('Ctrl-k')`, `key('Alt-2', 'Enter')`, `key('PageUp')`, `key('é')`. */
  key(...chords: readonly string[]): void;
  /** Pastes as a terminal with bracketed paste switched on does. */
  paste(text: string): void;
  resize(columns: number, rows: number): void;
  screen(): readonly string[];
  /** The screen as one string, rows joined by newlines. */
  text(): string;
  cursor(): { readonly column: number; readonly row: number };
  attributesAt(column: number, row: number): CellAttributes;
  /** Where a text stands on the screen, in cells for text without wide characters before it. */
  find(text: string): { readonly column: number; readonly row: number } | undefined;
  modes(): ScreenModes;
  title(): string;
  bells(): number;
  bytesWritten(): number;
  /** Every byte that the program has written. */
  raw(): Buffer;
  /** When the next bytes with this text among them came in, by `performance.now()`: before the emulator has drawn them. */
  heard(text: string, timeoutMs?: number): Promise<number>;
  /** When bytes came in last. */
  lastHeardAt(): number;
  /** The emulator draws nothing (true), or what it has missed and all that follows (false): its work must not be measured. */
  blindfold(on: boolean): void;
  /** Settles as soon as the screen shows it; rejects with the whole screen in the message. */
  waitFor(what: Awaited, timeoutMs?: number): Promise<void>;
  /** Settles as soon as the screen does not show it any more. */
  waitGone(what: Awaited, timeoutMs?: number): Promise<void>;
  /** A signal to the program. */
  signal(name: NodeJS.Signals): void;
  /** The line goes down (SIGHUP), as when a terminal window is closed. */
  hangup(): void;
  /** The terminal is gone: the kernel hangs up, and reads and writes of the program fail (EIO). */
  close(): void;
  /** Stops taking the program's output, like a terminal that hangs; `unfreeze` goes on. */
  freeze(): void;
  unfreeze(): void;
  /** The pid of the program. */
  readonly pid: Promise<number>;
  /** When the program itself was started, by `performance.now()`: the bridge needs a tenth of a second before that. */
  readonly startedAt: Promise<number>;
  readonly exit: Promise<TerminalEnd>;
  /** The exit, but with the screen in the message when it does not come in time. */
  waitExit(timeoutMs?: number): Promise<TerminalEnd>;
  /** Ends everything and removes the throwaway home; safe to call twice. */
  kill(): Promise<void>;
}

export function openTerminal(options: TerminalOptions = {}): TestTerminal {
  let columns = options.columns ?? 80;
  let rows = options.rows ?? 24;
  const throwaway = options.home === undefined;
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'causette-home-'));
  const command = [
    ...(options.command ?? [process.execPath, join(ROOT, 'bin', 'causette.js')]),
    ...(options.args ?? []),
  ];
  const python = findProgram('python3');
  if (python === undefined) throw new Error('python3 is not installed; `npm test` installs it');

  const bridge = spawn(python, ['-I', '-B', BRIDGE, String(columns), String(rows), ...command], {
    cwd: home,
    env: environment(home, options.env ?? {}),
    stdio: ['pipe', 'pipe', 'inherit', 'pipe', 'pipe'],
  });
  const stdin = bridge.stdin as Writable;
  const stdout = bridge.stdout as Readable;
  const orders = bridge.stdio[3] as Writable;
  const reports = bridge.stdio[4] as Readable;
  // Writing to a program that has just ended is no failure of the test.
  for (const stream of [stdin, orders]) stream.on('error', () => undefined);

  const screen = createScreen({ columns, rows, onReply: reply => send(reply) });
  const chunks: Buffer[] = [];
  let byteCount = 0;
  let heardAt = 0;
  const onChunk = new Set<(chunk: Buffer) => void>();
  let unseen: Buffer[] | undefined;
  const onChange = new Set<() => void>();
  const changed = () => {
    for (const listener of [...onChange]) listener();
  };
  const [typing, showing] = [createLag(), createLag()];
  const show = (chunk: Buffer) => {
    chunks.push(chunk);
    byteCount += chunk.length;
    heardAt = performance.now();
    for (const listener of [...onChunk]) listener(chunk);
    if (unseen === undefined) for (const frame of framesOf(chunk)) void screen.write(frame, changed);
    else unseen.push(chunk);
  };
  stdout.on('data', (chunk: Buffer) => showing(() => show(chunk)));

  let resolvePid: (value: number) => void;
  const pid = new Promise<number>(resolve => {
    resolvePid = resolve;
  });
  let resolveStart: (value: number) => void;
  const startedAt = new Promise<number>(resolve => {
    resolveStart = resolve;
  });
  let report: ExitReport | undefined;
  createInterface({ input: reports }).on('line', line => {
    const values = JSON.parse(line) as Partial<ExitReport> & { readonly pid?: number; readonly at?: number };
    if (values.pid !== undefined) {
      resolvePid(values.pid);
      resolveStart((values.at ?? 0) * 1000 - performance.timeOrigin);
    } else report = values as ExitReport;
  });
  let ended: TerminalEnd | undefined;
  let broken = false;
  const exit = new Promise<TerminalEnd>((resolve, reject) => {
    bridge.once('error', reject);
    const close = () => {
      // The last bytes may still be on their way through the emulator.
      void screen.write('').then(() => {
        if (report === undefined) {
          broken = true;
          reject(new Error(`the pty bridge ended without a report\n${draw()}`));
        } else {
          ended = {
            code: report.code ?? undefined,
            signal: signalName(report.signal),
            sttyRestored: report.sane,
            sttyChanged: report.changed,
            modes: screen.modes(),
          };
          resolve(ended);
        }
        changed();
      });
    };
    bridge.once('close', () => showing(close));
  });
  // Whoever waits gets the rejection; a test that never looks must not die of it.
  exit.catch(() => undefined);

  const draw = () => drawScreen(screen.lines(), columns);
  const order = (line: string) => {
    if (orders.writable) orders.write(`${line}\n`);
  };
  const proof = createProof(() => screen.lines());
  // What the bridge is given at once the program reads at once, and the next thing after that.
  const send = (bytes: string) => {
    proof.step(bytes);
    typing(() => {
      if (stdin.writable) stdin.write(`${JSON.stringify(bytes)}\n`);
    });
  };

  /** In the middle of a frame, which nobody sees (mode 2026). */
  const isDrawing = () =>
    screen.modes().synchronizedOutput && ended === undefined && !broken && performance.now() - heardAt < HALF_FRAME_MS;
  /** Settles when the condition holds; looks after each change of the screen, never after a time. */
  const until = (holds: () => boolean, wanted: string, timeoutMs: number) =>
    new Promise<void>((resolve, reject) => {
      const finish = (error?: Error) => {
        clearTimeout(timer);
        clearInterval(again);
        onChange.delete(look);
        if (error === undefined) resolve();
        else reject(error);
      };
      const fail = (why: string) => finish(new Error(`${why} ${wanted}\n${draw()}`, { cause: where }));
      const look = () => {
        if (isDrawing()) return;
        if (holds()) finish();
        else if (broken) fail('the pty bridge broke before');
        else if (ended !== undefined) fail(`the program ended (${ended.signal ?? ended.code}) without`);
      };
      // The stack of the caller: inside the listeners it is lost.
      const where = new Error('waited for here');
      const timer = setTimeout(() => fail(`after ${timeoutMs} ms there is still no`), timeoutMs);
      // A program that was killed in the middle of a frame does not end it.
      const again = setInterval(look, HALF_FRAME_MS);
      onChange.add(look);
      look();
    });

  const terminal: TestTerminal = {
    home,
    get columns() {
      return columns;
    },
    get rows() {
      return rows;
    },
    type: send,
    enter: line => send(`${line}\r`),
    key: (...chords) => send(chords.map(chord => encodeChord(chord, screen.modes().applicationCursorKeys)).join('')),
    paste: text => send(screen.modes().bracketedPaste ? `\u001b[200~${text}\u001b[201~` : text.replaceAll('\n', '\r')),
    resize(newColumns, newRows) {
      columns = newColumns;
      rows = newRows;
      screen.resize(newColumns, newRows);
      order(`resize ${newColumns} ${newRows}`);
    },
    screen: () => screen.lines(),
    text: () => screen.lines().join('\n'),
    cursor: screen.cursor,
    attributesAt: screen.attributesAt,
    find(text) {
      const lines = screen.lines();
      const row = lines.findIndex(line => line.includes(text));
      return row === -1 ? undefined : { column: lines[row]!.indexOf(text), row };
    },
    modes: screen.modes,
    title: screen.title,
    bells: screen.bells,
    bytesWritten: () => byteCount,
    raw: () => Buffer.concat(chunks),
    heard: (text, timeoutMs = PATIENCE_MS) =>
      new Promise((resolve, reject) => {
        let tail = Buffer.alloc(0);
        const listen = (chunk: Buffer): void => {
          const bytes = Buffer.concat([tail, chunk]);
          tail = bytes.subarray(-Buffer.byteLength(text));
          if (!bytes.includes(text)) return;
          clearTimeout(timer);
          onChunk.delete(listen);
          resolve(heardAt);
        };
        const timer = setTimeout(() => {
          onChunk.delete(listen);
          reject(new Error(`after ${timeoutMs} ms there are still no bytes with ${print(text)}\n${draw()}`));
        }, timeoutMs);
        onChunk.add(listen);
      }),
    lastHeardAt: () => heardAt,
    blindfold(on) {
      if (on) {
        unseen ??= [];
        return;
      }
      const missed = unseen ?? [];
      unseen = undefined;
      if (missed.length > 0) void screen.write(Buffer.concat(missed)).then(changed);
    },
    waitFor(what, timeoutMs = PATIENCE_MS) {
      proof.wait(lines => shows(lines, what), print(what));
      return until(() => shows(screen.lines(), what), print(what), timeoutMs);
    },
    waitGone(what, timeoutMs = PATIENCE_MS) {
      proof.wait(lines => !shows(lines, what), `no ${print(what)}`);
      return until(() => !shows(screen.lines(), what), `screen without ${print(what)}`, timeoutMs);
    },
    signal: name => order(`signal ${constants.signals[name]}`),
    hangup: () => order('hangup'),
    close: () => order('close'),
    freeze: () => stdout.pause(),
    unfreeze: () => stdout.resume(),
    pid,
    startedAt,
    exit,
    async waitExit(timeoutMs = PATIENCE_MS) {
      await until(() => ended !== undefined, 'end of the program', timeoutMs);
      return exit;
    },
    async kill() {
      stdout.resume();
      order(`signal ${constants.signals.SIGKILL}`);
      await exit.catch(() => undefined);
      screen.dispose();
      if (throwaway) rmSync(home, { recursive: true, force: true });
    },
  };
  return terminal;
}

/** The end of a frame (mode 2026). */
const FRAME_END = Buffer.from('\u001b[?2026l');

/** A busy machine reads several frames at once: each is looked at, because what a notice says may stand in one of them only. */
function* framesOf(chunk: Buffer): Generator<Buffer> {
  let from = 0;
  for (let at = chunk.indexOf(FRAME_END); at >= 0; at = chunk.indexOf(FRAME_END, from)) {
    const end = at + FRAME_END.length;
    yield chunk.subarray(from, end);
    from = end;
  }
  if (from < chunk.length) yield chunk.subarray(from);
}

interface ExitReport {
  readonly code: number | null;
  readonly signal: number | null;
  readonly sane: boolean;
  readonly changed: readonly string[];
}

/** A small fixed environment: what the machine of the tester sets must not change a result. */
function environment(home: string, extra: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const folders = {
    XDG_CONFIG_HOME: join(home, '.config'),
    XDG_DATA_HOME: join(home, '.local', 'share'),
    XDG_STATE_HOME: join(home, '.local', 'state'),
    XDG_CACHE_HOME: join(home, '.cache'),
  };
  for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
  const all: Record<string, string | undefined> = {
    PATH: process.env['PATH'],
    HOME: home,
    USER: 'tester',
    SHELL: '/bin/sh',
    TERM: 'xterm-256color',
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    ...folders,
    ...extra,
  };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function shows(lines: readonly string[], what: Awaited): boolean {
  if (typeof what === 'string') return lines.some(line => line.includes(what));
  // A new pattern each time: one with the g flag remembers where it stopped.
  if (what instanceof RegExp) return new RegExp(what.source, what.flags.replace(/[gy]/g, '')).test(lines.join('\n'));
  return what(lines);
}

function print(what: Awaited): string {
  return typeof what === 'function' ? `what was awaited (${what.toString()})` : JSON.stringify(String(what));
}

function signalName(number: number | null): string | undefined {
  if (number === null) return undefined;
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? String(number);
}

/** Keys whose sequence ends in a letter: CSI letter, SS3 letter in application mode, CSI 1;m letter with modifiers. */
const LETTER_KEYS: Readonly<Record<string, string>> = {
  up: 'A',
  down: 'B',
  right: 'C',
  left: 'D',
  end: 'F',
  home: 'H',
};
/** Keys whose sequence ends in a tilde: CSI n ~, CSI n;m ~ with modifiers. */
const TILDE_KEYS: Readonly<Record<string, number>> = {
  insert: 2,
  delete: 3,
  pageup: 5,
  pagedown: 6,
  f5: 15,
  f6: 17,
  f7: 18,
  f8: 19,
  f9: 20,
  f10: 21,
  f11: 23,
  f12: 24,
};
const PLAIN_KEYS: Readonly<Record<string, string>> = {
  enter: '\r',
  return: '\r',
  tab: '\t',
  backspace: '\u007f',
  escape: '\u001b',
  space: ' ',
};

/** The bytes that xterm sends for a chord such as `Ctrl-k`, `C-k`, `Alt-2`, `M-a`, `Shift-Tab`, `PageUp`. */
export function encodeChord(chord: string, applicationCursorKeys = false): string {
  let [ctrl, alt, shift] = [false, false, false];
  let key = chord;
  for (let match = MODIFIER.exec(key); match !== null; match = MODIFIER.exec(key)) {
    const name = match[1]!.toLowerCase();
    if (name.startsWith('c')) ctrl = true;
    else if (name.startsWith('s')) shift = true;
    else alt = true;
    key = key.slice(match[0].length);
  }
  const name = key.toLowerCase();
  const modifiers = 1 + (shift ? 1 : 0) + (alt ? 2 : 0) + (ctrl ? 4 : 0);
  const letter = LETTER_KEYS[name];
  if (letter !== undefined) {
    if (modifiers > 1) return `\u001b[1;${modifiers}${letter}`;
    return `\u001b${applicationCursorKeys ? 'O' : '['}${letter}`;
  }
  const tilde = TILDE_KEYS[name];
  if (tilde !== undefined) return modifiers > 1 ? `\u001b[${tilde};${modifiers}~` : `\u001b[${tilde}~`;
  const functionKey = /^f([1-4])$/.exec(name);
  if (functionKey !== null) return `\u001bO${'PQRS'[Number(functionKey[1]) - 1]}`;
  if (name === 'tab' && shift) return '\u001b[Z';
  const plain = PLAIN_KEYS[name] ?? key;
  if ([...plain].length !== 1) throw new Error(`there is no key ${chord}`);
  return (alt ? '\u001b' : '') + (ctrl ? withCtrl(plain, chord) : plain);
}

const MODIFIER = /^(ctrl|c|alt|meta|m|shift|s)-(?=.)/i;

function withCtrl(character: string, chord: string): string {
  const code = character.toUpperCase().charCodeAt(0);
  if (character === ' ') return '\u0000';
  if (character === '/') return '\u001f';
  if (code < 0x40 || code > 0x5f) throw new Error(`a terminal has no bytes for ${chord}`);
  return String.fromCharCode(code & 0x1f);
}
