/** /unblock — let somebody reach you again. */
import { cleanIdentifier, defineCommand, safe } from '../api.js';

export default defineCommand({
  name: 'unblock',
  group: 'people',
  needs: 'account',
  summary: 'Let somebody reach you again',
  args: { who: { type: 'jid', help: 'address or domain; /block shows them' } },
  examples: ['/unblock spam@example.org'],
  async run({ api, args, tab }) {
    if (tab.kind === 'results' && !(await api.ui.confirm(safe`Unblock ${cleanIdentifier(args.who)}?`))) return;
    await api.blocking.unblock(args.who);
    api.ui.notice(safe`${cleanIdentifier(args.who)} may reach you again.`);
    if (tab.kind === 'results') await api.commands.run('/block');
  },
});
