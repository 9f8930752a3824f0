/** /query — open a chat with somebody. */
import { asRoom, cleanIdentifier, defineCommand, UserError, withResource } from '../api.js';

export default defineCommand({
  name: 'query',
  aliases: ['q', 'message', 'chat'],
  group: 'talk',
  summary: 'Open a chat with a person, and say something',
  args: {
    who: { type: 'target', optional: true, help: 'nick in this room, or an address' },
    text: { type: 'rest', optional: true, help: 'what to say' },
  },
  examples: ['/query nemo', '/query ana@example.org hello', '/message ana@example.org'],
  async run({ api, args, chat, name }) {
    if (args.who === undefined) {
      // A word that is neither nick nor address went to the text.
      if (args.text !== undefined)
        throw new UserError(
          `${cleanIdentifier(args.text)} is not here, and not an address.`,
          'An address looks like name@server.',
        );
      if (chat !== undefined && chat.kind !== 'room') return void (await api.commands.run('/close'));
      throw new UserError('With whom?', `/${name} nick or /${name} someone@server`);
    }
    const own = chat?.kind === 'room' ? withResource(asRoom(chat).id, chat.nick) : undefined;
    if (args.who === own) throw new UserError(`${cleanIdentifier(asRoom(chat).nick)} is you.`);
    const opened = api.chats.open(args.who);
    api.tabs.openChat(opened.id);
    if (args.text !== undefined && args.text.trim() !== '') await api.chats.say(opened.id, args.text);
  },
});
