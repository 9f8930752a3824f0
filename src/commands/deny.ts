/** /deny — refuse a contact request or an invitation. */
import { bareOf, cleanIdentifier, defineCommand, safe, UserError } from '../api.js';

export default defineCommand({
  name: 'deny',
  group: 'people',
  needs: 'online',
  aliases: ['decline'],
  summary: 'Refuse a contact request or an invitation, or take a permission back',
  args: {
    who: {
      type: 'jid',
      optional: true,
      help: 'who asked, or the room; default: the oldest',
      complete: ({ api }) => [...api.store.requests.keys(), ...api.store.invites.map(invite => invite.room)],
    },
  },
  examples: ['/deny', '/deny spam@example.org'],
  run({ api, args }) {
    const asked = [...api.store.requests.keys()][0] ?? api.store.invites[0]?.room;
    const who = args.who === undefined ? asked : bareOf(args.who);
    if (who === undefined) throw new UserError('Nobody has asked you.', '/invites shows who does.');
    const invite = api.store.invites.find(one => one.room === who);
    if (invite !== undefined && !api.store.requests.has(who)) {
      // The room passes the answer on to whoever invited; of a direct invitation nobody is told.
      api.muc.decline(invite.room, invite.mediated ? invite.claimedBy : undefined);
      api.ui.notice(safe`The invitation to ${cleanIdentifier(who)} is refused.`);
      return;
    }
    api.roster.deny(who);
    api.ui.notice(safe`${cleanIdentifier(who)} was refused.`);
  },
});
