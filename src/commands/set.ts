/** /set — show and change options. */
import {
  type Api,
  asChat,
  type ChatId,
  cleanIdentifier,
  cleanLine,
  defineCommand,
  type OptionDefinition,
  plain,
  type Row,
  rowOf,
  safe,
  UserError,
} from '../api.js';

function describe(api: Api, name: string, option: OptionDefinition, chat: ChatId | undefined): readonly Row[] {
  const here = chat !== undefined && option.scope === 'chat' && api.config.isSet(name, chat);
  const origin = here ? safe`in this chat` : api.config.isSet(name) ? safe`set` : safe`default`;
  const choices = option.choices === undefined ? '' : ` One of: ${option.choices.join(', ')}.`;
  const range = option.min === undefined || option.max === undefined ? '' : ` From ${option.min} to ${option.max}.`;
  const restart = option.restart ? ' Takes effect at the next start.' : '';
  const scope = option.scope === 'chat' ? ' May differ per chat: /set -chat.' : '';
  return [
    rowOf(
      ['text.key', cleanIdentifier(name)],
      safe` = `,
      ['form.value', api.config.show(name, chat)],
      ['text.dim', safe` (${origin})`],
    ),
    plain(cleanLine(`  ${option.help}.${choices}${range}${scope}${restart}`), 'text.dim'),
  ];
}

export default defineCommand({
  name: 'set',
  group: 'settings',
  summary: 'Show or change options',
  description:
    'Without an argument it opens the table of all options. With a name it shows that option, with part of a name all that match. -chat sets it for this chat only. The value "toggle" flips a switch. /reset goes back to the default.',
  args: {
    chat: { type: 'flag', optional: true, help: 'for this chat only' },
    option: {
      type: 'word',
      optional: true,
      help: 'name, or part of names',
      complete: ({ api }) =>
        [...api.config.options].map(([name, option]) => ({
          insert: name,
          label: cleanIdentifier(name),
          help: cleanLine(option.help),
        })),
    },
    value: {
      type: 'rest',
      optional: true,
      help: 'the new value',
      complete: ({ api, words }) => {
        const name = words.find(word => api.config.options.has(word));
        const option = name === undefined ? undefined : api.config.options.get(name);
        if (name === undefined || option === undefined) return [];
        if (option.type === 'boolean') return ['on', 'off', 'toggle'];
        if (option.choices !== undefined) return option.choices;
        return option.secret ? [] : [api.config.show(name)];
      },
    },
  },
  examples: ['/set', '/set typing', '/set typing.send off', '/set -chat ui.occupants off', '/set ui.theme = light'],
  async run({ api, args, chat }) {
    const here = args.chat ? asChat(chat).id : undefined;
    const name = args.option?.replace(/=$/, '');
    if (name === undefined || name === '') {
      api.tabs.open('options');
      return;
    }
    const value = args.value?.replace(/^=\s*/, '').trim();
    const option = api.config.options.get(name);
    if (value === undefined || value === '') {
      const matches =
        option === undefined
          ? [...api.config.options].filter(([one]) => one.includes(name))
          : [[name, option] as const];
      if (matches.length === 0) {
        throw new UserError(`No option matches ${cleanIdentifier(name)}.`, '/set shows all of them.');
      }
      api.ui.notice(
        matches.flatMap(([one, found]) => describe(api, one, found, here ?? chat?.id)),
        { level: 'help' },
      );
      return;
    }
    if (value === 'toggle') {
      await api.commands.run(`/toggle ${args.chat ? '-chat ' : ''}${name}`);
      return;
    }
    api.config.set(name, value, here);
    const shown = safe`${cleanIdentifier(name)} is now ${api.config.show(name, here)}`;
    api.ui.notice(
      option?.restart ? safe`${shown} from the next start on.` : safe`${shown}${here ? safe` in this chat` : safe``}.`,
    );
  },
});
