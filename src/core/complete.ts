/** Candidates for the word at the cursor: command names, arguments by their type, nicks by who spoke last. */
import type { Api, Arg, Command, CompleteContext, Tab } from '../api.js';
import { cleanIdentifier, cleanLine, type Safe, safe } from '../lib/text.js';
import type { Occupant } from '../model/types.js';
import type { Candidate, Completion } from '../model/view.js';
import { ARG_TYPES, bySpeaking, roomOf } from './arg-types.js';
import type { Registry } from './commands.js';
import { habitFor } from './habits.js';
import { matchThings } from './match.js';
import { walk } from './parse.js';
import { argLabels, hintRow } from './usage.js';
import { quoteWord } from './words.js';

const MAX_CANDIDATES = 200;

export interface Completer {
  complete(line: string, cursor: number, tab: Tab): Completion;
  /** The command being typed and the argument at the cursor. */
  at(
    line: string,
    cursor: number,
    tab: Tab,
  ): { readonly command: Command; readonly arg: string | undefined } | undefined;
  hint(line: string, cursor: number, tab: Tab): ReturnType<typeof hintRow> | undefined;
  /** Whether the line names a command; `undefined` while the name is only begun. */
  known(line: string): boolean | undefined;
  /** What is still missing behind a command: the rest of a name that can only be one, and its arguments. */
  ghost(line: string, tab: Tab): Safe | undefined;
}

export function createCompleter(options: {
  readonly registry: Registry;
  readonly api: () => Api;
  readonly apiOf: (owner: string) => Api;
  readonly aliases: () => ReadonlyMap<string, string>;
  /** Put behind a nick at the start of a line. */
  readonly after: () => string;
  /** Who named us last in this chat. */
  readonly lastHighlighter: (tab: Tab) => string | undefined;
  readonly safely: <T>(owner: string, what: string, run: () => T, otherwise: T) => T;
  readonly usable: (command: Command, tab: Tab) => boolean;
}): Completer {
  const { registry, api, apiOf, aliases, after, lastHighlighter, safely, usable } = options;

  const nothing = (cursor: number): Completion => ({ start: cursor, end: cursor, candidates: [] });

  const nicks = (line: string, cursor: number, tab: Tab): Completion => {
    const room = roomOf(api(), tab.chat);
    if (room === undefined) return nothing(cursor);
    const others = bySpeaking(room).filter(one => one.nick !== room.nick);
    const suffixAt = (start: number): string => (line.slice(0, start).trim() === '' ? after() : ' ');
    const offer = (start: number, people: readonly Occupant[]): Completion => ({
      start,
      end: cursor,
      candidates: people.map(one => ({ insert: one.nick + suffixAt(start), label: one.name })),
    });
    if (line.trim() === '') {
      const last = lastHighlighter(tab);
      const person = others.find(one => one.nick === last);
      return offer(
        0,
        person === undefined ? others.filter(one => one.spokeAt !== undefined).slice(0, MAX_CANDIDATES) : [person],
      );
    }
    // A nick may hold spaces: the longest beginning of one that ends at the cursor is what is typed.
    const head = line.slice(0, cursor).toLowerCase();
    let start = head.search(/\S+$/);
    if (start < 0) return nothing(cursor);
    for (const { nick } of others) {
      if (!nick.includes(' ')) continue;
      const wanted = nick.toLowerCase();
      for (let length = Math.min(wanted.length, head.length); length > head.length - start; length--) {
        const at = head.length - length;
        if (head.endsWith(wanted.slice(0, length)) && (at === 0 || /\s/.test(head[at - 1] ?? ''))) {
          start = at;
          break;
        }
      }
    }
    const typed = line.slice(start, cursor).replace(/^@/, '');
    if (typed === '') return offer(start, others);
    return offer(
      start,
      matchThings(typed, others, one => one.nick, MAX_CANDIDATES),
    );
  };

  const names = (line: string, cursor: number, tab: Tab): Completion => {
    const typed = line.slice(1, cursor);
    const commands = registry.list;
    const own = commands.filter(one => usable(one, tab));
    const rest = commands.filter(one => !usable(one, tab));
    const things: { name: string; help: string }[] = [];
    for (const one of [...own, ...rest]) things.push({ name: one.name, help: one.summary });
    for (const [name, body] of aliases()) things.push({ name, help: body });
    // Other names of a command only when they are being typed: they would fill the list.
    if (typed !== '') {
      for (const one of commands)
        for (const name of one.aliases ?? []) things.push({ name, help: `/${one.name}: ${one.summary}` });
    }
    const found = matchThings(typed, things, one => one.name, MAX_CANDIDATES);
    return {
      start: 0,
      end: cursor,
      candidates: found.map(one => ({
        insert: `/${one.name} `,
        label: cleanIdentifier(`/${one.name}`),
        help: cleanLine(one.help),
      })),
    };
  };

  const commandOf = (line: string): { command: Command; name: string } | undefined => {
    const name = /^\/([^\s/]+)(?=\s|$)/.exec(line)?.[1];
    const command = name === undefined ? undefined : registry.find(name);
    return command === undefined || name === undefined ? undefined : { command, name };
  };

  const argument = (command: Command, name: string, line: string, cursor: number, tab: Tab): Completion => {
    const owner = registry.owner(name) ?? 'core';
    const own = apiOf(owner);
    const from = name.length + 1;
    const walked = walk(command, line, from, { api: own, tab, chat: tab.chat }, cursor);
    const args = command.args ?? {};
    const arg = walked.next === undefined ? undefined : args[walked.next];
    // What is typed of this word: from after the last space, or from an open quote.
    const head = line.slice(0, cursor);
    const bare = /\S*$/.exec(head)?.[0] ?? '';
    const quote = /(?:^|\s)"([^"]*)$/.exec(head);
    const start = quote !== null ? cursor - (quote[1] ?? '').length - 1 : cursor - bare.length;
    const typed = quote !== null ? (quote[1] ?? '') : bare;

    if (typed.startsWith('-') || arg === undefined) {
      const flags = Object.entries(args).filter(([key, one]) => one.type === 'flag' && walked.values[key] !== true);
      const found = matchThings(typed, flags, ([key]) => `-${key}`, MAX_CANDIDATES);
      if (found.length > 0 || arg === undefined) {
        return {
          start,
          end: cursor,
          candidates: found.map(([key, one]) => ({
            insert: `-${key} `,
            label: cleanIdentifier(`-${key}`),
            help: cleanLine(one.help),
          })),
        };
      }
    }
    if (arg === undefined || arg.type === 'secret') return nothing(cursor);
    if (arg.type === 'rest') return rest(arg, own, owner, walked.words, line, cursor, tab, from);
    const context: CompleteContext = { api: own, tab, chat: tab.chat, typed, words: walked.words };
    const offered = candidatesOf(arg, context, owner);
    const found = matchThings(typed, offered, one => one.insert, MAX_CANDIDATES);
    // By their label too: "sup" finds the tab 3 "support".
    const more =
      typed === ''
        ? []
        : matchThings(
            typed,
            offered.filter(one => !found.includes(one)),
            one => one.label,
            MAX_CANDIDATES,
          );
    return {
      start,
      end: cursor,
      candidates: [...found, ...more].map(one => ({
        ...one,
        insert: one.insert.endsWith(' ') ? one.insert : `${quoteWord(one.insert)} `,
      })),
    };
  };

  /** In running text: what the command offers for the whole, else nicks. */
  const rest = (
    arg: Arg,
    own: Api,
    owner: string,
    words: readonly string[],
    line: string,
    cursor: number,
    tab: Tab,
    from: number,
  ): Completion => {
    if (arg.complete !== undefined) {
      const begun = restStart(line, from, words, cursor);
      const typed = line.slice(begun, cursor);
      const context: CompleteContext = { api: own, tab, chat: tab.chat, typed, words };
      const offered = candidatesOf(arg, context, owner);
      const found = matchThings(typed, offered, one => one.insert, MAX_CANDIDATES);
      if (found.length > 0) return { start: begun, end: cursor, candidates: found };
    }
    return nicks(line, cursor, tab);
  };

  const candidatesOf = (arg: Arg, context: CompleteContext, owner: string): readonly Candidate[] => {
    const own = safely(owner, 'a completion', () => arg.complete?.(context) ?? [], []);
    const definition = ARG_TYPES[arg.type];
    const general = safely('core', 'a completion', () => definition.complete?.(context, arg) ?? [], []);
    const seen = new Set<string>();
    return [...own, ...general]
      .map(one => (typeof one === 'string' ? { insert: one, label: cleanIdentifier(one) } : one))
      .filter(one => !seen.has(one.insert) && seen.add(one.insert) !== undefined);
  };

  const at = (line: string, cursor: number, tab: Tab) => {
    const found = commandOf(line);
    if (found === undefined || cursor <= found.name.length + 1)
      return found === undefined ? undefined : { command: found.command, arg: undefined };
    const owner = registry.owner(found.name) ?? 'core';
    const walked = walk(found.command, line, found.name.length + 1, { api: apiOf(owner), tab, chat: tab.chat }, cursor);
    return { command: found.command, arg: walked.next };
  };

  return {
    complete(line, cursor, tab) {
      if (line.startsWith('/') && !line.startsWith('//') && !/^\/me\s/.test(line)) {
        const space = line.search(/\s/);
        if (space < 0 || cursor <= space) return names(line, cursor, tab);
        const found = commandOf(line);
        return found === undefined ? nothing(cursor) : argument(found.command, found.name, line, cursor, tab);
      }
      return nicks(line, cursor, tab);
    },
    at,
    known(line) {
      const [, raw = '', space] = /^\/([^\s/]*)(\s)?/.exec(line) ?? [];
      const name = raw.toLowerCase();
      if (name === '' && space === undefined) return undefined;
      if (registry.find(name) !== undefined || aliases().has(name) || habitFor(name) !== undefined) return true;
      if (space !== undefined) return false;
      return [...registry.names, ...aliases().keys()].some(one => one.startsWith(name)) ? undefined : false;
    },
    ghost(line, tab) {
      const [, raw, rest] = /^\/([^\s/]+)(.*)$/.exec(line) ?? [];
      if (raw === undefined || rest === undefined) return undefined;
      const name = raw.toLowerCase();
      if (rest === '') {
        const exact = registry.find(name);
        const begun = exact === undefined ? registry.names.filter(one => one.startsWith(name)) : [name];
        const [only] = begun;
        const command = only === undefined || begun.length > 1 ? undefined : registry.find(only);
        if (command === undefined || only === undefined) return undefined;
        return safe`${cleanIdentifier(only.slice(name.length))}${argLabels(command)}`;
      }
      if (!/\s$/.test(rest)) return undefined;
      const found = at(line, line.length, tab);
      return found?.arg === undefined ? undefined : (argLabels(found.command, found.arg).trimStart() as Safe);
    },
    hint(line, cursor, tab) {
      const found = at(line, cursor, tab);
      return found === undefined ? undefined : hintRow(found.command, found.arg);
    },
  };
}

/** Where the running text of a command begins: after the words before it. */
function restStart(line: string, from: number, words: readonly string[], cursor: number): number {
  let at = from;
  for (const word of words) {
    const found = line.indexOf(word, at);
    if (found >= 0) at = found + word.length;
  }
  while (at < cursor && /[\s"]/.test(line[at] ?? '')) at++;
  // Flags stand before it.
  const flags = /^(?:-\w+\s+)*/.exec(line.slice(at, cursor))?.[0] ?? '';
  return at + flags.length;
}
