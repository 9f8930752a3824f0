/** /remove — drop a contact. */
import { cleanIdentifier, defineCommand, safe, UserError } from '../api.js';

export default defineCommand({
  name: 'remove',
  group: 'people',
  needs: 'account',
  summary: 'Drop a contact; neither sees the other any more',
  args: { contact: { type: 'contact', optional: true, help: 'default: whom you talk to' } },
  examples: ['/remove ana@example.org'],
  async run({ api, args, chat }) {
    const jid = args.contact ?? (chat?.kind === 'direct' ? chat.id : undefined);
    if (jid === undefined) throw new UserError('Whom?', '/remove someone@server');
    if (api.store.contact(jid) === undefined)
      throw new UserError(`${cleanIdentifier(jid)} is not in your contacts.`, '/roster shows them.');
    if (!(await api.ui.confirm(safe`Drop ${cleanIdentifier(jid)} from your contacts?`))) return;
    await api.roster.remove(jid);
    api.ui.notice(safe`${cleanIdentifier(jid)} is not in your contacts any more.`);
  },
});
