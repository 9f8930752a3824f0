/** /ignore — do not show what somebody says. */
import {
  type Api,
  type Chat,
  cleanIdentifier,
  defineCommand,
  type IgnoreRule,
  parseJid,
  readPattern,
  type Safe,
  safe,
  UserError,
} from '../api.js';

interface Meant {
  readonly rule: IgnoreRule;
  readonly words: Safe;
}

/** Who is meant: in a room by occupant id if the room has such, so that a new nick does not help them. */
function ruleFor(api: Api, chat: Chat | undefined, who: string): Meant {
  const room = chat?.kind === 'room' ? chat : chat?.kind === 'private' ? api.store.room(chat.room) : undefined;
  const occupant = room?.occupants.get(who) ?? room?.departed.get(who)?.occupant;
  if (room !== undefined && occupant !== undefined) {
    const id = occupant.occupantId === undefined ? {} : { occupantId: occupant.occupantId };
    return { rule: { room: room.id, nick: occupant.nick, ...id }, words: safe`${occupant.name} in ${room.title}` };
  }
  const jid = parseJid(who);
  if (jid !== undefined && /[@.]/.test(jid)) return { rule: { jid }, words: cleanIdentifier(jid) };
  if (room === undefined) throw new UserError(`${cleanIdentifier(who)} is not an address.`, '/ignore someone@server');
  return { rule: { room: room.id, nick: who }, words: safe`${cleanIdentifier(who)} in ${room.title}` };
}

/** In a room it holds there, elsewhere everywhere. */
function patternFor(api: Api, chat: Chat | undefined, line: string, what: 'who' | 'says', all: boolean): Meant {
  const pattern = readPattern(line);
  if (pattern === undefined || pattern.rest !== '')
    throw new UserError('A pattern with blanks stands between slashes.', '/ignore -text /buy (my|our) \\w+/');
  const room = chat?.kind === 'room' ? chat : chat?.kind === 'private' ? api.store.room(chat.room) : undefined;
  const where = all || room === undefined ? safe`everywhere` : safe`in ${room.title}`;
  const source = cleanIdentifier(pattern.source);
  return {
    rule: { ...(all || room === undefined ? {} : { room: room.id }), [what]: pattern.source },
    words: what === 'who' ? safe`Whoever is called like /${source}/ ${where}` : safe`What fits /${source}/ ${where}`,
  };
}

export default defineCommand({
  name: 'ignore',
  group: 'people',
  summary: 'Do not show what somebody says',
  description:
    'Only on this screen: they do not notice. In a room it holds through changes of nick where the room gives occupant ids (XEP-0421), and their coming and going is not shown either. -re takes a regular expression for nicks and addresses, -text one for what is said; both hold in this room, with -all everywhere. It lasts until /unignore. Without an argument it lists who is ignored.',
  args: {
    re: { type: 'flag', help: 'a regular expression for nicks and addresses' },
    text: { type: 'flag', help: 'a regular expression for what is said' },
    all: { type: 'flag', help: 'the pattern holds everywhere' },
    who: {
      type: 'rest',
      optional: true,
      help: 'nick in this room, an address, or a pattern',
      complete: ({ chat }) => (chat?.kind === 'room' ? [...chat.occupants.keys()] : []),
    },
  },
  examples: [
    '/ignore nemo',
    '/ignore spam@example.org',
    '/ignore -re ^bot\\d+$',
    '/ignore -text /cheap (pills|watches)/',
  ],
  async run({ api, args, chat }) {
    const who = args.who?.trim() ?? '';
    if (who === '') return void (await api.commands.run('/ignored'));
    const { rule, words } =
      args.re || args.text ? patternFor(api, chat, who, args.text ? 'says' : 'who', args.all) : ruleFor(api, chat, who);
    api.chats.ignore(rule);
    api.ui.notice(safe`${words} is ignored from now on. /unignore takes it back.`);
  },
});
