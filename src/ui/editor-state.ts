/** What belongs to one input line: its cells, the cursor, history and undo. Changed through the line editor only. */
import { cleanBody, toWireText } from '../lib/text.js';
import { type Cluster, cluster, clusters } from '../lib/width.js';

export interface EditorCell {
  /** What is sent. */
  readonly raw: string;
  /** What is shown; a line break is shown as its sign where rows are not broken. */
  readonly c: Cluster;
}

export interface Snapshot {
  readonly cells: readonly EditorCell[];
  readonly cursor: number;
}

export interface Search {
  query: string;
  /** Place in the history, or its length when nothing matched. */
  index: number;
  failed: boolean;
  readonly origin: Snapshot;
}

/** Everything that belongs to one input line. Change it through the editor only. */
export interface EditorState {
  cells: readonly EditorCell[];
  /** Index of the cell the cursor stands on; `cells.length` is the end. */
  cursor: number;
  /** Lines sent, oldest first. */
  history: string[];
  /** Place in the history; `history.length` is the line being written. */
  place: number;
  /** Lines changed while walking the history, by place. */
  edited: Map<number, string>;
  undo: Snapshot[];
  redo: Snapshot[];
  /** Kind of the last change, for undo steps and joined kills. */
  last: 'insert' | 'kill' | 'yank' | 'other';
  /** Cells that the last yank put in, for yank-pop. */
  yanked: number;
  search: Search | undefined;
  /** A password: shown as dots, kept nowhere. */
  readonly secret: boolean;
}

/** Clusters that a line may have; what is beyond is not taken. */
export const MAX_INPUT = 65_536;
export const MAX_HISTORY = 1000;
const MAX_UNDO = 200;

const NEWLINE: EditorCell = { raw: '\n', c: cluster('␤') };
const REPLACEMENT = cluster('\ufffd');

const ASCII: readonly EditorCell[] = Array.from({ length: 0x5f }, (_, i) => {
  const raw = String.fromCharCode(0x20 + i);
  return { raw, c: cluster(raw) };
});

export function cellOf(raw: string): EditorCell {
  if (raw === '\n') return NEWLINE;
  if (raw.length === 1) {
    const known = ASCII[raw.charCodeAt(0) - 0x20];
    if (known !== undefined) return known;
  }
  const [first, second] = clusters(cleanBody(raw));
  return { raw, c: first === undefined || second !== undefined || first.s < ' ' ? REPLACEMENT : first };
}

export function cellsOf(text: string): EditorCell[] {
  const plain = toWireText(text.replace(/\t/g, '    ')).text;
  const cells: EditorCell[] = [];
  for (const line of plain.split(/(\n)/)) {
    // The cluster may carry a dotted circle that nobody typed; what is sent is without it.
    for (const c of clusters(line))
      cells.push(cellOf(c.s.startsWith('\u25cc') && !line.includes('\u25cc') ? c.s.slice(1) : c.s));
  }
  return cells;
}

export const rawOf = (cells: readonly EditorCell[]): string => {
  let text = '';
  for (const cell of cells) text += cell.raw;
  return text;
};

export function createEditorState(
  options: { readonly secret?: boolean; readonly history?: readonly string[] } = {},
): EditorState {
  const history = [...(options.history ?? [])].slice(-MAX_HISTORY);
  return {
    cells: [],
    cursor: 0,
    history,
    place: history.length,
    edited: new Map(),
    undo: [],
    redo: [],
    last: 'other',
    yanked: 0,
    search: undefined,
    secret: options.secret ?? false,
  };
}

/** The text as it would be sent. */
export function textOf(state: EditorState): string {
  return rawOf(state.cells);
}

/** The cursor as an offset into `textOf`. */
export function offsetOf(state: EditorState): number {
  return rawOf(state.cells.slice(0, state.cursor)).length;
}

/** Puts a whole text (a draft, a completion) in place, the cursor at `offset` or at the end. One undo step. */
export function setText(state: EditorState, text: string, offset = text.length): void {
  remember(state, 'other');
  const before = cellsOf(text.slice(0, offset));
  const all = cellsOf(text).slice(0, MAX_INPUT);
  state.cells = all;
  state.cursor = Math.min(before.length, all.length);
}

/** Forgets the text, the undo steps and a search, not the history. */
export function clear(state: EditorState): void {
  state.cells = [];
  state.cursor = 0;
  state.undo = [];
  state.redo = [];
  state.edited.clear();
  state.place = state.history.length;
  state.last = 'other';
  state.yanked = 0;
  state.search = undefined;
}

export function remember(state: EditorState, kind: EditorState['last']): void {
  // A run of typed letters is one step.
  if (kind !== 'insert' || state.last !== 'insert') {
    state.undo.push({ cells: state.cells, cursor: state.cursor });
    if (state.undo.length > MAX_UNDO) state.undo.shift();
  }
  state.redo = [];
  state.last = kind;
}
