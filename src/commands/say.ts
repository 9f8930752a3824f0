/** /say — say something literally. */
import { asChat, cleanIdentifier, defineCommand, UserError } from '../api.js';

export default defineCommand({
  name: 'say',
  group: 'talk',
  where: 'chat',
  summary: 'Say something, even if it begins with a slash',
  args: { text: { type: 'rest', help: 'what to say' } },
  examples: ['/say hello', '/say /help shows the commands'],
  async run({ api, args, chat }) {
    const here = asChat(chat);
    if (here.kind === 'room' && (here.state === 'left' || here.state === 'failed')) {
      throw new UserError(`You are not in ${cleanIdentifier(here.id)}, so nothing was sent.`, '/join enters it again.');
    }
    await api.chats.say(here.id, args.text);
  },
});
