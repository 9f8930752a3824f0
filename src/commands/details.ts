/** /details — everything that is known about one message. */
import {
  asChat,
  cleanIdentifier,
  cleanLine,
  dateTime,
  defineCommand,
  fact,
  joinSafe,
  type MessageEntry,
  type Row,
  safe,
  UserError,
} from '../api.js';

const SOURCES: Readonly<Record<MessageEntry['source'], string>> = {
  live: 'received as it was said',
  'room-history': 'history of the room',
  archive: 'archive',
  carbon: 'another client of yours',
  local: 'written here',
};

/** What is known, and no more: only the program of the other side can say that it has a message. */
const DELIVERY: Readonly<Record<NonNullable<MessageEntry['delivery']>, string>> = {
  queued: 'queued: it waits here',
  pending: 'pending: on its way, nobody has said that it arrived',
  sent: 'sent: the server or the room has it',
  delivered: 'delivered: a program of the other side has it',
  displayed: 'displayed: the other side has seen it',
  failed: 'failed',
};

function rows(message: MessageEntry): readonly Row[] {
  const { sender } = message;
  const out = [fact(safe`from`, sender.name), fact(safe`at`, dateTime(message.at))];
  const add = (name: ReturnType<typeof safe>, value: string | undefined): void => {
    if (value !== undefined && value !== '') out.push(fact(name, cleanIdentifier(value)));
  };
  add(safe`address`, sender.jid);
  add(safe`real address`, sender.realJid);
  add(safe`occupant id`, sender.occupantId);
  out.push(fact(safe`source`, cleanLine(SOURCES[message.source])));
  if (message.delivery !== undefined) out.push(fact(safe`delivery`, cleanLine(DELIVERY[message.delivery])));
  if (message.error !== undefined) out.push(fact(safe`why`, message.error));
  add(safe`message id`, message.messageId);
  if (message.originId !== message.messageId) add(safe`origin id`, message.originId);
  add(safe`archive id`, message.stanzaId);
  if (message.raw !== undefined)
    out.push(fact(safe`cleaned`, safe`something invisible or dangerous was taken out of it`));
  if (message.retracted !== undefined) {
    const { by, reason } = message.retracted;
    out.push(
      fact(safe`retracted`, joinSafe([by ?? safe`by its author`, ...(reason === undefined ? [] : [reason])], safe`: `)),
    );
  }
  message.versions?.forEach((version, i) => {
    out.push(fact(safe`version ${i + 1}`, cleanLine(version)));
  });
  for (const [emoji, names] of message.reactions ?? []) out.push(fact(emoji, joinSafe([...names], safe`, `)));
  return out;
}

export default defineCommand({
  name: 'details',
  group: 'talk',
  where: 'chat',
  summary: 'Show everything that is known about a message',
  description: '1 is the newest message; without a number the chosen one (Alt-Up), otherwise the newest.',
  args: { number: { type: 'number', optional: true, help: 'which, counted from the newest' } },
  examples: ['/details', '/details 2'],
  run({ api, args, chat }) {
    const { log } = asChat(chat);
    const chosen = args.number === undefined ? api.ui.screen.focused() : undefined;
    const messages = [...log.newest()].filter(entry => entry.kind === 'message');
    const message = chosen === undefined ? messages[(args.number ?? 1) - 1] : messages.find(one => one.seq === chosen);
    if (message === undefined) throw new UserError('There is no such message here.', '/details 1 shows the newest.');
    api.ui.notice(rows(message), { level: 'help' });
  },
});
