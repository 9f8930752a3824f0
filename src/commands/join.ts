/** /join — enter a room. */
import {
  type Api,
  asRoom,
  type BareJid,
  cleanIdentifier,
  conditionOf,
  defineCommand,
  domainOf,
  localOf,
  safe,
  UserError,
} from '../api.js';

/** What a room answers when it lets nobody in, and what to do then (XEP-0045 §7.2). */
const REFUSALS: Readonly<Record<string, readonly [sentence: string, hint: string]>> = {
  'not-authorized': ['needs a password', '/join room@service password'],
  forbidden: [
    'has banned you or the host you come from',
    'Ask its owners elsewhere, or log in with an account: /login',
  ],
  'registration-required': ['is for members only', 'Ask for an invitation, or log in with an account: /login'],
  conflict: ['has somebody of this nick already', '/join room@service/other-nick'],
  'not-acceptable': ['does not accept this nick', '/join room@service/other-nick'],
  'item-not-found': ['does not exist, and you may not create it', '/list service shows the rooms there are'],
  'not-allowed': ['does not exist, and you may not create it', '/list service shows the rooms there are'],
  'service-unavailable': ['is full or not reachable', 'Try /join again in a while'],
  'remote-server-not-found': [
    'is on a server that cannot be reached from here',
    'Check the spelling, or log in: /login',
  ],
  'remote-server-timeout': ['is on a server that does not answer', 'Try /join again in a while, or log in: /login'],
};

/** The nick by argument, former visit, settings or question. */
async function nickFor(api: Api, room: BareJid): Promise<string | undefined> {
  const facts = api.session.facts;
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
async function whenOnline(api: Api, guestHost: string | undefined): Promise<void> {
  const { status } = api.session.facts;
  if (status === 'online') return;
  if (status === 'offline' || status === 'stopped') {
    await api.session.connect(guestHost === undefined ? {} : { guestHost });
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

export default defineCommand({
  name: 'join',
  aliases: ['j'],
  group: 'rooms',
  summary: 'Enter a room',
  description:
    'Without an argument it enters the room of this tab again. A name without a service means the service of this tab. Links such as xmpp:room@service?join work too.',
  args: {
    background: { type: 'flag', optional: true, help: 'stay in this tab' },
    room: { type: 'room', optional: true, help: 'room@service[/nick]; default: the room of this tab' },
    password: { type: 'secret', optional: true, help: 'password of the room' },
  },
  examples: ['/join chat@muc.example.org', '/join chat@muc.example.org/nemo', '/join chat s3cret'],
  async run({ api, args, chat }) {
    const room = args.room?.jid ?? asRoom(chat).id;
    const before = api.store.room(room);
    const asked = args.room?.nick;
    if (before === undefined) api.chats.open(room, 'room');
    if (!args.background) api.tabs.openChat(room);
    else api.tabs.openChat(room, { background: true });
    if (before?.state === 'joined') {
      if (asked !== undefined && asked !== before.nick) await api.muc.setNick(room, asked);
      return;
    }
    const online = whenOnline(api, args.room?.authority);
    online.catch(() => {});
    const nick = asked ?? (before?.nick || (await nickFor(api, room)));
    if (nick === undefined) return;
    await online;
    const invite = api.store.invites.find(one => one.room === room);
    let password = args.password ?? args.room?.password ?? invite?.password;
    const maxHistory = Number(api.config.get('rooms.history', room));
    let name = nick;
    for (let tries = 0; ; tries++) {
      try {
        await api.muc.join(room, { nick: name, maxHistory, ...(password === undefined ? {} : { password }) });
        return;
      } catch (error) {
        const condition = conditionOf(error) ?? '';
        if (condition === 'not-authorized' && tries < 3) {
          password = await api.ui.ask({ text: safe`Password of ${cleanIdentifier(room)}`, secret: true });
          if (password !== undefined && password !== '') continue;
        }
        // > If the nickname is in use, a client may try another  XEP-0045 §7.2.8
        if (condition === 'conflict' && asked === undefined && tries < 3) {
          name += '_';
          continue;
        }
        const refusal = REFUSALS[condition];
        if (refusal === undefined) throw error;
        const place = condition.startsWith('remote-server') ? `${room} (${domainOf(room)})` : room;
        throw new UserError(`${cleanIdentifier(place)} ${refusal[0]}.`, refusal[1]);
      }
    }
  },
});
