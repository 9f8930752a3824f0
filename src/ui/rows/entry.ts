/** The frame of an entry's rows: a prefix that only we write, and a body that stays in its own columns. */
import type { Span } from '../../lib/span.js';
import type { Safe } from '../../lib/text.js';
import { wrap } from '../../lib/wrap.js';
import type { Row } from '../../model/view.js';
import type { RowContext } from './context.js';
import { blanks, cellsOf, cellsWidth, clipCells, type Line, words } from './line.js';
import { clockText } from './time.js';

/** Fewer columns for the body are not worth an indentation. */
const MIN_BODY = 10;

export interface EntryParts {
  /** Time and what follows it up to the body. */
  readonly prefix: Row;
  readonly body: Row;
  /** One line above the first row, in the body column. */
  readonly above?: Row;
  /** Lines below the last row, in the body column. */
  readonly below?: readonly Row[];
  /** More rows than this are cut, and it is said how many there are. */
  readonly maxRows?: number;
}

/** Time and gutter: the sign stands where otherwise a space would separate the time from the nick. */
export function timeAndGutter(at: number, context: RowContext, sign: Span | undefined): Span[] {
  const time = clockText(at, context.time);
  const gutter = sign ?? words('text.gutter', ' ');
  return time === '' ? [gutter] : [{ text: time, token: 'text.time' }, gutter];
}

/**
 * Rows of an entry. Whatever the body holds, it cannot reach the columns of time and nick: rows after the first start in the
 * body column, with a mark of ours before them.
 */
export function entryLines(parts: EntryParts, context: RowContext): Line[] {
  const { columns, signs } = context;
  const prefix = clipCells(cellsOf(parts.prefix), Math.max(1, columns - MIN_BODY));
  const column = cellsWidth(prefix);
  const room = Math.max(1, columns - column);
  // The mark stands where the separator stands in the first row.
  const mark = cellsOf([words('text.mark', signs.continued)]);
  const markWidth = cellsWidth(mark);
  const indent = column > markWidth ? [...blanks(column - markWidth - 1), ...mark, ...blanks(1)] : blanks(column);

  let rows = wrap(parts.body, room);
  let cut = 0;
  const max = parts.maxRows;
  if (max !== undefined && rows.length > max) {
    cut = rows.length - (max - 1);
    rows = rows.slice(0, max - 1);
  }
  const lines: Line[] = [];
  if (parts.above !== undefined) lines.push({ cells: [...blanks(column), ...clipCells(cellsOf(parts.above), room)] });
  rows.forEach((row, i) => {
    lines.push({ cells: [...(i === 0 ? prefix : indent), ...row.cells] });
  });
  if (cut > 0) {
    const note = words('text.mark', `[+${cut} lines]`);
    lines.push({ cells: [...indent, ...clipCells(cellsOf([note]), room)] });
  }
  for (const below of parts.below ?? []) {
    lines.push({ cells: [...blanks(column), ...clipCells(cellsOf(below), room)] });
  }
  return lines;
}

/** Spans of rows one below the other. */
export function joinRows(rows: readonly Row[]): Span[] {
  return rows.flatMap((row, i) => (i === 0 ? row : [{ text: '\n' as Safe, token: 'text.normal' as const }, ...row]));
}
