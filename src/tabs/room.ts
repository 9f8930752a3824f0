/** The tab of a room: what is said, and who is there by role. */
import {
  type Api,
  cleanIdentifier,
  cleanLine,
  composers,
  count,
  createPeople,
  defineTab,
  joinSafe,
  nickSpan,
  type Occupant,
  type People,
  plain,
  type Role,
  type Room,
  rowOf,
  type Safe,
  type SideList,
  safe,
  showSign,
  signOf,
  signToken,
  span,
  type TabContext,
  typingWords,
} from '../api.js';

const GROUPS: ReadonlyMap<Role, Safe> = new Map([
  ['moderator', safe`moderators`],
  ['participant', safe`participants`],
  ['visitor', safe`visitors`],
]);

const roomOf = ({ chat }: TabContext): Room | undefined => (chat?.kind === 'room' ? chat : undefined);

/** What the list depends on besides the people. */
interface Look {
  readonly api: Api;
  readonly width: number;
  /** Marks of those who type. */
  readonly typing: boolean;
  /** Which colours were chosen. */
  readonly colors: number;
}

/** Sign of the affiliation, mark of the chat state, nick. */
function sideRow(occupant: Occupant, look: Look): SideList['items'][number] {
  const typing = look.typing && occupant.chatState === 'composing';
  const away = occupant.show === 'away' || occupant.show === 'xa' || occupant.show === 'dnd';
  return {
    id: occupant.nick,
    row: [
      span(signToken(occupant), signOf(occupant)),
      typing
        ? span('presence.composing', safe`>`)
        : away
          ? showSign(true, occupant.show)
          : span('text.normal', safe` `),
      nickSpan(occupant, look.api.colors.hueOf(occupant)),
      // Titles that the room gave (XEP-0317), never what the nick says.
      ...(occupant.hats === undefined ? [] : [span('text.dim', safe` ${joinSafe(occupant.hats, safe`, `)}`)]),
    ],
  };
}

type SideItem = SideList['items'][number];

interface SideCache {
  /** When it was made. */
  readonly at: number;
  readonly rev: number;
  readonly look: Look;
  readonly side: SideList;
  readonly people: People<SideItem>;
}
/** A room's revision says when its list may have changed. */
const sides = new WeakMap<object, SideCache>();
/** Looking through so many people for each who comes or goes would be felt: the list follows a little later then. */
const CROWD = 500;
const CROWD_MS = 400;
const awaited = new WeakSet<object>();

/** Draws the list anew when the pause is over. */
function followLater({ api, tab }: TabContext, room: Room): void {
  if (awaited.has(room.log)) return;
  awaited.add(room.log);
  api.after(CROWD_MS, () => {
    awaited.delete(room.log);
    if (api.tabs.list.some(one => one.id === tab.id)) api.tabs.setData(tab, tab.data);
  });
}

const sameOptions = (a: Look, b: Look): boolean =>
  a.width === b.width && a.typing === b.typing && a.colors === b.colors;

const sameLook = (a: Occupant, b: Occupant): boolean =>
  a === b ||
  (a.name === b.name &&
    a.role === b.role &&
    a.affiliation === b.affiliation &&
    a.show === b.show &&
    a.chatState === b.chatState &&
    a.looksLike === b.looksLike &&
    a.hats?.join() === b.hats?.join());

function sideOf(room: Room, look: Look, kept: SideCache | undefined, at: number): SideCache {
  const { peopleRev: rev, occupants } = room;
  // With other options every row is made anew.
  const known = kept !== undefined && sameOptions(kept.look, look) ? kept : undefined;
  const people = known?.people ?? createPeople(occupant => sideRow(occupant, look), sameLook);
  if (!people.update(occupants) && known !== undefined) return { ...known, at, rev };
  const counts = new Map<Role, number>();
  for (const { occupant } of people.ranked) counts.set(occupant.role, (counts.get(occupant.role) ?? 0) + 1);
  const items: SideItem[] = [];
  let role: Role | undefined;
  let words: Safe | undefined;
  for (const { occupant, item } of people.ranked) {
    if (occupant.role !== role) {
      role = occupant.role;
      words = GROUPS.get(role);
      const head = words === undefined ? undefined : plain(safe`${words} ${counts.get(role) ?? 0}`, 'list.group');
      if (head !== undefined) items.push({ id: `role:${role}`, row: head, heading: true });
    }
    if (words !== undefined) items.push(item);
  }
  return { at, rev, look, side: { items, width: look.width }, people };
}

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
    const { api } = context;
    const width = Number(api.config.get('ui.occupants_width'));
    // Thousands come one by one while we enter: sorted and shown when all are known.
    if (room.state === 'joining') return { items: [], width };
    const look = { api, width, typing: api.config.get('typing.show', room.id) !== false, colors: api.colors.rev };
    const known = sides.get(room.log);
    if (known !== undefined && known.rev === room.peopleRev && sameOptions(known.look, look)) return known.side;
    const now = api.now();
    const soon = known !== undefined && now >= known.at && now < known.at + CROWD_MS;
    if (soon && room.occupants.size >= CROWD && sameOptions(known.look, look)) {
      followLater(context, room);
      return known.side;
    }
    const made = sideOf(room, look, known, now);
    sides.set(room.log, made);
    return made.side;
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
        const away = context.api.muc.wanted(room.id) !== undefined;
        const next = away ? safe`it is entered again by itself` : safe`/join enters it`;
        return plain(safe`not in this room: ${why} (${next})`, 'bar.warning');
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
