/** /bind — let a key run a command. */
import { cleanIdentifier, cleanLine, defineCommand, rowOf, safe, UserError } from '../api.js';

export default defineCommand({
  name: 'bind',
  group: 'settings',
  summary: 'Let a key run a command, or show the keys',
  description: 'Keys are written ctrl-n, alt-1, alt-shift-n, f5, pageup. Anything a line can do, a key can. Saved.',
  args: {
    key: { type: 'chord', optional: true, help: 'the key' },
    line: {
      type: 'rest',
      optional: true,
      help: 'what it runs',
      complete: ({ api }) => api.commands.list.map(command => `/${command.name}`),
    },
  },
  examples: ['/bind', '/bind f7 /toggle ui.occupants', '/bind alt-b /win last'],
  run({ api, args }) {
    if (args.key === undefined) {
      if (args.line !== undefined)
        throw new UserError(`${cleanIdentifier(args.line)} is not a key.`, 'Keys look like alt-1, ctrl-n or f5.');
      api.tabs.open('keys');
      return;
    }
    const key = cleanIdentifier(args.key);
    if (args.line === undefined) {
      const bound = api.keys.list.get(args.key);
      api.ui.notice(
        bound === undefined
          ? safe`${key} does nothing special.`
          : [
              rowOf(
                ['text.key', key],
                safe` runs `,
                ['text.strong', cleanLine(bound.line)],
                ['text.dim', cleanLine(` (${bound.by})`)],
              ),
            ],
      );
      return;
    }
    api.keys.bind(args.key, args.line);
    api.ui.notice(safe`${key} runs ${cleanLine(args.line)}.`);
  },
});
