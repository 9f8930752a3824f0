/** /contact — whom to write to about a server (XEP-0157). */
import { bareOf, cleanIdentifier, defineCommand, domainOf, fact, parseJid, plain, UserError } from '../api.js';

export default defineCommand({
  name: 'contact',
  group: 'service',
  needs: 'online',
  summary: 'Show whom to write to about a server: abuse, support, administrators',
  description: 'With a nick of this room it is the server of that person, as far as the room shows their address.',
  args: {
    server: {
      type: 'target',
      optional: true,
      help: 'server, address or nick; default: the server of this tab, or yours',
    },
  },
  examples: ['/contact', '/contact example.org', '/contact nemo'],
  async run({ api, args, chat }) {
    const occupant = args.server === undefined ? undefined : api.store.occupant(args.server);
    if (occupant !== undefined && occupant.realJid === undefined) {
      throw new UserError(
        `The room does not show the address of ${occupant.name}.`,
        `/contact ${domainOf(bareOf(occupant.occupantJid))} is about the room.`,
      );
    }
    const near = occupant?.realJid ?? args.server ?? chat?.id ?? api.session.facts.jid;
    const server = near === undefined ? undefined : parseJid(domainOf(near));
    if (server === undefined) throw new UserError('Of which server?', '/contact example.org');
    const found = await api.contacts.of(server);
    if (found.length === 0)
      throw new UserError(`${cleanIdentifier(server)} names nobody.`, `/disco ${server} shows what it says.`);
    api.ui.notice([
      plain(cleanIdentifier(server), 'text.heading'),
      ...found.map(({ kind, address }) => fact(kind, plain(address, 'text.address'))),
    ]);
  },
});
