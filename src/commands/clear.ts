/** /clear — empty this tab. */
import { asChat, defineCommand } from '../api.js';

export default defineCommand({
  name: 'clear',
  group: 'tabs',
  summary: 'Empty this tab; nothing is deleted elsewhere',
  async run({ api, tab, chat }) {
    if (tab.kind === 'xml') return void (await api.commands.run('/xml -clear', tab));
    api.chats.clear(asChat(chat).id);
  },
});
