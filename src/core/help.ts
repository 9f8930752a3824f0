/** Help, out of the declarations: commands, options, keys, plugins, and a search in all of it. */
import type { Command, CommandGroup, OptionDefinition, Plugin } from '../api.js';
import { span } from '../lib/span.js';
import { cleanIdentifier, cleanLine, firstSentence, type Safe, safe } from '../lib/text.js';
import type { Chord, Row } from '../model/view.js';
import { plain, rowOf } from '../model/wording.js';
import { habitFor } from './habits.js';
import type { Binding } from './keymap.js';
import { matchThings, nearest } from './match.js';
import { argLabel, usageOf } from './usage.js';

const GROUPS: Readonly<Record<CommandGroup, Safe>> = {
  talk: safe`Talk`,
  rooms: safe`Rooms`,
  moderation: safe`Moderation`,
  people: safe`People`,
  service: safe`Services`,
  tabs: safe`Tabs`,
  settings: safe`Settings`,
  connection: safe`Connection`,
  help: safe`Help`,
  plugins: safe`Plugins`,
};

export interface HelpSources {
  readonly commands: () => readonly Command[];
  readonly find: (name: string) => Command | undefined;
  readonly owner: (name: string) => string | undefined;
  readonly aliases: () => ReadonlyMap<string, string>;
  readonly options: () => ReadonlyMap<string, OptionDefinition>;
  readonly showValue: (option: string) => Safe;
  readonly keys: () => ReadonlyMap<Chord, Binding>;
  readonly plugins: () => readonly Plugin[];
}

const text = (words: string): Safe => cleanLine(words);
const pad = (words: Safe, cells: number): Safe => words.padEnd(cells) as Safe;

export function createHelp(sources: HelpSources): (topic?: string) => readonly Row[] {
  const { commands, find, owner, aliases, options, showValue, keys, plugins } = sources;

  const line = (name: Safe, help: string): Row => rowOf(['text.key', safe`  ${pad(name, 18)} `], text(help));

  const overview = (): readonly Row[] => {
    const rows: Row[] = [plain(safe`Lines without a slash are said. Tab completes; /help join explains a command.`)];
    for (const [group, title] of Object.entries(GROUPS)) {
      const list = commands().filter(one => one.group === group);
      if (list.length === 0) continue;
      rows.push(plain(title, 'text.heading'));
      for (const one of list) rows.push(line(safe`/${cleanIdentifier(one.name)}`, one.summary));
    }
    rows.push(plain(safe`Also: /help keys, /help options, /help plugins, or any word to search for.`, 'text.dim'));
    return rows;
  };

  const ofCommand = (command: Command): readonly Row[] => {
    const rows: Row[] = [rowOf(['text.key', usageOf(command)], safe`  ${text(command.summary)}`)];
    const others = command.aliases ?? [];
    if (others.length > 0) rows.push(plain(text(`Also: ${others.map(one => `/${one}`).join(', ')}`), 'text.dim'));
    for (const paragraph of (command.description ?? '').split('\n'))
      if (paragraph !== '') rows.push(plain(text(paragraph)));
    for (const [name, arg] of Object.entries(command.args ?? {})) {
      const choices = arg.choices === undefined ? '' : ` (${arg.choices.join(', ')})`;
      rows.push(line(argLabel(name, arg), `${arg.help}${choices}`));
    }
    const { needs } = command;
    if (needs !== undefined) {
      rows.push(
        plain(needs === 'account' ? safe`Needs an account: not for guests.` : safe`Needs a connection.`, 'text.dim'),
      );
    }
    for (const example of command.examples ?? [])
      rows.push(rowOf(['text.dim', safe`Example: `], ['text.code', text(example)]));
    const bound = [...keys()].filter(
      ([, one]) => one.line === `/${command.name}` || one.line.startsWith(`/${command.name} `),
    );
    if (bound.length > 0)
      rows.push(plain(text(`Keys: ${bound.map(([chord, one]) => `${chord} (${one.line})`).join(', ')}`), 'text.dim'));
    const by = owner(command.name);
    if (by !== undefined && by !== 'core') rows.push(plain(text(`From ${by}.`), 'text.dim'));
    return rows;
  };

  const ofOption = (name: string, option: OptionDefinition): readonly Row[] => {
    const range =
      option.choices !== undefined
        ? `one of ${option.choices.join(', ')}`
        : option.min !== undefined && option.max !== undefined
          ? `${option.type} from ${option.min} to ${option.max}`
          : option.type;
    return [
      rowOf(['text.key', cleanIdentifier(name)], safe` = `, ['form.value', showValue(name)]),
      plain(text(`${option.help} (${range})`)),
      ...(option.scope === 'chat' ? [plain(safe`May differ per chat: /set -chat`, 'text.dim')] : []),
      ...(option.restart ? [plain(safe`Takes effect at the next start.`, 'text.dim')] : []),
    ];
  };

  const keyRows = (): readonly Row[] => [...keys()].map(([chord, one]) => line(cleanIdentifier(chord), one.line));
  const optionRows = (): readonly Row[] => [...options()].map(([name, one]) => line(cleanIdentifier(name), one.help));

  const ofPlugin = (plugin: Plugin): readonly Row[] => [
    plain(safe`Plugin ${cleanIdentifier(plugin.name)}`, 'text.heading'),
    ...(plugin.help ?? 'No manual.')
      .trim()
      .split('\n')
      .map(one => plain(text(one))),
    ...Object.entries(plugin.settings ?? {}).map(([name, one]) =>
      line(cleanIdentifier(`plugins.${plugin.name}.${name}`), one.help),
    ),
  ];

  const pluginRows = (): readonly Row[] =>
    plugins().map(one => line(cleanIdentifier(one.name), firstSentence(one.help ?? '')));

  const search = (words: string): readonly Row[] => {
    const wanted = words.toLowerCase();
    const has = (...texts: readonly (string | undefined)[]): boolean =>
      texts.some(one => one?.toLowerCase().includes(wanted));
    const rows: Row[] = [];
    for (const one of commands()) {
      if (has(one.name, one.summary, one.description, ...(one.aliases ?? [])))
        rows.push(line(safe`/${cleanIdentifier(one.name)}`, one.summary));
    }
    for (const [name, one] of options()) if (has(name, one.help)) rows.push(line(cleanIdentifier(name), one.help));
    for (const one of plugins())
      if (has(one.name, one.help)) rows.push(line(cleanIdentifier(one.name), firstSentence(one.help ?? '')));
    for (const [chord, one] of keys()) if (has(chord, one.line)) rows.push(line(cleanIdentifier(chord), one.line));
    if (rows.length > 0) return rows;
    const names = [...commands().map(one => one.name), ...options().keys(), ...plugins().map(one => one.name)];
    const near = nearest(words, names) ?? matchThings(words, names, one => one, 1)[0];
    const shown = cleanIdentifier(words);
    return [
      plain(
        near === undefined
          ? safe`Nothing is known about ${shown}. /help lists the commands, /help options the options.`
          : safe`Nothing is known about ${shown}. Did you mean ${cleanIdentifier(near)}?`,
        'notice.warning',
      ),
    ];
  };

  return topic => {
    const words = (topic ?? '').trim();
    if (words === '') return overview();
    const name = words.replace(/^\//, '');
    if (name === 'keys') return keyRows();
    if (name === 'options') return optionRows();
    if (name === 'plugins') return pluginRows();
    const alias = aliases().get(name);
    if (alias !== undefined)
      return [
        [span('text.key', safe`/${cleanIdentifier(name)}`), span('text.normal', text(` is an alias for ${alias}`))],
      ];
    const command = find(name);
    if (command !== undefined) return ofCommand(command);
    const option = options().get(name);
    if (option !== undefined) return ofOption(name, option);
    const plugin = plugins().find(one => one.name === name.replace(/^plugin\s+/, ''));
    if (plugin !== undefined) return ofPlugin(plugin);
    const key = keys().get(name.toLowerCase());
    if (key !== undefined) return [line(cleanIdentifier(name), key.line)];
    const habit = habitFor(name);
    if (habit !== undefined)
      return [
        plain(
          'line' in habit
            ? text(`/${name} is understood as ${habit.line.replace(/ ?\$(?:\*|\d-?)/g, ' …').replace(/( …)+$/, ' …')}`)
            : text(`${habit.says} ${habit.next}`),
        ),
      ];
    return search(name);
  };
}
