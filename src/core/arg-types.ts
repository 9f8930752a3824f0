/** What each type of argument accepts and offers. */
import type { Api, Arg, ArgType, ArgTypes, Candidate, CompleteContext, Tab } from '../api.js';
import { UserError } from '../lib/errors.js';
import { type BareJid, bareOf, domainOf, isFull, type Jid, localOf, parseJid } from '../lib/jid.js';
import { cleanIdentifier, cleanLine, type Safe, safe } from '../lib/text.js';
import type { Chat, Occupant, Room } from '../model/types.js';
import { channelAddress, gatewayFor, takeChannel, withoutHash } from './irc-rooms.js';
import { normaliseChord } from './keymap.js';
import { nearest } from './match.js';
import { isXmppUri, parseXmppUri } from './xmpp-uri.js';

export interface ParseContext {
  readonly api: Api;
  readonly tab: Tab;
  readonly chat: Chat | undefined;
  /** Other arguments may take the word instead: accept it only if it is surely meant. */
  readonly skippable: boolean;
}
export interface ArgTypeDefinition<T extends ArgType = ArgType> {
  /** Throws a UserError if the word is none. */
  parse(text: string, context: ParseContext, arg: Arg): ArgTypes[T];
  complete?(context: CompleteContext, arg: Arg): readonly (string | Candidate)[];
  /** Reads from the raw line where a value may be longer than a word: end offset, or undefined for "take a word". */
  take?(line: string, from: number, context: ParseContext): number | undefined;
}

const shown = (text: string): Safe => cleanIdentifier(text);

/** The room whose occupants are meant in this tab. */
export function roomOf(api: Api, chat: Chat | undefined): Room | undefined {
  if (chat?.kind === 'room') return chat;
  return chat?.kind === 'private' ? api.store.room(chat.room) : undefined;
}

/**
 * From a tab that is no room: whom a nick means in the rooms we are in. A talk that is open goes before; where several
 * people have the nick nobody is guessed.
 */
function nickInRooms(api: Api, nick: string): Jid | undefined {
  const chats = [...api.store.chats.values()];
  const talks = chats.filter(one => one.kind === 'private' && one.nick === nick);
  const people = chats.flatMap(one => {
    const occupant = one.kind === 'room' && one.nick !== nick ? one.occupants.get(nick) : undefined;
    return occupant === undefined ? [] : [occupant.occupantJid];
  });
  const found = talks.length > 0 ? talks.map(one => one.id as Jid) : people;
  if (found.length > 1) {
    throw new UserError(
      `Several rooms have somebody called ${shown(nick)}.`,
      `Write which: ${found
        .slice(0, 3)
        .map(one => shown(one))
        .join(', ')}`,
    );
  }
  return found[0];
}

/** Those who spoke last first, then by name. */
export function bySpeaking(room: Room): readonly Occupant[] {
  return [...room.occupants.values()].sort(
    (a, b) => (b.spokeAt ?? 0) - (a.spokeAt ?? 0) || (a.nick.toLowerCase() < b.nick.toLowerCase() ? -1 : 1),
  );
}

/** Service for a room name without one. */
function serviceFor(api: Api, chat: Chat | undefined): string | undefined {
  if (chat?.kind === 'room') return domainOf(chat.id);
  if (chat?.kind === 'private') return domainOf(chat.room);
  const set = String(api.config.get('rooms.service'));
  if (set !== '') return set;
  const last = [...api.store.chats.values()].filter(one => one.kind === 'room').at(-1);
  return last === undefined ? undefined : domainOf(last.id);
}

function parseRoom(text: string, context: ParseContext): ArgTypes['room'] {
  const { api, chat, skippable } = context;
  if (isXmppUri(text)) {
    const reading = parseXmppUri(text);
    if (!reading.ok) throw new UserError(reading.problem);
    const { jid, action, params, authority } = reading.uri;
    if (jid === undefined) throw new UserError('This link names no room.');
    if (action !== undefined && action !== 'join') {
      throw new UserError(`This link is not for entering a room but for “${shown(action)}”.`);
    }
    const password = params.get('password');
    return {
      ...splitRoom(jid),
      ...(password !== undefined && { password }),
      ...(authority !== undefined && { authority }),
    };
  }
  const channel = channelAddress(text, api, chat);
  if (channel !== undefined) return { jid: channel };
  const plain = withoutHash(text, gatewayFor(api, chat));
  if (plain.includes('@')) {
    const jid = parseJid(plain);
    if (jid === undefined || localOf(jid) === undefined) {
      throw new UserError(
        `“${shown(text)}” is not the address of a room.`,
        'It looks like room@service or room@service/nick.',
      );
    }
    return splitRoom(jid);
  }
  const [local = '', ...rest] = plain.split('/');
  const open = [...api.store.chats.values()].find(
    one => one.kind === 'room' && localOf(one.id) === local.toLowerCase(),
  );
  if (skippable && !text.startsWith('#') && open === undefined) throw new UserError(`There is no room ${shown(text)}.`);
  const service = serviceFor(api, chat);
  if (service === undefined) {
    throw new UserError('On which server is that room?', `Write the whole address: ${shown(local)}@muc.example.org`);
  }
  const jid = parseJid(`${local}@${service}${rest.length > 0 ? `/${rest.join('/')}` : ''}`);
  if (jid === undefined) throw new UserError(`“${shown(text)}” is not the name of a room.`);
  return splitRoom(jid);
}

function splitRoom(jid: Jid): { jid: BareJid; nick?: string } {
  const jidOnly = bareOf(jid);
  return isFull(jid) ? { jid: jidOnly, nick: jid.slice(jidOnly.length + 1) } : { jid: jidOnly };
}

function parseAddress(text: string, skippable: boolean): Jid {
  const reading = isXmppUri(text) ? parseXmppUri(text) : undefined;
  if (reading !== undefined && !reading.ok) throw new UserError(reading.problem);
  const jid = reading === undefined ? parseJid(text) : reading.ok ? reading.uri.jid : undefined;
  if (jid === undefined || (skippable && !/[@.]/.test(text))) {
    throw new UserError(`“${shown(text)}” is not an address.`, 'It looks like name@server.');
  }
  return jid;
}

/** End of the longest present nick that stands in the line here. */
function takeNick(line: string, from: number, context: ParseContext): number | undefined {
  return takeFrom(roomOf(context.api, context.chat)?.occupants.keys() ?? [], line, from);
}

/** The same with those who left. */
function takePerson(line: string, from: number, context: ParseContext): number | undefined {
  const room = roomOf(context.api, context.chat);
  return takeFrom([...(room?.occupants.keys() ?? []), ...(room?.departed.keys() ?? [])], line, from);
}

function takeFrom(nicks: Iterable<string>, line: string, from: number): number | undefined {
  let end: number | undefined;
  for (const nick of nicks) {
    if (end !== undefined && from + nick.length <= end) continue;
    if (line.startsWith(nick, from) && /^(?:\s|$)/.test(line.slice(from + nick.length))) end = from + nick.length;
  }
  return end;
}

const candidate = (insert: string, help?: Safe): Candidate =>
  help === undefined ? { insert, label: shown(insert) } : { insert, label: shown(insert), help };

function nickCandidates({ api, chat }: CompleteContext): readonly Candidate[] {
  const room = roomOf(api, chat);
  if (room === undefined) return [];
  return bySpeaking(room)
    .filter(one => one.nick !== room.nick)
    .map(one => ({ insert: one.nick, label: one.name }));
}

/** Private talks in rooms, where their nicks are not at hand anyway. */
function talkCandidates({ api, chat }: CompleteContext): readonly Candidate[] {
  if (roomOf(api, chat) !== undefined) return [];
  return [...api.store.chats.values()].flatMap(one =>
    one.kind === 'private' ? [candidate(one.nick, cleanIdentifier(one.room))] : [],
  );
}

function contactCandidates({ api }: CompleteContext): readonly Candidate[] {
  const people = [...api.store.roster.values()].map(one => candidate(one.jid, one.name));
  const others = [...api.store.chats.values()].filter(one => one.kind === 'direct' && !api.store.roster.has(one.id));
  return [...people, ...others.map(one => candidate(one.id))];
}

function roomCandidates({ api }: CompleteContext): readonly Candidate[] {
  const open = [...api.store.chats.values()]
    .filter(one => one.kind === 'room')
    .map(one => candidate(one.id, one.title));
  const invited = api.store.invites.map(one => candidate(one.room, safe`invitation`));
  return [...open, ...invited.filter(one => !open.some(other => other.insert === one.insert))];
}

const asTyped = (text: string): string => text;

export type ArgTypeTable = { readonly [T in ArgType]: ArgTypeDefinition<T> };
export const ARG_TYPES: ArgTypeTable = {
  room: {
    parse: parseRoom,
    take: (line, from, { api, chat }) => takeChannel(line, from, api, chat),
    complete: roomCandidates,
  },
  nick: {
    parse(text, { api, chat, skippable }) {
      if (skippable && roomOf(api, chat)?.occupants.has(text) !== true) {
        throw new UserError(`Nobody here is called ${shown(text)}.`);
      }
      return text;
    },
    take: takeNick,
    complete: nickCandidates,
  },
  person: {
    parse(text, { api, chat, skippable }) {
      const room = roomOf(api, chat);
      const known = room?.occupants.has(text) === true || room?.departed.has(text) === true;
      if (skippable && !known && !/[@.]/.test(text))
        throw new UserError(`Nobody here is or was called ${shown(text)}.`);
      return text;
    },
    take: takePerson,
    complete: context => [
      ...nickCandidates(context),
      ...[...(roomOf(context.api, context.chat)?.departed.values() ?? [])]
        .reverse()
        .map(({ occupant }) => ({ insert: occupant.nick, label: occupant.name, help: safe`left` })),
    ],
  },
  contact: {
    parse(text, { api, skippable }) {
      const wanted = text.toLowerCase();
      const named = [...api.store.roster.values()].filter(one => one.name.toLowerCase() === wanted);
      if (named.length === 1 && named[0] !== undefined) return named[0].jid;
      return bareOf(parseAddress(text, skippable));
    },
    complete: contactCandidates,
  },
  jid: {
    parse: (text, { skippable }) => parseAddress(text, skippable),
    complete: context => [...contactCandidates(context), ...roomCandidates(context)],
  },
  target: {
    parse(text, { api, chat, skippable }) {
      const occupant = roomOf(api, chat)?.occupants.get(text);
      if (occupant !== undefined) return occupant.occupantJid;
      const contact = [...api.store.roster.values()].find(one => one.name.toLowerCase() === text.toLowerCase());
      if (contact !== undefined) return contact.jid;
      const elsewhere = roomOf(api, chat) === undefined ? nickInRooms(api, text) : undefined;
      if (elsewhere !== undefined) return elsewhere;
      if (!/[@.:]/.test(text)) {
        throw new UserError(
          roomOf(api, chat) === undefined
            ? `“${shown(text)}” is not an address.`
            : `Nobody here is called ${shown(text)}, and it is not an address.`,
          'An address looks like name@server.',
        );
      }
      return parseAddress(text, skippable);
    },
    take: takeNick,
    complete: context => [...nickCandidates(context), ...talkCandidates(context), ...contactCandidates(context)],
  },
  tab: {
    parse(text, { api }) {
      const list = api.tabs.all;
      if (/^\d+$/.test(text)) {
        const found = list.find(one => api.tabs.info(one).number === Number(text));
        if (found === undefined) throw new UserError(`There is no tab ${text}.`);
        return found;
      }
      if (/^[+-]\d+$/.test(text)) {
        const here = list.findIndex(one => one.id === api.tabs.current.id);
        const count = list.length;
        const found = list[(((here + Number(text)) % count) + count) % count];
        if (found !== undefined) return found;
      }
      const found = api.tabs.find(text);
      if (found === undefined) throw new UserError(`No tab is called ${shown(text)}.`, '/win lists the tabs.');
      return found;
    },
    complete: ({ api }) =>
      api.tabs.all.map(one => {
        const { number, title, account } = api.tabs.info(one);
        const whose = account === undefined ? safe`` : safe` (${account.name})`;
        return { insert: String(number), label: safe`${number} ${title}${whose}` };
      }),
  },
  command: {
    parse: text => text.replace(/^\//, ''),
    complete: ({ api }) => api.commands.list.map(one => candidate(one.name, cleanLine(one.summary))),
  },
  option: {
    parse(text, { api }) {
      if (api.config.options.has(text)) return text;
      const near = nearest(text, [...api.config.options.keys()]);
      throw new UserError(
        `There is no option ${shown(text)}.`,
        near === undefined ? '/set shows them.' : `Did you mean ${near}?`,
      );
    },
    complete: ({ api }) => [...api.config.options].map(([name, one]) => candidate(name, cleanLine(one.help))),
  },
  theme: { parse: text => text, complete: ({ api }) => api.themes.list },
  plugin: {
    parse: text => text,
    complete: ({ api }) => api.plugins.list.map(one => candidate(one.name, cleanLine(one.summary))),
  },
  chord: {
    parse(text) {
      const chord = normaliseChord(text);
      if (chord === undefined)
        throw new UserError(`“${shown(text)}” is not a key.`, 'Keys look like alt-1, ctrl-n or f5.');
      return chord;
    },
    complete: ({ api }) => [...api.keys.list].map(([chord, bound]) => candidate(chord, cleanLine(bound.line))),
  },
  number: {
    parse(text) {
      if (!/^[+-]?\d+(?:\.\d+)?$/.test(text)) throw new UserError(`“${shown(text)}” is not a number.`);
      return Number(text);
    },
  },
  word: { parse: asTyped },
  rest: { parse: asTyped },
  secret: { parse: asTyped },
  choice: {
    parse(text, _context, arg) {
      const choices = arg.choices ?? [];
      const wanted = text.toLowerCase();
      const exact = choices.find(one => one.toLowerCase() === wanted);
      const begun = choices.filter(one => one.toLowerCase().startsWith(wanted));
      const found = exact ?? (begun.length === 1 ? begun[0] : undefined);
      if (found === undefined) throw new UserError(`“${shown(text)}” is none of: ${choices.join(', ')}.`);
      return found;
    },
    complete: (_context, arg) => arg.choices ?? [],
  },
  flag: { parse: () => true },
};
