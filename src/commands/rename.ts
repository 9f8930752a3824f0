/** /rename — call a contact by another name. */
import { cleanIdentifier, defineCommand, safe, UserError } from '../api.js';

export default defineCommand({
  name: 'rename',
  aliases: ['name'],
  group: 'people',
  needs: 'account',
  summary: 'Call a contact by another name, or put them into groups',
  description: 'Only you see the name. -group takes what follows as groups, separated by commas.',
  args: {
    group: { type: 'flag', help: 'set groups instead of the name' },
    contact: { type: 'contact', help: 'whom' },
    name: { type: 'rest', optional: true, help: 'the name, or groups; nothing: none' },
  },
  examples: ['/rename ana@example.org Ana', '/rename -group ana@example.org Friends, Work'],
  async run({ api, args }) {
    if (api.store.contact(args.contact) === undefined) {
      throw new UserError(`${cleanIdentifier(args.contact)} is not in your contacts.`, `/add ${args.contact}`);
    }
    const text = args.name ?? '';
    const groups = text
      .split(',')
      .map(group => group.trim())
      .filter(group => group !== '');
    await api.roster.update(args.contact, args.group ? { groups } : { name: text });
    api.ui.notice(
      args.group
        ? safe`${cleanIdentifier(args.contact)} is in ${groups.length === 0 ? safe`no group` : cleanIdentifier(groups.join(', '))}.`
        : safe`${cleanIdentifier(args.contact)} is called ${text === '' ? safe`by the address` : cleanIdentifier(text)}.`,
    );
  },
});
