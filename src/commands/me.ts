/** /me — say what you are doing (XEP-0245). */
import { asChat, defineCommand } from '../api.js';

export default defineCommand({
  name: 'me',
  aliases: ['action'],
  group: 'talk',
  where: 'chat',
  summary: 'Say what you are doing',
  args: { text: { type: 'rest', help: 'what you do' } },
  examples: ['/me makes tea'],
  async run({ api, args, chat }) {
    await api.chats.say(asChat(chat).id, `/me ${args.text}`);
  },
});
