/** /ignore — do not show what somebody says. */
import {
  type Api,
  type Chat,
  cleanIdentifier,
  defineCommand,
  type IgnoreRule,
  parseJid,
  type Safe,
  safe,
  UserError,
} from '../api.js';

/** Who is meant: in a room by occupant id if the room has such, so that a new nick does not help them. */
function ruleFor(api: Api, chat: Chat | undefined, who: string): { readonly rule: IgnoreRule; readonly words: Safe } {
  const room = chat?.kind === 'room' ? chat : chat?.kind === 'private' ? api.store.room(chat.room) : undefined;
  const occupant = room?.occupants.get(who);
  if (room !== undefined && occupant !== undefined) {
    const id = occupant.occupantId === undefined ? {} : { occupantId: occupant.occupantId };
    return { rule: { room: room.id, nick: occupant.nick, ...id }, words: safe`${occupant.name} in ${room.title}` };
  }
  const jid = parseJid(who);
  if (jid !== undefined && /[@.]/.test(jid)) return { rule: { jid }, words: cleanIdentifier(jid) };
  if (room === undefined) throw new UserError(`${cleanIdentifier(who)} is not an address.`, '/ignore someone@server');
  return { rule: { room: room.id, nick: who }, words: safe`${cleanIdentifier(who)} in ${room.title}` };
}

export default defineCommand({
  name: 'ignore',
  group: 'people',
  summary: 'Do not show what somebody says',
  description:
    'Only on this screen: they do not notice. In a room it holds through changes of nick where the room gives occupant ids (XEP-0421). Without an argument it lists who is ignored.',
  args: {
    who: {
      type: 'rest',
      optional: true,
      help: 'nick in this room, or an address',
      complete: ({ chat }) => (chat?.kind === 'room' ? [...chat.occupants.keys()] : []),
    },
  },
  examples: ['/ignore nemo', '/ignore spam@example.org', '/ignore'],
  async run({ api, args, chat }) {
    const who = args.who?.trim() ?? '';
    if (who === '') return void (await api.commands.run('/ignored'));
    const { rule, words } = ruleFor(api, chat, who);
    api.chats.ignore(rule);
    api.ui.notice(safe`${words} is ignored from now on. /unignore takes it back.`);
  },
});
