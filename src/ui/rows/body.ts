/** The body of a message as spans: quoted lines, and addresses that can be opened. */
import type { Span, Token } from '../../lib/span.js';
import { linesOf, type Safe } from '../../lib/text.js';

const LINK = /\b(?:https?:\/\/|xmpp:|geo:|mailto:)[^\s<>"'`{}|\\^\u0000-\u0020\u007f-\u00a0]+/giu;
/** What a sentence puts behind an address. */
const TAIL = /[.,;:!?…'"*_~]+$/u;
/** A longer address is no address to click on. */
const MAX_LINK = 2048;
/** More links in one message are left as text: each costs bytes of its own. */
const MAX_LINKS = 100;
const PAIRS: Readonly<Record<string, string>> = { ')': '(', ']': '[' };

function trimLink(found: string): string {
  let link = found;
  for (;;) {
    const before = link;
    link = link.replace(TAIL, '');
    const last = link.at(-1) ?? '';
    const open = PAIRS[last];
    if (open !== undefined && link.split(open).length < link.split(last).length) link = link.slice(0, -1);
    if (link === before) return link;
  }
}

/** Where an address goes, in ASCII as OSC 8 wants it; undefined if it is none. */
export function targetOf(text: string): string | undefined {
  if (text.length > MAX_LINK) return undefined;
  try {
    const url = new URL(text);
    if (!/^(?:https?|xmpp|geo|mailto):$/.test(url.protocol)) return undefined;
    if (/^https?:$/.test(url.protocol) && url.hostname === '') return undefined;
    if (!/^https?:$/.test(url.protocol) && url.pathname === '' && url.host === '') return undefined;
    const target = url.href.replace(/[^\x21-\x7e]/gu, encodeURIComponent);
    return target.length <= MAX_LINK ? target : undefined;
  } catch {
    return undefined;
  }
}

/** A text with its links; everything else has the token given. */
export function linkify(text: Safe, token: Token): Span[] {
  // The colon is in every address and in few messages.
  if (!text.includes(':')) return text === '' ? [] : [{ text, token }];
  const spans: Span[] = [];
  let end = 0;
  let count = 0;
  for (const match of text.matchAll(LINK)) {
    const shown = trimLink(match[0]);
    const link = targetOf(shown);
    if (link === undefined || ++count > MAX_LINKS) continue;
    if (match.index > end) spans.push({ text: text.slice(end, match.index) as Safe, token });
    spans.push({ text: shown as Safe, token: 'text.link', link });
    end = match.index + shown.length;
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
