/** A rectangle of the cell buffer that takes safe spans only: the one place where text becomes cells. */
import type { Span } from '../lib/span.js';
import { ELLIPSIS, type Safe } from '../lib/text.js';
import type { Token } from '../lib/tokens.js';
import { type Cluster, cluster, clusters } from '../lib/width.js';
import type { Row } from '../lib/wrap.js';
import type { PaintLine } from './painter.js';
import { type Attr, withLink } from './style.js';
import type { Theme } from './theme.js';

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PutOptions {
  /** The token the cells lie on: a bar, a chosen row. */
  readonly below?: Token;
  /** Column before which the text must end; default: the right edge. */
  readonly end?: number;
}

export interface Surface {
  readonly width: number;
  readonly height: number;
  /** Writes one cluster; what does not fit is left out. */
  put(x: number, y: number, c: Cluster, token: Token, options?: PutOptions): void;
  /** Writes safe text, cut with `…` at the end; returns the next free column. */
  text(x: number, y: number, text: Safe, token: Token, options?: PutOptions): number;
  /** Writes spans in one row, cut with `…` at the end; returns the next free column. */
  spans(x: number, y: number, spans: readonly Span[], options?: PutOptions): number;
  /** A whole row: the spans, and blanks in the look of `below` up to the right edge. */
  row(y: number, spans: readonly Span[], options?: PutOptions): void;
  /** A row that `wrap` has made, from column `x` on, and blanks up to the end. */
  wrapped(x: number, y: number, row: Row, options?: PutOptions): void;
  /** `count` blanks. */
  fill(x: number, y: number, count: number, token?: Token): void;
  /** `count` times the same cluster (a line between panes). */
  repeat(x: number, y: number, count: number, text: Safe, token: Token): void;
  clear(token?: Token): void;
}

const BLANK = cluster(' ');
const REPLACEMENT = cluster('\ufffd');
const NEWLINE = cluster('␤');
/** Controls, what turns the direction of the text, what is invisible, what is no character; and a tower of marks. */
const UNWANTED =
  /[\0-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\p{Co}\p{Noncharacter_Code_Point}]|\p{M}{5}/u;

/** The last check before the cells: whatever came here by a mistake (a plugin's text), nothing of this passes. */
function printable(c: Cluster): Cluster {
  if (c.s.length === 1) {
    const code = c.s.charCodeAt(0);
    if (code >= 0x20 && code < 0x7f) return c;
  }
  if (!UNWANTED.test(c.s)) return c;
  return c.s === '\n' ? NEWLINE : REPLACEMENT;
}

export function createSurface(lines: readonly PaintLine[], rect: Rect, theme: Theme): Surface {
  const { width, height } = rect;

  function putAttr(x: number, y: number, c: Cluster, attr: Attr, end: number): void {
    if (x < 0 || y < 0 || y >= height || x + c.w > end) return;
    const line = lines[rect.y + y];
    if (line === undefined) return;
    let text = c.s;
    for (let k = 0; k < c.w; k++) {
      const cell = line[rect.x + x + k];
      if (cell === undefined) return;
      if (cell[0] !== attr || cell[1] !== text) {
        cell[0] = attr;
        cell[1] = text;
        line.dirty = true;
      }
      text = '';
    }
  }

  const endOf = (options: PutOptions | undefined): number => Math.min(width, options?.end ?? width);

  function attrOf(token: Token, hue: string | undefined, link: string | undefined, below: Token | undefined): Attr {
    const attr = theme.attrOf(token, hue, below);
    return link === undefined ? attr : withLink(attr, link);
  }

  const surface: Surface = {
    width,
    height,
    put(x, y, c, token, options) {
      putAttr(x, y, printable(c), theme.attrOf(token, undefined, options?.below), endOf(options));
    },
    text(x, y, text, token, options) {
      return surface.spans(x, y, [{ text, token }], options);
    },
    spans(x, y, spans, options) {
      const end = endOf(options);
      let column = x;
      // The place of the ellipsis, should one be needed: after the last cluster that leaves room for it.
      let cut = x;
      let cutAttr: Attr = 0;
      for (const { text, token, hue, link } of spans) {
        const attr = attrOf(token, hue, link, options?.below);
        // A cluster has a cell at least, so this much always suffices.
        const rest = Math.max(0, end - column);
        const part = text.length > (rest + 1) * 64 ? (text.slice(0, (rest + 1) * 64) as Safe) : text;
        for (const raw of clusters(part)) {
          const c = printable(raw);
          if (column + c.w > end) {
            for (let k = cut; k < end; k++) putAttr(k, y, BLANK, cutAttr, end);
            if (cut < end) putAttr(cut, y, cluster(ELLIPSIS), cutAttr, end);
            return end;
          }
          putAttr(column, y, c, attr, end);
          column += c.w;
          if (column < end) {
            cut = column;
            cutAttr = attr;
          }
        }
      }
      return column;
    },
    row(y, spans, options) {
      const end = endOf(options);
      const column = surface.spans(0, y, spans, options);
      surface.fill(column, y, end - column, options?.below);
    },
    wrapped(x, y, row, options) {
      const end = endOf(options);
      surface.fill(x, y, Math.min(row.indent, end - x), options?.below);
      let column = x + row.indent;
      let last: Span | undefined;
      let attr: Attr = 0;
      for (const { c, span, after } of row.cells) {
        if (span !== last) {
          attr = attrOf(span.token, span.hue, span.link, options?.below);
          last = span;
        }
        let shown = printable(c);
        // Ours, and put behind what was found printable.
        if (after !== undefined) shown = cluster(`${shown.s}${after}`);
        putAttr(column, y, shown, attr, end);
        column += shown.w;
      }
      surface.fill(column, y, end - column, options?.below);
    },
    fill(x, y, count, token) {
      const attr = token === undefined ? 0 : theme.attrOf(token);
      for (let k = 0; k < count; k++) putAttr(x + k, y, BLANK, attr, width);
    },
    repeat(x, y, count, text, token) {
      const c = printable(cluster(text));
      const attr = theme.attrOf(token);
      for (let k = 0; k < count; k++) putAttr(x + k * c.w, y, c, attr, width);
    },
    clear(token) {
      for (let y = 0; y < height; y++) surface.fill(0, y, width, token);
    },
  };
  return surface;
}
