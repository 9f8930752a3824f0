/** /cycle — leave a room and enter it again. */
import { asRoom, defineCommand } from '../api.js';

export default defineCommand({
  name: 'cycle',
  aliases: ['hop', 'rejoin'],
  group: 'rooms',
  where: 'room',
  needs: 'online',
  summary: 'Leave this room and enter it again',
  args: { reason: { type: 'rest', optional: true, help: 'said to the room' } },
  async run({ api, args, chat, tab }) {
    const room = asRoom(chat);
    if (room.state === 'joined') await api.muc.leave(room.id, args.reason);
    await api.commands.run('/join', tab);
  },
});
