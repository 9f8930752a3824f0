/** /voice — let a visitor talk. */
import { defineCommand, quote } from '../api.js';

export default defineCommand({
  name: 'voice',
  group: 'moderation',
  where: 'room',
  needs: 'online',
  summary: 'Let a visitor talk during this visit',
  description: 'The same as /role nick participant. To let somebody talk for good: /affiliation nick member.',
  args: {
    nick: { type: 'nick', help: 'who' },
    reason: { type: 'rest', optional: true, help: 'why' },
  },
  examples: ['/voice nemo'],
  async run({ api, args, tab }) {
    await api.commands.run(`/role ${quote(args.nick)} participant ${args.reason ?? ''}`.trimEnd(), tab);
  },
});
