/** /lastlog — search what was said here. */
import {
  type Api,
  asChat,
  type Chat,
  cleanIdentifier,
  cleanLine,
  count,
  dateTime,
  defineCommand,
  type ListItem,
  type ListPage,
  type MessageEntry,
  matchAll,
  plain,
  quote,
  readPattern,
  safe,
  span,
  UserError,
} from '../api.js';

const MOST = 500;
const LONGEST = 300;

/** `/…/` is a regular expression, anything else is looked for as it stands, both in any case. */
function found(pattern: string, messages: readonly MessageEntry[]): readonly MessageEntry[] {
  const regex = /^\/.+\/i?$/su.test(pattern) ? readPattern(pattern) : undefined;
  if (regex !== undefined && regex.rest === '') {
    const fits = matchAll(
      regex.source,
      messages.map(({ body, sender }) => [body, sender.name]),
    );
    return messages.filter((_, i) => fits[i] === true);
  }
  const wanted = pattern.toLowerCase();
  return messages.filter(({ body, sender }) => [body, sender.name].some(text => text.toLowerCase().includes(wanted)));
}

function itemsOf(api: Api, chat: Chat, pattern: string, onlyHighlights: boolean): ListItem[] {
  const messages: MessageEntry[] = [];
  for (const entry of chat.log.newest()) {
    if (entry.kind === 'message' && entry.retracted === undefined && (!onlyHighlights || entry.highlight))
      messages.push(entry);
  }
  return found(pattern, messages)
    .slice(0, MOST)
    .map(entry => ({
      id: `${chat.id}\n${entry.seq}`,
      row: [
        span('text.time', safe`${dateTime(entry.at)} `),
        span(entry.self ? 'nick.self' : 'nick.other', entry.sender.name, api.colors.hueOf(entry.sender)),
        span('text.normal', safe` ${cleanLine(entry.body.slice(0, LONGEST))}`),
      ],
      command: `/scroll #${entry.seq} ${quote(chat.id)}`,
    }));
}

export default defineCommand({
  name: 'lastlog',
  aliases: ['grep'],
  group: 'talk',
  summary: 'Search what was said here',
  description:
    'Opens the lines found, newest first; Enter goes there. -hl only what concerned you, -all in all open chats, /…/ is a regular expression.',
  args: {
    hl: { type: 'flag', help: 'only what concerned you' },
    all: { type: 'flag', help: 'in all open chats' },
    pattern: { type: 'rest', optional: true, help: 'what to look for' },
  },
  examples: ['/lastlog release', '/lastlog -hl', '/lastlog -all /v\\d+/'],
  run({ api, args, chat }) {
    const pattern = args.pattern ?? '';
    if (pattern === '' && !args.hl) throw new UserError('What are you looking for?', '/lastlog word');
    const chats = args.all ? [...api.store.chats.values()] : [asChat(chat)];
    const items = chats.flatMap(one => itemsOf(api, one, pattern, args.hl));
    if (items.length === 0)
      throw new UserError('Nothing was found.', args.all ? '' : '/lastlog -all looks in all open chats.');
    const words = pattern === '' ? safe`highlights` : cleanIdentifier(pattern);
    const page: ListPage = {
      title: safe`search: ${words}`,
      header: [plain(safe`${count(items.length, 'line')} with ${words}. Enter goes there.`, 'text.heading')],
      items,
    };
    api.tabs.setData(api.tabs.open('results', page), page);
  },
});
