/** Options of further accounts, `accounts.NAME.*`: those of `account.*` once more for each, and what a further one needs besides. */
import { OPTIONS, type OptionDefinition } from './schema.js';

const OWN: Readonly<Record<string, OptionDefinition>> = {
  autoconnect: { type: 'boolean', default: true, help: 'connect it at every start' },
  guest: {
    type: 'string',
    default: '',
    help: 'in place of an address: a guest of this server; "find" looks for one as guest.* says',
  },
  nick: { type: 'string', default: '', shape: 'nick', help: 'nick in rooms; empty: as for all accounts' },
  rooms: { type: 'list', default: [], help: 'rooms to enter at the start besides the bookmarked ones' },
};

const FIELDS: ReadonlyMap<string, OptionDefinition> = new Map([
  ...Object.entries(OPTIONS as Readonly<Record<string, OptionDefinition>>).flatMap(
    ([name, option]): [string, OptionDefinition][] =>
      name.startsWith('account.') ? [[name.slice('account.'.length), option]] : [],
  ),
  ...Object.entries(OWN),
]);

/** Names and definitions of everything that can be set for the account of this name. */
export function accountOptions(name: string): readonly (readonly [string, OptionDefinition])[] {
  return [...FIELDS].map(([field, option]) => [`accounts.${name}.${field}`, option]);
}

/** `accounts.NAME.field` in its parts; the name of an account may hold dots. */
export function accountPath(option: string): readonly [section: string, account: string, field: string] | undefined {
  const parts = /^(accounts)\.(.+)\.([a-z_]+)$/s.exec(option);
  return parts === null ? undefined : [parts[1] ?? '', parts[2] ?? '', parts[3] ?? ''];
}
