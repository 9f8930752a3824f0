/** The input: prompt and text, broken into rows, with the place of the cursor. */
import type { Span, Token } from '../../lib/span.js';
import type { Safe } from '../../lib/text.js';
import type { Cell } from '../../lib/wrap.js';
import type { Row } from '../../model/view.js';
import { editorRows } from '../editor-rows.js';
import type { EditorState } from '../editor-state.js';
import { blanks, cellsOf, cellsWidth, clipCells, type Line, wrapLines } from '../rows/line.js';
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
  /** The prompt is a question, read whole: over as many rows as it needs. After it comes a line, or one key. */
  readonly question?: 'line' | 'key';
  /** Cells at the beginning that name a command, and how they look. */
  readonly name?: { readonly length: number; readonly token: Token };
  /** Shown behind a cursor that stands at the end, as far as the row reaches. */
  readonly ghost?: Safe;
}

/** The prompt: rows of their own, and what stands before the text in its first row. */
function promptRows(
  prompt: Row,
  columns: number,
  question: InputLook['question'],
): { readonly lead: readonly Line[]; readonly last: readonly Cell[] } {
  const room = Math.max(1, question === 'key' ? columns - 1 : Math.floor(columns * PROMPT_SHARE));
  const cells = cellsOf(prompt);
  if (question === undefined || cellsWidth(cells) <= room) return { lead: [], last: clipCells(cells, room) };
  const lines = wrapLines(prompt, columns);
  const last = lines.at(-1)?.cells ?? [];
  return cellsWidth(last) <= room ? { lead: lines.slice(0, -1), last } : { lead: lines, last: [] };
}

/** What fits of the prompt, and which of the rows are seen when so many fit. */
function inputRows(state: EditorState, prompt: Row, columns: number, maxRows: number, question: InputLook['question']) {
  const { lead: all, last: promptCells } = promptRows(prompt, columns, question);
  const indent = cellsWidth(promptCells);
  const broken = editorRows(state, columns, indent);
  // The row of the answer is always seen; a question that is longer than the screen says that it goes on.
  const lead = all.slice(0, Math.max(0, maxRows - 1));
  const cut = lead.at(-1);
  if (cut !== undefined && lead.length < all.length) {
    lead[lead.length - 1] = { cells: clipCells([...cut.cells, ...blanks(columns)], cellsWidth(cut.cells) + 1) };
  }
  const shown = Math.max(1, Math.min(broken.rows.length, maxRows - lead.length));
  // The row of the cursor is always seen.
  const from = Math.max(0, Math.min(broken.cursor.y - shown + 1, broken.rows.length - shown));
  return { ...broken, lead, wanted: all.length + broken.rows.length, promptCells, indent, shown, from };
}

/** Index of the cell of the text that is drawn at this place of the input; the end of a row if there is none. */
export function inputCellAt(
  state: EditorState,
  prompt: Row,
  columns: number,
  maxRows: number,
  x: number,
  y: number,
  question?: InputLook['question'],
): number {
  const { rows, starts, indent, from, lead } = inputRows(state, prompt, columns, maxRows, question);
  const k = Math.min(from + Math.max(0, y - lead.length), rows.length - 1);
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
  const { rows, cursor, lead, wanted, promptCells, shown, from } = inputRows(
    state,
    prompt,
    columns,
    maxRows,
    look.question,
  );
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
  return {
    lines: [...lead, ...lines],
    wanted,
    cursor: { x: Math.min(cursor.x, columns - 1), y: lead.length + cursor.y - from },
  };
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
