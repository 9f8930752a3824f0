/** url-list — keep the addresses people post, and copy one by its number. */
import {
  cleanLine,
  defineCommand,
  definePlugin,
  linksIn,
  plain,
  type Safe,
  safe,
  span,
  timeOfDay,
  UserError,
} from '../src/api.js';

interface Found {
  readonly url: Safe;
  readonly name: Safe;
  readonly title: Safe;
  readonly chat: string;
  readonly at: number;
}

export default definePlugin({
  name: 'url-list',
  api: 1,
  help: [
    'Adds /urls: the addresses posted in this chat, numbered, newest last. /urls 3 copies the third to the clipboard,',
    '/urls -open 3 opens it, /urls -all shows those of all chats.',
    'plugins.url-list.most: how many are kept (200).',
  ].join('\n'),
  settings: { most: { type: 'integer', default: 200, min: 1, max: 10000, help: 'how many addresses are kept' } },
  setup(api) {
    let list: readonly Found[] = [];
    api.on('message:added', ({ chat, message }) => {
      for (const { text: url } of linksIn(message.body)) {
        const found = { url, name: message.sender.name, title: chat.title, chat: chat.id, at: message.at };
        list = [...list.filter(one => one.url !== url || one.chat !== chat.id), found].slice(
          -Number(api.settings.get('most')),
        );
      }
    });
    const urls = defineCommand({
      name: 'urls',
      aliases: ['url'],
      group: 'plugins',
      summary: 'Show the addresses posted here, copy or open one',
      args: {
        all: { type: 'flag', help: 'of all chats' },
        open: { type: 'flag', help: 'open it instead of copying it' },
        number: { type: 'number', optional: true, help: 'which to copy or open' },
      },
      examples: ['/urls', '/urls 3', '/urls -open 3', '/urls -all'],
      async run({ api: own, args, chat }) {
        const here = args.all || chat === undefined ? list : list.filter(one => one.chat === chat.id);
        if (args.number === undefined) {
          const rows = here.map((one, i) => [
            span('text.key', cleanLine(`${i + 1}`.padStart(3))),
            span('text.time', safe` ${timeOfDay(one.at)} `),
            span('nick.other', safe`${one.name} `, one.name),
            span('text.link', one.url),
            span('text.dim', args.all ? safe` ${one.title}` : safe``),
          ]);
          own.ui.notice(rows.length > 0 ? rows : [plain(safe`Nobody has posted an address here.`)]);
          return;
        }
        const chosen = here[args.number - 1];
        if (chosen === undefined) throw new UserError('There is no address of that number.', '/urls shows them.');
        if (args.open) {
          await own.commands.run(`/open ${chosen.url}`);
          return;
        }
        if (!own.ui.screen.copy(chosen.url)) throw new UserError('This address is longer than the clipboard takes.');
        own.ui.notice(safe`Copied ${chosen.url}`);
      },
    });
    api.commands.add(urls);
  },
});
