/** Rows that a command found: search results, bans, blocked addresses. */
import { defineTab, type ListPage, plain, safe } from '../api.js';

export default defineTab<ListPage>({
  kind: 'results',
  key: params => (params as ListPage).title,
  open: (_api, params) => params as ListPage,
  title: ({ tab }) => tab.data.title,
  view: ({ tab }) => ({
    type: 'list',
    filterable: true,
    items: tab.data.items,
    empty: tab.data.empty ?? [plain(safe`Nothing matches.`, 'list.empty')],
    ...(tab.data.header === undefined ? {} : { header: tab.data.header }),
  }),
});
