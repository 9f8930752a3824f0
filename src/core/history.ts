/** Keeps what is said, shows it again after a restart, and finds more of it above the top of a tab. */
import type { Emitter } from '../lib/emitter.js';
import { errorText } from '../lib/errors.js';
import { type BareJid, bareOf, localOf } from '../lib/jid.js';
import { cleanIdentifier, cleanLine, type Safe, safe } from '../lib/text.js';
import type { Clock } from '../lib/time.js';
import type { Events } from '../model/events.js';
import type { HistoryHit, HistoryQuery } from '../model/history.js';
import type { Store } from '../model/store.js';
import type { Chat, ChatId, MessageEntry } from '../model/types.js';
import type { AccountStore, OpenAccountStore, Settings, StateFile, Wire } from './ports.js';
import { aroundInArchive, runSearch, searchArchives } from './search.js';

/** Entries loaded when a chat is opened, and with each page above. */
const PAGE = 100;
/** So far up the last read message is looked for. */
const MAX_UNREAD = 1000;
/** How far a hit may be above what is loaded so that everything in between is loaded too. */
const NEAR = 2000;
/** Neighbours looked at to find the place of a message. */
const NEIGHBOURS = 200;
const RETRY_MS = 30_000;
const MAX_NOTED = 1000;
/** What waits for the disk. */
const MAX_BACKLOG = 20_000;
/** The read position is written after this. */
const READ_MS = 500;

export interface HistoryService {
  /** The store of the account that is used now; `undefined`: nothing is kept. */
  readonly current: AccountStore | undefined;
  /** Before connecting: opens what this account has on disk. Never rejects. */
  open(account: BareJid | undefined, guestHost?: BareJid): Promise<void>;
  /** Small state of the account, or of this run. */
  readonly state: StateFile;
  /** For the status bar, as long as it lasts. */
  readonly warning: Safe | undefined;
  /** The person wants to see what is above the first entry. */
  older(chat: ChatId): void;
  /** The archive is being asked for this chat. */
  loading(chat: ChatId): boolean;
  /** Calls `found` with more and more hits, newest first; the undo ends the search. */
  search(query: HistoryQuery, found: (hits: readonly HistoryHit[], done: boolean) => void): () => void;
  /** Asks the servers instead; how many of them can be asked for words. */
  searchArchives(query: HistoryQuery, found: (hits: readonly HistoryHit[]) => void): Promise<number>;
  /** What stands around a hit in the archive that found it. */
  aroundInArchive(hit: HistoryHit, lines: number): Promise<readonly MessageEntry[]>;
  /** Loads until the message is in the log of its chat; `undefined`: it is too far up. */
  bring(hit: HistoryHit): number | undefined;
  /** Loads until the message with this key and one before it are in the log; its sequence number. */
  reach(chat: ChatId, key: number): number | undefined;
  /** Loads until our line with this id is in the log of its chat, if it is kept at all. */
  ensure(chat: ChatId, id: string): void;
  around(hit: HistoryHit, lines: number): readonly MessageEntry[];
  /** Key of an entry that is kept. */
  keyOf(chat: ChatId, entry: MessageEntry): number | undefined;
  /** Several messages at once. */
  batch(run: () => void): void;
  /** The program ends: what becomes of our own lines now is no news. */
  freeze(): void;
  close(): void;
}

export function createHistory(options: {
  readonly store: Store;
  readonly emitter: Emitter<Events>;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly wire: Wire;
  readonly openStore: OpenAccountStore | undefined;
  readonly warn: (text: Safe, chat?: ChatId) => void;
  readonly touch: (region: string, chat?: ChatId) => void;
  /** Our line with this id still waits to be sent. */
  readonly isWaiting: (id: string) => boolean;
  /** The store of an account was opened, before chats show what is in it. */
  readonly opened: (account: AccountStore) => void;
  /** What is in it stands in the chats that are open. */
  readonly loaded: () => void;
  readonly closing: () => void;
}): HistoryService {
  const { store, emitter, clock, settings, wire, warn, touch } = options;
  let account: AccountStore | undefined;
  /** Sequence number → key of what was said in this run. */
  const keys = new Map<ChatId, Map<number, number>>();
  /** What waits for the disk, in the order in which it happened. */
  let backlog: { readonly chat: ChatId; readonly entry: MessageEntry }[] = [];
  let failing = false;
  let frozen = false;
  /** What was said while the store was being opened. */
  let opening = false;
  let early: { readonly chat: ChatId; readonly seq: number }[] = [];
  let cancelRetry: (() => void) | undefined;
  /** Chats whose archive has nothing older, or is being asked. */
  const exhausted = new Set<ChatId>();
  /** Chats that were told so. */
  const full = new Set<ChatId>();
  const asking = new Set<ChatId>();
  const reads = new Map<ChatId, () => void>();
  const memory = new Map<string, unknown>();
  const memoryState: StateFile = { get: key => memory.get(key), set: (key, value) => void memory.set(key, value) };

  const wanted = (chat: ChatId): boolean => settings.get('history.log', chat) === true;
  const keyOf = (chat: ChatId, entry: MessageEntry): number | undefined =>
    entry.stored ?? keys.get(chat)?.get(entry.seq);

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

  // --------------------------------------------------------------------------------------------------------- keeping

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
  const trouble = (error: unknown): void => {
    const first = !failing;
    failing = true;
    if (first) warn(safe`The history is not saved: ${cleanLine(errorText(error))} It is tried again by itself.`);
    touch('status');
    cancelRetry ??= clock.after(RETRY_MS, () => {
      cancelRetry = undefined;
      const again = backlog;
      backlog = [];
      failing = false;
      for (const { chat: id, entry } of again) {
        const chat = store.chat(id);
        if (chat === undefined) continue;
        // As it is now, if it is still there.
        const now = chat.log.get(entry.seq);
        const message = now?.kind === 'message' ? now : entry;
        if (keyOf(id, message) === undefined) keep(chat, message);
        else change(chat, message);
      }
      if (!failing && again.length > 0) warn(safe`The history is saved again.`);
      touch('status');
    });
  };

  const keep = (chat: Chat, entry: MessageEntry): void => {
    if (account === undefined && opening) early.push({ chat: chat.id, seq: entry.seq });
    if (account === undefined || !account.writable || entry.stored !== undefined || !wanted(chat.id)) return;
    if (failing) {
      wait(chat, entry);
      return;
    }
    try {
      const key = account.history.add(chat.id, entry, placeOf(chat, entry));
      if (key !== undefined) remember(chat, entry.seq, key);
    } catch (error) {
      wait(chat, entry);
      trouble(error);
    }
  };

  const change = (chat: Chat, entry: MessageEntry): void => {
    if (account === undefined || !account.writable || (frozen && entry.self)) return;
    const key = keyOf(chat.id, entry);
    if (key === undefined) return;
    if (failing) {
      wait(chat, entry);
      return;
    }
    try {
      account.history.change(chat.id, key, entry);
    } catch (error) {
      wait(chat, entry);
      trouble(error);
    }
  };

  /** What the readable log has said of each changed message, so that it is said once. */
  const noted = new Map<string, string>();
  const note = (chat: Chat, entry: MessageEntry): void => {
    if (account === undefined || !account.writable || !wanted(chat.id)) return;
    const said = entry.retracted !== undefined ? 'del' : (entry.versions?.length ?? 0) > 0 ? 'fix' : undefined;
    if (said === undefined) return;
    const id = `${chat.id} ${entry.seq}`;
    const mark = said === 'del' ? said : `${said} ${entry.body}`;
    if (noted.get(id) === mark) return;
    if (noted.size > MAX_NOTED) noted.clear();
    noted.set(id, mark);
    account.history.note?.(chat.id, entry, said);
  };

  // --------------------------------------------------------------------------------------------------------- showing

  /** Lines of ours of which nothing is known any more say so. */
  const settled = (entry: MessageEntry): MessageEntry => {
    const { delivery } = entry;
    if (!entry.self || (delivery !== 'queued' && delivery !== 'pending')) return entry;
    if (options.isWaiting(entry.originId ?? entry.messageId ?? '')) return entry;
    return {
      ...entry,
      delivery: 'failed',
      error: safe`The program ended before it was known whether this arrived. /resend sends it again.`,
    };
  };

  const lastRead = (chat: ChatId): number | undefined => {
    const value = service.state.get(`read ${chat}`);
    return typeof value === 'number' ? value : undefined;
  };

  const load = (chat: Chat): void => {
    if (account === undefined || !wanted(chat.id)) return;
    const read = lastRead(chat.id);
    const find = (): number => (read === undefined ? -1 : page.findLastIndex(entry => entry.stored === read));
    let page: readonly MessageEntry[];
    try {
      page = account.history.page(chat.id, Math.max(PAGE, Number(settings.get('rooms.history', chat.id))));
      // More was left unread than a page: the mark shall stand where it stood.
      if (read !== undefined && find() < 0) page = account.history.page(chat.id, MAX_UNREAD);
    } catch (error) {
      trouble(error);
      return;
    }
    if (page.length === 0) return;
    const at = find();
    const isNews = (i: number, entry: MessageEntry): boolean => read !== undefined && i > at && !entry.self;
    const first = chat.log.first;
    store.prependHistory(
      chat.id,
      page.map((entry, i) => settled(isNews(i, entry) ? { ...entry, missed: true } : entry)),
    );
    let entry = chat.log.get(chat.log.first);
    let readSeq = chat.log.first - 1;
    while (entry !== undefined && entry.seq < first) {
      if (entry.kind === 'message' && entry.missed !== true) readSeq = entry.seq;
      else break;
      entry = chat.log.after(entry.seq);
    }
    store.restoreRead(chat.id, readSeq);
  };

  const oldestKept = (chat: Chat): number | undefined => {
    let entry = chat.log.get(chat.log.first);
    for (let i = 0; entry !== undefined && i < NEIGHBOURS; i++, entry = chat.log.after(entry.seq)) {
      const key = entry.kind === 'message' ? keyOf(chat.id, entry) : undefined;
      if (key !== undefined) return key;
    }
    return undefined;
  };

  const oldest = (chat: Chat): MessageEntry | undefined => {
    let entry = chat.log.get(chat.log.first);
    while (entry !== undefined && entry.kind !== 'message') entry = chat.log.after(entry.seq);
    return entry;
  };
  /** A tab holds so many lines; what is older is found another way. */
  const tooMuch = (chat: Chat): void => {
    exhausted.add(chat.id);
    if (full.has(chat.id)) return;
    full.add(chat.id);
    const name = cleanIdentifier(localOf(chat.id) ?? chat.id);
    const day = new Date(oldest(chat)?.at ?? clock.now());
    const date = [day.getFullYear(), day.getMonth() + 1, day.getDate() + 1]
      .map(part => String(part).padStart(2, '0'))
      .join('-');
    warn(
      safe`This tab holds no more lines. What is older is found with /search in:${name} before:${cleanLine(date)}`,
      chat.id,
    );
  };
  const fromStore = (chat: Chat, limit = PAGE): number => {
    if (account === undefined) return 0;
    try {
      const key = oldestKept(chat);
      let page = account.history.page(chat.id, limit, key);
      const first = key === undefined ? oldest(chat) : undefined;
      // Nothing here is known to the store (another process writes it): only what is surely older.
      if (first !== undefined) page = page.filter(entry => entry.at < first.at);
      const count = store.prependHistory(chat.id, page.map(settled));
      if (count === 0 && page.length > 0) tooMuch(chat);
      return count;
    } catch (error) {
      trouble(error);
      return 0;
    }
  };

  const fromArchive = async (chat: Chat): Promise<void> => {
    const { id } = chat;
    const { session } = store;
    if (session.status !== 'online' || session.jid === undefined || chat.kind === 'private') return;
    if (chat.kind === 'room' && chat.state !== 'joined') return;
    if (chat.kind === 'direct' && session.anonymous) return;
    if (asking.has(id) || exhausted.has(id)) return;
    asking.add(id);
    touch('status');
    try {
      const { mam } = wire.xeps;
      const archive = chat.kind === 'room' ? chat.id : bareOf(session.jid);
      if (!(await mam.has(archive))) {
        exhausted.add(id);
        return;
      }
      let oldest: MessageEntry | undefined;
      let known: string | undefined;
      let entry = chat.log.get(chat.log.first);
      for (let i = 0; entry !== undefined && i < NEIGHBOURS && known === undefined; i++) {
        if (entry.kind === 'message') {
          oldest ??= entry;
          known = entry.stanzaId;
        }
        entry = chat.log.after(entry.seq);
      }
      const page = await mam.page(archive, {
        max: PAGE,
        ...(chat.kind === 'direct' && { with: chat.id }),
        ...(known !== undefined ? { before: known } : { before: '', ...(oldest && { end: oldest.at }) }),
      });
      if (store.chat(id) !== chat) return;
      const made = store.prependArchive(id, page.messages);
      if (made.length === 0 && page.messages.some(message => message.body !== undefined)) tooMuch(chat);
      service.batch(() => {
        let before: number | undefined;
        for (const one of made) {
          if (account?.writable !== true || !wanted(id)) break;
          try {
            const key = account.history.add(id, one, before === undefined ? 'start' : { after: before });
            before = key;
            if (key !== undefined) remember(chat, one.seq, key);
          } catch (error) {
            trouble(error);
            break;
          }
        }
      });
      if (page.complete) exhausted.add(id);
    } catch (error) {
      warn(safe`Older messages could not be fetched: ${cleanLine(errorText(error))}`, id);
    } finally {
      asking.delete(id);
      touch('status');
    }
  };

  // ------------------------------------------------------------------------------------------------------- what happens

  emitter.on('message:added', ({ chat, message }) => keep(chat, message));
  emitter.on('message:changed', ({ chat, message }) => {
    change(chat, message);
    note(chat, message);
  });
  emitter.on('chat:opened', ({ chat }) => load(chat));
  emitter.on('chat:closed', ({ id }) => {
    keys.delete(id);
    exhausted.delete(id);
    full.delete(id);
    reads.get(id)?.();
    reads.delete(id);
  });
  emitter.on('session:started', () => exhausted.clear());

  const saveRead = (id: ChatId): void => {
    const chat = store.chat(id);
    if (chat === undefined || account?.writable !== true) return;
    for (
      let entry = chat.log.get(chat.readSeq) ?? chat.log.before(chat.readSeq);
      entry !== undefined;
      entry = chat.log.before(entry.seq)
    ) {
      const key = entry.kind === 'message' ? keyOf(id, entry) : undefined;
      if (key === undefined) continue;
      if (account.state.get(`read ${id}`) !== key) account.state.set(`read ${id}`, key);
      return;
    }
  };
  const readSoon = ({ chat }: { readonly chat: Chat }): void => {
    if (account?.writable !== true || reads.has(chat.id)) return;
    const { id } = chat;
    reads.set(
      id,
      clock.after(READ_MS, () => {
        reads.delete(id);
        saveRead(id);
      }),
    );
  };
  emitter.on('chat:read', readSoon);
  emitter.on('message:added', readSoon);

  const closeStore = (): void => {
    if (account === undefined) return;
    options.closing();
    for (const [id, cancel] of reads) {
      cancel();
      saveRead(id);
    }
    reads.clear();
    cancelRetry?.();
    cancelRetry = undefined;
    account.close();
    account = undefined;
    keys.clear();
    backlog = [];
    failing = false;
  };

  const inLog = (chat: Chat, id: string | undefined): MessageEntry | undefined =>
    id === undefined ? undefined : chat.log.find(id);

  const service: HistoryService = {
    get current() {
      return account;
    },
    get state() {
      return account?.state ?? memoryState;
    },
    get warning() {
      return failing || account?.failing === true ? safe`history not saved` : undefined;
    },
    async open(jid, guestHost) {
      const wantedFor = jid ?? (settings.get('history.guests') === true ? guestHost : undefined);
      if (wantedFor === account?.account) return;
      closeStore();
      if (wantedFor === undefined || options.openStore === undefined) return;
      opening = true;
      try {
        account = await options.openStore(wantedFor, sentence => {
          warn(cleanLine(sentence));
          touch('status');
        });
      } catch (error) {
        warn(safe`No history is kept: ${cleanLine(errorText(error))}`);
        return;
      } finally {
        opening = false;
      }
      const typed = early;
      early = [];
      if (account === undefined) return;
      if (!account.writable && account.holder !== undefined) {
        const { holder } = account;
        // After the words about the connection, which would push it away.
        emitter.once('session:started', () =>
          warn(
            safe`Another Causette (process ${holder}) uses this account here: this one reads the history and writes none.`,
          ),
        );
      }
      options.opened(account);
      for (const chat of store.chats.values()) load(chat);
      options.loaded();
      for (const { chat: id, seq } of typed) {
        const chat = store.chat(id);
        const entry = chat?.log.get(seq);
        if (chat !== undefined && entry?.kind === 'message') keep(chat, entry);
      }
    },
    older(id) {
      const chat = store.chat(id);
      if (chat === undefined || full.has(id) || fromStore(chat) > 0 || full.has(id)) return;
      void fromArchive(chat);
    },
    loading: id => asking.has(id),
    search: (query, found) =>
      runSearch({
        clock,
        store,
        kept: account?.history,
        query,
        found,
        failed: error => warn(safe`The search stopped: ${cleanLine(errorText(error))}`),
      }),
    searchArchives: (query, found) => searchArchives(store, wire, query, found),
    aroundInArchive: (hit, lines) => aroundInArchive(store, wire, hit, lines),
    bring({ chat: id, entry }) {
      const chat = store.chat(id);
      if (chat === undefined) return undefined;
      const key = entry.stored;
      if (key === undefined) return chat.log.get(entry.seq)?.seq ?? inLog(chat, entry.stanzaId)?.seq;
      const find = (): number | undefined => {
        for (const one of chat.log.newest()) if (one.kind === 'message' && keyOf(id, one) === key) return one.seq;
        return undefined;
      };
      for (let loaded = 0; loaded <= NEAR; ) {
        const seq = find();
        if (seq !== undefined) return seq;
        const more = fromStore(chat, 500);
        if (more === 0) return undefined;
        loaded += more;
      }
      return undefined;
    },
    reach(id, key) {
      const chat = store.chat(id);
      if (chat === undefined) return undefined;
      for (;;) {
        for (const one of chat.log.newest())
          if (one.kind === 'message' && keyOf(id, one) === key) {
            // What stands before it is wanted too.
            if (chat.log.before(one.seq) === undefined) fromStore(chat);
            return one.seq;
          }
        if (fromStore(chat, 500) === 0) return undefined;
      }
    },
    ensure(id, messageId) {
      const chat = store.chat(id);
      if (chat === undefined || account?.history.find(id, { originId: messageId }) === undefined) return;
      while (chat.log.find(messageId) === undefined && fromStore(chat, 500) > 0);
    },
    around({ chat, entry }, lines) {
      if (account === undefined || entry.stored === undefined) return [];
      return account.history.around(chat, entry.stored, lines);
    },
    keyOf,
    freeze() {
      frozen = true;
    },
    batch(run) {
      if (account === undefined) run();
      else account.history.batch(run);
    },
    close: closeStore,
  };
  return service;
}
