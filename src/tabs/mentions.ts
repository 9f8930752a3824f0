/** What concerned us in all rooms, newest first; Enter goes there. */
import {
  type Api,
  cleanIdentifier,
  cleanLine,
  count,
  dateTime,
  defineTab,
  type HistoryHit,
  type ListItem,
  type Mention,
  type MentionsPage,
  type MessageEntry,
  plain,
  quote,
  type Safe,
  safe,
  span,
  wordFinder,
} from '../api.js';

const LONGEST = 300;
/** Found for each word in what is kept. */
const MOST_OLDER = 300;

/** Not seen yet where it stands. */
function isUnread(api: Api, { room, message }: Mention): boolean {
  const chat = api.store.room(room);
  return chat !== undefined && chat.unread.count > 0 && message.seq > chat.readSeq && isThere(api, room, message);
}

const isThere = (api: Api, room: Mention['room'], message: MessageEntry): boolean => {
  const entry = api.store.room(room)?.log.get(message.seq);
  return entry?.kind === 'message' && entry.at === message.at;
};

function rowOf(api: Api, title: Safe, message: MessageEntry, unread: boolean): ListItem['row'] {
  const { sender, action } = message;
  return [
    unread ? span('message.highlight', safe`! `) : span('text.dim', safe`  `),
    span('text.time', safe`${dateTime(message.at)} `),
    span('text.dim', safe`${title} `),
    span('nick.other', sender.name, api.colors.hueOf(sender)),
    span('nick.separator', action ? safe` ` : safe`> `),
    message.retracted === undefined
      ? span(unread ? 'text.strong' : 'text.normal', cleanLine(message.body.slice(0, LONGEST)))
      : span('message.retracted', safe`(retracted)`),
  ];
}

function itemOf(api: Api, mention: Mention): ListItem {
  const { room, title, message } = mention;
  const key = `#${message.seq} ${quote(room)}`;
  return {
    id: `${room} ${message.seq}`,
    row: rowOf(api, title, message, isUnread(api, mention)),
    command: isThere(api, room, message) ? `/scroll ${key}` : `/mentions -open ${key}`,
  };
}

/** What is kept and calls us by the nick of a room that is open, or by a word of the settings. */
function look(api: Api, found: (hits: readonly HistoryHit[], done: boolean) => void): () => void {
  const words = new Set<string>();
  for (const chat of api.store.chats.values()) {
    if (chat.kind !== 'room') continue;
    if (chat.nick !== '') words.add(chat.nick);
    for (const word of api.config.get('rooms.highlight', chat.id) as readonly string[]) words.add(word);
  }
  for (const word of api.config.get('rooms.highlight') as readonly string[]) words.add(word);
  const isRoom = ({ chat, entry }: HistoryHit): boolean => entry.sender.jid?.startsWith(`${chat}/`) === true;
  const all = new Map<string, HistoryHit>();
  let open = words.size;
  if (open === 0) found([], true);
  const undos = [...words].map(word => {
    const calls = wordFinder([word]);
    let counted = false;
    return api.history.search({ words: [word], limit: MOST_OLDER }, (hits, done) => {
      for (const hit of hits) {
        const { chat, entry } = hit;
        if (entry.self || entry.retracted !== undefined || !isRoom(hit)) continue;
        if (entry.highlight || calls(entry.body)) all.set(`${chat} ${entry.stored ?? entry.seq}`, hit);
      }
      if (done && !counted) {
        counted = true;
        open--;
      }
      found([...all.values()], open === 0);
    });
  });
  return () => {
    for (const undo of undos) undo();
  };
}

export default defineTab<MentionsPage>({
  kind: 'mentions',
  open: api => {
    let undo = (): void => {};
    const put = (older: readonly HistoryHit[], state: MentionsPage['state']): void => {
      const tab = api.tabs.list.find(one => one.kind === 'mentions');
      if (tab !== undefined) api.tabs.setData(tab, { ...page, older, state });
    };
    const page: MentionsPage = {
      older: [],
      state: 'none',
      look() {
        undo();
        put([], 'looking');
        undo = look(api, (hits, done) =>
          put(
            [...hits].sort((a, b) => b.entry.at - a.entry.at),
            done ? 'found' : 'looking',
          ),
        );
      },
      close: () => undo(),
    };
    return page;
  },
  title: () => safe`mentions`,
  topic: () => plain(safe`What concerns you in all rooms, newest first. Enter goes there; ! is unread.`, 'text.dim'),
  view: ({ api, tab }) => {
    const { older, state } = tab.data;
    const mentions = api.store.mentions;
    const items = mentions.map(mention => itemOf(api, mention));
    const shown = new Set(mentions.map(({ room, message }) => `${room} ${message.at} ${message.sender.name}`));
    older.forEach(({ chat, entry }, i) => {
      if (shown.has(`${chat} ${entry.at} ${entry.sender.name}`)) return;
      items.push({
        id: `${chat} kept ${entry.stored ?? entry.seq}`,
        row: rowOf(api, cleanIdentifier(chat.replace(/@.*$/s, '')), entry, false),
        command: `/mentions -kept ${i}`,
      });
    });
    const unread = mentions.filter(one => isUnread(api, one)).length;
    if (state === 'none' && api.history.folder !== undefined) {
      items.push({ id: 'more', row: plain(safe`… look for older ones`, 'text.dim'), command: '/mentions -more' });
    }
    const words = count(items.filter(one => one.id !== 'more').length, 'message');
    const news = unread === 0 ? safe`` : safe`, ${unread} unread`;
    const looking = state === 'looking' ? safe`, looking for older ones …` : safe``;
    return {
      type: 'list',
      filterable: true,
      items,
      header: items.length === 0 ? [] : [plain(safe`${words}${news}${looking}`, 'text.heading')],
      empty: [
        plain(
          safe`Nobody has called you yet. What counts besides your nick: /set rooms.highlight word, other word`,
          'list.empty',
        ),
      ],
    };
  },
  close: ({ tab }) => tab.data.close(),
  keys: { escape: '/close' },
});
