/** Grapheme clusters and how many terminal cells they take, with how far terminals agree about it. */
import { eastAsianWidth } from 'get-east-asian-width';

/** All terminals agree on the width. */
export const STABLE = 0;
/** They agree on the width but may reorder a run (right-to-left): find the column again after the run. */
export const RESYNC_AFTER_RUN = 1;
/** They disagree: blank the cells, print, and find the column again. */
export const UNSURE = 2;
export type Trust = typeof STABLE | typeof RESYNC_AFTER_RUN | typeof UNSURE;

export interface Cluster {
  /** The text of the cluster. */
  readonly s: string;
  /** Cells we give it. */
  readonly w: number;
  /** Cells the most generous terminal may have used. */
  readonly max: number;
  readonly trust: Trust;
}

/** Clusters measured and kept; the table is emptied when it is full. */
const MAX_CACHE = 20_000;
/** A longer cluster is cut into several: a stranger's endless emoji chain may not become one cell. */
const MAX_CLUSTER_UNITS = 48;

/** Made when a text needs it first: reading the rules takes some 20 ms, and most texts need none. */
let segmenter: Intl.Segmenter | undefined;
const cache = new Map<string, Cluster>();
const ascii: readonly Cluster[] = Array.from({ length: 0x80 }, (_, code) => ({
  s: String.fromCharCode(code),
  w: 1,
  max: 1,
  trust: STABLE,
}));
const PLAIN = /^[\x20-\x7e]*$/;
const ZERO = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const EMOJI = /\p{Extended_Pictographic}|\p{Regional_Indicator}|[\u20e3\ufe0f]/u;
const RESERVED = /\p{Cn}/u;

let ambiguousAsWide = false;

/** How wide East Asian Ambiguous characters are in this terminal. */
export function setAmbiguousWidth(cells: 1 | 2): void {
  if (ambiguousAsWide === (cells === 2)) return;
  ambiguousAsWide = cells === 2;
  cache.clear();
}

const within = (code: number, ranges: readonly number[]): boolean => {
  for (let i = 0; i < ranges.length; i += 2) {
    if (code < ranges[i]!) return false;
    if (code <= ranges[i + 1]!) return true;
  }
  return false;
};

const RIGHT_TO_LEFT = [0x590, 0x8ff, 0xfb1d, 0xfdff, 0xfe70, 0xfeff];
// Marks that every terminal puts on the cell before.
const AGREED_MARKS = [
  0x300, 0x36f, 0x483, 0x487, 0x591, 0x5c7, 0x64b, 0x65f, 0x670, 0x670, 0xe31, 0xe31, 0xe34, 0xe3a, 0xe47, 0xe4e,
  0x3099, 0x309a,
];
// Bases on whose width all measured terminals agree.
const AGREED_BASES = [
  0x20, 0x2ff, 0x370, 0x58f, 0x5d0, 0x5ea, 0x620, 0x64a, 0x660, 0x6d4, 0xe01, 0xe30, 0x10a0, 0x10ff, 0x1e00, 0x1fff,
  0x2010, 0x205f, 0x2400, 0x2423, 0x2500, 0x257f, 0x25cc, 0x25cc, 0x3001, 0x3029, 0x3041, 0x3096, 0x30a1, 0x30ff,
  0x3400, 0x4dbf, 0x4e00, 0x9fff, 0xac00, 0xd7a3, 0xff01, 0xff9f, 0xfffd, 0xfffd,
];
// Characters that are a whole cluster whenever the next one is of this list too; no need to ask the segmenter.
const SIMPLE = [
  0x20, 0x7e, 0xa1, 0xa8, 0xaa, 0xac, 0xaf, 0x2ff, 0x370, 0x482, 0x48a, 0x52f, 0x5d0, 0x5ea, 0x620, 0x64a, 0x2010,
  0x2027, 0x2400, 0x2423, 0x2500, 0x257f, 0x3001, 0x3029, 0x3041, 0x3096, 0x30a1, 0x30fa, 0x3400, 0x4dbf, 0x4e00,
  0x9fff, 0xac00, 0xd7a3, 0xff01, 0xff60, 0xfffd, 0xfffd,
];

function codeWidth(char: string, code: number): number {
  // Medial and final jamo are drawn into the syllable that their initial started.
  if ((code >= 0x1160 && code < 0x1200) || (code >= 0xd7b0 && code < 0xd800)) return 0;
  return ZERO.test(char) ? 0 : eastAsianWidth(code, { ambiguousAsWide });
}

function measure(s: string): Cluster {
  let sum = 0;
  let count = 0;
  let doubtfulMarks = 0;
  let agreed = true;
  let first = 0;
  for (const char of s) {
    const code = char.codePointAt(0)!;
    const cells = codeWidth(char, code);
    const agreedMark = within(code, AGREED_MARKS);
    if (count === 0) {
      first = code;
      agreed = within(code, AGREED_BASES);
    } else if (!agreedMark) agreed = false;
    if (cells === 0 && !agreedMark) doubtfulMarks++;
    sum += cells;
    count++;
  }
  if (count > 1 && EMOJI.test(s)) return { s, w: 2, max: Math.max(2, sum) + doubtfulMarks + 1, trust: UNSURE };
  if (EMOJI.test(s) && RESERVED.test(s)) return { s, w: 2, max: 3, trust: UNSURE };
  // A mark without a base: shown on a dotted circle, or it would sit on a cell that is not its own.
  if (sum === 0) return { s: `\u25cc${s}`, w: 1, max: 2 + doubtfulMarks, trust: UNSURE };
  if (!agreed) return { s, w: sum, max: Math.max(sum, 2) + doubtfulMarks, trust: UNSURE };
  return { s, w: sum, max: sum, trust: within(first, RIGHT_TO_LEFT) ? RESYNC_AFTER_RUN : STABLE };
}

/** The measure of one grapheme cluster. */
export function cluster(s: string): Cluster {
  if (s.length === 1) {
    const code = s.charCodeAt(0);
    if (code < 0x7f) return ascii[code]!;
  }
  let known = cache.get(s);
  if (known === undefined) {
    known = measure(s);
    if (cache.size >= MAX_CACHE) cache.clear();
    cache.set(s, known);
  }
  return known;
}

function pushSegments(text: string, out: Cluster[]): void {
  segmenter ??= new Intl.Segmenter('und', { granularity: 'grapheme' });
  for (const { segment } of segmenter.segment(text)) {
    if (segment.length <= MAX_CLUSTER_UNITS) {
      out.push(cluster(segment));
      continue;
    }
    let piece = '';
    for (const char of segment) {
      if (piece.length + char.length > MAX_CLUSTER_UNITS) {
        out.push(cluster(piece));
        piece = '';
      }
      piece += char;
    }
    out.push(cluster(piece));
  }
}

/** Cuts text into clusters; a line break is a cluster of its own. Linear in the length. */
export function clusters(text: string): Cluster[] {
  const out: Cluster[] = [];
  const length = text.length;
  if (PLAIN.test(text)) {
    for (let i = 0; i < length; i++) out.push(ascii[text.charCodeAt(i)]!);
    return out;
  }
  const simpleAt = (i: number): boolean => {
    const code = text.charCodeAt(i);
    return (code >= 0x20 && code < 0x7f) || code === 0x0a || within(code, SIMPLE);
  };
  let i = 0;
  while (i < length) {
    if (simpleAt(i) && (i + 1 >= length || simpleAt(i + 1))) {
      out.push(cluster(text[i]!));
      i++;
      continue;
    }
    // A stretch that needs the segmenter ends where two simple characters meet.
    let end = i + 1;
    while (end < length && !(simpleAt(end) && simpleAt(end - 1))) end++;
    pushSegments(text.slice(i, end), out);
    i = end;
  }
  return out;
}

/** Cells of a text without line breaks. */
export function width(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let cells = 0;
  for (const c of clusters(text)) cells += c.w;
  return cells;
}
