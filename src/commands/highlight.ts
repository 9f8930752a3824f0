/** /highlight — words that concern you besides your nick. */
import { cleanLine, defineCommand, joinSafe, safe } from '../api.js';

export default defineCommand({
  name: 'highlight',
  aliases: ['hilight'],
  group: 'settings',
  summary: 'Show, add or remove words that concern you besides your nick',
  description: 'The option behind it is rooms.highlight. -chat means this chat only; -remove takes a word away.',
  args: {
    remove: { type: 'flag', help: 'take the word away' },
    chat: { type: 'flag', help: 'in this chat only' },
    words: {
      type: 'rest',
      optional: true,
      help: 'a word or words that stand together; default: show them',
      complete: ({ api, chat }) => api.config.get('rooms.highlight', chat?.id) as readonly string[],
    },
  },
  examples: ['/highlight', '/highlight causette', '/highlight -chat release day', '/highlight -remove causette'],
  run({ api, args, chat }) {
    const where = args.chat ? chat?.id : undefined;
    const known = api.config.get('rooms.highlight', where) as readonly string[];
    const word = args.words?.trim() ?? '';
    if (word !== '') {
      const others = known.filter(one => one.toLowerCase() !== word.toLowerCase());
      if (args.remove && others.length === known.length) {
        api.ui.notice(safe`“${cleanLine(word)}” is none of your words. /highlight shows them.`);
        return;
      }
      api.config.set('rooms.highlight', JSON.stringify(args.remove ? others : [...others, word]), where);
    }
    const now = api.config.get('rooms.highlight', where ?? chat?.id) as readonly string[];
    const words = joinSafe(
      now.map(one => safe`“${cleanLine(one)}”`),
      safe`, `,
    );
    api.ui.notice(
      now.length === 0
        ? safe`Only your nick concerns you. /highlight WORD adds a word.`
        : safe`Besides your nick these concern you: ${words}.`,
    );
  },
});
