/** /whowas — what is remembered of somebody who left this room. */
import {
  asRoom,
  cleanIdentifier,
  cleanLine,
  count,
  type Departed,
  dateTime,
  defineCommand,
  duration,
  fact,
  joinSafe,
  plain,
  type Row,
  rowOf,
  safe,
  UserError,
  type Visitor,
} from '../api.js';

const MOST = 12;

/** As they were when they went. */
function remembered({ occupant, at, what, by, reason }: Departed, now: number): readonly Row[] {
  const agent = by === undefined ? safe`` : safe` by ${by}`;
  const why = reason === undefined ? safe`` : safe` (${reason})`;
  const verb = what === 'left' ? safe`left` : safe`was ${cleanLine(what)}`;
  return [
    plain(safe`${verb} ${duration(now - at)} ago${agent}${why}`),
    fact(
      safe`address`,
      occupant.realJid === undefined
        ? plain(safe`the room did not show it`)
        : plain(cleanIdentifier(occupant.realJid), 'text.address'),
    ),
    fact(safe`rank`, safe`${cleanLine(occupant.affiliation)}, ${cleanLine(occupant.role)}`),
    ...(occupant.spokeAt === undefined ? [] : [fact(safe`spoke`, safe`${duration(now - occupant.spokeAt)} ago`)]),
  ];
}

/** What the desk knows besides. */
function further({ otherNames, firstWords, visits }: Visitor): readonly Row[] {
  return [
    ...(otherNames.length === 0 ? [] : [fact(safe`other nicks`, joinSafe(otherNames, safe`, `))]),
    ...(firstWords === undefined ? [] : [fact(safe`began with`, firstWords)]),
    ...(visits > 1 ? [fact(safe`came`, count(visits, 'time'))] : []),
  ];
}

export default defineCommand({
  name: 'whowas',
  group: 'people',
  where: 'room',
  summary: 'Show what is still known about somebody who left',
  description:
    'Who left is remembered as long as the tab is open, with the address where the room shows it; then come their last doings in the log. /ban takes such a nick too.',
  args: {
    nick: {
      type: 'rest',
      help: 'nick, present or not',
      complete: ({ chat }) => (chat?.kind === 'room' ? [...chat.departed.keys()].reverse() : []),
    },
  },
  examples: ['/whowas nemo'],
  run({ api, args, chat }) {
    const room = asRoom(chat);
    const nick = cleanIdentifier(args.nick.trim());
    const past = room.departed.get(args.nick.trim());
    const visitor = api.desk.of(room.id).named(args.nick.trim());
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
    if (rows.length === 0 && past === undefined)
      throw new UserError(`Nothing is known here about ${nick}.`, '/names shows who is in the room.');
    api.ui.notice([
      plain(nick, 'text.heading'),
      ...(past === undefined ? [] : remembered(past, api.now())),
      ...(visitor === undefined ? [] : further(visitor)),
      ...rows.reverse(),
    ]);
  },
});
