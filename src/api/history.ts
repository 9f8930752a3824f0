/** Calls about what is kept of conversations. */
import type { HistoryHit, HistoryQuery } from '../model/history.js';
import type { ChatId, MessageEntry } from '../model/types.js';
import type { Undo } from './hooks.js';

/** What is kept of conversations on this disk. */
export interface HistoryApi {
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
}
