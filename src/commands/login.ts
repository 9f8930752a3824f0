/** /login — log in with an account. */
import { bareOf, cleanIdentifier, defineCommand, localOf, parseJid, safe, UserError } from '../api.js';

export default defineCommand({
  name: 'login',
  group: 'connection',
  summary: 'Log in with an account',
  description:
    'The password is asked, never written anywhere. Rooms you are in as a guest are left; /account add leaves nothing and opens one more.',
  args: { address: { type: 'jid', optional: true, help: 'you@server; default: account.jid' } },
  examples: ['/login you@example.org'],
  async run({ api, args }) {
    const jid = args.address ?? parseJid(String(api.config.get('account.jid')));
    if (jid === undefined || localOf(jid) === undefined)
      throw new UserError('With which account?', '/login you@server, or /register makes one.');
    await api.session.connect({ jid: bareOf(jid) });
    if (String(api.config.get('account.jid')) === '') {
      api.ui.notice(safe`To log in at every start: /set account.jid ${cleanIdentifier(bareOf(jid))}`);
    }
  },
});
