/** Who is what in rooms for good, or who is banned: a list with marks, and keys that change it. */
import {
  type Affiliation,
  type AffiliationRow,
  type AffiliationsPage,
  cleanIdentifier,
  count,
  dateTime,
  defineTab,
  type ListItem,
  type ListView,
  localOf,
  plain,
  quote,
  type Row,
  rowOf,
  safe,
  span,
} from '../api.js';

const ORDER: readonly Affiliation[] = ['owner', 'admin', 'member', 'outcast'];
const RANK_KEYS = { o: 'owner', a: 'admin', m: 'member', b: 'outcast', delete: 'none' } as const;
const BAN_KEYS = { delete: 'none', u: 'none' } as const;

/** Rows of thousands are made when they are seen. */
function itemOf(one: AffiliationRow, page: AffiliationsPage): ListItem {
  return {
    id: one.id,
    get row() {
      return rowFor(one, page);
    },
    ...(one.at === undefined
      ? {}
      : { right: plain(safe`${one.by === undefined ? safe`` : safe`${one.by}, `}${dateTime(one.at)}`, 'text.dim') }),
    get command() {
      return `/bans -mark ${quote(one.id)}`;
    },
    get keys() {
      const keys = Object.entries(page.which === 'bans' ? BAN_KEYS : RANK_KEYS);
      return {
        space: `/bans -mark ${quote(one.id)}`,
        ...Object.fromEntries(keys.map(([key, to]) => [key, `/bans -set ${to} ${quote(one.id)}`])),
      };
    },
    get search() {
      return `${one.jid} ${one.nick ?? ''} ${one.reason ?? ''} ${one.by ?? ''} ${one.room}`;
    },
  };
}

function rowFor(one: AffiliationRow, page: AffiliationsPage): Row {
  const marked = page.marked.has(one.id);
  return [
    span(marked ? 'text.strong' : 'text.dim', marked ? safe`* ` : safe`  `),
    span(marked ? 'text.strong' : 'text.address', cleanIdentifier(one.jid)),
    ...(one.nick === undefined ? [] : [span('text.normal', safe`  ${one.nick}`)]),
    ...(page.rooms.length < 2 ? [] : [span('text.dim', safe`  in ${cleanIdentifier(localOf(one.room) ?? one.room)}`)]),
    ...(one.reason === undefined ? [] : [span('text.normal', safe`  ${one.reason}`)]),
  ];
}

/** Asked for with each key and each frame: made anew only for another page. */
const known = new WeakMap<AffiliationsPage, ListView>();

export default defineTab<AffiliationsPage>({
  kind: 'affiliations',
  key: params => {
    const { which, rooms } = params as AffiliationsPage;
    return `${which} ${rooms.join(' ')}`;
  },
  open: (_api, params) => params as AffiliationsPage,
  title: ({ api, tab }) => {
    const { rooms, which } = tab.data;
    const [first] = rooms;
    const where =
      rooms.length === 1 && first !== undefined
        ? (api.store.room(first)?.title ?? cleanIdentifier(first))
        : count(rooms.length, 'room');
    return which === 'bans' ? safe`bans ${where}` : safe`ranks ${where}`;
  },
  topic: ({ tab }) => {
    const { rooms, which, items, state } = tab.data;
    const [first] = rooms;
    const where = rooms.length === 1 && first !== undefined ? cleanIdentifier(first) : count(rooms.length, 'room');
    if (state === 'loading') return plain(safe`Asking ${where} …`);
    return which === 'bans'
      ? plain(safe`${count(items.length, 'address', 'addresses')} banned from ${where}. Type to narrow the list.`)
      : plain(
          safe`Who is what in ${where} for good; /role is for one visit. Type a capital or a digit to narrow the list.`,
        );
  },
  view: ({ tab: { data: page } }) => {
    const view = known.get(page) ?? listOf(page);
    known.set(page, view);
    return view;
  },
  status: ({ tab }) => {
    const { marked, which } = tab.data;
    return rowOf(
      [marked.size > 0 ? 'bar.strong' : 'bar.dim', safe`${marked.size} marked  `],
      ['text.key', safe`Space`],
      ['bar.dim', safe` mark `],
      ...(which === 'bans'
        ? ([
            ['text.key', safe`u`],
            ['bar.dim', safe` let in again  /bans export FILE`],
          ] as const)
        : ([
            ['text.key', safe`o a m b`],
            ['bar.dim', safe` owner admin member banned `],
            ['text.key', safe`Delete`],
            ['bar.dim', safe` none`],
          ] as const)),
    );
  },
});

function listOf(page: AffiliationsPage): ListView {
  const items: ListItem[] = [];
  for (const affiliation of ORDER) {
    const group = page.items.filter(one => one.affiliation === affiliation);
    if (group.length === 0) continue;
    if (page.which === 'all') {
      const words = affiliation === 'outcast' ? safe`${group.length} banned` : count(group.length, affiliation);
      items.push({ id: `group ${affiliation}`, row: plain(words, 'list.group'), heading: true });
    }
    for (const one of group) items.push(itemOf(one, page));
  }
  return {
    type: 'list',
    filterable: true,
    items,
    header: page.problems.map(problem => plain(problem, 'notice.warning')),
    empty:
      page.state === 'loading'
        ? [plain(safe`Asking …`, 'list.empty')]
        : [
            plain(
              page.which === 'bans' ? safe`Nobody is banned from this room.` : safe`Nobody has an affiliation here.`,
              'list.empty',
            ),
            rowOf(
              ['text.key', page.which === 'bans' ? safe`/ban nick` : safe`/affiliation nick member`],
              safe` in the room changes that.`,
            ),
          ],
  };
}
