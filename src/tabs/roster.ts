/** Contacts by group: who is there, who is typing, who asks to be let in. */
import {
  type Api,
  type Contact,
  cleanIdentifier,
  contactSign,
  count,
  defineTab,
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
/** `localeCompare` takes ten times as long, which a list of thousands would feel. */
const byName = new Intl.Collator();
/** Asked for with each key and each frame: made anew only when something has changed. */
const known = new WeakMap<object, { readonly rev: number; readonly view: ReturnType<typeof contactList> }>();

function contactItem(contact: Contact, group: string, typing: boolean, unread: number): ListItem {
  const address =
    String(contact.name) === contact.jid ? [] : [span('text.address', safe` ${cleanIdentifier(contact.jid)}`)];
  const pending = contact.ask ? [span('text.dim', safe` (asked, not answered)`)] : [];
  const words: Safe[] = [];
  if (typing) words.push(safe`typing …`);
  if (contact.best?.show !== undefined) words.push(showWord(contact.best.show));
  if (contact.best?.status !== undefined) words.push(contact.best.status);
  const right: Row = [
    ...(unread > 0 ? [span('list.count', safe`${unread} new  `)] : []),
    span(typing ? 'presence.composing' : 'text.dim', words.join(', ') as Safe),
  ];
  return {
    id: `${group}\n${contact.jid}`,
    indent: 1,
    row: [contactSign(contact), span('text.normal', safe` ${contact.name}`), ...address, ...pending],
    right,
    command: `/query ${quote(contact.jid)}`,
    keys: {
      delete: `/remove ${quote(contact.jid)}`,
      'alt-i': `/whois ${quote(contact.jid)}`,
      f2: `/prompt /rename ${quote(contact.jid)} `,
    },
    search: `${contact.name} ${contact.jid} ${group}`,
  };
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
    const view = contactList(api);
    known.set(store, { rev: store.rev, view });
    return view;
  },
});

function contactList(api: Api) {
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
  for (const contact of api.store.roster.values()) {
    for (const group of contact.groups.length === 0 ? [OTHERS] : contact.groups) {
      const list = groups.get(group);
      if (list === undefined) groups.set(group, [contact]);
      else list.push(contact);
    }
  }
  const names = [...groups.keys()].sort((a, b) => Number(a === OTHERS) - Number(b === OTHERS) || byName.compare(a, b));
  for (const name of names) {
    const list = groups.get(name) ?? [];
    const there = list.filter(contact => contact.best !== undefined).length;
    items.push({
      id: `group:${name}`,
      row: rowOf(['list.group', name], ['list.count', safe` ${there}/${list.length}`]),
      heading: true,
    });
    list.sort((a, b) => Number(b.best !== undefined) - Number(a.best !== undefined) || byName.compare(a.name, b.name));
    for (const contact of list) {
      const chat = api.store.direct(contact.jid);
      items.push(contactItem(contact, name, chat?.chatState === 'composing', chat?.unread.count ?? 0));
    }
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
