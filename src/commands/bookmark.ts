/** /bookmark — keep a room in the account (XEP-0402). */
import { asRoom, cleanIdentifier, defineCommand, safe } from '../api.js';

export default defineCommand({
  name: 'bookmark',
  group: 'rooms',
  needs: 'account',
  summary: 'Keep a room among your bookmarks',
  description:
    'It is entered when you log in, from all your clients; with -manual it is only kept. -remove forgets it.',
  args: {
    manual: { type: 'flag', help: 'do not enter it at login' },
    remove: { type: 'flag', help: 'forget it' },
    room: { type: 'room', optional: true, help: 'default: this room' },
  },
  examples: ['/bookmark', '/bookmark -manual chat@muc.example.org', '/bookmark -remove'],
  async run({ api, args, chat, tab }) {
    const room = args.room?.jid ?? asRoom(chat).id;
    if (args.remove) {
      await api.bookmarks.remove(room);
      api.ui.notice(safe`${cleanIdentifier(room)} is not bookmarked any more.`);
    } else {
      const nick = args.room?.nick ?? api.store.room(room)?.nick;
      const password = args.room?.password;
      await api.bookmarks.add({
        room,
        autojoin: !args.manual,
        ...(nick === undefined || nick === '' ? {} : { nick }),
        ...(password === undefined ? {} : { password }),
      });
      api.ui.notice(safe`${cleanIdentifier(room)} is bookmarked${args.manual ? safe`` : safe` and entered at login`}.`);
    }
    if (tab.kind === 'bookmarks') await api.commands.run('/bookmarks');
  },
});
