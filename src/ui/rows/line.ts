/** A line of the screen before it has colours: cells with their spans, and what lies under the whole line. */
import type { Span, Token } from '../../lib/span.js';
import { EMPTY, type Safe } from '../../lib/text.js';
import { type Cluster, cluster, clusters } from '../../lib/width.js';
import { type Cell, wrap } from '../../lib/wrap.js';
import type { Row } from '../../model/view.js';

export interface Line {
  readonly cells: readonly Cell[];
  /** Style below all cells, also where there are none. */
  readonly below?: Token;
}

export const NO_CELLS: readonly Cell[] = [];
export const EMPTY_LINE: Line = { cells: NO_CELLS };

const BLANK: Cluster = cluster(' ');
const DOTS: Cluster = cluster('…');
const BREAK: Cluster = cluster('␤');
const PLAIN: Span = { text: ' ' as Safe, token: 'text.normal' };
const BLANK_CELL: Cell = { c: BLANK, span: PLAIN };

/** Empty cells. */
export function blanks(count: number): Cell[] {
  return new Array<Cell>(Math.max(0, count)).fill(BLANK_CELL);
}

/** The cells of spans that must stay on one line; a line break that got here shows as a sign. */
export function cellsOf(spans: Row): Cell[] {
  const cells: Cell[] = [];
  for (const span of spans) {
    const all = clusters(span.text);
    for (let i = 0; i < all.length; i++) {
      const c = all[i]!;
      cells.push({ c: c.s === '\n' ? BREAK : c, span });
    }
  }
  return cells;
}

export function cellsWidth(cells: readonly Cell[]): number {
  let sum = 0;
  for (const cell of cells) sum += cell.c.w;
  return sum;
}

/** The first `columns` cells; what is cut shows as one `…` within them. */
export function clipCells(cells: readonly Cell[], columns: number): readonly Cell[] {
  if (columns <= 0) return NO_CELLS;
  if (cellsWidth(cells) <= columns) return cells;
  const out: Cell[] = [];
  let used = 0;
  for (const cell of cells) {
    if (used + cell.c.w > columns - 1) {
      out.push({ c: DOTS, span: cell.span });
      break;
    }
    out.push(cell);
    used += cell.c.w;
  }
  return out;
}

/** Clipped, and filled up to exactly `columns` cells. */
export function fitCells(cells: readonly Cell[], columns: number, align: 'left' | 'right' = 'left'): readonly Cell[] {
  const clipped = clipCells(cells, columns);
  const missing = columns - cellsWidth(clipped);
  if (missing <= 0) return clipped;
  return align === 'left' ? [...clipped, ...blanks(missing)] : [...blanks(missing), ...clipped];
}

export interface LineOptions {
  readonly right?: Row;
  readonly below?: Token;
  readonly indent?: number;
}

/** One line of `columns` cells out of spans, with something at its right end. */
export function lineOf(spans: Row, columns: number, options: LineOptions = {}): Line {
  const indent = Math.min(options.indent ?? 0, Math.max(0, columns - 1));
  const left = cellsOf(spans);
  // What stands at the right may be the status of somebody: it never pushes the name out.
  const space = Math.max(0, columns - indent - 1);
  const rest = Math.max(space - cellsWidth(left), Math.floor(space / 3));
  const right = options.right === undefined ? NO_CELLS : clipCells(cellsOf(options.right), Math.min(space, rest));
  const rightWidth = cellsWidth(right);
  const room = columns - indent - (rightWidth === 0 ? 0 : rightWidth + 1);
  const shown = clipCells(left, room);
  const cells = [...blanks(indent), ...shown];
  if (rightWidth > 0) cells.push(...blanks(columns - rightWidth - cellsWidth(cells)), ...right);
  return options.below === undefined ? { cells } : { cells, below: options.below };
}

/** Spans over as many lines as they need. */
export function wrapLines(spans: Row, columns: number, indent = 0): Line[] {
  return wrap(spans, columns, { indent }).map(row => ({
    cells: row.indent === 0 ? row.cells : [...blanks(row.indent), ...row.cells],
  }));
}

/** What a line says, for tests and for the bare view. */
export function lineText(line: Line): string {
  let text = '';
  for (const cell of line.cells) text += cell.c.s;
  return text.trimEnd();
}

export function rowText(row: Row): string {
  let text = '';
  for (const span of row) text += span.text;
  return text;
}

/** Our own words as a span. */
export function words(token: Token, text: string): Span {
  // Only literals of this program and numbers are given here.
  return { text: text === '' ? EMPTY : (text as Safe), token };
}
