/** /ban — keep somebody out of this room. */
import {
  addressOf,
  asRoom,
  bareOf,
  cleanIdentifier,
  count,
  defineCommand,
  parseJid,
  plain,
  type Row,
  refusal,
  rowOf,
  safe,
  UserError,
} from '../api.js';

export default defineCommand({
  name: 'ban',
  aliases: ['b', 'bans'],
  group: 'moderation',
  where: 'room',
  needs: 'online',
  summary: 'Keep somebody out of this room, or list who is kept out',
  description:
    'A ban is for an address, not for a nick: the nick is looked up, also of people who left. The address of a guest is thrown away when they leave, so such a ban may not hold. Takes the affiliation admin or owner.',
  args: {
    who: {
      type: 'nick',
      optional: true,
      help: 'nick, present or not, an address or a whole domain; default: list the bans',
    },
    reason: { type: 'rest', optional: true, help: 'why' },
  },
  examples: ['/ban', '/ban nemo spam', '/ban nemo@example.org', '/ban example.org'],
  async run({ api, args, chat }) {
    const room = asRoom(chat);
    const denied = {
      forbidden: ['Only admins and owners of a room may ban.', '/kick needs only a moderator.'],
      'not-allowed': ['You cannot ban somebody of equal or higher rank.', '/affiliation lists who is what.'],
    } as const;
    try {
      if (args.who === undefined) {
        const banned = await api.mucAdmin.listAffiliation(room.id, 'outcast');
        const rows: Row[] = banned.map(one =>
          rowOf(
            safe`  `,
            ['text.address', cleanIdentifier(one.jid)],
            ...(one.reason === undefined ? [] : [safe` ${one.reason}`]),
          ),
        );
        api.ui.notice([
          plain(safe`${count(banned.length, 'address', 'addresses')} banned from ${room.title}`, 'text.heading'),
          ...rows,
        ]);
        return;
      }
      const typed = parseJid(args.who);
      const jid = addressOf(room, args.who) ?? (typed !== undefined && /[@.]/.test(typed) ? bareOf(typed) : undefined);
      if (jid === undefined) {
        throw new UserError(
          `The address of ${cleanIdentifier(args.who)} is not known, and a ban needs it.`,
          '/kick sends them out by nick; /ban address bans.',
        );
      }
      await api.mucAdmin.setAffiliation(room.id, jid, 'outcast', args.reason);
      api.ui.notice(safe`${cleanIdentifier(jid)} is banned from ${room.title}. /unban takes it back.`);
    } catch (error) {
      throw refusal(error, denied);
    }
  },
});
