/** Right-to-left text: kept from reordering what stands before and after it, by the terminal or by ourselves (UAX #9). */
import { type Cluster, cluster } from '../../lib/width.js';
import type { Cell } from '../../lib/wrap.js';

/**
 * `terminal`: the text is sent in reading order inside an isolate, and a terminal that reorders does it there only;
 * `app`: we put it in the order of sight, for terminals that reorder nothing; `off`: it is sent as it is.
 */
export type Bidi = 'terminal' | 'app' | 'off';

type Type = 'L' | 'R' | 'AL' | 'EN' | 'AN' | 'ES' | 'ET' | 'CS' | 'WS' | 'ON';

const RIGHT =
  /[\u0590-\u05ff\u07c0-\u085f\ufb1d-\ufb4f]|[\u0600-\u07bf\u0860-\u08ff\ufb50-\ufdff\ufe70-\ufefc]|[\u{10800}-\u{10fff}]|[\u{1e800}-\u{1efff}]/u;
const ARABIC = /[\u0600-\u07bf\u0860-\u08ff\ufb50-\ufdff\ufe70-\ufefc]/u;
const LETTER = /^[\p{L}\p{M}\p{Nl}\p{No}]/u;

const LRI = '\u2066';
const RLI = '\u2067';
const PDI = '\u2069';
const LRM = '\u200e';
const MIRRORS = new Map<string, string>(
  ['()', '[]', '{}', '<>', '«»', '‹›', '≤≥', '「」', '『』'].flatMap(([a, b]) => [
    [a!, b!],
    [b!, a!],
  ]),
);

const types = new Map<Cluster, Type>();

function typeOf(c: Cluster): Type {
  let type = types.get(c);
  if (type === undefined) {
    const [first = ' '] = c.s;
    if (/^[\u0660-\u0669\u066b\u066c]/.test(first)) type = 'AN';
    else if (/^[0-9\u06f0-\u06f9\uff10-\uff19]/.test(first)) type = 'EN';
    else if (/^[+\u2212-]/.test(first)) type = 'ES';
    else if (/^[#$%\u00a2-\u00a5\u00b0\u00b1\u066a\u20a0-\u20cf]/.test(first)) type = 'ET';
    else if (/^[,./:\u00a0\u060c]/.test(first)) type = 'CS';
    else if (/^\s/.test(first)) type = 'WS';
    else if (/^[\u061b\u061f\u05be]/.test(first)) type = first === '\u05be' ? 'R' : 'AL';
    else if (RIGHT.test(first)) type = ARABIC.test(first) ? 'AL' : 'R';
    else type = LETTER.test(first) ? 'L' : 'ON';
    if (types.size > 5000) types.clear();
    types.set(c, type);
  }
  return type;
}

/** True if something in there runs from right to left. */
export function isRightToLeft(cells: readonly Cell[]): boolean {
  return cells.some(({ c }) => c.s > '\u058f' && RIGHT.test(c.s));
}

/** Direction of a paragraph: that of its first letter. */
function isRightParagraph(cells: readonly Cell[]): boolean {
  for (const { c } of cells) {
    const type = typeOf(c);
    if (type === 'L') return false;
    if (type === 'R' || type === 'AL') return true;
  }
  return false;
}

const OPENING = '([{\u2329\u27e8\u3008\u300a\u300c\u300e\u3010';
const CLOSING = ')]}\u232a\u27e9\u3009\u300b\u300d\u300f\u3011';
/** Brackets open at the same time; UAX #9 gives up beyond them too. */
const MAX_OPEN = 63;

/** Places of brackets that belong together, in the order in which they open (BD16). */
function pairsOf(cells: readonly Cell[], t: readonly Type[]): [open: number, close: number][] {
  const pairs: [number, number][] = [];
  const open: { readonly kind: number; readonly at: number }[] = [];
  for (let i = 0; i < cells.length; i++) {
    if (t[i] !== 'ON') continue;
    const { s } = cells[i]!.c;
    const opens = s.length === 1 ? OPENING.indexOf(s) : -1;
    if (opens >= 0) {
      if (open.length >= MAX_OPEN) return [];
      open.push({ kind: opens, at: i });
      continue;
    }
    const closes = s.length === 1 ? CLOSING.indexOf(s) : -1;
    const match = closes < 0 ? -1 : open.findLastIndex(one => one.kind === closes);
    if (match < 0) continue;
    pairs.push([open[match]!.at, i]);
    open.length = match;
  }
  return pairs.sort((a, b) => a[0] - b[0]);
}

/** Brackets take the direction of what they hold (N0). */
function pairBrackets(cells: readonly Cell[], t: Type[], base: Type): void {
  const strongOf = (type: Type): Type | undefined =>
    type === 'L' ? 'L' : type === 'R' || type === 'EN' || type === 'AN' ? 'R' : undefined;
  for (const [open, close] of pairsOf(cells, t)) {
    let other = false;
    let same = false;
    for (let i = open + 1; i < close; i++) {
      const strong = strongOf(t[i]!);
      if (strong === base) same = true;
      else if (strong !== undefined) other = true;
    }
    if (!same && !other) continue;
    let direction = base;
    if (!same) {
      let before: Type = base;
      for (let i = open - 1; i >= 0; i--) {
        const strong = strongOf(t[i]!);
        if (strong !== undefined) {
          before = strong;
          break;
        }
      }
      direction = before;
    }
    t[open] = direction;
    t[close] = direction;
  }
}

/** Levels of a paragraph: the rules W2 to W7, N0, N1, N2, I1 and I2; no text of ours has embeddings, they were taken out. */
function levelsOf(cells: readonly Cell[], right: boolean): number[] {
  const t = cells.map(({ c }) => typeOf(c));
  const base: Type = right ? 'R' : 'L';
  let strong: Type = base;
  for (let i = 0; i < t.length; i++) {
    const type = t[i]!;
    if (type === 'L' || type === 'R' || type === 'AL') strong = type;
    else if (type === 'EN' && strong === 'AL') t[i] = 'AN';
  }
  for (let i = 0; i < t.length; i++) if (t[i] === 'AL') t[i] = 'R';
  for (let i = 1; i + 1 < t.length; i++) {
    const before = t[i - 1]!;
    if (before !== t[i + 1] || (before !== 'EN' && before !== 'AN')) continue;
    if (t[i] === 'CS' || (t[i] === 'ES' && before === 'EN')) t[i] = before;
  }
  for (let i = 0; i < t.length; i++) {
    if (t[i] !== 'ET') continue;
    let end = i;
    while (end < t.length && t[end] === 'ET') end++;
    if (t[i - 1] === 'EN' || t[end] === 'EN') t.fill('EN', i, end);
    i = end - 1;
  }
  strong = base;
  for (let i = 0; i < t.length; i++) {
    const type = t[i]!;
    if (type === 'ES' || type === 'ET' || type === 'CS' || type === 'WS') t[i] = 'ON';
    else if (type === 'L' || type === 'R') strong = type;
    else if (type === 'EN' && strong === 'L') t[i] = 'L';
  }
  pairBrackets(cells, t, base);
  const side = (type: Type | undefined): Type => (type === undefined ? base : type === 'L' ? 'L' : 'R');
  for (let i = 0; i < t.length; i++) {
    if (t[i] !== 'ON') continue;
    let end = i;
    while (end < t.length && t[end] === 'ON') end++;
    const before = side(t[i - 1]);
    t.fill(before === side(t[end]) ? before : base, i, end);
    i = end - 1;
  }
  return t.map(type => {
    if (right) return type === 'R' ? 1 : 2;
    return type === 'L' ? 0 : type === 'R' ? 1 : 2;
  });
}

/** Letters by the number of their forms (isolated, final, initial, medial), and where those begin. */
const FORMS = new Map<string, readonly [start: number, count: number]>();
{
  let at = 0xfe80;
  const counts = '12222424244444222244444444......4444444224';
  for (let i = 0; i < counts.length; i++) {
    const count = Number(counts[i]);
    if (Number.isNaN(count)) continue;
    FORMS.set(String.fromCharCode(0x621 + i), [at, count]);
    at += count;
  }
  for (const [letter, start, count] of [
    ['\u067e', 0xfb56, 4],
    ['\u0686', 0xfb7a, 4],
    ['\u0698', 0xfb8a, 2],
    ['\u06a9', 0xfb8e, 4],
    ['\u06af', 0xfb92, 4],
    ['\u06cc', 0xfbfc, 4],
  ] as const)
    FORMS.set(letter, [start, count]);
}

/** Arabic letters in the forms that join; a terminal that is sent the order of sight could not do it. */
function shape(cells: readonly Cell[]): Cell[] {
  const formsAt = (i: number): readonly [number, number] | undefined => {
    const [first = ''] = cells[i]?.c.s ?? '';
    return FORMS.get(first);
  };
  return cells.map((cell, i) => {
    const own = formsAt(i);
    if (own === undefined) return cell;
    const [start, count] = own;
    const joinsBefore = formsAt(i - 1)?.[1] === 4 && count > 1;
    const joinsAfter = count === 4 && (formsAt(i + 1)?.[1] ?? 0) > 1;
    const form = joinsBefore ? (joinsAfter ? 3 : 1) : joinsAfter ? 2 : 0;
    return { span: cell.span, c: cluster(String.fromCharCode(start + form) + cell.c.s.slice(1)) };
  });
}

/** Cells in the order of sight (L2, L4). */
function reorder(cells: readonly Cell[], levels: readonly number[]): Cell[] {
  const own = levels;
  // Rows stand at the left edge, so blanks at their end stay where they are not seen.
  let length = cells.length;
  while (length > 0 && typeOf(cells[length - 1]!.c) === 'WS') length--;
  const order = cells.slice(0, length).map((_, i) => i);
  for (let level = 2; level >= 1; level--) {
    for (let i = 0; i < order.length; i++) {
      if (own[order[i]!]! < level) continue;
      let end = i;
      while (end < order.length && own[order[end]!]! >= level) end++;
      const part = order.slice(i, end).reverse();
      order.splice(i, end - i, ...part);
      i = end - 1;
    }
  }
  for (let i = length; i < cells.length; i++) order.push(i);
  return order.map(i => {
    const cell = cells[i]!;
    const mirror = own[i] === 1 ? MIRRORS.get(cell.c.s) : undefined;
    return mirror === undefined ? cell : { c: cluster(mirror), span: cell.span };
  });
}

/**
 * One field of a row from `from` on, which reorders nothing around it. The isolate begins in the cell before: a mark without
 * width belongs to the cell it follows.
 */
function wrapField(cells: readonly Cell[], from: number, right: boolean): readonly Cell[] {
  const out = [...cells];
  const opening = right ? RLI : LRI;
  const previous = out[from - 1];
  const first = out[from];
  const last = out.at(-1);
  if (first === undefined || last === undefined) return cells;
  // At the beginning of a pane nothing is before it, and some terminals give a mark there a cell of its own: a letter that
  // reads from the left may as well stand outside, and behind others a mark keeps what follows from being drawn into them.
  const opens = previous !== undefined || !isRightToLeft([first]);
  // Behind the end of the field before, if one ends there.
  if (previous !== undefined) out[from - 1] = { ...previous, after: `${previous.after ?? ''}${opening}` };
  else if (opens) out[from] = { ...first, after: opening };
  out[out.length - 1] = { ...out.at(-1)!, after: opens ? PDI : LRM };
  return out;
}

/** A field of one row (a nick, a name in a list). `from`: where it begins; it reaches to the end. */
export function isolateCells(cells: readonly Cell[], bidi: Bidi | undefined, from = 0): readonly Cell[] {
  if (bidi === undefined || bidi === 'off' || from >= cells.length || !isRightToLeft(cells)) return cells;
  const field = cells.slice(from);
  if (!isRightToLeft(field)) return cells;
  const right = isRightParagraph(field);
  if (bidi === 'terminal') return wrapField(cells, from, right);
  return [...cells.slice(0, from), ...reorder(shape(field), levelsOf(field, right))];
}

/** A row of several fields (a bar, a row of a list): each span by itself. */
export function isolateSpans(cells: readonly Cell[], bidi: Bidi | undefined): readonly Cell[] {
  if (bidi === undefined || bidi === 'off' || !isRightToLeft(cells)) return cells;
  let out: readonly Cell[] = [];
  for (let start = 0; start < cells.length; ) {
    let end = start + 1;
    while (end < cells.length && cells[end]!.span === cells[start]!.span) end++;
    out = isolateCells([...out, ...cells.slice(start, end)], bidi, start);
    start = end;
  }
  return out;
}

export interface BidiRow {
  readonly cells: readonly Cell[];
  /** Begins a paragraph. */
  readonly starts: boolean;
}

/** The rows of a text behind their prefixes: a paragraph has one direction, however many rows it takes. */
export function isolateRows(
  rows: readonly BidiRow[],
  bidi: Bidi | undefined,
  prefixOf: (i: number) => readonly Cell[],
): (readonly Cell[])[] {
  const plain = (): (readonly Cell[])[] => rows.map((row, i) => prefixOf(i).concat(row.cells));
  if (bidi === undefined || bidi === 'off' || !rows.some(row => isRightToLeft(row.cells))) return plain();
  const out: (readonly Cell[])[] = [];
  for (let start = 0; start < rows.length; ) {
    let end = start + 1;
    while (end < rows.length && !rows[end]!.starts) end++;
    const paragraph = rows.slice(start, end).flatMap(row => row.cells);
    const touched = isRightToLeft(paragraph);
    const right = touched && isRightParagraph(paragraph);
    const levels = touched && bidi === 'app' ? levelsOf(paragraph, right) : [];
    const shaped = touched && bidi === 'app' ? shape(paragraph) : paragraph;
    let at = 0;
    for (let i = start; i < end; i++) {
      const prefix = prefixOf(i);
      const { cells } = rows[i]!;
      const next = at + cells.length;
      if (!touched || cells.length === 0) out.push([...prefix, ...cells]);
      else if (bidi === 'terminal') out.push(wrapField([...prefix, ...cells], prefix.length, right));
      else out.push([...prefix, ...reorder(shaped.slice(at, next), levels.slice(at, next))]);
      at = next;
    }
    start = end;
  }
  return out;
}
