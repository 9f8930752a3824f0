/** The frame of an entry's rows: a prefix that only we write, and a body that stays in its own columns. */
import type { Span } from '../../lib/span.js';
import { type Safe, safe } from '../../lib/text.js';
import { type Cell, type Row as WrappedRow, wrap } from '../../lib/wrap.js';
import type { Row } from '../../model/view.js';
import { isolateRows, isolateSpans } from './bidi.js';
import { nickColumn, type RowContext } from './context.js';
import { blanks, cellsOf, cellsWidth, clipCells, type Line, words } from './line.js';
import { clockText } from './time.js';

/** Fewer columns for the body are not worth an indentation. */
const MIN_BODY = 10;
/** In a narrow log the first words may be few: the rest has rows of nearly the whole width. */
const MIN_BODY_BEHIND = 4;
/** Rows after the first in the bare view begin with so many blanks: what a stranger wrote never starts where a time or a nick does. */
const LOOSE_INDENT = 2;
/** In a narrower log the rows after the first have only our mark before them: the column of the body would be half empty. */
const MIN_BODY_COLUMN = 36;

export interface EntryParts {
  /** Time and what follows it up to the body. */
  readonly prefix: Row;
  readonly body: Row;
  /** One line above the first row, in the body column. */
  readonly above?: Row;
  /** Lines below the last row, in the body column. */
  readonly below?: readonly Row[];
  /** What of the prefix is put flush right in the column of nicks: so many spans at its end. */
  readonly flush?: number;
  /** The body is a text of a person, which may run from right to left. */
  readonly text?: boolean;
  /** More rows than this are cut, and it is said how many there are. */
  readonly maxRows?: number;
}

/** Rows of a very long text that are made only to say how many there are: thousands would be felt when it arrives. */
const MAX_COUNTED = 100;

/** Time and gutter: the sign stands where otherwise a space would separate the time from the nick. */
export function timeAndGutter(at: number, context: RowContext, sign: Span | undefined): Span[] {
  // What is read aloud begins with who speaks; the time comes last.
  if (context.spoken === true) return sign === undefined ? [] : [sign];
  const time = clockText(at, context.time);
  const gutter = sign ?? words('text.gutter', ' ');
  return time === '' ? [gutter] : [{ text: time, token: 'text.time' }, gutter];
}

/** The time for those who hear the rows. */
export function timeBehind(at: number, context: RowContext): Span[] {
  const time = context.spoken === true ? clockText(at, context.time) : ('' as Safe);
  return time === '' ? [] : [{ text: safe` (${time})`, token: 'text.time' }];
}

/**
 * Rows of an entry. Whatever the body holds, it cannot reach the columns of time and nick: rows after the first start in the
 * body column, with a mark of ours before them.
 */
export function entryLines(parts: EntryParts, context: RowContext): Line[] {
  const { columns, signs } = context;
  const loose = context.bare === true || context.spoken === true;
  const narrow = !loose && columns < MIN_BODY_COLUMN;
  const prefix = clipCells(prefixCells(parts, context), Math.max(1, columns - (narrow ? MIN_BODY_BEHIND : MIN_BODY)));
  const mark = cellsOf([words('text.mark', signs.continued)]);
  const markWidth = cellsWidth(mark);
  const width = cellsWidth(prefix);
  const column = loose ? Math.min(LOOSE_INDENT, columns - 1) : narrow ? Math.min(width, markWidth + 1) : width;
  const room = Math.max(1, columns - column);
  // The mark stands where the separator stands in the first row, or in a narrow log before everything.
  const indent =
    column > markWidth && !loose ? [...blanks(column - markWidth - 1), ...mark, ...blanks(1)] : blanks(column);

  const max = parts.maxRows;
  const most = max === undefined ? {} : { most: Math.max(max, MAX_COUNTED) + 1 };
  // Bare rows are as wide as the log, so that little stands between what a mouse takes.
  let rows: readonly WrappedRow[] = loose
    ? wrap([...parts.prefix, ...parts.body], columns, { indent: LOOSE_INDENT, ...most })
    : wrap(parts.body, room, { first: width - column, ...most });
  let cut = 0;
  const uncounted = most.most === rows.length;
  if (max !== undefined && rows.length > max) {
    cut = rows.length - (max - 1);
    rows = rows.slice(0, max - 1);
  }
  const lines: Line[] = [];
  if (parts.above !== undefined) lines.push({ cells: [...blanks(column), ...clipCells(cellsOf(parts.above), room)] });
  const bidi = parts.text === true && !loose ? context.bidi : 'off';
  const before = (i: number): readonly Cell[] => (i > 0 ? indent : loose ? [] : prefix);
  for (const cells of isolateRows(rows, bidi, before)) lines.push({ cells });
  if (cut > 0) {
    const note = words('text.mark', uncounted ? `[+${cut} lines and more]` : `[+${cut} lines]`);
    lines.push({ cells: [...indent, ...clipCells(cellsOf([note]), room)] });
  }
  for (const below of parts.below ?? []) {
    lines.push({ cells: [...blanks(column), ...clipCells(cellsOf(below), room)] });
  }
  return lines;
}

/** The prefix; what names the speaker ends where all of them end, and one that is longer pushes its body to the right. */
function prefixCells(parts: EntryParts, context: RowContext): readonly Cell[] {
  const column = nickColumn(context);
  const fields = (spans: Row): readonly Cell[] => isolateSpans(cellsOf(spans), context.bidi);
  if (column === 0) return fields(parts.prefix);
  const at = parts.prefix.length - (parts.flush ?? 0);
  const start = fields(parts.prefix.slice(0, at));
  const end = fields(parts.prefix.slice(at));
  // Room for the nick, its separator and the blank behind it.
  return start.concat(blanks(column + 2 - cellsWidth(end)), end);
}

/** Spans of rows one below the other. */
export function joinRows(rows: readonly Row[]): Span[] {
  return rows.flatMap((row, i) => (i === 0 ? row : [{ text: '\n' as Safe, token: 'text.normal' as const }, ...row]));
}
