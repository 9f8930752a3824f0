/** /list — the rooms of a service (XEP-0045 §6.3). */
import {
  type Api,
  bareOf,
  cleanIdentifier,
  cleanLine,
  defineCommand,
  domainOf,
  errorText,
  type Jid,
  localOf,
  networkOf,
  parseJid,
  type RoomsPage,
  type Tab,
  UserError,
  writeIrcAddress,
} from '../api.js';

/** > services often put the number of people in parentheses behind the name  XEP-0045 §6.3 leaves the name free */
const COUNT = /\s*\((\d{1,6})\)$/;

/** The room service of our own server, found by disco. */
async function ownService(api: Api): Promise<Jid | undefined> {
  const jid = api.session.facts.jid;
  if (jid === undefined) return undefined;
  const server = parseJid(api.session.facts.domain ?? domainOf(jid));
  if (server === undefined) return undefined;
  for (const { jid: address } of (await api.disco.items(server)).items) {
    try {
      const { identities } = await api.disco.info(address);
      if (identities.some(one => one.category === 'conference' && one.type === 'text')) return address;
    } catch {
      api.log.debug(`no disco#info from ${address}`);
    }
  }
  return undefined;
}

export default defineCommand({
  name: 'list',
  aliases: ['rooms'],
  group: 'rooms',
  needs: 'online',
  summary: 'Show the rooms of a service',
  description:
    'Opens a list that is narrowed by typing; Enter joins. Default: the service of this room, of the last rooms, or of your server.',
  args: { service: { type: 'jid', optional: true, help: 'address of the service, muc.example.org' } },
  examples: ['/list', '/list muc.example.org'],
  async run({ api, args, chat }) {
    const set = parseJid(String(api.config.get('rooms.service')));
    const irc = networkOf(chat, api.store.chats.values());
    const near =
      irc !== undefined
        ? writeIrcAddress({ ...irc, name: '' })
        : chat?.kind === 'room'
          ? parseJid(domainOf(chat.id))
          : undefined;
    const service = args.service ?? near ?? set ?? (await ownService(api));
    if (service === undefined)
      throw new UserError('Your server offers no rooms.', '/list muc.example.org asks another service.');
    const start: RoomsPage = { state: 'loading', service, rooms: [] };
    const tab = api.tabs.open('rooms', start) as Tab<RoomsPage>;
    api.tabs.setData(tab, start);
    try {
      const { items, more } = await api.disco.items(service);
      const rooms = items.flatMap(item => {
        const jid = bareOf(item.jid);
        if (localOf(jid) === undefined) return [];
        const people = COUNT.exec(item.name ?? '');
        const name = cleanLine((item.name ?? '').replace(COUNT, ''));
        return [
          {
            jid,
            ...(name === '' || name === localOf(jid) ? {} : { name }),
            ...(people === null ? {} : { occupants: Number(people[1]) }),
          },
        ];
      });
      rooms.sort((a, b) => (b.occupants ?? 0) - (a.occupants ?? 0) || (a.jid < b.jid ? -1 : 1));
      api.tabs.setData(tab, { state: 'done', service, rooms, more });
    } catch (error) {
      api.tabs.setData(tab, { ...start, state: 'failed', error: cleanLine(errorText(error)) });
      throw new UserError(
        `${cleanIdentifier(service)} does not show its rooms.`,
        `/disco ${service} shows what it is.`,
      );
    }
  },
});
