/**
 * The public surface: everything a command, a tab or a plugin gets, and the helpers that declare them.
 * Commands, tabs and plugins import this file and nothing else. Calls of the XEPs (`api.muc`, `api.disco`, …)
 * are added to `Api` by the files in `src/xmpp/xeps` (declaration merging).
 */
import type { AccountsApi } from './api/accounts.js';
import type { ChatsApi } from './api/chats.js';
import type { ColorsApi } from './api/colors.js';
import type { CommandsApi } from './api/command.js';
import type { DeskApi } from './api/desk.js';
import type { HistoryApi } from './api/history.js';
import type { HookAnswer, Hooks, Undo } from './api/hooks.js';
import type { PluginFacts } from './api/plugin.js';
import type { SessionApi } from './api/session.js';
import type { ConfigApi } from './api/settings.js';
import type { TabsApi } from './api/tab.js';
import type { UiApi } from './api/ui.js';
import type { OptionValue } from './config/schema.js';
import { NAMED_COLORS } from './lib/color.js';
import { errorText, UserError } from './lib/errors.js';
import { fold } from './lib/fold.js';
import type { Slot } from './lib/hooks.js';
import {
  type BareJid,
  bareOf,
  domainOf,
  type FullJid,
  isFull,
  type Jid,
  localOf,
  parseJid,
  resourceOf,
  withResource,
} from './lib/jid.js';
import { type Link, linksIn, targetOf } from './lib/links.js';
import { type Span, span } from './lib/span.js';
import { cleanBody, cleanIdentifier, cleanLine, clip, joinSafe, type Safe, safe } from './lib/text.js';
import type { Events } from './model/events.js';
import type { Form, FormField, FormValues } from './model/form.js';
import type { HistoryHit, HistoryQuery, SearchPage } from './model/history.js';
import type { IncomingMessage, OutgoingMessage, OutgoingPresence } from './model/incoming.js';
import type { StoreReader } from './model/reader.js';
import type { Chord, CommandLine, ListItem } from './model/view.js';

export type * from './api/accounts.js';
export type * from './api/chats.js';
export type * from './api/colors.js';
export * from './api/command.js';
export type * from './api/desk.js';
export type * from './api/history.js';
export type * from './api/hooks.js';
export { chosenLink } from './api/link-choice.js';
export * from './api/plugin.js';
export type * from './api/session.js';
export type * from './api/settings.js';
export * from './api/tab.js';
export type * from './api/ui.js';
export type { OptionDefinition, OptionType, OptionValue } from './config/schema.js';
export { matchAll, readPattern } from './lib/regex.js';
export { inTurn } from './lib/turns.js';
export type { DeskReader, DeskRequest, Flag, Visitor } from './model/desk.js';
export * from './model/desk-targets.js';
export * from './model/desk-words.js';
export { EDIT_ACTIONS, EDIT_KEYS } from './model/editing.js';
export {
  checkForm,
  fieldNamed,
  initialValues,
  isOn,
  setValue,
  shortName,
  valuesToSubmit,
  valuesTyped,
} from './model/form.js';
export { wordFinder } from './model/highlight.js';
export { parseDay, parseQuery } from './model/history.js';
export { isIrcChannel, looksLikeChannel, networkOf, readIrcAddress, writeIrcAddress } from './model/irc.js';
export { closing, type Lockdown, opening } from './model/lockdown.js';
export type { Mention } from './model/mentions.js';
export type * from './model/pages.js';
export { createPeople, type People } from './model/people.js';
export type * from './model/types.js';
export type * from './model/view.js';
export * from './model/wording.js';
export type {
  BareJid,
  Events,
  Form,
  FormField,
  FormValues,
  FullJid,
  HistoryHit,
  HistoryQuery,
  IncomingMessage,
  Jid,
  Link,
  ListItem,
  OutgoingMessage,
  OutgoingPresence,
  Safe,
  SearchPage,
  Span,
  StoreReader,
};
export {
  bareOf,
  cleanBody,
  cleanIdentifier,
  cleanLine,
  clip,
  domainOf,
  errorText,
  fold,
  isFull,
  joinSafe,
  linksIn,
  localOf,
  parseJid,
  resourceOf,
  safe,
  span,
  targetOf,
  UserError,
  withResource,
};

/** Names of colours. */
export const colorWords: readonly string[] = Object.keys(NAMED_COLORS);

/** Calls the XEPs add to the api: each file in `src/xmpp/xeps` merges its namespace into this interface. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface XepApi {}

export interface Api extends XepApi {
  /** `core` or `plugin:<name>`. */
  readonly owner: string;
  readonly store: StoreReader;
  readonly session: SessionApi;
  readonly chats: ChatsApi;
  readonly colors: ColorsApi;
  readonly xmpp: {
    /** Sends any well-formed stanza. Throws UserError if it is not XML or nothing is connected. */
    send(xml: string): void;
    /** Sends an iq and answers the reply as XML text. */
    request(xml: string, options?: { readonly timeoutMs?: number }): Promise<string>;
    /** Everything on the wire as text, with secrets masked. */
    tap(listener: (direction: 'in' | 'out', xml: string) => void): Undo;
    addFeature(ns: string): Undo;
    presence(presence: OutgoingPresence): void;
  };
  readonly desk: DeskApi;
  /** Files of the person, for lists that go in and out. Paths may begin with `~/`. Reject with a UserError. */
  readonly files: {
    /** At most a megabyte. */
    read(path: string): Promise<string>;
    /** Readable for the person only; answers the whole path. An existing file is replaced only if `replace` says so. */
    write(path: string, text: string, options?: { readonly replace?: boolean }): Promise<string>;
    exists(path: string): Promise<boolean>;
    /** Keeps what is behind an address of the web in the folder of option `files.folder`, never over another file. */
    download(address: string): Promise<{ readonly path: string; readonly bytes: number; readonly host: string }>;
  };
  readonly history: HistoryApi;
  on<K extends keyof Events>(event: K, listener: (payload: Events[K]) => void): Undo;
  filter<K extends keyof Hooks>(hook: K, filter: (value: Hooks[K]) => HookAnswer<K>, slot?: Slot): Undo;
  readonly commands: CommandsApi;
  readonly keys: {
    bind(chord: Chord, line: CommandLine): Undo;
    unbind(chord: Chord): boolean;
    readonly list: ReadonlyMap<
      Chord,
      { readonly line: CommandLine; readonly by: 'default' | 'keymap' | 'user' | 'plugin' }
    >;
  };
  readonly tabs: TabsApi;
  readonly accounts: AccountsApi;
  readonly ui: UiApi;
  /** This owner's options (`plugins.<name>.*` for plugins). */
  readonly settings: { get(name: string): OptionValue; set(name: string, value: OptionValue): void };
  readonly config: ConfigApi;
  readonly themes: { readonly list: readonly string[]; readonly current: string; use(name: string): void };
  readonly plugins: {
    readonly list: readonly PluginFacts[];
    load(name: string): Promise<void>;
    unload(name: string): Promise<void>;
  };
  /** Candidates ordered by how well they match; prefix first. */
  match<T>(typed: string, things: readonly T[], text: (thing: T) => string, limit?: number): readonly T[];
  /** The name that was probably meant. */
  nearest(typed: string, names: readonly string[]): string | undefined;
  /** Owned timers. */
  after(ms: number, run: () => void): Undo;
  every(ms: number, run: () => void): Undo;
  now(): number;
  readonly log: { debug(text: string): void };
  readonly program: { readonly name: string; readonly version: string; readonly debugFile: string | undefined };
  /** Lets the person edit a text in $VISUAL or $EDITOR; `undefined`: left as it was. Use it inside `ui.screen.outside`. */
  edit(text: string): Promise<string | undefined>;
  /** Runs another program with these arguments, no shell; data goes to its standard input. */
  exec(argv: readonly string[], input?: string): Promise<{ readonly code: number; readonly output: Safe }>;
  /** Hands an address to the program of the desktop (`links.open`); false: there is none here. */
  openAddress(address: string): Promise<boolean>;
}
