/** /join — enter a room. */
import {
  type Api,
  asRoom,
  type BareJid,
  cleanIdentifier,
  conditionOf,
  defineCommand,
  localOf,
  safe,
  UserError,
} from '../api.js';

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

/** Enters; a room that wants a password gets it from a question in the line. */
async function enter(api: Api, room: BareJid, nick: string, password: string | undefined): Promise<void> {
  try {
    await api.muc.join(room, { nick, ...(password === undefined ? {} : { password }) });
  } catch (error) {
    const wanted = conditionOf(error) === 'not-authorized' || api.store.room(room)?.facts.password === true;
    if (!wanted) throw error;
    const text =
      password === undefined
        ? safe`Password of ${cleanIdentifier(room)}`
        : safe`That was not the password of ${cleanIdentifier(room)}; again`;
    const answer = await api.ui.ask({ text, secret: true });
    if (answer === undefined || answer === '') throw error;
    await enter(api, room, nick, answer);
  }
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
    // A destroyed room names another: there it goes.
    const room = args.room?.jid ?? asRoom(chat).alternate ?? asRoom(chat).id;
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
    // Closed meanwhile: nobody wants to be in there without a tab.
    if (api.store.room(room) === undefined) return;
    const invite = api.store.invites.find(one => one.room === room);
    const password = args.password ?? args.room?.password ?? invite?.password;
    try {
      await enter(api, room, nick, password);
    } catch (error) {
      // The tab of the room is in front now: the reason belongs there.
      throw error instanceof UserError ? new UserError(error.message, error.hint, room) : error;
    }
  },
});
