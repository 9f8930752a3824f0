/** What the client itself says, as rows. */
import type { Span } from '../../lib/span.js';
import type { NoticeEntry, NoticeLevel } from '../../model/types.js';
import type { RowContext } from './context.js';
import { entryLines, joinRows, timeAndGutter } from './entry.js';
import { type Line, words } from './line.js';

/** The level in a sign, so that it does not need its colour. */
export function levelSign(level: NoticeLevel): Span {
  switch (level) {
    case 'error':
      return words('notice.error', '!! ');
    case 'warning':
      return words('notice.warning', '!- ');
    default:
      return words('notice.info', '-- ');
  }
}

export function noticeLines(entry: NoticeEntry, context: RowContext): Line[] {
  return entryLines(
    { prefix: [...timeAndGutter(entry.at, context, undefined), levelSign(entry.level)], body: joinRows(entry.rows) },
    context,
  );
}
