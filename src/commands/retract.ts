/** /retract — take back the last thing you said here (XEP-0424). */
import { asChat, cleanLine, defineCommand, findMessage, safe, UserError } from '../api.js';

export default defineCommand({
  name: 'retract',
  aliases: ['unsend', 'delete'],
  group: 'talk',
  where: 'chat',
  needs: 'online',
  summary: 'Take back the last thing you said here',
  description: 'Their programs are asked to remove it; whoever has read it has read it.',
  async run({ api, chat }) {
    const here = asChat(chat);
    const chosen = api.ui.screen.focused();
    const last = findMessage(here.log, message =>
      chosen === undefined ? message.self && message.retracted === undefined : message.seq === chosen,
    );
    if (last?.self === false) throw new UserError('Only what you said yourself can be taken back.');
    if (last === undefined) throw new UserError('You have said nothing here that could be taken back.');
    if (!(await api.ui.confirm(safe`Take back “${cleanLine(last.body.slice(0, 60))}”?`))) return;
    await api.chats.retract(here.id, last.messageId);
  },
});
