/** One room we are in or on the way to: what the program keeps of it between stanzas. */
import { UserError } from '../../lib/errors.js';
import { type BareJid, type FullJid, withResource } from '../../lib/jid.js';
import { cleanIdentifier } from '../../lib/text.js';
import type { XepContext } from '../xep.js';
import type { Joined, JoinOptions } from './calls.js';
import type { Waiting } from './waiting.js';

export interface Place {
  readonly room: BareJid;
  /** The nick the person wants; `nick` is what we have or ask for now. */
  wanted: string;
  nick: string;
  password: string | undefined;
  maxHistory: number | undefined;
  /** `lost`: to be entered again when there is a connection or when the room is back. */
  state: 'joining' | 'joined' | 'leaving' | 'lost';
  /** Between our own presence and the subject everything is history. */
  history: boolean;
  heardAt: number;
  lastMessageAt: number | undefined;
  /** Id of the presence which an error would answer. */
  presenceId: string;
  /** Which try to enter this is; an older one asks nothing more. */
  attempt: number;
  conflicts: number;
  returning: boolean;
  /** The condition with which the room refused to say what it is. */
  factsFailure: string | undefined;
  /** Asked once before a room comes into being. */
  onMissing: (() => Promise<boolean>) | undefined;
  retries: number;
  created: boolean;
  join: Waiting<Joined> | undefined;
  renaming: Waiting<string> | undefined;
  leaving: Waiting<void> | undefined;
  /** Those who wait to say something until we are in. */
  entered: Waiting<void>[];
  cancelRetry: (() => void) | undefined;
}

export type Places = Map<BareJid, Place>;

/** Rooms of one wire; decoding needs them as well as the calls. */
const placesOf = new WeakMap<XepContext, Places>();

/** The rooms of this wire. */
export function placesIn(context: XepContext): Places {
  let places = placesOf.get(context);
  if (places === undefined) {
    places = new Map();
    placesOf.set(context, places);
  }
  return places;
}

/** A room to be entered; `known` is our last visit there. */
export function newPlace(room: BareJid, options: JoinOptions, known: Place | undefined, now: number): Place {
  return {
    room,
    wanted: options.nick,
    nick: options.nick,
    password: options.password ?? known?.password,
    maxHistory: options.maxHistory,
    state: 'joining',
    history: true,
    heardAt: now,
    lastMessageAt: known?.lastMessageAt,
    presenceId: '',
    attempt: 0,
    conflicts: 0,
    returning: false,
    factsFailure: undefined,
    onMissing: options.onMissing,
    retries: 0,
    created: false,
    join: undefined,
    renaming: undefined,
    leaving: undefined,
    entered: [],
    cancelRetry: undefined,
  };
}

/** The place of a room we are in. */
export function neededPlace(places: Places, room: BareJid): Place {
  const place = places.get(room);
  if (place === undefined || place.state !== 'joined') {
    throw new UserError(`You are not in ${cleanIdentifier(room)}.`, `/join ${room}`);
  }
  return place;
}

/** Our occupant address. */
export function addressOf(place: Place): FullJid {
  const address = withResource(place.room, place.nick);
  if (address === undefined) {
    throw new UserError(`"${cleanIdentifier(place.nick)}" cannot be a nick.`, 'Choose one without control characters.');
  }
  return address;
}

/** Our nick is what others see: nothing invisible, nothing that turns text, no space at its edges. */
export function addressWith(room: BareJid, nick: string): FullJid {
  const address = withResource(room, nick);
  if (address === undefined) throw new UserError(`"${cleanIdentifier(nick)}" cannot be a nick.`);
  if (cleanIdentifier(nick) !== nick) {
    throw new UserError(
      `"${cleanIdentifier(nick)}" cannot be a nick: it has characters that cannot be seen.`,
      '/nick takes another one.',
    );
  }
  return address;
}
