/** /away — say that you are away. */
import { defineCommand } from '../api.js';

export default defineCommand({
  name: 'away',
  aliases: ['afk'],
  group: 'people',
  summary: 'Say that you are away; again, that you are back',
  args: { text: { type: 'rest', optional: true, help: 'why or how long' } },
  examples: ['/away', '/away lunch', '/back'],
  async run({ api, args }) {
    // As on IRC: /away without words takes it back.
    const back = args.text === undefined && api.session.facts.show === 'away';
    await api.commands.run(back ? '/status available' : `/status away ${args.text ?? ''}`.trimEnd());
  },
});
