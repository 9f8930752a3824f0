/** What the core receives as interfaces: the wire, the settings, the history, other programs. It imports none of them. */
import type { OptionDefinition, OptionValue, XepApi } from '../api.js';
import type { BareJid, Jid } from '../lib/jid.js';
import type { Safe } from '../lib/text.js';
import type { Incoming, OutgoingMessage, OutgoingPresence } from '../model/incoming.js';
import type { Entry, SessionFacts } from '../model/types.js';

/** How to get in. */
export interface LoginOptions {
  /** The XMPP domain; with `local` an account, without it a guest (SASL ANONYMOUS). */
  readonly domain: string;
  readonly local?: string;
  /** Asked each time it is needed; never stored by the wire. `undefined`: the person gave up. */
  readonly password?: () => Promise<string | undefined>;
  readonly host?: string;
  readonly port?: number;
  readonly tls?: 'starttls' | 'direct';
  readonly caFile?: string;
  /** Only to a loopback address. */
  readonly allowPlaintext?: boolean;
  readonly proxy?: string;
  readonly pins?: readonly string[];
}

/** The connection to one account (or as one guest) and everything the XEPs can do on it. */
export interface Wire {
  /** Resolves at the first `online`; rejects with a UserError when it stopped for good. Retries by itself otherwise. */
  connect(login: LoginOptions): Promise<void>;
  /** Polite close, at most a second. */
  disconnect(): Promise<void>;
  reconnectNow(): void;
  readonly facts: SessionFacts;
  /** Everything that comes in, decoded and cleaned, in order; also `session` facts at every change. */
  onIncoming(listener: (incoming: Incoming) => void): () => void;
  /** Queued while offline; settles when the server has it. Rejects if it can never be sent. */
  say(message: OutgoingMessage): Promise<'acknowledged' | 'written'>;
  presence(presence: OutgoingPresence): void;
  /** Any stanza as text; throws UserError. */
  sendXml(xml: string): void;
  requestXml(xml: string, options?: { readonly timeoutMs?: number }): Promise<string>;
  tap(listener: (direction: 'in' | 'out', xml: string) => void): () => void;
  addFeature(ns: string): () => void;
  readonly xeps: XepApi;
}

/** Settings as the core uses them (see `config/config.ts`). */
export interface Settings {
  get(name: string, chat?: Jid): OptionValue;
  /** Parses, checks, keeps, saves; throws UserError. */
  set(name: string, text: string, chat?: Jid): OptionValue;
  reset(name: string, chat?: Jid): void;
  isSet(name: string, chat?: Jid): boolean;
  /** Adds a plugin's options; the undo removes them, not their values. */
  define(prefix: string, options: Readonly<Record<string, OptionDefinition>>): () => void;
  readonly options: ReadonlyMap<string, OptionDefinition>;
  onChange(listener: (option: string) => void): () => void;
  /** Tables that are not options: aliases, key bindings. Kept in the same file. */
  table(name: 'aliases' | 'keys'): ReadonlyMap<string, string>;
  setInTable(name: 'aliases' | 'keys', key: string, value: string | undefined): void;
}

/** Local history of one account; guests have none. */
export interface History {
  append(chat: Jid, entry: Entry): void;
  /** The newest entries before `at`, oldest first. */
  page(chat: Jid, beforeAt: number, limit: number): Promise<readonly Entry[]>;
  close(): Promise<void>;
}

/** Small state that survives a restart and is not for people to edit (XDG state). */
export interface StateFile {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}

export interface Programs {
  run(argv: readonly string[], input?: string): Promise<{ readonly code: number; readonly output: Safe }>;
  /** Edits a text in $VISUAL or $EDITOR; `undefined`: left as it was. The terminal was given away before. */
  edit?(text: string): Promise<string | undefined>;
}
export type { BareJid };
