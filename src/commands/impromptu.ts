/** /impromptu — a new private room with several people at once (XEP-0045 §7.6 as people know it). */
import {
  type Api,
  type BareJid,
  bareOf,
  cleanIdentifier,
  count,
  defineCommand,
  type Jid,
  joinSafe,
  localOf,
  parseJid,
  quote,
  safe,
  UserError,
} from '../api.js';

/** Where new rooms of ours are: as the settings say, or at our own server. */
async function serviceFor(api: Api): Promise<Jid> {
  const set = parseJid(String(api.config.get('rooms.service')));
  const service = set ?? (await api.disco.own('conference', 'text'));
  if (service !== undefined) return service;
  throw new UserError('Your server offers no rooms.', '/set rooms.service muc.example.org names a service.');
}

export default defineCommand({
  name: 'impromptu',
  group: 'rooms',
  needs: 'account',
  summary: 'Make a private room with several people',
  description:
    'It is hidden, for members only, and everybody in it sees all addresses. The people become members and are invited; /invite brings more.',
  args: { people: { type: 'rest', help: 'addresses of people' } },
  examples: ['/impromptu ana@example.org ben@example.net'],
  async run({ api, args }) {
    const people: BareJid[] = [];
    for (const word of args.people.split(/[\s,]+/u).filter(one => one !== '')) {
      const jid = parseJid(word);
      if (jid === undefined || localOf(jid) === undefined) {
        throw new UserError(`“${cleanIdentifier(word)}” is not the address of a person.`, '/impromptu ana@example.org');
      }
      if (!people.includes(bareOf(jid))) people.push(bareOf(jid));
    }
    const service = await serviceFor(api);
    // Nobody shall guess the name of a private room, so it says nothing.
    const serial = crypto.randomUUID().replaceAll('-', '').slice(0, 12);
    const room = bareOf(parseJid(`group-${serial}@${service}`) ?? service);
    if (!(await api.commands.run(`/create -group ${quote(room)}`))) return;
    if (api.store.room(room)?.state !== 'joined') return;
    const missed: BareJid[] = [];
    for (const person of people) {
      try {
        await api.mucAdmin.setAffiliation(room, person, 'member');
        // Whom we know hears it from us; the room, a stranger to them, may be kept out.
        api.muc.invite(room, person, { direct: api.store.contact(person) !== undefined });
      } catch {
        missed.push(person);
      }
    }
    const names = people.filter(one => !missed.includes(one)).map(one => cleanIdentifier(one));
    if (names.length > 0) {
      api.ui.notice(safe`${count(names.length, 'person is', 'people are')} invited: ${joinSafe(names, safe`, `)}.`, {
        chat: room,
      });
    }
    if (missed.length > 0) {
      throw new UserError(
        `Not invited: ${missed.map(one => cleanIdentifier(one)).join(', ')}.`,
        '/invite tries again.',
        room,
      );
    }
  },
});
