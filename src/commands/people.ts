/** /people — look people up in a directory (XEP-0055). */
import {
  cleanIdentifier,
  cleanLine,
  count,
  defineCommand,
  type FormValues,
  type ListItem,
  type ListPage,
  parseJid,
  plain,
  quote,
  rowOf,
  safe,
  UserError,
} from '../api.js';

export default defineCommand({
  name: 'people',
  group: 'people',
  needs: 'online',
  summary: 'Look people up in the directory of a server',
  description:
    'Opens the form of the directory of your own server, or of the one you name; who is found is a list: Enter talks to them, F2 adds them to your contacts.',
  args: { directory: { type: 'jid', optional: true, help: 'address of a directory; default: that of your server' } },
  examples: ['/people', '/people vjud.example.org'],
  async run({ api, args }) {
    const directory = args.directory ?? (await api.disco.own('directory', 'user'));
    if (directory === undefined) {
      throw new UserError('Your server has no directory of people.', '/people directory.example.org asks another one.');
    }
    const name = cleanIdentifier(directory);
    const form = await api.search.form(directory).catch(() => {
      throw new UserError(`${name} is no directory, or does not answer.`, `/disco ${directory} shows what it is.`);
    });
    const answer = await api.ui.form({ form, from: directory, title: safe`find people`, actions: ['search'] });
    if (answer.action === 'cancel') return;
    const values: FormValues = answer.values;
    const result = await api.search.submit(directory, form, values);
    const columns = result.reported ?? [];
    const rows = result.items ?? [];
    const items = rows.flatMap((row): readonly ListItem[] => {
      const jid = parseJid((row.get('jid') ?? row.get('JID'))?.[0] ?? '');
      if (jid === undefined) return [];
      const about = columns
        .filter(column => column.var.toLowerCase() !== 'jid')
        .flatMap(column => row.get(column.var)?.filter(value => value !== '') ?? [])
        .map(value => cleanLine(value));
      return [
        {
          id: jid,
          row: rowOf(['text.address', cleanIdentifier(jid)], safe`  ${cleanLine(about.join(', '))}`),
          command: `/query ${quote(jid)}`,
          keys: { f2: `/add ${quote(jid)}` },
        },
      ];
    });
    const page: ListPage = {
      title: safe`people at ${name}`,
      header: [plain(safe`${count(items.length, 'person', 'people')}. Enter talks to them, F2 adds them.`), []],
      items,
      empty: [plain(safe`Nobody like that.`, 'list.empty'), rowOf(['text.key', safe`/people`], safe` looks again.`)],
    };
    api.tabs.open('results', page);
  },
});
