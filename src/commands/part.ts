/** /part — leave a room and keep its tab. */
import { asRoom, cleanIdentifier, defineCommand, UserError } from '../api.js';

export default defineCommand({
  name: 'part',
  aliases: ['leave'],
  group: 'rooms',
  where: 'room',
  summary: 'Leave this room and keep its tab',
  description: 'The tab stays, greyed, with what was said. /join in it enters again, /close leaves and closes it.',
  args: { reason: { type: 'rest', optional: true, help: 'said to the room' } },
  examples: ['/part', '/part good night'],
  async run({ api, args, chat }) {
    const room = asRoom(chat);
    if (room.state !== 'joined' && room.state !== 'joining') {
      throw new UserError(
        `You are not in ${cleanIdentifier(room.id)}.`,
        '/join enters it again, /close closes the tab.',
      );
    }
    await api.muc.leave(room.id, args.reason);
  },
});
