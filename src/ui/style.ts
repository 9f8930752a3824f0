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
  /** Address for OSC 8, as `linkTarget` made it. */
  readonly link?: string;
}

const NOTHING: Style = { fg: undefined, bg: undefined, flags: 0 };
const styles: Style[] = [NOTHING];
const numbers = new Map<string, Attr>([['||0', 0]]);

/** The terminal's own look. */
export const PLAIN: Attr = 0;

const keyOf = (color: Color): string => (color === undefined ? '' : String(color));

/** Styles with links are made by strangers: beyond this many of them, new links are text only. */
const MAX_LINKED = 20_000;
let linked = 0;

/** The number of a style. There are as many as themes and hues can make: some thousands. */
export function attr(style: Style): Attr {
  const key = `${keyOf(style.fg)}|${keyOf(style.bg)}|${style.flags}${style.link === undefined ? '' : `|${style.link}`}`;
  let number = numbers.get(key);
  if (number === undefined) {
    if (style.link !== undefined && ++linked > MAX_LINKED)
      return attr({ fg: style.fg, bg: style.bg, flags: style.flags });
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
  const link = a.link ?? b.link;
  const style = { fg: a.fg ?? b.fg, bg: a.bg ?? b.bg, flags: a.flags | b.flags };
  return attr(link === undefined ? style : { ...style, link });
}

/** The longest address that terminals take. */
const MAX_LINK = 2000;

/** An address as OSC 8 may carry it: only of schemes that are safe to click, and nothing in it but printable ASCII. */
export function linkTarget(address: string): string | undefined {
  if (!/^(https?|xmpp):/i.test(address)) return undefined;
  const target = encodeURI(address.replace(/[\ud800-\udfff]/gu, '')).replace(/%25([0-9a-f]{2})/gi, '%$1');
  return target.length > MAX_LINK || /[^\x21-\x7e]/.test(target) ? undefined : target;
}

/** The same style with an address behind it. */
export function withLink(number: Attr, address: string): Attr {
  const link = linkTarget(address);
  return link === undefined ? number : attr({ ...styleOf(number), link });
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

/** The parameters of SGR that switch flags on. */
export function sgrOfFlags(flags: number): string {
  const codes: string[] = [];
  if (flags & BOLD) codes.push('1');
  if (flags & DIM) codes.push('2');
  if (flags & ITALIC) codes.push('3');
  if (flags & UNDERLINE) codes.push('4');
  if (flags & REVERSE) codes.push('7');
  if (flags & STRIKE) codes.push('9');
  return codes.join(';');
}

/** The parameters of SGR for one colour; empty for the terminal's own. */
export function sgrOfColor(color: Color, base: 30 | 40, depth: ColorDepth): string {
  return colorCodes(degrade(color, depth), base).join(';');
}

/** The parameters of the SGR sequence that sets a style after a reset, for a terminal of `depth` colours. */
export function sgrOf(number: Attr, depth: ColorDepth): string {
  const style = styleOf(number);
  return [sgrOfFlags(style.flags), sgrOfColor(style.fg, 30, depth), sgrOfColor(style.bg, 40, depth)]
    .filter(codes => codes !== '')
    .join(';');
}
