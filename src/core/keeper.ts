/** Writes what is said into the store of the account, and what becomes of it; what the disk does not take waits and is tried again. */
import { errorText } from '../lib/errors.js';
import { cleanLine, type Safe, safe } from '../lib/text.js';
import type { Clock } from '../lib/time.js';
import type { Store } from '../model/store.js';
import type { Chat, ChatId, MessageEntry } from '../model/types.js';
import { createLogNotes } from './log-notes.js';
import type { AccountStore } from './ports.js';

/** Neighbours looked at to find the place of a message. */
export const NEIGHBOURS = 200;
const RETRY_MS = 30_000;
/** What waits for the disk. */
const MAX_BACKLOG = 20_000;

export interface Keeper {
  /** Something that was to be kept is only in memory. */
  readonly failing: boolean;
  /** Key of an entry that is kept. */
  keyOf(chat: ChatId, entry: MessageEntry): number | undefined;
  /** The address under which the store has this entry: an occupant may have had another nick when it was written. */
  homeOf(chat: Chat, entry: MessageEntry): ChatId;
  keep(chat: Chat, entry: MessageEntry): void;
  change(chat: Chat, entry: MessageEntry): void;
  /** The entry was put there by somebody else. */
  remember(chat: Chat, seq: number, key: number): void;
  /** These stand on disk as they are. */
  loaded(chat: Chat, entries: readonly MessageEntry[]): void;
  /** The chat has another address: what was said in this run goes with it, older talk stays where it was. */
  renamed(chat: Chat, from: ChatId): void;
  closed(id: ChatId): void;
  /** The disk refused: said once, tried again later. */
  trouble(error: unknown): void;
  /** While a store is being opened, what is said is kept back; `opened` keeps it then. */
  opening(on: boolean): void;
  opened(): void;
  /** The program ends: what becomes of our own lines now is no news. */
  freeze(): void;
  /** Another store, or none. */
  reset(): void;
}

export function createKeeper(options: {
  readonly store: Store;
  readonly clock: Clock;
  readonly account: () => AccountStore | undefined;
  readonly wanted: (chat: ChatId) => boolean;
  readonly warn: (text: Safe) => void;
  readonly touch: (region: string) => void;
}): Keeper {
  const { store, clock, wanted, warn, touch } = options;
  /** Sequence number → key of what was said in this run. */
  const keys = new Map<ChatId, Map<number, number>>();
  /** Addresses that a chat had before, with the first number that was not under it any more; oldest first. */
  const former = new Map<ChatId, readonly { readonly until: number; readonly id: ChatId }[]>();
  /** What waits for the disk, in the order in which it happened. */
  let backlog: { chat: ChatId; readonly entry: MessageEntry }[] = [];
  let failing = false;
  let frozen = false;
  let isOpening = false;
  /** What was said while the store was being opened. */
  let early: { chat: ChatId; readonly seq: number }[] = [];
  let cancelRetry: (() => void) | undefined;
  const notes = createLogNotes();

  const writable = (): AccountStore | undefined => {
    const account = options.account();
    return account?.writable === true ? account : undefined;
  };
  const keyOf = (chat: ChatId, entry: MessageEntry): number | undefined =>
    entry.stored ?? keys.get(chat)?.get(entry.seq);
  const homeOf = (chat: Chat, entry: MessageEntry): ChatId =>
    entry.stored === undefined ? chat.id : (former.get(chat.id)?.[0]?.id ?? chat.id);
  /** The readable log is only added to: it has an entry where it was written. */
  const fileOf = (chat: Chat, entry: MessageEntry): ChatId =>
    former.get(chat.id)?.find(({ until }) => entry.seq < until)?.id ?? chat.id;

  const remember = (chat: Chat, seq: number, key: number): void => {
    let known = keys.get(chat.id);
    if (known === undefined) {
      known = new Map();
      keys.set(chat.id, known);
    }
    known.set(seq, key);
    // What the log forgot needs no key.
    if (known.size % 1000 === 0) for (const one of known.keys()) if (one < chat.log.first) known.delete(one);
  };

  const placeOf = (chat: Chat, entry: MessageEntry): 'end' | 'start' | { readonly after: number } => {
    let later = false;
    let next = chat.log.after(entry.seq);
    for (let i = 0; next !== undefined && i < NEIGHBOURS && !later; i++, next = chat.log.after(next.seq)) {
      later = next.kind === 'message' && keyOf(chat.id, next) !== undefined;
    }
    if (!later) return 'end';
    let before = chat.log.before(entry.seq);
    for (let i = 0; before !== undefined && i < NEIGHBOURS; i++, before = chat.log.before(before.seq)) {
      const key = before.kind === 'message' ? keyOf(chat.id, before) : undefined;
      if (key !== undefined) return { after: key };
    }
    return 'start';
  };

  const wait = (chat: Chat, entry: MessageEntry): void => {
    if (backlog.length < MAX_BACKLOG) backlog.push({ chat: chat.id, entry });
  };
  const again = (): void => {
    cancelRetry = undefined;
    const waiting = backlog;
    backlog = [];
    failing = false;
    for (const { chat: id, entry } of waiting) {
      const chat = store.chat(id);
      if (chat === undefined) continue;
      // As it is now, if it is still there.
      const now = chat.log.get(entry.seq);
      const message = now?.kind === 'message' ? now : entry;
      if (keyOf(id, message) === undefined) keep(chat, message);
      else update(chat, message);
    }
    if (!failing && waiting.length > 0) warn(safe`The history is saved again.`);
    touch('status');
  };
  const trouble = (error: unknown): void => {
    const first = !failing;
    failing = true;
    if (first) warn(safe`The history is not saved: ${cleanLine(errorText(error))} It is tried again by itself.`);
    touch('status');
    cancelRetry ??= clock.after(RETRY_MS, again);
  };
  const attempt = (chat: Chat, entry: MessageEntry, run: () => void): void => {
    if (failing) {
      wait(chat, entry);
      return;
    }
    try {
      run();
    } catch (error) {
      wait(chat, entry);
      trouble(error);
    }
  };

  const keep = (chat: Chat, entry: MessageEntry): void => {
    const account = writable();
    if (options.account() === undefined && isOpening) early.push({ chat: chat.id, seq: entry.seq });
    if (account === undefined || entry.stored !== undefined || !wanted(chat.id)) return;
    attempt(chat, entry, () => {
      const key = account.history.add(chat.id, entry, placeOf(chat, entry));
      if (key !== undefined) remember(chat, entry.seq, key);
    });
  };

  const update = (chat: Chat, entry: MessageEntry): void => {
    const account = writable();
    const key = keyOf(chat.id, entry);
    if (account === undefined || key === undefined) return;
    attempt(chat, entry, () => account.history.change(homeOf(chat, entry), key, entry));
  };

  return {
    get failing() {
      return failing;
    },
    keyOf,
    homeOf,
    keep,
    change(chat, entry) {
      if (frozen && entry.self) return;
      update(chat, entry);
      const account = writable();
      if (account === undefined || !wanted(chat.id)) return;
      for (const kind of notes.newsOf(chat, entry)) account.history.note?.(fileOf(chat, entry), entry, kind);
    },
    remember,
    loaded(chat, entries) {
      for (const entry of entries) notes.known(chat, entry);
    },
    renamed(chat, from) {
      const { id } = chat;
      for (const one of backlog) if (one.chat === from) one.chat = id;
      for (const one of early) if (one.chat === from) one.chat = id;
      former.set(id, [...(former.get(from) ?? []), { until: chat.log.next, id: from }]);
      former.delete(from);
      const known = keys.get(from);
      if (known === undefined) return;
      keys.delete(from);
      keys.set(id, known);
      try {
        writable()?.history.move?.(from, id, [...known.values()]);
      } catch (error) {
        trouble(error);
      }
    },
    closed(id) {
      keys.delete(id);
      former.delete(id);
    },
    trouble,
    opening(on) {
      isOpening = on;
      if (on) early = [];
    },
    opened() {
      const said = early;
      early = [];
      for (const { chat: id, seq } of said) {
        const chat = store.chat(id);
        const entry = chat?.log.get(seq);
        if (chat !== undefined && entry?.kind === 'message') keep(chat, entry);
      }
    },
    freeze() {
      frozen = true;
    },
    reset() {
      cancelRetry?.();
      cancelRetry = undefined;
      keys.clear();
      backlog = [];
      failing = false;
    },
  };
}
