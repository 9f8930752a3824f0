/** The line above the first unread entry. */
import type { RowContext } from './context.js';
import { type Line, lineOf, words } from './line.js';

export function unreadLine(context: RowContext): Line {
  const dashes = context.signs.dash.repeat(3);
  return lineOf([words('text.unread', `${dashes} unread below ${dashes}`)], context.columns);
}
