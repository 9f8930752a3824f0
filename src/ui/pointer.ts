/** The mouse, where it is ours: the wheel scrolls, and a click goes to a tab, a row, a link, a name or a place in the line. */
import type { ScreenPort, Shell, TabView } from '../model/view.js';
import { quote } from '../model/wording.js';
import type { Mouse } from './keys.js';
import { isIn, type Rect } from './layout.js';
import type { Look } from './look.js';
import type { Parts } from './parts.js';
import type { Line } from './rows/line.js';
import type { ShownTab } from './shown-tab.js';
import type { Composer } from './views/composer.js';
import { tabAt, tabInColumnAt } from './views/tab-bar.js';

const WHEEL_ROWS = 3;
const LEFT = 0;
const RIGHT = 2;
/** What a list of names calls its headings. */
const HEADING = 'role:';

export interface Pointer {
  /** A report of the terminal. */
  event(mouse: Mouse): void;
}

/** The address that the cell at column `x` belongs to. */
function linkAt(line: Line | undefined, x: number): string | undefined {
  let end = 0;
  for (const cell of line?.cells ?? []) {
    end += cell.c.w;
    if (x < end) return cell.span.link;
  }
  return undefined;
}

export function createPointer({
  shell,
  parts,
  look,
  shown,
  composer,
  port,
  cellAt,
  run,
  touch,
}: {
  readonly shell: Shell;
  readonly parts: Parts;
  readonly look: Look;
  readonly shown: ShownTab;
  readonly composer: Composer;
  readonly port: () => Pick<ScreenPort, 'scroll' | 'scrollSide'>;
  /** The place in the line that is drawn at this cell of the input. */
  readonly cellAt: (x: number, y: number) => number;
  /** Runs the command of the chosen row of a list. */
  readonly run: (tab: TabView) => void;
  readonly touch: (...parts: readonly ('view' | 'input')[]) => void;
}): Pointer {
  function wheel(mouse: Mouse, direction: -1 | 1): void {
    const { layout } = parts;
    if (isIn(layout?.side, mouse)) port().scrollSide(direction * 0.25);
    else if (isIn(layout?.tabs, mouse)) shell.submit(direction < 0 ? '/prev' : '/next');
    else port().scroll({ rows: direction * WHEEL_ROWS });
  }

  function onTabs(rect: Rect, mouse: Mouse): void {
    const tabs = shell.tabs();
    const { id } = shown.current().info;
    const tab =
      parts.layout?.tabsAreColumn === true
        ? tabInColumnAt(tabs, id, rect.rows, mouse.y - rect.y)
        : tabAt(tabs, id, rect.columns, look.signs, mouse.x - rect.x);
    if (tab !== undefined) shell.submit(`/win ${tab.number}`);
  }

  /** Left: the name goes into the line, as completion would put it; right: who that is. */
  function onSide(rect: Rect, mouse: Mouse): void {
    const tab = shown.current();
    const { sideTop } = shown.panesOf(tab);
    const y = mouse.y - rect.y;
    const all = tab.side?.items ?? [];
    // The last row may count what does not fit.
    if (y === rect.rows - 1 && rect.rows > 1 && all.length - sideTop > rect.rows) return;
    const item = all[sideTop + y];
    if (item === undefined || item.heading === true || item.id.startsWith(HEADING)) return;
    if (mouse.button === RIGHT) shell.submit(`/whois ${quote(item.id)}`);
    else if (mouse.button === LEFT && !composer.asking)
      composer.address(item.id, look.option('completion.after', ': '));
  }

  function onView(rect: Rect, mouse: Mouse): void {
    const tab = shown.current();
    const own = shown.panesOf(tab);
    const [x, y] = [mouse.x - rect.x, mouse.y - rect.y];
    switch (tab.view.type) {
      case 'list':
      case 'table': {
        const before = own.list.selected;
        // A second click is Enter.
        if (own.list.chooseAt(y) && own.list.selected === before) run(tab);
        touch('view');
        break;
      }
      case 'form':
        if (own.form.focusAt(x, y)) own.formFocus = true;
        touch('view', 'input');
        break;
      default: {
        const link = linkAt(parts.picture('view')?.lines[y], x);
        if (link !== undefined) shell.submit(`/open ${link}`);
      }
    }
  }

  return {
    event(mouse) {
      if (mouse.action === 'wheel-up') return wheel(mouse, -1);
      if (mouse.action === 'wheel-down') return wheel(mouse, 1);
      const { layout } = parts;
      if (mouse.action !== 'down' || layout === undefined) return;
      if (isIn(layout.side, mouse)) return onSide(layout.side, mouse);
      if (mouse.button !== LEFT) return;
      if (isIn(layout.tabs, mouse)) onTabs(layout.tabs, mouse);
      else if (isIn(layout.view, mouse)) onView(layout.view, mouse);
      else if (isIn(layout.input, mouse)) {
        const { input } = layout;
        composer.moveTo(cellAt(mouse.x - input.x, mouse.y - input.y));
        touch('input');
      }
    },
  };
}
