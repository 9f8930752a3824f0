/** The tab of a room: what is said, and who is there by role. */
import {
  byRank,
  cleanIdentifier,
  cleanLine,
  composers,
  count,
  defineTab,
  nickSpan,
  type Occupant,
  plain,
  type Role,
  type Room,
  rowOf,
  type Safe,
  type SideList,
  safe,
  signOf,
  signToken,
  span,
  type TabContext,
  typingWords,
} from '../api.js';

const GROUPS: readonly (readonly [Role, Safe])[] = [
  ['moderator', safe`moderators`],
  ['participant', safe`participants`],
  ['visitor', safe`visitors`],
];

const roomOf = ({ chat }: TabContext): Room | undefined => (chat?.kind === 'room' ? chat : undefined);

/** Sign of the affiliation, mark of the chat state, nick. */
function sideRow(occupant: Occupant): SideList['items'][number] {
  const typing = occupant.chatState === 'composing';
  const away = occupant.show === 'away' || occupant.show === 'xa' || occupant.show === 'dnd';
  return {
    id: occupant.nick,
    row: [
      span(signToken(occupant), signOf(occupant)),
      typing
        ? span('presence.composing', safe`>`)
        : span(away ? 'presence.away' : 'text.normal', away ? safe`z` : safe` `),
      nickSpan(occupant),
    ],
  };
}

interface SideCache {
  readonly rev: number;
  readonly width: number;
  readonly side: SideList;
}
/** Sorting a thousand people for each frame would be felt; a room's revision says when it must be. */
const sides = new WeakMap<object, SideCache>();

export default defineTab({
  kind: 'room',
  title: context => context.chat?.title ?? safe`room`,
  topic: context => {
    const room = roomOf(context);
    const text = room?.subject?.text ?? '';
    if (text !== '') return plain(cleanLine(text.replace(/\s*\n\s*/g, ' | ')), 'room.subject');
    return plain(room?.facts.description ?? cleanIdentifier(room?.id ?? ''), 'text.dim');
  },
  view: context => {
    const room = roomOf(context);
    if (room === undefined) return { type: 'text', rows: [plain(safe`This room is closed.`)] };
    return { type: 'log', log: room.log, readSeq: room.readSeq, self: room.self?.name ?? cleanIdentifier(room.nick) };
  },
  side: context => {
    const room = roomOf(context);
    if (room === undefined || context.api.config.get('ui.occupants', room.id) === false) return undefined;
    const width = Number(context.api.config.get('ui.occupants_width'));
    const known = sides.get(room.log);
    if (known !== undefined && known.rev === room.rev && known.width === width) return known.side;
    const people = byRank(room.occupants.values());
    const items = GROUPS.flatMap(([role, words]) => {
      const group = people.filter(occupant => occupant.role === role);
      if (group.length === 0) return [];
      const heading = { id: `role:${role}`, row: plain(safe`${words} ${group.length}`, 'list.group'), heading: true };
      return [heading, ...group.map(sideRow)];
    });
    const side: SideList = { items, width };
    sides.set(room.log, { rev: room.rev, width, side });
    return side;
  },
  status: context => {
    const room = roomOf(context);
    // Without a connection there is nothing to say about the room.
    if (room === undefined || context.api.session.facts.status !== 'online') return [];
    switch (room.state) {
      case 'joining':
        return plain(safe`entering …`, 'bar.warning');
      case 'left':
      case 'failed': {
        const why = room.reason ?? (room.state === 'failed' ? safe`could not enter` : safe`you left`);
        return plain(safe`not in this room: ${why} (/join enters it)`, 'bar.warning');
      }
      default: {
        const typing =
          context.api.config.get('typing.show', room.id) === false ? undefined : typingWords(composers(room));
        const sign = room.self === undefined ? safe`` : (signOf(room.self).trim() as Safe);
        const mute = room.self?.role === 'visitor' ? [span('bar.warning', safe` you may only read; /voice asks`)] : [];
        return rowOf(
          ['bar.strong', safe`${sign}${room.self?.name ?? cleanIdentifier(room.nick)}`],
          ['bar.dim', safe` in ${room.title}, ${count(room.occupants.size, 'person', 'people')}`],
          ...mute,
          ...(typing === undefined ? [] : [span('bar.normal', safe`  ${typing} …`)]),
        );
      }
    }
  },
});
