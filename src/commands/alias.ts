/** /alias — a name of your own for a command line. */
import { cleanIdentifier, cleanLine, defineCommand, plain, rowOf, safe, UserError } from '../api.js';

export default defineCommand({
  name: 'alias',
  group: 'settings',
  summary: 'Name a command line of your own, or show those names',
  description: '$1 to $9 stand for the words that follow, $* for all of them; ; separates several lines. Saved.',
  args: {
    name: { type: 'word', optional: true, help: 'the name, without slash' },
    line: { type: 'rest', optional: true, help: 'what it stands for' },
  },
  examples: ['/alias', '/alias wave /me waves at $1', '/alias brb /away $*'],
  run({ api, args }) {
    const { alias } = api.commands;
    const name = args.name?.replace(/^\//, '').toLowerCase();
    if (name === undefined || args.line === undefined) {
      const shown = [...alias.list].filter(([one]) => name === undefined || one === name);
      const rows = shown.map(([one, line]) =>
        rowOf(['text.key', cleanIdentifier(`/${one}`)], safe` = `, cleanLine(line)),
      );
      api.ui.notice(
        rows.length > 0 ? rows : [plain(safe`There are no aliases like that. /alias wave /me waves at $1`)],
        { level: 'help' },
      );
      return;
    }
    if (api.commands.find(name) !== undefined) {
      throw new UserError(`/${cleanIdentifier(name)} is a command already.`, 'Choose another name.');
    }
    alias.set(name, args.line);
    api.ui.notice(safe`/${cleanIdentifier(name)} stands for ${cleanLine(args.line)}.`);
  },
});
