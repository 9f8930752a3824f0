/** Contacts by group: who is there, who is typing, who asks to be let in. */
import {
  type Api,
  type Contact,
  cleanIdentifier,
  clip,
  contactSign,
  count,
  defineTab,
  fold,
  type ListItem,
  plain,
  quote,
  type Row,
  rowOf,
  type Safe,
  safe,
  showWord,
  span,
} from '../api.js';

const OTHERS = safe`Others`;
interface Known {
  /** Asked for with each key and each frame: made anew only when something has changed. */
  readonly rev: number;
  readonly view: ReturnType<typeof contactList>;
  readonly order: Order;
}
const known = new WeakMap<object, Known>();

/** A contact in the order of names; made anew with the name. */
interface Place {
  readonly contact: Contact;
  readonly name: Safe;
  /** What the name is sorted by; a collator would take three times as long for ten thousand. */
  readonly key: string;
}
type Order = readonly Place[];
const byKey = (a: { readonly key: string }, b: { readonly key: string }): number =>
  a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
const placeOf = (contact: Contact): Place => ({ contact, name: contact.name, key: fold(contact.name) });

/** Presences, most of what happens, leave the order alone; after the rest only a few stand in another place, and are soon sorted. */
function inOrder(roster: Api['store']['roster'], before: Order = []): Order {
  const isListed = ({ contact }: Place): boolean => roster.get(contact.jid) === contact;
  const isNamed = ({ contact, name }: Place): boolean => contact.name === name;
  if (before.length === roster.size && before.every(place => isNamed(place) && isListed(place))) return before;
  const order = before.filter(isListed).map(place => (isNamed(place) ? place : placeOf(place.contact)));
  if (order.length < roster.size) {
    const kept = new Set(order.map(place => place.contact));
    for (const contact of roster.values()) if (!kept.has(contact)) order.push(placeOf(contact));
  }
  return order.sort(byKey);
}

/** Their rows: each looks at its contact when it is asked. */
const rows = new WeakMap<Contact, Map<string, ListItem>>();

function rowOfContact(contact: Contact, group: string, api: Api): ListItem {
  let mine = rows.get(contact);
  if (mine === undefined) {
    mine = new Map();
    rows.set(contact, mine);
  }
  let item = mine.get(group);
  if (item === undefined) {
    item = contactItem(contact, group, api);
    mine.set(group, item);
  }
  return item;
}

/** Rows of thousands are made when they are seen. */
function contactItem(contact: Contact, group: string, api: Api): ListItem {
  const { jid } = contact;
  return {
    id: `${group}\n${jid}`,
    indent: 1,
    get row() {
      return nameRow(contact);
    },
    get right() {
      const chat = api.store.direct(jid);
      return stateRow(contact, chat?.chatState === 'composing', chat?.unread.count ?? 0);
    },
    get command() {
      return `/query ${quote(jid)}`;
    },
    get keys() {
      return { delete: `/remove ${quote(jid)}`, 'alt-i': `/whois ${quote(jid)}`, f2: `/prompt /rename ${quote(jid)} ` };
    },
    get search() {
      return `${contact.name} ${jid} ${group}`;
    },
  };
}

/** A longer name would push the address, which tells who it really is, out of sight. */
const NAME_CELLS = 32;

function nameRow(contact: Contact): Row {
  const address =
    String(contact.name) === contact.jid ? [] : [span('text.address', safe` ${cleanIdentifier(contact.jid)}`)];
  const pending = contact.ask ? [span('text.dim', safe` (asked, not answered)`)] : [];
  return [contactSign(contact), span('text.normal', safe` ${clip(contact.name, NAME_CELLS)}`), ...address, ...pending];
}

function stateRow(contact: Contact, typing: boolean, unread: number): Row {
  const words: Safe[] = [];
  if (typing) words.push(safe`typing …`);
  if (contact.best?.show !== undefined) words.push(showWord(contact.best.show));
  if (contact.best?.status !== undefined) words.push(contact.best.status);
  return [
    ...(unread > 0 ? [span('list.count', safe`${unread} new  `)] : []),
    span(typing ? 'presence.composing' : 'text.dim', words.join(', ') as Safe),
  ];
}

export default defineTab({
  kind: 'roster',
  title: () => safe`contacts`,
  topic: ({ api }) => {
    const all = [...api.store.roster.values()];
    const there = all.filter(contact => contact.best !== undefined).length;
    return plain(
      safe`${count(all.length, 'contact')}, ${there} there.  + there  * free  - away  = long away  ! busy  . absent`,
    );
  },
  view: ({ api }) => {
    const { store } = api;
    const before = known.get(store);
    if (before?.rev === store.rev) return before.view;
    const order = inOrder(store.roster, before?.order);
    const view = contactList(api, order);
    known.set(store, { rev: store.rev, view, order });
    return view;
  },
});

function contactList(api: Api, order: Order) {
  const items: ListItem[] = [];
  if (api.store.requests.size > 0) {
    items.push({ id: 'requests', row: plain(safe`Want to see when you are there`, 'list.group'), heading: true });
    for (const jid of api.store.requests.keys()) {
      items.push({
        id: `request:${jid}`,
        indent: 1,
        row: rowOf(['notice.warning', safe`? `], ['text.address', cleanIdentifier(jid)]),
        right: rowOf(['text.key', safe`a`], safe` accept  `, ['text.key', safe`d`], safe` deny`),
        command: `/accept ${quote(jid)}`,
        keys: { a: `/accept ${quote(jid)}`, d: `/deny ${quote(jid)}` },
      });
    }
  }
  const groups = new Map<Safe, Contact[]>();
  for (const { contact } of order) {
    for (const group of contact.groups.length === 0 ? [OTHERS] : contact.groups) {
      const list = groups.get(group);
      if (list === undefined) groups.set(group, [contact]);
      else list.push(contact);
    }
  }
  const names = [...groups.keys()]
    .map(name => ({ name, key: fold(name) }))
    .sort((a, b) => Number(a.name === OTHERS) - Number(b.name === OTHERS) || byKey(a, b));
  for (const { name } of names) {
    const list = groups.get(name) ?? [];
    const there = list.filter(contact => contact.best !== undefined);
    items.push({
      id: `group:${name}`,
      row: rowOf(['list.group', name], ['list.count', safe` ${there.length}/${list.length}`]),
      heading: true,
    });
    const absent = list.filter(contact => contact.best === undefined);
    for (const contact of [...there, ...absent]) items.push(rowOfContact(contact, name, api));
  }
  const { anonymous, status } = api.session.facts;
  const guest: readonly Row[] = [
    plain(safe`Guests have no contacts: their address is gone when they leave.`),
    rowOf(
      ['text.key', safe`/login you@server`],
      safe` logs in, `,
      ['text.key', safe`/register`],
      safe` makes an account.`,
    ),
  ];
  const none: readonly Row[] = [
    plain(safe`No contacts yet.`),
    rowOf(['text.key', safe`/add someone@server`], safe` asks somebody.`),
  ];
  const away = status === 'connecting' ? safe`Logging in …` : safe`Contacts come with the connection.`;
  const empty = anonymous ? guest : status === 'online' ? none : [plain(away, 'list.empty')];
  return { type: 'list' as const, filterable: true, items, empty };
}
