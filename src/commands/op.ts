/** /op — make somebody a moderator for this visit. */
import { defineCommand, quote } from '../api.js';

export default defineCommand({
  name: 'op',
  group: 'moderation',
  where: 'room',
  needs: 'online',
  summary: 'Make somebody a moderator for this visit',
  description:
    'The same as /role nick moderator. A role ends when they leave; an affiliation (/affiliation nick admin) lasts, and only admins and owners may ban.',
  args: {
    nick: { type: 'nick', help: 'who' },
    reason: { type: 'rest', optional: true, help: 'why' },
  },
  examples: ['/op nemo'],
  async run({ api, args, tab }) {
    await api.commands.run(`/role ${quote(args.nick)} moderator ${args.reason ?? ''}`.trimEnd(), tab);
  },
});
