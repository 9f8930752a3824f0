/** Answers of the demo server: results, errors, and the few words about addresses that it needs. */
import { el, NS, type XmlElement } from './xml.js';

/** RFC 6120 §8.3.2 */
export type FaultType = 'auth' | 'cancel' | 'modify' | 'wait';

export interface Fault {
  readonly type: FaultType;
  /** A condition of RFC 6120 §8.3.3. */
  readonly condition: string;
  readonly text?: string;
}

/** What a request is answered with: the children of a result, an error, or nothing because somebody else answers. */
export type Answer = { readonly result: readonly XmlElement[] } | { readonly fault: Fault } | undefined;

export function result(...children: readonly XmlElement[]): Answer {
  return { result: children };
}

export function refuse(type: FaultType, condition: string, text?: string): { readonly fault: Fault } {
  return { fault: text === undefined ? { type, condition } : { type, condition, text } };
}

/** Somebody who is logged in. */
export interface DemoSession {
  /** The full JID. */
  readonly jid: string;
  readonly bareJid: string;
  send(stanza: XmlElement): void;
}

/** The answer to an iq as a stanza. */
export function answerIq(iq: XmlElement, from: string, to: string, answer: Exclude<Answer, undefined>): XmlElement {
  const attributes = { id: iq.attributes['id'], from, to };
  if ('fault' in answer) return el('iq', { ...attributes, type: 'error' }, faultElement(answer.fault));
  return el('iq', { ...attributes, type: 'result' }, ...answer.result);
}

/** A message or presence that comes back as an error. */
export function bounce(
  stanza: XmlElement,
  from: string,
  to: string,
  fault: Fault,
  extra: readonly XmlElement[] = [],
): XmlElement {
  return el(stanza.name, { id: stanza.attributes['id'], from, to, type: 'error' }, ...extra, faultElement(fault));
}

function faultElement(fault: Fault): XmlElement {
  return el(
    'error',
    { type: fault.type },
    el(fault.condition, { xmlns: NS.stanzas }),
    ...(fault.text === undefined ? [] : [el('text', { xmlns: NS.stanzas, 'xml:lang': 'en' }, fault.text)]),
  );
}

export function bareJid(jid: string): string {
  const slash = jid.indexOf('/');
  return slash === -1 ? jid : jid.slice(0, slash);
}

export function resourceOf(jid: string): string | undefined {
  const slash = jid.indexOf('/');
  return slash === -1 ? undefined : jid.slice(slash + 1);
}

export function domainOf(jid: string): string {
  const bare = bareJid(jid);
  return bare.slice(bare.indexOf('@') + 1);
}

/** Addresses are compared in lower case up to the resource. */
export function normalJid(jid: string): string {
  const bare = bareJid(jid);
  return bare.toLowerCase() + jid.slice(bare.length);
}

const MAX_NICK_LENGTH = 64;

/** A nick that may be had: not empty, not too long, without control characters. */
export function isNick(text: string): boolean {
  return text !== '' && text.trim() === text && text.length <= MAX_NICK_LENGTH && !/\p{C}/u.test(text);
}
