/** /bans — who is kept out of this room. */
import { asRoom, cleanIdentifier, count, defineCommand, type ListPage, plain, quote, refusal, safe } from '../api.js';

export default defineCommand({
  name: 'bans',
  aliases: ['banlist'],
  group: 'moderation',
  where: 'room',
  needs: 'online',
  summary: 'Show who is banned from this room',
  description: 'Opens a list that is narrowed by typing. Enter lifts the ban of the chosen address, after a question.',
  async run({ api, chat }) {
    const room = asRoom(chat);
    try {
      const banned = await api.mucAdmin.listAffiliation(room.id, 'outcast');
      const page: ListPage = {
        title: safe`bans ${room.title}`,
        header: [
          plain(
            safe`${count(banned.length, 'address', 'addresses')} banned from ${cleanIdentifier(room.id)}`,
            'text.heading',
          ),
        ],
        empty: [plain(safe`Nobody is banned from this room.`)],
        items: banned.map(one => ({
          id: one.jid,
          row: plain(cleanIdentifier(one.jid), 'text.address'),
          ...(one.reason === undefined ? {} : { right: plain(one.reason, 'text.dim') }),
          command: `/unban ${quote(one.jid)} ${quote(room.id)}`,
        })),
      };
      api.tabs.setData(api.tabs.open('results', page), page);
    } catch (error) {
      throw refusal(error, { forbidden: ['Only admins and owners see who is banned.', '/names shows them (& ~).'] });
    }
  },
});
