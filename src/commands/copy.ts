/** /copy — put a message on the clipboard of your terminal. */
import {
  asChat,
  cleanLine,
  count,
  defineCommand,
  linksIn,
  type MessageEntry,
  type Safe,
  safe,
  UserError,
} from '../api.js';

const whole = (one: MessageEntry): Safe =>
  safe`${cleanLine(new Date(one.at).toISOString())} ${one.sender.name}: ${one.body}`;

export default defineCommand({
  name: 'copy',
  aliases: ['yank'],
  group: 'talk',
  where: 'chat',
  summary: 'Copy a message to the clipboard',
  description:
    'The terminal must allow it (OSC 52); it works over SSH. 1 is the newest message, 2 the one before; without a number the chosen one (Alt-Up). -line copies with time and nick, -link the first address in it, -all the whole log.',
  args: {
    all: { type: 'flag', help: 'the whole log of this tab' },
    line: { type: 'flag', help: 'with time and nick' },
    link: { type: 'flag', help: 'only the first address in it' },
    number: { type: 'number', optional: true, help: 'which, counted from the newest; default 1' },
  },
  examples: ['/copy', '/copy 3', '/copy -all'],
  run({ api, args, chat }) {
    const here = asChat(chat);
    const put = (text: Safe): void => {
      if (api.ui.screen.copy(text)) return;
      throw new UserError(
        `This is more than terminals take (${Buffer.byteLength(text)} bytes), so nothing was copied.`,
        'Alt-l shows the text alone, for the mouse; /copy 1 copies one message.',
      );
    };
    const messages = [...here.log.newest()].filter(entry => entry.kind === 'message');
    if (args.all) {
      const lines = messages.reverse().map(whole);
      put(lines.join('\n') as Safe);
      api.ui.notice(safe`Copied ${count(lines.length, 'message')}.`);
      return;
    }
    const chosen = args.number === undefined ? api.ui.screen.focused() : undefined;
    const message = chosen === undefined ? messages[(args.number ?? 1) - 1] : messages.find(one => one.seq === chosen);
    if (message === undefined) throw new UserError('There is no such message here.', '/copy 1 copies the newest.');
    const link = args.link ? linksIn(message.body)[0]?.text : undefined;
    if (args.link && link === undefined) throw new UserError('There is no address in this message.');
    const text = link !== undefined ? link : args.line ? whole(message) : message.body;
    put(text);
    api.ui.notice(safe`Copied: ${cleanLine(text.slice(0, 60))}`);
  },
});
