/** The desk of a room: who came and went, what was remarkable about them, who asks to talk. Kept after they left, bounded. */
import { type BareJid, bareOf } from '../lib/jid.js';
import { cleanIdentifier, cleanLine, clip, type Safe } from '../lib/text.js';
import type { Form } from './form.js';
import type { Affiliation, Departed, MessageEntry, Occupant, Role } from './types.js';

/** Why somebody is worth a look. */
export type FlagKind = 'link' | 'flood' | 'repeat' | 'burst' | 'other-nick' | 'returned' | 'looks-like';
export interface Flag {
  readonly kind: FlagKind;
  readonly at: number;
  /** The words it was about, or the earlier nick. */
  readonly words?: Safe;
}

/** A person as far as the room lets us tell persons apart: by occupant id, else by address, else by nick. */
export interface Visitor {
  /** Stable while they are remembered. */
  readonly id: string;
  /** The nick they have, or had last. */
  readonly nick: string;
  readonly name: Safe;
  /** Other nicks they had, oldest first. */
  readonly otherNames: readonly Safe[];
  /** Under which nicks they are here now: none, mostly one, several with several clients. */
  readonly present: readonly { readonly serial: number; readonly nick: string }[];
  readonly occupantId?: string;
  readonly realJid?: BareJid;
  readonly affiliation: Affiliation;
  readonly role: Role;
  /** How often they were seen to come; 0: they were here before us. */
  readonly visits: number;
  /** When they came last, milliseconds; with `visits` 0 when we came. */
  readonly cameAt: number;
  /** How they left last. */
  readonly left?: { readonly at: number; readonly what: Departed['what']; readonly by?: Safe; readonly reason?: Safe };
  /** How many messages were heard from them. */
  readonly said: number;
  /** The first words heard from them. */
  readonly firstWords?: Safe;
  readonly flags: readonly Flag[];
}

/** Somebody asks the moderators to be allowed to talk (XEP-0045 §8.6), or the admins to be registered with the room (§9.9). */
export interface DeskRequest {
  readonly nick: string;
  readonly name: Safe;
  readonly jid?: BareJid;
  readonly at: number;
  /** What they filled in to be registered; without it they want to talk. */
  readonly registration?: Form;
}

export interface DeskReader {
  /** Raised by every change. */
  readonly rev: number;
  /** Who came or left last stands first. */
  visitors(): readonly Visitor[];
  get(id: string): Visitor | undefined;
  /** Who has this nick, or had it last. */
  named(nick: string): Visitor | undefined;
  readonly requests: readonly DeskRequest[];
}

/** What is known of somebody who comes. */
export interface Coming {
  readonly visitor: Visitor;
  /** They are known under this other nick. */
  readonly before?: Safe;
  /** They were sent out the last time. */
  readonly sentOut: boolean;
}

export interface Desk extends DeskReader {
  /** We are in: these are here. Who was here before and is not among them has left meanwhile. */
  entered(occupants: Iterable<Occupant>, self: string, at: number): void;
  came(occupant: Occupant, at: number): Coming;
  changed(occupant: Occupant): void;
  renamed(occupant: Occupant): Visitor | undefined;
  went(occupant: Occupant, departed: Departed | undefined, at: number): void;
  /** A live message of somebody else; who it was as they were before it. */
  said(message: MessageEntry): Visitor | undefined;
  /** True if it was not flagged with this already. */
  flag(id: string, flag: Flag): boolean;
  /** Takes the flags off one, or all. */
  dismiss(id?: string): void;
  asked(request: { readonly nick: string; readonly jid?: BareJid; readonly registration?: Form }, at: number): void;
  answered(request: DeskRequest): void;
}

const MAX_NAMES = 10;
const MAX_FLAGS = 10;
const MAX_REQUESTS = 100;
const FIRST_WORDS = 200;

type Mutable = { -readonly [K in keyof Visitor]: Visitor[K] };

/** `limit`: how many of those who left are remembered. */
export function createDesk(options: { readonly limit: () => number }): Desk {
  /** In the order of their last coming or going. */
  const all = new Map<string, Visitor>();
  const bySerial = new Map<number, string>();
  const byOccupantId = new Map<string, string>();
  const byAddress = new Map<BareJid, string>();
  /** Ids of those who are not here, who left first stands first. */
  const gone = new Set<string>();
  /** Those of them whom only their nick tells apart. */
  const goneByNick = new Map<string, string>();
  let requests: readonly DeskRequest[] = [];
  let serial = 0;
  let rev = 0;
  let listed: readonly Visitor[] | undefined;

  const touched = (): void => {
    rev++;
    listed = undefined;
  };
  const put = (visitor: Visitor, moved: boolean): Visitor => {
    if (moved) all.delete(visitor.id);
    all.set(visitor.id, visitor);
    if (visitor.occupantId !== undefined) byOccupantId.set(visitor.occupantId, visitor.id);
    else if (visitor.realJid !== undefined) byAddress.set(visitor.realJid, visitor.id);
    touched();
    return visitor;
  };
  const forget = (id: string): void => {
    const visitor = all.get(id);
    all.delete(id);
    gone.delete(id);
    if (visitor !== undefined && goneByNick.get(visitor.nick) === id) goneByNick.delete(visitor.nick);
    if (visitor?.occupantId !== undefined) byOccupantId.delete(visitor.occupantId);
    if (visitor?.realJid !== undefined && byAddress.get(visitor.realJid) === id) byAddress.delete(visitor.realJid);
  };
  const withinLimit = (): void => {
    const most = options.limit();
    for (const id of gone) {
      if (gone.size <= most) return;
      forget(id);
    }
  };

  /** Where the room gives ids they alone decide: an address may be hidden the next time. */
  const known = (occupant: Occupant): Visitor | undefined => {
    if (occupant.occupantId !== undefined) return all.get(byOccupantId.get(occupant.occupantId) ?? '');
    if (occupant.realJid !== undefined) return all.get(byAddress.get(bareOf(occupant.realJid)) ?? '');
    return all.get(goneByNick.get(occupant.nick) ?? '');
  };

  const facts = (occupant: Occupant): Pick<Visitor, 'affiliation' | 'role'> & Partial<Visitor> => ({
    affiliation: occupant.affiliation,
    role: occupant.role,
    ...(occupant.occupantId === undefined ? {} : { occupantId: occupant.occupantId }),
    ...(occupant.realJid === undefined ? {} : { realJid: bareOf(occupant.realJid) }),
  });
  const namesWith = (visitor: Visitor, next: Safe): readonly Safe[] =>
    visitor.name === next
      ? visitor.otherNames
      : [...visitor.otherNames.filter(name => name !== next && name !== visitor.name), visitor.name].slice(-MAX_NAMES);

  const here = (occupant: Occupant, at: number, visits: number): Visitor => {
    const old = known(occupant);
    bySerial.set(occupant.serial, old?.id ?? `v${serial + 1}`);
    if (old === undefined) {
      return put(
        {
          id: `v${++serial}`,
          nick: occupant.nick,
          name: occupant.name,
          otherNames: [],
          present: [{ serial: occupant.serial, nick: occupant.nick }],
          visits,
          cameAt: at,
          said: 0,
          flags: [],
          ...facts(occupant),
        },
        false,
      );
    }
    gone.delete(old.id);
    goneByNick.delete(old.nick);
    return put(
      {
        ...old,
        ...facts(occupant),
        nick: occupant.nick,
        name: occupant.name,
        otherNames: namesWith(old, occupant.name),
        present: [...old.present, { serial: occupant.serial, nick: occupant.nick }],
        visits: old.visits + visits,
        cameAt: visits > 0 ? at : old.cameAt,
      },
      visits > 0,
    );
  };

  const isGone = (visitor: Visitor): void => {
    gone.add(visitor.id);
    if (visitor.occupantId === undefined && visitor.realJid === undefined) goneByNick.set(visitor.nick, visitor.id);
  };
  const leave = (visitor: Visitor, gonePresent: number, left: NonNullable<Visitor['left']>): void => {
    bySerial.delete(gonePresent);
    const present = visitor.present.filter(one => one.serial !== gonePresent);
    if (present.length === 0) isGone(visitor);
    put({ ...visitor, present, left }, true);
    withinLimit();
  };

  const keepRequests = (keep: (one: DeskRequest) => boolean): void => {
    const kept = requests.filter(keep);
    if (kept.length === requests.length) return;
    requests = kept;
    touched();
  };
  /** They may talk, or are not here under this nick any more. Who wants to be registered need not be here. */
  const settled = (nick: string): void => keepRequests(one => one.nick !== nick || one.registration !== undefined);
  const visitorOf = (occupant: Occupant): Visitor | undefined => all.get(bySerial.get(occupant.serial) ?? '');

  return {
    get rev() {
      return rev;
    },
    visitors: () => (listed ??= [...all.values()].reverse()),
    get: id => all.get(id),
    named(nick) {
      let found: Visitor | undefined;
      for (const visitor of all.values()) {
        if (visitor.present.some(one => one.nick === nick)) return visitor;
        if (visitor.nick === nick) found = visitor;
      }
      return found;
    },
    get requests() {
      return requests;
    },
    entered(occupants, self, at) {
      const before = [...all.values()].filter(visitor => visitor.present.length > 0);
      bySerial.clear();
      for (const visitor of before) all.set(visitor.id, { ...visitor, present: [] });
      for (const occupant of occupants) if (occupant.nick !== self) here(occupant, at, 0);
      for (const { id } of before) {
        const visitor = all.get(id);
        if (visitor === undefined || visitor.present.length > 0) continue;
        isGone(visitor);
        put({ ...visitor, left: { at, what: 'left' } }, true);
      }
      withinLimit();
      requests = requests.filter(one => one.registration !== undefined);
      touched();
    },
    came(occupant, at) {
      const old = known(occupant);
      const sentOut =
        old !== undefined && old.present.length === 0 && old.left !== undefined && old.left.what !== 'left';
      const visitor = here(occupant, at, 1);
      const before = old !== undefined && old.present.length === 0 && old.name !== occupant.name ? old.name : undefined;
      return { visitor, sentOut, ...(before === undefined ? {} : { before }) };
    },
    changed(occupant) {
      const visitor = visitorOf(occupant);
      if (visitor === undefined) return;
      if (occupant.role !== 'visitor') settled(occupant.nick);
      const realJid = occupant.realJid === undefined ? visitor.realJid : bareOf(occupant.realJid);
      if (
        visitor.role === occupant.role &&
        visitor.affiliation === occupant.affiliation &&
        visitor.realJid === realJid &&
        (occupant.occupantId === undefined || visitor.occupantId === occupant.occupantId)
      ) {
        return;
      }
      put({ ...visitor, ...facts(occupant) }, false);
    },
    renamed(occupant) {
      const visitor = visitorOf(occupant);
      if (visitor === undefined) return undefined;
      const old = visitor.present.find(one => one.serial === occupant.serial);
      if (old !== undefined) settled(old.nick);
      return put(
        {
          ...visitor,
          ...facts(occupant),
          nick: occupant.nick,
          name: occupant.name,
          otherNames: namesWith(visitor, occupant.name),
          present: visitor.present.map(one => (one.serial === occupant.serial ? { ...one, nick: occupant.nick } : one)),
        },
        false,
      );
    },
    went(occupant, departed, at) {
      const visitor = visitorOf(occupant);
      settled(occupant.nick);
      if (visitor === undefined) return;
      leave(visitor, occupant.serial, {
        at,
        what: departed?.what ?? 'left',
        ...(departed?.by === undefined ? {} : { by: departed.by }),
        ...(departed?.reason === undefined ? {} : { reason: departed.reason }),
      });
    },
    said(message) {
      const { serial: spoken, occupantId } = message.sender;
      const id =
        (spoken === undefined ? undefined : bySerial.get(spoken)) ??
        (occupantId === undefined ? undefined : byOccupantId.get(occupantId));
      const visitor = id === undefined ? undefined : all.get(id);
      if (visitor === undefined) return undefined;
      const next: Mutable = { ...visitor, said: visitor.said + 1 };
      next.firstWords ??= clip(cleanLine(message.body.slice(0, FIRST_WORDS * 2)), FIRST_WORDS);
      all.set(visitor.id, next);
      // The list changes only with the first words.
      if (visitor.firstWords === undefined) touched();
      else listed = undefined;
      return visitor;
    },
    flag(id, flag) {
      const visitor = all.get(id);
      if (visitor === undefined || visitor.flags.some(one => one.kind === flag.kind)) return false;
      put({ ...visitor, flags: [...visitor.flags, flag].slice(-MAX_FLAGS) }, false);
      return true;
    },
    dismiss(id) {
      for (const visitor of id === undefined ? [...all.values()] : [all.get(id)]) {
        if (visitor !== undefined && visitor.flags.length > 0) put({ ...visitor, flags: [] }, false);
      }
    },
    asked({ nick, jid, registration }, at) {
      const request: DeskRequest = {
        nick,
        name: cleanIdentifier(nick),
        at,
        ...(jid === undefined ? {} : { jid }),
        ...(registration === undefined ? {} : { registration }),
      };
      const isOther = (one: DeskRequest): boolean =>
        one.nick !== nick || (one.registration === undefined) !== (registration === undefined);
      requests = [...requests.filter(isOther), request].slice(-MAX_REQUESTS);
      touched();
    },
    answered: request => keepRequests(one => one !== request),
  };
}
