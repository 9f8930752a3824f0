/** A message from long ago between its neighbours, too far up to be loaded into its chat. */
import { cleanIdentifier, dateTime, defineTab, type HistoryHit, type MessageEntry, plain, safe, span } from '../api.js';

const LINES = 100;

interface Context {
  readonly hit: HistoryHit;
  readonly entries: readonly MessageEntry[];
}

export default defineTab<Context>({
  kind: 'context',
  key: params => {
    const { chat, entry } = params as HistoryHit;
    return `${chat} ${entry.stored ?? ''}`;
  },
  open: (api, params) => {
    const hit = params as HistoryHit;
    return { hit, entries: api.history.around(hit, LINES) };
  },
  title: ({ tab }) =>
    safe`${cleanIdentifier(tab.data.hit.chat.replace(/@.*$/s, ''))} ${dateTime(tab.data.hit.entry.at)}`,
  topic: ({ tab }) => plain(safe`Around a message found in ${cleanIdentifier(tab.data.hit.chat)}`, 'text.dim'),
  view: ({ tab }) => ({
    type: 'list',
    filterable: true,
    items: tab.data.entries.flatMap(entry =>
      entry.body.split('\n').map((line, i) => ({
        id: `${entry.stored ?? 0} ${i}`,
        row: [
          span('text.time', i === 0 ? safe`${dateTime(entry.at)} ` : safe`  `),
          ...(i === 0
            ? [span(entry.self ? 'nick.self' : 'nick.other', safe`${entry.sender.name} `, entry.sender.name)]
            : []),
          span(
            entry.stored === tab.data.hit.entry.stored ? 'message.highlight' : 'text.normal',
            line as MessageEntry['body'],
          ),
        ],
      })),
    ),
    empty: [plain(safe`It is not there any more.`, 'list.empty')],
  }),
});
