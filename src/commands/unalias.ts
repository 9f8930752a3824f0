/** /unalias — forget an alias. */
import { cleanIdentifier, defineCommand, safe, UserError } from '../api.js';

export default defineCommand({
  name: 'unalias',
  group: 'settings',
  summary: 'Forget an alias',
  args: { name: { type: 'word', help: 'its name', complete: ({ api }) => [...api.commands.alias.list.keys()] } },
  examples: ['/unalias wave'],
  run({ api, args }) {
    const name = args.name.replace(/^\//, '').toLowerCase();
    if (!api.commands.alias.remove(name))
      throw new UserError(`There is no alias ${cleanIdentifier(name)}.`, '/alias shows them.');
    api.ui.notice(safe`/${cleanIdentifier(name)} is forgotten.`);
  },
});
