/** /reset — back to the default. */
import { asChat, cleanIdentifier, defineCommand, safe } from '../api.js';

export default defineCommand({
  name: 'reset',
  aliases: ['unset', 'set_default'],
  group: 'settings',
  summary: 'Set an option back to its default',
  args: {
    chat: { type: 'flag', help: 'only what was set for this chat' },
    option: { type: 'option', help: 'which' },
  },
  examples: ['/reset typing.send', '/unset -chat ui.occupants'],
  run({ api, args, chat }) {
    const here = args.chat ? asChat(chat).id : undefined;
    api.config.reset(args.option, here);
    api.ui.notice(safe`${cleanIdentifier(args.option)} is ${api.config.show(args.option, here)} again.`);
  },
});
