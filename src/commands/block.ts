/** /block — let the server keep somebody away from you (XEP-0191). */
import { cleanIdentifier, count, defineCommand, type ListPage, plain, quote, safe } from '../api.js';

export default defineCommand({
  name: 'block',
  aliases: ['blocks', 'list_blocks'],
  group: 'people',
  needs: 'account',
  summary: 'Let the server keep somebody away from you, or show whom',
  description: 'Unlike /ignore it holds for all your clients, and they see you as not there. A whole domain works too.',
  args: { who: { type: 'jid', optional: true, help: 'address or domain; default: show the list' } },
  examples: ['/block spam@example.org', '/block example.org', '/block'],
  async run({ api, args }) {
    if (args.who !== undefined) {
      await api.blocking.block(args.who);
      api.ui.notice(safe`${cleanIdentifier(args.who)} is blocked. /unblock takes it back.`);
      return;
    }
    const blocked = await api.blocking.list();
    const page: ListPage = {
      title: safe`blocked`,
      header: [plain(safe`${count(blocked.length, 'address', 'addresses')} blocked. Enter unblocks.`, 'text.heading')],
      empty: [plain(safe`Nobody is blocked.`, 'list.empty')],
      items: blocked.map(jid => ({
        id: jid,
        row: plain(cleanIdentifier(jid), 'text.address'),
        command: `/unblock ${quote(jid)}`,
      })),
    };
    api.tabs.setData(api.tabs.open('results', page), page);
  },
});
