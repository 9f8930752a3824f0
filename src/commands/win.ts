/** /win — go to a tab. */
import { cleanIdentifier, cleanLine, defineCommand, rowOf, safe, span, UserError } from '../api.js';

const PLACES = ['next', 'previous', 'last', 'important'] as const;

export default defineCommand({
  name: 'win',
  aliases: ['w', 'window', 'buffer', 'goto'],
  group: 'tabs',
  summary: 'Go to a tab by number or name, or list the tabs',
  description: 'Also understood: next, previous, last, important, close, list, +1, -1 and move NUMBER.',
  args: {
    to: {
      type: 'rest',
      optional: true,
      help: 'number, part of a title, next, previous, last or important',
      complete: ({ api }) => [
        ...api.tabs.all.map(tab => {
          const { number, title, account } = api.tabs.info(tab);
          const whose = account === undefined ? '' : ` (${account.name})`;
          return { insert: String(number), label: cleanLine(`${number} ${title}${whose}`) };
        }),
        ...PLACES,
      ],
    },
  },
  examples: ['/win 3', '/w support', '/win last', '/win move 1'],
  async run({ api, args, tab }) {
    const to = args.to?.trim() ?? '';
    if (to === '' || to === 'list') {
      const rows = api.tabs.all.map(one => {
        const { number, title, kind, unread, highlights, account } = api.tabs.info(one);
        const whose = account === undefined ? [] : [span('nick.other', safe` ${account.name}`, account.hue)];
        const news =
          unread === 0 ? '' : highlights === 0 ? `${unread} unread` : `${unread} unread, ${highlights} for you`;
        const mark = one.id === api.tabs.current.id ? '*' : ' ';
        return rowOf(['text.key', cleanLine(`${mark}${String(number).padStart(3)} `)], title, ...whose, [
          'text.dim',
          cleanLine(` ${kind}${news === '' ? '' : `, ${news}`}`),
        ]);
      });
      api.ui.notice(rows, { level: 'help' });
      return;
    }
    const [word = '', ...rest] = to.split(/\s+/);
    if (word === 'close' && rest.length === 0) return void (await api.commands.run('/close', tab));
    if (word === 'move') return void (await api.commands.run(`/move ${rest.join(' ')}`, tab));
    const place = word === 'prev' ? 'previous' : PLACES.find(one => one === word);
    if (place !== undefined && rest.length === 0) {
      api.tabs.go(place);
      return;
    }
    if (/^[+-]?\d+$/.test(to)) {
      const here = api.tabs.all.findIndex(one => one.id === api.tabs.current.id);
      const { all } = api.tabs;
      const target = /^\d/.test(to) ? Number(to) : all[(here + Number(to) + all.length * 100) % all.length];
      if (target === undefined || !api.tabs.go(target))
        throw new UserError(`There is no tab ${to}.`, '/win lists the tabs.');
      return;
    }
    const found = api.tabs.find(to);
    if (found === undefined) {
      throw new UserError(`No tab is called ${cleanIdentifier(to)}.`, '/win lists the tabs, /jump searches them.');
    }
    api.tabs.go(found);
  },
});
