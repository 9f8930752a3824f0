/** The generated parts of README.md and themes/README.md: commands, keys, options, XEPs, tokens, command line, from the same tables as the program; use cases of rooms from the names of tests. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from '../../src/api.js';
import { helpText } from '../../src/cli.js';
import { OPTIONS, type OptionDefinition } from '../../src/config/schema.js';
import { printValue } from '../../src/config/values.js';
import { DEFAULT_KEYS } from '../../src/core/keymaps/default.js';
import { KEYMAPS } from '../../src/core/keymaps/index.js';
import { usageOf } from '../../src/core/usage.js';
import { loadDeclarations } from '../../src/declarations.js';
import { TOKENS } from '../../src/lib/tokens.js';
import type { Xep } from '../../src/xmpp/xep.js';
import { MUC_CASES, suitesBySection } from './muc-cases.js';

export const ROOT = resolve(import.meta.dirname, '../..');

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');
const code = (text: string): string => `\`${text.replaceAll('|', '\\|')}\``;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [
    `| ${head.join(' | ')} |`,
    `|${head.map(() => ' --- |').join('')}`,
    ...rows.map(row => `| ${row.join(' | ')} |`),
  ].join('\n');

const GROUPS: Record<Command['group'], string> = {
  talk: 'Talk',
  rooms: 'Rooms',
  moderation: 'Moderation',
  people: 'People',
  service: 'Services',
  tabs: 'Tabs',
  settings: 'Settings',
  connection: 'Connection',
  help: 'Help',
  plugins: 'Plugins',
};

/** Text by marker name. */
export async function references(): Promise<ReadonlyMap<string, string>> {
  const declarations = await loadDeclarations();
  const commands = declarations.commands
    .map(({ value }) => value as Command)
    .toSorted((a, b) => a.name.localeCompare(b.name));
  const xeps = declarations.xeps.map(({ value }) => value as Xep);
  const suites = suitesBySection();
  return new Map([
    [
      'commands',
      (Object.keys(GROUPS) as Command['group'][])
        .map(group => ({ group, list: commands.filter(command => command.group === group) }))
        .filter(({ list }) => list.length > 0)
        .map(
          ({ group, list }) =>
            `**${GROUPS[group]}**\n\n${table(
              ['Command', 'Also', 'What it does'],
              list.map(command => [
                code(usageOf(command)),
                (command.aliases ?? []).map(alias => code(`/${alias}`)).join(' '),
                cell(command.summary),
              ]),
            )}`,
        )
        .join('\n\n'),
    ],
    [
      'keys',
      table(
        ['Key', 'Does'],
        [...DEFAULT_KEYS].map(([chord, line]) => [code(chord), code(String(line))]),
      ),
    ],
    [
      'keymaps',
      table(
        ['Key', ...KEYMAPS.keys()],
        [...new Set([...KEYMAPS.values()].flatMap(one => [...one.keys.keys()]))].map(chord => [
          code(chord),
          ...[...KEYMAPS.values()].map(({ keys }) => {
            const line = keys.get(chord);
            return line === undefined ? '' : line === '' ? 'edits the line' : code(line);
          }),
        ]),
      ),
    ],
    [
      'options',
      table(
        ['Option', 'Default', 'Per chat', 'Meaning'],
        (Object.entries(OPTIONS) as [string, OptionDefinition][]).map(([name, option]) => [
          code(name),
          printValue(option.default) === '' ? '' : code(printValue(option.default)),
          option.scope === 'chat' ? 'yes' : '',
          cell(option.help),
        ]),
      ),
    ],
    [
      'xeps',
      table(
        ['Specification', 'Title'],
        xeps.map(xep => [cell(xep.spec), cell(xep.title)]).toSorted((a, b) => (a[0] ?? '').localeCompare(b[0] ?? '')),
      ),
    ],
    [
      'rooms',
      table(
        ['§', 'Use case', 'Here', 'Tested in'],
        MUC_CASES.map(([section, title, how]) => [
          section,
          cell(title),
          how,
          (suites.get(section) ?? [])
            .map(suite => `[${suite.slice(0, -'.test.ts'.length)}](test/e2e/${suite})`)
            .join(' ') || 'not yet on a server',
        ]),
      ),
    ],
    ['command-line', `\`\`\`\n${helpText().trimEnd()}\n\`\`\``],
    [
      'tokens',
      table(
        ['Token', 'Default', 'Meaning'],
        Object.entries(TOKENS).map(([name, token]) => [
          code(name),
          token.style === '' ? '' : code(token.style),
          cell(token.help),
        ]),
      ),
    ],
  ]);
}

export const DOCUMENTS = ['README.md', 'themes/README.md'] as const;

/** The document with its generated parts made anew. */
export function regenerate(text: string, parts: ReadonlyMap<string, string>): string {
  return text.replace(
    /(<!-- begin ([a-z-]+) -->\n)[\s\S]*?(<!-- end \2 -->)/g,
    (_all, begin: string, name: string, end: string) => {
      const part = parts.get(name);
      if (part === undefined) throw new Error(`no generated part is called ${name}`);
      return `${begin}${part}\n${end}`;
    },
  );
}

export const readDocument = (name: string): string => readFileSync(join(ROOT, name), 'utf8');
