/** Search in everything that is kept, while you type. */
import {
  type Api,
  cleanIdentifier,
  cleanLine,
  count,
  dateTime,
  defineTab,
  type HistoryHit,
  type ListItem,
  parseQuery,
  plain,
  safe,
  span,
} from '../api.js';

const EXCERPT = 300;

interface Search {
  line: string;
  hits: readonly HistoryHit[];
  items: readonly ListItem[];
  done: boolean;
  cancel: () => void;
}

/** The part of a long message around the first word found. */
function excerpt(body: string, words: readonly string[]): string {
  if (body.length <= EXCERPT) return body;
  const lower = body.toLowerCase();
  const at = Math.max(
    0,
    Math.min(...words.map(word => lower.indexOf(word.toLowerCase())).filter(i => i >= 0), body.length),
  );
  if (at < EXCERPT / 2 || at === body.length) return body.slice(0, EXCERPT);
  return `… ${body.slice(at - 60, at - 60 + EXCERPT)}`;
}

function itemOf(hit: HistoryHit, index: number, search: Search, words: readonly string[]): ListItem {
  const { entry, chat } = hit;
  return {
    id: `${chat} ${entry.stored ?? index}`,
    row: [
      span('text.time', safe`${dateTime(entry.at)} `),
      span('text.dim', safe`${cleanIdentifier(chat.replace(/@.*$/s, ''))} `),
      span(entry.self ? 'nick.self' : 'nick.other', entry.sender.name, entry.sender.name),
      span('text.normal', safe` ${cleanLine(excerpt(entry.body, words))}`),
    ],
    command: `/search -open ${index}`,
    // What is typed is the question here and no filter of the answers.
    search: search.line.toLowerCase(),
  };
}

function ask(api: Api, search: Search, line: string, redraw: () => void): void {
  search.cancel();
  search.line = line;
  search.items = [];
  const query = parseQuery(line, api.now());
  const isEmpty =
    query.words.length === 0 && query.from === undefined && query.in === undefined && query.since === undefined;
  search.done = isEmpty;
  if (isEmpty) {
    // Enter empties the input before it goes to what was found.
    redraw();
    return;
  }
  search.cancel = api.history.search(query, (hits, done) => {
    if (search.line !== line) return;
    search.hits = hits;
    const sorted = hits.map((hit, i) => ({ hit, i })).sort((a, b) => b.hit.entry.at - a.hit.entry.at);
    search.items = sorted.map(({ hit, i }) => itemOf(hit, i, search, query.words));
    search.done = done;
    redraw();
  });
}

export default defineTab<Search>({
  kind: 'search',
  open: () => ({ line: '', hits: [], items: [], done: true, cancel: () => {} }),
  title: () => safe`search`,
  topic: () => plain(safe`Words, from:nick, in:room, since:2026-11, before:yesterday. Enter goes there.`, 'text.dim'),
  view: ({ tab }) => {
    const { items, done, line } = tab.data;
    const state = done ? safe`` : safe`, searching …`;
    return {
      type: 'list',
      filterable: true,
      items,
      header: line.trim() === '' ? [] : [plain(safe`${count(items.length, 'message')}${state}`, 'text.heading')],
      empty: [
        plain(
          line.trim() === ''
            ? safe`Type what you are looking for.`
            : done
              ? safe`Nothing was found.`
              : safe`Searching …`,
          'list.empty',
        ),
      ],
    };
  },
  typed({ api, tab }, line) {
    if (line.startsWith('/') && !line.startsWith('//')) return;
    if (line === tab.data.line) return;
    ask(api, tab.data, line, () => api.tabs.setData(tab, tab.data));
  },
  close: ({ tab }) => tab.data.cancel(),
  keys: { escape: '/close' },
});
