/** The only construction of neo-blessed: its cell buffers and element tree, with our painter in the place of its drawing. */
import Element from 'neo-blessed/lib/widgets/element.js';
import Screen from 'neo-blessed/lib/widgets/screen.js';
import type { Device } from './device.js';
import { type Cursor, createPainter, type PainterOptions } from './painter.js';
import { PLAIN } from './style.js';
import { createSurface, type Rect, type Surface } from './surface.js';
import type { Theme } from './theme.js';

/** A rectangle of the screen with something that paints it. */
export interface Pane {
  readonly rect: Rect | undefined;
  /** Puts it somewhere, or hides it. */
  place(rect: Rect | undefined): void;
  /** What it shows has changed: it is painted in the next frame. */
  touch(): void;
  /** Its rows (or `rows` from `first` on, within the pane) moved up by `rows` since the last frame: a hint for cheap scrolling. */
  scrolled(rows: number, first?: number, count?: number): void;
  remove(): void;
}

export interface UiScreen {
  readonly columns: number;
  readonly rows: number;
  /** Adds a pane above those that are there. */
  addPane(paint: (surface: Surface) => void): Pane;
  /** Where the terminal's cursor stands, in cells of the screen; undefined hides it. */
  setCursor(cursor: Cursor | undefined): void;
  setTheme(theme: Theme): void;
  /** New options for the painter (colours, links); everything is drawn again. */
  setPainter(options: PainterOptions): void;
  /** Takes the size from the device; everything is drawn again. Place the panes anew after it. */
  resize(): void;
  /** Everything is cleared and drawn again in the next frame. */
  redraw(): void;
  /** True if a pane, the cursor or the whole screen waits to be drawn. */
  readonly dirty: boolean;
  /** Draws what has changed and returns the bytes sent. Only `frame.ts` calls it. */
  render(): number;
}

export interface ScreenOptions {
  readonly device: Device;
  readonly theme: Theme;
  readonly painter: PainterOptions;
}

const overlaps = (a: Rect, b: Rect): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

interface PaneState {
  readonly element: Element;
  rect: Rect | undefined;
  changed: boolean;
}

export function createScreen(options: ScreenOptions): UiScreen {
  const { device } = options;
  let theme = options.theme;
  let painter = createPainter(options.painter);
  let cursor: Cursor | undefined;
  let drawnCursor: Cursor | undefined;
  let pending = true;
  let sent = 0;

  // neo-blessed asks its `program` for the terminal: its own reads terminfo, parses keys and writes by itself. This one
  // knows the size and is silent.
  const nothing = (): void => {};
  const program = {
    cols: device.columns,
    rows: device.rows,
    options: {},
    tput: { unicode: true, numbers: {}, strings: {}, features: {} },
    isAlt: false,
    put: { keypad_xmit: nothing, keypad_local: nothing },
    setupTput: nothing,
    alternateBuffer: nothing,
    csr: nothing,
    cup: nothing,
    hideCursor: nothing,
    showCursor: nothing,
    clear: nothing,
    flush: nothing,
    _write: nothing,
    on: nothing,
  };
  // Its handlers for signals and exceptions would end the process in their own way.
  Screen._bound = true;
  const screen = new Screen({ program });
  // One screen at a time is enough for a person, but tests make many: do not let the library collect them.
  Screen.instances.splice(Screen.instances.indexOf(screen), 1);
  Screen.total = Screen.instances.length;
  Screen.global = null;
  screen.dattr = PLAIN;
  screen.alloc();

  const panes: PaneState[] = [];

  screen.draw = () => {
    const bytes = painter.frame(screen, cursor);
    sent = Buffer.byteLength(bytes);
    if (bytes !== '') device.write(bytes);
  };

  /** After panes moved: what they leave behind is blank, what stays is painted again; the painter finds what differs. */
  function wipe(): void {
    for (const line of screen.lines) {
      for (const cell of line) {
        cell[0] = PLAIN;
        cell[1] = ' ';
      }
      line.dirty = true;
    }
    for (const pane of panes) pane.changed = true;
    moved = false;
  }
  let moved = false;

  function touchAll(): void {
    for (const pane of panes) pane.changed = true;
    pending = true;
  }

  return {
    get columns() {
      return program.cols;
    },
    get rows() {
      return program.rows;
    },
    addPane(paint) {
      const element = new Element({ screen, left: 0, top: 0, width: 0, height: 0 });
      const state: PaneState = { element, rect: undefined, changed: true };
      element.hidden = true;
      // We paint cells; there is no content with tags to be read.
      element.parseContent = () => false;
      element.render = () => {
        const { rect } = state;
        if (rect === undefined || !state.changed) return undefined;
        state.changed = false;
        const coords = { xi: rect.x, xl: rect.x + rect.width, yi: rect.y, yl: rect.y + rect.height };
        element.lpos = coords;
        const visible = {
          x: rect.x,
          y: rect.y,
          width: Math.max(0, Math.min(rect.width, program.cols - rect.x)),
          height: Math.max(0, Math.min(rect.height, program.rows - rect.y)),
        };
        if (visible.width > 0 && visible.height > 0) paint(createSurface(screen.lines, visible, theme));
        return coords;
      };
      screen.append(element);
      panes.push(state);
      return {
        get rect() {
          return state.rect;
        },
        place(rect) {
          const old = state.rect;
          const same =
            old === rect ||
            (old !== undefined &&
              rect !== undefined &&
              old.x === rect.x &&
              old.y === rect.y &&
              old.width === rect.width &&
              old.height === rect.height);
          if (same) return;
          state.rect = rect;
          element.hidden = rect === undefined;
          if (rect !== undefined)
            element.position = { left: rect.x, top: rect.y, width: rect.width, height: rect.height };
          moved = true;
          pending = true;
        },
        touch() {
          state.changed = true;
          if (state.rect !== undefined) pending = true;
        },
        scrolled(rows, first = 0, count) {
          const { rect } = state;
          if (rect === undefined) return;
          const height = count ?? rect.height - first;
          painter.scrolled(rect.y + first, rect.y + first + height - 1, rows);
        },
        remove() {
          const index = panes.indexOf(state);
          if (index < 0) return;
          panes.splice(index, 1);
          element.hidden = true;
          screen.remove(element);
          moved = true;
          pending = true;
        },
      };
    },
    setCursor(next) {
      cursor = next;
    },
    setTheme(next) {
      theme = next;
      touchAll();
    },
    setPainter(next) {
      painter = createPainter(next);
      painter.invalidate();
      touchAll();
    },
    resize() {
      program.cols = device.columns;
      program.rows = device.rows;
      screen.alloc();
      painter.invalidate();
      touchAll();
    },
    redraw() {
      painter.invalidate();
      touchAll();
    },
    get dirty() {
      return pending || cursor?.x !== drawnCursor?.x || cursor?.y !== drawnCursor?.y;
    },
    render() {
      pending = false;
      sent = 0;
      if (moved) wipe();
      // What lies above something that is painted must be painted again.
      for (let i = 0; i < panes.length; i++) {
        const { rect, changed } = panes[i]!;
        if (!changed || rect === undefined) continue;
        for (let k = i + 1; k < panes.length; k++) {
          const above = panes[k]!;
          if (above.rect !== undefined && overlaps(rect, above.rect)) above.changed = true;
        }
      }
      screen.render();
      drawnCursor = cursor;
      return sent;
    },
  };
}
