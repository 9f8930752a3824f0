/** /jump — go to a tab, contact or room by a few letters of its name. */
import { defineCommand } from '../api.js';

export default defineCommand({
  name: 'jump',
  aliases: ['switch', 'find'],
  group: 'tabs',
  summary: 'Go anywhere by a few letters of its name',
  description:
    'Opens a list of tabs, contacts and rooms, unread ones first; type to narrow it, Enter goes there, Esc gives up.',
  args: { to: { type: 'rest', optional: true, help: 'a command line to run from the list' } },
  async run({ api, args, tab }) {
    if (args.to === undefined || tab.kind !== 'jump') {
      api.tabs.open('jump');
      return;
    }
    // The list has done its work: it closes, and then the chosen line runs.
    api.tabs.close(tab);
    await api.commands.run(args.to);
  },
});
