/** /quote — a line for an IRC network as it stands. */
import { defineCommand, networkOf, UserError, writeIrcAddress } from '../api.js';

export default defineCommand({
  name: 'quote',
  group: 'service',
  needs: 'online',
  summary: 'Send a line to the IRC network of this tab as it stands',
  description:
    'The gateway passes it on; what the network answers is shown in a tab of its own. For XML there is /raw.',
  args: { line: { type: 'rest', help: 'a command of IRC' } },
  examples: ['/quote WHOIS nemo', '/quote STATS u'],
  async run({ api, args, chat }) {
    if (args.line.startsWith('<')) throw new UserError('This looks like XML.', '/raw sends XML.');
    const here = networkOf(chat, api.store.chats.values());
    const network = here === undefined ? undefined : writeIrcAddress({ ...here, name: '' });
    if (network === undefined) {
      throw new UserError('This tab belongs to no IRC network.', '/raw sends XML, /irc tells about networks.');
    }
    const tab = api.tabs.openChat(api.chats.open(network, 'direct').id, { background: true });
    await api.chats.say(network, args.line);
    api.log.debug(`a line for IRC in tab ${tab.id}`);
  },
});
