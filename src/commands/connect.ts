/** /connect — connect as a guest, or as the settings say. */
import { bareOf, cleanIdentifier, defineCommand, isFull, localOf, parseJid, safe, UserError } from '../api.js';

export default defineCommand({
  name: 'connect',
  aliases: ['server'],
  group: 'connection',
  summary: 'Connect, as a guest or with an account',
  description:
    'Without an argument as the settings say, if there is no connection. A host connects as a guest there, an address logs in; either takes the place of what was connected here. /account add opens one more beside it.',
  args: { to: { type: 'word', optional: true, help: 'a host that lets guests in, or an address' } },
  examples: ['/connect', '/connect anon.example.org', '/connect you@example.org'],
  async run({ api, args }) {
    if (args.to === undefined) {
      // Connecting anew costs a guest the address, and with it every right in the rooms.
      const { status, jid } = api.session.facts;
      if (status !== 'online' || jid === undefined) return api.session.connect();
      return api.ui.notice(
        safe`You are connected as ${cleanIdentifier(bareOf(jid))}. /disconnect and then /connect comes in anew.`,
      );
    }
    const jid = parseJid(args.to);
    if (jid === undefined || isFull(jid))
      throw new UserError('That is neither a host nor an address.', '/connect anon.example.org');
    if (localOf(jid) === undefined) return api.session.connect({ guestHost: jid });
    return api.session.connect({ jid: bareOf(jid) });
  },
});
