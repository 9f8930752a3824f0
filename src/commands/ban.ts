/** /ban — keep somebody out of this room. */
import {
  addressOf,
  asRoom,
  bareOf,
  cleanIdentifier,
  defineCommand,
  parseJid,
  refusal,
  safe,
  UserError,
} from '../api.js';

export default defineCommand({
  name: 'ban',
  aliases: ['b', 'kb', 'kickban'],
  group: 'moderation',
  where: 'room',
  needs: 'online',
  summary: 'Keep somebody out of this room',
  description:
    'A ban is for an address, not for a nick: the nick is looked up, also of people who left. The address of a guest is thrown away when they leave, so such a ban may not hold. Takes the affiliation admin or owner. /bans lists them.',
  args: {
    who: { type: 'person', help: 'nick, present or not, an address or a whole domain' },
    reason: { type: 'rest', optional: true, help: 'why' },
  },
  examples: ['/ban nemo spam', '/ban nemo@example.org', '/ban example.org'],
  async run({ api, args, chat }) {
    const room = asRoom(chat);
    const typed = parseJid(args.who);
    const known = addressOf(room, args.who);
    const present = room.occupants.has(args.who);
    const jid = known ?? (!present && typed !== undefined && /[@.]/.test(typed) ? bareOf(typed) : undefined);
    if (jid === undefined) {
      throw new UserError(
        `The address of ${cleanIdentifier(args.who)} is not known, and a ban needs it.`,
        '/kick sends them out by nick; /ban address bans.',
      );
    }
    try {
      await api.mucAdmin.setAffiliation(room.id, jid, 'outcast', args.reason);
    } catch (error) {
      throw refusal(error, {
        forbidden: ['Only admins and owners of a room may ban.', '/kick needs only a moderator.'],
        'not-allowed': ['You cannot ban somebody of equal or higher rank.', '/affiliation lists who is what.'],
      });
    }
    api.ui.notice(safe`${cleanIdentifier(jid)} is banned from ${room.title}. /unban takes it back.`);
  },
});
