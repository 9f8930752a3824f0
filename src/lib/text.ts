/** Remote text made safe: the only way from a `string` of the wire to the branded `Safe` that may be painted, logged or put in a title. */
import { clusters, width } from './width.js';

/** Text that holds nothing a terminal could obey. Only this file makes one. */
export type Safe = string & { readonly __safe: true };

/** Longest body kept for display and for the store, in UTF-16 units. */
export const MAX_BODY = 64 * 1024;
/** Longest one-row field looked at; more could never be shown. */
export const MAX_LINE = 4096;
/** Combining marks that stay on one base. */
export const MAX_MARKS = 4;

export const EMPTY = '' as Safe;
export const ELLIPSIS = '…' as Safe;

const PLAIN_BODY = /^[\n\x20-\x7e]*$/;
const PLAIN_LINE = /^[\x20-\x7e]*$/;
const NEWLINES = /\r\n|[\r\v\f\x85\u2028\u2029]/g;
const CONTROLS = /[\0-\x09\x0b-\x1f\x7f-\x9f]/g;
const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const INVISIBLE = /[\u034f\xad\u180e\u200b\u2060-\u2065\u206a-\u206f\ufeff\ufff9-\ufffb]/g;
const BLANK_LETTERS = /[\u115f\u1160\u2800\u3164\uffa0]/g;
// Reserved pictographs are next year's emoji: the width code distrusts them, so they may pass.
const NOT_CHARACTERS = /(?!\p{Extended_Pictographic})[\p{Co}\p{Cn}]/gu;
const TAGS = /(\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]{1,6}\u{e007f})|[\u{e0001}\u{e0020}-\u{e007f}]/gu;
const JOINERS =
  /(?<![\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}])[\u200c\u200d]|[\u200c\u200d](?![\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}])|(?<=\p{M})[\u200c\u200d](?=\p{M})/gu;
const LEADING_MARK = /^\p{M}/gmu;
const MARK_FLOOD = new RegExp(`(\\p{M}{${MAX_MARKS}})\\p{M}+`, 'gu');
const EDGE_SPACE = /^[\p{Zs}]+|[\p{Zs}]+$/gu;
const ODD_SPACE = /(?! )\p{Zs}/gu;

type Kind = 'line' | 'body';

function showControl(control: string): string {
  const code = control.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '␡' : '\ufffd';
}

function wellFormed(text: string): string {
  return (text as string & { toWellFormed(): string }).toWellFormed();
}

function clean(raw: string, kind: Kind): string {
  let text = wellFormed(raw).replace(NEWLINES, '\n');
  text = kind === 'line' ? text.replace(/\n/g, '␤').replace(/\t/g, ' ') : text.replace(/\t/g, '    ');
  text = text.replace(CONTROLS, showControl);
  text = text.replace(BIDI, kind === 'body' ? '' : '\ufffd').replace(INVISIBLE, '');
  if (kind === 'line') text = text.replace(BLANK_LETTERS, '\ufffd');
  return text
    .replace(TAGS, '$1')
    .replace(NOT_CHARACTERS, '\ufffd')
    .replace(JOINERS, '')
    .replace(LEADING_MARK, '\u25cc$&')
    .replace(MARK_FLOOD, '$1');
}

/** A message body: several lines, each starting where the view says; cut at `MAX_BODY` with a mark that says how much is missing. */
export function cleanBody(raw: string): Safe {
  if (raw.length > MAX_BODY) {
    const missing = raw.length - MAX_BODY;
    return `${cleanBody(raw.slice(0, MAX_BODY))}… [+${missing} characters]` as Safe;
  }
  if (PLAIN_BODY.test(raw)) return raw as Safe;
  return clean(raw, 'body') as Safe;
}

/** A field of one row: subject in the bar, status, names, labels, error texts. Line breaks are shown as ␤. */
export function cleanLine(raw: string): Safe {
  if (raw.length > MAX_LINE) return `${cleanLine(raw.slice(0, MAX_LINE))}…` as Safe;
  if (PLAIN_LINE.test(raw)) return raw as Safe;
  return clean(raw, 'line') as Safe;
}

/** A nick, an address, a file name: as `cleanLine`, and what would be blank or pass for a plain space becomes visible. */
export function cleanIdentifier(raw: string): Safe {
  if (raw.length > 0 && PLAIN_LINE.test(raw) && raw[0] !== ' ' && raw.at(-1) !== ' ' && raw.length <= MAX_LINE) {
    return raw as Safe;
  }
  const line = cleanLine(raw);
  if (line === '') return (raw === '' ? '' : '\ufffd') as Safe;
  return line.replace(EDGE_SPACE, spaces => '␣'.repeat(spaces.length)).replace(ODD_SPACE, '␣') as Safe;
}

/** Our own words with safe parts put in: safe`${nick} has joined`. */
export function safe(words: TemplateStringsArray, ...parts: readonly (Safe | number)[]): Safe {
  let text = words[0] ?? '';
  for (let i = 0; i < parts.length; i++) text += `${parts[i]}${words[i + 1] ?? ''}`;
  return text as Safe;
}

/** Safe pieces of safe text joined. */
export function joinSafe(parts: readonly Safe[], separator: Safe = EMPTY): Safe {
  return parts.join(separator) as Safe;
}

/** The lines of a body. */
export function linesOf(body: Safe): Safe[] {
  return body.split('\n') as Safe[];
}

/** The first `cells` cells of `text`; what is cut shows as one `…` within them. */
export function clip(text: Safe, cells: number): Safe {
  if (cells <= 0) return EMPTY;
  if (text.length <= cells && PLAIN_LINE.test(text)) return text;
  // A cluster has at least one cell, so a long tail never needs measuring to know that it does not fit.
  const head = text.length > cells * 64 ? (wellFormed(text.slice(0, cells * 64)) as Safe) : text;
  if (head === text && width(text) <= cells) return text;
  let out = '';
  let used = 0;
  for (const c of clusters(head)) {
    if (used + c.w > cells - 1) break;
    out += c.s;
    used += c.w;
  }
  return `${out}…` as Safe;
}

/** Pads with spaces on the right up to `cells`, or clips. */
export function fit(text: Safe, cells: number): Safe {
  const clipped = clip(text, cells);
  return (clipped + ' '.repeat(Math.max(0, cells - width(clipped)))) as Safe;
}

// Letters of other scripts and digits that pass for a Latin letter in most fonts, after NFKC and lower case.
const LOOKALIKES = new Map<string, string>();
for (const [latin, others] of Object.entries({
  a: 'аɑαạӓä@',
  b: 'ЬьƄ',
  c: 'сϲᴄς',
  d: 'ԁɗ',
  e: 'еҽєεё',
  g: 'ɡցɢ',
  h: 'һհн',
  j: 'јϳ',
  k: 'кκĸ',
  l: '1|iіıιɩӏǀⅼїíìl׀וןا',
  m: 'мṃ',
  n: 'пոηռ',
  o: '0оοօσөоە০୦ⲟס',
  p: 'рρϱ',
  q: 'ԛգ',
  r: 'гᴦⲅ',
  s: 'ѕꜱ5$',
  t: 'тτ',
  u: 'υսʋцᴜ',
  v: 'νѵᴠט',
  w: 'ѡԝաшᴡω',
  x: 'хχ×',
  y: 'уγүყʏ',
  z: 'ᴢz2',
})) {
  for (const other of others) LOOKALIKES.set(other, latin);
}
const IGNORED_IN_NAMES = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}\p{Z}\u2800_.'`´-]/gu;

/** The same for ASCII, whose letters are folded by themselves: most names of a room of thousands take this way. */
const ASCII_SHAPES = Array.from({ length: 128 }, (_, code) => {
  const letter = String.fromCharCode(code).toLowerCase();
  return letter.replace(IGNORED_IN_NAMES, '') === '' ? '' : (LOOKALIKES.get(letter) ?? letter);
});

function asciiShape(name: string): string | undefined {
  let out = '';
  for (let i = 0; i < name.length; i++) {
    const shape = ASCII_SHAPES[name.charCodeAt(i)];
    if (shape === undefined) return undefined;
    out += shape;
  }
  return out;
}

/** What a name looks like: two names of one skeleton can be taken for each other. */
export function skeleton(name: string): string {
  const shape = asciiShape(name.slice(0, MAX_LINE)) ?? shapeOf(name);
  return shape.replace(/rn/g, 'm').replace(/vv/g, 'w');
}

function shapeOf(name: string): string {
  const folded = wellFormed(name.slice(0, MAX_LINE))
    .normalize('NFKC')
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKC')
    .replace(IGNORED_IN_NAMES, '');
  let out = '';
  for (const letter of folded) out += LOOKALIKES.get(letter) ?? letter;
  return out;
}

const NOT_FOR_THE_WIRE = /[\0-\x08\x0b\x0c\x0e-\x1f]/g;
const NONCHARACTERS = /\p{Noncharacter_Code_Point}/gu;

/** Outgoing text without what XML cannot carry (a server would close the stream for it). */
export function toWireText(text: string): { readonly text: string; readonly changed: boolean } {
  const out = wellFormed(text).replace(/\r\n?/g, '\n').replace(NOT_FOR_THE_WIRE, '').replace(NONCHARACTERS, '\ufffd');
  return { text: out, changed: out !== text };
}

/** The first sentence of a manual, on one line; what has no end of a sentence, its first paragraph. */
export function firstSentence(text: string): string {
  const [paragraph = ''] = text.trim().split(/\n\s*\n/);
  const words = paragraph.replace(/\s+/g, ' ');
  return /^.*?[.!?](?=\s|$)/.exec(words)?.[0] ?? words;
}
