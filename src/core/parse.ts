/** Words and a specification of arguments make typed values, or a sentence that says what is wrong. */
import type { Api, Arg, Command, Tab } from '../api.js';
import { UserError } from '../lib/errors.js';
import { cleanIdentifier } from '../lib/text.js';
import type { Chat } from '../model/types.js';
import { ARG_TYPES, type ArgTypeDefinition, type ParseContext } from './arg-types.js';
import { usageOf } from './usage.js';
import { nextWord } from './words.js';

export interface ParseRequest {
  readonly api: Api;
  readonly tab: Tab;
  readonly chat: Chat | undefined;
}

/** How far the line was understood: what completion and the hint need. */
export interface Walk {
  readonly values: Readonly<Record<string, unknown>>;
  /** The argument that comes next, or is being typed. */
  readonly next: string | undefined;
  readonly words: readonly string[];
  /** Where the first secret stands, so that it can be masked. */
  readonly secrets: readonly { readonly start: number; readonly end: number }[];
  readonly rest: string;
}

const definitionOf = (arg: Arg): ArgTypeDefinition => ARG_TYPES[arg.type] as ArgTypeDefinition;

/** A lone word before a password is a room all the same, unless the room of this tab may be waiting for that password. */
function isRoom(arg: Arg, followers: readonly [string, Arg][], { chat }: ParseRequest, behind: string): boolean {
  if (arg.type !== 'room' || followers[0]?.[1].type !== 'secret') return false;
  return chat?.kind !== 'room' || chat.state === 'joined' || behind.trim() !== '';
}

/**
 * Gives the words from `from` to the arguments in order. An optional argument that refuses its word is passed over if
 * others follow. With `until` only what ends before it is read and nothing is demanded.
 */
export function walk(command: Command, line: string, from: number, request: ParseRequest, until?: number): Walk {
  const spec = Object.entries(command.args ?? {});
  const flags = new Map(
    spec.filter(([, arg]) => arg.type === 'flag').map(([name]) => [`-${name.toLowerCase()}`, name]),
  );
  const places = spec.filter(([, arg]) => arg.type !== 'flag');
  const values: Record<string, unknown> = {};
  const words: string[] = [];
  const secrets: { start: number; end: number }[] = [];
  const text = until === undefined ? line : line.slice(0, until);
  for (const name of flags.values()) values[name] = false;

  let at = from;
  let place = 0;
  for (;;) {
    const word = nextWord(text, at);
    if (word === undefined) break;
    // With a limit the word that touches it is still being typed.
    if (until !== undefined && word.end >= until && places[place]?.[1].type !== 'rest') break;
    const flag = word.quoted ? undefined : flags.get(word.text.toLowerCase().replace(/^--/, '-'));
    if (flag !== undefined) {
      values[flag] = true;
      at = word.end;
      continue;
    }
    const current = places[place];
    if (current === undefined) break;
    const [name, arg] = current;
    if (arg.type === 'rest') {
      if (until !== undefined) break;
      values[name] = text.slice(word.start).trimEnd();
      at = text.length;
      place++;
      break;
    }
    const followers = places.slice(place + 1);
    const skippable =
      arg.optional === true && followers.length > 0 && !isRoom(arg, followers, request, text.slice(word.end));
    const context: ParseContext = { ...request, skippable };
    const taken = word.quoted ? undefined : definitionOf(arg).take?.(text, word.start, context);
    const value = taken === undefined ? word.text : text.slice(word.start, taken);
    const end = taken ?? word.end;
    if (until !== undefined && end >= until) break;
    try {
      values[name] = definitionOf(arg).parse(value, context, arg);
    } catch (error) {
      if (skippable) {
        place++;
        continue;
      }
      if (until === undefined) throw error;
      values[name] = value;
    }
    if (arg.type === 'secret') secrets.push({ start: word.start, end });
    words.push(value);
    at = end;
    place++;
  }
  return { values, next: places[place]?.[0], words, secrets, rest: text.slice(at).trim() };
}

/** The values of all arguments; throws a UserError with the usage as its hint. */
export function parseArgs(command: Command, line: string, from: number, request: ParseRequest): Walk {
  const usage = `Usage: ${usageOf(command)}`;
  let result: Walk;
  try {
    result = walk(command, line, from, request);
  } catch (error) {
    if (error instanceof UserError && error.hint === undefined) throw new UserError(error.message, usage);
    throw error;
  }
  const args = command.args ?? {};
  for (const [name, arg] of Object.entries(args)) {
    if (arg.optional || arg.type === 'flag' || result.values[name] !== undefined) continue;
    throw new UserError(`/${command.name} needs ${article(name)}.`, usage);
  }
  if (result.rest !== '') {
    const known = Object.keys(args).length > 0;
    throw new UserError(
      known
        ? `“${cleanIdentifier(result.rest)}” is too much for /${command.name}.`
        : `/${command.name} takes no arguments.`,
      known ? `${usage} — names with spaces need "quotes"` : usage,
    );
  }
  return result;
}

function article(name: string): string {
  return `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}
