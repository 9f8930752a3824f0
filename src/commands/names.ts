/** /names — who is in this room. */
import {
  asRoom,
  byRank,
  cleanLine,
  count,
  defineCommand,
  nickSpan,
  plain,
  type Row,
  safe,
  signOf,
  signToken,
  span,
} from '../api.js';

const ROLES = ['moderator', 'participant', 'visitor'] as const;

export default defineCommand({
  name: 'names',
  aliases: ['n', 'who'],
  group: 'rooms',
  where: 'room',
  summary: 'Show who is in this room',
  description: 'Signs: ~ owner, & admin, @ moderator, + member, - visitor.',
  examples: ['/names'],
  run({ api, chat }) {
    const room = asRoom(chat);
    const people = byRank(room.occupants.values());
    const rows: Row[] = [plain(safe`${count(people.length, 'person', 'people')} in ${room.title}`, 'text.heading')];
    for (const role of ROLES) {
      const group = people.filter(occupant => occupant.role === role);
      if (group.length === 0) continue;
      rows.push([
        span('list.group', cleanLine(`${group.length} ${role}${group.length === 1 ? '' : 's'}: `)),
        ...group.flatMap((occupant, i) => [
          ...(i === 0 ? [] : [span('text.dim', safe` `)]),
          ...(signOf(occupant) === ' ' ? [] : [span(signToken(occupant), signOf(occupant))]),
          nickSpan(occupant, api.colors.hueOf(occupant)),
        ]),
      ]);
    }
    api.ui.notice(rows);
  },
});
