/** /unban — let somebody in again. */
import { asRoom, cleanIdentifier, defineCommand, refusal, safe } from '../api.js';

export default defineCommand({
  name: 'unban',
  group: 'moderation',
  needs: 'online',
  summary: 'Let a banned address in again',
  args: {
    address: { type: 'jid', help: 'what was banned; /bans lists them' },
    room: { type: 'room', optional: true, help: 'default: this room' },
  },
  examples: ['/unban nemo@example.org'],
  async run({ api, args, chat }) {
    const room = args.room?.jid ?? asRoom(chat).id;
    const address = cleanIdentifier(args.address);
    // From the list of bans one Enter is enough to get here, so that is asked.
    if (args.room !== undefined && !(await api.ui.confirm(safe`Let ${address} into ${cleanIdentifier(room)} again?`)))
      return;
    try {
      await api.mucAdmin.setAffiliation(room, args.address, 'none');
    } catch (error) {
      throw refusal(error, {
        forbidden: ['Only admins and owners of a room may lift a ban.', '/names shows them (& ~).'],
      });
    }
    api.ui.notice(safe`${address} may enter ${cleanIdentifier(room)} again.`);
  },
});
