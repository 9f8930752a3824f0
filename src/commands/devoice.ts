/** /devoice — make somebody a visitor. */
import { asRoom, defineCommand, quote, safe } from '../api.js';

export default defineCommand({
  name: 'devoice',
  aliases: ['quiet', 'mute'],
  group: 'moderation',
  where: 'room',
  needs: 'online',
  summary: 'Let somebody only read, in a moderated room',
  description: 'The same as /role nick visitor; it ends when they leave.',
  args: {
    nick: { type: 'nick', help: 'who' },
    reason: { type: 'rest', optional: true, help: 'why' },
  },
  examples: ['/devoice nemo'],
  async run({ api, args, chat, tab }) {
    const done = await api.commands.run(`/role ${quote(args.nick)} visitor ${args.reason ?? ''}`.trimEnd(), tab);
    if (done && asRoom(chat).facts.moderated === false) {
      api.ui.notice(safe`The room is not moderated, so a visitor may still be heard; /mode +m changes that.`);
    }
  },
});
