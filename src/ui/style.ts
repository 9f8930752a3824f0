/** Styles as small numbers: a cell holds an `Attr`, and only the painter looks up what it means. */
import { type ColorDepth, nearestIndex, type Rgb, rgbOfIndex } from '../lib/color.js';

/** A number that stands for a style; equal styles have equal numbers. */
export type Attr = number;

/** `undefined` is the colour that the terminal has by itself; a number is of its palette. */
export type Color = number | Rgb | undefined;

export const BOLD = 1;
export const DIM = 2;
export const ITALIC = 4;
export const UNDERLINE = 8;
export const REVERSE = 16;
export const STRIKE = 32;

export interface Style {
  readonly fg: Color;
  readonly bg: Color;
  /** Sum of the flags above. */
  readonly flags: number;
}

const NOTHING: Style = { fg: undefined, bg: undefined, flags: 0 };
const styles: Style[] = [NOTHING];
const numbers = new Map<string, Attr>([['||0', 0]]);

/** The terminal's own look. */
export const PLAIN: Attr = 0;

const keyOf = (color: Color): string => (color === undefined ? '' : String(color));

/** The number of a style. There are as many as themes and hues can make: some thousands. */
export function attr(style: Style): Attr {
  const key = `${keyOf(style.fg)}|${keyOf(style.bg)}|${style.flags}`;
  let number = numbers.get(key);
  if (number === undefined) {
    number = styles.length;
    styles.push(style);
    numbers.set(key, number);
  }
  return number;
}

export function styleOf(number: Attr): Style {
  return styles[number] ?? NOTHING;
}

/** `top` over `below`: what `top` leaves open comes from `below`. */
export function overlay(top: Attr, below: Attr): Attr {
  if (below === PLAIN || top === below) return top;
  if (top === PLAIN) return below;
  const a = styleOf(top);
  const b = styleOf(below);
  return attr({ fg: a.fg ?? b.fg, bg: a.bg ?? b.bg, flags: a.flags | b.flags });
}

/** A colour brought down to what the terminal has. */
export function degrade(color: Color, depth: ColorDepth): Color {
  if (color === undefined || depth === 0) return undefined;
  if (depth === 16777216) return color;
  if (typeof color !== 'number') return nearestIndex(color, depth);
  if (color < depth) return color;
  // Bright colours of the palette have a dark brother.
  if (depth === 8 && color < 16) return color - 8;
  return nearestIndex(rgbOfIndex(color), depth);
}

function colorCodes(color: Color, base: 30 | 40): string[] {
  if (color === undefined) return [];
  if (typeof color !== 'number') return [`${base + 8};2;${color[0]};${color[1]};${color[2]}`];
  if (color < 8) return [String(base + color)];
  if (color < 16) return [String(base + 60 + color - 8)];
  return [`${base + 8};5;${color}`];
}

/** The parameters of the SGR sequence that sets a style after a reset, for a terminal of `depth` colours. */
export function sgrOf(number: Attr, depth: ColorDepth): string {
  const style = styleOf(number);
  const codes: string[] = [];
  if (style.flags & BOLD) codes.push('1');
  if (style.flags & DIM) codes.push('2');
  if (style.flags & ITALIC) codes.push('3');
  if (style.flags & UNDERLINE) codes.push('4');
  if (style.flags & REVERSE) codes.push('7');
  if (style.flags & STRIKE) codes.push('9');
  codes.push(...colorCodes(degrade(style.fg, depth), 30), ...colorCodes(degrade(style.bg, depth), 40));
  return codes.join(';');
}
