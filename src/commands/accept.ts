/** /accept — let somebody see when you are there, or follow an invitation. */
import { bareOf, cleanIdentifier, defineCommand, quote, safe, UserError } from '../api.js';

export default defineCommand({
  name: 'accept',
  group: 'people',
  needs: 'online',
  summary: 'Accept a contact request or an invitation',
  description: 'Without an address the oldest one. Of a contact it also asks to see when they are there.',
  args: {
    who: {
      type: 'jid',
      optional: true,
      help: 'who asked, or the room',
      complete: ({ api }) => [...api.store.requests.keys(), ...api.store.invites.map(invite => invite.room)],
    },
  },
  examples: ['/accept', '/accept ana@example.org'],
  async run({ api, args }) {
    const who = args.who === undefined ? undefined : bareOf(args.who);
    const invite = api.store.invites.find(one => who === undefined || one.room === who);
    const asked = who ?? [...api.store.requests.keys()][0];
    if (asked !== undefined && (api.store.requests.has(asked) || invite === undefined)) {
      api.roster.approve(asked);
      const contact = api.store.contact(asked);
      if (contact === undefined) await api.roster.add(asked);
      else if (contact.subscription !== 'both' && contact.subscription !== 'to') api.roster.subscribe(asked);
      api.ui.notice(safe`${cleanIdentifier(asked)} may see when you are there.`);
      return;
    }
    if (invite === undefined) throw new UserError('Nobody has asked you.', '/add someone@server asks somebody.');
    await api.commands.run(`/join ${quote(invite.room)}`);
  },
});
