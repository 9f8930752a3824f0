/** /open — open an address from a message with the program of the desktop, or with this one. */
import {
  type Api,
  asChat,
  type Chat,
  cleanLine,
  count,
  defineCommand,
  type Link,
  linksIn,
  plain,
  quote,
  safe,
  span,
  targetOf,
  UserError,
} from '../api.js';

/** Messages looked through for an address. */
const MOST = 500;

/** The addresses of the chosen message, else those of the newest messages, newest first. */
function candidates(api: Api, chat: Chat): readonly Link[] {
  const chosen = api.ui.screen.focused();
  const message = chosen === undefined ? undefined : chat.log.get(chosen);
  if (message?.kind === 'message') return linksIn(message.body);
  const links: Link[] = [];
  let looked = 0;
  for (const entry of chat.log.newest()) {
    if (++looked > MOST) break;
    if (entry.kind === 'message' && entry.retracted === undefined) links.push(...linksIn(entry.body).toReversed());
  }
  return links;
}

async function open(api: Api, target: string): Promise<void> {
  const shown = cleanLine(target);
  if (/^xmpp:/i.test(target)) {
    await api.commands.run(/\?join\b/i.test(target) ? `/join ${quote(target)}` : `/query ${quote(target)}`);
    return;
  }
  if (await api.openAddress(target)) {
    api.ui.notice(safe`Opened ${shown}`);
    return;
  }
  if (!api.ui.screen.copy(shown)) throw new UserError('This address is longer than the clipboard takes.');
  api.ui.notice(safe`There is no desktop here to open it with, so it is on your clipboard: ${shown}`);
}

export default defineCommand({
  name: 'open',
  group: 'talk',
  summary: 'Open an address from a message',
  description:
    'An address, or the number of one: of the chosen message (Alt-Up), otherwise counted from the newest of this chat. xmpp: links are opened here, others by the program of your desktop (option links.open); over SSH the address is copied.',
  args: { which: { type: 'rest', optional: true, help: 'an address or its number; default 1' } },
  examples: ['/open', '/open 2', '/open https://example.org/'],
  async run({ api, args, chat }) {
    const { which } = args;
    if (which !== undefined && !/^\d+$/.test(which)) {
      const target = targetOf(which);
      if (target === undefined) throw new UserError('This is no address that can be opened.', 'http:, https: or xmpp:');
      return open(api, target);
    }
    const ofChosen = api.ui.screen.focused() !== undefined;
    const links = candidates(api, asChat(chat));
    let number = Number(which ?? 1);
    if (which === undefined && ofChosen && links.length > 1) {
      api.ui.notice(links.map((link, i) => [span('text.key', safe`${i + 1} `), ...plain(link.text, 'text.link')]));
      const answer = await api.ui.ask({
        text: safe`Which of ${count(links.length, 'address', 'addresses')}?`,
        initial: '1',
      });
      if (answer === undefined) return;
      number = Number(answer);
    }
    const link = links[number - 1];
    if (link === undefined)
      throw new UserError(
        ofChosen ? 'There is no such address in this message.' : 'There is no such address in this chat.',
        '/urls shows those that were posted.',
      );
    return open(api, link.target);
  },
});
