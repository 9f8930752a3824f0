/** Bookmarked rooms of the account; Enter joins, Delete removes, F2 and F4 change them. */
import { type BookmarksPage, cleanIdentifier, defineTab, plain, quote, rowOf, safe, span } from '../api.js';

const NEWS = { all: safe`  every message`, mention: safe`  only what concerns you`, none: safe`  no news` } as const;

export default defineTab<BookmarksPage>({
  kind: 'bookmarks',
  open: (_api, params) => params as BookmarksPage,
  title: () => safe`bookmarks`,
  topic: () => plain(safe`* is entered at login. Enter joins, Delete removes, F2 changes the *, F4 edits.`),
  view: ({ api, tab }) => {
    const { bookmarks, remark, state } = tab.data;
    return {
      type: 'list',
      filterable: true,
      ...(remark === undefined ? {} : { header: [plain(remark, 'notice.warning'), []] }),
      items: [...bookmarks]
        .sort((a, b) => (a.room < b.room ? -1 : 1))
        .map(one => ({
          id: one.room,
          row: [
            span('text.normal', one.autojoin ? safe`* ` : safe`  `),
            span('text.address', cleanIdentifier(one.room)),
            ...(one.name === undefined ? [] : [span('text.normal', safe`  ${one.name}`)]),
            ...(one.notify === undefined ? [] : [span('text.dim', NEWS[one.notify])]),
          ],
          right: rowOf(
            ['notice.success', api.store.room(one.room)?.state === 'joined' ? safe`you are in  ` : safe``],
            ['text.dim', one.nick === undefined ? safe`` : safe`as ${cleanIdentifier(one.nick)}`],
          ),
          search: `${one.room} ${one.name ?? ''}`,
          command: `/join ${quote(one.nick === undefined ? one.room : `${one.room}/${one.nick}`)}`,
          keys: {
            delete: `/bookmark -remove ${quote(one.room)}`,
            f2: `/bookmark ${one.autojoin ? '-manual ' : ''}${quote(one.room)}`,
            f4: `/bookmark -edit ${quote(one.room)}`,
          },
        })),
      empty:
        state === 'loading'
          ? [plain(safe`Asking …`, 'list.empty')]
          : [
              plain(safe`No bookmarks yet.`, 'list.empty'),
              rowOf(['text.key', safe`/bookmark`], safe` in a room keeps it.`),
            ],
    };
  },
});
