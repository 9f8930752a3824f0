/** /list — the rooms of a service (XEP-0045 §6.3). */
import {
  type Api,
  type BareJid,
  bareOf,
  cleanIdentifier,
  cleanLine,
  defineCommand,
  domainOf,
  errorText,
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

/** So many rooms are asked what they are about, so many at a time. */
const MOST_ASKED = 100;
const AT_ONCE = 4;

/** Rooms that do not say by their name how many are there are asked, in the order of the list. */
async function fillIn(api: Api, tab: Tab<RoomsPage>): Promise<void> {
  const queue = tab.data.rooms.filter(one => one.occupants === undefined).slice(0, MOST_ASKED);
  const known = new Map<BareJid, Partial<RoomsPage['rooms'][number]>>();
  const show = (): void => {
    const { data } = tab;
    // Another list is shown meanwhile, or the tab is closed.
    if (!api.tabs.list.includes(tab) || data.state !== 'done') return;
    const rooms = data.rooms.map(one => ({ ...one, ...known.get(one.jid) }));
    rooms.sort((a, b) => (b.occupants ?? 0) - (a.occupants ?? 0) || (a.jid < b.jid ? -1 : 1));
    api.tabs.setData(tab, { ...data, rooms });
  };
  const work = async (): Promise<void> => {
    for (let room = queue.shift(); room !== undefined; room = queue.shift()) {
      if (!api.tabs.list.includes(tab)) return;
      try {
        const { facts, subject, occupants } = await api.muc.preview(room.jid);
        const about = subject ?? facts.description;
        known.set(room.jid, {
          ...(occupants === undefined ? {} : { occupants }),
          ...(about === undefined ? {} : { about }),
        });
      } catch {
        api.log.debug(`no disco#info from ${room.jid}`);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  show();
}

export default defineCommand({
  name: 'list',
  group: 'rooms',
  needs: 'online',
  summary: 'Show the rooms of a service',
  description:
    'Opens a list that is narrowed by typing; Enter joins, F2 shows what the room is about. /rooms search looks in other places. Default: the service of this room, of the last rooms, or of your server.',
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
    const service = args.service ?? near ?? set ?? (await api.disco.own('conference', 'text'));
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
      // A network behind a gateway has said all.
      if (irc === undefined) await fillIn(api, tab);
    } catch (error) {
      api.tabs.setData(tab, { ...start, state: 'failed', error: cleanLine(errorText(error)) });
      throw new UserError(
        `${cleanIdentifier(service)} does not show its rooms.`,
        `/disco ${service} shows what it is.`,
      );
    }
  },
});
