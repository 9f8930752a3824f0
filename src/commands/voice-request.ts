/** /voice-request — ask the moderators to be allowed to talk (XEP-0045 §8.6). */
import { asRoom, defineCommand, safe, UserError } from '../api.js';

export default defineCommand({
  name: 'voice-request',
  aliases: ['request_voice', 'requestvoice'],
  group: 'rooms',
  where: 'room',
  needs: 'online',
  summary: 'Ask the moderators to be allowed to talk',
  async run({ api, chat }) {
    const room = asRoom(chat);
    if (room.self !== undefined && room.self.role !== 'visitor') throw new UserError('You may talk here already.');
    await api.muc.requestVoice(room.id);
    api.ui.notice(safe`The moderators were asked. You can read meanwhile.`);
  },
});
