/** /ban — keep somebody out of this room. */
import {
  type Api,
  addressOf,
  asRoom,
  type BareJid,
  bareOf,
  cleanIdentifier,
  cleanLine,
  count,
  defineCommand,
  domainOf,
  looksLikeGuest,
  type Occupant,
  parseJid,
  plain,
  type Room,
  refusal,
  safe,
  UserError,
  withoutMask,
} from '../api.js';

/** Those here whom a ban of this address would hit. */
function hit(room: Room, jid: BareJid): readonly Occupant[] {
  const isDomain = !jid.includes('@');
  return [...room.occupants.values()].filter(
    one => one.realJid !== undefined && (isDomain ? domainOf(one.realJid) === jid : bareOf(one.realJid) === jid),
  );
}

/** Asks where a ban hits more than one stranger; false: better not. */
async function isMeant(api: Api, room: Room, jid: BareJid): Promise<boolean> {
  const people = hit(room, jid);
  const address = cleanIdentifier(jid);
  if (!jid.includes('@')) {
    const here =
      people.length === 0 ? safe`Nobody of it is here.` : safe`${count(people.length, 'person', 'people')} of it here.`;
    const own = api.session.facts.domain === jid ? safe` It is your own server.` : safe``;
    return api.ui.confirm(safe`Ban everybody of ${address} from ${room.title}? ${here}${own}`);
  }
  const ranked = people.find(one => one.affiliation !== 'none');
  if (ranked === undefined) return true;
  return api.ui.confirm(safe`${ranked.name} (${address}) is ${cleanLine(ranked.affiliation)} here. Ban all the same?`);
}

export default defineCommand({
  name: 'ban',
  aliases: ['b', 'kb', 'kickban'],
  group: 'moderation',
  where: 'room',
  needs: 'online',
  summary: 'Keep somebody out of this room',
  description:
    'A ban is for an address, not for a nick: the nick is looked up, also of people who left. The address of a guest is thrown away when they leave, so such a ban may not hold. A whole domain works too, after a question. Takes the affiliation admin or owner. /bans lists them; --match PATTERN is /banre.',
  args: {
    who: { type: 'person', help: 'nick, present or not, an address or a whole domain' },
    reason: { type: 'rest', optional: true, help: 'why' },
  },
  examples: ['/ban nemo spam', '/ban nemo@example.org', '/ban @example.org', '/ban --match ^spam'],
  async run({ api, args, chat, tab, line }) {
    const room = asRoom(chat);
    if (/^--?match$/.test(args.who)) {
      // As it was typed: the backslashes of a pattern are its own.
      await api.commands.run(`/banre ${line.replace(/^.*?\s--?match\s+/is, '')}`, tab);
      return;
    }
    const known = addressOf(room, args.who);
    const present = room.occupants.has(args.who);
    const typed = present ? undefined : parseJid(withoutMask(args.who));
    const jid = known ?? (typed !== undefined && /[@.]/.test(args.who) ? bareOf(typed) : undefined);
    if (jid === undefined && !present && !room.departed.has(args.who)) {
      throw new UserError(
        `Nobody called ${cleanIdentifier(args.who)} is or was here.`,
        '/ban someone@server bans an address, /ban @server a whole server.',
      );
    }
    if (jid === undefined) {
      throw new UserError(
        `The address of ${cleanIdentifier(args.who)} is not known, and a ban needs it.`,
        '/kick sends them out by nick; /ban address bans.',
      );
    }
    const own = room.self?.realJid ?? api.session.facts.jid;
    if (own !== undefined && bareOf(own) === jid) throw new UserError('That is you.', '/part leaves the room.');
    if (!(await isMeant(api, room, jid))) return;
    try {
      await api.mucAdmin.setAffiliation(room.id, jid, 'outcast', args.reason);
    } catch (error) {
      throw refusal(error, {
        forbidden: ['Only admins and owners of a room may ban.', '/kick needs only a moderator.'],
        'not-allowed': ['You cannot ban somebody of equal or higher rank.', '/affiliation lists who is what.'],
      });
    }
    api.desk.remember(room.id, jid, args.reason === undefined ? {} : { reason: args.reason });
    api.ui.notice([
      plain(safe`${cleanIdentifier(jid)} is banned from ${room.title}. /unban takes it back.`),
      ...(looksLikeGuest(jid)
        ? [
            plain(
              safe`It looks like the address of a guest, who gets another one by coming again; /lockdown on lets newcomers only read.`,
              'text.dim',
            ),
          ]
        : []),
    ]);
  },
});
