/** What the core receives as interfaces: the wire, the settings, the history, other programs. It imports none of them. */
import type { Api, OptionDefinition, OptionValue, XepApi } from '../api.js';
import type { BareJid, Jid } from '../lib/jid.js';
import type { Safe } from '../lib/text.js';
import type { Form, FormValues } from '../model/form.js';
import type { HistoryHit, HistoryMatcher, HistoryQuery } from '../model/history.js';
import type { Incoming, OutgoingMessage, OutgoingPresence } from '../model/incoming.js';
import type { ChatId, MessageEntry, SessionFacts } from '../model/types.js';
import type { LogNote } from './log-notes.js';

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
  /** Last part of the address; otherwise a random one. */
  readonly resource?: string;
  readonly proxy?: string;
  readonly pins?: readonly string[];
  /** One of several that are tried: the first failure rejects, nothing is retried, and the connection counts as still being made. */
  readonly once?: boolean;
  /** With `once`: nobody knows whether it exists, so it gets little time. */
  readonly guess?: boolean;
}

/** Making an account that does not exist yet (XEP-0077). Everything rejects with a UserError. */
export interface NewAccount {
  /** What the server wants to know; asked anew after each refusal. */
  form(): Promise<Form>;
  submit(form: Form, values: FormValues): Promise<void>;
  close(): void;
}

/** A file of somebody else that begins to arrive. */
export interface ReceivedFile {
  /** Where it comes from. */
  readonly host: string;
  /** What the other side calls it: nothing to be trusted. */
  readonly name: string | undefined;
  /** Throws a UserError when it stops or is too long. */
  readonly chunks: AsyncIterable<Uint8Array>;
  close(): void;
}

/** The connection to one account (or as one guest) and everything the XEPs can do on it. */
export interface Wire {
  /** Resolves at the first `online`; rejects with a UserError when it stopped for good. Retries by itself otherwise. */
  connect(login: LoginOptions): Promise<void>;
  /**
   * Polite close, at most a second. `logOut`: the token for the next login is forgotten too; `reason` is said to the rooms
   * and to whoever sees our presence.
   */
  disconnect(options?: { readonly logOut?: boolean; readonly reason?: string | undefined }): Promise<void>;
  /** Of the server that was connected to last. Fingerprints are SHA-256, hex. */
  readonly trust: {
    readonly pins: readonly string[];
    /** Takes this certificate from now on, in place of one that was pinned before. */
    pin(fingerprint: string): void;
    /** Pins, the way to log in that was seen, the token. */
    forget(): void;
  };
  reconnectNow(): void;
  /** A new account at that server, on a connection of its own; rejects with a UserError. */
  newAccount(login: LoginOptions): Promise<NewAccount>;
  /** What is behind an address of the web, by the proxy and the authorities of this login; rejects with a UserError. */
  download(address: string, login: LoginOptions, maxBytes: number): Promise<ReceivedFile>;
  readonly facts: SessionFacts;
  /** Everything that comes in, decoded and cleaned, in order; also `session` facts at every change. */
  onIncoming(listener: (incoming: Incoming) => void): () => void;
  /**
   * Settles when the server has it, or when the session ended before anybody knew (`uncertain`) or before it was written
   * (`unsent`). `written`: there was nothing to send. Rejects if it can never be sent.
   */
  say(message: OutgoingMessage): Promise<'acknowledged' | 'written' | 'uncertain' | 'unsent'>;
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
  /** Names of further accounts, whose options are `accounts.NAME.*`. */
  readonly accounts: readonly string[];
  /** Makes the options of a further account, or takes them away with what was set. */
  keepAccount(name: string, yes: boolean): void;
}

/** Where a new message stands among the kept ones of its chat. */
export type StoredPlace = 'end' | 'start' | { readonly after: number };

/**
 * What is kept of the conversations of one account. Everything here answers at once, because a message must be kept before
 * it can be acknowledged, and what is known must be known before the next message. Throws if the disk does not do its part.
 */
export interface History {
  /** Keeps a message and answers its key; the same archive id again answers the key it has. */
  add(chat: ChatId, entry: MessageEntry, place: StoredPlace): number | undefined;
  change(chat: ChatId, key: number, entry: MessageEntry): void;
  /** The newest before that key, oldest first, each with its key in `stored`. */
  page(chat: ChatId, limit: number, before?: number): readonly MessageEntry[];
  /** With as many after it as before it. */
  around(chat: ChatId, key: number, limit: number): readonly MessageEntry[];
  /** The key of the message with this archive id, or of ours with this id, or of a late one with this id of its sender. */
  find(chat: ChatId, ids: MessageIds): number | undefined;
  /** These go to another chat, behind what is there, in their order. */
  move?(from: ChatId, to: ChatId, keys: readonly number[]): void;
  /** Slices of what was found, each a few milliseconds of work; `fits` is the rule, the query says where to look. */
  search(query: HistoryQuery, fits: HistoryMatcher): Iterator<readonly HistoryHit[]>;
  /** Up to which archive id everything of this archive is kept. */
  cursor(archive: BareJid): string | undefined;
  setCursor(archive: BareJid, id: string): void;
  /** All of it or nothing, and faster. */
  batch<T>(run: () => T): T;
  count(chat?: ChatId): number;
  /** 0: everything kept before survives a power cut (`history.sync`); else milliseconds until it may be asked again, never with `urgent`. */
  settle?(urgent: boolean): number;
  /** Says in the readable log what became of a message that stands there. */
  note?(chat: ChatId, entry: MessageEntry, kind: LogNote): void;
}
export interface MessageIds {
  readonly stanzaId?: string;
  readonly originId?: string;
  /** The `id` attribute, of anybody; only among the last ones. */
  readonly messageId?: string;
}

/** What one account (or a guest who wants it) has on this disk. */
export interface AccountStore {
  readonly account: BareJid;
  /** False: another process writes here (`holder` is its number), or the folder cannot be written to. */
  readonly writable: boolean;
  readonly holder?: number;
  /** The folder, for the person. */
  readonly folder: string;
  readonly history: History;
  /** Drafts, what waits to be sent, what was read. */
  readonly state: StateFile;
  /** Something that was to be kept is only in memory. */
  readonly failing?: boolean;
  close(): void;
}
/** Rejects with a UserError if there is no way; `onProblem` gets sentences for the person. */
export type OpenAccountStore = (
  account: BareJid,
  onProblem: (sentence: string) => void,
) => Promise<AccountStore | undefined>;

/** Small state that survives a restart and is not for people to edit (XDG state). */
export interface StateFile {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}

/** What an account may know of those beside it, and ask of the program. */
export type AccountsPort = Api['accounts'] & {
  /** Another one has this account, or is about to. */
  isTaken(account: BareJid): boolean;
  /** Where the others have their plugins. */
  readonly hosts: readonly {
    load(name: string): Promise<void>;
    unload(name: string): Promise<void>;
  }[];
};

export interface Programs {
  run(argv: readonly string[], input?: string): Promise<{ readonly code: number; readonly output: Safe }>;
  /** Edits a text in $VISUAL or $EDITOR; `undefined`: left as it was. The terminal was given away before. */
  edit?(text: string): Promise<string | undefined>;
  /** Starts what opens addresses: this program, or the one of the desktop; false: there is none. Rejects with a UserError. */
  open?(address: string, program: readonly string[]): Promise<boolean>;
}
export type { BareJid };
