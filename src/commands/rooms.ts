/** /rooms — the rooms of a service, or public rooms anywhere by words (XEP-0433). */
import {
  cleanIdentifier,
  cleanLine,
  defineCommand,
  errorText,
  parseJid,
  quote,
  type RoomsPage,
  safe,
  type Tab,
  UserError,
} from '../api.js';

/** Directories the person lets us ask, as long as the program runs. */
const allowed = new Set<string>();

export default defineCommand({
  name: 'rooms',
  group: 'rooms',
  needs: 'online',
  summary: 'Look for rooms: of a service, or by words in a public directory',
  description:
    'Like /list; with “search” and words it asks the directory of rooms.directory for public rooms of all services. The directory is not your server and learns your words and your address, so it asks you first.',
  args: { what: { type: 'rest', optional: true, help: 'a service, or: search words' } },
  examples: ['/rooms', '/rooms muc.example.org', '/rooms search tea cats'],
  async run({ api, args }) {
    const words = /^search\b\s*(.*)$/su.exec(args.what ?? '')?.[1]?.trim();
    if (words === undefined) {
      await api.commands.run(args.what === undefined ? '/list' : `/list ${quote(args.what.trim())}`);
      return;
    }
    if (words === '') throw new UserError('Search for what?', '/rooms search tea');
    const directory = parseJid(String(api.config.get('rooms.directory')));
    if (directory === undefined) {
      throw new UserError('There is no directory to ask.', '/set rooms.directory api@search.jabber.network');
    }
    if (!allowed.has(directory)) {
      api.ui.notice(
        safe`${cleanIdentifier(directory)} is not your server: it learns what you look for, and your address.`,
      );
      if (!(await api.ui.confirm(safe`Ask this directory?`))) return;
      allowed.add(directory);
    }
    const page: RoomsPage = { state: 'loading', service: directory, rooms: [], words: cleanLine(words) };
    const tab = api.tabs.open('rooms', page) as Tab<RoomsPage>;
    api.tabs.setData(tab, page);
    try {
      const { rooms, more } = await api.channelSearch.find(directory, words);
      api.tabs.setData(tab, { ...page, state: 'done', rooms, more });
    } catch (error) {
      api.tabs.setData(tab, { ...page, state: 'failed', error: cleanLine(errorText(error)) });
      throw new UserError(
        `${cleanIdentifier(directory)} does not answer: ${errorText(error)}`,
        '/set rooms.directory names another one.',
      );
    }
  },
});
