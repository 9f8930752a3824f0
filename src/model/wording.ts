/** Words, signs and rows for what the model holds, so that commands and tabs say the same thing in the same way. */
import { compareNames } from '../lib/collate.js';
import { UserError } from '../lib/errors.js';
import { type BareJid, bareOf } from '../lib/jid.js';
import { type Span, span, type Token } from '../lib/span.js';
import { cleanLine, clip, EMPTY, fit, linesOf, type Safe, safe } from '../lib/text.js';
import { width } from '../lib/width.js';
import { type Form, type FormField, type FormValues, isOn, shortName } from './form.js';
import type { Affiliation, Chat, Contact, LogReader, MessageEntry, Occupant, Room, Show } from './types.js';
import type { Row } from './view.js';

/** One row of one span. */
export function plain(text: Safe, token: Token = 'text.normal'): Row {
  return [span(token, text)];
}

/** A row of safe words and `[token, words]` pairs. */
export function rowOf(...parts: readonly (Safe | readonly [Token, Safe] | Span)[]): Row {
  return parts.map(part => {
    if (typeof part === 'string') return span('text.normal', part);
    return 'text' in part ? part : span(part[0], part[1]);
  });
}

/** Name and value in two columns. */
export function fact(name: Safe, value: Safe | Row): Row {
  const label = `${name}:`.padEnd(14) as Safe;
  return [span('text.dim', label), ...(typeof value === 'string' ? plain(value) : value)];
}

/** A nick in its own colour, or in the one that `hue` makes. */
export function nickSpan(
  occupant: { readonly name: Safe; readonly nick: string; readonly looksLike?: Safe },
  hue: string = occupant.nick,
): Span {
  return span(occupant.looksLike === undefined ? 'nick.other' : 'nick.doubtful', occupant.name, hue);
}

/** The sign before a nick, as text because colour alone reaches not everybody: `~` owner, `&` admin, `@` moderator, `+` member, `-` visitor. */
export function signOf(occupant: { readonly affiliation: Affiliation; readonly role: Occupant['role'] }): Safe {
  if (occupant.affiliation === 'owner') return safe`~`;
  if (occupant.affiliation === 'admin') return safe`&`;
  if (occupant.role === 'moderator') return safe`@`;
  if (occupant.role === 'visitor') return safe`-`;
  return occupant.affiliation === 'member' ? safe`+` : safe` `;
}

/** The token of that sign. */
export function signToken(occupant: { readonly affiliation: Affiliation; readonly role: Occupant['role'] }): Token {
  if (occupant.affiliation === 'owner') return 'room.owner';
  if (occupant.affiliation === 'admin') return 'room.admin';
  if (occupant.role === 'moderator') return 'room.moderator';
  if (occupant.role === 'visitor') return 'room.visitor';
  return occupant.affiliation === 'member' ? 'room.member' : 'room.participant';
}

const ROLE_ORDER = ['moderator', 'participant', 'visitor', 'none'];
const AFFILIATION_ORDER = ['owner', 'admin', 'member', 'none', 'outcast'];

const ROLE_RANK = new Map<string, number>(ROLE_ORDER.map((role, i) => [role, i * 8]));
const AFFILIATION_RANK = new Map<string, number>(AFFILIATION_ORDER.map((affiliation, i) => [affiliation, i]));

const rankOf = (one: Occupant): number => (ROLE_RANK.get(one.role) ?? 0) + (AFFILIATION_RANK.get(one.affiliation) ?? 0);

/** Occupants as they are listed everywhere: by role, then affiliation, then name. */
export const compareRank = (a: Occupant, b: Occupant): number => rankOf(a) - rankOf(b) || compareNames(a.name, b.name);

export function byRank(occupants: Iterable<Occupant>): readonly Occupant[] {
  return [...occupants].sort(compareRank);
}

/** Availability in words. */
export function showWord(show: Show | undefined): Safe {
  switch (show) {
    case 'away':
      return safe`away`;
    case 'xa':
      return safe`away for long`;
    case 'dnd':
      return safe`busy`;
    case 'chat':
      return safe`free for a chat`;
    default:
      return safe`available`;
  }
}

/** Availability as one character and its token: `+` there, `*` free, `-` away, `=` away for long, `!` busy, `.` not there. */
export function showSign(there: boolean, show: Show | undefined): Span {
  if (!there) return span('presence.offline', safe`.`);
  switch (show) {
    case 'away':
      return span('presence.away', safe`-`);
    case 'xa':
      return span('presence.xa', safe`=`);
    case 'dnd':
      return span('presence.dnd', safe`!`);
    case 'chat':
      return span('presence.chat', safe`*`);
    default:
      return span('presence.online', safe`+`);
  }
}

/** Sign of a contact's best resource. */
export function contactSign(contact: Contact): Span {
  return showSign(contact.best !== undefined, contact.best?.show);
}

/** Asked for each key and each frame, which in a room of thousands would be felt. */
const typing = new WeakMap<Chat, { readonly rev: number; readonly nick: string; readonly names: readonly Safe[] }>();

/** Names of those who are typing, without ourselves. */
export function composers(chat: Chat): readonly Safe[] {
  if (chat.kind !== 'room') return chat.chatState === 'composing' ? [chat.title] : [];
  const known = typing.get(chat);
  if (known !== undefined && known.rev === chat.peopleRev && known.nick === chat.nick) return known.names;
  const names: Safe[] = [];
  for (const occupant of chat.occupants.values()) {
    if (occupant.chatState === 'composing' && occupant.nick !== chat.nick) names.push(occupant.name);
  }
  typing.set(chat, { rev: chat.peopleRev, nick: chat.nick, names });
  return names;
}

/** `ana is typing`, `ana and bo are typing`, `4 people are typing`. */
export function typingWords(names: readonly Safe[]): Safe | undefined {
  const [first, second, third] = names;
  if (first === undefined) return undefined;
  if (second === undefined) return safe`${first} is typing`;
  if (third === undefined) return safe`${first} and ${second} are typing`;
  return safe`${names.length} people are typing`;
}

/** `812 bytes`, `3.4 kB`, `120 MB`: by thousands. */
export function fileSize(bytes: number): Safe {
  if (bytes < 1000) return count(bytes, 'byte');
  const [value, unit] = bytes < 999_500 ? [bytes / 1e3, 'kB'] : [bytes / 1e6, 'MB'];
  return cleanLine(`${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`);
}

/** `1 room`, `2 rooms`. */
export function count(number: number, one: string, many = `${one}s`): Safe {
  return cleanLine(`${number} ${number === 1 ? one : many}`);
}

const two = (number: number): string => String(number).padStart(2, '0');

/** Local time of day. */
export function timeOfDay(at: number): Safe {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}` as Safe;
}

/** Local date. */
export function dateOf(at: number): Safe {
  const date = new Date(at);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}` as Safe;
}

/** Local date and time of day. */
export function dateTime(at: number): Safe {
  return safe`${dateOf(at)} ${timeOfDay(at)}`;
}

/** `40 seconds`, `3 minutes`, `2 hours`, `5 days`. */
export function duration(ms: number): Safe {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 90) return count(seconds, 'second');
  if (seconds < 5400) return count(Math.round(seconds / 60), 'minute');
  if (seconds < 172800) return count(Math.round(seconds / 3600), 'hour');
  return count(Math.round(seconds / 86400), 'day');
}

/** The room of this chat, or a sentence that there is none. */
export function asRoom(chat: Chat | undefined): Room {
  if (chat?.kind === 'room') return chat;
  throw new UserError('This works in the tab of a room.', '/join room@service enters one, /win shows the tabs.');
}

/** This chat, or a sentence that there is none. */
export function asChat(chat: Chat | undefined): Chat {
  if (chat !== undefined) return chat;
  throw new UserError(
    'There is nobody here to talk to.',
    '/join room@service enters a room, /query address opens a chat.',
  );
}

/** The newest message that fits, looking back a bounded way. */
export function findMessage(
  log: LogReader,
  fits: (message: MessageEntry) => boolean,
  limit = 2000,
): MessageEntry | undefined {
  let looked = 0;
  for (const entry of log.newest()) {
    if (entry.kind === 'message' && fits(entry)) return entry;
    if (++looked >= limit) return undefined;
  }
  return undefined;
}

/** The condition of a stanza error (RFC 6120 §8.3.3), if that is what was thrown. */
export function conditionOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('condition' in error)) return undefined;
  return typeof error.condition === 'string' ? error.condition : undefined;
}

/** One word of a command line, whatever is in it: rows made of remote names must run what they say and nothing else. */
export function quote(text: string): string {
  if (text !== '' && !/[\s\\]/.test(text) && !/^["'-]/.test(text)) return text;
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** The refusal of the other side in our words where we have some, else what was thrown. */
export function refusal(
  error: unknown,
  words: Readonly<Record<string, readonly [sentence: string, hint: string]>>,
): unknown {
  const condition = conditionOf(error);
  const found = condition === undefined ? undefined : words[condition];
  return found === undefined ? error : new UserError(found[0], found[1]);
}

/** The real address of somebody in this room, from presence or from what is remembered of those who left. */
export function addressOf(room: Room, nick: string): BareJid | undefined {
  const occupant = room.occupants.get(nick);
  if (occupant !== undefined) return occupant.realJid === undefined ? undefined : bareOf(occupant.realJid);
  const past = room.departed.get(nick)?.occupant.realJid;
  return past === undefined ? undefined : bareOf(past);
}

/** Widest column of a table that is part of running text. */
const MAX_COLUMN = 40;

function valueWords(field: FormField, values: readonly string[]): Safe {
  if (field.type === 'text-private') return safe`****`;
  if (field.type === 'boolean') return values[0] === '1' || values[0] === 'true' ? safe`yes` : safe`no`;
  return cleanLine(values.map(value => field.options.find(one => one.value === value)?.label ?? value).join(', '));
}

/** A form as text to read: results, and extended service information (XEP-0004 §3.4, XEP-0128). */
export function formRows(form: Form): readonly Row[] {
  const rows: Row[] = [];
  if (form.title !== undefined) rows.push(plain(form.title, 'text.heading'));
  for (const text of form.instructions) rows.push(...linesOf(text).map(line => plain(line, 'form.help')));
  for (const field of form.fields) {
    if (field.type === 'hidden') continue;
    if (field.type === 'fixed') {
      rows.push(...field.values.map(value => plain(cleanLine(value), 'text.strong')));
      continue;
    }
    const label = field.label === '' ? cleanLine(field.var) : field.label;
    if (field.type === 'text-multi' || field.values.length > 1) {
      rows.push([span('form.label', safe`${label}:`)]);
      rows.push(...field.values.map(value => [span('form.value', safe`  ${cleanLine(value)}`)]));
    } else rows.push([span('form.label', safe`${label}: `), span('form.value', valueWords(field, field.values))]);
  }
  const { reported, items } = form;
  if (reported === undefined || items === undefined) return rows;
  const columns = reported.filter(field => field.type !== 'hidden');
  const cells = items.map(item => columns.map(field => valueWords(field, item.get(field.var) ?? [])));
  const heads = columns.map(field => (field.label === '' ? cleanLine(field.var) : field.label));
  const widths = heads.map((head, i) =>
    Math.min(MAX_COLUMN, Math.max(width(head), ...cells.slice(0, 500).map(row => width(row[i] ?? EMPTY)))),
  );
  const line = (row: readonly Safe[]): Safe =>
    row.map((cell, i) => (i === row.length - 1 ? cell : fit(cell, widths[i] ?? MAX_COLUMN))).join('  ') as Safe;
  rows.push(plain(line(heads), 'list.header'), ...cells.map(row => plain(line(row))));
  return rows;
}

/** What answers change in a form: `moderatedroom: no → yes`; secrets are not shown. */
export function formChanges(form: Form, values: FormValues): readonly Safe[] {
  const words = (field: FormField, given: readonly string[]): Safe => {
    const shown = valueWords(field, given);
    return shown === '' ? safe`nothing` : clip(shown, MAX_COLUMN);
  };
  return form.fields.flatMap(field => {
    const given = values.get(field.var);
    if (given === undefined || field.type === 'hidden' || field.type === 'fixed') return [];
    const same =
      field.type === 'boolean'
        ? isOn(given) === isOn(field.values)
        : given.filter(value => value !== '').join('\n') === field.values.filter(value => value !== '').join('\n');
    return same ? [] : [safe`${cleanLine(shortName(field))}: ${words(field, field.values)} → ${words(field, given)}`];
  });
}

/** What keys do in a form, for the bar below it. */
export const formKeys: Row = rowOf(
  ['text.key', safe`Tab`],
  safe` next field, `,
  ['text.key', safe`Space`],
  safe` chooses, `,
  ['text.key', safe`Ctrl-s`],
  safe` sends, `,
  ['text.key', safe`Esc`],
  safe` to the line below`,
);
