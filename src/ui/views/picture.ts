/** What a view hands to the screen: lines, where the cursor belongs, and how far it scrolled. */
import type { Line } from '../rows/line.js';

export interface Picture {
  /** One per row of the pane; missing ones are empty. */
  readonly lines: readonly Line[];
  readonly cursor?: { readonly x: number; readonly y: number };
  /** The rows moved up by so many since the last picture (down if negative); only a hint. */
  readonly scrolled?: number;
}

/** Scroll wishes as the commands utter them. */
export interface Scroll {
  readonly pages?: number;
  readonly rows?: number;
  readonly to?: 'top' | 'bottom' | 'unread';
}

/** Rows of a wish to scroll, down is positive. A page leaves one row of the old one, where the mark of what is below may stand. */
export function rowsOfScroll(scroll: Scroll, height: number): number {
  const pages = scroll.pages ?? 0;
  const paged = pages === 0 ? 0 : Math.sign(pages) * Math.max(1, Math.round(Math.abs(pages) * (height - 1)));
  return paged + (scroll.rows ?? 0);
}
