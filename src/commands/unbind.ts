/** /unbind — let a key do nothing. */
import { cleanIdentifier, defineCommand, safe, UserError } from '../api.js';

export default defineCommand({
  name: 'unbind',
  group: 'settings',
  summary: 'Take what a key does away',
  args: { key: { type: 'chord', help: 'the key' } },
  examples: ['/unbind f7'],
  run({ api, args }) {
    const key = cleanIdentifier(args.key);
    if (!api.keys.unbind(args.key)) throw new UserError(`${key} is not bound.`, '/keys shows the keys.');
    api.ui.notice(safe`${key} is free.`);
  },
});
