/** Enters the bookmarked rooms after a login (XEP-0402), unless `rooms.autojoin` says no. */
import type { Api } from '../api.js';
import type { Emitter } from '../lib/emitter.js';
import { errorText } from '../lib/errors.js';
import type { Events } from '../model/events.js';
import { quoteWord } from './words.js';

/** Rooms entered at a time: servers take a crowd of joins for a flood. */
const AT_ONCE = 4;

export function connectAutojoin(options: {
  readonly emitter: Emitter<Events>;
  readonly api: () => Api;
  readonly wanted: () => boolean;
  readonly debug: (text: string) => void;
}): () => void {
  const { emitter, api, wanted, debug } = options;
  /** A lost link does not bring back the rooms that were left meanwhile; only a login of its own does. */
  let fresh = true;

  const enter = async (): Promise<void> => {
    const { jid } = api().session.facts;
    const rooms = (await api().bookmarks.list()).filter(one => one.autojoin);
    // Another login meanwhile has bookmarks of its own.
    if (api().session.facts.jid !== jid) return;
    const queue = rooms.filter(({ room }) => {
      const state = api().store.room(room)?.state;
      return state !== 'joined' && state !== 'joining';
    });
    // All tabs at once and in order: what will be there is seen, and can be typed into.
    for (const { room } of queue) {
      api().chats.open(room, 'room');
      api().tabs.openChat(room, { background: true });
    }
    const work = async (): Promise<void> => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const { room, nick, password } = next;
        const tab = api().tabs.list.find(one => one.chat?.id === room);
        // Closed before its turn.
        if (tab === undefined) continue;
        const address = quoteWord(nick === undefined ? room : `${room}/${nick}`);
        await api().commands.run(
          `/join -background ${address}${password === undefined ? '' : ` ${quoteWord(password)}`}`,
          tab,
        );
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  };

  const undos = [
    emitter.on('connection:changed', ({ session }) => {
      if (session.status === 'offline' || session.status === 'stopped') fresh = true;
    }),
    emitter.on('session:started', ({ session }) => {
      if (!fresh) return;
      fresh = false;
      if (session.anonymous || !wanted()) return;
      // A server without bookmarks is no news.
      enter().catch((error: unknown) => debug(`bookmarked rooms were not entered: ${errorText(error)}`));
    }),
  ];
  return () => {
    for (const undo of undos.splice(0)) undo();
  };
}
