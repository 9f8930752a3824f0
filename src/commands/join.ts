/** /join — enter a room. */
import {
  type Api,
  asRoom,
  type BareJid,
  bareOf,
  cleanIdentifier,
  cleanLine,
  conditionOf,
  defineCommand,
  domainOf,
  errorText,
  isIrcChannel,
  localOf,
  looksLikeChannel,
  parseJid,
  quote,
  readIrcAddress,
  safe,
  UserError,
} from '../api.js';

/** On an IRC network one has one nick: that of its other channels, or the one of the settings. */
function ircNick(api: Api, room: BareJid): string | undefined {
  const address = readIrcAddress(room);
  if (address === undefined || address.name === '') return undefined;
  for (const chat of api.store.chats.values()) {
    if (chat.kind !== 'room' || chat.state !== 'joined' || !isIrcChannel(chat)) continue;
    const other = readIrcAddress(chat.id);
    if (other?.network === address.network && other.gateway === address.gateway) return chat.nick;
  }
  for (const entry of api.config.get('irc.nicks') as readonly string[]) {
    const [network = '', nick = ''] = entry.split('=').map(part => part.trim());
    if (network.toLowerCase() === address.network && nick !== '') return nick;
  }
  return undefined;
}

/** The nick by argument, former visit, settings or question. */
async function nickFor(api: Api, room: BareJid): Promise<string | undefined> {
  const facts = api.session.facts;
  const irc = ircNick(api, room);
  if (irc !== undefined) return irc;
  const elsewhere = [...api.store.chats.values()].find(chat => chat.kind === 'room' && chat.nick !== '');
  const set =
    String(api.config.get('rooms.nick', room)) || (facts.anonymous ? String(api.config.get('guest.nick')) : '');
  const known = set || (elsewhere?.kind === 'room' ? elsewhere.nick : '');
  if (known !== '') return known;
  const own = facts.anonymous || facts.jid === undefined ? undefined : localOf(facts.jid);
  if (own !== undefined) return own;
  const guest = `guest-${Math.floor(4096 + Math.random() * 61440)
    .toString(16)
    .slice(0, 3)}`;
  return api.ui.ask({
    text: safe`Nick for this visit`,
    initial: guest,
    check: answer => (answer.trim() === '' ? safe`A nick is needed; Esc gives up` : undefined),
  });
}

/** Connects if nothing is under way, and waits until we are online. */
async function whenOnline(api: Api, room: BareJid, authority: string | undefined): Promise<void> {
  const { status } = api.session.facts;
  if (status === 'online') return;
  if (status === 'offline' || status === 'stopped') {
    await api.session.connect({ room, ...(authority === undefined ? {} : { authority }) });
    return;
  }
  await new Promise<void>((resolve, reject) => {
    const undo = api.on('connection:changed', ({ session }) => {
      if (session.status !== 'online' && session.status !== 'stopped') return;
      undo();
      if (session.status === 'online') resolve();
      else reject(new UserError('The connection failed, so the room was not entered.', 'Try /reconnect, then /join'));
    });
  });
}

/** A public room of the same service with nearly this name. */
async function nearRoom(api: Api, room: BareJid): Promise<BareJid | undefined> {
  const service = parseJid(domainOf(room));
  // A network of IRC has thousands of channels, and makes each on demand.
  if (service === undefined || looksLikeChannel(room)) return undefined;
  try {
    const names = (await api.disco.items(service)).items.flatMap(item => localOf(item.jid) ?? []);
    const near = api.nearest(
      localOf(room) ?? '',
      names.filter(name => name !== localOf(room)),
    );
    const jid = near === undefined ? undefined : parseJid(`${near}@${service}`);
    return jid === undefined ? undefined : bareOf(jid);
  } catch {
    return undefined;
  }
}

/** Thrown to go on with another room. */
class Elsewhere extends Error {
  readonly room: string;
  constructor(room: string) {
    super();
    this.room = room;
  }
}

/** A misspelt name would make a room that nobody finds: with a near one at hand it is asked. */
async function shallMake(api: Api, room: BareJid): Promise<boolean> {
  const near = await nearRoom(api, room);
  if (near === undefined) return true;
  api.ui.notice(
    safe`There is no ${cleanIdentifier(room)}, but ${cleanIdentifier(near)}. Enter goes there, “new” makes yours, Esc gives up.`,
    { chat: room, level: 'warning' },
  );
  const answer = await api.ui.ask({ text: safe`Room, or new`, initial: near });
  if (answer?.trim() === 'new' || answer?.trim() === room) return true;
  if (answer === undefined || answer.trim() === '') return false;
  throw new Elsewhere(answer.trim());
}

/** Going to another guest host, one at a time, whoever of the rooms wants it: `true` when we are at another one. */
const moving = new WeakMap<Api['store'], Promise<boolean>>();

/** The guest host does not get us there: the next one may. False: there is none, or the person stays. */
function throughAnother(api: Api, room: BareJid): Promise<boolean> {
  // Another room has just asked for the same: what comes of it is good for this one too.
  const under = moving.get(api.store);
  if (under !== undefined) return under;
  const move = moveOn(api, room).finally(() => moving.delete(api.store));
  moving.set(api.store, move);
  return move;
}

async function moveOn(api: Api, room: BareJid): Promise<boolean> {
  const [next] = api.session.guestHostsLeft(room);
  if (next === undefined) return false;
  const here = cleanIdentifier(api.session.facts.domain ?? '');
  const there = cleanIdentifier(domainOf(room));
  const inside = [...api.store.chats.values()].filter(chat => chat.kind === 'room' && chat.state === 'joined');
  // The rooms we are in would see a stranger come back.
  if (inside.length > 0) {
    api.ui.notice(
      safe`${here} does not reach ${there}. Another guest host may; your other rooms are left and entered again from there.`,
      { chat: room, level: 'warning' },
    );
    if (!(await api.ui.confirm(safe`Try other guest hosts?`))) return false;
  } else {
    api.ui.notice(safe`${here} does not reach ${there}. Trying ${cleanIdentifier(next)} …`, { chat: room });
  }
  const before = api.session.facts.domain;
  try {
    await api.session.connect({ room });
  } catch {
    // The connection speaks for itself; that this room was not reached is what is said here.
    return false;
  }
  return api.session.facts.domain !== before;
}

/** What the room does not want of us, asked in the line; `undefined`: the person gave up or cannot help. */
async function otherNick(api: Api, room: BareJid, nick: string, why: string): Promise<string | undefined> {
  if (api.tabs.current.chat?.id !== room) return undefined;
  const mine = api.session.facts.anonymous ? undefined : await api.muc.reservedNick(room).catch(() => undefined);
  const said =
    mine === undefined || mine === nick
      ? cleanLine(why)
      : safe`You have registered the nick ${cleanIdentifier(mine)} in ${cleanIdentifier(room)}; it wants that one.`;
  api.ui.notice(said, { chat: room, level: 'warning' });
  const answer = await api.ui.ask({ text: safe`Another nick`, initial: mine ?? `${nick}_` });
  return answer === undefined || answer.trim() === '' || answer.trim() === nick ? undefined : answer.trim();
}

/** The gateway could not reach the network; its own words say why. */
function networkFailure(room: BareJid, error: unknown): UserError {
  const network = readIrcAddress(room)?.network ?? '';
  const said = /\(it says: "(.*)"\)/.exec(errorText(error))?.[1];
  return new UserError(
    `The gateway cannot connect to the IRC network ${cleanIdentifier(network)}${said === undefined ? '' : `: ${said}`}.`,
    `/irc configure ${network} sets its port and encryption.`,
    room,
  );
}

const NICK_TROUBLE: ReadonlySet<string> = new Set(['conflict', 'not-acceptable', 'jid-malformed']);

/** Enters; what the room wants of us is asked in the line: a password, another nick. */
async function enter(
  api: Api,
  room: BareJid,
  nick: string,
  password: string | undefined,
  make: boolean,
): Promise<void> {
  let elsewhere: Elsewhere | undefined;
  const onMissing = (): Promise<boolean> =>
    shallMake(api, room).catch((error: unknown) => {
      if (error instanceof Elsewhere) elsewhere = error;
      return false;
    });
  try {
    const inFront = api.tabs.current.chat?.id === room;
    await api.muc.join(room, {
      nick,
      ...(password === undefined ? {} : { password }),
      ...(make || !inFront ? {} : { onMissing }),
    });
  } catch (error) {
    if (elsewhere !== undefined) throw elsewhere;
    const condition = conditionOf(error) ?? '';
    if (condition.startsWith('remote-server') && (await throughAnother(api, room))) {
      return enter(api, room, nick, password, make);
    }
    if (condition === 'item-not-found' && looksLikeChannel(room)) throw networkFailure(room, error);
    if (NICK_TROUBLE.has(condition)) {
      const other = await otherNick(api, room, nick, errorText(error));
      if (other === undefined) throw error;
      return enter(api, room, other, password, make);
    }
    if (condition === 'not-allowed' || condition === 'item-not-found') {
      const near = await nearRoom(api, room);
      if (near !== undefined) throw new UserError(errorText(error), `Did you mean /join ${near}?`);
    }
    const wanted = condition === 'not-authorized' || api.store.room(room)?.facts.password === true;
    if (!wanted) throw error;
    const text =
      password === undefined
        ? safe`Password of ${cleanIdentifier(room)}:`
        : safe`That was not the password of ${cleanIdentifier(room)}; again:`;
    const answer = await api.ui.ask({ text, secret: true });
    if (answer === undefined || answer === '') throw error;
    await enter(api, room, nick, answer, make);
  }
}

export default defineCommand({
  name: 'join',
  aliases: ['j'],
  group: 'rooms',
  summary: 'Enter a room',
  description:
    'Without an argument it enters the room of this tab again. A name without a service means the service of this tab. Links such as xmpp:room@service?join work too. With a gateway to IRC, #channel network enters a channel there.',
  args: {
    background: { type: 'flag', optional: true, help: 'stay in this tab' },
    new: { type: 'flag', optional: true, help: 'make it if there is none, without asking about a near name' },
    room: { type: 'room', optional: true, help: 'room@service[/nick]; default: the room of this tab' },
    password: { type: 'secret', optional: true, help: 'password of the room' },
  },
  examples: [
    '/join chat@muc.example.org',
    '/join chat@muc.example.org/nemo',
    '/join chat s3cret',
    '/join #debian irc.oftc.net',
  ],
  async run({ api, args, chat, line }) {
    // A destroyed room names another: there it goes.
    const room = args.room?.jid ?? asRoom(chat).alternate ?? asRoom(chat).id;
    const before = api.store.room(room);
    const asked = args.room?.nick;
    // A link is somebody else's words: where it leads is said before anybody goes there.
    const isLink = /^\S+(?:\s+-\S+)*\s+["']?xmpp:/i.test(line);
    if (isLink && before?.state !== 'joined') {
      const { authority } = args.room ?? {};
      const through = authority === undefined ? safe`` : safe` through ${cleanIdentifier(authority)}`;
      api.ui.notice(safe`The link leads to ${cleanIdentifier(room)}${through}.`);
      if (!(await api.ui.confirm(safe`Follow the link?`))) return;
    }
    if (before === undefined) api.chats.open(room, 'room');
    if (!args.background) api.tabs.openChat(room);
    else api.tabs.openChat(room, { background: true });
    if (before?.state === 'joined') {
      if (asked !== undefined && asked !== before.nick) await api.muc.setNick(room, asked);
      return;
    }
    const online = whenOnline(api, room, args.room?.authority);
    online.catch(() => {});
    const nick = asked ?? (before?.nick || (await nickFor(api, room)));
    if (nick === undefined) return;
    await online;
    // Closed meanwhile: nobody wants to be in there without a tab.
    if (api.store.room(room) === undefined) return;
    const invite = api.store.invites.find(one => one.room === room);
    const password = args.password ?? args.room?.password ?? invite?.password;
    try {
      await enter(api, room, nick, password, args.new);
    } catch (error) {
      if (error instanceof Elsewhere) {
        const tab = api.tabs.list.find(one => one.chat?.id === room);
        if (tab !== undefined) await api.commands.run('/close', tab);
        await api.commands.run(`/join ${quote(error.room)}`);
        return;
      }
      // The tab of the room is in front now: the reason belongs there.
      throw error instanceof UserError ? new UserError(error.message, error.hint, room) : error;
    }
  },
});
