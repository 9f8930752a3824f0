/** /purge — ban somebody and remove what they said (XEP-0425). */
import {
  asRoom,
  cleanIdentifier,
  count,
  defineCommand,
  isSelf,
  messagesOf,
  outcomeRows,
  safe,
  targetNamed,
  targetOfVisitor,
  UserError,
} from '../api.js';

export default defineCommand({
  name: 'purge',
  group: 'moderation',
  where: 'room',
  needs: 'online',
  summary: 'Ban somebody and remove what they said',
  description:
    'Works for people who left as well. What was said under other nicks goes too where the room gives occupant ids. Removing cannot be taken back, so it is asked first; /unban takes the ban back. /retract -all nick removes without a ban.',
  args: {
    who: { type: 'person', help: 'nick, present or not' },
    reason: { type: 'rest', optional: true, help: 'why' },
  },
  examples: ['/purge spammer', '/purge spammer advertising'],
  async run({ api, args, chat }) {
    const room = asRoom(chat);
    const visitor = api.desk.of(room.id).named(args.who);
    const target = visitor === undefined ? targetNamed(room, args.who) : targetOfVisitor(visitor);
    if (target === undefined) {
      throw new UserError(`Nobody of the nick ${cleanIdentifier(args.who)} is or was here.`, '/mod shows who was.');
    }
    if (isSelf(room, target)) throw new UserError('That is you.', '/retract takes back what you said.');
    const said = messagesOf(room, target).length;
    const rank = target.affiliation === 'none' ? safe`` : safe`, who has a rank here,`;
    if (!(await api.ui.confirm(safe`Ban ${target.name}${rank} and remove ${count(said, 'message')} for good?`))) return;
    const outcome = await api.desk.act(room.id, 'purge', [target], args.reason);
    api.ui.notice(outcomeRows('purge', outcome, safe` /mod undo lifts the ban.`), {
      level: outcome.failed.length > 0 ? 'warning' : 'info',
    });
  },
});
