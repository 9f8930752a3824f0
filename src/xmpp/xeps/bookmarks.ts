/** XEP-0402 PEP Native Bookmarks: rooms kept by the account, the old ways where a server knows nothing better. https://xmpp.org/extensions/xep-0402.html */
import { errorText, UserError } from '../../lib/errors.js';
import { type BareJid, parseBareJid } from '../../lib/jid.js';
import { cleanLine } from '../../lib/text.js';
import type { Bookmark, NotifyLevel } from '../../model/types.js';
import { isSame, itemOf, type Kept, keptOf, NS_BOOKMARKS } from '../bookmarks/item.js';
import { publishPrivately, readItems, retractItem } from '../bookmarks/node.js';
import { StanzaError } from '../errors.js';
import { isFromAccount } from '../trust.js';
import { defineXep, type Mutable } from '../xep.js';
import { attr, childOf, childrenOf } from '../xml.js';
import { type OldList, readOld, writeOld } from './bookmarks-old.js';
import { withLevel } from './notification-settings.js';

const NS_EVENT = 'http://jabber.org/protocol/pubsub#event';
const PUBLISH_OPTIONS = 'http://jabber.org/protocol/pubsub#publish-options';
/** A server with one of these shows the same list to clients of every age. */
const CONVERSIONS = [`${NS_BOOKMARKS}#compat`, `${NS_BOOKMARKS}#compat-pep`, 'urn:xmpp:bookmarks-conversion:0'];
const MAX_BOOKMARKS = 1_000;

export interface BookmarkChange {
  readonly room: BareJid;
  /** Empty: without. */
  readonly name?: string;
  readonly nick?: string;
  readonly password?: string;
  readonly autojoin?: boolean;
  readonly notify?: NotifyLevel | 'default';
}
/** How the server keeps them. */
export interface BookmarkPlace {
  /** `native`: XEP-0402; `node`, `private`: one old list, XEP-0048 in a node or in XEP-0049. */
  readonly kind: 'native' | 'node' | 'private';
  /** The server converts between old and new by itself. */
  readonly converts: boolean;
  /** Rooms which are only in the old list, and are shown as well. */
  readonly old: number;
}
export interface BookmarksApi {
  /** From the account, and kept up to date by it. */
  list(): Promise<readonly Bookmark[]>;
  /** Adds or changes one; what other clients stored beside it is kept. */
  add(bookmark: BookmarkChange): Promise<void>;
  remove(room: BareJid): Promise<void>;
  /** Where they are; known after the first list. */
  readonly place: BookmarkPlace | undefined;
}
declare module '../../api.js' {
  interface XepApi {
    bookmarks: BookmarksApi;
  }
}

interface Book {
  readonly rooms: Map<BareJid, Kept>;
  place: BookmarkPlace;
  /** The old list, if that is where they are or where some of them are left. */
  old: OldList | undefined;
}

const word = (given: string | undefined, before: string | undefined): string | undefined =>
  given === undefined ? before : given === '' ? undefined : given;

/** The bookmark with what the change says. */
function changed(old: Kept | undefined, change: BookmarkChange): Kept {
  const before = old?.bookmark;
  const made: Mutable<Bookmark> = { room: change.room, autojoin: change.autojoin ?? before?.autojoin ?? false };
  const name = word(change.name, before?.name);
  const nick = word(change.nick, before?.nick);
  const password = word(change.password, before?.password);
  const notify = change.notify === 'default' ? undefined : (change.notify ?? before?.notify);
  if (name !== undefined) made.name = cleanLine(name);
  if (nick !== undefined) made.nick = nick;
  if (password !== undefined) made.password = password;
  if (notify !== undefined) made.notify = notify;
  const extensions = old?.extensions ?? [];
  return { bookmark: made, extensions: change.notify === undefined ? extensions : withLevel(extensions, notify) };
}

export default defineXep({
  name: 'bookmarks',
  spec: 'XEP-0402',
  title: 'PEP Native Bookmarks',
  features: [NS_BOOKMARKS, `${NS_BOOKMARKS}+notify`],
  install(context) {
    let loading: Promise<Book> | undefined;
    let book: Book | undefined;

    context.on('ended', () => {
      loading = undefined;
      book = undefined;
    });

    /** What another client did; our own changes are in the book before they are published. */
    function pushed(room: BareJid, kept: Kept | undefined): void {
      if (book === undefined) return;
      const before = book.rooms.get(room);
      if (kept === undefined) book.rooms.delete(room);
      else if (before !== undefined || book.rooms.size < MAX_BOOKMARKS) book.rooms.set(room, kept);
      else return;
      if (isSame(before, kept)) return;
      context.emit({ kind: 'bookmark', room, ...(kept === undefined ? {} : { bookmark: kept.bookmark }) });
    }

    context.intercept('message', el => {
      const items = childOf(childOf(el, 'event', NS_EVENT), 'items', NS_EVENT);
      if (items === undefined || attr(items, 'node') !== NS_BOOKMARKS) return false;
      // CVE-2023-28686: only our own account may change what we enter by ourselves.
      if (context.anonymous || !isFromAccount(context, el)) {
        context.debug('bookmarks pushed by somebody else: dropped');
        return true;
      }
      for (const item of childrenOf(items, 'item', NS_EVENT)) {
        const kept = keptOf(item);
        if (kept !== undefined) pushed(kept.bookmark.room, kept);
      }
      for (const item of childrenOf(items, 'retract', NS_EVENT)) {
        const room = parseBareJid(attr(item, 'id'));
        if (room !== undefined) pushed(room, undefined);
      }
      return true;
    });

    const needAccount = (): BareJid => {
      if (context.anonymous || context.bare === undefined) {
        throw new UserError('Guests have no bookmarks.', 'Log in with an account: /connect you@server.');
      }
      return context.bare;
    };

    const oldAt = (place: 'node' | 'private'): Promise<OldList | undefined> =>
      readOld(context, place).catch((error: unknown) => {
        context.debug(`no old bookmarks (${place}): ${errorText(error)}`);
        return undefined;
      });

    async function find(account: BareJid): Promise<Book> {
      const info = await context
        .use('disco')
        .info(account)
        .catch(() => undefined);
      const features = new Set(info?.features ?? []);
      // Without an answer the newest way is tried, as most servers have it.
      const hasNode =
        info === undefined || info.identities.some(one => one.category === 'pubsub' && one.type === 'pep');
      const isPrivate = info === undefined || features.has(PUBLISH_OPTIONS);
      const converts = CONVERSIONS.some(one => features.has(one));
      const rooms = new Map<BareJid, Kept>();
      const take = (list: readonly Kept[]): number => {
        const before = rooms.size;
        for (const one of list) {
          if (!rooms.has(one.bookmark.room) && rooms.size < MAX_BOOKMARKS) rooms.set(one.bookmark.room, one);
        }
        return rooms.size - before;
      };
      if (hasNode && isPrivate) {
        const items = await readItems(context, NS_BOOKMARKS);
        take(items.flatMap(item => keptOf(item) ?? []));
        if (converts) return { rooms, place: { kind: 'native', converts, old: 0 }, old: undefined };
        const node = await oldAt('node');
        const list = node !== undefined && node.rooms.length > 0 ? node : await oldAt('private');
        const old = take(list?.rooms ?? []);
        return { rooms, place: { kind: 'native', converts, old }, old: old > 0 ? list : undefined };
      }
      // A node that cannot be closed to contacts would show them the list.
      const list = await oldAt('private');
      if (list === undefined) throw new StanzaError('feature-not-implemented');
      take(list.rooms);
      return { rooms, place: { kind: 'private', converts, old: 0 }, old: list };
    }

    async function load(): Promise<Book> {
      const account = needAccount();
      if (book !== undefined) return book;
      loading ??= find(account);
      const mine = loading;
      try {
        const found = await mine;
        if (loading === mine) book = found;
        return found;
      } finally {
        if (loading === mine) loading = undefined;
      }
    }

    /** Writes the old list as the rooms are now. */
    async function saveOld(of: Book, rooms: readonly Kept[]): Promise<void> {
      if (of.old === undefined) return;
      of.old = { ...of.old, rooms };
      await writeOld(context, of.old);
    }

    /** The rooms that are still in the old list only. */
    const left = (of: Book, without: BareJid): readonly Kept[] =>
      (of.old?.rooms ?? []).filter(one => one.bookmark.room !== without);

    const bookmarks: BookmarksApi = {
      list: async () => [...(await load()).rooms.values()].map(({ bookmark }) => bookmark),
      async add(change) {
        const of = await load();
        const before = of.rooms.get(change.room);
        const kept = changed(before, change);
        // Before the answer: the push about it may come first, and would look like another client's.
        of.rooms.set(change.room, kept);
        try {
          if (of.place.kind !== 'native') await saveOld(of, [...of.rooms.values()]);
          else await publishPrivately(context, NS_BOOKMARKS, itemOf(kept));
        } catch (error) {
          if (before === undefined) of.rooms.delete(change.room);
          else of.rooms.set(change.room, before);
          throw error;
        }
      },
      async remove(room) {
        const of = await load();
        const before = of.rooms.get(room);
        if (before === undefined) return;
        of.rooms.delete(room);
        try {
          if (of.place.kind !== 'native') {
            await saveOld(of, [...of.rooms.values()]);
            return;
          }
          // It may be in one of the two places only.
          await retractItem(context, NS_BOOKMARKS, room).catch((error: unknown) => {
            if (!(error instanceof StanzaError) || error.condition !== 'item-not-found') throw error;
          });
          if (of.old?.rooms.some(one => one.bookmark.room === room) === true) await saveOld(of, left(of, room));
        } catch (error) {
          of.rooms.set(room, before);
          throw error;
        }
      },
      get place() {
        return book?.place;
      },
    };
    return { bookmarks };
  },
});
