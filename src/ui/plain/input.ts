/** Lines from standard input, terminal, pipe or file; a secret is read from a terminal without being shown. */
import { StringDecoder } from 'node:string_decoder';

/** What of `process.stdin` is used. */
export interface LineSource {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
  resume(): unknown;
  pause(): unknown;
  on(event: 'data', listener: (data: Buffer | string) => void): unknown;
  on(event: 'end' | 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: NodeJS.ErrnoException) => void): unknown;
}

export interface LineInput {
  /** True while a terminal shows nothing of what is typed. */
  hide(on: boolean): void;
  close(): void;
}

/** A longer line comes in pieces. */
const MAX_LINE = 64 * 1024;

export function createLineInput(options: {
  readonly stdin: LineSource;
  readonly onLine: (line: string) => void;
  /** No further line will come. */
  readonly onEnd: () => void;
  /** Ctrl-C while nothing is shown (otherwise it is a signal). */
  readonly onInterrupt: () => void;
}): LineInput {
  const { stdin, onLine } = options;
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let hidden = false;
  let ended = false;

  const end = (): void => {
    if (ended) return;
    ended = true;
    if (rest !== '') onLine(rest.replace(/\r$/, ''));
    rest = '';
    options.onEnd();
  };

  /** What the terminal does by itself as long as it shows what is typed. */
  const editHidden = (text: string): void => {
    for (const key of text) {
      if (key === '\r' || key === '\n') {
        const line = rest;
        rest = '';
        onLine(line);
      } else if (key === '\x7f' || key === '\b') rest = [...rest].slice(0, -1).join('');
      else if (key === '\x15') rest = '';
      else if (key === '\x03') options.onInterrupt();
      else if (key === '\x04') {
        if (rest === '') end();
      } else if (key >= ' ') rest += key;
    }
  };

  stdin.on('data', data => {
    if (ended) return;
    const text = typeof data === 'string' ? data : decoder.write(data);
    if (hidden) {
      editHidden(text);
      return;
    }
    rest += text;
    for (;;) {
      const at = rest.indexOf('\n');
      if (at < 0 && rest.length <= MAX_LINE) return;
      const line = at < 0 ? rest.slice(0, MAX_LINE) : rest.slice(0, at);
      rest = rest.slice(at < 0 ? MAX_LINE : at + 1);
      onLine(line.replace(/\r$/, ''));
    }
  });
  stdin.on('end', end);
  stdin.on('close', end);
  stdin.on('error', end);
  stdin.resume();

  const hide = (on: boolean): void => {
    if (hidden === on || !stdin.isTTY) return;
    hidden = on;
    try {
      stdin.setRawMode?.(on);
    } catch {
      // The terminal is gone; the streams tell it.
    }
  };
  return {
    hide,
    close() {
      hide(false);
      ended = true;
      stdin.pause();
    },
  };
}
