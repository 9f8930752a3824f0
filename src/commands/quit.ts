/** /quit — leave everything and end the program. */
import { defineCommand } from '../api.js';

export default defineCommand({
  name: 'quit',
  aliases: ['exit', 'bye'],
  group: 'connection',
  summary: 'Leave all rooms and end the program',
  args: { message: { type: 'rest', optional: true, help: 'said to the rooms' } },
  examples: ['/quit', '/quit back tomorrow'],
  run({ api, args }) {
    api.session.quit(args.message);
  },
});
