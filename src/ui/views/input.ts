/** The input: prompt and text, broken into rows, with the place of the cursor. */
import type { Span, Token } from '../../lib/span.js';
import type { Safe } from '../../lib/text.js';
import type { Cell } from '../../lib/wrap.js';
import type { Row } from '../../model/view.js';
import { editorRows } from '../editor-rows.js';
import type { EditorState } from '../editor-state.js';
import { blanks, cellsOf, cellsWidth, clipCells, type Line } from '../rows/line.js';
import type { Picture } from './picture.js';

/** The prompt leaves at least this share of the first row to the text. */
const PROMPT_SHARE = 0.6;

export interface InputPicture extends Picture {
  /** Rows it would like to have. */
  readonly wanted: number;
  readonly cursor: { readonly x: number; readonly y: number };
}

const SPANS = new Map<Token, Span>();
/** One span for all cells of a kind: cells take their text from the cluster. */
function spanOf(token: Token): Span {
  let span = SPANS.get(token);
  if (span === undefined) {
    span = { text: '' as Span['text'], token };
    SPANS.set(token, span);
  }
  return span;
}

export interface InputLook {
  /** Cells at the beginning that name a command, and how they look. */
  readonly name?: { readonly length: number; readonly token: Token };
  /** Shown behind a cursor that stands at the end, as far as the row reaches. */
  readonly ghost?: Safe;
}

/** What fits of the prompt, and which of the rows are seen when so many fit. */
function inputRows(state: EditorState, prompt: Row, columns: number, maxRows: number) {
  const promptCells = clipCells(cellsOf(prompt), Math.max(1, Math.floor(columns * PROMPT_SHARE)));
  const indent = cellsWidth(promptCells);
  const broken = editorRows(state, columns, indent);
  const shown = Math.max(1, Math.min(broken.rows.length, maxRows));
  // The row of the cursor is always seen.
  const from = Math.max(0, Math.min(broken.cursor.y - shown + 1, broken.rows.length - shown));
  return { ...broken, promptCells, indent, shown, from };
}

/** Index of the cell of the text that is drawn at this place of the input; the end of a row if there is none. */
export function inputCellAt(
  state: EditorState,
  prompt: Row,
  columns: number,
  maxRows: number,
  x: number,
  y: number,
): number {
  const { rows, starts, indent, from } = inputRows(state, prompt, columns, maxRows);
  const k = Math.min(from + y, rows.length - 1);
  let end = k === 0 ? indent : 0;
  let index = starts[k] ?? 0;
  for (const cell of rows[k] ?? []) {
    end += cell.w;
    if (x < end) break;
    index++;
  }
  return index;
}

export function inputPicture(
  state: EditorState,
  prompt: Row,
  columns: number,
  maxRows: number,
  look: InputLook = {},
): InputPicture {
  const { rows, cursor, promptCells, shown, from } = inputRows(state, prompt, columns, maxRows);
  const span = spanOf('input.text');
  const { name, ghost } = look;
  const named = name === undefined ? span : spanOf(name.token);
  const lines: Line[] = rows.slice(from, from + shown).map((row, i) => {
    const cells: Cell[] = row.map((c, k) => ({
      c,
      span: from + i === 0 && name !== undefined && k < name.length ? named : span,
    }));
    if (ghost !== undefined && from + i === rows.length - 1 && state.cursor === state.cells.length) {
      const room = columns - cursor.x - 1;
      if (room > 0) cells.push(...clipCells(cellsOf([{ text: ghost, token: 'input.hint' }]), room));
    }
    return { cells: from + i === 0 ? [...promptCells, ...cells] : cells };
  });
  return { lines, wanted: rows.length, cursor: { x: Math.min(cursor.x, columns - 1), y: cursor.y - from } };
}

/** A text in one row of `columns` cells, moved so that the cursor is in it. */
export function editorLine(
  state: EditorState,
  columns: number,
  token: Token,
  mask: Cell['c'] | undefined,
): { readonly cells: readonly Cell[]; readonly x: number } {
  const span = spanOf(token);
  const room = Math.max(1, columns - 1);
  let start = state.cursor;
  let x = 0;
  // Room behind the cursor is worth less than what was just typed.
  while (start > 0) {
    const w = mask?.w ?? state.cells[start - 1]!.c.w;
    if (x + w > room) break;
    start--;
    x += w;
  }
  const cells: Cell[] = [];
  let used = 0;
  for (let i = start; i < state.cells.length; i++) {
    const c = mask ?? state.cells[i]!.c;
    if (used + c.w > room) break;
    cells.push({ c, span });
    used += c.w;
  }
  cells.push(...blanks(columns - used));
  return { cells, x };
}
