/** /download — keep the file behind an address from a message (XEP-0363, XEP-0066 and any other link). */
import { chosenLink, cleanIdentifier, cleanLine, defineCommand, fileSize, safe, UserError } from '../api.js';

export default defineCommand({
  name: 'download',
  aliases: ['get'],
  group: 'talk',
  summary: 'Keep the file behind an address from a message',
  description:
    'An address, or the number of one: of the chosen message (Alt-Up), otherwise counted from the newest of this chat. The file goes to the folder of option files.folder under a harmless name, never over another file, and is not opened. The server that has it sees your network address; with account.proxy that of the proxy.',
  args: { which: { type: 'rest', optional: true, help: 'an address or its number; default 1' } },
  examples: ['/download', '/download 2', '/download https://example.org/report.pdf'],
  async run({ api, args, chat }) {
    const target = await chosenLink(api, chat, args.which);
    if (target === undefined) return;
    if (!/^https?:/i.test(target)) throw new UserError('There is no file behind this address.', '/open');
    api.ui.notice(safe`Downloading ${cleanLine(target)}`);
    const { path, bytes, host } = await api.files.download(target);
    api.ui.notice(safe`Kept ${cleanIdentifier(path)} (${fileSize(bytes)} from ${cleanIdentifier(host)})`);
  },
});
