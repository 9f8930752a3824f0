/** XEP-0392 Consistent Color Generation (https://xmpp.org/extensions/xep-0392.html) and colours brought down to what a terminal has. */
import { createHash } from 'node:crypto';

/** Colours a terminal has: none, the 8 or 16 of the palette, 256, or all. */
export type ColorDepth = 0 | 8 | 16 | 256 | 16777216;
export type Background = 'dark' | 'light';
export type Rgb = readonly [red: number, green: number, blue: number];

/** The hue angle of a text in degrees, 0–359. */
export function hueOf(text: string): number {
  const digest = createHash('sha1').update(text, 'utf8').digest();
  return Math.floor(((digest[0]! | (digest[1]! << 8)) / 65536) * 360);
}

// HSLuv, as the specification wants it: https://www.hsluv.org/
const M: readonly (readonly [number, number, number])[] = [
  [3.240969941904521, -1.537383177570093, -0.498610760293],
  [-0.96924363628087, 1.87596750150772, 0.041555057407175],
  [0.055630079696993, -0.20397695888897, 1.056971514242878],
];
const REF_U = 0.19783000664283;
const REF_V = 0.46831999493879;
const KAPPA = 903.2962962;
const EPSILON = 0.0088564516;

function maxChroma(lightness: number, hue: number): number {
  const rad = (hue / 180) * Math.PI;
  const sub1 = (lightness + 16) ** 3 / 1560896;
  const sub2 = sub1 > EPSILON ? sub1 : lightness / KAPPA;
  let min = Number.POSITIVE_INFINITY;
  for (const [m1, m2, m3] of M) {
    for (const t of [0, 1]) {
      const top1 = (284517 * m1 - 94839 * m3) * sub2;
      const top2 = (838422 * m3 + 769860 * m2 + 731718 * m1) * lightness * sub2 - 769860 * t * lightness;
      const bottom = (632260 * m3 - 126452 * m2) * sub2 + 126452 * t;
      const length = top2 / bottom / (Math.sin(rad) - (top1 / bottom) * Math.cos(rad));
      if (length >= 0) min = Math.min(min, length);
    }
  }
  return min;
}

/** HSLuv with full saturation. */
export function rgbOfHue(hue: number, lightness: number): Rgb {
  const chroma = maxChroma(lightness, hue);
  const rad = (hue / 180) * Math.PI;
  const varU = (Math.cos(rad) * chroma) / (13 * lightness) + REF_U;
  const varV = (Math.sin(rad) * chroma) / (13 * lightness) + REF_V;
  const y = lightness > 8 ? ((lightness + 16) / 116) ** 3 : lightness / KAPPA;
  const x = (y * 9 * varU) / (4 * varV);
  const z = (y * (12 - 3 * varU - 20 * varV)) / (4 * varV);
  const channel = ([a, b, c]: readonly [number, number, number]): number => {
    const linear = a * x + b * y + c * z;
    const value = linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
    return Math.max(0, Math.min(255, Math.round(value * 255)));
  };
  return [channel(M[0]!), channel(M[1]!), channel(M[2]!)];
}

/** Relative luminance, WCAG 2. */
export function luminance([red, green, blue]: Rgb): number {
  const linear = (channel: number): number => {
    const c = channel / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

export function contrast(a: Rgb, b: Rgb): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

/** Readable means at least this, WCAG 2 AA. */
export const MIN_CONTRAST = 4.5;
/** The darkest light and the lightest dark that people commonly use as background. */
export const BACKGROUNDS: Readonly<Record<Background, Rgb>> = { dark: [0x30, 0x30, 0x30], light: [0xf0, 0xf0, 0xf0] };

/** Whether a colour is a dark or a light background: what text on it is better white or black. */
export const kindOf = (ground: Rgb): Background =>
  contrast(ground, [255, 255, 255]) >= contrast(ground, [0, 0, 0]) ? 'dark' : 'light';

/** The colours of the palette as most terminals have them. */
const BASIC: readonly Rgb[] = [
  [0, 0, 0],
  [205, 0, 0],
  [0, 205, 0],
  [205, 205, 0],
  [0, 0, 238],
  [205, 0, 205],
  [0, 205, 205],
  [229, 229, 229],
  [127, 127, 127],
  [255, 0, 0],
  [0, 255, 0],
  [255, 255, 0],
  [92, 92, 255],
  [255, 0, 255],
  [0, 255, 255],
  [255, 255, 255],
];
const LEVELS = [0, 95, 135, 175, 215, 255] as const;

/** What colour number 0–255 usually is. */
export function rgbOfIndex(index: number): Rgb {
  if (index < 16) return BASIC[index] ?? [0, 0, 0];
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return [grey, grey, grey];
  }
  const cube = index - 16;
  return [LEVELS[Math.floor(cube / 36)]!, LEVELS[Math.floor(cube / 6) % 6]!, LEVELS[cube % 6]!];
}

// Weighted as the eye weighs ("redmean"), good enough to choose a neighbour.
function distance(a: Rgb, b: Rgb): number {
  const mean = (a[0] + b[0]) / 2;
  const [dr, dg, db] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
  return (2 + mean / 256) * dr * dr + 4 * dg * dg + (2 + (255 - mean) / 256) * db * db;
}

type Candidate = readonly [index: number, rgb: Rgb];

const candidates = (from: number, to: number): readonly Candidate[] =>
  Array.from({ length: to - from }, (_, offset) => [from + offset, rgbOfIndex(from + offset)]);

function nearestAmong(rgb: Rgb, among: readonly Candidate[]): number {
  let best = among[0]?.[0] ?? 0;
  let least = Number.POSITIVE_INFINITY;
  for (const [index, candidate] of among) {
    const d = distance(rgb, candidate);
    if (d < least) {
      least = d;
      best = index;
    }
  }
  return best;
}

const PALETTES: Readonly<Record<8 | 16 | 256, readonly Candidate[]>> = {
  8: candidates(0, 8),
  16: candidates(0, 16),
  256: candidates(16, 256),
};

/** Of the colour cube what is readable on the last background: a room of thousands asks for thousands of colours. */
let readable: { readonly ground: string; readonly among: readonly Candidate[] } | undefined;
function readableOn(ground: Rgb): readonly Candidate[] {
  if (readable?.ground !== String(ground)) {
    const cube = candidates(16, 232);
    const among = cube.filter(([, rgb]) => contrast(rgb, ground) >= MIN_CONTRAST);
    readable = { ground: String(ground), among: among.length > 0 ? among : cube };
  }
  return readable.among;
}

/**
 * The colour, or one like it that can be read on this background (4.5:1, WCAG 2 AA): nearer to white or to black. On a grey of
 * the middle it is what can be read best.
 */
export function readableColor(rgb: Rgb, ground: Rgb): Rgb {
  const end = kindOf(ground) === 'dark' ? 255 : 0;
  let best = rgb;
  for (let step = 1; step <= 20 && contrast(best, ground) < MIN_CONTRAST; step++) {
    best = rgb.map(channel => Math.round(channel + ((end - channel) * step) / 20)) as unknown as Rgb;
  }
  return best;
}

/** The same among the numbers of 256 that nobody changes. */
export const readableIndex = (rgb: Rgb, ground: Rgb): number =>
  nearestAmong(readableColor(rgb, ground), readableOn(ground));

/** The nearest number of a palette of 8, 16 or 256. For 256 the first 16 are left out: people change those. */
export function nearestIndex(rgb: Rgb, depth: 8 | 16 | 256): number {
  return nearestAmong(rgb, PALETTES[depth]);
}

// By sixths of the colour wheel, from red; the blues of the palette are unreadable on dark and the yellows on light.
const WHEEL_16: Readonly<Record<Background, readonly number[]>> = {
  dark: [9, 3, 11, 2, 10, 6, 14, 12, 13, 5],
  light: [1, 9, 5, 2, 6, 4, 12, 13],
};
const WHEEL_8: Readonly<Record<Background, readonly number[]>> = { dark: [1, 3, 2, 6, 5], light: [1, 2, 4, 5, 6] };

/** Colours by name, for people who choose one. */
export const NAMED_COLORS: Readonly<Record<string, Rgb>> = {
  red: [230, 60, 60],
  orange: [240, 140, 40],
  yellow: [225, 205, 60],
  green: [70, 190, 70],
  teal: [40, 180, 160],
  cyan: [60, 200, 220],
  blue: [80, 130, 250],
  purple: [160, 110, 240],
  magenta: [220, 90, 220],
  pink: [250, 130, 180],
  brown: [180, 120, 70],
  grey: [150, 150, 150],
  white: [240, 240, 240],
};

/** A name of {@link NAMED_COLORS}, `#rgb` or `#rrggbb`. */
export function parseRgb(text: string): Rgb | undefined {
  const word = text.trim().toLowerCase();
  if (Object.hasOwn(NAMED_COLORS, word)) return NAMED_COLORS[word];
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})$/.exec(word)?.[1];
  if (hex === undefined) return undefined;
  const full = hex.length === 3 ? hex.replace(/./g, '$&$&') : hex;
  return [0, 2, 4].map(i => Number.parseInt(full.slice(i, i + 2), 16)) as [number, number, number];
}

/** No nick begins with this. */
const FIXED = '\0';

/** In the place of a text: this colour itself, as far from the background as it must be to be read. */
export const fixedHue = (rgb: Rgb): string => `${FIXED}${rgb.join(' ')}`;

/** A usual background where none is known. */
const groundOf = (background: Background | Rgb): Rgb =>
  typeof background === 'string' ? BACKGROUNDS[background] : background;
const wheelOf = (depth: 8 | 16, ground: Rgb): readonly number[] => (depth === 8 ? WHEEL_8 : WHEEL_16)[kindOf(ground)];

function colorOfFixed(text: string, depth: Exclude<ColorDepth, 0>, ground: Rgb): number | Rgb {
  const [red = 0, green = 0, blue = 0] = text.slice(FIXED.length).split(' ').map(Number);
  const rgb = readableColor([red, green, blue], ground);
  if (depth === 8 || depth === 16) {
    return nearestAmong(
      rgb,
      wheelOf(depth, ground).map(index => [index, rgbOfIndex(index)]),
    );
  }
  return depth === 256 ? nearestAmong(rgb, readableOn(ground)) : rgb;
}

/**
 * The colour of a text for a terminal: an index of its palette, or RGB for `16777216`, or undefined without colours.
 * Its contrast against the background, or a usual dark or light one, is at least 4.5:1 where the palette is known.
 */
export function colorOfText(text: string, depth: ColorDepth, background: Background | Rgb): number | Rgb | undefined {
  if (depth === 0) return undefined;
  const against = groundOf(background);
  if (text.startsWith(FIXED)) return colorOfFixed(text, depth, against);
  const hue = hueOf(text);
  if (depth === 8 || depth === 16) {
    const wheel = wheelOf(depth, against);
    return wheel[Math.floor((hue / 360) * wheel.length)]!;
  }
  const kind = kindOf(against);
  const step = kind === 'dark' ? 2 : -2;
  let lightness = kind === 'dark' ? 60 : 50;
  let rgb = rgbOfHue(hue, lightness);
  while (contrast(rgb, against) < MIN_CONTRAST && lightness + step > 4 && lightness + step < 96) {
    lightness += step;
    rgb = rgbOfHue(hue, lightness);
  }
  if (depth !== 256) return readableColor(rgb, against);
  return nearestAmong(rgb, readableOn(against));
}
