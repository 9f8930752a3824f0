/** The line between two days of a log. */
import { safe } from '../../lib/text.js';
import type { RowContext } from './context.js';
import { type Line, lineOf, words } from './line.js';
import { dateText } from './time.js';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

export function dayLine(at: number, context: RowContext): Line {
  const dashes = context.signs.dash.repeat(3);
  const day = words('text.day', `${dashes} ${DAYS[new Date(at).getDay()] ?? ''} `);
  return lineOf([day, { text: safe`${dateText(at)} `, token: 'text.day' }, words('text.day', dashes)], context.columns);
}
