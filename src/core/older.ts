/** What stands above the first line of a tab: from the disk, then a page of the archive. */
import { errorText } from '../lib/errors.js';
import { bareOf, localOf } from '../lib/jid.js';
import { cleanIdentifier, cleanLine, type Safe, safe } from '../lib/text.js';
import type { Clock } from '../lib/time.js';
import type { Store } from '../model/store.js';
import type { Chat, ChatId, MessageEntry } from '../model/types.js';
import { type Keeper, NEIGHBOURS } from './keeper.js';
import type { AccountStore, Wire } from './ports.js';

/** Entries loaded when a chat is opened, and with each page above. */
export const PAGE = 100;

export interface Older {
  /** The person wants to see what is above the first entry. */
  ask(chat: ChatId): void;
  /** The archive is being asked for this chat. */
  loading(chat: ChatId): boolean;
  /** Loads a page from the disk; how many lines it gave. */
  fromStore(chat: Chat, limit?: number): number;
  renamed(from: ChatId, to: ChatId): void;
  closed(chat: ChatId): void;
  /** A new session: its archives may have more. */
  forgetArchives(): void;
}

export function createOlder(options: {
  readonly store: Store;
  readonly clock: Clock;
  readonly wire: Wire;
  readonly keeper: Keeper;
  readonly account: () => AccountStore | undefined;
  readonly wanted: (chat: ChatId) => boolean;
  readonly settled: (chat: Chat, page: readonly MessageEntry[]) => readonly MessageEntry[];
  readonly warn: (text: Safe, chat?: ChatId) => void;
  readonly touch: (region: string) => void;
}): Older {
  const { store, clock, wire, keeper, account, wanted, settled, warn, touch } = options;
  /** Chats whose archive has nothing older. */
  const exhausted = new Set<ChatId>();
  /** Chats that were told that they hold no more. */
  const full = new Set<ChatId>();
  const asking = new Set<ChatId>();

  const oldest = (chat: Chat, fits: (entry: MessageEntry) => boolean): MessageEntry | undefined => {
    let entry = chat.log.get(chat.log.first);
    for (let i = 0; entry !== undefined && i < NEIGHBOURS; i++, entry = chat.log.after(entry.seq)) {
      if (entry.kind === 'message' && fits(entry)) return entry;
    }
    return undefined;
  };
  const oldestKept = (chat: Chat): MessageEntry | undefined =>
    oldest(chat, entry => keeper.keyOf(chat.id, entry) !== undefined);

  /** A tab holds so many lines; what is older is found another way. */
  const tooMuch = (chat: Chat): void => {
    exhausted.add(chat.id);
    if (full.has(chat.id)) return;
    full.add(chat.id);
    const name = cleanIdentifier(localOf(chat.id) ?? chat.id);
    const day = new Date(oldest(chat, () => true)?.at ?? clock.now());
    const date = [day.getFullYear(), day.getMonth() + 1, day.getDate() + 1]
      .map(part => String(part).padStart(2, '0'))
      .join('-');
    warn(
      safe`This tab holds no more lines. What is older is found with /search in:${name} before:${cleanLine(date)}`,
      chat.id,
    );
  };

  const fromStore = (chat: Chat, limit = PAGE): number => {
    const history = account()?.history;
    if (history === undefined) return 0;
    try {
      const kept = oldestKept(chat);
      let page = history.page(
        kept === undefined ? chat.id : keeper.homeOf(chat, kept),
        limit,
        kept === undefined ? undefined : keeper.keyOf(chat.id, kept),
      );
      const first = kept === undefined ? oldest(chat, () => true) : undefined;
      // Nothing here is known to the store (another process writes it): only what is surely older.
      if (first !== undefined) page = page.filter(entry => entry.at < first.at);
      const count = store.prependHistory(chat.id, settled(chat, page));
      keeper.loaded(chat, loadedIn(chat, count));
      if (count === 0 && page.length > 0) tooMuch(chat);
      return count;
    } catch (error) {
      keeper.trouble(error);
      return 0;
    }
  };

  /** Keeps a page that was put above what is there. */
  const keepPage = (chat: Chat, made: readonly MessageEntry[]): void => {
    const kept = account();
    if (kept?.writable !== true || !wanted(chat.id)) return;
    kept.history.batch(() => {
      let before: number | undefined;
      for (const one of made) {
        try {
          const key = kept.history.add(chat.id, one, before === undefined ? 'start' : { after: before });
          before = key;
          if (key !== undefined) keeper.remember(chat, one.seq, key);
        } catch (error) {
          keeper.trouble(error);
          break;
        }
      }
    });
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
      const first = oldest(chat, () => true);
      const known = oldest(chat, entry => entry.stanzaId !== undefined)?.stanzaId;
      const page = await mam.page(archive, {
        max: PAGE,
        ...(chat.kind === 'direct' && { with: chat.id }),
        ...(known !== undefined ? { before: known } : { before: '', ...(first && { end: first.at }) }),
      });
      if (store.chat(id) !== chat) return;
      const made = store.prependArchive(id, page.messages);
      if (made.length === 0 && page.messages.some(message => message.body !== undefined)) tooMuch(chat);
      keepPage(chat, made);
      if (page.complete) exhausted.add(id);
    } catch (error) {
      warn(safe`Older messages could not be fetched: ${cleanLine(errorText(error))}`, id);
    } finally {
      asking.delete(id);
      touch('status');
    }
  };

  return {
    ask(id) {
      const chat = store.chat(id);
      if (chat === undefined || full.has(id) || fromStore(chat) > 0 || full.has(id)) return;
      void fromArchive(chat);
    },
    loading: id => asking.has(id),
    fromStore,
    renamed(from, to) {
      for (const set of [exhausted, full]) if (set.delete(from)) set.add(to);
    },
    closed(id) {
      exhausted.delete(id);
      full.delete(id);
    },
    forgetArchives: () => exhausted.clear(),
  };
}

/** The first entries of a chat, which were put there just now. */
export function loadedIn(chat: Chat, count: number): readonly MessageEntry[] {
  const found: MessageEntry[] = [];
  for (
    let entry = chat.log.get(chat.log.first);
    entry !== undefined && found.length < count;
    entry = chat.log.after(entry.seq)
  ) {
    if (entry.kind === 'message') found.push(entry);
  }
  return found;
}
