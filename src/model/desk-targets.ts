/** Whom a moderator's action is about, found in plain data: never ourselves, never the affiliated where a pattern chose them. */
import { type BareJid, bareOf, domainOf } from '../lib/jid.js';
import { cleanIdentifier, type Safe } from '../lib/text.js';
import type { Visitor } from './desk.js';
import type { Affiliation, MessageEntry, Occupant, Role, Room } from './types.js';

/** A person who is acted upon. */
export interface Target {
  readonly name: Safe;
  /** Nicks they are here with; none: they left. */
  readonly nicks: readonly string[];
  readonly jid?: BareJid;
  readonly occupantId?: string;
  readonly affiliation: Affiliation;
  readonly role: Role;
}

/** What can be done about several people at once. */
export type DeskAction = 'kick' | 'ban' | 'mute' | 'unmute' | 'retract' | 'purge';

/** What came of it. */
export interface Outcome {
  readonly done: readonly Safe[];
  readonly failed: readonly { readonly name: Safe; readonly why: Safe }[];
  /** Messages that were removed. */
  readonly retracted: number;
}

/** Messages of one person looked at and removed at most. */
const MOST_MESSAGES = 200;
const MOST_LOOKED_AT = 20_000;

export function targetOfVisitor(visitor: Visitor): Target {
  return {
    name: visitor.name,
    nicks: visitor.present.map(one => one.nick),
    affiliation: visitor.affiliation,
    role: visitor.role,
    ...(visitor.realJid === undefined ? {} : { jid: visitor.realJid }),
    ...(visitor.occupantId === undefined ? {} : { occupantId: visitor.occupantId }),
  };
}

export function targetOfOccupant(occupant: Occupant, here = true): Target {
  return {
    name: occupant.name,
    nicks: here ? [occupant.nick] : [],
    affiliation: occupant.affiliation,
    role: occupant.role,
    ...(occupant.realJid === undefined ? {} : { jid: bareOf(occupant.realJid) }),
    ...(occupant.occupantId === undefined ? {} : { occupantId: occupant.occupantId }),
  };
}

/** Somebody by nick: who is here, else who left last under it. */
export function targetNamed(room: Room, nick: string): Target | undefined {
  const occupant = room.occupants.get(nick);
  if (occupant !== undefined) return targetOfOccupant(occupant);
  const past = room.departed.get(nick)?.occupant;
  return past === undefined ? undefined : targetOfOccupant(past, false);
}

/** We ourselves, in this or another of our clients. */
export function isSelf(room: Room, target: Target): boolean {
  const { self } = room;
  if (target.nicks.includes(self?.nick ?? room.nick)) return true;
  if (self?.occupantId !== undefined && target.occupantId === self.occupantId) return true;
  return self?.realJid !== undefined && target.jid === bareOf(self.realJid);
}

/** Those whom a pattern may hit at all: neither ourselves nor moderators nor anybody with an affiliation. */
export function mayBeMatched(room: Room, target: Target): boolean {
  return target.affiliation === 'none' && target.role !== 'moderator' && !isSelf(room, target);
}

/** What somebody said that the room can remove, newest first; `removed`: also what was removed already. */
export function messagesOf(
  room: Room,
  target: Pick<Target, 'name' | 'occupantId' | 'jid'>,
  most = MOST_MESSAGES,
  removed = false,
): readonly MessageEntry[] {
  const found: MessageEntry[] = [];
  const own = target.name === room.self?.name;
  let looked = 0;
  for (const entry of room.log.newest()) {
    if (found.length >= most || ++looked > MOST_LOOKED_AT) break;
    if (
      entry.kind !== 'message' ||
      entry.self !== own ||
      (entry.retracted !== undefined && !removed) ||
      entry.stanzaId === undefined
    )
      continue;
    if (isBy(entry, target)) found.push(entry);
  }
  return found;
}

/** The occupant id follows a person through their nicks and nobody else has it; the nick alone is the last resort. */
function isBy({ sender }: MessageEntry, target: Pick<Target, 'name' | 'occupantId' | 'jid'>): boolean {
  if (target.occupantId !== undefined && sender.occupantId !== undefined)
    return sender.occupantId === target.occupantId;
  if (target.jid !== undefined && sender.realJid !== undefined) return sender.realJid === target.jid;
  return sender.name === target.name;
}

/** An address or a whole domain that is meant by a word such as `nemo@example.org`, `@example.org` or `*!*@example.org`. */
export function withoutMask(who: string): string {
  return who
    .replace(/^\*!(?:\*@)?/, '')
    .replace(/!\*@\*$/, '')
    .replace(/^@/, '');
}

/** Accounts that a server makes for one visit: a ban of such an address keeps nobody out for long. */
export function looksLikeGuest(jid: BareJid): boolean {
  const local = jid.includes('@') ? jid.slice(0, jid.indexOf('@')) : '';
  return (
    /^(?:anon|anonymous|guest|guests)\./.test(domainOf(jid)) ||
    /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(local)
  );
}

/** One line of a list of bans: `address reason`. */
export interface BanLine {
  readonly jid: string;
  readonly reason?: Safe;
}

const MAX_LINES = 10_000;

/** The text of a file of bans; lines with `#` are remarks. */
export function banLines(text: string): readonly BanLine[] {
  const found = new Map<string, BanLine>();
  for (const line of text.split(/\r?\n/, MAX_LINES)) {
    const [, word, rest] = /^\s*([^\s#]\S*)(?:\s+(.*\S))?\s*$/u.exec(line) ?? [];
    if (word === undefined) continue;
    found.set(word, rest === undefined ? { jid: word } : { jid: word, reason: cleanIdentifier(rest) });
  }
  return [...found.values()];
}

/** The other way round. */
export function banText(remark: string, bans: readonly { readonly jid: string; readonly reason?: string }[]): string {
  const line = ({ jid, reason }: { readonly jid: string; readonly reason?: string }): string =>
    reason === undefined || reason === '' ? jid : `${jid}\t${reason.replace(/\s+/g, ' ')}`;
  return `${[`# ${remark.replace(/\s+/g, ' ')}`, ...bans.map(line)].join('\n')}\n`;
}
