/** What the two stores of this folder can do; the core asks for the same as `History` in `core/ports.ts`. */
import type { BareJid } from '../lib/jid.js';
import type { HistoryHit as Hit, HistoryMatcher as Matcher, HistoryQuery as Query } from '../model/history.js';
import type { ChatId, MessageEntry } from '../model/types.js';
import type { NoteKind } from './log-format.js';

export type { Hit, Matcher, Query };
/** Hits of a search that does not say how many. */
export const DEFAULT_LIMIT = 100;
export type Place = 'end' | 'start' | { readonly after: number };
export interface Keep {
  add(chat: ChatId, entry: MessageEntry, place: Place): number | undefined;
  change(chat: ChatId, key: number, entry: MessageEntry): void;
  page(chat: ChatId, limit: number, before?: number): readonly MessageEntry[];
  around(chat: ChatId, key: number, limit: number): readonly MessageEntry[];
  find(chat: ChatId, ids: Ids): number | undefined;
  /** These go to another chat, behind what is there, in their order. */
  move?(from: ChatId, to: ChatId, keys: readonly number[]): void;
  /** `fits` is the rule; the query says where to look. */
  search(query: Query, fits: Matcher): Iterator<readonly Hit[]>;
  cursor(archive: BareJid): string | undefined;
  setCursor(archive: BareJid, id: string): void;
  batch<T>(run: () => T): T;
  /** Work that can wait, some milliseconds of it; true: there is more. */
  tidy(): boolean;
  count(chat?: ChatId): number;
  /** 0: everything kept before survives a power cut (`history.sync`); else milliseconds until it may be asked again, never with `urgent`. */
  settle?(urgent: boolean): number;
  /** A line of the text log alone: what became of a message that stands there. */
  note?(chat: ChatId, entry: MessageEntry, kind: NoteKind): void;
}
/** `messageId`: only among the last thousand of its chat. */
export interface Ids {
  readonly stanzaId?: string;
  readonly originId?: string;
  readonly messageId?: string;
}
