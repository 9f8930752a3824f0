/** The info bar: what the core says at its left and right, who is typing in this tab, and a clock if one is wanted. */
import { safe } from '../../lib/text.js';
import type { Row } from '../../model/view.js';
import { cellsOf, cellsWidth, lineOf } from '../rows/line.js';
import { clockText } from '../rows/time.js';
import type { Picture } from './picture.js';

export interface StatusFacts {
  readonly left: Row;
  readonly right: Row;
  /** Passing facts of the tab. */
  readonly passing: Row;
  /** Only with `ui.clock`. */
  readonly now?: number;
}

export function statusPicture(facts: StatusFacts, columns: number): Picture {
  const gap = { text: safe` `, token: 'bar.normal' as const };
  const clock =
    facts.now === undefined ? [] : [gap, { text: clockText(facts.now, 'minutes'), token: 'bar.normal' as const }];
  const right: Row = [...facts.right, ...clock];
  const left: Row = facts.passing.length === 0 ? facts.left : [...facts.left, gap, ...facts.passing];
  // Who is typing is worth more than the right side.
  const fits = cellsWidth(cellsOf(left)) + cellsWidth(cellsOf(right)) + 2 <= columns;
  return { lines: [lineOf(left, columns, { below: 'bar.normal', ...(fits ? { right } : {}) })] };
}
