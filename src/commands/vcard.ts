/** /vcard — what somebody wrote about themselves (XEP-0054). */
import { cleanIdentifier, defineCommand, fact, plain, safe, UserError } from '../api.js';

export default defineCommand({
  name: 'vcard',
  group: 'people',
  needs: 'online',
  summary: 'Show what somebody wrote about themselves',
  args: {
    who: { type: 'target', optional: true, help: 'nick in this room, or an address; default: whom you talk to' },
  },
  examples: ['/vcard nemo'],
  async run({ api, args, chat }) {
    const jid = args.who ?? (chat === undefined || chat.kind === 'room' ? undefined : chat.id);
    if (jid === undefined) throw new UserError('Whose?', '/vcard nick, or /vcard someone@server');
    const rows = await api.vcard.get(jid);
    if (rows.length === 0) return api.ui.notice(safe`${cleanIdentifier(jid)} wrote nothing about themselves.`);
    api.ui.notice([plain(cleanIdentifier(jid), 'text.heading'), ...rows.map(row => fact(row.label, row.value))]);
  },
});
