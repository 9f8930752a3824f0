/** How things look: what the options, the terminal and the theme say together, and the panels switched by key. */
import { BACKGROUNDS, type ColorDepth, kindOf, parseRgb, type Rgb } from '../lib/color.js';
import { setAmbiguousWidth } from '../lib/width.js';
import type { Shell } from '../model/view.js';
import { colorDepth, isUtf8 } from './device.js';
import type { PainterOptions } from './painter.js';
import type { Bidi } from './rows/bidi.js';
import { ASCII_SIGNS, type Signs, SPOKEN_SIGNS, UNICODE_SIGNS } from './rows/signs.js';
import { resolveTheme, type Theme } from './theme.js';
import type { RowStyle } from './views/panes.js';

const COLORS: Readonly<Record<string, ColorDepth>> = { never: 0, '16': 16, '256': 256, true: 16777216 };

export interface Look {
  /** For screen readers: one column, no lines drawn, nothing that changes by itself. */
  readonly accessible: boolean;
  readonly painter: PainterOptions;
  readonly signs: Signs;
  readonly bidi: Bidi;
  readonly rowStyle: RowStyle;
  /** A ghost behind the cursor can be told from what was typed. */
  readonly ghosts: boolean;
  /** The tab as raw lines, nothing beside them. */
  readonly bare: boolean;
  readonly side: boolean;
  /** The tabs stand in a column at the left. */
  readonly tabColumn: boolean;
  /** There is a list of tabs at all. */
  readonly tabs: boolean;
  /** Takes over the options; true if the painter must be made anew. */
  take(): boolean;
  setBare(bare: boolean): void;
  setSide(shown: boolean): void;
  setTabColumn(shown: boolean): void;
  /** The theme for these colours, or if undefined the one that fits the background. Throws UserError. */
  theme(json: unknown): Theme;
  /** The terminal has said what its background is; true if that is news for the theme. */
  takeBackground(rgb: Rgb): boolean;
  option<T extends string | number | boolean>(name: string, otherwise: T): T;
}

export function createLook({
  shell,
  synchronised,
  env,
  themes = {},
}: {
  readonly shell: Pick<Shell, 'option' | 'render' | 'hueOf'>;
  /** The terminal has said that it shows frames at once. */
  readonly synchronised: () => boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Themes that can be a `base`, by name. */
  readonly themes?: Readonly<Record<string, unknown>> | undefined;
}): Look {
  let depth: ColorDepth = 0;
  let painter: PainterOptions = { depth: 0 };
  let signs: Signs = UNICODE_SIGNS;
  let bidi: Bidi = 'off';
  let tabList = 'bottom';
  /** What was wished for by key since the option was set. */
  let tabColumn: boolean | undefined;
  let bare = false;
  let side = true;
  let rowStyle: RowStyle = { nickWidth: 24, time: 'minutes', signs, expand: false };
  let accessible = false;
  let hues = true;
  /** What the terminal has said, and what counts. */
  let detected: Rgb | undefined;
  let ground: Rgb | undefined;

  const option = <T extends string | number | boolean>(name: string, otherwise: T): T => {
    try {
      const value = shell.option(name);
      return typeof value === typeof otherwise ? (value as T) : otherwise;
    } catch {
      return otherwise;
    }
  };

  function groundOf(): Rgb | undefined {
    const wish = option<string>('ui.background', 'auto');
    if (wish === 'dark' || wish === 'light') return BACKGROUNDS[wish];
    return (wish.startsWith('#') ? parseRgb(wish) : undefined) ?? detected;
  }

  function take(): boolean {
    const color = option<string>('ui.color', 'auto');
    depth = COLORS[color] ?? colorDepth(env);
    const wanted = option<string>('ui.ascii', 'auto');
    const ascii = wanted === 'on' || (wanted === 'auto' && !isUtf8(env));
    // An address goes over the line twice if it can be clicked.
    const links = option('ui.hyperlinks', true) && depth > 0 && !option('ui.low_bandwidth', false);
    setAmbiguousWidth(option<number>('ui.ambiguous_width', 1) === 2 ? 2 : 1);
    accessible = option('ui.accessible', false);
    signs = accessible ? SPOKEN_SIGNS : ascii ? ASCII_SIGNS : UNICODE_SIGNS;
    const time = option<string>('ui.time', 'minutes');
    const wish = option<string>('ui.bidi', 'off');
    // The Linux console draws the marks of direction, and reorders nothing.
    const marks = !ascii && env['TERM'] !== 'linux';
    bidi = accessible ? 'off' : wish === 'app' ? 'app' : wish === 'terminal' && marks ? 'terminal' : 'off';
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
      ...(shell.hueOf === undefined ? {} : { hue: shell.hueOf }),
    };
    const coloured = !option('ui.low_bandwidth', false);
    const background = groundOf();
    const changed =
      hues !== coloured ||
      String(background) !== String(ground) ||
      painter.depth !== depth ||
      painter.ascii !== ascii ||
      painter.links !== links ||
      painter.appends !== accessible;
    hues = coloured;
    ground = background;
    painter = { depth, ascii, links, appends: accessible, synchronised };
    return changed;
  }
  take();

  return {
    get accessible() {
      return accessible;
    },
    get painter() {
      return painter;
    },
    get signs() {
      return signs;
    },
    get bidi() {
      return bidi;
    },
    get rowStyle() {
      return rowStyle;
    },
    get ghosts() {
      return depth > 0 && !accessible && hues;
    },
    get bare() {
      return bare;
    },
    get side() {
      return side && !accessible;
    },
    get tabColumn() {
      return !accessible && (tabColumn ?? tabList === 'left');
    },
    get tabs() {
      return tabList !== 'none' || tabColumn !== undefined;
    },
    take,
    setBare(wanted) {
      bare = wanted;
      take();
    },
    setSide(shown) {
      side = shown;
    },
    setTabColumn(shown) {
      tabColumn = shown;
    },
    theme(json) {
      const fitting = themes[ground !== undefined && kindOf(ground) === 'light' ? 'light' : 'dark'] ?? {};
      return resolveTheme(json ?? fitting, { depth, bases: themes, hues, ground });
    },
    takeBackground(rgb) {
      detected = rgb;
      return take();
    },
    option,
  };
}
