/** /whowas — what this room's log still knows about somebody who left. */
import {
  asRoom,
  cleanIdentifier,
  cleanLine,
  dateTime,
  defineCommand,
  plain,
  type Row,
  rowOf,
  safe,
  UserError,
} from '../api.js';

const MOST = 12;

export default defineCommand({
  name: 'whowas',
  group: 'people',
  where: 'room',
  summary: 'Show what is still known about somebody who left',
  description:
    'Looks through the log of this room for joins, leaves and messages of a nick; moderators find the address here.',
  args: { nick: { type: 'rest', help: 'nick, present or not' } },
  examples: ['/whowas nemo'],
  run({ api, args, chat }) {
    const room = asRoom(chat);
    const nick = cleanIdentifier(args.nick.trim());
    const rows: Row[] = [];
    for (const entry of room.log.newest()) {
      if (rows.length >= MOST) break;
      if (entry.kind === 'message' && entry.sender.name === nick) {
        rows.push(rowOf(['text.time', safe`${dateTime(entry.at)} `], safe`said: ${cleanLine(entry.body)}`));
      }
      if (entry.kind !== 'presence') continue;
      for (const movement of entry.movements) {
        if (movement.name !== nick && movement.to !== nick) continue;
        const to = movement.to === undefined ? safe`` : safe` to ${movement.to}`;
        const by = movement.by === undefined ? safe`` : safe` by ${movement.by}`;
        const why = movement.reason === undefined ? safe`` : safe` (${movement.reason})`;
        const jid = movement.jid === undefined ? [] : [['text.address', safe` ${movement.jid}`] as const];
        rows.push(
          rowOf(['text.time', safe`${dateTime(entry.at)} `], safe`${cleanLine(movement.what)}${to}${by}${why}`, ...jid),
        );
      }
    }
    if (rows.length === 0)
      throw new UserError(`Nothing is known here about ${nick}.`, '/names shows who is in the room.');
    api.ui.notice([plain(nick, 'text.heading'), ...rows.reverse()]);
  },
});
