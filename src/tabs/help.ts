/** All commands, narrowed by typing; Enter shows one. */
import { type CommandGroup, cleanIdentifier, cleanLine, defineTab, type ListItem, plain, rowOf, safe } from '../api.js';

const GROUPS: readonly CommandGroup[] = [
  'talk',
  'rooms',
  'people',
  'moderation',
  'service',
  'tabs',
  'settings',
  'connection',
  'help',
  'plugins',
];

export default defineTab({
  kind: 'help',
  title: () => safe`help`,
  topic: () => plain(safe`Commands. Type to narrow the list; Enter explains one; Alt-z goes back.`),
  view: ({ api }) => {
    const items = GROUPS.flatMap((group): ListItem[] => {
      const commands = api.commands.list
        .filter(command => command.group === group)
        .sort((a, b) => (a.name < b.name ? -1 : 1));
      if (commands.length === 0) return [];
      return [
        { id: `group:${group}`, row: plain(cleanLine(group), 'list.group'), heading: true },
        ...commands.map(command => {
          const aliases = (command.aliases ?? []).map(alias => `/${alias}`).join(' ');
          return {
            id: command.name,
            indent: 1,
            row: rowOf(['text.key', cleanLine(`/${command.name}`.padEnd(16))], cleanLine(command.summary)),
            ...(aliases === '' ? {} : { right: plain(cleanIdentifier(aliases), 'text.dim') }),
            command: `/help ${command.name}`,
            search: `${command.name} ${aliases} ${command.summary}`,
          };
        }),
      ];
    });
    return { type: 'list', filterable: true, items, empty: [plain(safe`No command matches.`)] };
  },
});
