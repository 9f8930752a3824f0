/** /deny — do not let somebody see when you are there. */
import { bareOf, cleanIdentifier, defineCommand, safe, UserError } from '../api.js';

export default defineCommand({
  name: 'deny',
  group: 'people',
  needs: 'online',
  summary: 'Refuse a contact request, or take the permission back',
  args: {
    who: {
      type: 'jid',
      optional: true,
      help: 'who asked; default: the oldest request',
      complete: ({ api }) => [...api.store.requests.keys()],
    },
  },
  examples: ['/deny', '/deny spam@example.org'],
  run({ api, args }) {
    const who = args.who === undefined ? [...api.store.requests.keys()][0] : bareOf(args.who);
    if (who === undefined) throw new UserError('Nobody has asked you.');
    const invite = api.store.invites.find(one => one.room === who && one.by !== undefined && one.mediated);
    if (invite?.by !== undefined) api.muc.decline(invite.room, invite.by);
    else api.roster.deny(who);
    api.ui.notice(safe`${cleanIdentifier(who)} was refused.`);
  },
});
