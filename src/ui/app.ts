/** The screen of the client: what the terminal sends goes to the shell, what the shell has is laid out and painted. It decides nothing. */
import { createDisposables, type Undo } from '../lib/disposables.js';
import { errorText, UserError } from '../lib/errors.js';
import { cleanLine, type Safe } from '../lib/text.js';
import { type Clock, systemClock } from '../lib/time.js';
import type { ScreenPort, Shell, TabInfo, TabView } from '../model/view.js';
import {
  ASK_ALT,
  ASK_BACKGROUND,
  ASK_SYNCHRONISED,
  altModeOff,
  backgroundIn,
  backgroundOf,
  createDevice,
  type Device,
  type Host,
  knowsBackground,
  mayBeAsked,
  type QuitReason,
  saysSynchronised,
  type TtyInput,
  type TtyOutput,
} from './device.js';
import { offsetOf } from './editor-state.js';
import { createFrame } from './frame.js';
import { createKeyboard } from './keyboard.js';
import { createKeyDecoder, type InputEvent } from './keys.js';
import {
  layoutOf,
  MAX_INPUT_ROWS,
  MAX_QUESTION_ROWS,
  MIN_COLUMNS,
  MIN_COLUMNS_FOR_TAB_COLUMN,
  MIN_ROWS,
  type Part,
} from './layout.js';
import { createLineEditor } from './line-editor.js';
import { createLook } from './look.js';
import { messageHint } from './message-menu.js';
import { createParts, partsOfRegion } from './parts.js';
import { createPointer } from './pointer.js';
import { isolateSpans } from './rows/bidi.js';
import { lineOf, words } from './rows/line.js';
import { createScreen } from './screen.js';
import { createShownTab } from './shown-tab.js';
import { createComposer } from './views/composer.js';
import { infoPicture, recentNotices } from './views/info.js';
import { inputCellAt, inputPicture } from './views/input.js';
import type { TabPanes } from './views/panes.js';
import { type Picture, rowsOfScroll } from './views/picture.js';
import { separatorPicture, sidePicture } from './views/side.js';
import { statusPicture } from './views/status.js';
import { tabBarPicture, tabColumnPicture } from './views/tab-bar.js';

export interface UiOptions {
  readonly shell: Shell;
  readonly stdin?: TtyInput;
  readonly stdout?: TtyOutput;
  readonly host?: Host;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock?: Clock;
  /** The theme as JSON; undefined: dark or light, as the background is. */
  readonly theme: unknown;
  /** Themes that can be a `base`, by name. */
  readonly themes?: Readonly<Record<string, unknown>>;
  /** The terminal was given back; what is saved and when the process ends is decided there. */
  readonly onQuit: (reason: QuitReason, code: number, error?: unknown) => void;
  /** Asked about an exception that nobody caught: true if it was a plugin's and the client lives on. */
  readonly isContained?: (error: unknown) => boolean;
}

export interface Ui {
  readonly port: ScreenPort;
  readonly device: Device;
  /** Takes the terminal and draws the first frame. */
  start(): void;
  /** Gives it back for good. */
  close(): void;
  /** Frames drawn since the start. */
  readonly frames: number;
}

/** Regions of a chat that concern the screen only while that chat is shown. */
const OF_A_CHAT = new Set(['log', 'occupants', 'subject']);
/** Views that keep right-to-left text in its place by themselves. */
const OWN_BIDI = new Set(['log', 'form']);

const MAX_INPUT_LINES = 1000;
const TAB_COLUMN = 20;

export function createUi(options: UiOptions): Ui {
  const { shell, env, clock = systemClock } = options;
  const disposables = createDisposables();
  const device = createDevice({
    clock,
    onQuit: options.onQuit,
    ...(options.isContained !== undefined && { isContained: options.isContained }),
    ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
    ...(options.stdout === undefined ? {} : { stdout: options.stdout }),
    ...(options.host === undefined ? {} : { host: options.host }),
  });
  let synchronised = false;
  /** It was asked for, once, and the terminal has not said it. */
  let awaitsBackground = false;
  const look = createLook({ shell, env, themes: options.themes, synchronised: () => synchronised });
  const { option } = look;
  device.setReordering(look.bidi !== 'app');

  let themeJson = options.theme;
  let mouse = false;
  let lastKeyAt = 0;
  /** A key came, and its frame was not drawn yet. */
  let handling = false;
  let closed = false;
  let infoTimer: Undo | undefined;
  let clockTimer: Undo | undefined;

  const screen = createScreen({ device, theme: look.theme(themeJson), painter: look.painter });
  const editor = createLineEditor();
  const composer = createComposer({
    shell,
    editor,
    historyLines: () => option<number>('input.history', MAX_INPUT_LINES),
    changed() {
      touch('input', 'hints', 'status');
      if (shown.last !== undefined && shown.filterable(shown.last)) touch('view');
    },
  });
  const shown = createShownTab({
    shell,
    editor,
    composer: () => composer,
    changed: what => (what === 'tab' ? parts.markAll() : parts.mark('view')),
  });
  const parts = createParts(screen, (part, picture, surface) => {
    const lines = picture?.lines ?? [];
    for (let y = 0; y < surface.height; y++) {
      const line = lines[y];
      // Logs and forms do this themselves; what is being typed stays in the order of its letters.
      const fields = part !== 'input' && !(part === 'view' && OWN_BIDI.has(shown.last?.view.type ?? 'log'));
      const cells = line?.cells ?? [];
      const row = { indent: 0, cells: fields ? isolateSpans(cells, look.bidi) : cells, starts: true };
      surface.wrapped(0, y, row, line?.below === undefined ? undefined : { below: line.below });
    }
  });
  const frame = createFrame({
    screen,
    device,
    clock,
    // With a clock of its own (in tests) a frame takes no time.
    ...(options.clock === undefined ? {} : { stopwatch: () => clock.now() }),
    prepare,
    maxFps: option('ui.max_fps', 30),
  });

  function touch(...some: readonly Part[]): void {
    parts.mark(...some);
    frame.request();
  }

  function everything(): void {
    parts.markAll();
    frame.request();
  }

  // ---- The picture -------------------------------------------------------------------------------------------------

  /** Notices to be shown now; a timer waits until the oldest of them is too old. */
  function recent(): ReturnType<typeof recentNotices> {
    const seconds = option<number>('ui.info_seconds', 10);
    const max = option<number>('ui.info_rows', 3);
    const all = shell.info();
    const now = clock.now();
    const notices =
      seconds === 0
        ? recentNotices(
            all.filter(notice => notice.at >= lastKeyAt),
            now,
            0,
            max,
          )
        : recentNotices(all, now, seconds, max);
    infoTimer?.();
    infoTimer = undefined;
    const [oldest] = notices;
    if (seconds > 0 && oldest !== undefined) {
      infoTimer = clock.after(Math.max(1, oldest.at + seconds * 1000 - now), () => touch('info'));
    }
    return notices;
  }

  /** Takes over everything that has changed, right before it is drawn. */
  function prepare(forKey: boolean): boolean {
    if (!forKey) parts.release();
    handling = false;
    const { columns, rows } = screen;
    const tab = shown.current();
    const own = shown.panesOf(tab);
    if (columns < MIN_COLUMNS || rows < MIN_ROWS) {
      parts.place(undefined);
      const text = `Too small: ${MIN_COLUMNS}x${MIN_ROWS} at least.`;
      parts.show('note', { lines: [lineOf([words('notice.warning', text)], columns)] });
      screen.setCursor({ x: 0, y: 0 });
      return false;
    }

    const { accessible } = look;
    const notices = parts.isDirty('info') || parts.layout === undefined ? recent() : undefined;
    const asColumn = look.tabColumn;
    const width = asColumn && columns >= MIN_COLUMNS_FOR_TAB_COLUMN ? columns - TAB_COLUMN - 1 : columns;
    const mostInfo = option<number>('ui.info_rows', 3);
    const infoRows =
      notices === undefined
        ? (parts.layout?.info?.rows ?? 0)
        : infoPicture(notices, width, mostInfo, accessible).lines.length;
    const prompt = composer.prompt(tab.prompt);
    const { name, ghost, question } = composer.look;
    const mostInput = question === undefined ? MAX_INPUT_ROWS : MAX_QUESTION_ROWS;
    const inputLook = {
      ...(question === undefined ? {} : { question }),
      ...(name === undefined ? {} : { name }),
      ...(ghost !== undefined && look.ghosts ? { ghost } : {}),
    };
    let input = inputPicture(composer.state, prompt, width, mostInput, inputLook);
    const hint = composer.hint(width) ?? focusHint(tab, width);
    parts.place(
      layoutOf(columns, rows, {
        input: Math.min(mostInput, input.wanted),
        info: infoRows,
        hints: look.bare && hint !== undefined ? 1 : 0,
        side: look.side ? (tab.side?.width ?? 0) : 0,
        tabColumn: asColumn ? TAB_COLUMN : 0,
        tabs: look.tabs,
        bare: look.bare,
      }),
    );
    const { layout } = parts;
    if (layout === undefined) return false;
    if (input.lines.length > layout.input.rows)
      input = inputPicture(composer.state, prompt, width, layout.input.rows, inputLook);

    const tabs = (): readonly TabInfo[] =>
      option('typing.show', true) ? shell.tabs() : shell.tabs().map(one => ({ ...one, composing: false }));
    const viewDirty = parts.isDirty('view');
    parts.paint('topic', rect => ({ lines: [lineOf(tab.topic, rect.columns, { below: 'bar.normal' })] }));
    parts.paint('view', rect => {
      // Where nobody speaks there is no column of nicks.
      const style =
        tab.view.type === 'log' && tab.view.speakers === false
          ? { ...look.rowStyle, align: 'ragged' as const }
          : look.rowStyle;
      return own.paint(tab, rect.columns, rect.rows, style, shown.filterOf(tab));
    });
    parts.paint('separator', rect => separatorPicture(rect.rows, look.signs.vertical));
    parts.paint('side', rect => {
      if (tab.side === undefined) return { lines: [] };
      own.sideTop = Math.max(0, Math.min(own.sideTop, tab.side.items.length - rect.rows));
      return sidePicture(tab.side, rect.columns, rect.rows, own.sideTop);
    });
    if (notices !== undefined) parts.paint('info', rect => infoPicture(notices, rect.columns, rect.rows, accessible));
    // Hints take the place of the info bar: nothing moves when they come and go.
    parts.paint('status', rect => {
      if (hint !== undefined) return hint;
      const bar = shell.statusBar();
      const now = option('ui.clock', false) ? { now: clock.now() } : {};
      return statusPicture({ left: bar.left, right: bar.right, passing: tab.status, ...now }, rect.columns);
    });
    parts.paint('tabs', rect =>
      layout.tabsAreColumn
        ? tabColumnPicture(tabs(), tab.info.id, rect.columns, rect.rows, look.signs)
        : tabBarPicture(tabs(), tab.info.id, rect.columns, look.signs),
    );
    parts.paint('hints', () => hint ?? { lines: [] });
    parts.paint('input', () => input);
    const left = parts.clean();

    // The hardware cursor is where the keys go: screen readers and braille lines follow it.
    const inView = parts.picture('view')?.cursor;
    const viewHasFocus =
      !composer.asking &&
      inView !== undefined &&
      (tab.view.type === 'form' ? own.formFocus : composer.empty && !composer.searching);
    screen.setCursor(
      viewHasFocus
        ? { x: layout.view.x + inView.x, y: layout.view.y + inView.y }
        : { x: layout.input.x + input.cursor.x, y: layout.input.y + input.cursor.y },
    );
    if (viewDirty) tellSeen(tab, own);
    return left;
  }

  /** What the keys do while a message is chosen. */
  function focusHint(tab: TabView, columns: number): Picture | undefined {
    const message = shown.chosenMessage(tab);
    return message === undefined || !composer.empty ? undefined : messageHint(message, keyboard.menu, columns);
  }

  function tellSeen(tab: TabView, own: TabPanes): void {
    if (tab.view.type === 'log' && !own.log.atEnd) return;
    if (tab.info.unread > 0 || tab.info.activity !== 'none') shell.seen(tab.info.id);
  }

  // ---- Keys --------------------------------------------------------------------------------------------------------

  const keyboard = createKeyboard({
    shell,
    shown,
    composer,
    touch,
    page: direction => port.scroll({ pages: direction * 0.5 }),
  });
  const pointer = createPointer({
    shell,
    parts,
    look,
    shown,
    composer,
    port: () => port,
    cellAt(x, y) {
      const { input } = parts.layout ?? {};
      const prompt = composer.prompt(shown.current().prompt);
      const { question } = composer.look;
      return input === undefined ? 0 : inputCellAt(composer.state, prompt, input.columns, input.rows, x, y, question);
    },
    run: tab => void keyboard.enter(tab),
    touch,
  });

  function onInput(event: InputEvent): void {
    if (event.type === 'reply') {
      synchronised ||= saysSynchronised(event.data);
      const altOff = altModeOff(event.data);
      if (altOff !== undefined) device.borrow(altOff);
      const background = awaitsBackground ? backgroundIn(event.data) : undefined;
      if (background === undefined) return;
      awaitsBackground = false;
      // Only what looks different now is sent.
      if (look.takeBackground(background)) {
        screen.setTheme(look.theme(themeJson));
        everything();
      }
      return;
    }
    if (event.type === 'cleaned') {
      shell.cleaned?.();
      return;
    }
    if (event.type === 'focus') {
      shell.focused(event.focused);
      if (event.focused && shown.last !== undefined) {
        const tab = shown.current();
        tellSeen(tab, shown.panesOf(tab));
      }
      return;
    }
    // From here to the frame what changes has to do with the key; what changed before waits for its own frame.
    if (!handling) parts.hold();
    handling = true;
    if (lastKeyAt === 0 || option<number>('ui.info_seconds', 10) === 0) parts.mark('info');
    lastKeyAt = clock.now();
    keyboard.forgetFocus();
    shown.current();
    if (event.type === 'text') keyboard.text(event.text);
    else if (event.type === 'paste') keyboard.paste(event.text);
    else if (event.type === 'mouse') pointer.event(event.mouse);
    else keyboard.chord(event.chord);
    if (!closed) frame.key();
  }

  const keys = createKeyDecoder({ onEvent: onInput, clock, escapeMs: option('input.escape_ms', 50) });

  // ---- The port ----------------------------------------------------------------------------------------------------

  function waitForMinute(): void {
    clockTimer?.();
    clockTimer = undefined;
    if (!option('ui.clock', false)) return;
    clockTimer = clock.after(60_000 - (clock.now() % 60_000), () => {
      touch('status');
      waitForMinute();
    });
  }

  const toggled = (now: boolean, wanted: boolean | 'toggle'): boolean => (wanted === 'toggle' ? !now : wanted);

  const port: ScreenPort = {
    bell: () => device.bell(),
    redraw() {
      screen.redraw();
      everything();
    },
    title(text) {
      if (option('ui.title', true)) device.setTitle(text);
    },
    scroll(what) {
      const tab = shown.current();
      shown.panesOf(tab).scroll(tab, what);
      touch('view');
    },
    scrollSide(pages) {
      const tab = shown.current();
      const own = shown.panesOf(tab);
      own.sideTop = Math.max(0, own.sideTop + rowsOfScroll({ pages }, parts.layout?.side?.rows ?? 1));
      touch('side');
    },
    focus(where) {
      const tab = shown.current();
      const own = shown.panesOf(tab);
      keyboard.closeMenu();
      if (tab.view.type !== 'log') return;
      if (where === 'none') own.log.blur();
      else own.log.moveFocus(tab.view, where === 'previous' ? -1 : 1);
      touch('view', 'input', 'status', 'hints');
    },
    focused: () => keyboard.recentFocus ?? shown.panesOf(shown.current()).log.focused,
    reveal(seq) {
      shown.panesOf(shown.current()).reveal(seq);
      touch('view');
    },
    input: {
      get() {
        shown.current();
        const { line, state } = composer;
        return { line, cursor: composer.asking ? line.length : offsetOf(state) };
      },
      set(line, cursor) {
        const tab = shown.current();
        // What is put into the line is meant to be seen and edited.
        if (tab.view.type === 'form' && line !== '') shown.panesOf(tab).formFocus = false;
        composer.set(line, cursor);
      },
      act(name) {
        shown.current();
        return composer.act(name);
      },
    },
    async outside(run) {
      keys.reset();
      try {
        return await device.runOutside(run);
      } finally {
        everything();
      }
    },
    suspend: () => device.suspend(),
    theme(json) {
      try {
        const theme = look.theme(json);
        themeJson = json;
        screen.setTheme(theme);
        frame.request();
        return theme.warnings.map(cleanLine);
      } catch (error) {
        const hint = error instanceof UserError && error.hint !== undefined ? ` ${error.hint}` : '';
        return [cleanLine(errorText(error) + hint)];
      }
    },
    selected: () => {
      const tab = shown.current();
      const own = shown.panesOf(tab);
      if (tab.view.type === 'list' || tab.view.type === 'table') own.list.sync(tab.view, shown.filterOf(tab));
      return own.selected(tab);
    },
    panel(name, wanted) {
      let now: boolean;
      if (name === 'mouse') {
        now = mouse = toggled(mouse, wanted);
        device.setMouse(mouse);
        return now;
      }
      now = toggled(name === 'side' ? look.side : name === 'tabs' ? look.tabColumn : look.bare, wanted);
      if (name === 'side') look.setSide(now);
      else if (name === 'tabs') look.setTabColumn(now);
      else look.setBare(now);
      everything();
      return now;
    },
    copy: (text: Safe) => device.copy(text),
    size: () => ({ columns: device.columns, rows: device.rows }),
    close,
  };

  function close(): void {
    if (closed) return;
    closed = true;
    infoTimer?.();
    clockTimer?.();
    keys.reset();
    frame.stop();
    disposables.dispose();
    device.leave();
  }

  function onTouch(region: string, chat?: string): void {
    if (region === 'all') {
      frame.setMaxFps(option('ui.max_fps', 30));
      keys.setEscapeMs(option('input.escape_ms', 50));
      const changed = look.take();
      device.setReordering(look.bidi !== 'app');
      if (changed) {
        screen.setPainter(look.painter);
        screen.setTheme(look.theme(themeJson));
      }
      waitForMinute();
      everything();
      return;
    }
    if (region === 'drafts') {
      composer.restore();
      return;
    }
    const here = shown.last?.info.chatId;
    const elsewhere = chat !== undefined && chat !== here;
    if (elsewhere && OF_A_CHAT.has(region)) {
      // Another list may count what happens there (the roster, the start tab).
      if (shown.last?.view.type === 'list' || shown.last?.view.type === 'table') touch('view', 'tabs');
      else touch('tabs');
      return;
    }
    touch(...partsOfRegion(region));
  }

  return {
    port,
    device,
    start() {
      disposables.add(device.guard());
      disposables.add(device.on('input', data => keys.feed(data)));
      disposables.add(
        device.on('resize', () => {
          screen.resize();
          everything();
        }),
      );
      disposables.add(device.on('resume', everything));
      disposables.add(shell.onTouch(onTouch));
      device.enter();
      if (mayBeAsked(env)) device.write(ASK_SYNCHRONISED + ASK_ALT);
      if (knowsBackground(env) && look.painter.depth > 0 && option<string>('ui.background', 'auto') === 'auto') {
        awaitsBackground = true;
        device.write(ASK_BACKGROUND);
      } else if (option<string>('ui.background', 'auto') === 'auto') {
        const background = backgroundOf(env);
        if (background !== undefined && look.takeBackground(background)) {
          screen.setTheme(look.theme(themeJson));
          everything();
        }
      }
      waitForMinute();
      frame.key();
    },
    close,
    get frames() {
      return frame.count;
    },
  };
}
