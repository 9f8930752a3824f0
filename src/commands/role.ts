/** /role — what somebody may do in this room during this visit. */
import { asRoom, defineCommand, type Role, refusal } from '../api.js';

export default defineCommand({
  name: 'role',
  group: 'moderation',
  where: 'room',
  needs: 'online',
  summary: 'Set what somebody may do during this visit',
  description:
    'moderator may kick and give voice, participant may talk, visitor may only read in a moderated room, none sends out. It ends when they leave; /affiliation lasts.',
  args: {
    nick: { type: 'nick', help: 'who' },
    role: { type: 'choice', choices: ['moderator', 'participant', 'visitor', 'none'], help: 'the role' },
    reason: { type: 'rest', optional: true, help: 'why' },
  },
  examples: ['/role nemo participant', '/role nemo visitor please listen'],
  async run({ api, args, chat, name }) {
    try {
      await api.mucAdmin.setRole(asRoom(chat).id, args.nick, args.role as Role, args.reason);
    } catch (error) {
      throw refusal(error, {
        'not-allowed': [
          'The rank of this person, or yours, does not allow that.',
          'Moderators cannot change admins and owners.',
        ],
        forbidden: [
          `You may not use /${name} here.`,
          'Giving voice takes a moderator (@), making moderators an admin (&) or owner (~).',
        ],
        'item-not-found': ['Nobody of that nick is here.', '/names shows who is.'],
      });
    }
  },
});
