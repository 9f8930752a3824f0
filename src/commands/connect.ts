/** /connect — connect as a guest, or as the settings say. */
import { bareOf, defineCommand, isFull, localOf, parseJid, UserError } from '../api.js';

export default defineCommand({
  name: 'connect',
  aliases: ['server'],
  group: 'connection',
  summary: 'Connect, as a guest or with an account',
  description: 'Without an argument as the settings say. A host connects as a guest there, an address logs in.',
  args: { to: { type: 'word', optional: true, help: 'a host that lets guests in, or an address' } },
  examples: ['/connect', '/connect anon.example.org', '/connect you@example.org'],
  async run({ api, args }) {
    if (args.to === undefined) return api.session.connect();
    const jid = parseJid(args.to);
    if (jid === undefined || isFull(jid))
      throw new UserError('That is neither a host nor an address.', '/connect anon.example.org');
    if (localOf(jid) === undefined) return api.session.connect({ guestHost: jid });
    return api.session.connect({ jid: bareOf(jid) });
  },
});
