/** The body of a message as spans: quoted lines, and addresses that can be opened. */

import { linksIn } from '../../lib/links.js';
import type { Span, Token } from '../../lib/span.js';
import { linesOf, type Safe, safe } from '../../lib/text.js';

/** A text with its links; everything else has the token given. Behind a link that looks like another stands what it is. */
export function linkify(text: Safe, token: Token): Span[] {
  const spans: Span[] = [];
  let end = 0;
  for (const { at, text: shown, target, really } of linksIn(text)) {
    if (at > end) spans.push({ text: text.slice(end, at) as Safe, token });
    spans.push({ text: shown, token: 'text.link', link: target });
    if (really !== undefined) spans.push({ text: safe` [${really}]`, token: 'text.mark' });
    end = at + shown.length;
  }
  if (end < text.length) spans.push({ text: text.slice(end) as Safe, token });
  return spans;
}

const NEWLINE = '\n' as Safe;

/** All lines of a body; runs of empty lines become one unless it is shown whole. */
export function bodySpans(body: Safe, token: Token, whole: boolean): Span[] {
  const spans: Span[] = [];
  let empty = 0;
  let first = true;
  for (const line of linesOf(body)) {
    empty = line.trim() === '' ? empty + 1 : 0;
    if (empty > 1 && !whole) continue;
    if (!first) spans.push({ text: NEWLINE, token });
    first = false;
    spans.push(...linkify(line, line.startsWith('>') ? 'text.quote' : token));
  }
  return spans;
}
