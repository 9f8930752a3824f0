/** What a /command declares, the types of its arguments, and the calls about commands. */
import type { Api } from '../api.js';
import type { BareJid, Jid } from '../lib/jid.js';
import type { Chat } from '../model/types.js';
import type { Candidate, Chord, CommandLine, Row } from '../model/view.js';
import type { Undo } from './hooks.js';
import type { Tab } from './tab.js';

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

/** Registers, finds and runs commands. */
export interface CommandsApi {
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
}
