/** /toggle — flip a switch. */
import { asChat, cleanIdentifier, defineCommand, safe, UserError } from '../api.js';

export default defineCommand({
  name: 'toggle',
  group: 'settings',
  summary: 'Flip an option that is on or off, or take its next choice',
  args: {
    chat: { type: 'flag', help: 'for this chat only' },
    option: { type: 'option', help: 'which' },
  },
  examples: ['/toggle typing.send', '/toggle -chat ui.occupants'],
  run({ api, args, chat }) {
    const here = args.chat ? asChat(chat).id : undefined;
    const option = api.config.options.get(args.option);
    const now = api.config.get(args.option, here);
    if (option?.type === 'boolean') api.config.set(args.option, now === true ? 'off' : 'on', here);
    else if (option?.choices !== undefined) {
      const next = option.choices[(option.choices.indexOf(String(now)) + 1) % option.choices.length];
      api.config.set(args.option, String(next), here);
    } else throw new UserError(`${cleanIdentifier(args.option)} is not a switch.`, `/set ${args.option} value`);
    api.ui.notice(
      safe`${cleanIdentifier(args.option)} is now ${api.config.show(args.option, here)}${here ? safe` in this chat` : safe``}.`,
    );
  },
});
