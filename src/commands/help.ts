/** /help — what can be done. */
import { defineCommand } from '../api.js';

export default defineCommand({
  name: 'help',
  aliases: ['h', 'man'],
  group: 'help',
  summary: 'Show the commands, or help for one of them',
  description:
    'Without an argument it opens a list that is narrowed by typing. It knows commands, options (help typing.send), plugins (help plugin bell) and keys (help keys).',
  args: {
    topic: {
      type: 'rest',
      optional: true,
      help: 'a command, option, plugin or key',
      complete: ({ api }) => [
        ...api.commands.list.map(command => command.name),
        ...api.config.options.keys(),
        ...api.plugins.list.map(plugin => `plugin ${plugin.name}`),
        'keys',
      ],
    },
  },
  examples: ['/help', '/help join', '/help typing.send', '/help plugin bell'],
  run({ api, args }) {
    const topic = args.topic?.trim().replace(/^\//, '') ?? '';
    if (topic === '') api.tabs.open('help');
    else if (topic === 'keys') api.tabs.open('keys');
    else api.ui.notice(api.commands.help(topic), { level: 'help' });
  },
});
