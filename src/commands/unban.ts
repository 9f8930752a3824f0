/** /unban — let somebody in again. */
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
  withoutMask,
} from '../api.js';

export default defineCommand({
  name: 'unban',
  group: 'moderation',
  needs: 'online',
  summary: 'Let a banned address in again',
  args: {
    who: { type: 'person', help: 'address that was banned, or the nick it had; /bans lists them' },
    room: { type: 'room', optional: true, help: 'default: this room' },
  },
  examples: ['/unban nemo@example.org'],
  async run({ api, args, chat }) {
    const room = args.room?.jid ?? asRoom(chat).id;
    const jid =
      (chat?.kind === 'room' ? addressOf(chat, args.who) : undefined) ??
      (/[@.]/.test(args.who) ? parseJid(withoutMask(args.who)) : undefined);
    if (jid === undefined) {
      throw new UserError(`The address of ${cleanIdentifier(args.who)} is not known.`, '/bans shows who is banned.');
    }
    const address = cleanIdentifier(bareOf(jid));
    try {
      await api.mucAdmin.setAffiliation(room, bareOf(jid), 'none');
    } catch (error) {
      throw refusal(error, {
        forbidden: ['Only admins and owners of a room may lift a ban.', '/names shows them (& ~).'],
      });
    }
    api.desk.remember(room, bareOf(jid), undefined);
    api.ui.notice(safe`${address} may enter ${cleanIdentifier(room)} again.`);
  },
});
