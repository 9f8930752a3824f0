/** /bookmarks — the bookmarked rooms. */
import { type BookmarksPage, defineCommand } from '../api.js';

export default defineCommand({
  name: 'bookmarks',
  group: 'rooms',
  needs: 'account',
  summary: 'Show your bookmarked rooms',
  async run({ api }) {
    const page: BookmarksPage = { state: 'loading', bookmarks: [] };
    const tab = api.tabs.open('bookmarks', page);
    api.tabs.setData(tab, { state: 'done', bookmarks: await api.bookmarks.list() } satisfies BookmarksPage);
  },
});
