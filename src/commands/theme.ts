/** /theme — change how everything looks. */
import { cleanIdentifier, defineCommand, rowOf, safe, UserError } from '../api.js';

export default defineCommand({
  name: 'theme',
  group: 'settings',
  summary: 'Show the themes or use one',
  args: { theme: { type: 'theme', optional: true, help: 'name of the theme' } },
  examples: ['/theme', '/theme light'],
  run({ api, args }) {
    if (args.theme === undefined) {
      const rows = api.themes.list.map(name =>
        rowOf(['text.key', name === api.themes.current ? safe`* ` : safe`  `], cleanIdentifier(name)),
      );
      api.ui.notice(rows, { level: 'help' });
      return;
    }
    if (!api.themes.list.includes(args.theme)) {
      throw new UserError(
        `There is no theme ${cleanIdentifier(args.theme)}.`,
        `There are: ${api.themes.list.join(', ')}`,
      );
    }
    api.themes.use(args.theme);
  },
});
