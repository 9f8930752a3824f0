/** /open — open an address from a message with the program of the desktop, or with this one. */
import { type Api, chosenLink, cleanLine, defineCommand, quote, safe, UserError } from '../api.js';

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
    const target = await chosenLink(api, chat, args.which);
    if (target !== undefined) await open(api, target);
  },
});
