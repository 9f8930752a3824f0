/** The text of an input broken into rows, with the place of the cursor. */
import { type Cluster, cluster } from '../lib/width.js';
import type { EditorState } from './editor-state.js';

const MASK = cluster('•');

export interface EditorRows {
  readonly rows: readonly (readonly Cluster[])[];
  /** Where the cursor stands in `rows`. */
  readonly cursor: { readonly x: number; readonly y: number };
  /** Index of the first cell of each row. */
  readonly starts: readonly number[];
}

/** The text broken into rows of `columns` cells (the first one `firstIndent` shorter), with the place of the cursor. */
export function editorRows(state: EditorState, columns: number, firstIndent = 0): EditorRows {
  const rows: Cluster[][] = [[]];
  const starts = [0];
  let used = firstIndent;
  let cursor = { x: firstIndent, y: 0 };
  const room = Math.max(2, columns);
  for (let i = 0; i <= state.cells.length; i++) {
    const cell = state.cells[i];
    const c = cell === undefined ? undefined : state.secret ? MASK : cell.c;
    // The cursor needs a cell too: after a full row it stands on the next one.
    if (used + (c?.w ?? 1) > room) {
      rows.push([]);
      starts.push(i);
      used = 0;
    }
    if (i === state.cursor) cursor = { x: used, y: rows.length - 1 };
    if (cell === undefined || c === undefined) break;
    if (cell.raw === '\n' && !state.secret) {
      rows.push([]);
      starts.push(i + 1);
      used = 0;
      continue;
    }
    rows.at(-1)!.push(c);
    used += c.w;
  }
  return { rows, cursor, starts };
}
