/** Spans cut into rows of cells of a given width, in linear time. */
import type { Span } from './span.js';
import { type Cluster, cluster, clusters, STABLE } from './width.js';

export interface Cell {
  readonly c: Cluster;
  readonly span: Span;
  /** Marks of direction behind it (LRM, LRI, RLI and PDI of UAX #9): no text brings these along, they are ours. */
  readonly after?: string;
}
export interface Row {
  /** Empty columns before the first cell. */
  readonly indent: number;
  readonly cells: readonly Cell[];
  /** True if a line break of the text ended the row before it (or it is the first one). */
  readonly starts: boolean;
}

export interface WrapOptions {
  /** Empty columns before every row after the first. */
  readonly indent?: number;
  /** Columns of the first row that something else takes. */
  readonly first?: number;
  /** With so many rows it stops, however much text is left. */
  readonly most?: number;
}

/** Characters that are looked at together where not all of them may be needed. */
const PIECE = 2048;
const ASCII_PAIR = /[ -~][ -~]/g;

/** A long text in pieces; between two letters of ASCII nothing that belongs together is cut. */
function* piecesOf(text: string): Iterable<string> {
  let start = 0;
  while (text.length - start > PIECE) {
    ASCII_PAIR.lastIndex = start + PIECE;
    const pair = ASCII_PAIR.exec(text);
    if (pair === null) break;
    yield text.slice(start, pair.index + 1);
    start = pair.index + 1;
  }
  yield text.slice(start);
}

const isSpace = (c: Cluster): boolean => c.s === ' ' || c.s === '\u00a0' || c.s === '\u3000';
const UNKNOWN = cluster('\ufffd');

/** What fits into the first row whole, as most of what is said does: nothing has to be broken. */
function oneRow(spans: readonly Span[], room: number, later: number): Row | undefined {
  let length = 0;
  for (const span of spans) length += span.text.length;
  // There are as many clusters at most.
  if (length > room) return undefined;
  const cells: Cell[] = [];
  let used = 0;
  for (const span of spans) {
    const all = clusters(span.text);
    for (let i = 0; i < all.length; i++) {
      const c = all[i]!;
      used += c.w;
      if (used > room || c.w > later || c.s === '\n') return undefined;
      cells.push({ c, span });
    }
  }
  return { indent: 0, cells, starts: true };
}

/**
 * Wraps at spaces, after hyphens and between wide characters; an overlong word is cut at the edge. A cluster is never
 * cut: one that is wider than the whole row shows as U+FFFD.
 */
export function wrap(spans: readonly Span[], cols: number, options: WrapOptions = {}): Row[] {
  const indent = Math.max(0, Math.min(options.indent ?? 0, cols - 2));
  const short = oneRow(spans, Math.max(1, cols - Math.max(0, Math.min(options.first ?? 0, cols - 2))), cols - indent);
  if (short !== undefined) return [short];
  const rows: Row[] = [];
  let cells: Cell[] = [];
  let used = 0;
  const first = Math.max(0, Math.min(options.first ?? 0, cols - 2));
  let room = Math.max(1, cols - first);
  let breakAt = 0;
  let starts = true;

  const flush = (next: Cell[], startsNext: boolean): void => {
    rows.push({ indent: rows.length === 0 ? 0 : indent, cells, starts });
    starts = startsNext;
    room = Math.max(1, cols - indent);
    cells = [];
    used = 0;
    breakAt = 0;
    for (const cell of next) {
      // The word fitted into the row before, but the rows after the first are narrower.
      if (used + cell.c.w > room) {
        rows.push({ indent, cells, starts });
        cells = [];
        used = 0;
      }
      cells.push(cell);
      used += cell.c.w;
    }
  };

  const take = (all: readonly Cluster[], span: Span): void => {
    for (let c of all) {
      if (c.s === '\n') {
        flush([], true);
        continue;
      }
      if (c.w > Math.min(room, cols - indent)) c = UNKNOWN;
      if (used + c.w > room) {
        // Spaces that reach over the edge are what the break is made of.
        if (isSpace(c)) {
          flush([], false);
          continue;
        }
        // Behind something else an overlong word begins a row of its own.
        const whole = rows.length === 0 && first > indent && breakAt === 0;
        if (whole || (breakAt > 0 && breakAt < cells.length)) {
          const rest = cells.splice(breakAt);
          while (cells.length > 1 && isSpace(cells.at(-1)!.c)) cells.pop();
          flush(rest, false);
          if (used + c.w > room) flush([], false);
        } else flush([], false);
      }
      cells.push({ c, span });
      used += c.w;
      // A hyphen between words may end a row; the one of an option or a dash before a number may not.
      const before = cells.at(-2)?.c;
      const hyphen = c.s === '-' && before !== undefined && !isSpace(before) && before.s !== '[' && before.s !== '-';
      if (isSpace(c) || hyphen || (c.w === 2 && c.trust === STABLE)) breakAt = cells.length;
    }
  };

  for (const span of spans) {
    if (options.most === undefined) take(clusters(span.text), span);
    else {
      for (const piece of piecesOf(span.text)) {
        take(clusters(piece), span);
        if (rows.length >= options.most) return rows.slice(0, options.most);
      }
    }
  }
  rows.push({ indent: rows.length === 0 ? 0 : indent, cells, starts });
  return rows;
}
