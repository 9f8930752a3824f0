/** Elements of the stream → plain, cleaned facts; total for any input, and every XEP may add its fields. */
import { type BareJid, bareOf, localOf, parseJid } from '../lib/jid.js';
import { cleanBody, cleanIdentifier, cleanLine, type Safe } from '../lib/text.js';
import type { ErrorFact, IncomingMessage, IncomingPresence } from '../model/incoming.js';
import type { Show } from '../model/types.js';
import { sentenceFor, stanzaErrorOf } from './errors.js';
import type { DecodeAs, Mutable, Xep, XepContext } from './xep.js';
import { attr, childrenOf, type Element, nsOf, textOf } from './xml.js';

/** Ids are kept to be compared and sent back, never shown; a longer one is nobody's honest id. */
const MAX_ID = 512;

const MESSAGE_TYPES: ReadonlySet<string> = new Set(['chat', 'groupchat', 'normal', 'headline', 'error']);
const PRESENCE_TYPES: ReadonlySet<string> = new Set([
  'unavailable',
  'error',
  'subscribe',
  'subscribed',
  'unsubscribe',
  'unsubscribed',
]);
const SHOWS: ReadonlySet<string> = new Set(['away', 'chat', 'dnd', 'xa']);

/** Fields that alone say nothing to anybody: a message with only these is not told. */
const ENVELOPE: ReadonlySet<string> = new Set([
  'kind',
  'type',
  'from',
  'to',
  'id',
  'source',
  'originId',
  'stanzaId',
  'occupantId',
  'stamp',
  'mucUser',
  'wantsReceipt',
  'markable',
]);

/** An id as received, or `undefined` if it is missing, empty or absurdly long. */
export function idOf(text: string | undefined): string | undefined {
  return text === undefined || text === '' || text.length > MAX_ID ? undefined : text;
}

/** Of several children that differ by `xml:lang`, the one in our language, else the first. */
export function inLanguage(elements: readonly Element[], lang: string): Element | undefined {
  if (elements.length < 2) return elements[0];
  const wanted = lang.toLowerCase();
  const primary = wanted.split('-')[0]!;
  const langs = elements.map(element => langOf(element).toLowerCase());
  const exact = langs.indexOf(wanted);
  if (exact >= 0) return elements[exact];
  return elements[langs.findIndex(other => other.split('-')[0] === primary)] ?? elements[0];
}

// > xml:lang applies to the element and to what is in it  XML 1.0 §2.12
function langOf(element: Element | null): string {
  for (let at = element; at !== null; at = at.parent) {
    const lang = attr(at, 'xml:lang');
    if (lang !== undefined) return lang;
  }
  return '';
}

/** Children of the stanza's own namespace: another `body` (XHTML-IM, XEP-0071) is not the body. */
function ownChildren(el: Element, name: string): Element[] {
  const ns = nsOf(el);
  return childrenOf(el, name).filter(child => nsOf(child) === ns);
}

/** The body as received, in our language if there are several. */
export function bodyOf(el: Element, lang: string): string | undefined {
  return textOf(inLanguage(ownChildren(el, 'body'), lang));
}

/** Sets the cleaned body, and the received one beside it if cleaning changed it. */
export function setBody(draft: Mutable<IncomingMessage>, text: string, raw: string = text): void {
  const body = cleanBody(text);
  draft.body = body;
  if (body !== raw) draft.raw = raw;
  else delete draft.raw;
}

/** The address in `xmpp:room@service?join`, or a bare one (RFC 6120 §8.3.3.5); links of other kinds are none. */
function movedTo(address: string | undefined): BareJid | undefined {
  const path = /^(?:xmpp:)?(?!\/\/)([^?#]+)/i.exec(address ?? '')?.[1];
  if (path === undefined) return undefined;
  try {
    const jid = parseJid(decodeURIComponent(path));
    return jid === undefined || localOf(jid) === undefined ? undefined : bareOf(jid);
  } catch {
    return undefined;
  }
}

export function errorFactOf(el: Element, subject: Safe): ErrorFact {
  const error = stanzaErrorOf(el);
  const by = parseJid(error.by);
  const fact: Mutable<ErrorFact> = {
    condition: error.condition,
    type: error.type,
    sentence: cleanLine(sentenceFor(error, { subject })),
  };
  if (error.text !== undefined && error.text.trim() !== '') fact.text = cleanLine(error.text);
  if (by !== undefined) fact.by = by;
  const moved = movedTo(error.address);
  if (moved !== undefined) fact.movedTo = moved;
  return fact;
}

export function decodeMessage(
  el: Element,
  xeps: readonly Xep[],
  context: XepContext,
  as?: DecodeAs,
): IncomingMessage | undefined {
  const type = attr(el, 'type') ?? 'normal';
  // > a server acting for the account need not say who it is: no from means the account  RFC 6120 §8.1.2.1
  const from = attr(el, 'from') === undefined ? context.bare : parseJid(attr(el, 'from'));
  if (from === undefined) return undefined;
  const draft: Mutable<IncomingMessage> = {
    kind: 'message',
    // > an unknown type must be taken as normal  RFC 6121 §5.2.2
    type: MESSAGE_TYPES.has(type) ? (type as IncomingMessage['type']) : 'normal',
    from,
    source: as?.source ?? 'live',
  };
  const to = parseJid(attr(el, 'to'));
  if (to !== undefined) draft.to = to;
  const id = idOf(attr(el, 'id'));
  if (id !== undefined) draft.id = id;
  if (draft.type === 'error') {
    // The rest of an error is what we had sent ourselves, or what somebody wants us to believe we had.
    draft.error = errorFactOf(el, cleanIdentifier(from));
    return draft;
  }
  const bodies = ownChildren(el, 'body');
  const body = textOf(inLanguage(bodies, context.lang));
  if (body !== undefined) setBody(draft, body);
  if (bodies.length > 1) {
    const others = bodies.slice(0, 10).map(other => cleanBody(other.getText()));
    draft.extra = { bodies: others };
  }
  const subject = inLanguage(ownChildren(el, 'subject'), context.lang);
  // > only a message with a subject and without a body changes the subject of a room  XEP-0045 §8.1
  if (subject !== undefined && (draft.type !== 'groupchat' || body === undefined)) {
    draft.subject = draft.type === 'groupchat' ? cleanBody(subject.getText()) : cleanLine(subject.getText());
  }
  for (const xep of xeps) {
    try {
      xep.decode?.message?.(el, draft, context);
    } catch (error) {
      context.debug(`${xep.name}: cannot read a message from ${cleanIdentifier(from)}: ${String(error)}`);
    }
  }
  if (as?.stamp !== undefined) draft.stamp = as.stamp;
  if (as?.stanzaId !== undefined) draft.stanzaId = as.stanzaId;
  for (const field in draft) {
    if (!ENVELOPE.has(field) && draft[field as keyof IncomingMessage] !== undefined) return draft;
  }
  return undefined;
}

export function decodePresence(el: Element, xeps: readonly Xep[], context: XepContext): IncomingPresence | undefined {
  const type = attr(el, 'type') ?? 'available';
  if (type !== 'available' && !PRESENCE_TYPES.has(type)) return undefined;
  const from = attr(el, 'from') === undefined ? context.bare : parseJid(attr(el, 'from'));
  if (from === undefined) return undefined;
  const draft: Mutable<IncomingPresence> = {
    kind: 'presence',
    type: type as IncomingPresence['type'],
    // > a subscription is between bare addresses  RFC 6121 §3
    from: type.includes('subscribe') ? bareOf(from) : from,
  };
  const id = idOf(attr(el, 'id'));
  if (id !== undefined) draft.id = id;
  if (type === 'error') {
    draft.error = errorFactOf(el, cleanIdentifier(from));
  } else {
    const show = textOf(ownChildren(el, 'show')[0])?.trim();
    if (show !== undefined && SHOWS.has(show)) draft.show = show as Show;
    const status = textOf(inLanguage(ownChildren(el, 'status'), context.lang));
    if (status !== undefined && status !== '') draft.status = cleanLine(status);
    const priority = textOf(ownChildren(el, 'priority')[0])?.trim();
    if (priority !== undefined && /^[+-]?\d{1,3}$/.test(priority)) {
      draft.priority = Math.max(-128, Math.min(127, Number(priority)));
    }
  }
  for (const xep of xeps) {
    try {
      xep.decode?.presence?.(el, draft, context);
    } catch (error) {
      context.debug(`${xep.name}: cannot read a presence of ${cleanIdentifier(from)}: ${String(error)}`);
    }
  }
  return draft;
}
