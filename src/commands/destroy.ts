/** /destroy — end a room for everybody (XEP-0045 §10.9). */
import { asRoom, cleanIdentifier, defineCommand, refusal, safe } from '../api.js';

export default defineCommand({
  name: 'destroy',
  aliases: ['destroy_room'],
  group: 'moderation',
  where: 'room',
  needs: 'online',
  summary: 'End this room for everybody',
  description: 'Only owners may, and it cannot be taken back.',
  args: {
    alternate: { type: 'room', optional: true, help: 'address of a room where people may go' },
    reason: { type: 'rest', optional: true, help: 'why' },
  },
  examples: ['/destroy', '/destroy new@muc.example.org we moved'],
  async run({ api, args, chat }) {
    const room = asRoom(chat);
    if (!(await api.ui.confirm(safe`End ${cleanIdentifier(room.id)} for everybody? It cannot be taken back.`))) return;
    try {
      await api.mucAdmin.destroy(room.id, {
        ...(args.alternate === undefined ? {} : { alternate: args.alternate.jid }),
        ...(args.reason === undefined ? {} : { reason: args.reason }),
      });
    } catch (error) {
      throw refusal(error, { forbidden: ['Only owners may end a room.', '/names shows them (~).'] });
    }
  },
});
