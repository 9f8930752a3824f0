/** /reply — answer a message so that others see which (XEP-0461). */
import { asChat, cleanIdentifier, defineCommand, findMessage, UserError } from '../api.js';

export default defineCommand({
  name: 'reply',
  aliases: ['re'],
  group: 'talk',
  where: 'chat',
  summary: 'Answer the last message here, or of somebody, with a reference to it',
  description: 'With a message chosen by Alt-Up it is that one.',
  args: {
    nick: { type: 'nick', optional: true, help: 'whose last message; default: the last of all' },
    text: { type: 'rest', help: 'what to say' },
  },
  examples: ['/reply yes, that one', '/reply nemo yes, that one'],
  async run({ api, args, chat }) {
    const here = asChat(chat);
    const nick = args.nick === undefined ? undefined : cleanIdentifier(args.nick);
    const chosen = nick === undefined ? api.ui.screen.focused() : undefined;
    const message = findMessage(here.log, one =>
      chosen !== undefined
        ? one.seq === chosen
        : !one.self && one.retracted === undefined && (nick === undefined || one.sender.name === nick),
    );
    const id = here.kind === 'room' ? message?.stanzaId : (message?.messageId ?? message?.originId);
    if (message === undefined) throw new UserError('There is no message here to answer.');
    if (id === undefined)
      throw new UserError(
        'This message has no id that others know, so it cannot be referred to.',
        'Just write: nick: text',
      );
    await api.chats.say(here.id, args.text, { reply: id });
  },
});
