/** Anywhere by a few letters: tabs, contacts and rooms; those with news first. */
import {
  type Activity,
  cleanIdentifier,
  cleanLine,
  defineTab,
  type JumpPage,
  type ListItem,
  plain,
  quote,
  safe,
  span,
} from '../api.js';

const URGENCY: readonly Activity[] = ['none', 'low', 'message', 'private', 'highlight'];

export default defineTab<JumpPage>({
  kind: 'jump',
  open: () => ({ bookmarks: [] }),
  title: () => safe`jump`,
  topic: () => plain(safe`Type a few letters of a tab, contact or room; Enter goes there, Esc gives up.`),
  view: ({ api, tab }) => {
    const items: ListItem[] = [];
    const open = new Set<string>();
    const infos = api.tabs.all.filter(one => one.id !== tab.id).map(one => ({ one, info: api.tabs.info(one) }));
    infos.sort(
      (a, b) => URGENCY.indexOf(b.info.activity) - URGENCY.indexOf(a.info.activity) || a.info.number - b.info.number,
    );
    for (const { one, info } of infos) {
      // What another account has open is not open here.
      if (one.chat !== undefined && one.chat === api.store.chat(one.chat.id)) open.add(one.chat.id);
      const whose = info.account === undefined ? '' : ` ${info.account.name}`;
      const address = info.chatId === undefined ? '' : ` ${info.chatId}`;
      items.push({
        id: `tab:${info.id}`,
        row: [
          span('text.key', cleanLine(`${String(info.number).padStart(3)} `)),
          span(info.highlights > 0 ? 'message.highlight' : info.unread > 0 ? 'text.strong' : 'text.normal', info.title),
          span(
            'text.dim',
            cleanIdentifier(address).trim() === '' ? safe`` : safe`  ${cleanIdentifier(info.chatId ?? '')}`,
          ),
          ...(info.account === undefined ? [] : [span('nick.other', safe`  ${info.account.name}`, info.account.hue)]),
        ],
        ...(info.unread > 0 ? { right: plain(safe`${info.unread} new`, 'list.count') } : {}),
        command: `/jump /win ${info.number}`,
        search: `${info.title}${address}${whose}`,
      });
    }
    for (const contact of api.store.roster.values()) {
      if (open.has(contact.jid)) continue;
      items.push({
        id: `contact:${contact.jid}`,
        row: [
          span('text.dim', safe`    `),
          span('text.normal', contact.name),
          span('text.dim', safe`  ${cleanIdentifier(contact.jid)}`),
        ],
        command: `/jump /query ${quote(contact.jid)}`,
        search: `${contact.name} ${contact.jid}`,
      });
    }
    for (const { room, name, nick } of tab.data.bookmarks) {
      if (open.has(room)) continue;
      open.add(room);
      items.push({
        id: `bookmark:${room}`,
        row: [
          span('text.dim', safe`    `),
          ...(name === undefined ? [] : [span('text.normal', name), span('text.dim', safe`  `)]),
          span('text.address', cleanIdentifier(room)),
          span('text.dim', safe`  bookmark`),
        ],
        command: `/jump /join ${quote(nick === undefined ? room : `${room}/${nick}`)}`,
        search: `${name ?? ''} ${room}`,
      });
    }
    for (const invite of api.store.invites) {
      if (open.has(invite.room)) continue;
      items.push({
        id: `invite:${invite.room}`,
        row: [
          span('text.dim', safe`    `),
          span('text.address', cleanIdentifier(invite.room)),
          span('text.dim', safe`  invitation`),
        ],
        command: `/jump /join ${quote(invite.room)}`,
      });
    }
    return {
      type: 'list',
      filterable: true,
      items,
      empty: [plain(safe`Nothing is called like that. /join or /query opens new ones.`, 'list.empty')],
    };
  },
  keys: { escape: '/close', 'ctrl-k': '/close' },
});
