/** A terminal in memory for `createDevice`: streams that end in an emulator, a host that only records, and a byte counter. */
import { EventEmitter } from 'node:events';
import type { Host, TtyInput, TtyOutput } from '../../src/ui/device.js';
import { createScreen, type Screen } from './screen.js';

export interface FakeTty {
  readonly stdin: TtyInput & EventEmitter & { readonly raw: boolean };
  readonly stdout: TtyOutput & EventEmitter;
  readonly host: Host & EventEmitter & { readonly kills: readonly string[] };
  readonly screen: Screen;
  /** Bytes written since the last `takeBytes`. */
  takeBytes(): number;
  /** What was written since the last `takeOutput`. */
  takeOutput(): string;
  /** Bytes that a person's terminal sends. */
  type(data: string): void;
  resize(columns: number, rows: number): void;
  /** The terminal stops reading, as over a stalled connection. */
  stall(): void;
  /** It reads again. */
  unstall(): void;
  /** The rows of the screen, when everything written has arrived. */
  rows(): Promise<readonly string[]>;
}

export function createFakeTty(columns = 80, rows = 24): FakeTty {
  const screen = createScreen({ columns, rows });
  let size = { columns, rows };
  let stalled = false;
  let queue: { data: string; done: (() => void) | undefined }[] = [];
  let bytes = 0;
  let output = '';
  let raw = false;
  const kills: string[] = [];

  const deliver = (data: string, done: (() => void) | undefined): void => {
    void screen.write(data);
    done?.();
  };

  const stdin = Object.assign(new EventEmitter(), {
    isTTY: true,
    get raw() {
      return raw;
    },
    setRawMode(on: boolean) {
      raw = on;
    },
    resume() {},
    pause() {},
  });
  Object.defineProperty(stdin, 'raw', { get: () => raw });
  const stdout = Object.assign(new EventEmitter(), {
    isTTY: true,
    columns,
    rows,
    writableLength: 0,
    write(data: string, done?: () => void) {
      bytes += Buffer.byteLength(data);
      output += data;
      if (stalled) queue.push({ data, done });
      else deliver(data, done);
    },
  });
  Object.defineProperties(stdout, {
    columns: { get: () => size.columns },
    rows: { get: () => size.rows },
    writableLength: { get: () => queue.reduce((sum, item) => sum + item.data.length, 0) },
  });
  const host = Object.assign(new EventEmitter(), {
    kills,
    kill(_pid: number, signal: string) {
      kills.push(signal);
    },
  });

  return {
    stdin: stdin as unknown as FakeTty['stdin'],
    stdout: stdout as unknown as FakeTty['stdout'],
    host: host as unknown as FakeTty['host'],
    screen,
    takeBytes() {
      const count = bytes;
      bytes = 0;
      return count;
    },
    takeOutput() {
      const text = output;
      output = '';
      return text;
    },
    type(data) {
      stdin.emit('data', Buffer.from(data));
    },
    resize(newColumns, newRows) {
      size = { columns: newColumns, rows: newRows };
      screen.resize(newColumns, newRows);
      stdout.emit('resize');
    },
    stall() {
      stalled = true;
    },
    unstall() {
      stalled = false;
      const waiting = queue;
      queue = [];
      for (const { data, done } of waiting) deliver(data, done);
    },
    async rows() {
      await screen.write('');
      return screen.lines();
    },
  };
}
