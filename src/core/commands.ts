/** The commands: a registry, and the way from a line to a running command or to a sentence that says why not. */
import type { Api, Command, Tab, Where } from '../api.js';
import type { Owner } from '../lib/emitter.js';
import { UserError } from '../lib/errors.js';
import { cleanIdentifier, cleanLine, type Safe, safe } from '../lib/text.js';
import type { Chat, SessionFacts } from '../model/types.js';
import { conditionOf } from '../model/wording.js';
import { expandAlias } from './aliases.js';
import type { Guard } from './guard.js';
import { habitFor, meantBy } from './habits.js';
import { nearest } from './match.js';
import { nearMiss } from './near-miss.js';
import { parseArgs, type Walk } from './parse.js';

const MAX_ALIAS_DEPTH = 10;

/** Names to their commands; a name belongs to one owner. */
export interface Registry {
  add(command: Command, owner: Owner): () => void;
  find(name: string): Command | undefined;
  owner(name: string): Owner | undefined;
  readonly list: readonly Command[];
  /** Names and aliases. */
  readonly names: readonly string[];
}

export function createRegistry(): Registry {
  const byName = new Map<string, { readonly command: Command; readonly owner: Owner }>();
  return {
    add(command, owner) {
      const names = [command.name, ...(command.aliases ?? [])].map(name => name.toLowerCase());
      for (const name of names) {
        if (!/^[^\s/]+$/.test(name)) throw new UserError(`“${cleanIdentifier(name)}” cannot be the name of a command.`);
        const taken = byName.get(name);
        if (taken !== undefined) {
          throw new UserError(
            `The command /${name} of ${owner} exists already: it belongs to /${taken.command.name} of ${taken.owner}.`,
          );
        }
      }
      const entry = { command, owner };
      for (const name of names) byName.set(name, entry);
      return () => {
        for (const name of names) if (byName.get(name) === entry) byName.delete(name);
      };
    },
    find: name => byName.get(name.toLowerCase())?.command,
    owner: name => byName.get(name.toLowerCase())?.owner,
    get list() {
      const commands = new Set([...byName.values()].map(entry => entry.command));
      return [...commands].sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    get names() {
      return [...byName.keys()];
    },
  };
}

/** What became of a line: nothing was done and the line should stay, or it runs. */
export interface Dispatched {
  readonly accepted: boolean;
  /** True if it worked. Never rejects. */
  readonly done: Promise<boolean>;
}

export interface Dispatcher {
  dispatch(line: string, tab: Tab): Dispatched;
  /** Why this command cannot be used here and now. */
  unavailable(command: Command, chat: Chat | undefined): UserError | undefined;
  /** The line without its secrets; `undefined` if it may not be kept at all. */
  masked(line: string, tab: Tab): string | undefined;
}

const REFUSED: Dispatched = { accepted: false, done: Promise.resolve(false) };
const DONE: Dispatched = { accepted: true, done: Promise.resolve(true) };

const PLACES: Readonly<Record<Exclude<Where, 'anywhere'>, readonly [Safe, Safe]>> = {
  chat: [safe`in a chat`, safe`Open one with /join room@service or /query name@server.`],
  room: [safe`in a room`, safe`Go to the tab of a room, or enter one with /join room@service.`],
  direct: [safe`in a chat with a contact`, safe`Open one with /query name@server.`],
  private: [safe`in a private chat with somebody of a room`, safe`Open one with /query nick in a room.`],
};

function fits(where: Where, chat: Chat | undefined): boolean {
  return where === 'anywhere' || (chat !== undefined && (where === 'chat' || where === chat.kind));
}

export function createDispatcher(options: {
  readonly registry: Registry;
  readonly guard: Guard;
  /** The api that the owner of a command gets. */
  readonly apiOf: (owner: Owner) => Api;
  readonly session: () => SessionFacts;
  readonly aliases: () => ReadonlyMap<string, string>;
  /** Unique beginnings run. */
  readonly prefixRuns: () => boolean;
  /** A line without slash. */
  readonly text: (line: string, tab: Tab) => Dispatched;
  readonly complain: (error: UserError, tab: Tab) => void;
  readonly ran: (name: string, line: string, ok: boolean) => void;
}): Dispatcher {
  const { registry, guard, apiOf, session, aliases, prefixRuns, text, complain, ran } = options;

  const unavailable = (command: Command, chat: Chat | undefined): UserError | undefined => {
    const { where = 'anywhere', needs } = command;
    const places = typeof where === 'string' ? [where] : where;
    if (!places.some(place => fits(place, chat))) {
      const named = places.filter(place => place !== 'anywhere').map(place => PLACES[place]);
      const words = named.map(([place]) => place).join(' or ');
      return new UserError(`/${command.name} works ${words}.`, named[0]?.[1]);
    }
    if (needs === undefined) return undefined;
    const facts = session();
    if (needs === 'account' && facts.anonymous) {
      return new UserError(
        `/${command.name} needs an account, and you are here as a guest.`,
        'Log in with /login you@server, or make an account with /register.',
      );
    }
    if (facts.status !== 'online') {
      const trying = facts.status === 'connecting' || facts.status === 'waiting';
      return new UserError(
        trying
          ? `/${command.name} needs the connection, which is still being made.`
          : `/${command.name} needs a connection, and there is none.`,
        trying ? 'Try again in a moment, or /reconnect.' : 'Connect with /connect.',
      );
    }
    return undefined;
  };

  const refuse = (error: UserError, tab: Tab): Dispatched => {
    complain(error, tab);
    return REFUSED;
  };

  const unknown = (name: string, line: string, tab: Tab): Dispatched => {
    const shown = cleanIdentifier(name);
    const names = [...registry.names, ...aliases().keys()];
    const asText = cleanLine(line.length > 60 ? `/${line.slice(0, 60)}…` : `/${line}`);
    const begun = name === '' ? [] : names.filter(one => one.startsWith(name.toLowerCase())).sort();
    if (begun.length > 1) {
      return refuse(
        new UserError(
          `/${shown}… could be ${begun
            .slice(0, 8)
            .map(one => `/${one}`)
            .join(', ')}.`,
        ),
        tab,
      );
    }
    const meant = begun[0] ?? (name === '' ? undefined : nearest(name, names));
    const hint = meant === undefined ? '/help lists the commands.' : `Did you mean /${meant}?`;
    return refuse(new UserError(`There is no command /${shown}.`, `${hint} To send it as text: ${asText}`), tab);
  };

  const start = (command: Command, name: string, line: string, from: number, tab: Tab): Dispatched => {
    const { chat } = tab;
    const obstacle = unavailable(command, chat);
    if (obstacle !== undefined) return refuse(obstacle, tab);
    const owner = registry.owner(name) ?? 'core';
    const api = apiOf(owner);
    let walked: Walk;
    try {
      walked = parseArgs(command, line, from, { api, tab, chat });
    } catch (error) {
      return refuse(asUserError(error, owner, `/${command.name}`), tab);
    }
    const kept = maskOf(command, line, walked);
    const args = walked.values as never;
    const run = async (): Promise<boolean> => {
      try {
        await guard.run(
          owner,
          `/${command.name}`,
          () => command.run({ api, args, tab, chat, line: line.slice(1), name }),
          chat?.id,
        );
        ran(command.name, kept, true);
        return true;
      } catch (error) {
        complain(asUserError(error, owner, `/${command.name}`), tab);
        ran(command.name, kept, false);
        return false;
      }
    };
    return { accepted: true, done: run() };
  };

  const asUserError = (error: unknown, owner: Owner, what: string): UserError => {
    if (error instanceof UserError) return error;
    const refused = refusalOf(error);
    if (refused !== undefined) return new UserError(`${what} was refused: ${refused}.`);
    guard.fault(owner, error, what);
    return new UserError(
      `${what} failed because of an internal error.`,
      'The details are in the debug file: start with --debug FILE.',
    );
  };

  const maskOf = (command: Command, line: string, walked: Walk): string => {
    if (command.secret) return `/${command.name} …`;
    let out = line;
    for (const { start: from, end } of [...walked.secrets].reverse()) out = `${out.slice(0, from)}…${out.slice(end)}`;
    return out;
  };

  const runAlias = (name: string, body: string, line: string, tab: Tab, seen: readonly string[]): Dispatched => {
    const lines = expandAlias(body, line.slice(name.length + 1));
    if (lines.length === 1 && lines[0] !== undefined) return dispatchLine(lines[0], tab, [...seen, name]);
    const all = async (): Promise<boolean> => {
      for (const one of lines) if (!(await dispatchLine(one, tab, [...seen, name]).done)) return false;
      return true;
    };
    return { accepted: true, done: all() };
  };

  const dispatchLine = (line: string, tab: Tab, seen: readonly string[]): Dispatched => {
    if (line.trim() === '') return DONE;
    if (line.startsWith('//')) return text(line.slice(1), tab);
    if (/^\/me(?:\s|$)/.test(line) && tab.chat !== undefined) {
      return line.trim() === '/me'
        ? refuse(new UserError('What are you doing?', '/me makes tea'), tab)
        : text(line, tab);
    }
    if (!line.startsWith('/') || /^\/(?:[\s/]|$)/.test(line)) {
      const near = nearMiss(line, name => registry.find(name) !== undefined || aliases().has(name));
      if (near !== undefined) {
        return refuse(
          new UserError(
            `Is this the command /${cleanIdentifier(near)}, or a text? Nothing was done.`,
            `Mend it to run it; to send it as text: /say ${cleanLine(line.slice(0, 60))}`,
          ),
          tab,
        );
      }
    }
    if (!line.startsWith('/')) return text(line, tab);
    const name = /^\/(\S*)/.exec(line)?.[1] ?? '';
    const body = seen.includes(name) ? undefined : aliases().get(name);
    if (body !== undefined) {
      if (seen.length >= MAX_ALIAS_DEPTH)
        return refuse(new UserError(`The alias ${cleanIdentifier(name)} goes round in circles.`), tab);
      return runAlias(name, body, line, tab, seen);
    }
    const command = registry.find(name);
    if (command !== undefined) return start(command, name, line, name.length + 1, tab);
    if (prefixRuns() && name !== '') {
      const begun = registry.list.filter(one => one.name.startsWith(name.toLowerCase()));
      if (begun.length === 1 && begun[0] !== undefined)
        return start(begun[0], begun[0].name, line, name.length + 1, tab);
    }
    const habit = habitFor(name);
    if (habit === undefined || seen.length > 0) return unknown(name, line, tab);
    const meant = meantBy(habit, name, line.slice(name.length + 1));
    return typeof meant === 'string' ? runAlias(name, meant, line, tab, seen) : refuse(meant, tab);
  };

  return {
    dispatch: (line, tab) => dispatchLine(line, tab, []),
    unavailable,
    masked(line, tab) {
      const name = /^\s*\/([^\s/]+)/.exec(line)?.[1];
      if (name === undefined || line.trimStart().startsWith('//')) return line;
      const command = registry.find(name);
      if (command === undefined) {
        const body = aliases().get(name);
        const behind = body === undefined ? undefined : /^\/(\S+)/.exec(body)?.[1];
        const target = behind === undefined ? undefined : registry.find(behind);
        const hides = target?.secret || Object.values(target?.args ?? {}).some(arg => arg.type === 'secret');
        return hides ? undefined : line;
      }
      if (command.secret) return undefined;
      try {
        const { chat } = tab;
        const from = line.indexOf('/') + name.length + 1;
        const walked = parseArgs(command, line, from, { api: apiOf('core'), tab, chat });
        return walked.secrets.length > 0 ? undefined : line;
      } catch {
        // Not understood: if the command takes secrets, one may be in it.
        return Object.values(command.args ?? {}).some(arg => arg.type === 'secret') && /\s\S/.test(line.trim())
          ? undefined
          : line;
      }
    },
  };
}

/** The words of a stanza error that nobody translated: an answer of the other side, no fault of ours. */
function refusalOf(error: unknown): string | undefined {
  const condition = conditionOf(error);
  if (condition === undefined) return undefined;
  const { text } = error as { readonly text?: unknown };
  const words = condition.replace(/-/g, ' ');
  return typeof text === 'string' && text !== '' ? `${text.replace(/\.$/, '')} (${words})` : words;
}
