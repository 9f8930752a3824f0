/** /msg — say something to one person without leaving this tab. */
import { cleanBody, cleanLine, defineCommand, rowOf, safe } from '../api.js';

export default defineCommand({
  name: 'msg',
  aliases: ['m', 'tell', 'whisper'],
  group: 'talk',
  needs: 'online',
  summary: 'Say something to one person',
  description:
    'A nick of this room gets a private message through the room, an address a message of its own. /query opens a tab.',
  args: {
    to: { type: 'target', help: 'nick in this room, or an address' },
    text: { type: 'rest', help: 'what to say' },
  },
  examples: ['/msg nemo do you see this?', '/msg ana@example.org hello', '/msg "captain nemo" hello'],
  async run({ api, args, chat }) {
    const to = api.chats.open(args.to);
    api.tabs.openChat(to.id, { background: true });
    await api.chats.say(to.id, args.text);
    if (to.id !== chat?.id) {
      api.ui.notice([
        rowOf(['text.dim', safe`to `], to.title, ['text.dim', safe`: `], cleanLine(cleanBody(args.text))),
      ]);
    }
  },
});
