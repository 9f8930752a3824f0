/** Rectangles of the screen: which pane stands where in so many columns and rows. Pure. */

/** What is painted by itself. */
export const PARTS = ['topic', 'view', 'separator', 'side', 'info', 'status', 'tabs', 'hints', 'input'] as const;
export type Part = (typeof PARTS)[number];

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly columns: number;
  readonly rows: number;
}

export interface LayoutWishes {
  /** Rows the input would like, at most what the view's minimum leaves. */
  readonly input: number;
  /** Rows of recent notices. */
  readonly info: number;
  /** Rows of completion candidates and hints above the input. */
  readonly hints: number;
  /** Wished width of the side list; 0 without one. */
  readonly side: number;
  /** The tab list as a column at the left, of this width; 0 for one line at the bottom. */
  readonly tabColumn: number;
  /** False hides the tab bar. */
  readonly tabs: boolean;
  /** Only the view and the input: the tab as raw lines. */
  readonly bare: boolean;
}

export interface Layout {
  readonly topic?: Rect;
  readonly view: Rect;
  readonly side?: Rect;
  /** The column between the view and the side list. */
  readonly separator?: Rect;
  readonly info?: Rect;
  readonly status?: Rect;
  readonly tabs?: Rect;
  /** True if the tabs are a column. */
  readonly tabsAreColumn: boolean;
  readonly hints?: Rect;
  readonly input: Rect;
}

/** Below this only a sentence about the size is shown. */
export const MIN_COLUMNS = 20;
export const MIN_ROWS = 5;
/** The side list gives way first. */
const MIN_COLUMNS_FOR_SIDE = 60;
export const MIN_COLUMNS_FOR_TAB_COLUMN = 100;
export const MAX_INPUT_ROWS = 6;
/** A question is read whole before it is answered. */
export const MAX_QUESTION_ROWS = 12;
/** The view keeps at least this many rows before a bar is shown. */
const MIN_VIEW_ROWS = 2;
const MAX_SIDE_SHARE = 0.4;

export const isIn = (rect: Rect | undefined, at: { readonly x: number; readonly y: number }): rect is Rect =>
  rect !== undefined && at.x >= rect.x && at.x < rect.x + rect.columns && at.y >= rect.y && at.y < rect.y + rect.rows;

/** Undefined: the screen is too small for anything but saying so. */
export function layoutOf(columns: number, rows: number, wishes: LayoutWishes): Layout | undefined {
  if (columns < MIN_COLUMNS || rows < MIN_ROWS) return undefined;
  const asColumn = wishes.tabs && !wishes.bare && wishes.tabColumn > 0 && columns >= MIN_COLUMNS_FOR_TAB_COLUMN;
  const left = asColumn ? Math.min(wishes.tabColumn, 40) + 1 : 0;
  const width = columns - left;

  // What is left after the view's minimum goes to the panes in the order of their worth.
  let free = rows - MIN_VIEW_ROWS;
  const take = (wish: number): number => {
    const got = Math.max(0, Math.min(wish, free));
    free -= got;
    return got;
  };
  take(1);
  const status = wishes.bare ? 0 : take(1);
  const tabs = wishes.bare || asColumn || !wishes.tabs ? 0 : take(1);
  const hints = take(Math.min(wishes.hints, 2));
  const input = 1 + take(Math.max(1, wishes.input) - 1);
  const topic = wishes.bare || rows < MIN_ROWS + 2 ? 0 : take(1);
  const info = wishes.bare ? 0 : take(Math.min(wishes.info, Math.max(0, Math.floor((rows - 8) / 2))));
  const view = rows - status - tabs - hints - input - topic - info;

  let y = 0;
  const next = (height: number): Rect => {
    const rect = { x: left, y, columns: width, rows: height };
    y += height;
    return rect;
  };
  const topicRect = next(topic);
  const viewRect = next(view);
  const infoRect = next(info);
  const statusRect = next(status);
  const tabsRect = next(tabs);
  const hintsRect = next(hints);
  const inputRect = next(input);

  const side =
    wishes.side > 0 && !wishes.bare && width >= MIN_COLUMNS_FOR_SIDE
      ? Math.max(4, Math.min(wishes.side, Math.floor(width * MAX_SIDE_SHARE)))
      : 0;
  const logColumns = side > 0 ? width - side - 1 : width;

  return {
    ...(topic > 0 ? { topic: topicRect } : {}),
    view: { ...viewRect, columns: logColumns },
    ...(side > 0
      ? {
          separator: { ...viewRect, x: left + logColumns, columns: 1 },
          side: { ...viewRect, x: left + logColumns + 1, columns: side },
        }
      : {}),
    ...(info > 0 ? { info: infoRect } : {}),
    ...(status > 0 ? { status: statusRect } : {}),
    ...(asColumn ? { tabs: { x: 0, y: 0, columns: left, rows } } : tabs > 0 ? { tabs: tabsRect } : {}),
    tabsAreColumn: asColumn,
    ...(hints > 0 ? { hints: hintsRect } : {}),
    input: inputRect,
  };
}
