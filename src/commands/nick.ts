/** /nick — change your nick. */
import { cleanIdentifier, defineCommand, safe, UserError } from '../api.js';

export default defineCommand({
  name: 'nick',
  group: 'rooms',
  summary: 'Change your nick in this room',
  description:
    'With -all in every room you are in. Outside of a room it is the nick for the rooms you join from now on.',
  args: {
    all: { type: 'flag', optional: true, help: 'in all rooms' },
    nick: { type: 'rest', help: 'the new nick; it may hold spaces' },
  },
  examples: ['/nick nemo', '/nick -all nemo'],
  async run({ api, args, chat }) {
    const nick = args.nick.trim();
    if (nick === '') throw new UserError('Which nick?', '/nick nemo');
    const rooms = [...api.store.chats.values()].filter(one => one.kind === 'room' && one.state === 'joined');
    const targets = args.all ? rooms : rooms.filter(one => one.id === chat?.id);
    if (targets.length === 0) {
      api.config.set(api.session.facts.anonymous ? 'guest.nick' : 'rooms.nick', nick);
      api.ui.notice(safe`Rooms you join from now on will know you as ${cleanIdentifier(nick)}.`);
      return;
    }
    for (const room of targets) {
      if (room.kind !== 'room' || room.nick === nick) continue;
      await api.muc.setNick(room.id, nick);
    }
  },
});
