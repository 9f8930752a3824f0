/** /op — make somebody a moderator for this visit. */
import { defineCommand, plain, quote, safe } from '../api.js';

// IRC has one rank, a room two; who types /op for the first time is told.
let explained = false;

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
    if (!explained) {
      explained = true;
      api.ui.notice(
        [
          plain(safe`A room has two kinds of rank:`),
          plain(safe`  the role (moderator, participant, visitor) is for this visit: /op, /voice, /role;`),
          plain(safe`  the affiliation (owner, admin, member, outcast) lasts: /affiliation nick admin.`),
          plain(safe`A moderator can kick and give voice; banning takes an admin or owner.`),
        ],
        { level: 'help' },
      );
    }
    await api.commands.run(`/role ${quote(args.nick)} moderator ${args.reason ?? ''}`.trimEnd(), tab);
  },
});
