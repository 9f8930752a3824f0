/** /account — several accounts at once: list them, open one more, close one, go to one, run a line as one. */
import {
  type AccountFacts,
  type Api,
  bareOf,
  cleanIdentifier,
  cleanLine,
  count,
  defineCommand,
  isFull,
  localOf,
  parseJid,
  plain,
  type Row,
  rowOf,
  type Safe,
  safe,
  span,
  UserError,
} from '../api.js';

const STATUS: Readonly<Record<AccountFacts['session']['status'], Safe>> = {
  online: safe`online`,
  connecting: safe`connecting`,
  waiting: safe`no connection`,
  stopped: safe`no connection`,
  offline: safe`offline`,
};
const VERBS = ['list', 'add', 'switch', 'close', 'keep', 'forget'] as const;

export default defineCommand({
  name: 'account',
  aliases: ['accounts'],
  group: 'connection',
  summary: 'Open several accounts at once, and go from one to another',
  description: [
    'Without an argument it lists what is open. add opens an account beside the others; its password is asked. add -guest opens a guest visit, at that server or at one that is found.',
    'All tabs are in one row; each bears the letter of its account. What is typed goes out as the account of the tab: /account NAME /join room@service runs one line as another, wherever you look.',
    'keep opens it at every start, forget does not; close leaves it for now.',
  ].join('\n'),
  args: {
    guest: { type: 'flag', help: 'with add: a guest visit' },
    what: {
      type: 'word',
      optional: true,
      help: 'list, add, switch, close, keep, forget, or the name of an account',
      complete: ({ api }) => [...VERBS, ...api.accounts.list.map(one => one.name)],
    },
    rest: {
      type: 'rest',
      optional: true,
      help: 'an address, a name, or a line to run as that account',
      complete: ({ api, words }) => (words[0] === 'add' ? api.accounts.kept : api.accounts.list.map(one => one.name)),
    },
  },
  examples: [
    '/account add you@example.org',
    '/account add -guest',
    '/account work',
    '/account work /join room@service',
    '/account keep',
  ],
  async run({ api, args }) {
    const { accounts } = api;
    const { what = 'list', rest = '' } = args;
    /** The one that is named, or the one of this tab. */
    const meant = (): AccountFacts => (rest === '' ? own(api) : accounts.find(rest));
    switch (what) {
      case 'list':
        return list(api);
      case 'add':
        return add(api, rest, args.guest);
      case 'switch':
        if (rest === '') throw new UserError('To which account?', namesOf(api));
        return accounts.go(accounts.find(rest).id);
      case 'close':
        return accounts.close(meant().id);
      case 'keep': {
        const { id, name } = meant();
        const set = accounts.keep(id, true);
        return api.ui.notice(safe`${name} is opened at every start (${cleanLine(set)} in the settings).`);
      }
      case 'forget': {
        const { id, name } = meant();
        accounts.keep(id, false);
        return api.ui.notice(safe`${name} is not opened at the start any more. It stays open for now.`);
      }
      default: {
        const found = find(api, what);
        if (rest === '') return accounts.go(found.id);
        if (!rest.startsWith('/')) {
          throw new UserError(
            'Behind the name of an account stands a command.',
            `/account ${found.name} /join room@service`,
          );
        }
        await accounts.run(found.id, rest);
      }
    }
  },
});

const own = (api: Api): AccountFacts => {
  const { list: all } = api.accounts;
  const here = all.find(one => one.shown) ?? all[0];
  if (here === undefined) throw new UserError('No account is open.');
  return here;
};

const namesOf = (api: Api): string => `There are: ${api.accounts.list.map(one => one.name).join(', ')}`;

/** An address that is not open is meant to be added. */
function find(api: Api, text: string): AccountFacts {
  try {
    return api.accounts.find(text);
  } catch (error) {
    if (text.includes('@') || api.accounts.kept.includes(text)) {
      throw new UserError(`${cleanIdentifier(text)} is not open.`, `/account add ${text} opens it.`);
    }
    throw error;
  }
}

function list(api: Api): void {
  const { list: all, kept } = api.accounts;
  const width = Math.max(...all.map(one => one.name.length));
  const rows = all.map((one): Row => {
    const { status, anonymous, domain, failure } = one.session;
    const who =
      one.jid !== undefined
        ? cleanIdentifier(one.jid)
        : anonymous
          ? safe`guest at ${cleanIdentifier(domain ?? '?')}`
          : safe``;
    const why = failure === undefined || status === 'online' ? [] : [span('notice.error', safe` ${failure.sentence}`)];
    const news = one.unread === 0 ? safe`` : safe`, ${one.unread} unread`;
    return rowOf(
      ['text.key', cleanLine(`${one.shown ? '*' : ' '}${one.mark === '' ? '' : `${one.mark.padEnd(3)} `}`)],
      span('nick.other', cleanLine(`${one.name.padEnd(width)}  `), one.hue),
      span(status === 'online' ? 'notice.success' : 'notice.warning', STATUS[status]),
      [
        'text.dim',
        safe`  ${who}, ${count(one.tabs, 'tab')}${news}${one.kept === undefined ? safe`, not kept` : safe``}`,
      ],
      ...why,
    );
  });
  if (kept.length > 0) {
    rows.push(
      rowOf(['text.dim', safe`Not open: `], cleanLine(kept.join(', ')), ['text.dim', safe`  /account add opens them.`]),
    );
  }
  if (all.length === 1) rows.push(plain(safe`/account add you@server opens one more beside it.`, 'text.dim'));
  api.ui.notice(rows, { level: 'help' });
}

function add(api: Api, text: string, guest: boolean): void {
  const { accounts } = api;
  if (guest || text === 'guest') {
    const host = text === '' || text === 'guest' ? undefined : parseJid(text);
    if (text !== '' && text !== 'guest' && (host === undefined || localOf(host) !== undefined)) {
      throw new UserError('That is no server.', '/account add -guest anon.example.org');
    }
    accounts.add({ guest: host ?? '' });
    return;
  }
  if (accounts.kept.includes(text)) {
    accounts.add({ kept: text });
    return;
  }
  const jid = parseJid(text);
  if (jid === undefined || isFull(jid) || localOf(jid) === undefined) {
    throw new UserError('Which account?', '/account add you@server, or /account add -guest');
  }
  accounts.add({ jid: bareOf(jid) });
}
