/** /scroll — look at other lines of this tab. */
import { asChat, type Chat, defineCommand, findMessage, parseJid, UserError } from '../api.js';

const PLACES = [
  'up',
  'down',
  'top',
  'bottom',
  'unread',
  'highlight-previous',
  'highlight-next',
  'names-up',
  'names-down',
] as const;
/** The highlight that was last looked at, per log. */
const looked = new WeakMap<object, number>();

/** The next highlighted message before or after the one looked at. */
function highlight(chat: Chat, direction: 'previous' | 'next'): number | undefined {
  const from = looked.get(chat.log) ?? (direction === 'previous' ? chat.log.next : undefined);
  if (from === undefined) return undefined;
  if (direction === 'previous') {
    return findMessage(chat.log, message => message.highlight && message.seq < from, Number.POSITIVE_INFINITY)?.seq;
  }
  let after: number | undefined;
  for (const entry of chat.log.newest()) {
    if (entry.seq <= from) break;
    if (entry.kind === 'message' && entry.highlight) after = entry.seq;
  }
  return after;
}

export default defineCommand({
  name: 'scroll',
  aliases: ['sb', 'scrollback'],
  group: 'tabs',
  summary: 'Scroll this tab',
  description:
    'Also by rows: /scroll -5. A number with # goes to the entry of that number, in the chat that follows it.',
  args: {
    to: {
      type: 'word',
      help: `${PLACES.join(', ')} or rows`,
      complete: () => PLACES,
    },
    chat: { type: 'jid', optional: true, help: 'another chat' },
  },
  examples: ['/scroll top', '/scroll unread', '/scroll -5'],
  run({ api, args, chat: here }) {
    const { screen } = api.ui;
    switch (args.to) {
      case 'up':
        return screen.scroll({ pages: -0.5 });
      case 'down':
        return screen.scroll({ pages: 0.5 });
      case 'names-up':
        return screen.scrollSide(-0.5);
      case 'names-down':
        return screen.scrollSide(0.5);
      case 'top':
      case 'home':
        return screen.scroll({ to: 'top' });
      case 'bottom':
      case 'end':
        return screen.scroll({ to: 'bottom' });
      case 'unread':
        return screen.scroll({ to: 'unread' });
      case 'highlight-previous':
      case 'highlight-next': {
        const chat = asChat(here);
        const direction = args.to === 'highlight-previous' ? 'previous' : 'next';
        const seq = highlight(chat, direction);
        if (seq === undefined) {
          looked.delete(chat.log);
          if (direction === 'next') return screen.scroll({ to: 'bottom' });
          throw new UserError('No earlier message here concerns you.', '/scroll bottom goes back to the newest.');
        }
        looked.set(chat.log, seq);
        return screen.reveal(seq);
      }
      default: {
        if (/^#\d+$/.test(args.to)) {
          const id = parseJid(args.chat);
          const chat = id === undefined ? undefined : api.store.chat(id);
          if (chat !== undefined) api.tabs.openChat(chat.id);
          return screen.reveal(Number(args.to.slice(1)));
        }
        if (!/^[+-]?\d+$/.test(args.to))
          throw new UserError('Where to?', `One of: ${PLACES.join(', ')}, or a number of rows.`);
        return screen.scroll({ rows: Number(args.to) });
      }
    }
  },
});
