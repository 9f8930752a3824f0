/** What the client itself says, as rows. */
import type { Span } from '../../lib/span.js';
import type { NoticeEntry, NoticeLevel } from '../../model/types.js';
import type { RowContext } from './context.js';
import { entryLines, joinRows, timeAndGutter } from './entry.js';
import { type Line, words } from './line.js';

const SPOKEN: Readonly<Record<NoticeLevel, string>> = {
  error: 'error: ',
  warning: 'warning: ',
  info: 'notice: ',
  help: '',
};

/** The level in a sign, so that it does not need its colour. */
export function levelSign(level: NoticeLevel, spoken = false): Span {
  if (spoken) return words(`notice.${level === 'help' ? 'info' : level}`, SPOKEN[level]);
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
    {
      prefix: [...timeAndGutter(entry.at, context, undefined), levelSign(entry.level, context.spoken)],
      flush: 1,
      body: joinRows(entry.rows),
    },
    context,
  );
}
