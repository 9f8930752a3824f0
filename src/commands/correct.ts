/** /correct — replace the last thing you said here (XEP-0308). */
import { asChat, defineCommand, findMessage, UserError } from '../api.js';

export default defineCommand({
  name: 'correct',
  aliases: ['fix'],
  group: 'talk',
  where: 'chat',
  needs: 'online',
  summary: 'Correct the last thing you said here',
  description: 'Tab puts your last message in the line. Others see the new text in its place, marked as corrected.',
  args: {
    text: {
      type: 'rest',
      help: 'the whole new text',
      complete: ({ chat }) => {
        const last = chat === undefined ? undefined : findMessage(chat.log, message => message.self);
        return last === undefined ? [] : [last.body];
      },
    },
  },
  examples: ['/correct I meant tomorrow'],
  async run({ api, args, chat }) {
    const here = asChat(chat);
    const chosen = api.ui.screen.focused();
    const message = findMessage(here.log, one =>
      chosen === undefined ? one.self && one.retracted === undefined : one.seq === chosen,
    );
    if (message === undefined) throw new UserError('You have said nothing here that could be corrected.');
    if (!message.self) throw new UserError('Only what you said yourself can be corrected.');
    await (chosen === undefined
      ? api.chats.correct(here.id, args.text)
      : api.chats.correct(here.id, args.text, message.originId ?? message.messageId));
  },
});
