/** /unban — let somebody in again. */
import { asRoom, cleanIdentifier, defineCommand, refusal, safe } from '../api.js';

export default defineCommand({
  name: 'unban',
  group: 'moderation',
  where: 'room',
  needs: 'online',
  summary: 'Let a banned address in again',
  args: { address: { type: 'jid', help: 'what was banned; /ban lists them' } },
  examples: ['/unban nemo@example.org'],
  async run({ api, args, chat }) {
    const room = asRoom(chat);
    try {
      await api.mucAdmin.setAffiliation(room.id, args.address, 'none');
    } catch (error) {
      throw refusal(error, {
        forbidden: ['Only admins and owners of a room may lift a ban.', '/names shows them (& ~).'],
      });
    }
    api.ui.notice(safe`${cleanIdentifier(args.address)} may enter ${room.title} again.`);
  },
});
