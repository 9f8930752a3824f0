/** Bookmarked rooms of the account; Enter joins, Delete removes. */
import { type BookmarksPage, cleanIdentifier, defineTab, plain, quote, rowOf, safe, span } from '../api.js';

export default defineTab<BookmarksPage>({
  kind: 'bookmarks',
  open: (_api, params) => params as BookmarksPage,
  title: () => safe`bookmarks`,
  topic: () =>
    plain(safe`Bookmarked rooms. Enter joins, Delete removes, F2 changes whether it is joined at the start.`),
  view: ({ api, tab }) => ({
    type: 'list',
    filterable: true,
    items: tab.data.bookmarks.map(one => ({
      id: one.room,
      row: [
        span('text.normal', one.autojoin ? safe`* ` : safe`  `),
        span('text.address', cleanIdentifier(one.room)),
        ...(one.name === undefined ? [] : [span('text.normal', safe`  ${one.name}`)]),
      ],
      right: rowOf(
        ['notice.success', api.store.room(one.room)?.state === 'joined' ? safe`you are in  ` : safe``],
        ['text.dim', one.nick === undefined ? safe`` : safe`as ${cleanIdentifier(one.nick)}`],
      ),
      command: `/join ${quote(one.nick === undefined ? one.room : `${one.room}/${one.nick}`)}`,
      keys: {
        delete: `/bookmark -remove ${quote(one.room)}`,
        f2: `/bookmark ${one.autojoin ? '-manual ' : ''}${quote(one.room)}`,
      },
    })),
    empty:
      tab.data.state === 'loading'
        ? [plain(safe`Asking …`, 'list.empty')]
        : [
            plain(safe`No bookmarks yet.`, 'list.empty'),
            rowOf(['text.key', safe`/bookmark`], safe` in a room keeps it.`),
          ],
  }),
});
