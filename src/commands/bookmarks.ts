/** /bookmarks — the bookmarked rooms. */
import { type Api, type BookmarksPage, count, defineCommand, type Safe, safe } from '../api.js';

/** What is unusual about how the server keeps them. */
function remarkOn(place: Api['bookmarks']['place']): Safe | undefined {
  if (place?.kind === 'private' || place?.kind === 'node') {
    return safe`Your server keeps bookmarks the old way: other clients hear of a change at their next login.`;
  }
  if (place !== undefined && place.old > 0) {
    return safe`${count(place.old, 'room comes', 'rooms come')} from the list of older clients, which your server does not keep in step; F2 or F4 moves one over.`;
  }
  return undefined;
}

export default defineCommand({
  name: 'bookmarks',
  group: 'rooms',
  needs: 'account',
  summary: 'Show your bookmarked rooms',
  description: 'Enter joins, Delete removes, F2 changes whether it is entered at login, F4 edits all of it.',
  async run({ api }) {
    const page: BookmarksPage = { state: 'loading', bookmarks: [] };
    const tab = api.tabs.open('bookmarks', page);
    const bookmarks = await api.bookmarks.list();
    const remark = remarkOn(api.bookmarks.place);
    api.tabs.setData(tab, {
      state: 'done',
      bookmarks,
      ...(remark === undefined ? {} : { remark }),
    } satisfies BookmarksPage);
  },
});
