/** The start tab: what to type next, and how the connection is doing. Never an empty list. */
import {
  type Api,
  bareOf,
  cleanIdentifier,
  cleanLine,
  count,
  defineTab,
  domainOf,
  duration,
  type ListItem,
  plain,
  quote,
  type Row,
  rowOf,
  type Safe,
  safe,
  span,
} from '../api.js';

/** The connection in a sentence, and what to do if it is not there. */
function connection(api: Api): readonly Row[] {
  const { status, jid, anonymous, domain, failure, retryAt } = api.session.facts;
  const host = domain === undefined ? safe`the server` : cleanIdentifier(domain);
  const why = failure === undefined ? [] : [plain(failure.sentence, 'notice.error')];
  const next = failure?.nextStep === undefined ? [] : [plain(failure.nextStep)];
  switch (status) {
    case 'online': {
      const who =
        anonymous || jid === undefined ? safe`as a guest of ${host}` : safe`as ${cleanIdentifier(bareOf(jid))}`;
      return [rowOf(['notice.success', safe`Connected ${who}.`])];
    }
    case 'connecting':
      return [
        plain(anonymous ? safe`Connecting as a guest to ${host} …` : safe`Connecting to ${host} …`, 'notice.info'),
      ];
    case 'waiting': {
      const left = retryAt === undefined ? safe`a moment` : duration(retryAt - api.now());
      const again = rowOf(safe`Trying again in ${left}; `, ['text.key', safe`/reconnect`], safe` tries now.`);
      return [...why, ...next, again];
    }
    default:
      return [
        ...(why.length > 0 ? why : [plain(safe`Not connected.`, 'notice.warning')]),
        ...next,
        rowOf(
          ['text.key', safe`/connect`],
          safe` connects as a guest, `,
          ['text.key', safe`/login you@server`],
          safe` with an account.`,
        ),
      ];
  }
}

const suggestion = (id: string, line: string, what: Safe, command: string = line): ListItem => ({
  id,
  row: rowOf(['text.key', cleanLine(line.padEnd(22))], what),
  command,
});

export default defineTab({
  kind: 'start',
  title: () => safe`start`,
  topic: ({ api }) => plain(safe`${cleanIdentifier(api.program.name)} ${cleanIdentifier(api.program.version)}`),
  view: ({ api }) => {
    const { facts } = api.session;
    const account = facts.status === 'online' && !facts.anonymous;
    const items: ListItem[] = [];
    for (const invite of api.store.invites) {
      const by = invite.by === undefined ? safe`` : safe` by ${cleanIdentifier(invite.by)}`;
      items.push({
        id: `invite:${invite.room}`,
        row: rowOf(['notice.warning', safe`Invitation to `], ['text.address', cleanIdentifier(invite.room)], by, [
          'text.dim',
          safe`  Enter joins`,
        ]),
        command: `/join ${quote(invite.room)}`,
      });
    }
    for (const chat of api.store.chats.values()) {
      const { count: unread } = chat.unread;
      items.push({
        id: chat.id,
        row: rowOf(
          safe`Back to `,
          ['text.strong', chat.title],
          ...(chat.kind === 'room' && chat.state !== 'joined'
            ? [span('text.dim', safe` (${chat.state === 'joining' ? safe`joining` : safe`not in it`})`)]
            : []),
        ),
        ...(unread > 0 ? { right: plain(count(unread, 'new message'), 'list.count') } : {}),
        command: `/query ${quote(chat.id)}`,
      });
    }
    if (items.length > 0) items.push({ id: 'more', row: plain(safe`What else`, 'list.group'), heading: true });
    items.push(
      suggestion('join', '/join room@service', safe`enter a room`, '/prompt /join '),
      suggestion('list', '/list', safe`look for a room`),
    );
    if (account) {
      items.push(
        suggestion('roster', '/roster', safe`your contacts`),
        suggestion('bookmarks', '/bookmarks', safe`your bookmarked rooms`),
        suggestion('query', '/query you@server', safe`talk to one person`, '/prompt /query '),
      );
    } else {
      items.push(
        suggestion('login', '/login you@server', safe`log in with an account`, '/prompt /login '),
        suggestion('register', '/register', safe`make an account, so that people can answer you later`),
        suggestion('demo', '/demo', safe`try everything without a network`),
      );
    }
    items.push(suggestion('help', '/help', safe`all commands`), suggestion('quit', '/quit', safe`leave`));
    const hint = rowOf(
      safe`Type one of these, or choose with `,
      ['text.key', safe`↑ ↓`],
      safe` and `,
      ['text.key', safe`Enter`],
      safe`:`,
    );
    return { type: 'list', filterable: false, header: [...connection(api), [], hint, []], items };
  },
  status: ({ api }) => {
    const { status, domain, jid } = api.session.facts;
    // The bar says what is wrong with the connection.
    if (status !== 'online') return [];
    return plain(cleanIdentifier(domain ?? (jid === undefined ? '' : domainOf(jid))));
  },
});
