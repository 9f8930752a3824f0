/** /move — give this tab another number. */
import { defineCommand, UserError } from '../api.js';

export default defineCommand({
  name: 'move',
  aliases: ['move_tab'],
  group: 'tabs',
  summary: 'Move this tab to another number',
  args: { number: { type: 'number', help: 'the new number; the others move up' } },
  examples: ['/move 1'],
  run({ api, args, tab }) {
    if (!Number.isInteger(args.number) || args.number < 0)
      throw new UserError('Tabs are counted with whole numbers.', '/move 1');
    api.tabs.move(tab, args.number);
  },
});
