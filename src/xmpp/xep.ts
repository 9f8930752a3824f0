/** How a XEP is declared: one file in `xeps/`, default export `defineXep({…})`. */
import type { XepApi } from '../api.js';
import type { BareJid, FullJid, Jid } from '../lib/jid.js';
import type { Clock } from '../lib/time.js';
import type {
  Incoming,
  IncomingMessage,
  IncomingPresence,
  OutgoingMessage,
  OutgoingPresence,
} from '../model/incoming.js';
import type { MessageSource, Subscription } from '../model/types.js';
import type { StanzaError } from './errors.js';
import type { Element } from './xml.js';

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What a XEP may use. One per wire; it outlives sessions. */
export interface XepContext {
  readonly jid: FullJid | undefined;
  readonly anonymous: boolean;
  readonly online: boolean;
  /** The account itself, without resource. */
  readonly bare: BareJid | undefined;
  readonly clock: Clock;
  /** Language wanted where the other side offers several. */
  readonly lang: string;
  /** What we say about ourselves where we may. */
  readonly userAgent: UserAgent;
  /** 128 random bits: for stanza ids, query ids and nonces. */
  id(): string;
  /** Sends now if online, else drops (presence, nonces); messages go through `outgoing`. */
  send(el: Element): void;
  /** Sent again when the session is resumed; rejects when it ends before the server has it. */
  sendDurable(el: Element): Promise<'acknowledged' | 'written'>;
  /** IQ get/set; rejects with StanzaError (also on time-out and when the link is lost). */
  request(el: Element, options?: { readonly timeoutMs?: number }): Promise<Element>;
  /** Tells the core. */
  emit(incoming: Incoming): void;
  /** Sees every fact after the core has seen it. */
  observe(listener: (incoming: Incoming) => void): void;
  /** Makes a message of an element found in a wrapper which the caller has checked. */
  decode(el: Element, as: DecodeAs): IncomingMessage | undefined;
  /** The element of a presence, with what every XEP adds to it. */
  presenceOf(presence: OutgoingPresence): Element;
  /** Answers IQs: children of the result, or throws StanzaError. */
  answer(
    match: { readonly ns: string; readonly name: string; readonly type: 'get' | 'set' },
    reply: (payload: Element, iq: Element) => Element | undefined | Promise<Element | undefined>,
  ): void;
  /** Stanzas that decode does not cover; true: taken, nobody else sees it. */
  intercept(name: 'message' | 'presence', handler: (el: Element) => boolean): void;
  /** `online` fires for a fresh session, `resumed` after XEP-0198, `offline` when the link is gone, `ended` when the session is. */
  on(what: 'online' | 'resumed' | 'offline' | 'ended', listener: () => void): void;
  /** Calls of another XEP by its namespace on the api. */
  use<K extends keyof XepApi>(name: K): XepApi[K];
  /** Is this bare JID a room we are in or entering? (kept by muc) */
  isRoom(jid: BareJid): boolean;
  setRoom(jid: BareJid, yes: boolean): void;
  /** May hold messages to this address back until it can take them (a room that is being entered). */
  holdBack(gate: (to: Jid) => Promise<void> | undefined): void;
  /** Roster subscription of a contact, as far as we were told (kept by roster). */
  subscriptionOf(jid: BareJid): Subscription | undefined;
  setSubscription(jid: BareJid, subscription: Subscription | undefined): void;
  /** What the server says waits until the undo: something long is made of what it said before. */
  pause(): () => void;
  /** Features for disco#info and caps; answers who may see them. */
  readonly features: ReadonlySet<string>;
  addFeature(ns: string): () => void;
  debug(text: string): void;
  option(name: string, jid?: Jid): unknown;
}

export interface UserAgent {
  readonly name: string;
  readonly version: string;
}

/** How a message came, if not directly. */
export interface DecodeAs {
  readonly source: MessageSource;
  readonly stamp?: number;
  /** Id given by the archive that was asked. */
  readonly stanzaId?: string;
}

export interface Xep {
  /** File name, `chat-states`. */
  readonly name: string;
  /** `XEP-0085`, `RFC 6121`. */
  readonly spec: string;
  /** The specification's title, for the README's table. */
  readonly title: string;
  readonly features?: readonly string[];
  readonly decode?: {
    /** Adds fields to the draft. `undefined` result: nothing. May not throw for any input. */
    message?(el: Element, draft: Mutable<IncomingMessage>, context: XepContext): void;
    presence?(el: Element, draft: Mutable<IncomingPresence>, context: XepContext): void;
  };
  readonly encode?: {
    /** What stands before the body for clients that do not know the specification; XML-safe text. */
    lead?(message: OutgoingMessage): string | undefined;
    message?(message: OutgoingMessage, context: XepContext): Element | readonly Element[] | undefined;
    presence?(presence: OutgoingPresence, context: XepContext): Element | readonly Element[] | undefined;
  };
  /** Registers handlers; the result becomes `api.<namespace>`. */
  install?(context: XepContext): Partial<XepApi> | undefined;
}
export const defineXep = (xep: Xep): Xep => xep;
export type { StanzaError, XepApi };
