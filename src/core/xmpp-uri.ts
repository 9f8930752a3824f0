/** Reads `xmpp:` links. RFC 5122 https://www.rfc-editor.org/rfc/rfc5122, query types of XEP-0147. Reading never acts. */
import { type BareJid, type Jid, parseBareJid, parseJid } from '../lib/jid.js';
import { type Safe, safe } from '../lib/text.js';

export interface XmppUri {
  /** The account, or with a domain only the guest host, that is to be used (`xmpp://here/…`). */
  readonly authority?: BareJid;
  /** Absent only when there is an authority and nothing after it. */
  readonly jid?: Jid;
  /** `join`, `message`, …, in lower case. */
  readonly action?: string;
  readonly params: ReadonlyMap<string, string>;
}
export type UriReading = { readonly ok: true; readonly uri: XmppUri } | { readonly ok: false; readonly problem: Safe };

/** More than any address and a message worth putting in a link. */
const MAX_URI = 4096;
const ALLOWED = /^[^\s\0-\x1f\x7f-\x9f"<>\\^`{|}]*$/;
const ACTION = /^[a-z][a-z0-9-]{0,31}$/i;
const KEY = /^[a-z0-9][a-z0-9._-]{0,63}$/i;

const refuse = (problem: Safe): UriReading => ({ ok: false, problem });

export function isXmppUri(text: string): boolean {
  return /^xmpp:/i.test(text);
}

export function parseXmppUri(text: string): UriReading {
  if (!isXmppUri(text)) return refuse(safe`This is not an xmpp: link.`);
  if (text.length > MAX_URI) return refuse(safe`This link is too long.`);
  if (!ALLOWED.test(text)) return refuse(safe`This link has characters that a link cannot have.`);
  const whole = text.slice(5).replace(/#.*$/s, '');
  const question = whole.indexOf('?');
  let path = question < 0 ? whole : whole.slice(0, question);

  let authority: BareJid | undefined;
  if (path.startsWith('//')) {
    const slash = path.indexOf('/', 2);
    const raw = path.slice(2, slash < 0 ? undefined : slash);
    path = slash < 0 ? '' : path.slice(slash + 1);
    authority = parseBareJid(decode(raw));
    if (authority === undefined) return refuse(safe`The account in this link is not an address.`);
  }
  const jid = path === '' ? undefined : parseJid(decode(path));
  if (path !== '' && jid === undefined) return refuse(safe`The address in this link is not valid.`);
  if (jid === undefined && authority === undefined) return refuse(safe`This link names no address.`);

  const query = readQuery(question < 0 ? '' : whole.slice(question + 1));
  if (query === undefined) return refuse(safe`This link asks for something that I do not understand.`);
  return {
    ok: true,
    uri: {
      params: query.params,
      ...(authority !== undefined && { authority }),
      ...(jid !== undefined && { jid }),
      ...(query.action !== undefined && { action: query.action }),
    },
  };
}

// > querycomp = querytype [ *pair ]; pair = ";" key "=" value  RFC 5122 §2.2
function readQuery(query: string): { action?: string; params: ReadonlyMap<string, string> } | undefined {
  const params = new Map<string, string>();
  if (query === '') return { params };
  const [action = '', ...pairs] = query.split(';');
  if (!ACTION.test(action)) return undefined;
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    const key = decode(pair.slice(0, Math.max(0, equals)));
    const value = decode(pair.slice(equals + 1));
    if (equals < 0 || key === undefined || value === undefined || !KEY.test(key) || params.has(key)) return undefined;
    params.set(key, value);
  }
  return { action: action.toLowerCase(), params };
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
