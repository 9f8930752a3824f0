/** /add — ask somebody to become a contact. */
import { type BareJid, bareOf, type Chat, cleanIdentifier, defineCommand, safe, UserError } from '../api.js';

const hereOf = (chat: Chat | undefined): BareJid | undefined => (chat?.kind === 'direct' ? chat.id : undefined);

export default defineCommand({
  name: 'add',
  group: 'people',
  needs: 'account',
  summary: 'Add a contact and ask to see when they are there',
  description: 'When they ask you the same, that is granted at once. /deny takes it back.',
  args: {
    contact: { type: 'jid', optional: true, help: 'address; default: whom you talk to' },
    name: { type: 'rest', optional: true, help: 'what you call them' },
  },
  examples: ['/add ana@example.org', '/add ana@example.org Ana'],
  async run({ api, args, chat }) {
    const jid = args.contact === undefined ? hereOf(chat) : bareOf(args.contact);
    if (jid === undefined) throw new UserError('Whom?', '/add someone@server');
    await api.roster.add(jid, args.name === undefined ? {} : { name: args.name });
    api.ui.notice(safe`Asked ${cleanIdentifier(jid)}. When they agree, you see when they are there.`);
  },
});
