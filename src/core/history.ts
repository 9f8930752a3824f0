/** Keeps what is said, shows it again after a restart, and finds more of it above the top of a tab. */
import type { Emitter } from '../lib/emitter.js';
import { errorText } from '../lib/errors.js';
import type { BareJid } from '../lib/jid.js';
import { cleanLine, type Safe, safe } from '../lib/text.js';
import type { Clock } from '../lib/time.js';
import type { Events } from '../model/events.js';
import type { HistoryHit, HistoryQuery } from '../model/history.js';
import type { IncomingMessage } from '../model/incoming.js';
import type { Store } from '../model/store.js';
import type { Chat, ChatId, MessageEntry } from '../model/types.js';
import { createKeeper } from './keeper.js';
import { createOlder, loadedIn, PAGE } from './older.js';
import type { AccountStore, OpenAccountStore, Settings, StateFile, Wire } from './ports.js';
import { createReadPosition } from './read-position.js';
import { createRecall } from './recall.js';
import { aroundInArchive, runSearch, searchArchives } from './search.js';

/** So far up the last read message is looked for. */
const MAX_UNREAD = 1000;
/** How far a hit may be above what is loaded so that everything in between is loaded too. */
const NEAR = 2000;

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
  /** Something comes in that may be about a message which is on disk only: it is loaded, so that it can be changed. */
  recall(message: IncomingMessage): void;
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
  /** Ids of lines of ours that wait and may be this one. */
  readonly waitingAs: (chat: ChatId, entry: MessageEntry) => readonly string[];
  /** The store of an account was opened, before chats show what is in it. */
  readonly opened: (account: AccountStore) => void;
  /** What is in it stands in the chats that are open. */
  readonly loaded: () => void;
  readonly closing: () => void;
}): HistoryService {
  const { store, emitter, clock, settings, wire, warn, touch } = options;
  let account: AccountStore | undefined;
  const memory = new Map<string, unknown>();
  const memoryState: StateFile = { get: key => memory.get(key), set: (key, value) => void memory.set(key, value) };

  const wanted = (chat: ChatId): boolean => settings.get('history.log', chat) === true;
  const keeper = createKeeper({ store, clock, account: () => account, wanted, warn, touch });

  /** Lines of ours of which nothing is known any more say so. */
  const settle = (entry: MessageEntry): MessageEntry => {
    const { delivery } = entry;
    if (!entry.self || (delivery !== 'queued' && delivery !== 'pending')) return entry;
    if (options.isWaiting(entry.originId ?? entry.messageId ?? '')) return entry;
    return {
      ...entry,
      delivery: 'failed',
      error: safe`The program ended before it was known whether this arrived. /resend sends it again.`,
    };
  };
  /** A page of the store as it is shown; text logs know no ids, so what waits is known by its words and its time. */
  const settled = (chat: Chat, page: readonly MessageEntry[]): readonly MessageEntry[] => {
    const taken = new Set<string>();
    return page.map(entry => {
      if (!entry.self || entry.originId !== undefined || entry.messageId !== undefined) return settle(entry);
      const id = options.waitingAs(chat.id, entry).find(one => !taken.has(one));
      if (id === undefined) return entry;
      taken.add(id);
      return { ...entry, delivery: 'queued', originId: id, messageId: id };
    });
  };
  const older = createOlder({ store, clock, wire, keeper, account: () => account, wanted, settled, warn, touch });

  const load = (chat: Chat): void => {
    if (account === undefined || !wanted(chat.id)) return;
    const read = position.of(chat.id);
    const find = (): number => (read === undefined ? -1 : page.findLastIndex(entry => entry.stored === read));
    let page: readonly MessageEntry[];
    try {
      page = account.history.page(chat.id, Math.max(PAGE, Number(settings.get('rooms.history', chat.id))));
      // More was left unread than a page: the mark shall stand where it stood.
      if (read !== undefined && find() < 0) page = account.history.page(chat.id, MAX_UNREAD);
    } catch (error) {
      keeper.trouble(error);
      return;
    }
    if (page.length === 0) return;
    const at = find();
    const isNews = (i: number, entry: MessageEntry): boolean => read !== undefined && i > at && !entry.self;
    const first = chat.log.first;
    const count = store.prependHistory(
      chat.id,
      settled(
        chat,
        page.map((entry, i) => (isNews(i, entry) ? { ...entry, missed: true } : entry)),
      ),
    );
    keeper.loaded(chat, loadedIn(chat, count));
    let entry = chat.log.get(chat.log.first);
    let readSeq = chat.log.first - 1;
    while (entry !== undefined && entry.seq < first) {
      if (entry.kind === 'message' && entry.missed !== true) readSeq = entry.seq;
      else break;
      entry = chat.log.after(entry.seq);
    }
    store.restoreRead(chat.id, readSeq);
  };

  emitter.on('message:added', ({ chat, message }) => keeper.keep(chat, message));
  emitter.on('message:changed', ({ chat, message }) => keeper.change(chat, message));
  emitter.on('chat:opened', ({ chat }) => load(chat));
  emitter.on('chat:renamed', ({ chat, from }) => {
    keeper.renamed(chat, from);
    older.renamed(from, chat.id);
  });
  emitter.on('chat:closed', ({ id }) => {
    keeper.closed(id);
    older.closed(id);
  });
  emitter.on('session:started', () => older.forgetArchives());
  const position = createReadPosition({ store, emitter, clock, keeper, account: () => account });

  const closeStore = (): void => {
    if (account === undefined) return;
    options.closing();
    position.flush();
    account.close();
    account = undefined;
    keeper.reset();
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
      return keeper.failing || account?.failing === true ? safe`history not saved` : undefined;
    },
    async open(jid, guestHost) {
      const wantedFor = jid ?? (settings.get('history.guests') === true ? guestHost : undefined);
      if (wantedFor === account?.account) return;
      closeStore();
      if (wantedFor === undefined || options.openStore === undefined) return;
      keeper.opening(true);
      try {
        account = await options.openStore(wantedFor, sentence => {
          warn(cleanLine(sentence));
          touch('status');
        });
      } catch (error) {
        warn(safe`No history is kept: ${cleanLine(errorText(error))}`);
        return;
      } finally {
        keeper.opening(false);
      }
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
      keeper.opened();
    },
    older: id => older.ask(id),
    loading: id => older.loading(id),
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
        for (const one of chat.log.newest())
          if (one.kind === 'message' && keeper.keyOf(id, one) === key) return one.seq;
        return undefined;
      };
      for (let loaded = 0; loaded <= NEAR; ) {
        const seq = find();
        if (seq !== undefined) return seq;
        const more = older.fromStore(chat, 500);
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
          if (one.kind === 'message' && keeper.keyOf(id, one) === key) {
            // What stands before it is wanted too.
            if (chat.log.before(one.seq) === undefined) older.fromStore(chat);
            return one.seq;
          }
        if (older.fromStore(chat, 500) === 0) return undefined;
      }
    },
    ensure(id, messageId) {
      const chat = store.chat(id);
      if (chat === undefined || account?.history.find(id, { originId: messageId }) === undefined) return;
      while (chat.log.find(messageId) === undefined && older.fromStore(chat, 500) > 0);
    },
    around({ chat, entry }, lines) {
      if (account === undefined || entry.stored === undefined) return [];
      return account.history.around(chat, entry.stored, lines);
    },
    recall: createRecall({
      store,
      account: () => account,
      reach: (chat, key) => service.reach(chat, key) !== undefined,
    }),
    keyOf: (chat, entry) => keeper.keyOf(chat, entry),
    freeze() {
      keeper.freeze();
    },
    batch(run) {
      if (account === undefined) run();
      else account.history.batch(run);
    },
    close: closeStore,
  };
  return service;
}
