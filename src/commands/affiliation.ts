/** /affiliation — what somebody is in this room for good. */
import {
  type Affiliation,
  addressOf,
  asRoom,
  bareOf,
  cleanIdentifier,
  cleanLine,
  defineCommand,
  parseJid,
  quote,
  refusal,
  safe,
  UserError,
} from '../api.js';

export default defineCommand({
  name: 'affiliation',
  aliases: ['aff'],
  group: 'moderation',
  where: 'room',
  needs: 'online',
  summary: 'Show or set what somebody is in this room for good',
  description:
    'owner may do everything, admin may ban and make members, member may always enter and talk, outcast is banned, none is everybody else. It lasts over visits; /role does not. Without arguments it opens the lists, where Space marks and o, a, m, b and Delete change what is marked.',
  args: {
    who: {
      type: 'person',
      optional: true,
      help: 'nick, present or not, or an address; default: show the lists',
    },
    affiliation: {
      type: 'choice',
      optional: true,
      choices: ['owner', 'admin', 'member', 'none', 'outcast'],
      help: 'the affiliation',
    },
    reason: { type: 'rest', optional: true, help: 'why' },
  },
  examples: ['/affiliation', '/affiliation nemo member', '/affiliation nemo@example.org none'],
  async run({ api, args, chat, tab }) {
    const room = asRoom(chat);
    if (args.who === undefined) {
      await api.commands.run(`/bans -ranks ${quote(room.id)}`, tab);
      return;
    }
    const occupant = room.occupants.get(args.who);
    const typed = parseJid(args.who);
    const jid =
      addressOf(room, args.who) ??
      (occupant === undefined && typed !== undefined && /[@.]/.test(typed) ? bareOf(typed) : undefined);
    if (args.affiliation === undefined) {
      if (occupant === undefined) throw new UserError('Which affiliation?', '/affiliation nemo member');
      api.ui.notice(
        safe`${occupant.name} has the affiliation ${cleanLine(occupant.affiliation)} and the role ${cleanLine(occupant.role)}.`,
      );
      return;
    }
    if (jid === undefined) {
      throw new UserError(
        `The address of ${cleanIdentifier(args.who)} is not known, and an affiliation needs it.`,
        'Give the address: /affiliation someone@server member',
      );
    }
    const self = room.self?.realJid ?? api.session.facts.jid;
    const isOwn = self !== undefined && bareOf(self) === jid;
    if (isOwn && !(await api.ui.confirm(safe`That is you. Become ${cleanLine(args.affiliation)} in ${room.title}?`)))
      return;
    try {
      await api.mucAdmin.setAffiliation(room.id, jid, args.affiliation as Affiliation, args.reason);
    } catch (error) {
      throw refusal(error, {
        'not-allowed': ['Your own rank does not allow that.', 'Admins make members and bans, owners everything.'],
        forbidden: ['Only admins and owners change affiliations.', '/names shows them (& ~).'],
        conflict: ['A room must keep one owner.', 'Make somebody else owner first.'],
      });
    }
    if (args.affiliation === 'outcast' || args.affiliation === 'none') {
      api.desk.remember(
        room.id,
        jid,
        args.affiliation === 'none' ? undefined : args.reason === undefined ? {} : { reason: args.reason },
      );
    }
    api.ui.notice(
      safe`${cleanIdentifier(jid)} now has the affiliation ${cleanLine(args.affiliation)} in ${room.title}.`,
    );
  },
});
