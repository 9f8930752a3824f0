/** /react — answer a message with a sign (XEP-0444). */
import { asChat, defineCommand, findMessage, UserError } from '../api.js';

const USUAL = ['👍', '❤️', '😂', '😮', '😢', '🎉', '👎', '✅'];

export default defineCommand({
  name: 'react',
  group: 'talk',
  where: 'chat',
  needs: 'online',
  summary: 'React to the last message here with emoji',
  description:
    'Several emoji are separated by blanks; none takes your reaction back. With a message chosen by Alt-Up it is that one.',
  args: {
    emoji: { type: 'rest', optional: true, help: 'one or more emoji', complete: () => USUAL },
  },
  examples: ['/react 👍', '/react'],
  async run({ api, args, chat }) {
    const here = asChat(chat);
    const chosen = api.ui.screen.focused();
    const message = findMessage(here.log, one =>
      chosen === undefined ? !one.self && one.retracted === undefined : one.seq === chosen,
    );
    const id = message?.stanzaId ?? message?.messageId;
    if (message === undefined || id === undefined) throw new UserError('There is no message here to react to.');
    const emoji = (args.emoji ?? '').split(/\s+/).filter(one => one !== '');
    if (emoji.some(one => /^[\x20-\x7e]+$/.test(one)))
      throw new UserError('A reaction is an emoji.', `Tab offers some: ${USUAL.join(' ')}`);
    await api.chats.react(here.id, id, emoji);
  },
});
