/** /kick — send somebody out of this room for now. */
import { asRoom, defineCommand, refusal } from '../api.js';

export default defineCommand({
  name: 'kick',
  aliases: ['k'],
  group: 'moderation',
  where: 'room',
  needs: 'online',
  summary: 'Send somebody out of this room',
  description:
    'They may come back at once; /ban keeps them out. --match PATTERN is /kickre: everybody whom a pattern fits, shown first.',
  args: {
    nick: { type: 'nick', help: 'who' },
    reason: { type: 'rest', optional: true, help: 'why' },
  },
  examples: ['/kick nemo', '/kick "captain nemo" no shouting', '/kick --match ^spam'],
  async run({ api, args, chat, tab, line }) {
    if (/^--?match$/.test(args.nick)) {
      // As it was typed: the backslashes of a pattern are its own.
      await api.commands.run(`/kickre ${line.replace(/^.*?\s--?match\s+/is, '')}`, tab);
      return;
    }
    try {
      await api.mucAdmin.setRole(asRoom(chat).id, args.nick, 'none', args.reason);
    } catch (error) {
      throw refusal(error, {
        'not-allowed': ['You cannot kick somebody of equal or higher rank.', '/names shows who is what.'],
        forbidden: ['Only moderators may kick.', '/names shows the moderators (@ & ~).'],
        'item-not-found': ['Nobody of that nick is here.', '/names shows who is.'],
      });
    }
  },
});
