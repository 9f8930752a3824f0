/** Search in everything that is kept, while you type. */
import {
  type Api,
  cleanIdentifier,
  cleanLine,
  count,
  dateTime,
  defineTab,
  errorText,
  type HistoryHit,
  type HistoryQuery,
  type ListItem,
  parseQuery,
  plain,
  type Safe,
  type SearchPage,
  safe,
  span,
} from '../api.js';

const EXCERPT = 300;
const FIRST = 100;
/** Each look further back finds so many times as much. */
const FURTHER = 5;
/** Servers are asked when somebody stops typing, and nothing was found here. */
const ARCHIVE_AFTER_MS = 700;

interface Search extends SearchPage {
  line: string;
  limit: number;
  hits: readonly HistoryHit[];
  items: readonly ListItem[];
  done: boolean;
  /** What the servers said, or that they are being asked. */
  archives: Safe | undefined;
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

function itemOf(hit: HistoryHit, index: number, words: readonly string[]): ListItem {
  const { entry, chat } = hit;
  return {
    id: `${chat} ${entry.stored ?? entry.stanzaId ?? entry.seq}`,
    row: [
      span('text.time', safe`${dateTime(entry.at)} `),
      span('text.dim', safe`${cleanIdentifier(chat.replace(/@.*$/s, ''))} `),
      span(entry.self ? 'nick.self' : 'nick.other', entry.sender.name, entry.sender.name),
      span('text.normal', safe` ${cleanLine(excerpt(entry.body, words))}`),
    ],
    command: `/search -open ${index}`,
  };
}
const action = (id: string, text: Safe): ListItem => ({
  id,
  row: [span('text.dim', text)],
  command: `/search -${id}`,
});

function show(api: Api, search: Search, query: HistoryQuery): void {
  const sorted = search.hits.map((hit, i) => ({ hit, i })).sort((a, b) => b.hit.entry.at - a.hit.entry.at);
  const online = api.session.facts.status === 'online';
  const items = sorted.map(({ hit, i }) => itemOf(hit, i, query.words));
  if (search.done && search.hits.length >= search.limit) items.push(action('more', safe`… look further back`));
  if (search.done && query.words.length > 0 && online && search.archives === undefined) {
    items.push(action('archive', safe`… ask the archives of the servers`));
  }
  // What is typed is the question here and no filter of the answers.
  search.items = items.map(item => ({ ...item, search: search.line.toLowerCase() }));
  const tab = api.tabs.list.find(one => one.data === search);
  if (tab !== undefined) api.tabs.setData(tab, search);
}

function ask(api: Api, search: Search, line: string): void {
  search.cancel();
  search.cancel = () => {};
  search.line = line;
  search.hits = [];
  search.archives = undefined;
  const query = { ...parseQuery(line, api.now()), limit: search.limit };
  const { words, from, since, before } = query;
  const isEmpty = [from, query.in, since, before].every(one => one === undefined) && words.length === 0;
  search.done = isEmpty;
  search.more = () => {
    search.limit *= FURTHER;
    ask(api, search, line);
  };
  search.archive = () => {
    search.cancel();
    askArchives(api, search, query);
  };
  if (isEmpty) {
    show(api, search, query);
    return;
  }
  const undo = api.history.search(query, (hits, done) => {
    if (search.line !== line) return;
    search.hits = hits;
    search.done = done;
    show(api, search, query);
    if (!done || hits.length > 0 || words.length === 0 || api.session.facts.status !== 'online') return;
    search.cancel = api.after(ARCHIVE_AFTER_MS, search.archive);
  });
  const later = search.cancel;
  search.cancel = () => {
    undo();
    later();
  };
}

function askArchives(api: Api, search: Search, query: HistoryQuery): void {
  const { line } = search;
  const isCurrent = (): boolean => search.line === line;
  search.archives = safe`asking the archives …`;
  show(api, search, query);
  const known = new Set(search.hits.map(({ chat, entry }) => `${chat} ${entry.stanzaId ?? ''}`));
  api.history
    .searchArchives(query, hits => {
      if (!isCurrent()) return;
      search.hits = [
        ...search.hits,
        ...hits.filter(({ chat, entry }) => !known.has(`${chat} ${entry.stanzaId ?? ''}`)),
      ];
      show(api, search, query);
    })
    .then(
      asked => (asked === 0 ? safe`no archive here finds words` : safe`${count(asked, 'archive')} asked`),
      (error: unknown) => safe`the archive refused: ${cleanLine(errorText(error))}`,
    )
    .then(said => {
      if (!isCurrent()) return;
      search.archives = said;
      show(api, search, query);
    });
}

export default defineTab<Search>({
  kind: 'search',
  open: () => ({
    line: '',
    limit: FIRST,
    hits: [],
    items: [],
    done: true,
    archives: undefined,
    cancel: () => {},
    more: () => {},
    archive: () => {},
  }),
  title: () => safe`search`,
  topic: () => plain(safe`Words, from:nick, in:room, since:2026-11, before:yesterday. Enter goes there.`, 'text.dim'),
  view: ({ api, tab }) => {
    const { items, hits, done, line, archives, limit } = tab.data;
    const found =
      hits.length >= limit ? safe`The newest ${count(hits.length, 'message')}` : count(hits.length, 'message');
    const where = api.history.folder === undefined ? safe` in the open tabs, because no history is kept here` : safe``;
    const state = done ? safe`` : safe`, searching …`;
    const servers = archives === undefined ? safe`` : safe`; ${archives}`;
    const nothing = line.trim() === '' ? safe`Type what you are looking for.` : safe`Nothing was found.`;
    return {
      type: 'list',
      filterable: true,
      items,
      header: line.trim() === '' ? [] : [plain(safe`${found}${where}${state}${servers}`, 'text.heading')],
      empty: [plain(done ? nothing : safe`Searching …`, 'list.empty')],
    };
  },
  typed({ api, tab }, line) {
    if (line.startsWith('/') && !line.startsWith('//')) return;
    // Enter empties the input before it goes to what was found.
    if (line === tab.data.line || line === '') return;
    tab.data.limit = FIRST;
    ask(api, tab.data, line);
  },
  // Nothing is there to go to: whoever presses Enter wants more.
  submit: ({ tab }) => tab.data.archive(),
  close: ({ tab }) => tab.data.cancel(),
  keys: { escape: '/close' },
});
