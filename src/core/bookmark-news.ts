/** What other clients of the account do with its bookmarks happens here too: rooms entered and left (XEP-0402), levels of news (XEP-0492). */
import type { Api } from '../api.js';
import type { Emitter } from '../lib/emitter.js';
import { errorText } from '../lib/errors.js';
import type { BareJid } from '../lib/jid.js';
import { cleanIdentifier, safe } from '../lib/text.js';
import type { Events } from '../model/events.js';
import type { BookmarksPage } from '../model/pages.js';
import type { Bookmark } from '../model/types.js';
import type { Settings } from './ports.js';
import { quoteWord } from './words.js';

const LEVEL = 'rooms.notify';

export function connectBookmarkNews(options: {
  readonly emitter: Emitter<Events>;
  readonly api: () => Api;
  readonly settings: Settings;
  readonly debug: (text: string) => void;
}): () => void {
  const { emitter, api, settings, debug } = options;
  /** We set levels because the account says so, not the person: that is not to be told to the account. */
  let applying = false;
  /** What the person has set for each room, as far as the account was told; a change of another room is no news. */
  const levels = new Map<BareJid, Bookmark['notify']>();
  const levelOf = (room: BareJid): Bookmark['notify'] =>
    settings.isSet(LEVEL, room) ? (settings.get(LEVEL, room) as Bookmark['notify']) : undefined;
  const quietly = (work: Promise<void>): void => {
    work.catch((error: unknown) => debug(`bookmarks: ${errorText(error)}`));
  };

  const applyLevel = ({ room, notify }: Bookmark): void => {
    if (notify === undefined || settings.get(LEVEL, room) === notify) return;
    applying = true;
    try {
      settings.set(LEVEL, notify, room);
      levels.set(room, notify);
    } finally {
      applying = false;
    }
  };

  const refreshTabs = async (): Promise<void> => {
    const open = api().tabs.list.filter(tab => tab.kind === 'bookmarks');
    if (open.length === 0) return;
    const bookmarks = await api().bookmarks.list();
    for (const tab of open) api().tabs.setData(tab, { ...(tab.data as BookmarksPage), bookmarks });
  };

  const follow = async ({ room, bookmark }: Events['bookmark:changed']): Promise<void> => {
    await refreshTabs();
    if (settings.get('rooms.autojoin') !== true) return;
    const state = api().store.room(room)?.state;
    const inside = state === 'joined' || state === 'joining';
    const name = cleanIdentifier(room);
    if (bookmark?.autojoin === true) {
      applyLevel(bookmark);
      if (inside) return;
      api().chats.open(room, 'room');
      const tab = api().tabs.openChat(room, { background: true });
      api().ui.notice(safe`${name} was bookmarked by another of your clients, and is entered here too.`);
      const { nick, password } = bookmark;
      const address = quoteWord(nick === undefined ? room : `${room}/${nick}`);
      const secret = password === undefined ? '' : ` ${quoteWord(password)}`;
      await api().commands.run(`/join -background ${address}${secret}`, tab);
      return;
    }
    if (bookmark !== undefined) applyLevel(bookmark);
    if (!inside) return;
    // > MUST leave the room  XEP-0402 §4: autojoin off, or the bookmark gone
    await api().muc.leave(room);
    const why = bookmark === undefined ? safe`is not bookmarked any more` : safe`is not to be entered by itself`;
    api().ui.notice(safe`Left ${name}: it ${why}, says another of your clients. /join enters it again.`, {
      chat: room,
    });
  };

  /** The person chose another level for a room: its bookmark remembers it. */
  const tellLevels = async (): Promise<void> => {
    if (api().session.facts.status !== 'online' || api().session.facts.anonymous) return;
    for (const { room, notify } of await api().bookmarks.list()) {
      const set = levelOf(room);
      if (set === levels.get(room)) continue;
      levels.set(room, set);
      if (set !== notify) await api().bookmarks.add({ room, notify: set ?? 'default' });
    }
  };

  const undos = [
    emitter.on('bookmark:changed', change => quietly(follow(change))),
    emitter.on('session:started', ({ session }) => {
      if (session.anonymous) return;
      quietly(
        api()
          .bookmarks.list()
          .then(list => {
            for (const bookmark of list) {
              levels.set(bookmark.room, levelOf(bookmark.room));
              applyLevel(bookmark);
            }
          }),
      );
    }),
    settings.onChange(option => {
      if (option === LEVEL && !applying) quietly(tellLevels());
    }),
  ];
  return () => {
    for (const undo of undos.splice(0)) undo();
  };
}
