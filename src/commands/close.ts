/** /close — leave what this tab shows and close it. */
import { defineCommand } from '../api.js';

export default defineCommand({
  name: 'close',
  aliases: ['wc', 'unquery'],
  group: 'tabs',
  summary: 'Close this tab, leaving its room',
  args: { reason: { type: 'rest', optional: true, help: 'said to the room' } },
  examples: ['/close', '/wc see you'],
  async run({ api, args, tab, chat }) {
    if (chat?.kind === 'room' && (chat.state === 'joined' || chat.state === 'joining')) {
      await api.muc.leave(chat.id, args.reason);
    } else if (chat !== undefined && chat.kind !== 'room' && chat.exchanged) {
      api.chats.setState(chat.id, 'gone');
    }
    api.tabs.close(tab);
    if (chat !== undefined) api.chats.close(chat.id);
  },
});
