/** /retract — take back what you said (XEP-0424), or as a moderator what somebody else said (XEP-0425). */
import {
  type Api,
  asChat,
  asRoom,
  type Chat,
  cleanIdentifier,
  cleanLine,
  count,
  defineCommand,
  findMessage,
  type MessageEntry,
  messagesOf,
  type Room,
  refusal,
  safe,
  targetNamed,
  targetOfVisitor,
  UserError,
} from '../api.js';

/** So many of one person at once at most. */
const MOST = 100;

async function own(api: Api, chat: Chat, chosen?: number): Promise<void> {
  const last = findMessage(
    chat.log,
    message => message.self && message.retracted === undefined && (chosen === undefined || message.seq === chosen),
  );
  if (last === undefined) throw new UserError('You have said nothing here that could be taken back.');
  if (!(await api.ui.confirm(safe`Take back “${cleanLine(last.body.slice(0, 60))}”?`))) return;
  await api.chats.retract(chat.id, last.messageId);
}

/** The message that the keyboard has chosen (Alt-Up). */
function findChosen(api: Api, chat: Chat): MessageEntry | undefined {
  const seq = api.ui.screen.focused();
  return seq === undefined ? undefined : findMessage(chat.log, message => message.seq === seq);
}

/** Messages of this nick that are still to be seen, newest first. */
function saidBy(api: Api, room: Room, nick: string, all: boolean): readonly MessageEntry[] {
  const visitor = api.desk.of(room.id).named(nick);
  const target = visitor === undefined ? targetNamed(room, nick) : targetOfVisitor(visitor);
  return messagesOf(room, target ?? { name: cleanIdentifier(nick) }, all ? MOST : 1);
}

export default defineCommand({
  name: 'retract',
  aliases: ['unsend', 'delete'],
  group: 'talk',
  where: 'chat',
  needs: 'online',
  summary: 'Take back the last thing you said here, or as a moderator what somebody else said',
  description:
    'Their programs are asked to remove it; whoever has read it has read it. With a nick, present or not, it removes the last message of that person in a moderated way (XEP-0425); -all removes all of them that are in the log. With a message chosen by Alt-Up it is that one.',
  args: {
    all: { type: 'flag', help: 'everything this person said' },
    nick: { type: 'person', optional: true, help: 'whose message, present or not; default: yours' },
    reason: { type: 'rest', optional: true, help: 'why' },
  },
  examples: ['/retract', '/retract spammer advertising', '/retract -all spammer'],
  async run({ api, args, chat }) {
    const here = asChat(chat);
    const { nick, reason } = args;
    if (nick === undefined && reason !== undefined) {
      throw new UserError(`Nobody here is or was called ${cleanIdentifier(reason)}.`, '/names shows who is here.');
    }
    const chosen = nick === undefined ? findChosen(api, here) : undefined;
    const mine = nick === undefined ? chosen?.self !== false : here.kind === 'room' && nick === here.nick && !args.all;
    if (mine) return own(api, here, chosen?.seq);
    const room = asRoom(here);
    const messages = chosen === undefined ? saidBy(api, room, nick ?? '', args.all) : [chosen];
    const who = chosen?.sender.name ?? cleanIdentifier(nick ?? '');
    const [last] = messages;
    if (last === undefined) {
      throw new UserError(`There is no message of ${who} here that could be removed.`, '/lastlog nick looks for some.');
    }
    const words =
      messages.length === 1 ? safe`“${cleanLine(last.body.slice(0, 60))}”` : count(messages.length, 'message');
    if (!(await api.ui.confirm(safe`Remove ${words} of ${who} for everybody?`))) return;
    try {
      for (const message of messages) {
        if (message.stanzaId !== undefined) await api.moderation.retract(room.id, message.stanzaId, reason);
      }
    } catch (error) {
      throw refusal(error, {
        forbidden: ['Only moderators remove messages of others.', '/names shows them (@ & ~).'],
        'item-not-found': ['The room does not have this message any more.', '/kick or /ban keeps its writer out.'],
        'feature-not-implemented': ['This room cannot remove messages of others.', '/kick and /ban work everywhere.'],
        'service-unavailable': ['This room cannot remove messages of others.', '/kick and /ban work everywhere.'],
      });
    }
  },
});
