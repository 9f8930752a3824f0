/** A message from long ago between its neighbours, too far up to be loaded into its chat, or only in the archive of a server. */
import {
  cleanIdentifier,
  cleanLine,
  dateTime,
  defineTab,
  errorText,
  type HistoryHit,
  type MessageEntry,
  plain,
  type Safe,
  safe,
  span,
} from '../api.js';

const LINES = 100;

interface Context {
  readonly hit: HistoryHit;
  readonly entries: readonly MessageEntry[];
  /** What the archive said instead. */
  readonly problem?: Safe;
  readonly loading?: boolean;
}

const idOf = (entry: MessageEntry): string => String(entry.stored ?? entry.stanzaId ?? entry.at);

export default defineTab<Context>({
  kind: 'context',
  key: params => {
    const { chat, entry } = params as HistoryHit;
    return `${chat} ${idOf(entry)}`;
  },
  open: (api, params) => {
    const hit = params as HistoryHit;
    if (hit.entry.stored !== undefined) return { hit, entries: api.history.around(hit, LINES) };
    const data: Context = { hit, entries: [], loading: true };
    const put = (more: Partial<Context>): void => {
      const tab = api.tabs.list.find(one => one.kind === 'context' && (one.data as Context).hit === hit);
      if (tab !== undefined) api.tabs.setData(tab, { hit, entries: [hit.entry], ...more });
    };
    api.history.aroundInArchive(hit, LINES).then(
      entries => put({ entries }),
      (error: unknown) => put({ problem: safe`Its neighbours could not be fetched: ${cleanLine(errorText(error))}` }),
    );
    return data;
  },
  title: ({ tab }) =>
    safe`${cleanIdentifier(tab.data.hit.chat.replace(/@.*$/s, ''))} ${dateTime(tab.data.hit.entry.at)}`,
  topic: ({ tab }) => plain(safe`Around a message found in ${cleanIdentifier(tab.data.hit.chat)}`, 'text.dim'),
  view: ({ tab }) => {
    const { hit, entries, problem, loading } = tab.data;
    return {
      type: 'list',
      filterable: true,
      start: `${idOf(hit.entry)} 0`,
      ...(problem !== undefined && { header: [plain(problem, 'notice.warning')] }),
      items: entries.flatMap(entry =>
        entry.body.split('\n').map((line, i) => ({
          id: `${idOf(entry)} ${i}`,
          row: [
            span('text.time', i === 0 ? safe`${dateTime(entry.at)} ` : safe`  `),
            ...(i === 0
              ? [span(entry.self ? 'nick.self' : 'nick.other', safe`${entry.sender.name} `, entry.sender.name)]
              : []),
            span(idOf(entry) === idOf(hit.entry) ? 'message.highlight' : 'text.normal', line as MessageEntry['body']),
          ],
        })),
      ),
      empty: [plain(loading ? safe`Asking the archive …` : safe`It is not there any more.`, 'list.empty')],
    };
  },
  keys: { escape: '/close' },
});
