/** Small makers of rows for what the client says itself. */
import { span, type Token } from '../lib/span.js';
import { linesOf, type Safe } from '../lib/text.js';
import type { NoticeLevel } from '../model/types.js';
import type { Row } from '../model/view.js';

const TOKEN_OF_LEVEL: Readonly<Record<NoticeLevel, Token>> = {
  info: 'notice.info',
  warning: 'notice.warning',
  error: 'notice.error',
  help: 'text.normal',
};

/** One row for each line of the text. */
export function rowsOf(text: Safe, token: Token = 'text.normal'): readonly Row[] {
  return linesOf(text).map(line => [span(token, line)]);
}

export function noticeRows(text: Safe | readonly Row[], level: NoticeLevel): readonly Row[] {
  return typeof text === 'string' ? rowsOf(text, TOKEN_OF_LEVEL[level]) : text;
}

export function textOf(rows: readonly Row[]): Safe {
  return rows.map(row => row.map(part => part.text).join('')).join('\n') as Safe;
}
