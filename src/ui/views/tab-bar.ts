/** All tabs in one line, or as a column at the left; activity is said by a sign and not by colour alone. */
import type { Token } from '../../lib/span.js';
import { clip, type Safe, safe } from '../../lib/text.js';
import type { Row, TabInfo } from '../../model/view.js';
import { cellsOf, cellsWidth, type Line, lineOf, words } from '../rows/line.js';
import type { Signs } from '../rows/signs.js';
import type { Picture } from './picture.js';

const MAX_TITLE = 24;
const SHORT_TITLE = 10;

function tokenOf(tab: TabInfo, current: boolean): Token {
  if (current) return 'tab.current';
  if (tab.activity === 'highlight') return 'tab.highlight';
  if (tab.activity === 'private') return 'tab.private';
  if (tab.activity === 'message') return 'tab.message';
  if (tab.composing) return 'tab.composing';
  return tab.greyed ? 'tab.disconnected' : 'tab.normal';
}

/** `!3` named three times, `*2` two messages for me alone, `+5` five messages, `.` something moved. */
function signOf(tab: TabInfo, signs: Signs): Safe {
  const typing = tab.composing ? signs.typing : safe``;
  const gone = tab.greyed ? safe`-` : safe``;
  switch (tab.activity) {
    case 'highlight':
      return safe`!${tab.highlights > 0 ? tab.highlights : tab.unread}${typing}${gone}`;
    case 'private':
      return safe`*${tab.unread}${typing}${gone}`;
    case 'message':
      return safe`+${tab.unread}${typing}${gone}`;
    case 'low':
      return safe`${signs.dot}${typing}${gone}`;
    default:
      return safe`${typing}${gone}`;
  }
}

const isBusy = (tab: TabInfo): boolean => tab.activity !== 'none' && tab.activity !== 'low';

function label(tab: TabInfo, current: boolean, titleWidth: number, signs: Signs): Row {
  const title = titleWidth === 0 ? safe`` : safe`:${clip(tab.title, titleWidth)}`;
  const token = tokenOf(tab, current);
  // Brackets, because black on white is not seen by everyone.
  const [open, close] = current ? [safe`[`, safe`]`] : [safe` `, safe` `];
  const rest = safe`${title}${signOf(tab, signs)}${close}`;
  if (tab.account === undefined) return [{ text: safe`${open}${tab.number}${rest}`, token }];
  // Whose it is: a letter behind the number, in a colour of less weight.
  const mark = { text: tab.account.mark, token: current ? token : ('bar.dim' as const) };
  return [{ text: safe`${open}${tab.number}`, token }, mark, { text: rest, token }];
}

const widthOf = (row: Row): number => cellsWidth(cellsOf(row));

interface Bar {
  readonly labels: readonly Row[];
  /** The tabs that have room: from, and up to but without. */
  readonly from: number;
  readonly to: number;
}

function barOf(tabs: readonly TabInfo[], currentId: number, columns: number, signs: Signs): Bar {
  const current = Math.max(
    0,
    tabs.findIndex(tab => tab.id === currentId),
  );
  // Step by step less: full titles, short titles, then titles only where something happens.
  const attempts: ((tab: TabInfo, i: number) => number)[] = [
    () => MAX_TITLE,
    (_tab, i) => (i === current ? MAX_TITLE : SHORT_TITLE),
    (tab, i) => (i === current ? MAX_TITLE : isBusy(tab) ? SHORT_TITLE : 0),
    (_tab, i) => (i === current ? SHORT_TITLE : 0),
  ];
  let labels: Row[] = [];
  for (const attempt of attempts) {
    labels = tabs.map((tab, i) => label(tab, i === current, attempt(tab, i), signs));
    if (labels.reduce((sum, row) => sum + widthOf(row), 0) <= columns) break;
  }
  // Still too many: a window around the current one.
  const widths = labels.map(widthOf);
  let from = 0;
  let to = labels.length;
  let sum = widths.reduce((a, b) => a + b, 0);
  const room = (): number => columns - (from > 0 ? 2 : 0) - (to < labels.length ? 2 : 0);
  while (sum > room() && to - from > 1) {
    if (current - from >= to - 1 - current) sum -= widths[from++] ?? 0;
    else sum -= widths[--to] ?? 0;
  }
  return { labels, from, to };
}

export function tabBarPicture(tabs: readonly TabInfo[], currentId: number, columns: number, signs: Signs): Picture {
  const { labels, from, to } = barOf(tabs, currentId, columns, signs);
  const row = labels.slice(from, to).flat();
  const hidden = [...tabs.slice(0, from), ...tabs.slice(to)].some(isBusy) ? 'tab.highlight' : 'tab.bar';
  const spans = [
    ...(from > 0 ? [words(hidden, '< ')] : []),
    ...row,
    ...(to < labels.length ? [words(hidden, ' >')] : []),
  ];
  return { lines: [lineOf(spans, columns, { below: 'tab.bar' })] };
}

/** The tab whose label stands at column `x` of the bar. */
export function tabAt(
  tabs: readonly TabInfo[],
  currentId: number,
  columns: number,
  signs: Signs,
  x: number,
): TabInfo | undefined {
  const { labels, from, to } = barOf(tabs, currentId, columns, signs);
  let end = from > 0 ? 2 : 0;
  for (let i = from; i < to; i++) {
    const start = end;
    end += widthOf(labels[i] ?? []);
    if (x >= start && x < end) return tabs[i];
  }
  return undefined;
}

/** The first tab of the column: the current one stands in its middle. */
function columnTop(tabs: readonly TabInfo[], currentId: number, rows: number): number {
  const current = Math.max(
    0,
    tabs.findIndex(tab => tab.id === currentId),
  );
  return Math.max(0, Math.min(current - Math.floor(rows / 2), tabs.length - rows));
}

/** The tab that stands in this row of the column. */
export function tabInColumnAt(
  tabs: readonly TabInfo[],
  currentId: number,
  rows: number,
  y: number,
): TabInfo | undefined {
  return tabs[columnTop(tabs, currentId, rows) + y];
}

/** The same as a column; its last cell separates it from the view. */
export function tabColumnPicture(
  tabs: readonly TabInfo[],
  currentId: number,
  columns: number,
  rows: number,
  signs: Signs,
): Picture {
  const from = columnTop(tabs, currentId, rows);
  const lines: Line[] = [];
  for (let y = 0; y < rows; y++) {
    const tab = tabs[from + y];
    const border = words('list.border', signs.vertical);
    if (tab === undefined) lines.push(lineOf([], columns, { right: [border] }));
    else {
      const isCurrent = tab.id === currentId;
      lines.push(lineOf(label(tab, isCurrent, columns - 5, signs), columns, { right: [border] }));
    }
  }
  return { lines };
}
