/** /whois — everything that is known about somebody, from all sources at once. */
import {
  type Api,
  bareOf,
  cleanIdentifier,
  cleanLine,
  clip,
  defineCommand,
  duration,
  fact,
  isFull,
  isIrcChannel,
  type Jid,
  joinSafe,
  plain,
  type Row,
  type Safe,
  safe,
  showWord,
  UserError,
} from '../api.js';

/** Cells of a status: about two rows. */
const MAX_STATUS = 140;

/** What the client says about itself; silence is no error here. */
async function software(api: Api, jid: Jid): Promise<Safe | undefined> {
  try {
    const { name, version, os } = await api.version.of(jid);
    return cleanLine([name, version, os].filter(part => part !== undefined && part !== '').join(' '));
  } catch {
    return undefined;
  }
}

async function localTime(api: Api, jid: Jid): Promise<Safe | undefined> {
  try {
    const { at, offset } = await api.time.of(jid);
    // Their wall clock, whatever zone this machine is in.
    return cleanLine(new Date(at + offset * 60_000).toISOString().slice(0, 16).replace('T', ' '));
  } catch {
    return undefined;
  }
}

function occupantFacts(api: Api, jid: Jid): readonly Row[] {
  const occupant = api.store.occupant(jid);
  const room = api.store.room(bareOf(jid));
  if (occupant === undefined || room === undefined) return [];
  const rows = [
    fact(safe`room`, room.title),
    fact(safe`role`, cleanLine(occupant.role)),
    fact(safe`affiliation`, cleanLine(occupant.affiliation)),
    fact(
      safe`presence`,
      occupant.status === undefined
        ? showWord(occupant.show)
        : safe`${showWord(occupant.show)}, ${clip(occupant.status, MAX_STATUS)}`,
    ),
  ];
  if (occupant.realJid !== undefined)
    rows.push(fact(safe`address`, plain(cleanIdentifier(occupant.realJid), 'text.address')));
  else rows.push(fact(safe`address`, safe`hidden by the room`));
  if (occupant.hats !== undefined && occupant.hats.length > 0)
    rows.push(fact(safe`hats`, joinSafe(occupant.hats, safe`, `)));
  const others = api.desk.of(room.id).named(occupant.nick)?.otherNames ?? [];
  if (others.length > 0) rows.push(fact(safe`other nicks`, joinSafe(others, safe`, `)));
  if (occupant.spokeAt !== undefined) rows.push(fact(safe`spoke`, safe`${duration(api.now() - occupant.spokeAt)} ago`));
  if (occupant.looksLike !== undefined) {
    rows.push(
      fact(
        safe`careful`,
        plain(safe`this nick looks like ${occupant.looksLike}, who is somebody else`, 'notice.warning'),
      ),
    );
  }
  return rows;
}

function contactFacts(api: Api, jid: Jid): readonly Row[] {
  const contact = api.store.contact(bareOf(jid));
  if (contact === undefined) return [];
  const rows = [fact(safe`contact`, contact.name), fact(safe`subscription`, cleanLine(contact.subscription))];
  if (contact.groups.length > 0) rows.push(fact(safe`groups`, joinSafe(contact.groups, safe`, `)));
  for (const one of contact.resources.values()) {
    const status =
      one.status === undefined ? showWord(one.show) : safe`${showWord(one.show)}, ${clip(one.status, MAX_STATUS)}`;
    rows.push(fact(safe`client`, safe`${cleanIdentifier(one.jid)} (${status})`));
  }
  return rows;
}

export default defineCommand({
  name: 'whois',
  aliases: ['wi'],
  group: 'people',
  summary: 'Show everything that is known about somebody',
  description: 'Puts together presence, room, roster, and what their client tells: software and local time.',
  args: {
    who: { type: 'target', optional: true, help: 'nick in this room, or an address; default: whom you talk to' },
  },
  examples: ['/whois nemo', '/whois ana@example.org'],
  async run({ api, args, chat, tab }) {
    const jid = args.who ?? (chat === undefined || chat.kind === 'room' ? undefined : chat.id);
    if (jid === undefined) throw new UserError('Who?', '/whois nick, or /whois someone@server');
    const occupant = api.store.occupant(jid);
    const rooms = [...api.store.chats.values()].filter(
      one =>
        one.kind === 'room' &&
        one.id !== chat?.id &&
        [...one.occupants.values()].some(
          other => other.realJid !== undefined && bareOf(other.realJid) === bareOf(occupant?.realJid ?? jid),
        ),
    );
    const rows: Row[] = [plain(occupant?.name ?? cleanIdentifier(jid), 'text.heading')];
    rows.push(...occupantFacts(api, jid), ...contactFacts(api, occupant?.realJid ?? jid));
    if (rooms.length > 0)
      rows.push(
        fact(
          safe`also in`,
          joinSafe(
            rooms.map(room => room.title),
            safe`, `,
          ),
        ),
      );
    if (rows.length === 1)
      rows.push(plain(safe`Nothing is known about this address. /disco ${cleanIdentifier(jid)} asks it.`));
    api.ui.notice(rows);
    const room = api.store.room(bareOf(jid));
    if (occupant !== undefined && room !== undefined && isIrcChannel(room) && api.session.facts.status === 'online') {
      await api.commands.run(`/quote WHOIS ${occupant.nick}`, tab);
      api.ui.notice(safe`The network tells more in its own tab.`);
      return;
    }
    // What their client says may take a while, or never come: the rest does not wait for it.
    const client = isFull(jid) ? jid : api.store.contact(jid)?.best?.jid;
    if (client === undefined || api.session.facts.status !== 'online') return;
    const [program, time] = await Promise.all([software(api, client), localTime(api, client)]);
    const more = [
      ...(program === undefined || program === '' ? [] : [fact(safe`software`, program)]),
      ...(time === undefined ? [] : [fact(safe`local time`, time)]),
    ];
    if (more.length > 0) api.ui.notice([plain(occupant?.name ?? cleanIdentifier(jid), 'text.heading'), ...more]);
  },
});
