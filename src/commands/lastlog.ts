/** /lastlog — search what was said here. */
import {
  asChat,
  type Chat,
  cleanIdentifier,
  cleanLine,
  count,
  dateTime,
  defineCommand,
  type ListItem,
  type ListPage,
  plain,
  quote,
  safe,
  span,
  UserError,
} from '../api.js';

const MOST = 500;
const LONGEST = 300;

/** `/…/` is a regular expression, anything else is looked for as it stands, in any case. */
function matcher(pattern: string): (text: string) => boolean {
  const regex = /^\/(.+)\/(i?)$/.exec(pattern);
  if (regex === null) {
    const wanted = pattern.toLowerCase();
    return text => text.toLowerCase().includes(wanted);
  }
  try {
    const compiled = new RegExp(regex[1] ?? '', `u${regex[2] ?? ''}`);
    return text => compiled.test(text.slice(0, 2000));
  } catch {
    throw new UserError('That is no valid regular expression.', '/lastlog word looks for the word itself.');
  }
}

function itemsOf(chat: Chat, fits: (text: string) => boolean, onlyHighlights: boolean): ListItem[] {
  const items: ListItem[] = [];
  for (const entry of chat.log.newest()) {
    if (entry.kind !== 'message' || (onlyHighlights && !entry.highlight)) continue;
    if (!fits(entry.body) && !fits(entry.sender.name)) continue;
    items.push({
      id: `${chat.id}\n${entry.seq}`,
      row: [
        span('text.time', safe`${dateTime(entry.at)} `),
        span(entry.self ? 'nick.self' : 'nick.other', entry.sender.name, entry.sender.name),
        span('text.normal', safe` ${cleanLine(entry.body.slice(0, LONGEST))}`),
      ],
      command: `/scroll #${entry.seq} ${quote(chat.id)}`,
    });
    if (items.length >= MOST) break;
  }
  return items;
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
    const fits = matcher(pattern);
    const items = chats.flatMap(one => itemsOf(one, fits, args.hl));
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
