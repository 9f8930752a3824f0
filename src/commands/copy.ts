/** /copy — put a message on the clipboard of your terminal. */
import { asChat, cleanLine, count, defineCommand, safe, UserError } from '../api.js';

export default defineCommand({
  name: 'copy',
  aliases: ['yank'],
  group: 'talk',
  where: 'chat',
  summary: 'Copy a message to the clipboard',
  description:
    'The terminal must allow it (OSC 52); it works over SSH. 1 is the newest message, 2 the one before. -all copies with time and nicks.',
  args: {
    all: { type: 'flag', help: 'the whole log of this tab' },
    number: { type: 'number', optional: true, help: 'which, counted from the newest; default 1' },
  },
  examples: ['/copy', '/copy 3', '/copy -all'],
  run({ api, args, chat }) {
    const here = asChat(chat);
    const messages = [...here.log.newest()].filter(entry => entry.kind === 'message');
    if (args.all) {
      const lines = messages.reverse().map(one => `${new Date(one.at).toISOString()} ${one.sender.name}: ${one.body}`);
      api.ui.screen.copy(lines.join('\n') as (typeof messages)[number]['body']);
      api.ui.notice(safe`Copied ${count(lines.length, 'message')}.`);
      return;
    }
    const message = messages[(args.number ?? 1) - 1];
    if (message === undefined) throw new UserError('There is no such message here.', '/copy 1 copies the newest.');
    api.ui.screen.copy(message.body);
    api.ui.notice(safe`Copied: ${cleanLine(message.body.slice(0, 60))}`);
  },
});
