/**
 * The public surface: everything a command, a tab or a plugin gets, and the helpers that declare them.
 * Commands, tabs and plugins import this file and nothing else. Calls of the XEPs (`api.muc`, `api.disco`, …)
 * are added to `Api` by the files in `src/xmpp/xeps` (declaration merging).
 */
import type { OptionDefinition, OptionValue } from './config/schema.js';
import { NAMED_COLORS } from './lib/color.js';
import { errorText, UserError } from './lib/errors.js';
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
import type { DeskReader, DeskRequest } from './model/desk.js';
import type { DeskAction, Outcome, Target } from './model/desk-targets.js';
import type { ReportResult } from './model/desk-words.js';
import type { Events } from './model/events.js';
import type { Form, FormField, FormValues } from './model/form.js';
import type { HistoryHit, HistoryQuery, SearchPage } from './model/history.js';
import type { IncomingMessage, OutgoingMessage, OutgoingPresence } from './model/incoming.js';
import type { Lockdown } from './model/lockdown.js';
import type { StoreReader } from './model/reader.js';
import type { Chat, ChatId, ChatState, MessageEntry, NoticeLevel, SessionFacts } from './model/types.js';
import type {
  Candidate,
  Chord,
  CommandLine,
  ListItem,
  Row,
  ScreenPort,
  SideList,
  TabInfo,
  View,
} from './model/view.js';

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

/** Takes back what was registered. Calling it twice does nothing. */
export type Undo = () => void;

/** What a filter answers; `undefined` ends the matter. Only `message:send` may take its time. */
export type HookAnswer<K extends keyof Hooks> =
  | Hooks[K]
  | undefined
  | (K extends 'message:send' ? Promise<Hooks[K] | undefined> : never);

/** Questions: a filter gets a value and answers one; slots run `first`, `normal`, `last`. */
export interface Hooks {
  /** A submitted line, before it is parsed. `undefined` swallows it. */
  'line:submit': { readonly line: string; readonly tab: Tab };
  /** May be async (encryption, translation). */
  'message:send': OutgoingMessage;
  /** Sync only: order and speed of all messages depend on it. */
  'message:receive': IncomingMessage;
  /** Spans of one message body. */
  'message:render': { readonly row: Row; readonly message: MessageEntry };
  /** A notice of the client. */
  'notice:add': { readonly level: NoticeLevel; readonly rows: readonly Row[]; readonly chat?: ChatId };
}

// ---------------------------------------------------------------------------------------------------- commands

/** Types an argument can have, and what the command gets for it. */
export interface ArgTypes {
  /** `room@service[/nick]`, a bare local part (service of this tab), `#channel server` style, or an `xmpp:` link. */
  room: { readonly jid: BareJid; readonly nick?: string; readonly password?: string; readonly authority?: string };
  /** An occupant of this room, present or not (longest match first; quotes allowed). */
  nick: string;
  /** An occupant of this room, somebody who left it, or an address: whom moderation is about. */
  person: string;
  /** A roster contact or any address. */
  contact: BareJid;
  jid: Jid;
  /** An occupant of this tab's room (→ occupant JID) or any address. */
  target: Jid;
  /** Number, `+1`, `-1` or part of a title. */
  tab: Tab;
  /** Name of a command, without slash. */
  command: string;
  option: string;
  theme: string;
  plugin: string;
  chord: Chord;
  number: number;
  /** One word. */
  word: string;
  /** Everything that is left of the line, spaces kept. */
  rest: string;
  /** Like `word`, masked in history, logs and on the screen. */
  secret: string;
  /** One of `choices`. */
  choice: string;
  /** `-name` anywhere before the rest: `true`. */
  flag: boolean;
}
export type ArgType = keyof ArgTypes;
export interface Arg<T extends ArgType = ArgType> {
  readonly type: T;
  readonly optional?: boolean;
  readonly help: string;
  /** For `choice`. */
  readonly choices?: readonly string[];
  /** Own candidates, before those of the type. */
  readonly complete?: (context: CompleteContext) => readonly (string | Candidate)[];
}
export interface CompleteContext {
  readonly api: Api;
  readonly tab: Tab;
  readonly chat: Chat | undefined;
  /** What is typed of this argument so far. */
  readonly typed: string;
  /** Words of the line before it. */
  readonly words: readonly string[];
}
type Args = Readonly<Record<string, Arg>>;
type ArgValue<A extends Arg> = A extends { optional: true } ? ArgTypes[A['type']] | undefined : ArgTypes[A['type']];
export type ArgValues<A extends Args> = {
  readonly [K in keyof A]: A[K]['type'] extends 'flag' ? boolean : ArgValue<A[K]>;
};

/** Tabs in which a command makes sense; `chat` = room, direct or private. */
export type Where = 'anywhere' | 'chat' | 'room' | 'direct' | 'private';
/** What must be there: a connection, or an account (not a guest). */
export type Needs = 'online' | 'account';
export type CommandGroup =
  | 'talk'
  | 'rooms'
  | 'moderation'
  | 'people'
  | 'service'
  | 'tabs'
  | 'settings'
  | 'connection'
  | 'help'
  | 'plugins';

export interface Command<A extends Args = Args> {
  /** Without slash. */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly group: CommandGroup;
  readonly where?: Where | readonly Where[];
  readonly needs?: Needs;
  /** One line, no full stop. */
  readonly summary: string;
  /** Paragraphs for `/help name`. */
  readonly description?: string;
  readonly args?: A;
  readonly examples?: readonly string[];
  /** The line is kept out of the input history and the logs. */
  readonly secret?: boolean;
  run(context: CommandContext<A>): void | Promise<void>;
}
export interface CommandContext<A extends Args = Args> {
  readonly api: Api;
  readonly args: ArgValues<A>;
  readonly tab: Tab;
  readonly chat: Chat | undefined;
  /** The line as typed, without slash. */
  readonly line: string;
  /** The name it was called by (an alias perhaps). */
  readonly name: string;
}
/** Declares a /command: `export default defineCommand({…})` in `src/commands/name.ts`. */
export const defineCommand = <const A extends Args>(command: Command<A>): Command<A> => command;

// -------------------------------------------------------------------------------------------------------- tabs

/** A tab while it is open. */
export interface Tab<D = unknown> {
  readonly id: number;
  readonly kind: string;
  /** The chat it shows, if it is the tab of a chat. */
  readonly chat: Chat | undefined;
  /** What the kind keeps for this tab. */
  readonly data: D;
}
export interface TabContext<D = unknown> {
  readonly api: Api;
  readonly tab: Tab<D>;
  readonly chat: Chat | undefined;
}
export interface TabKind<D = unknown> {
  readonly kind: string;
  /** Makes the tab's data when it is opened with `params`. */
  open?(api: Api, params: unknown): D;
  /** Two openings with the same key are the same tab; default: one tab of this kind. */
  key?(params: unknown): string;
  title(context: TabContext<D>): Safe;
  topic?(context: TabContext<D>): Row;
  view(context: TabContext<D>): View;
  side?(context: TabContext<D>): SideList | undefined;
  status?(context: TabContext<D>): Row;
  /** Chord → command line, before the global keys. */
  readonly keys?: Readonly<Record<Chord, CommandLine>>;
  /** What a line without slash does; absent: it is said in the chat, or filters the list. */
  submit?(context: TabContext<D>, line: string): void;
  /** The line in the input changed, before it is submitted: search as you type. */
  typed?(context: TabContext<D>, line: string): void;
  /** The tab was closed. */
  close?(context: TabContext<D>): void;
}
/** Declares a kind of tab: `export default defineTab({…})` in `src/tabs/kind.ts`. */
export const defineTab = <D>(kind: TabKind<D>): TabKind<D> => kind;

// ----------------------------------------------------------------------------------------------------- plugins

export interface Plugin {
  readonly name: string;
  /** Version of this interface the plugin was written for: 1. */
  readonly api: 1;
  /** Manual, first line a summary. Shown by `/help plugin name`. */
  readonly help?: string;
  /** Options under `plugins.<name>.`. */
  readonly settings?: Readonly<Record<string, OptionDefinition>>;
  /** Registers everything; what it registers is taken back when the plugin is unloaded. */
  setup(api: PluginApi): void | Promise<void>;
}
export const definePlugin = (plugin: Plugin): Plugin => plugin;

// --------------------------------------------------------------------------------------------------------- api

export interface NoticeOptions {
  readonly level?: NoticeLevel;
  /** Where it stands: a chat's log, or the info line and the client's own log. Default: the current chat if a command is running. */
  readonly chat?: ChatId;
}
export interface FormRequest {
  readonly form: Form;
  /** Shown above the form. */
  readonly from: Jid;
  /** Tab title. */
  readonly title: Safe;
  /** Names of the buttons; the first is the default, `cancel` is always there. */
  readonly actions: readonly string[];
}
export interface FormAnswer {
  /** A name of `actions`, or `cancel`. */
  readonly action: string;
  readonly values: FormValues;
}

/** Calls the XEPs add to the api: each file in `src/xmpp/xeps` merges its namespace into this interface. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging
export interface XepApi {}

export interface Api extends XepApi {
  /** `core` or `plugin:<name>`. */
  readonly owner: string;
  readonly store: StoreReader;
  readonly session: {
    readonly facts: SessionFacts;
    /** Starts with what the settings and the arguments say; `jid` undefined: as guest. Resolves when online, rejects with a UserError. */
    connect(options?: {
      readonly jid?: BareJid;
      readonly guestHost?: string;
      readonly password?: string;
      /** As a guest: for this room, so that hosts near it are tried before those of the settings. */
      readonly room?: BareJid;
      /** The guest host that a link names. */
      readonly authority?: string;
    }): Promise<void>;
    /** The guest host we are at does not reach this room: which others may; none if the person chose it. */
    guestHostsLeft(room: BareJid): readonly string[];
    disconnect(reason?: string): Promise<void>;
    /** Now, instead of waiting for the countdown; when it had stopped, the same login again. */
    reconnect(): Promise<void>;
    /** Begins a new account at the server of this address (XEP-0077), on a connection of its own. */
    newAccount(address: BareJid): Promise<{
      /** What the server wants to know; to be asked anew after each refusal. */
      form(): Promise<Form>;
      submit(form: Form, values: FormValues): Promise<void>;
      close(): void;
    }>;
    /** The certificate of the server that was connected to last; fingerprints are SHA-256, hex. */
    readonly trust: { readonly pins: readonly string[]; pin(fingerprint: string): void; forget(): void };
    /** Own availability, kept over reconnects. */
    setPresence(presence: { readonly show?: 'away' | 'chat' | 'dnd' | 'xa'; readonly status?: string }): void;
    quit(message?: string): void;
  };
  readonly chats: {
    /** Opens (or finds) the chat and answers it; no tab. */
    open(jid: Jid, kind?: Chat['kind']): Chat;
    /** Says it; the row is there at once. Rejects only if nothing was queued. */
    say(chat: ChatId, body: string, options?: { readonly reply?: string }): Promise<void>;
    /** XEP-0308: replaces the message with this id (default: our last one). */
    correct(chat: ChatId, body: string, messageId?: string): Promise<void>;
    /** XEP-0424: takes a message back (default: our last one). */
    retract(chat: ChatId, messageId?: string): Promise<void>;
    /** XEP-0444: replaces our reactions to this message; none takes them back. */
    react(chat: ChatId, messageId: string, emoji: readonly string[]): Promise<void>;
    /** Sends a failed or queued line again. */
    resend(chat: ChatId, messageId?: string): Promise<void>;
    /** Drops the chat and its log from memory. */
    close(chat: ChatId): void;
    markRead(chat: ChatId): void;
    /** XEP-0085, sent only as the policy allows. */
    setState(chat: ChatId, state: ChatState): void;
    clear(chat: ChatId): void;
    /** Ignore list: who is not shown. Throws a UserError if its pattern is none. */
    ignore(rule: IgnoreRule): void;
    unignore(rule: IgnoreRule): boolean;
    readonly ignored: readonly IgnoreRule[];
  };
  /** Colours that the person chose for people. */
  readonly colors: {
    /** What the colour of this person is made of: the third argument of `span`. */
    hueOf(person: Colored): string;
    /** Lasts. Throws a UserError if that is no colour. */
    set(rule: ColorRule): void;
    remove(person: Colored): boolean;
    readonly list: readonly ColorRule[];
    /** Raised by every change. */
    readonly rev: number;
  };
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
  /** What moderators need of a room besides the requests of `mucAdmin`. */
  readonly desk: {
    /** Who came and went, who is remarkable, who asks to talk. */
    of(room: BareJid): DeskReader;
    /** Takes the flags off one, or all. */
    dismiss(room: BareJid, id?: string): void;
    /** Yes or no to somebody who asked to talk or to be registered. */
    answer(room: BareJid, request: DeskRequest, allow: boolean): Promise<void>;
    /** The same about several people; never rejects for one of them. */
    act(room: BareJid, action: DeskAction, targets: readonly Target[], reason?: string): Promise<Outcome>;
    /** Takes the last ban or mute of several back; `undefined`: there is nothing to take back. */
    undo(room: BareJid): Promise<Outcome | undefined>;
    /** Bans addresses or lets them in again. */
    setBans(
      room: BareJid,
      list: readonly { readonly jid: BareJid; readonly reason?: string }[],
      banned: boolean,
    ): Promise<Outcome>;
    /** Reports somebody to our server (XEP-0377) and finds whom to write to at theirs (XEP-0157). */
    report(
      room: BareJid,
      target: Target,
      report: { readonly reason: 'spam' | 'abuse'; readonly text?: string },
    ): Promise<ReportResult>;
    /** Keeps when and why an address was banned; `undefined` forgets it. */
    remember(room: BareJid, jid: BareJid, ban: { readonly reason?: string } | undefined): void;
    /** Bans that were seen or made here, by address: rooms keep neither date nor reason. */
    bans(room: BareJid): ReadonlyMap<string, { readonly at: number; readonly by?: string; readonly reason?: string }>;
    /** What it takes to open a room that was closed with /lockdown; for accounts it survives the end of the program. */
    lockdown(room: BareJid): Lockdown | undefined;
    setLockdown(room: BareJid, lockdown: Lockdown | undefined): void;
  };
  /** Files of the person, for lists that go in and out. Paths may begin with `~/`. Reject with a UserError. */
  readonly files: {
    /** At most a megabyte. */
    read(path: string): Promise<string>;
    /** Readable for the person only; answers the whole path. An existing file is replaced only if `replace` says so. */
    write(path: string, text: string, options?: { readonly replace?: boolean }): Promise<string>;
    exists(path: string): Promise<boolean>;
  };
  /** What is kept of conversations on this disk. */
  readonly history: {
    /** Where; `undefined`: nothing is kept. */
    readonly folder: string | undefined;
    /** False: another process writes, this one only reads. */
    readonly writable: boolean;
    /** Messages kept, of one chat or of all. */
    count(chat?: ChatId): number;
    /** Tells more and more of what was found, newest first; the undo ends the search. */
    search(query: HistoryQuery, found: (hits: readonly HistoryHit[], done: boolean) => void): Undo;
    /** Asks the archives of servers for the words instead; answers how many offer that. Rejects if they refuse. */
    searchArchives(query: HistoryQuery, found: (hits: readonly HistoryHit[]) => void): Promise<number>;
    /** The message between its neighbours, out of the archive that found it. */
    aroundInArchive(hit: HistoryHit, lines: number): Promise<readonly MessageEntry[]>;
    /** Loads the chat up to this message; its sequence number, or `undefined` if it is too far up. */
    bring(hit: HistoryHit): number | undefined;
    /** The message between its neighbours. */
    around(hit: HistoryHit, lines: number): readonly MessageEntry[];
    /** Goes to the message in its chat, or shows it between its neighbours if it is too far up. */
    show(hit: HistoryHit): void;
    /** Asks the archives again for what may be missing; in how many places. */
    fill(): number;
    /** Older ones than the first that is loaded. */
    older(chat: ChatId): void;
  };
  on<K extends keyof Events>(event: K, listener: (payload: Events[K]) => void): Undo;
  filter<K extends keyof Hooks>(hook: K, filter: (value: Hooks[K]) => HookAnswer<K>, slot?: Slot): Undo;
  readonly commands: {
    add(command: Command): Undo;
    /** Runs a line as if it had been typed in this tab. Never rejects: errors become notices. */
    run(line: CommandLine, tab?: Tab): Promise<boolean>;
    readonly list: readonly Command[];
    find(name: string): Command | undefined;
    /** Rows of help for a command, an option, a key, a plugin or a topic. */
    help(topic?: string): readonly Row[];
    owner(name: string): string | undefined;
    alias: {
      set(name: string, line: CommandLine): void;
      remove(name: string): boolean;
      readonly list: ReadonlyMap<string, CommandLine>;
    };
  };
  readonly keys: {
    bind(chord: Chord, line: CommandLine): Undo;
    unbind(chord: Chord): boolean;
    readonly list: ReadonlyMap<
      Chord,
      { readonly line: CommandLine; readonly by: 'default' | 'keymap' | 'user' | 'plugin' }
    >;
  };
  readonly tabs: {
    define(kind: TabKind): Undo;
    /** Opens and shows (or finds) a tab. A chat id opens the chat's tab. */
    open(kind: string, params?: unknown, options?: { readonly background?: boolean }): Tab;
    openChat(id: ChatId, options?: { readonly background?: boolean }): Tab;
    readonly current: Tab;
    readonly list: readonly Tab[];
    info(tab: Tab): TabInfo;
    go(to: Tab | 'next' | 'previous' | 'important' | 'last' | number): boolean;
    close(tab: Tab): void;
    /** To this number; the others move up. */
    move(tab: Tab, number: number): void;
    setData<D>(tab: Tab<D>, data: D): void;
    find(text: string): Tab | undefined;
  };
  readonly ui: {
    /** A notice: a sentence (or rows) for the person. */
    notice(text: Safe | readonly Row[], options?: NoticeOptions): void;
    error(text: Safe | UserError, options?: NoticeOptions): void;
    /** Asks in the input line; `undefined`: escaped. */
    ask(question: {
      readonly text: Safe;
      readonly secret?: boolean;
      readonly initial?: string;
      readonly check?: (answer: string) => Safe | undefined;
    }): Promise<string | undefined>;
    confirm(text: Safe): Promise<boolean>;
    /** Opens a form tab; settles when it is submitted, cancelled or closed. */
    form(request: FormRequest): Promise<FormAnswer>;
    bell(): void;
    readonly screen: ScreenPort;
  };
  /** This owner's options (`plugins.<name>.*` for plugins). */
  readonly settings: { get(name: string): OptionValue; set(name: string, value: OptionValue): void };
  /** All options. */
  readonly config: {
    get(name: string, chat?: ChatId): OptionValue;
    /** Parses and checks the text; throws UserError with the reason. Saved by itself. */
    set(name: string, text: string, chat?: ChatId): OptionValue;
    reset(name: string, chat?: ChatId): void;
    readonly options: ReadonlyMap<string, OptionDefinition>;
    /** Value as text, masked if secret. */
    show(name: string, chat?: ChatId): Safe;
    /** Set by the person rather than default. */
    isSet(name: string, chat?: ChatId): boolean;
  };
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
/** What a plugin's `setup` gets: the same, owned by the plugin. */
export interface PluginApi extends Api {
  /** A small key/value file of this plugin. */
  readonly storage: { get(key: string): unknown; set(key: string, value: unknown): void };
}
export interface IgnoreRule {
  /** Room it holds in; absent: everywhere. */
  readonly room?: BareJid;
  /** XEP-0421 id: holds through nick changes. */
  readonly occupantId?: string;
  readonly jid?: Jid;
  readonly nick?: string;
  /** Regular expression for nick or address. */
  readonly who?: string;
  /** Regular expression for what is said, whoever says it. */
  readonly says?: string;
}
/** Somebody who has a colour. */
export interface Colored {
  readonly name: string;
  readonly occupantId?: string;
}
export interface ColorRule extends Colored {
  /** One of `colorWords`, or `#rrggbb`. */
  readonly color: string;
}
export interface PluginFacts {
  readonly name: string;
  readonly state: 'loaded' | 'available' | 'disabled' | 'failed';
  readonly summary: string;
  readonly builtin: boolean;
  readonly faults: number;
  readonly slowestMs: number;
  readonly error?: Safe;
}
