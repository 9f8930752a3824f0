/** /deop — make a moderator an ordinary participant for this visit. */
import { defineCommand, quote } from '../api.js';

export default defineCommand({
  name: 'deop',
  group: 'moderation',
  where: 'room',
  needs: 'online',
  summary: 'Take the rights of a moderator away for this visit',
  description: 'The same as /role nick participant. Admins and owners stay what they are: that is /affiliation.',
  args: {
    nick: { type: 'nick', help: 'who' },
    reason: { type: 'rest', optional: true, help: 'why' },
  },
  examples: ['/deop nemo'],
  async run({ api, args, tab }) {
    await api.commands.run(`/role ${quote(args.nick)} participant ${args.reason ?? ''}`.trimEnd(), tab);
  },
});
