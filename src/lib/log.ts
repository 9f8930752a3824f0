/** The debug log: the last lines in memory for crash files and, when asked, a file of mode 0600. Secrets never reach it. */
import { chmodSync, closeSync, fstatSync, openSync, writeSync } from 'node:fs';
import { createRing } from './ring.js';

export type LogLevel = 'debug' | 'info' | 'warning' | 'error';

export interface Log {
  debug(area: string, text: string): void;
  info(area: string, text: string): void;
  warning(area: string, text: string): void;
  error(area: string, text: string, error?: unknown): void;
  /** The last lines, oldest first, for a crash file. */
  recent(): string[];
  /** Writes to a file from now on; throws if it cannot be opened. */
  open(path: string): void;
  close(): void;
  /** True if lines go to a file: whoever must work to make a line asks first. */
  readonly verbose: boolean;
}

/** Lines kept for a crash file. */
const RECENT = 200;
/** A line is cut here: one stanza may have a megabyte. */
const MAX_TEXT = 4000;
/** The file is not written beyond this; the memory goes on. */
const MAX_FILE = 64 * 1024 * 1024;

const HIDDEN = '[hidden]';
// Elements whose content is a secret, whatever prefix they have.
const SECRET_ELEMENTS =
  /<((?:[\w-]+:)?(?:auth|authenticate|response|challenge|success|initial-response|additional-data|password|token|digest|hash|secret|private))(\s[^<>]*)?>[^<]*(?:<\/\1\s*>|$)/gi;
const SECRET_FIELD =
  /(<field\b[^<>]*\bvar=(?:'[^']*|"[^"]*)(?:password|secret|token)[^<>]*>\s*<value>)[^<]*(<\/value>|$)/gi;
const SECRET_ATTRIBUTE = /\b(password|token|secret|passwd)=("[^"]*"|'[^']*')/gi;
const SECRET_OPTION = /\b(password|passwd|token|secret)(\s*[:=]\s*)(?!["'])\S+/gi;

/** The text without SASL exchanges, passwords and tokens. */
export function redact(text: string): string {
  return text
    .replace(
      SECRET_ELEMENTS,
      (_all, name: string, attributes: string | undefined) => `<${name}${attributes ?? ''}>${HIDDEN}</${name}>`,
    )
    .replace(SECRET_FIELD, `$1${HIDDEN}$2`)
    .replace(SECRET_ATTRIBUTE, `$1="${HIDDEN}"`)
    .replace(SECRET_OPTION, `$1$2${HIDDEN}`);
}

/** One line of printable text: controls would command the terminal of whoever reads the log. */
function oneLine(text: string): string {
  return text.replace(/[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, control => {
    if (control === '\n') return '\\n';
    return `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

export function createLog(now: () => number = Date.now): Log {
  const ring = createRing<string>(RECENT);
  let fd: number | undefined;
  let written = 0;

  const close = (): void => {
    if (fd !== undefined) closeSync(fd);
    fd = undefined;
  };

  const add = (level: LogLevel, area: string, text: string): void => {
    // Redacted before it is cut: half a secret is one too.
    const body = redact(text.length > MAX_TEXT * 16 ? text.slice(0, MAX_TEXT * 16) : text);
    const cut = body.length > MAX_TEXT ? `${body.slice(0, MAX_TEXT)}… [+${text.length - MAX_TEXT}]` : body;
    const line = `${new Date(now()).toISOString()} ${level} ${area}: ${oneLine(cut)}`;
    ring.push(line);
    if (fd === undefined || written > MAX_FILE) return;
    try {
      written += writeSync(fd, `${line}\n`);
    } catch {
      // A full disk must not end a conversation.
      close();
    }
  };

  return {
    debug: (area, text) => add('debug', area, text),
    info: (area, text) => add('info', area, text),
    warning: (area, text) => add('warning', area, text),
    error(area, text, error) {
      const details =
        error instanceof Error ? ` ${error.stack ?? error.message}` : error === undefined ? '' : ` ${String(error)}`;
      add('error', area, text + details);
    },
    recent: () => [...ring],
    open(path) {
      close();
      fd = openSync(path, 'a', 0o600);
      chmodSync(path, 0o600);
      written = fstatSync(fd).size;
    },
    close,
    get verbose() {
      return fd !== undefined;
    },
  };
}
