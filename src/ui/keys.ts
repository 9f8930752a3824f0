/** Bytes of the terminal decoded to keys, text, pastes, mouse and replies. */
import { StringDecoder } from 'node:string_decoder';
import type { Undo } from '../lib/disposables.js';
import { type Clock, systemClock } from '../lib/time.js';

/** A key with its modifiers in the order ctrl, alt, shift: `ctrl-n`, `alt-1`, `alt-shift-n`, `f5`, `pageup`, `shift-tab`. */
export type Chord = string;

export interface Mouse {
  readonly action: 'down' | 'up' | 'move' | 'wheel-up' | 'wheel-down';
  readonly button: number;
  /** Cell, counted from 0. */
  readonly x: number;
  readonly y: number;
  readonly shift: boolean;
  readonly alt: boolean;
  readonly ctrl: boolean;
}

export type InputEvent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'paste'; readonly text: string }
  /** Something that cannot be sent was left out of what was typed or pasted. */
  | { readonly type: 'cleaned' }
  | { readonly type: 'key'; readonly chord: Chord }
  | { readonly type: 'mouse'; readonly mouse: Mouse }
  | { readonly type: 'focus'; readonly focused: boolean }
  /** What the terminal answered to a question of ours. */
  | { readonly type: 'reply'; readonly data: string };

export interface KeyDecoderOptions {
  readonly onEvent: (event: InputEvent) => void;
  readonly clock?: Clock;
  /** How long an ESC may wait for the rest of a sequence. */
  readonly escapeMs?: number;
  /**
   * Where the terminal knows no bracketed paste: take several line breaks and more text in one read as a paste,
   * because a paste must never run a command. One or two are not enough: over a slow link what was typed ahead
   * arrives in one read too.
   */
  readonly burstsArePastes?: boolean;
}

export interface KeyDecoder {
  feed(data: Buffer | string): void;
  setEscapeMs(ms: number): void;
  /** Forgets half a sequence (after the terminal was given away). */
  reset(): void;
}

const ESCAPE_MS = 50;
/** What has begun like a sequence may wait longer than an ESC alone: nobody types `ESC [` as two keys. */
const SEQUENCE_MS = 500;
/** So long after an ESC of its own the rest of its sequence may still come over a slow link. */
const LATE_MS = 1000;
/** The whole rest of the sequence of a key, and nothing else. */
const LATE_TAIL = /^(?:\[(?:\d{1,3}(?:;\d{1,3}){0,2}[~A-HPQRSu^$@]|[A-HZ]|\[[A-E])|O[A-DFHPQRS])$/;
const MAX_PASTE = 1 << 20;
const MAX_REPLY = 1 << 16;
const MAX_CSI = 64;
const PASTE_START = '\x1b[200~';
const PASTE_END = '\x1b[201~';

const TILDE: Readonly<Record<number, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
  25: 'f13',
  26: 'f14',
  28: 'f15',
  29: 'f16',
  31: 'f17',
  32: 'f18',
  33: 'f19',
  34: 'f20',
};
const LETTERS: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  E: 'clear',
  F: 'end',
  H: 'home',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
};
const CODES: Readonly<Record<number, string>> = {
  8: 'backspace',
  9: 'tab',
  13: 'enter',
  27: 'escape',
  32: 'space',
  127: 'backspace',
};
const KEYPAD: Readonly<Record<string, string>> = {
  j: '*',
  k: '+',
  l: ',',
  m: '-',
  n: '.',
  o: '/',
  p: '0',
  q: '1',
  r: '2',
  s: '3',
  t: '4',
  u: '5',
  v: '6',
  w: '7',
  x: '8',
  y: '9',
  X: '=',
};
// Keypad and function keys of the kitty protocol, from 57399 on.
const KITTY_KEYPAD = '0123456789./*-+';
const KITTY_NAMED: Readonly<Record<number, string>> = {
  57414: 'enter',
  57417: 'left',
  57418: 'right',
  57419: 'up',
  57420: 'down',
  57421: 'pageup',
  57422: 'pagedown',
  57423: 'home',
  57424: 'end',
  57425: 'insert',
  57426: 'delete',
};

const SHIFT = 1;
const ALT = 2;
const CTRL = 4;
const META = 8;

function chordOf(name: string, modifiers: number): Chord {
  const ctrl = modifiers & CTRL ? 'ctrl-' : '';
  const alt = modifiers & (ALT | META) ? 'alt-' : '';
  return `${ctrl}${alt}${modifiers & SHIFT ? 'shift-' : ''}${name}`;
}

/** A key has one letter: that of İ, whose small one are two, stays as it is. */
function lower(char: string): string {
  const low = char.toLowerCase();
  return [...low].length === 1 ? low : char;
}

/** Lines in one read that nobody can have typed ahead. */
const BURST_LINES = 3;

/** Printable text only, with so many line breaks inside of it. */
function isBurst(text: string): boolean {
  if (text.length < BURST_LINES || /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text)) return false;
  return (text.trimEnd().match(/\r\n?|\n/g)?.length ?? 0) >= BURST_LINES;
}

export function createKeyDecoder(options: KeyDecoderOptions): KeyDecoder {
  const { onEvent, clock = systemClock, burstsArePastes = true } = options;
  let escapeMs = options.escapeMs ?? ESCAPE_MS;
  let utf8 = new StringDecoder('utf8');
  let buffer = '';
  let paste: string[] | undefined;
  let pasteLength = 0;
  let timer: Undo | undefined;
  /** When an ESC alone was given out as a key. */
  let escapedAt = Number.NEGATIVE_INFINITY;

  const key = (name: string, modifiers = 0): void => onEvent({ type: 'key', chord: chordOf(name, modifiers) });
  const reply = (data: string): void => onEvent({ type: 'reply', data });
  // The number of the protocols is the modifiers plus one.
  const modified = (name: string, number: number, extra = 0): void => key(name, Math.max(0, number - 1) | extra);
  const givePaste = (raw: string, isCleaned = false): void => {
    const text = raw.replace(/\r\n?/g, '\n');
    const clean = text.replace(/[\0-\x08\x0b-\x1f\x7f-\x9f]/g, '');
    onEvent({ type: 'paste', text: clean });
    if (isCleaned || clean !== text) onEvent({ type: 'cleaned' });
  };

  function control(code: number, extra = 0): void {
    const name = CODES[code];
    // The Linux console says Shift-Tab in this way; Alt-Tab never reaches a terminal.
    if (code === 9 && extra === ALT) key('tab', SHIFT);
    else if (name !== undefined) key(name, extra);
    else if (code === 10) key('j', CTRL | extra);
    else if (code === 0) key('space', CTRL | extra);
    else key(String.fromCharCode(code < 27 ? code + 96 : code + 64).toLowerCase(), CTRL | extra);
  }

  function codepoint(code: number, number: number): void {
    const modifiers = Math.max(0, number - 1) & (SHIFT | ALT | CTRL | META);
    const name = CODES[code] ?? KITTY_NAMED[code];
    if (code === 32 && (modifiers & ~SHIFT) === 0) {
      onEvent({ type: 'text', text: ' ' });
      return;
    }
    if (name !== undefined) {
      key(name, modifiers);
      return;
    }
    if (code >= 57399 && code < 57399 + KITTY_KEYPAD.length) {
      onEvent({ type: 'text', text: KITTY_KEYPAD[code - 57399]! });
      return;
    }
    // Private use: keys of the protocol that we have no use for.
    if (
      (code >= 57344 && code <= 63743) ||
      code < 0x20 ||
      (code >= 0x80 && code < 0xa0) ||
      code > 0x10ffff ||
      (code >= 0xd800 && code < 0xe000)
    )
      return;
    const char = String.fromCodePoint(code);
    if ((modifiers & ~SHIFT) === 0) onEvent({ type: 'text', text: modifiers & SHIFT ? char.toUpperCase() : char });
    else {
      const low = lower(char);
      key(low, modifiers | (low !== char ? SHIFT : 0));
    }
  }

  function mouse(code: number, x: number, y: number, up: boolean): void {
    const wheel = (code & 64) !== 0;
    const action = wheel ? (code & 1 ? 'wheel-down' : 'wheel-up') : up ? 'up' : code & 32 ? 'move' : 'down';
    onEvent({
      type: 'mouse',
      mouse: {
        action,
        button: code & 3,
        x,
        y,
        shift: (code & 4) !== 0,
        alt: (code & 8) !== 0,
        ctrl: (code & 16) !== 0,
      },
    });
  }

  /** Decodes a CSI at the start of `b`; returns what it used, 0 if the rest is still to come. `extra` are modifiers of a prefix. */
  function csi(b: string, extra: number, final: boolean): number {
    if (b[2] === 'M') {
      if (b.length < 6) return final ? b.length : 0;
      const code = b.charCodeAt(3) - 32;
      mouse(code, b.charCodeAt(4) - 33, b.charCodeAt(5) - 33, (code & 3) === 3 && (code & 64) === 0);
      return 6;
    }
    if (b[2] === '[') {
      // Linux console: F1 to F5.
      if (b.length < 4) return final ? b.length : 0;
      const index = 'ABCDE'.indexOf(b[3]!);
      if (index >= 0) key(`f${index + 1}`, extra);
      return 4;
    }
    const match = /^\x1b\[([<=>?]?)([\d;:]*)([ -/]*)([@-~])/.exec(b);
    if (match === null) {
      // rxvt says Shift with a final `$`, which no standard allows.
      const rxvt = /^\x1b\[(\d+)\$/.exec(b);
      if (rxvt !== null && (final || b.length > rxvt[0].length)) {
        const name = TILDE[Number(rxvt[1])];
        if (name !== undefined) key(name, SHIFT | extra);
        return rxvt[0].length;
      }
      if (!final && b.length < MAX_CSI && /^\x1b\[[<=>?]?[\d;:]*[ -/]*$/.test(b)) return 0;
      key('[', ALT | extra);
      return 2;
    }
    const [all, prefix, parameters, between, last] = match as unknown as [string, string, string, string, string];
    if (between.startsWith('$') && prefix === '' && TILDE[Number(parameters)] !== undefined) {
      key(TILDE[Number(parameters)]!, SHIFT | extra);
      return 3 + parameters.length;
    }
    const p = parameters.split(';').map(part => Number(part.split(':')[0] || 0));
    const [first = 0, second = 0, third = 0] = p;
    if (prefix === '<' && (last === 'M' || last === 'm')) {
      mouse(first, Math.max(0, second - 1), Math.max(0, third - 1), last === 'm');
      return all.length;
    }
    if (prefix !== '' || between !== '') {
      reply(all);
      return all.length;
    }
    const tilde = TILDE[first];
    switch (last) {
      case '~':
        if (first === 200) {
          paste = [];
          pasteLength = 0;
        } else if (first === 27 && p.length >= 3) codepoint(third, second);
        else if (tilde !== undefined) modified(tilde, second || 1, extra);
        return all.length;
      case '^':
        if (tilde !== undefined) key(tilde, CTRL | extra);
        return all.length;
      case '@':
        if (tilde !== undefined) key(tilde, CTRL | SHIFT | extra);
        return all.length;
      case 'u':
        // The event after the colon: 3 is a release.
        if (!/^[\d:]*;\d*:3/.test(parameters)) codepoint(first, second || 1);
        return all.length;
      case 'Z':
        key('tab', SHIFT | extra);
        return all.length;
      case 'I':
        onEvent({ type: 'focus', focused: true });
        return all.length;
      case 'O':
        onEvent({ type: 'focus', focused: false });
        return all.length;
      case 'a':
      case 'b':
      case 'c':
      case 'd':
        if (parameters === '') key(LETTERS[last.toUpperCase()]!, SHIFT | extra);
        else reply(all);
        return all.length;
      case 'R':
        // A cursor position has a row; F3 with modifiers has 1 there.
        if (p.length === 2 && first > 1) {
          reply(all);
          return all.length;
        }
    }
    const name = LETTERS[last];
    if (name !== undefined) modified(name, second || 1, extra);
    else reply(all);
    return all.length;
  }

  function ss3(b: string, extra: number, final: boolean): number {
    const match = /^\x1bO(?:1;)?(\d*)([A-Za-z])/.exec(b);
    if (match === null) {
      if (!final && /^\x1bO[\d;]*$/.test(b) && b.length < 8) return 0;
      key('o', ALT | SHIFT | extra);
      return 2;
    }
    const letter = match[2]!;
    if (letter === 'M') key('enter', extra);
    else if (letter >= 'a' && letter <= 'd') key(LETTERS[letter.toUpperCase()]!, CTRL | extra);
    else if (KEYPAD[letter] !== undefined) onEvent({ type: 'text', text: KEYPAD[letter] });
    else if (LETTERS[letter] !== undefined) modified(LETTERS[letter], Number(match[1] || 1), extra);
    return match[0].length;
  }

  /** Decodes one thing at the start of the buffer; returns what it used, 0 if more is needed. */
  function one(final: boolean): number {
    const code = buffer.charCodeAt(0);
    if (code !== 0x1b) {
      const match = /^[^\0-\x1f\x7f-\x9f]+/.exec(buffer);
      if (match !== null) {
        onEvent({ type: 'text', text: match[0] });
        return match[0].length;
      }
      // C1 from a terminal in a wrong mode: nothing that anybody typed.
      if (code < 0x80) control(code);
      else onEvent({ type: 'cleaned' });
      return 1;
    }
    if (buffer.length === 1) {
      if (!final) return 0;
      escapedAt = clock.now();
      key('escape');
      return 1;
    }
    const next = buffer[1]!;
    if (next === '[') {
      if (buffer.length === 2 && final) {
        key('[', ALT);
        return 2;
      }
      return csi(buffer, 0, final);
    }
    if (next === 'O') return ss3(buffer, 0, final);
    if (']P_^X'.includes(next)) {
      const match = /^\x1b[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)/.exec(buffer);
      if (match !== null) {
        reply(match[0]);
        return match[0].length;
      }
      if (!final && buffer.length < MAX_REPLY) return 0;
      const low = next.toLowerCase();
      key(low, ALT | (low === next ? 0 : SHIFT));
      return 2;
    }
    if (next === '\x1b') {
      // rxvt: Alt with a key is ESC before its sequence.
      if (buffer[2] === '[' || buffer[2] === 'O') {
        const rest = buffer.slice(1);
        const used = buffer[2] === '[' ? csi(rest, ALT, final) : ss3(rest, ALT, final);
        return used === 0 ? 0 : used + 1;
      }
      if (buffer.length === 2 && !final) return 0;
      key('escape');
      return 1;
    }
    const codeAfter = buffer.codePointAt(1)!;
    const char = String.fromCodePoint(codeAfter);
    if (codeAfter < 0x20 || codeAfter === 0x7f) control(codeAfter, ALT);
    else if (codeAfter >= 0x80 && codeAfter < 0xa0) onEvent({ type: 'cleaned' });
    else if (char === ' ') key('space', ALT);
    else {
      const low = lower(char);
      key(low, ALT | (low !== char ? SHIFT : 0));
    }
    return 1 + char.length;
  }

  /** Takes pasted text; returns true when the end was found. */
  function takePaste(pieces: string[]): boolean {
    let end = buffer.indexOf(PASTE_END);
    // An end mark in the text, from a terminal that lets it pass: what another end without a start follows is still pasted.
    for (let next = end; next >= 0; ) {
      end = next;
      next = buffer.indexOf(PASTE_END, end + 1);
      if (next >= 0 && buffer.slice(end, next).includes(PASTE_START)) next = -1;
    }
    let keep = 0;
    if (end < 0) {
      // What could be the start of the end mark stays.
      keep = Math.min(PASTE_END.length - 1, buffer.length);
      while (keep > 0 && !PASTE_END.startsWith(buffer.slice(-keep))) keep--;
    }
    const piece = end < 0 ? buffer.slice(0, buffer.length - keep) : buffer.slice(0, end);
    if (pasteLength < MAX_PASTE) pieces.push(piece.slice(0, MAX_PASTE - pasteLength));
    pasteLength += piece.length;
    buffer = end < 0 ? buffer.slice(buffer.length - keep) : buffer.slice(end + PASTE_END.length);
    if (end < 0) return false;
    paste = undefined;
    const text = pieces.join('');
    givePaste(text.replaceAll(PASTE_END, ''), text.includes(PASTE_END));
    return true;
  }

  function run(final: boolean): void {
    while (buffer !== '') {
      if (paste !== undefined) {
        if (!takePaste(paste)) return;
        continue;
      }
      const used = one(final);
      if (used === 0) return;
      buffer = buffer.slice(used);
    }
  }

  return {
    feed(data) {
      timer?.();
      timer = undefined;
      const text = typeof data === 'string' ? data : utf8.write(data);
      if (burstsArePastes && paste === undefined && buffer === '' && isBurst(text)) {
        givePaste(text.slice(0, MAX_PASTE));
        return;
      }
      const late = buffer === '' && paste === undefined && clock.now() - escapedAt < LATE_MS && LATE_TAIL.test(text);
      escapedAt = Number.NEGATIVE_INFINITY;
      buffer += late ? `\x1b${text}` : text;
      run(false);
      if (buffer !== '' && paste === undefined) {
        timer = clock.after(buffer.length > 1 ? Math.max(escapeMs, SEQUENCE_MS) : escapeMs, () => {
          timer = undefined;
          run(true);
        });
      }
    },
    setEscapeMs(ms) {
      escapeMs = ms;
    },
    reset() {
      timer?.();
      timer = undefined;
      utf8 = new StringDecoder('utf8');
      buffer = '';
      paste = undefined;
    },
  };
}
