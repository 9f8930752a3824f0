/** Themes: JSON tables of tokens turned into attributes for the terminal at hand. */
import {
  type Background,
  type ColorDepth,
  colorOfText,
  contrast,
  kindOf,
  MIN_CONTRAST,
  type Rgb,
  readableColor,
  readableIndex,
  rgbOfIndex,
} from '../lib/color.js';
import { UserError } from '../lib/errors.js';
import { cleanIdentifier } from '../lib/text.js';
import { isToken, TOKENS, type Token } from '../lib/tokens.js';
import {
  type Attr,
  attr,
  BOLD,
  type Color,
  DIM,
  degrade,
  ITALIC,
  overlay,
  REVERSE,
  STRIKE,
  type Style,
  styleOf,
  UNDERLINE,
} from './style.js';

export interface Theme {
  readonly name: string;
  /** Whether its colours are meant for a dark or a light terminal. */
  readonly background: Background;
  /** What the person who wrote it should know. */
  readonly warnings: readonly string[];
  /** The look of a token; with `hue` in the XEP-0392 colour of that text; with `below` on top of another token (a bar, a chosen row). */
  attrOf(token: Token, hue?: string, below?: Token): Attr;
}

export interface ThemeOptions {
  readonly depth: ColorDepth;
  /** Themes that can be a `base`, by name. */
  readonly bases?: Readonly<Record<string, unknown>>;
  /** Put hues on nicks; without it everybody looks alike. */
  readonly hues?: boolean;
  /** The background of the terminal, if it is known: what could not be read on it is moved to what can. */
  readonly ground?: Rgb | undefined;
}

const COLORS: Readonly<Record<string, number>> = {
  black: 0,
  red: 1,
  green: 2,
  yellow: 3,
  blue: 4,
  magenta: 5,
  cyan: 6,
  white: 7,
  grey: 8,
  gray: 8,
  brightblack: 8,
  brightred: 9,
  brightgreen: 10,
  brightyellow: 11,
  brightblue: 12,
  brightmagenta: 13,
  brightcyan: 14,
  brightwhite: 15,
};

const FLAGS: Readonly<Record<string, number>> = {
  bold: BOLD,
  dim: DIM,
  italic: ITALIC,
  underline: UNDERLINE,
  reverse: REVERSE,
  strike: STRIKE,
};

const MAX_BASES = 8;
const FIELDS = ['name', 'base', 'background', 'help', 'palette', 'tokens', 'hues', '$schema'];

/** Number of single edits between two words; themes and options use it to name what was probably meant. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}

function nearest(word: string, among: readonly string[]): string {
  let best = among[0] ?? '';
  let least = Number.POSITIVE_INFINITY;
  for (const candidate of among) {
    const d = edits(word.slice(0, 64), candidate);
    if (d < least) {
      least = d;
      best = candidate;
    }
  }
  return best;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

type Palette = ReadonlyMap<string, string>;

/** `236|blue`: the first for terminals of 256 colours and more, the second for those of 16 or 8. */
function parseColor(text: string, palette: Palette, few: boolean, depth = 0): Color | 'default' | 'unknown' {
  const [many = '', other = many] = text.split('|', 2);
  const word = few ? other : many;
  const value = word.toLowerCase();
  if (value === 'default' || value === '') return 'default';
  const named = palette.get(word);
  if (named !== undefined && depth < MAX_BASES) return parseColor(named, palette, few, depth + 1);
  if (Object.hasOwn(COLORS, value)) return COLORS[value];
  if (/^\d{1,3}$/.test(value) && Number(value) < 256) return Number(value);
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/.exec(value)?.[1];
  if (hex === undefined) return 'unknown';
  const full = hex.length === 3 ? hex.replace(/./g, '$&$&') : hex;
  return [0, 2, 4].map(i => Number.parseInt(full.slice(i, i + 2), 16)) as [number, number, number];
}

/** Parses `fg/bg attributes`; says in `warn` which words it could not use. */
export function parseStyle(text: string, palette: Palette, warn: (sentence: string) => void, few = false): Style {
  let fg: Color;
  let bg: Color;
  let flags = 0;
  const color = (word: string): Color => {
    const parsed = parseColor(word, palette, few);
    if (parsed === 'unknown') {
      const known = [...palette.keys(), ...Object.keys(COLORS), ...Object.keys(FLAGS)];
      warn(`"${cleanIdentifier(word)}" is no colour or attribute; did you mean "${nearest(word, known)}"?`);
      return undefined;
    }
    return parsed === 'default' ? undefined : parsed;
  };
  for (const word of text.slice(0, 256).split(/\s+/)) {
    if (word === '') continue;
    const flag = Object.hasOwn(FLAGS, word) ? FLAGS[word] : undefined;
    if (flag !== undefined) flags |= flag;
    else if (word !== 'none') {
      const [front = '', back] = word.split('/', 2);
      if (front !== '') fg = color(front);
      if (back !== undefined) bg = color(back);
    }
  }
  return { fg, bg, flags };
}

/** Lines that separate are no text. */
const LINES: ReadonlySet<Token> = new Set(['list.border', 'bar.separator']);

/** The colour of text, moved until it can be read on this background; with 16 colours the palette is the terminal's own. */
function onGround(color: Color, depth: ColorDepth, ground: Rgb): Color {
  if (color === undefined || depth <= 16) return color;
  const rgb = typeof color === 'number' ? rgbOfIndex(color) : color;
  if (contrast(rgb, ground) >= MIN_CONTRAST) return color;
  return depth === 256 ? readableIndex(rgb, ground) : readableColor(rgb, ground);
}

interface Layer {
  readonly name: string;
  readonly json: Record<string, unknown>;
}

/** The theme and its bases, the root first. */
function layersOf(json: unknown, bases: Readonly<Record<string, unknown>>): Layer[] {
  const layers: Layer[] = [];
  let current = json;
  let named = 'theme';
  while (current !== undefined) {
    if (!isRecord(current)) throw new UserError(`The theme "${named}" is not a JSON object.`);
    const name: string = typeof current['name'] === 'string' ? current['name'] : named;
    layers.unshift({ name, json: current });
    const base: unknown = current['base'];
    if (base === undefined) break;
    if (typeof base !== 'string')
      throw new UserError(`The "base" of the theme "${cleanIdentifier(name)}" must be a name.`);
    if (layers.length >= MAX_BASES)
      throw new UserError(`The bases of the theme "${cleanIdentifier(name)}" go in a circle.`);
    if (!Object.hasOwn(bases, base)) {
      throw new UserError(
        `The theme "${cleanIdentifier(name)}" builds on "${cleanIdentifier(base)}", which does not exist.`,
        `Known are: ${Object.keys(bases).join(', ')}.`,
      );
    }
    named = base;
    current = bases[base];
  }
  return layers;
}

/** Turns the JSON of a theme into attributes. Throws a `UserError` if nothing can be made of it: keep the old one then. */
export function resolveTheme(json: unknown, options: ThemeOptions): Theme {
  const { depth, bases = {}, ground } = options;
  const layers = layersOf(json, bases);
  const warnings: string[] = [];
  const palette = new Map<string, string>();
  const values = new Map<Token, { readonly value: string; readonly layer: string }>();
  let background: Background = 'dark';
  let hues = options.hues ?? true;

  for (const { name: rawName, json: layer } of layers) {
    const name = cleanIdentifier(rawName);
    for (const field of Object.keys(layer)) {
      if (!FIELDS.includes(field))
        warnings.push(`${name}: unknown field "${cleanIdentifier(field)}"; did you mean "${nearest(field, FIELDS)}"?`);
    }
    const wanted = layer['background'];
    if (wanted === 'dark' || wanted === 'light') background = wanted;
    else if (wanted !== undefined) warnings.push(`${name}: "background" must be "dark" or "light".`);
    if (layer['hues'] === false) hues = false;
    else if (layer['hues'] === true) hues = options.hues ?? true;
    const colors = layer['palette'] ?? {};
    const tokens = layer['tokens'] ?? {};
    if (!isRecord(colors)) throw new UserError(`The "palette" of the theme "${name}" must be an object.`);
    if (!isRecord(tokens)) throw new UserError(`The "tokens" of the theme "${name}" must be an object.`);
    for (const [color, value] of Object.entries(colors)) {
      if (typeof value === 'string' || typeof value === 'number') palette.set(color, String(value));
      else warnings.push(`${name}: palette colour "${cleanIdentifier(color)}" must be a text or a number.`);
    }
    for (const [token, value] of Object.entries(tokens)) {
      if (!isToken(token)) {
        warnings.push(
          `${name}: unknown token "${cleanIdentifier(token)}"; did you mean "${nearest(token, Object.keys(TOKENS))}"?`,
        );
      } else if (typeof value !== 'string') warnings.push(`${name}: the value of "${token}" must be a text.`);
      else values.set(token, { value, layer: name });
    }
  }

  const attrs = new Map<Token, Attr>();
  for (const [token, info] of Object.entries(TOKENS) as [Token, { style: string }][]) {
    const own = values.get(token);
    const warn = (sentence: string): void => {
      warnings.push(`${own?.layer ?? 'built-in'}: ${token}: ${sentence}`);
    };
    const style = parseStyle(own?.value ?? info.style, palette, warn, depth <= 16);
    // Without colours a bar is seen by being turned over; the tab that is shown stands out by not being so.
    const turned = depth === 0 && style.bg !== undefined && token !== 'tab.current' ? REVERSE : 0;
    const onOwn = ground === undefined || style.bg !== undefined || LINES.has(token);
    const fg = onOwn ? style.fg : onGround(style.fg, depth, ground);
    attrs.set(token, attr({ fg: degrade(fg, depth), bg: degrade(style.bg, depth), flags: style.flags | turned }));
  }
  if (ground !== undefined) background = kindOf(ground);

  const hueCache = new Map<string, Attr>();
  const withHue = (base: Attr, hue: string): Attr => {
    const key = `${base} ${hue}`;
    let known = hueCache.get(key);
    if (known === undefined) {
      const fg = colorOfText(hue, depth, ground ?? background);
      known = fg === undefined ? base : attr({ ...styleOf(base), fg });
      if (hueCache.size > 10_000) hueCache.clear();
      hueCache.set(key, known);
    }
    return known;
  };

  return {
    name: layers.at(-1)?.name ?? 'theme',
    background,
    warnings,
    attrOf(token, hue, below) {
      let number = attrs.get(token) ?? 0;
      if (hue !== undefined && hues) number = withHue(number, hue);
      // The tab that is shown stands on its own ground, or it could not be told from the bar without colours.
      if (below === undefined || token === 'tab.current') return number;
      return overlay(number, attrs.get(below) ?? 0);
    },
  };
}
