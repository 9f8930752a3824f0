/** Rows to walk with the cursor; thousands of them cost what is seen. */
import type { CommandLine, ListItem, ListView, Row, TableView } from '../../model/view.js';
import { blanks, cellsOf, cellsWidth, fitCells, type Line, lineOf, rowText, words, wrapLines } from '../rows/line.js';
import type { Picture, Scroll } from './picture.js';
import { rowsOfScroll } from './picture.js';

/** Rows looked at to find the width of a column, evenly over the table. */
const SAMPLE = 200;
const MAX_COLUMN = 60;
const COLUMN_GAP = 2;
/** The width of a list that was never drawn. */
const UNSEEN_COLUMNS = 80;

type TableRow = TableView['rows'][number];

interface Model {
  readonly count: number;
  id(i: number): string;
  heading(i: number): boolean;
  search(i: number): string;
  command(i: number): CommandLine | undefined;
  keys(i: number): Readonly<Record<string, CommandLine>> | undefined;
  line(i: number, columns: number, selected: boolean): Line;
  header(columns: number): readonly Line[];
  readonly empty: readonly Row[];
}

const NOTHING: readonly Row[] = [[words('list.empty', 'Nothing here.')]];

function listModel(view: ListView): Model {
  const at = (i: number): ListItem => view.items[i]!;
  return {
    count: view.items.length,
    id: i => at(i).id,
    heading: i => at(i).heading === true,
    search: i => at(i).search ?? rowText(at(i).row),
    command: i => at(i).command,
    keys: i => at(i).keys,
    line: (i, columns, selected) => {
      const item = at(i);
      return lineOf(item.row, columns, {
        indent: (item.indent ?? 0) * 2,
        ...(item.right === undefined ? {} : { right: item.right }),
        ...(selected ? { below: 'list.selected' as const } : {}),
      });
    },
    header: columns => (view.header ?? []).flatMap(row => wrapLines(row, columns)),
    empty: view.empty ?? NOTHING,
  };
}

function tableModel(view: TableView, columns: number): Model {
  const at = (i: number): TableRow => view.rows[i]!;
  const widths = widthsOf(view, columns);
  const lay = (cells: readonly Row[], selected: boolean): Line => {
    const out = widths.flatMap((width, k) => {
      const align = view.columns[k]?.align ?? 'left';
      const fitted = fitCells(cellsOf(cells[k] ?? []), width, align);
      return k === 0 ? fitted : [...blanks(COLUMN_GAP), ...fitted];
    });
    return selected ? { cells: out, below: 'list.selected' } : { cells: out };
  };
  const titles = view.columns.map(column => [{ text: column.title, token: 'list.header' as const }]);
  return {
    count: view.rows.length,
    id: i => at(i).id,
    heading: i => at(i).heading === true,
    search: i => at(i).search ?? at(i).cells.map(rowText).join(' '),
    command: i => at(i).command,
    keys: i => at(i).keys,
    line: (i, _columns, selected) => lay(at(i).cells, selected),
    header: () => (view.columns.length === 0 ? [] : [lay(titles, false)]),
    empty: view.empty ?? NOTHING,
  };
}

/** Widths as wished, or as the first rows need; what is too much is taken from the widest. */
function widthsOf(view: TableView, columns: number): number[] {
  const widths = view.columns.map((column, k) => {
    if (column.width !== undefined) return column.width;
    let most = cellsWidth(cellsOf([{ text: column.title, token: 'list.header' }]));
    const step = Math.max(1, Math.ceil(view.rows.length / SAMPLE));
    for (let i = view.rows.length - 1; i >= 0; i -= step) {
      most = Math.max(most, cellsWidth(cellsOf(view.rows[i]?.cells[k] ?? [])));
    }
    return Math.min(most, MAX_COLUMN);
  });
  const room = Math.max(0, columns - COLUMN_GAP * Math.max(0, widths.length - 1));
  let over = widths.reduce((sum, w) => sum + w, 0) - room;
  while (over > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    const width = widths[widest] ?? 0;
    if (width <= 1) break;
    const cut = Math.min(over, Math.max(1, Math.ceil(width / 4)));
    widths[widest] = Math.max(1, width - cut);
    over -= cut;
  }
  return widths;
}

export interface ListPane {
  paint(view: ListView | TableView, columns: number, rows: number, filter: string): Picture;
  scroll(what: Scroll): void;
  /** Moves the chosen row. */
  move(delta: number): void;
  /** Chooses the row painted at this row of the pane; false if there is none to choose. */
  chooseAt(y: number): boolean;
  /** Takes over what was typed and walked since the last picture. */
  sync(view: ListView | TableView, filter: string): void;
  readonly selected: string | undefined;
  /** Of the chosen row, as last painted. */
  readonly command: CommandLine | undefined;
  keyCommand(chord: string): CommandLine | undefined;
}

export function createListPane(): ListPane {
  let selected: string | undefined;
  let position = 0;
  let top = 0;
  let height = 1;
  let bodyTop = 0;
  let model: Model | undefined;
  /** Indexes that pass the filter. */
  let visible: readonly number[] = [];
  let source: unknown;
  let modelColumns = -1;
  let usedFilter = '';
  let pending: { delta?: number; to?: 'top' | 'bottom' }[] = [];

  /** The list was just opened at this row: it stands in the middle. */
  let opening: string | undefined;

  const choosable = (k: number): boolean => {
    const i = visible[k];
    return i !== undefined && model !== undefined && !model.heading(i);
  };

  function refresh(view: ListView | TableView, columns: number, filter: string): void {
    const rows = view.type === 'list' ? view.items : view.rows;
    if (selected === undefined && view.type === 'list' && view.start !== undefined && rows.length > 0) {
      selected = view.start;
      opening = selected;
    }
    if (model !== undefined && source === view && usedFilter === filter && modelColumns === columns) return;
    source = view;
    usedFilter = filter;
    modelColumns = columns;
    model = view.type === 'list' ? listModel(view) : tableModel(view, columns);
    const terms = view.filterable ? filter.toLowerCase().split(/\s+/).filter(Boolean) : [];
    if (terms.length === 0) {
      visible = Array.from({ length: rows.length }, (_, i) => i);
      return;
    }
    const found: number[] = [];
    for (let i = 0; i < model.count; i++) {
      // A heading stays if something below it does.
      if (model.heading(i)) {
        while (found.length > 0 && model.heading(found.at(-1)!)) found.pop();
        found.push(i);
        continue;
      }
      const text = model.search(i).toLowerCase();
      if (terms.every(term => text.includes(term))) found.push(i);
    }
    while (found.length > 0 && model.heading(found.at(-1)!)) found.pop();
    visible = found;
  }

  /** The nearest row that can be chosen, first in the direction given. */
  function nearest(k: number, direction: 1 | -1): number {
    for (let i = k; i >= 0 && i < visible.length; i += direction) if (choosable(i)) return i;
    for (let i = k; i >= 0 && i < visible.length; i -= direction) if (choosable(i)) return i;
    return -1;
  }

  function place(): void {
    const current = model;
    if (current === undefined) return;
    const found = selected === undefined ? -1 : visible.findIndex(i => current.id(i) === selected);
    if (found >= 0 && choosable(found)) position = found;
    else position = nearest(Math.max(0, Math.min(position, visible.length - 1)), 1);
    for (const { delta, to } of pending) {
      if (to === 'top') position = nearest(0, 1);
      else if (to === 'bottom') position = nearest(visible.length - 1, -1);
      else if (delta !== undefined && position >= 0) {
        const target = Math.max(0, Math.min(visible.length - 1, position + delta));
        position = nearest(target, delta < 0 ? -1 : 1);
      }
    }
    pending = [];
    const index = visible[position];
    selected = index === undefined ? undefined : current.id(index);
  }

  return {
    paint(view, columns, rows, filter) {
      refresh(view, columns, filter);
      place();
      const header = model?.header(columns).slice(0, Math.max(0, rows - 1)) ?? [];
      bodyTop = header.length;
      height = Math.max(1, rows - header.length);
      const lines: Line[] = [...header];
      if (visible.length === 0 || model === undefined) {
        const why =
          filter !== '' && view.filterable && (model?.count ?? 0) > 0
            ? [[words('list.empty', 'Nothing matches what is typed below.')]]
            : (model?.empty ?? NOTHING);
        lines.push(...why.flatMap(row => wrapLines(row, columns)));
        return { lines: lines.slice(0, rows) };
      }
      if (opening !== undefined) top = position - Math.floor(height / 2);
      opening = undefined;
      if (position < top) top = position;
      if (position >= top + height) top = position - height + 1;
      // A heading right above the chosen first row is worth its row.
      if (top > 0 && position === top && height > 1 && model.heading(visible[top - 1]!)) top--;
      top = Math.max(0, Math.min(top, visible.length - height));
      for (let k = top; k < Math.min(visible.length, top + height); k++) {
        lines.push(model.line(visible[k]!, columns, k === position));
      }
      return position < 0 ? { lines } : { lines, cursor: { x: 0, y: bodyTop + position - top } };
    },
    scroll(what) {
      if (what.to === 'top' || what.to === 'bottom') pending.push({ to: what.to });
      else pending.push({ delta: rowsOfScroll(what, height) });
    },
    move(delta) {
      pending.push({ delta });
    },
    chooseAt(y) {
      const k = top + y - bodyTop;
      const index = visible[k];
      if (y < bodyTop || index === undefined || !choosable(k) || model === undefined) return false;
      selected = model.id(index);
      return true;
    },
    sync(view, filter) {
      refresh(view, modelColumns < 0 ? UNSEEN_COLUMNS : modelColumns, filter);
      place();
    },
    get selected() {
      return selected;
    },
    get command() {
      const index = visible[position];
      return index === undefined ? undefined : model?.command(index);
    },
    keyCommand(chord) {
      const index = visible[position];
      return index === undefined ? undefined : model?.keys(index)?.[chord];
    },
  };
}
