/** Addresses in a text: where they begin and end, where they go, and what they are if they look like something else. */
import { cleanLine, type Safe } from './text.js';

export interface Link {
  /** Offset in the text. */
  readonly at: number;
  /** As it is written there. */
  readonly text: Safe;
  /** Where it goes, in ASCII as OSC 8 wants it. */
  readonly target: string;
  /** The host it really goes to, where letters of another script or a name before an `@` make it look like another one. */
  readonly really?: Safe;
}

/** Others are text: what a click starts should be no surprise. */
const LINK = /\b(?:https?:\/\/|xmpp:)[^\s<>"'`{}|\\^\u0000-\u0020\u007f-\u00a0]+/giu;
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

function read(text: string): { readonly target: string; readonly really?: Safe } | undefined {
  if (text.length > MAX_LINK) return undefined;
  try {
    const url = new URL(text);
    const isWeb = /^https?:$/.test(url.protocol);
    if (isWeb ? url.hostname === '' : url.protocol !== 'xmpp:' || (url.pathname === '' && url.host === ''))
      return undefined;
    const target = url.href.replace(/[^\x21-\x7e]/gu, encodeURIComponent);
    if (target.length > MAX_LINK) return undefined;
    const disguised = isWeb && (url.username !== '' || url.password !== '' || !isAscii(hostIn(text)));
    return disguised ? { target, really: cleanLine(url.host) } : { target };
  } catch {
    return undefined;
  }
}

const hostIn = (text: string): string => /^[a-z]+:\/\/([^/?#]*)/i.exec(text)?.[1] ?? '';
const isAscii = (text: string): boolean => !/[^\x21-\x7e]/u.test(text);

/** Where an address goes, in ASCII as OSC 8 wants it; undefined if it is none. */
export function targetOf(text: string): string | undefined {
  return read(text)?.target;
}

/** The addresses in a text, in its order. */
export function linksIn(text: Safe): readonly Link[] {
  // The colon is in every address and in few messages.
  if (!text.includes(':')) return [];
  const links: Link[] = [];
  for (const match of text.matchAll(LINK)) {
    const shown = trimLink(match[0]);
    const found = read(shown);
    if (found === undefined) continue;
    links.push({ at: match.index, text: shown as Safe, ...found });
    if (links.length >= MAX_LINKS) break;
  }
  return links;
}
