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

/** The bar without our own address: what stands in the way first. */
function shorter(bar: Row): Row {
  const at = bar.findIndex(part => part.token === 'bar.strong');
  const rest = bar.filter((_part, i) => i !== at && i !== at + 1);
  return at < 0 || rest.length === 0 ? bar : rest;
}

export function statusPicture(facts: StatusFacts, columns: number): Picture {
  const gap = { text: safe` `, token: 'bar.normal' as const };
  const clock =
    facts.now === undefined ? [] : [gap, { text: clockText(facts.now, 'minutes'), token: 'bar.normal' as const }];
  const right: Row = [...facts.right, ...clock];
  const beside = (bar: Row): Row => (facts.passing.length === 0 ? bar : [...bar, gap, ...facts.passing]);
  const whole = beside(facts.left);
  // What the keys do here is worth more than who we are; a warning or a state is never left out.
  const left = cellsWidth(cellsOf(whole)) < columns ? whole : beside(shorter(facts.left));
  // Who is typing is worth more than the right side.
  const fits = cellsWidth(cellsOf(left)) + cellsWidth(cellsOf(right)) + 2 <= columns;
  return { lines: [lineOf(left, columns, { below: 'bar.normal', ...(fits ? { right } : {}) })] };
}
