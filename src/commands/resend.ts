/** /resend — send a line again that failed. */
import { asChat, defineCommand, findMessage, UserError } from '../api.js';

export default defineCommand({
  name: 'resend',
  aliases: ['retry'],
  group: 'talk',
  where: 'chat',
  summary: 'Send the last line again that failed',
  async run({ api, chat }) {
    const here = asChat(chat);
    const failed = findMessage(here.log, one => one.self && (one.delivery === 'failed' || one.delivery === 'queued'));
    if (failed === undefined) throw new UserError('Nothing here has failed.');
    await api.chats.resend(here.id, failed.messageId);
  },
});
