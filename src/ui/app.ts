/** The screen of the client: what the terminal sends goes to the shell, what the shell has is laid out and painted. It decides nothing. */
import type { ColorDepth } from '../lib/color.js';
import { createDisposables, type Undo } from '../lib/disposables.js';
import { errorText, UserError } from '../lib/errors.js';
import { cleanLine, type Safe } from '../lib/text.js';
import { type Clock, systemClock } from '../lib/time.js';
import { setAmbiguousWidth } from '../lib/width.js';
import type { MessageEntry } from '../model/types.js';
import type { ScreenPort, Shell, TabView } from '../model/view.js';
import {
  colorDepth,
  createDevice,
  type Device,
  type Host,
  isUtf8,
  type QuitReason,
  type TtyInput,
  type TtyOutput,
} from './device.js';
import { createFrame } from './frame.js';
import { createKeyDecoder, type InputEvent, type Mouse } from './keys.js';
import {
  type Layout,
  layoutOf,
  MAX_INPUT_ROWS,
  MIN_COLUMNS,
  MIN_COLUMNS_FOR_TAB_COLUMN,
  MIN_ROWS,
  type Rect,
} from './layout.js';
import { createLineEditor, offsetOf } from './line-editor.js';
import type { PainterOptions } from './painter.js';
import { type Bidi, isolateSpans } from './rows/bidi.js';
import { lineOf, words } from './rows/line.js';
import { ASCII_SIGNS, type Signs, SPOKEN_SIGNS, UNICODE_SIGNS } from './rows/signs.js';
import { createScreen, type Pane } from './screen.js';
import { resolveTheme } from './theme.js';
import { createComposer } from './views/composer.js';
import { hintPicture } from './views/hints.js';
import { infoPicture, recentNotices } from './views/info.js';
import { inputPicture } from './views/input.js';
import { createTabPanes, type RowStyle, type TabPanes } from './views/panes.js';
import { type Picture, rowsOfScroll } from './views/picture.js';
import { separatorPicture, sidePicture } from './views/side.js';
import { statusPicture } from './views/status.js';
import { tabAt, tabBarPicture, tabColumnPicture } from './views/tab-bar.js';

export interface UiOptions {
  readonly shell: Shell;
  readonly stdin?: TtyInput;
  readonly stdout?: TtyOutput;
  readonly host?: Host;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock?: Clock;
  /** The theme as JSON. */
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

/** What is painted by itself. */
const PARTS = ['topic', 'view', 'separator', 'side', 'info', 'status', 'tabs', 'hints', 'input'] as const;
type Part = (typeof PARTS)[number];

/** Which parts a touched region concerns. */
const PARTS_OF_REGION: Readonly<Record<string, readonly Part[]>> = {
  log: ['view'],
  occupants: ['side', 'topic', 'status'],
  subject: ['topic', 'view'],
  meta: ['topic', 'status', 'tabs', 'input', 'view'],
  roster: ['view', 'side', 'topic', 'status'],
  input: ['input', 'status', 'hints'],
  tabs: ['tabs', 'topic', 'status'],
  status: ['status'],
  info: ['info'],
  all: PARTS,
};
/** Regions of a chat that concern the screen only while that chat is shown. */
const OF_A_CHAT = new Set(['log', 'occupants', 'subject']);

// Readline has these too, but in this program they belong to the tabs and the process.
const PROGRAM_FIRST = new Set(['ctrl-n', 'ctrl-p', 'ctrl-z', 'alt-l', 'alt-left', 'alt-right']);
/** These edit if there is something right of the cursor, and otherwise belong to the program. */
const PROGRAM_AT_END = new Set(['ctrl-k', 'alt-u']);

/** What can be done with the message that the keyboard has chosen; `edit`: the line is put into the input. */
const ACTIONS: readonly {
  readonly key: string;
  readonly label: string;
  readonly edit: boolean;
  readonly fits: (message: MessageEntry) => boolean;
  readonly line: (message: MessageEntry) => string;
}[] = [
  { key: 'r', label: 'reply', edit: true, fits: one => one.retracted === undefined, line: () => '/reply ' },
  {
    key: 'q',
    label: 'quote',
    edit: true,
    fits: one => one.retracted === undefined,
    line: one =>
      `${one.body
        .split('\n')
        .slice(0, MAX_QUOTED)
        .map(line => `> ${line}`)
        .join('\n')}\n`,
  },
  {
    key: 'e',
    label: 'correct',
    edit: true,
    fits: one => one.self && one.retracted === undefined,
    line: one => `/correct ${one.body}`,
  },
  { key: '+', label: 'react', edit: true, fits: one => one.retracted === undefined, line: () => '/react ' },
  {
    key: 'd',
    label: 'retract',
    edit: false,
    fits: one => one.self && one.retracted === undefined,
    line: () => '/retract',
  },
  { key: 'y', label: 'copy', edit: false, fits: () => true, line: () => '/copy' },
  { key: 'l', label: 'copy line', edit: false, fits: () => true, line: () => '/copy -line' },
  { key: 'o', label: 'copy link', edit: false, fits: one => LINK.test(one.body), line: () => '/copy -link' },
];
const LINK = /\b(?:https?|xmpp|geo|mailto):\S/i;
const MAX_QUOTED = 8;

/** Views that keep right-to-left text in its place by themselves. */
const ownBidi = new Set(['log', 'form']);

const MAX_INPUT_LINES = 1000;
const TAB_COLUMN = 20;
const WHEEL_ROWS = 3;
const COLORS: Readonly<Record<string, ColorDepth>> = { never: 0, '16': 16, '256': 256, true: 16777216 };

export function createUi(options: UiOptions): Ui {
  const { shell, env, clock = systemClock } = options;
  const disposables = createDisposables();

  const option = <T extends string | number | boolean>(name: string, otherwise: T): T => {
    try {
      const value = shell.option(name);
      return typeof value === typeof otherwise ? (value as T) : otherwise;
    } catch {
      return otherwise;
    }
  };

  const device = createDevice({
    clock,
    onQuit: options.onQuit,
    ...(options.isContained !== undefined && { isContained: options.isContained }),
    ...(options.stdin === undefined ? {} : { stdin: options.stdin }),
    ...(options.stdout === undefined ? {} : { stdout: options.stdout }),
    ...(options.host === undefined ? {} : { host: options.host }),
  });

  // ---- Looks -------------------------------------------------------------------------------------------------------

  let themeJson = options.theme;
  let depth: ColorDepth = 0;
  let painter: PainterOptions = { depth: 0 };
  let signs: Signs = UNICODE_SIGNS;
  let bidi: Bidi = 'off';
  let tabList = 'bottom';
  /** What was wished for by key since the option was set. */
  let tabColumn: boolean | undefined;
  let bare = false;
  let rowStyle: RowStyle = { nickWidth: 24, time: 'minutes', signs, expand: false };

  /** For screen readers: one column, no lines drawn, nothing that changes by itself. */
  let accessible = false;
  let hues = true;
  const themeOf = (json: unknown) => resolveTheme(json, { depth, bases: options.themes ?? {}, hues });

  /** Takes over the options; true if the painter must be made anew. */
  function takeOptions(): boolean {
    const color = option<string>('ui.color', 'auto');
    depth = COLORS[color] ?? colorDepth(env);
    const wanted = option<string>('ui.ascii', 'auto');
    const ascii = wanted === 'on' || (wanted === 'auto' && !isUtf8(env));
    const links = option('ui.hyperlinks', true) && depth > 0;
    setAmbiguousWidth(option<number>('ui.ambiguous_width', 1) === 2 ? 2 : 1);
    accessible = option('ui.accessible', false);
    signs = accessible ? SPOKEN_SIGNS : ascii ? ASCII_SIGNS : UNICODE_SIGNS;
    const time = option<string>('ui.time', 'minutes');
    const wish = option<string>('ui.bidi', 'off');
    // The Linux console draws the marks of direction, and reorders nothing.
    const marks = !ascii && env['TERM'] !== 'linux';
    bidi = accessible ? 'off' : wish === 'app' ? 'app' : wish === 'terminal' && marks ? 'terminal' : 'off';
    device.setReordering(bidi !== 'app');
    const list = option<string>('tabs.list', 'bottom');
    if (list !== tabList) {
      tabList = list;
      tabColumn = undefined;
    }
    // Made anew each time: rows are asked of plugins too, and those come and go.
    rowStyle = {
      nickWidth: option<number>('ui.nick_width', 24),
      time: time === 'seconds' || time === 'none' ? time : 'minutes',
      signs,
      expand: option('ui.expand', false),
      align: option<string>('ui.align', 'ragged') === 'column' ? 'column' : 'ragged',
      bidi,
      spoken: accessible,
      bare,
      ...(shell.render === undefined ? {} : { render: shell.render }),
    };
    const coloured = !option('ui.low_bandwidth', false);
    const changed = hues !== coloured || painter.depth !== depth || painter.ascii !== ascii || painter.links !== links;
    hues = coloured;
    painter = { depth, ascii, links };
    return changed;
  }
  takeOptions();

  const screen = createScreen({ device, theme: themeOf(themeJson), painter });
  const editor = createLineEditor();
  const composer = createComposer({
    shell,
    editor,
    historyLines: () => option<number>('input.history', MAX_INPUT_LINES),
    changed() {
      touch('input', 'hints', 'status');
      if (lastTab !== undefined && filterable(lastTab)) touch('view');
    },
  });

  // ---- Panes -------------------------------------------------------------------------------------------------------

  const pictures = new Map<Part | 'note', Picture>();
  const panes = new Map<Part | 'note', Pane>();
  for (const part of [...PARTS, 'note'] as const) {
    panes.set(
      part,
      screen.addPane(surface => {
        const lines = pictures.get(part)?.lines ?? [];
        for (let y = 0; y < surface.height; y++) {
          const line = lines[y];
          // Logs and forms do this themselves; what is being typed stays in the order of its letters.
          const fields = part !== 'input' && !(part === 'view' && ownBidi.has(lastTab?.view.type ?? 'log'));
          const cells = line?.cells ?? [];
          const row = { indent: 0, cells: fields ? isolateSpans(cells, bidi) : cells, starts: true };
          surface.wrapped(0, y, row, line?.below === undefined ? undefined : { below: line.below });
        }
      }),
    );
  }

  const dirty = new Set<Part>(PARTS);
  const tabPanes = new Map<number, TabPanes>();
  let layout: Layout | undefined;
  let lastTab: TabView | undefined;
  let inputRows = 1;
  let sideShown = true;
  let mouse = false;
  /** The keys of the chosen message are shown and taken. */
  let menu = false;
  /** What was chosen when the last line was sent: commands ask for it while they run. */
  let recentFocus: number | undefined;
  let lastKeyAt = 0;
  let closed = false;
  let infoTimer: Undo | undefined;
  let clockTimer: Undo | undefined;

  const frame = createFrame({
    screen,
    device,
    clock,
    // With a clock of its own (in tests) a frame takes no time.
    ...(options.clock === undefined ? {} : { stopwatch: () => clock.now() }),
    prepare,
    maxFps: option('ui.max_fps', 30),
  });

  function touch(...parts: readonly Part[]): void {
    for (const part of parts) dirty.add(part);
    frame.request();
  }

  function panesOf(tab: TabView): TabPanes {
    const { id, chatId } = tab.info;
    let known = tabPanes.get(id);
    if (known === undefined) {
      known = createTabPanes(editor, () => (chatId === undefined ? undefined : shell.chat(chatId)));
      tabPanes.set(id, known);
    }
    return known;
  }

  const filterable = (tab: TabView): boolean =>
    (tab.view.type === 'list' || tab.view.type === 'table') && tab.view.filterable;
  /** What narrows a list: the line, unless it is a command. */
  const filterOf = (tab: TabView): string => {
    if (!filterable(tab)) return '';
    const { line } = composer;
    return line.startsWith('/') ? '' : line;
  };

  function current(): TabView {
    const tab = shell.current();
    if (tab.info.id !== lastTab?.info.id) {
      for (const part of PARTS) dirty.add(part);
      composer.enter(tab.info.id);
      const alive = new Set(shell.tabs().map(info => info.id));
      alive.add(tab.info.id);
      composer.prune(alive);
      for (const id of tabPanes.keys()) if (!alive.has(id)) tabPanes.delete(id);
    } else if (tab.view.type !== lastTab.view.type) dirty.add('view');
    lastTab = tab;
    return tab;
  }

  const toRect = (rect: Rect): { x: number; y: number; width: number; height: number } => ({
    x: rect.x,
    y: rect.y,
    width: rect.columns,
    height: rect.rows,
  });

  function place(next: Layout | undefined): void {
    for (const part of PARTS) {
      const rect = next?.[part];
      const old = layout?.[part];
      if (rect?.columns !== old?.columns || rect?.rows !== old?.rows || rect?.x !== old?.x || rect?.y !== old?.y) {
        panes.get(part)?.place(rect === undefined ? undefined : toRect(rect));
        dirty.add(part);
      }
    }
    const small = next === undefined;
    panes.get('note')?.place(small ? { x: 0, y: 0, width: screen.columns, height: screen.rows } : undefined);
    layout = next;
  }

  function show(part: Part | 'note', picture: Picture): void {
    pictures.set(part, picture);
    panes.get(part)?.touch();
  }

  /** Notices to be shown now; a timer waits until the oldest of them is too old. */
  function recent(): ReturnType<typeof recentNotices> {
    const seconds = option<number>('ui.info_seconds', 10);
    const max = option<number>('ui.info_rows', 3);
    const all = shell.info();
    const now = clock.now();
    const notices =
      seconds === 0
        ? recentNotices(
            all.slice(-max).filter(notice => notice.at >= lastKeyAt),
            now,
            0,
            max,
          )
        : recentNotices(all.slice(-max), now, seconds, max);
    infoTimer?.();
    infoTimer = undefined;
    const [oldest] = notices;
    if (seconds > 0 && oldest !== undefined) {
      infoTimer = clock.after(Math.max(1, oldest.at + seconds * 1000 - now), () => touch('info'));
    }
    return notices;
  }

  /** Takes over everything that has changed, right before it is drawn. */
  function prepare(): void {
    const { columns, rows } = screen;
    const tab = current();
    const own = panesOf(tab);
    if (columns < MIN_COLUMNS || rows < MIN_ROWS) {
      place(undefined);
      const text = `Too small: ${MIN_COLUMNS}x${MIN_ROWS} at least.`;
      show('note', { lines: [lineOf([words('notice.warning', text)], columns)] });
      screen.setCursor({ x: 0, y: 0 });
      return;
    }

    const notices = dirty.has('info') || layout === undefined ? recent() : undefined;
    const asColumn = hasTabColumn();
    const width = asColumn && columns >= MIN_COLUMNS_FOR_TAB_COLUMN ? columns - TAB_COLUMN - 1 : columns;
    const mostInfo = option<number>('ui.info_rows', 3);
    const infoRows =
      notices === undefined
        ? (layout?.info?.rows ?? 0)
        : infoPicture(notices, width, mostInfo, accessible).lines.length;
    const prompt = composer.prompt(tab.prompt);
    const { name, ghost } = composer.look;
    // Without colours a ghost could not be told from what was typed.
    const hasGhost = ghost !== undefined && painter.depth > 0 && !accessible && hues;
    const look = { ...(name === undefined ? {} : { name }), ...(hasGhost ? { ghost } : {}) };
    let input = inputPicture(composer.state, prompt, width, MAX_INPUT_ROWS, look);
    inputRows = Math.min(MAX_INPUT_ROWS, input.wanted);
    const hint = composer.hint(width) ?? focusHint(tab, own, width);
    place(
      layoutOf(columns, rows, {
        input: inputRows,
        info: infoRows,
        hints: bare && hint !== undefined ? 1 : 0,
        side: sideShown && !accessible ? (tab.side?.width ?? 0) : 0,
        tabColumn: asColumn ? TAB_COLUMN : 0,
        tabs: tabList !== 'none' || tabColumn !== undefined,
        bare,
      }),
    );
    if (layout === undefined) return;
    if (input.lines.length > layout.input.rows)
      input = inputPicture(composer.state, prompt, width, layout.input.rows, look);

    const paint = (part: Part, picture: (rect: Rect) => Picture): void => {
      const rect = layout?.[part];
      if (rect === undefined || !dirty.has(part)) return;
      show(part, picture(rect));
    };
    const viewDirty = dirty.has('view');
    paint('topic', rect => ({ lines: [lineOf(tab.topic, rect.columns, { below: 'bar.normal' })] }));
    paint('view', rect => {
      // Where nobody speaks there is no column of nicks.
      const style =
        tab.view.type === 'log' && tab.view.speakers === false ? { ...rowStyle, align: 'ragged' as const } : rowStyle;
      const picture = own.paint(tab, rect.columns, rect.rows, style, filterOf(tab));
      const { scrolled } = picture;
      if (scrolled !== undefined && scrolled !== 0) panes.get('view')?.scrolled(scrolled);
      return picture;
    });
    paint('separator', rect => separatorPicture(rect.rows, signs.vertical));
    paint('side', rect => {
      if (tab.side === undefined) return { lines: [] };
      own.sideTop = Math.max(0, Math.min(own.sideTop, tab.side.items.length - rect.rows));
      return sidePicture(tab.side, rect.columns, rect.rows, own.sideTop);
    });
    if (notices !== undefined) paint('info', rect => infoPicture(notices, rect.columns, rect.rows, accessible));
    // Hints take the place of the info bar: nothing moves when they come and go.
    paint('status', rect => {
      if (hint !== undefined) return hint;
      const bar = shell.statusBar();
      const now = option('ui.clock', false) ? { now: clock.now() } : {};
      return statusPicture({ left: bar.left, right: bar.right, passing: tab.status, ...now }, rect.columns);
    });
    paint('tabs', rect =>
      layout?.tabsAreColumn === true
        ? tabColumnPicture(shell.tabs(), tab.info.id, rect.columns, rect.rows, signs)
        : tabBarPicture(shell.tabs(), tab.info.id, rect.columns, signs),
    );
    paint('hints', () => hint ?? { lines: [] });
    paint('input', () => input);
    dirty.clear();

    // The hardware cursor is where the keys go: screen readers and braille lines follow it.
    const inView = pictures.get('view')?.cursor;
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
  }

  function tellSeen(tab: TabView, own: TabPanes): void {
    if (tab.view.type === 'log' && !own.log.atEnd) return;
    if (tab.info.unread > 0 || tab.info.activity !== 'none') shell.seen(tab.info.id);
  }

  // ---- Keys --------------------------------------------------------------------------------------------------------

  function onChord(chord: string): void {
    if (menu && menuKey(chord)) return;
    if (composer.modal(chord)) return;
    if (composer.asking) {
      shell.chord(chord);
      return;
    }
    if (composer.searching && composer.edit(chord)) return;
    if (shell.bound(chord) !== undefined && shell.chord(chord)) return;
    const tab = current();
    if (viewKey(tab, panesOf(tab), chord)) return;
    // With nothing to delete it is the way back, where a tab has one.
    if (chord === 'backspace' && composer.empty && shell.chord(chord)) return;
    if (PROGRAM_FIRST.has(chord) && shell.chord(chord)) return;
    const { state } = composer;
    if (PROGRAM_AT_END.has(chord) && state.cursor >= state.cells.length && shell.chord(chord)) return;
    if (composer.edit(chord)) return;
    if (shell.chord(chord)) return;
    if (chord === 'pageup' || chord === 'pagedown') port.scroll({ pages: chord === 'pageup' ? -0.5 : 0.5 });
  }

  /** Keys that belong to what is shown; true if one was taken. */
  function viewKey(tab: TabView, own: TabPanes, chord: string): boolean {
    const { view } = tab;
    if (view.type === 'log' && own.log.focused !== undefined) {
      if (chord === 'escape') {
        blur(own);
        return true;
      }
      if (chord !== 'enter') return false;
      if (!composer.empty) {
        // A line is sent: what it does, it does to the chosen message.
        recentFocus = own.log.focused;
        blur(own);
        composer.edit(chord);
        return true;
      }
      menu = true;
      touch('status', 'hints');
      return true;
    }
    if (view.type === 'form') {
      if (!own.formFocus) {
        // Back to the fields, unless something is being written.
        if (!composer.empty || (chord !== 'escape' && chord !== 'tab' && chord !== 'shift-tab' && chord !== 'up'))
          return false;
        own.formFocus = true;
        touch('view', 'input');
        return true;
      }
      const answer = own.form.key(chord, view);
      touch('view', 'input');
      if (answer.type === 'unused') return shell.chord(chord) || chord.length === 1;
      if (answer.type === 'leave') own.formFocus = false;
      if (answer.type === 'run') shell.submit(answer.command);
      return true;
    }
    if (view.type !== 'list' && view.type !== 'table') return false;
    const free = composer.empty || (view.filterable && !composer.line.startsWith('/'));
    if (!free) return false;
    if (chord === 'up' || chord === 'down') {
      own.list.move(chord === 'up' ? -1 : 1);
      touch('view');
      return true;
    }
    if (composer.empty && (chord === 'home' || chord === 'end')) {
      own.list.scroll({ to: chord === 'home' ? 'top' : 'bottom' });
      touch('view');
      return true;
    }
    const command = chord === 'enter' ? own.list.command : own.list.keyCommand(chord);
    if (command === undefined) return chord === 'enter' && view.filterable;
    // The filter has found what it was for.
    if (!composer.empty) composer.set('');
    shell.submit(command);
    touch('view', 'input');
    return true;
  }

  function blur(own: TabPanes): void {
    menu = false;
    own.log.blur();
    touch('view', 'input', 'status', 'hints');
  }

  const focusedMessage = (tab: TabView, own: TabPanes): MessageEntry | undefined => {
    if (tab.view.type !== 'log' || own.log.focused === undefined) return undefined;
    const entry = tab.view.log.get(own.log.focused);
    return entry?.kind === 'message' ? entry : undefined;
  };

  /** What the keys do while a message is chosen. */
  function focusHint(tab: TabView, own: TabPanes, columns: number): Picture | undefined {
    const message = focusedMessage(tab, own);
    if (message === undefined || !composer.empty) return undefined;
    if (!menu)
      return hintPicture(
        [
          words('text.key', 'Alt-Up Alt-Down'),
          words('text.dim', ' choose  '),
          words('text.key', 'Enter'),
          words('text.dim', ' actions  '),
          words('text.key', 'Esc'),
          words('text.dim', ' back'),
        ],
        columns,
      );
    const actions = ACTIONS.filter(action => action.fits(message));
    return hintPicture(
      [
        ...actions.flatMap(({ key, label }) => [words('text.key', key), words('text.dim', ` ${label}  `)]),
        words('text.key', 'Esc'),
        words('text.dim', ' back'),
      ],
      columns,
    );
  }

  /** A key while the actions of a message are shown; every other key closes them. */
  function menuKey(key: string): boolean {
    menu = false;
    touch('status', 'hints');
    const tab = current();
    const own = panesOf(tab);
    const message = focusedMessage(tab, own);
    const action = message === undefined ? undefined : ACTIONS.find(one => one.key === key && one.fits(message));
    if (message === undefined || action === undefined) return key === 'escape' || key === 'enter';
    const line = action.line(message);
    if (action.edit) composer.set(line);
    else {
      recentFocus = own.log.focused;
      blur(own);
      shell.submit(line);
    }
    return true;
  }

  function onText(text: string): void {
    // Over a slow link what follows the key comes with it.
    const [first = ''] = text;
    if (menu && menuKey(first)) {
      if (text.length > first.length) onText(text.slice(first.length));
      return;
    }
    if (!composer.asking) {
      const tab = current();
      const own = panesOf(tab);
      const { view } = tab;
      if (view.type === 'form' && own.formFocus) {
        if (own.form.type(text, view)) {
          touch('view');
          return;
        }
        // What no field wants is meant for the input line.
        own.formFocus = false;
        touch('view');
      }
      if ((view.type === 'list' || view.type === 'table') && composer.empty && !composer.searching) {
        const command = own.list.keyCommand(text === ' ' ? 'space' : text);
        if (command !== undefined) {
          shell.submit(command);
          touch('view');
          return;
        }
      }
    }
    composer.type(text);
  }

  function onPaste(text: string): void {
    const tab = current();
    const own = panesOf(tab);
    if (!composer.asking && tab.view.type === 'form' && own.formFocus && own.form.paste(text, tab.view)) touch('view');
    else composer.paste(text);
  }

  const isIn = (rect: Rect | undefined, mouse: Mouse): rect is Rect =>
    rect !== undefined &&
    mouse.x >= rect.x &&
    mouse.x < rect.x + rect.columns &&
    mouse.y >= rect.y &&
    mouse.y < rect.y + rect.rows;

  function onMouse(mouse: Mouse): void {
    if (isIn(layout?.side, mouse) && mouse.action.startsWith('wheel'))
      port.scrollSide(mouse.action === 'wheel-up' ? -0.25 : 0.25);
    else if (mouse.action === 'wheel-up') port.scroll({ rows: -WHEEL_ROWS });
    else if (mouse.action === 'wheel-down') port.scroll({ rows: WHEEL_ROWS });
    else if (mouse.action === 'down' && isIn(layout?.tabs, mouse) && layout?.tabsAreColumn !== true) {
      const tab = tabAt(shell.tabs(), current().info.id, layout!.tabs!.columns, signs, mouse.x - layout!.tabs!.x);
      if (tab !== undefined) shell.submit(`/win ${tab.number}`);
    } else if (mouse.action === 'down' && isIn(layout?.view, mouse)) {
      const tab = current();
      if (tab.view.type !== 'list' && tab.view.type !== 'table') return;
      panesOf(tab).list.chooseAt(mouse.y - layout!.view.y);
      touch('view');
    }
  }

  function onInput(event: InputEvent): void {
    if (event.type === 'reply') return;
    if (event.type === 'focus') {
      shell.focused(event.focused);
      if (event.focused && lastTab !== undefined) tellSeen(current(), panesOf(current()));
      return;
    }
    if (lastKeyAt === 0 || option<number>('ui.info_seconds', 10) === 0) dirty.add('info');
    lastKeyAt = clock.now();
    recentFocus = undefined;
    current();
    if (event.type === 'text') onText(event.text);
    else if (event.type === 'paste') onPaste(event.text);
    else if (event.type === 'mouse') onMouse(event.mouse);
    else onChord(event.chord);
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

  function everything(): void {
    for (const part of PARTS) dirty.add(part);
    frame.request();
  }

  const hasTabColumn = (): boolean => !accessible && (tabColumn ?? tabList === 'left');

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
      const tab = current();
      panesOf(tab).scroll(tab, what);
      touch('view');
    },
    scrollSide(pages) {
      const tab = current();
      const own = panesOf(tab);
      own.sideTop = Math.max(0, own.sideTop + rowsOfScroll({ pages }, layout?.side?.rows ?? 1));
      touch('side');
    },
    focus(where) {
      const tab = current();
      const own = panesOf(tab);
      menu = false;
      if (tab.view.type !== 'log') return;
      if (where === 'none') own.log.blur();
      else own.log.moveFocus(tab.view, where === 'previous' ? -1 : 1);
      touch('view', 'input', 'status', 'hints');
    },
    focused: () => recentFocus ?? panesOf(current()).log.focused,
    reveal(seq) {
      panesOf(current()).reveal(seq);
      touch('view');
    },
    input: {
      get() {
        current();
        const { line, state } = composer;
        return { line, cursor: composer.asking ? line.length : offsetOf(state) };
      },
      set(line, cursor) {
        const tab = current();
        // What is put into the line is meant to be seen and edited.
        if (tab.view.type === 'form' && line !== '') panesOf(tab).formFocus = false;
        composer.set(line, cursor);
      },
      act(name) {
        current();
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
        const theme = themeOf(json);
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
      const tab = current();
      return panesOf(tab).selected(tab);
    },
    panel(name, wanted) {
      let now: boolean;
      if (name === 'mouse') {
        now = mouse = toggled(mouse, wanted);
        device.setMouse(mouse);
        return now;
      }
      if (name === 'side') now = sideShown = toggled(sideShown, wanted);
      else if (name === 'tabs') now = tabColumn = toggled(hasTabColumn(), wanted);
      else {
        now = bare = toggled(bare, wanted);
        takeOptions();
      }
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
      if (takeOptions()) {
        screen.setPainter(painter);
        screen.setTheme(themeOf(themeJson));
      }
      waitForMinute();
      everything();
      return;
    }
    const shown = lastTab?.info.chatId;
    const elsewhere = chat !== undefined && chat !== shown;
    if (elsewhere && OF_A_CHAT.has(region)) {
      // Another list may count what happens there (the roster, the start tab).
      if (lastTab?.view.type === 'list' || lastTab?.view.type === 'table') touch('view', 'tabs');
      else touch('tabs');
      return;
    }
    touch(...(PARTS_OF_REGION[region] ?? PARTS));
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
      waitForMinute();
      frame.key();
    },
    close,
    get frames() {
      return frame.count;
    },
  };
}
