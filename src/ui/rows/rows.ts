/** An entry of a log as rows, whatever kind it is. */
import type { Entry } from '../../model/types.js';
import type { RowContext } from './context.js';
import type { Line } from './line.js';
import { messageLines } from './message.js';
import { noticeLines } from './notice.js';
import { presenceLines } from './presence.js';
import { subjectLines } from './subject.js';

export function linesOfEntry(entry: Entry, context: RowContext): Line[] {
  switch (entry.kind) {
    case 'message':
      return messageLines(entry, context);
    case 'notice':
      return noticeLines(entry, context);
    case 'presence':
      return presenceLines(entry, context);
    case 'subject':
      return subjectLines(entry, context);
  }
}
