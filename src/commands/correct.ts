/** /correct — replace the last thing you said here (XEP-0308). */
import { asChat, type Chat, defineCommand, findMessage, type MessageEntry, UserError } from '../api.js';

/** The message chosen with the keyboard if it is ours, else the last of ours. */
function ownMessage(chat: Chat, chosen: number | undefined): MessageEntry | undefined {
  return findMessage(
    chat.log,
    one => one.self && one.retracted === undefined && (chosen === undefined || one.seq === chosen),
    Number.POSITIVE_INFINITY,
  );
}

export default defineCommand({
  name: 'correct',
  aliases: ['fix'],
  group: 'talk',
  where: 'chat',
  needs: 'online',
  summary: 'Correct the last thing you said here, or the chosen one',
  description:
    'Tab puts your last message in the line, or the one chosen by Alt-Up. Others see the new text in its place, marked as corrected.',
  args: {
    text: {
      type: 'rest',
      help: 'the whole new text',
      complete: ({ api, chat }) => {
        const meant = chat === undefined ? undefined : ownMessage(chat, api.ui.screen.focused());
        return meant === undefined ? [] : [`${meant.action ? '/me ' : ''}${meant.body}`];
      },
    },
  },
  examples: ['/correct I meant tomorrow'],
  async run({ api, args, chat }) {
    const here = asChat(chat);
    const chosen = api.ui.screen.focused();
    const message = ownMessage(here, chosen);
    if (message === undefined) {
      throw chosen === undefined
        ? new UserError('You have said nothing here that could be corrected.')
        : new UserError('Only what you said yourself can be corrected.', 'Esc chooses no message.');
    }
    await (chosen === undefined
      ? api.chats.correct(here.id, args.text)
      : api.chats.correct(here.id, args.text, message.originId ?? message.messageId));
  },
});
