/** Running text, scrolled by rows; rows are wrapped when they are seen. */
import type { Row, TextView } from '../../model/view.js';
import { type Line, wrapLines } from '../rows/line.js';
import { type Picture, rowsOfScroll, type Scroll } from './picture.js';

export interface TextPane {
  paint(view: TextView, columns: number, rows: number): Picture;
  scroll(what: Scroll): void;
  readonly atEnd: boolean;
}

export function createTextPane(): TextPane {
  const cache = new WeakMap<Row, { readonly columns: number; readonly lines: readonly Line[] }>();
  /** First visible row of the text and line within it; undefined: at the end. */
  let anchor: { index: number; sub: number } | undefined = { index: 0, sub: 0 };
  let started = false;
  let pending: Scroll[] = [];

  const linesOf = (row: Row, columns: number): readonly Line[] => {
    let known = cache.get(row);
    if (known === undefined || known.columns !== columns) {
      known = { columns, lines: wrapLines(row, columns) };
      cache.set(row, known);
    }
    return known.lines;
  };

  function endOf(view: TextView, columns: number, rows: number): { index: number; sub: number } {
    let missing = rows;
    for (let index = view.rows.length - 1; index >= 0; index--) {
      const count = linesOf(view.rows[index]!, columns).length;
      if (count >= missing) return { index, sub: count - missing };
      missing -= count;
    }
    return { index: 0, sub: 0 };
  }

  return {
    paint(view, columns, rows) {
      if (!started) {
        started = true;
        if (view.follow === true) anchor = undefined;
      }
      const end = endOf(view, columns, rows);
      for (const what of pending) {
        if (what.to === 'top') anchor = { index: 0, sub: 0 };
        else if (what.to !== undefined) anchor = undefined;
        else {
          let { index, sub } = anchor ?? end;
          sub += rowsOfScroll(what, rows);
          while (sub < 0 && index > 0) sub += linesOf(view.rows[--index]!, columns).length;
          while (index < view.rows.length - 1 && sub >= linesOf(view.rows[index]!, columns).length) {
            sub -= linesOf(view.rows[index++]!, columns).length;
          }
          anchor = { index, sub: Math.max(0, sub) };
        }
      }
      pending = [];
      const atOrAfterEnd =
        anchor === undefined || anchor.index > end.index || (anchor.index === end.index && anchor.sub >= end.sub);
      const everything = end.index === 0 && end.sub === 0;
      if (atOrAfterEnd && (view.follow === true || !everything)) anchor = view.follow === true ? undefined : end;
      const from = anchor ?? end;
      const lines: Line[] = [];
      let { sub } = from;
      for (let index = from.index; index < view.rows.length && lines.length < rows; index++) {
        const all = linesOf(view.rows[index]!, columns);
        lines.push(...all.slice(sub, sub + rows - lines.length));
        sub = 0;
      }
      return { lines };
    },
    scroll(what) {
      pending.push(what);
    },
    get atEnd() {
      return anchor === undefined;
    },
  };
}
