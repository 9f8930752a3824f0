/** /report — tell the operators about a spammer: ours by XEP-0377, theirs by their contact address (XEP-0157). */
import {
  asRoom,
  bareOf,
  cleanIdentifier,
  defineCommand,
  parseJid,
  reportRows,
  safe,
  type Target,
  targetNamed,
  targetOfVisitor,
  UserError,
} from '../api.js';

export default defineCommand({
  name: 'report',
  group: 'moderation',
  where: 'room',
  needs: 'online',
  summary: 'Report somebody to the operators of your server and show those of theirs',
  description:
    'Your server gets the address and the messages, and blocks the address for you: that is how such a report works. Then it says whom to write to at their server, with a text for it.',
  args: {
    who: { type: 'person', help: 'nick, present or not, or an address' },
    kind: { type: 'choice', optional: true, choices: ['spam', 'abuse'], help: 'default: spam' },
    text: { type: 'rest', optional: true, help: 'what they should know' },
  },
  examples: ['/report spammer', '/report nemo abuse threatens people'],
  async run({ api, args, chat }) {
    const room = asRoom(chat);
    const visitor = api.desk.of(room.id).named(args.who);
    const typed = parseJid(args.who);
    const address: Target | undefined =
      typed === undefined || !/[@.]/.test(args.who)
        ? undefined
        : { name: cleanIdentifier(args.who), nicks: [], jid: bareOf(typed), affiliation: 'none', role: 'none' };
    const target = visitor === undefined ? (targetNamed(room, args.who) ?? address) : targetOfVisitor(visitor);
    if (target === undefined) {
      throw new UserError(`Nobody of the nick ${cleanIdentifier(args.who)} is or was here.`, '/mod shows who was.');
    }
    const reason = args.kind === 'abuse' ? 'abuse' : 'spam';
    if (!(await api.ui.confirm(safe`Report ${target.name} to your server? It blocks them for you.`))) return;
    const text = args.text;
    api.ui.notice(
      reportRows(await api.desk.report(room.id, target, text === undefined ? { reason } : { reason, text })),
    );
  },
});
