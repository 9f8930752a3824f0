/** What a kind of tab declares, and the calls about tabs. */
import type { Api } from '../api.js';
import type { Safe } from '../lib/text.js';
import type { Chat, ChatId } from '../model/types.js';
import type { Chord, CommandLine, Row, SideList, TabInfo, View } from '../model/view.js';
import type { Undo } from './hooks.js';

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

/** Opens, finds and moves tabs. */
export interface TabsApi {
  define(kind: TabKind): Undo;
  /** Opens and shows (or finds) a tab. A chat id opens the chat's tab. */
  open(kind: string, params?: unknown, options?: { readonly background?: boolean }): Tab;
  openChat(id: ChatId, options?: { readonly background?: boolean }): Tab;
  /** The tab of this account that is shown, or was shown last. */
  readonly current: Tab;
  /** The tab that is shown, if it is one of this account. */
  readonly shown: Tab | undefined;
  /** Of this account. */
  readonly list: readonly Tab[];
  /** Of all accounts, by number. */
  readonly all: readonly Tab[];
  info(tab: Tab): TabInfo;
  go(to: Tab | 'next' | 'previous' | 'important' | 'last' | number): boolean;
  close(tab: Tab): void;
  /** To this number; the others move up. */
  move(tab: Tab, number: number): void;
  setData<D>(tab: Tab<D>, data: D): void;
  find(text: string): Tab | undefined;
}
