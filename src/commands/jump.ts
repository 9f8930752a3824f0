/** /jump — go to a tab, contact or room by a few letters of its name. */
import { defineCommand, type JumpPage } from '../api.js';

export default defineCommand({
  name: 'jump',
  aliases: ['switch', 'find'],
  group: 'tabs',
  summary: 'Go anywhere by a few letters of its name',
  description:
    'Opens a list of tabs, contacts, bookmarked rooms and invitations, unread ones first; type to narrow it, Enter goes there, Esc gives up.',
  args: { to: { type: 'rest', optional: true, help: 'a command line to run from the list' } },
  async run({ api, args, tab }) {
    if (args.to === undefined || tab.kind !== 'jump') {
      const opened = api.tabs.open('jump');
      const { anonymous, status } = api.session.facts;
      if (anonymous || status !== 'online') return;
      try {
        const bookmarks = await api.bookmarks.list();
        api.tabs.setData(opened, { bookmarks } satisfies JumpPage);
      } catch {
        api.log.debug('no bookmarks to jump to');
      }
      return;
    }
    // The list has done its work: it closes, and then the chosen line runs.
    api.tabs.close(tab);
    await api.commands.run(args.to);
  },
});
