/** All options with their values; Enter puts one in the input line, to be changed. */
import { cleanIdentifier, cleanLine, defineTab, plain, safe } from '../api.js';

export default defineTab({
  kind: 'options',
  title: () => safe`options`,
  topic: () => plain(safe`Options. Type to narrow the list; Enter edits one; * is set by you.`),
  view: ({ api }) => ({
    type: 'table',
    filterable: true,
    columns: [{ title: safe`option`, width: 26 }, { title: safe`value`, width: 20 }, { title: safe`what it does` }],
    rows: [...api.config.options]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, option]) => {
        const set = api.config.isSet(name);
        const value = option.secret ? '' : api.config.show(name);
        const line = option.type === 'boolean' ? `/toggle ${name}` : `/prompt /set ${name} ${value}`;
        return {
          id: name,
          cells: [
            plain(cleanIdentifier(`${set ? '*' : ''}${name}`), set ? 'text.strong' : 'text.normal'),
            plain(api.config.show(name), 'form.value'),
            plain(cleanLine(option.help), 'text.dim'),
          ],
          command: line,
          keys: { delete: `/reset ${name}` },
          search: `${name} ${option.help}`,
        };
      }),
    empty: [plain(safe`No option matches.`)],
  }),
});
