/** /voice — let a visitor talk; without a nick, ask for it yourself. */
import { asRoom, cleanIdentifier, defineCommand, quote, UserError } from '../api.js';

export default defineCommand({
  name: 'voice',
  aliases: ['unquiet', 'unmute'],
  group: 'moderation',
  where: 'room',
  needs: 'online',
  summary: 'Let a visitor talk, or ask to be let',
  description:
    'With a nick the same as /role nick participant, for this visit; for good it is /affiliation nick member. Without a nick it asks the moderators to let you talk.',
  args: {
    nick: { type: 'nick', optional: true, help: 'who; nobody: you ask for yourself' },
    reason: { type: 'rest', optional: true, help: 'why' },
  },
  examples: ['/voice nemo', '/voice'],
  async run({ api, args, chat, tab }) {
    if (args.nick !== undefined) {
      const { nick } = args;
      const room = asRoom(chat);
      // Who asked gets the answer to that (XEP-0045 §8.6).
      const asked = api.desk.of(room.id).requests.find(one => one.nick === nick && one.registration === undefined);
      if (asked !== undefined) {
        await api.desk.answer(room.id, asked, true);
        return;
      }
      await api.commands.run(`/role ${quote(args.nick)} participant ${args.reason ?? ''}`.trimEnd(), tab);
      return;
    }
    // A word that is nobody's nick went to the reason.
    if (args.reason !== undefined) {
      throw new UserError(`Nobody here is called ${cleanIdentifier(args.reason)}.`, '/names shows who is here.');
    }
    await api.commands.run('/voice-request', tab);
  },
});
