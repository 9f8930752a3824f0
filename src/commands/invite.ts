/** /invite — invite somebody into a room. */
import { bareOf, cleanIdentifier, defineCommand, safe, UserError } from '../api.js';

export default defineCommand({
  name: 'invite',
  group: 'rooms',
  needs: 'online',
  summary: 'Invite somebody into this room',
  description:
    'In a chat with one person it proposes a private room for all three. The room passes the invitation on, which works for members-only rooms; -direct sends it yourself, which works where the room is not allowed to write to them.',
  args: {
    direct: { type: 'flag', optional: true, help: 'write to them yourself (XEP-0249)' },
    who: { type: 'contact', help: 'address of a person' },
    room: { type: 'room', optional: true, help: 'default: this room' },
    reason: { type: 'rest', optional: true, help: 'why' },
  },
  examples: ['/invite ana@example.org', '/invite ana@example.org chat@muc.example.org come and see'],
  async run({ api, args, chat, tab }) {
    // What follows the address may already be the reason: only a room we know, or a whole address, is a room.
    const room = args.room?.jid ?? (chat?.kind === 'room' ? chat.id : chat?.kind === 'private' ? chat.room : undefined);
    if (room === undefined && chat?.kind === 'direct' && bareOf(args.who) !== chat.id) {
      // Whoever invites into a talk of two wants a talk of three.
      const question = safe`Make a private room with ${cleanIdentifier(chat.id)} and ${cleanIdentifier(args.who)}?`;
      if (await api.ui.confirm(question)) await api.commands.run(`/impromptu ${chat.id} ${args.who}`, tab);
      return;
    }
    if (room === undefined) throw new UserError('Into which room?', '/invite ana@example.org room@service');
    await api.muc.invite(room, args.who, {
      direct: args.direct,
      ...(args.reason === undefined ? {} : { reason: args.reason }),
    });
    api.ui.notice(safe`Invited ${cleanIdentifier(args.who)} into ${cleanIdentifier(room)}.`);
  },
});
