/** XEP-0045 Multi-User Chat: entering, being in and leaving rooms. https://xmpp.org/extensions/xep-0045.html */
import { errorText, UserError } from '../../lib/errors.js';
import {
  type BareJid,
  bareOf,
  domainOf,
  type FullJid,
  isFull,
  type Jid,
  parseBareJid,
  parseJid,
  resourceOf,
  withResource,
} from '../../lib/jid.js';
import { cleanIdentifier, cleanLine, type Safe, toWireText } from '../../lib/text.js';
import type { Form, FormValues } from '../../model/form.js';
import type { ErrorFact, IncomingMessage, IncomingPresence } from '../../model/incoming.js';
import type { Affiliation, Role, RoomFacts, StatusName } from '../../model/types.js';
import { formIn, NS_DATA, submitForm } from '../forms.js';
import { Refusal } from '../refusal.js';
import { printStamp } from '../stamp.js';
import { defineXep, type Mutable, type XepContext } from '../xep.js';
import { attr, childOf, childrenOf, type Element, textOf, xml } from '../xml.js';
import { delayOf } from './delay.js';

const NS = 'http://jabber.org/protocol/muc';
const NS_USER = 'http://jabber.org/protocol/muc#user';
const NS_OWNER = 'http://jabber.org/protocol/muc#owner';
const NS_REQUEST = 'http://jabber.org/protocol/muc#request';
const NS_DIRECT = 'jabber:x:conference';
const NS_CAPTCHA = 'urn:xmpp:captcha';

/** How long the facts of a room may delay entering it. */
const FACTS_MS = 3_000;
const JOIN_MS = 45_000;
/** A person reads the question of a room. */
const CAPTCHA_MS = 15 * 60_000;
const LEAVE_MS = 5_000;
const ANSWER_MS = 15_000;
/** Our own ghost of the last connection may hold the nick for a while. */
const GHOST_MS = 5_000;
const GHOST_TRIES = 3;
/** Underscores tried behind a taken nick. */
const NICK_TRIES = 3;
/** A gap after a lost connection is filled with at most this much of the room's history. */
const REJOIN_HISTORY = 200;
/** After the room itself went away for a moment. */
const RETRY_MS: readonly number[] = [10_000, 30_000, 60_000, 300_000];

export interface JoinOptions {
  readonly nick: string;
  readonly password?: string;
  /** Messages of history at most; default: what the option `rooms.history` says. */
  readonly maxHistory?: number;
}
export interface Joined {
  readonly room: BareJid;
  /** The nick the room gave us. */
  readonly nick: string;
  /** The room did not exist before. */
  readonly created: boolean;
}
export interface MucApi {
  /** Settles when we are in; rejects with the reason as a sentence and a hint. Entered again by itself after a lost connection. */
  join(room: BareJid, options: JoinOptions): Promise<Joined>;
  leave(room: BareJid, reason?: string): Promise<void>;
  /** The nick as the room gave it. */
  setNick(room: BareJid, nick: string): Promise<string>;
  setSubject(room: BareJid, subject: string): Promise<void>;
  /** Through the room (it may then let them in), or `direct` (XEP-0249). */
  invite(
    room: BareJid,
    jid: Jid,
    options?: { readonly reason?: string; readonly direct?: boolean; readonly password?: string },
  ): void;
  /** Refuses an invitation; with `to` the room tells them, which only works for a mediated one. */
  decline(room: BareJid, to?: Jid, reason?: string): void;
  /** Answers the question of a room at its door (XEP-0158): a message of the room with `extra.captcha`, a Form. */
  answerCaptcha(room: BareJid, form: Form, values: FormValues): Promise<void>;
  /** Asks the moderators for voice. */
  requestVoice(room: BareJid): void;
  /** Asks the room about itself; also told to the store. */
  facts(room: BareJid): Promise<RoomFacts>;
  /** Enters again with the nick and password of the last time. */
  rejoin(room: BareJid): Promise<Joined>;
  /** The nick we would like to have; another one is ours while it is taken. */
  wanted(room: BareJid): string | undefined;
  /** Rooms we are in, with our occupant address there. */
  readonly joined: ReadonlyMap<BareJid, FullJid>;
  /** When anything came from the room, milliseconds. */
  heardAt(room: BareJid): number | undefined;
}
declare module '../../api.js' {
  interface XepApi {
    muc: MucApi;
  }
}

/** https://xmpp.org/extensions/xep-0045.html#registrar-statuscodes */
const STATUS: Readonly<Record<string, StatusName>> = {
  '100': 'nonAnonymous',
  '104': 'configChanged',
  '110': 'self',
  '170': 'logged',
  '171': 'loggingOff',
  '172': 'nonAnonymousNow',
  '173': 'semiAnonymousNow',
  '201': 'created',
  '210': 'nickAssigned',
  '301': 'banned',
  '303': 'renamed',
  '307': 'kicked',
  '321': 'affiliationLost',
  '322': 'membersOnlyNow',
  '332': 'shutdown',
  '333': 'technicalProblem',
};
const AFFILIATIONS: ReadonlySet<string> = new Set(['owner', 'admin', 'member', 'none', 'outcast']);
const ROLES: ReadonlySet<string> = new Set(['moderator', 'participant', 'visitor', 'none']);
/** Messages with one of these change what the room says about itself. */
const CONFIG_CODES: readonly StatusName[] = [
  'configChanged',
  'loggingOn',
  'loggingOff',
  'nonAnonymousNow',
  'semiAnonymousNow',
];

interface Place {
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
  conflicts: number;
  returning: boolean;
  retries: number;
  created: boolean;
  join: Waiting<Joined> | undefined;
  renaming: Waiting<string> | undefined;
  leaving: Waiting<void> | undefined;
  /** Those who wait to say something until we are in. */
  entered: Waiting<void>[];
  cancelRetry: (() => void) | undefined;
}

interface Waiting<T> {
  readonly promise: Promise<T>;
  /** Starts the time limit again, with another length. */
  extend(ms: number): void;
  resolve(value: T): void;
  reject(error: Error): void;
}

function waiting<T>(context: XepContext, ms: number | undefined, expired: () => Error | T): Waiting<T> {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  // Whoever does not wait must not turn a refusal into an unhandled rejection.
  promise.catch(() => {});
  const limit = (length: number | undefined): (() => void) =>
    length === undefined
      ? () => {}
      : context.clock.after(length, () => {
          const answer = expired();
          if (answer instanceof Error) reject(answer);
          else resolve(answer);
        });
  let cancel = limit(ms);
  return {
    promise,
    extend(length) {
      cancel();
      cancel = limit(length);
    },
    resolve(value) {
      cancel();
      resolve(value);
    },
    reject(error) {
      cancel();
      reject(error);
    },
  };
}

/** Rooms of one wire; decoding needs them as well as the calls. */
const placesOf = new WeakMap<XepContext, Map<BareJid, Place>>();

function codesOf(x: Element | undefined): Set<StatusName> {
  const codes = new Set<StatusName>();
  for (const status of childrenOf(x, 'status', NS_USER).slice(0, 32)) {
    const code = attr(status, 'code') ?? '';
    const name = Object.hasOwn(STATUS, code) ? STATUS[code] : undefined;
    if (name !== undefined) codes.add(name);
  }
  return codes;
}

type MucFact = NonNullable<IncomingPresence['muc']>;

function mucFactOf(x: Element): MucFact {
  const item = childOf(x, 'item', NS_USER);
  const affiliation = attr(item, 'affiliation') ?? 'none';
  const role = attr(item, 'role') ?? 'none';
  const fact: Mutable<MucFact> = {
    affiliation: AFFILIATIONS.has(affiliation) ? (affiliation as Affiliation) : 'none',
    role: ROLES.has(role) ? (role as Role) : 'none',
    codes: codesOf(x),
  };
  const realJid = parseJid(attr(item, 'jid'));
  if (realJid !== undefined) fact.realJid = realJid;
  const newNick = attr(item, 'nick');
  if (newNick !== undefined && newNick !== '') fact.newNick = newNick;
  const actor = childOf(item, 'actor', NS_USER);
  const actorName = attr(actor, 'nick') ?? attr(actor, 'jid');
  if (actorName !== undefined) fact.actor = cleanIdentifier(actorName);
  const reason = textOf(item, 'reason', NS_USER);
  if (reason !== undefined && reason !== '') fact.reason = cleanLine(reason);
  const destroy = childOf(x, 'destroy', NS_USER);
  if (destroy !== undefined) {
    const alternate = parseBareJid(attr(destroy, 'jid'));
    const why = textOf(destroy, 'reason', NS_USER);
    fact.destroyed = {
      ...(alternate === undefined ? {} : { alternate }),
      ...(why === undefined || why === '' ? {} : { reason: cleanLine(why) }),
    };
  }
  return fact;
}

/** The sentence and the next step for a refused entry. */
export function joinFailure(room: BareJid, error: ErrorFact, guest: boolean): Refusal {
  const refused = (sentence: string, hint?: string): Refusal => new Refusal(error.condition, sentence, hint);
  const name = cleanIdentifier(room);
  const domain = cleanIdentifier(domainOf(room));
  const by = error.by === undefined ? undefined : bareOf(error.by);
  // The service of the room can only say this about itself by name; anybody else means that the way there is closed.
  const onTheWay = by !== undefined && domainOf(by) !== domainOf(room);
  const unreachable = (): Refusal =>
    guest
      ? refused(`This guest host cannot reach ${domain}.`, `Try another guest host or log in: /connect you@server.`)
      : refused(`${domain} cannot be reached from your server.`, 'Check the spelling or try again later.');
  const said = error.text === undefined ? '' : ` (it says: "${error.text}")`;
  switch (error.condition) {
    case 'not-authorized':
      return refused(`${name} needs a password${said}.`, `/join ${room} PASSWORD`);
    case 'forbidden':
      if (guest && onTheWay) return unreachable();
      return refused(
        guest ? `You, or this guest host, are banned from ${name}${said}.` : `You are banned from ${name}${said}.`,
        `/contact ${domain} shows whom to ask.`,
      );
    case 'registration-required':
      return guest
        ? refused(
            `${name} is for members only${said}.`,
            'Ask a member for an invitation, or log in: /login you@server.',
          )
        : refused(`${name} is for members only${said}.`, `Ask a member for an invitation, or try /register ${room}.`);
    case 'conflict':
      return refused(`The nick is taken or registered in ${name}.`, `/join ${room}/OTHERNICK`);
    case 'not-acceptable':
      return refused(
        `${name} does not accept this nick: it is reserved, or you have registered another one${said}.`,
        `/join ${room}/OTHERNICK`,
      );
    case 'item-not-found':
      return refused(`${name} does not exist, and you may not create it${said}.`, `/list ${domain}`);
    case 'not-allowed':
      if (guest) {
        return onTheWay
          ? unreachable()
          : refused(
              `${name} does not exist and guests may not create it, or this guest host may not reach ${domain}${said}.`,
              `/list ${domain}, another guest host, or /connect you@server`,
            );
      }
      return refused(`${name} does not exist, and you may not create it${said}.`, `/list ${domain}`);
    case 'service-unavailable':
      return onTheWay ? unreachable() : refused(`${name} is full or closed${said}.`, 'Try again later.');
    case 'remote-server-not-found':
    case 'remote-server-timeout':
      return unreachable();
    case 'gone':
    case 'redirect':
      return refused(`${name} has moved or no longer exists${said}.`, `/list ${domain}`);
    case 'jid-malformed':
      return refused(`${name} does not accept this nick${said}.`, `/join ${room}/OTHERNICK`);
    case 'resource-constraint':
      return refused(`${name} is too busy now${said}.`, 'Try again later.');
    default:
      return refused(error.sentence.endsWith('.') ? error.sentence : `${error.sentence}.`);
  }
}

/** The same for a nick asked for inside the room. */
function nickFailure(room: BareJid, error: ErrorFact, guest: boolean): Refusal {
  const { message, hint } = joinFailure(room, error, guest);
  const inside = error.condition === 'conflict' ? 'Somebody here has this nick, or has registered it.' : message;
  return new Refusal(error.condition, inside, hint?.startsWith('/join') === true ? '/nick OTHERNICK' : hint);
}

function withDot(sentence: string): Safe {
  return cleanLine(sentence);
}

export default defineXep({
  name: 'muc',
  spec: 'XEP-0045',
  title: 'Multi-User Chat',
  features: [NS],
  decode: {
    message(el, draft, context) {
      const room = bareOf(draft.from);
      // A copy of what we sent from another client goes the other way.
      const other =
        draft.source === 'carbon' && room === context.bare && draft.to !== undefined ? draft.to : draft.from;
      const known = context.isRoom(bareOf(other));
      if (known && draft.type !== 'groupchat' && isFull(other)) draft.mucUser = true;
      if (!known || draft.source === 'carbon') return;
      const question = formIn(childOf(el, 'captcha', NS_CAPTCHA), context.lang);
      if (question !== undefined && !isFull(draft.from) && draft.type !== 'groupchat') {
        draft.mucUser = true;
        draft.extra = { ...draft.extra, captcha: question };
      }
      const request = formIn(el, context.lang);
      // > the service forwards the request to the moderators  XEP-0045 §8.6
      if (request?.formType === NS_REQUEST && !isFull(draft.from) && draft.type !== 'groupchat') {
        draft.mucUser = true;
        const wordOf = (name: string): string | undefined =>
          request.fields.find(field => field.var === name)?.values[0];
        draft.extra = { ...draft.extra, voiceRequest: { nick: wordOf('muc#roomnick'), jid: wordOf('muc#jid') } };
        delete draft.body;
      }
      const x = childOf(el, 'x', NS_USER);
      if (x !== undefined && !isFull(draft.from)) {
        draft.mucUser = true;
        const codes = codesOf(x);
        // > 170 in a message: logging is on from now  XEP-0045 §10.2.1
        if (codes.delete('logged')) codes.add('loggingOn');
        if (codes.size > 0) draft.codes = codes;
      }
      const place = placesOf.get(context)?.get(room);
      if (draft.type === 'groupchat' && draft.source === 'live' && place?.history === true) {
        // The subject ends the history and belongs to it: nobody changes it now.
        const old = draft.subject !== undefined || delayOf(el, context) !== undefined;
        if (old) draft.source = 'room-history';
      }
    },
    presence(el, draft, context) {
      if (!context.isRoom(bareOf(draft.from)) || draft.type === 'error') return;
      const x = childOf(el, 'x', NS_USER);
      if (x !== undefined) draft.muc = mucFactOf(x);
    },
  },
  encode: {
    message(message, context) {
      if (message.private !== true || !context.isRoom(bareOf(message.to))) return undefined;
      return xml('x', NS_USER);
    },
  },
  install(context) {
    const places = new Map<BareJid, Place>();
    placesOf.set(context, places);

    const addressOf = (place: Place): FullJid => {
      const address = withResource(place.room, place.nick);
      if (address === undefined) {
        throw new UserError(
          `"${cleanIdentifier(place.nick)}" cannot be a nick.`,
          'Choose one without control characters.',
        );
      }
      return address;
    };

    function forget(place: Place): void {
      place.cancelRetry?.();
      if (places.get(place.room) === place) {
        places.delete(place.room);
        context.setRoom(place.room, false);
      }
      const gone = new UserError(`You are not in ${cleanIdentifier(place.room)}.`);
      for (const waiter of place.entered.splice(0)) waiter.reject(gone);
    }

    /** Sends the presence that asks to enter, once the room has said what it is (or did not want to say). */
    async function enter(place: Place): Promise<void> {
      place.state = 'joining';
      place.history = true;
      context.setRoom(place.room, true);
      context.emit({ kind: 'room-joining', room: place.room, nick: place.nick });
      const asked = waiting<void>(context, FACTS_MS, () => undefined);
      if (place.conflicts > 0) asked.resolve();
      else
        fetchFacts(place.room).then(
          () => asked.resolve(),
          () => asked.resolve(),
        );
      await asked.promise;
      // The facts may make places obsolete: left meanwhile, or the connection lost.
      if (places.get(place.room) !== place || place.state !== 'joining' || !context.online) return;
      ask(place);
    }

    function ask(place: Place): void {
      place.presenceId = context.id();
      const max = place.maxHistory ?? Number(context.option('rooms.history', place.room) ?? 30);
      const since = place.returning && place.lastMessageAt !== undefined ? place.lastMessageAt : undefined;
      const presence = context.presenceOf({ ...context.use('presence').current, to: addressOf(place) });
      presence.attrs['id'] = place.presenceId;
      presence.append(
        xml(
          'x',
          NS,
          place.password === undefined ? undefined : xml('password', {}, toWireText(place.password).text),
          xml('history', {
            maxstanzas: since === undefined ? max : REJOIN_HISTORY,
            since: since === undefined ? undefined : printStamp(since),
          }),
        ),
      );
      context.send(presence);
    }

    function enterSafely(place: Place): void {
      enter(place).catch((error: unknown) =>
        refuse(place, error instanceof Error ? error : new Error(errorText(error))),
      );
    }

    function refuse(place: Place, error: Error): void {
      const reason = withDot(error.message);
      const unasked = place.join === undefined ? { unasked: true } : {};
      context.emit({ kind: 'room-failed', room: place.room, reason, ...unasked });
      place.join?.reject(error);
      place.join = undefined;
      forget(place);
    }

    function joinTimeout(place: Place): Error {
      const error = new UserError(
        `${cleanIdentifier(place.room)} did not answer in time.`,
        'Check the spelling, or try again later.',
      );
      if (places.get(place.room) === place && place.state === 'joining') {
        context.emit({ kind: 'room-failed', room: place.room, reason: withDot(error.message) });
        place.join = undefined;
        forget(place);
      }
      return error;
    }

    function startJoin(place: Place): Promise<Joined> {
      const join = waiting<Joined>(context, JOIN_MS, () => joinTimeout(place));
      place.join = join;
      enterSafely(place);
      return join.promise;
    }

    function entered(place: Place, from: FullJid, fact: MucFact): void {
      const { room } = place;
      place.nick = resourceOf(from) ?? place.nick;
      place.heardAt = context.clock.now();
      if (place.state === 'joined') {
        place.renaming?.resolve(place.nick);
        place.renaming = undefined;
        return;
      }
      if (place.state !== 'joining') return;
      place.state = 'joined';
      place.conflicts = 0;
      place.retries = 0;
      place.returning = true;
      const done = (): void => {
        place.join?.resolve({ room, nick: place.nick, created: place.created });
        place.join = undefined;
        for (const waiter of place.entered.splice(0)) waiter.resolve();
      };
      place.created = fact.codes.has('created');
      if (!place.created) {
        done();
        return;
      }
      // > an empty form accepts the defaults and unlocks the room  XEP-0045 §10.1.2
      const form = xml('x', { xmlns: NS_DATA, type: 'submit' });
      context
        .request(xml('iq', { type: 'set', to: room }, xml('query', NS_OWNER, form)))
        .catch((error: unknown) => context.debug(`the new room stays locked: ${errorText(error)}`))
        .finally(() => {
          done();
          // Only now the room says what it can; shown once more, we get its id for us as well (XEP-0421).
          fetchFacts(room)
            .then(() => {
              if (place.state !== 'joined') return;
              context.send(context.presenceOf({ ...context.use('presence').current, to: addressOf(place) }));
            })
            .catch((error: unknown) => context.debug(`no facts of the new room: ${errorText(error)}`));
        });
    }

    function gone(place: Place, fact: MucFact): void {
      const { codes } = fact;
      if (codes.has('renamed')) return;
      place.leaving?.resolve();
      place.leaving = undefined;
      const temporary = place.state !== 'leaving' && (codes.has('shutdown') || codes.has('technicalProblem'));
      if (!temporary) {
        place.join?.reject(new UserError(`You left ${cleanIdentifier(place.room)}.`));
        forget(place);
        return;
      }
      context.setRoom(place.room, false);
      place.state = 'lost';
      retryLater(place);
    }

    function retryLater(place: Place): void {
      const delay = RETRY_MS[Math.min(place.retries++, RETRY_MS.length - 1)]!;
      place.cancelRetry?.();
      place.cancelRetry = context.clock.after(delay, () => {
        if (places.get(place.room) === place && place.state === 'lost' && context.online) enterSafely(place);
      });
    }

    function refused(place: Place, presence: IncomingPresence, error: ErrorFact): void {
      if (place.state === 'joined') {
        if (presence.id === place.presenceId && place.renaming !== undefined) {
          place.renaming.reject(nickFailure(place.room, error, context.anonymous));
          place.renaming = undefined;
        }
        return;
      }
      if (place.state !== 'joining' || (presence.id !== undefined && presence.id !== place.presenceId)) return;
      if (error.condition === 'conflict' && place.conflicts < GHOST_TRIES + NICK_TRIES) {
        place.conflicts++;
        if (place.returning && place.conflicts <= GHOST_TRIES) {
          place.cancelRetry = context.clock.after(GHOST_MS, () => enterSafely(place));
          return;
        }
        const underscores = place.nick.length - place.wanted.length;
        if (underscores < NICK_TRIES) {
          place.nick = `${place.wanted}${'_'.repeat(underscores + 1)}`;
          enterSafely(place);
          return;
        }
      }
      const away = error.condition.startsWith('remote-server') || error.condition === 'resource-constraint';
      if (away && place.returning && place.join === undefined) {
        context.emit({
          kind: 'room-failed',
          room: place.room,
          reason: withDot(joinFailure(place.room, error, context.anonymous).message),
        });
        context.setRoom(place.room, false);
        place.state = 'lost';
        retryLater(place);
        return;
      }
      refuse(place, joinFailure(place.room, error, context.anonymous));
    }

    function seen(presence: IncomingPresence): void {
      const place = places.get(bareOf(presence.from));
      if (place === undefined) return;
      place.heardAt = context.clock.now();
      if (presence.type === 'error') {
        if (presence.error !== undefined) refused(place, presence, presence.error);
        return;
      }
      const { from, muc } = presence;
      if (!isFull(from)) {
        // > a destroyed or closed service may speak for the whole room
        if (presence.type === 'unavailable' && muc !== undefined) gone(place, muc);
        return;
      }
      if (muc?.codes.has('self') === true) {
        if (presence.type === 'available') entered(place, from, muc);
        else if (presence.type === 'unavailable') gone(place, muc);
        return;
      }
      if (presence.type !== 'unavailable') return;
      if (place.state === 'joined' && resourceOf(from) === place.wanted && place.nick !== place.wanted) {
        // Whoever held our nick (our own ghost, most likely) has left.
        setNick(place.room, place.wanted).catch(() => {});
      }
    }

    function heard(message: IncomingMessage): void {
      const place = places.get(bareOf(message.from));
      if (place === undefined || message.source === 'archive' || message.source === 'carbon') return;
      place.heardAt = context.clock.now();
      if (message.extra?.['captcha'] !== undefined) place.join?.extend(CAPTCHA_MS);
      if (message.type === 'groupchat') {
        if (message.subject !== undefined || message.source === 'live') place.history = false;
        place.lastMessageAt = Math.max(place.lastMessageAt ?? 0, message.stamp ?? context.clock.now());
      }
      if (message.codes !== undefined && CONFIG_CODES.some(code => message.codes?.has(code))) {
        void fetchFacts(place.room).catch(() => {});
      }
    }

    context.observe(incoming => {
      if (incoming.kind === 'presence') seen(incoming);
      else if (incoming.kind === 'message') heard(incoming);
    });
    context.intercept('presence', el => {
      if (childOf(el, 'x', NS_USER) === undefined || attr(el, 'type') === 'error') return false;
      const from = parseJid(attr(el, 'from'));
      if (from !== undefined && context.isRoom(bareOf(from))) return false;
      context.debug('presence of a room we did not ask to enter: dropped');
      return true;
    });
    context.intercept('message', el => {
      if (attr(el, 'type') !== 'groupchat') return false;
      const from = parseJid(attr(el, 'from'));
      if (from !== undefined && context.isRoom(bareOf(from))) return false;
      context.debug('message of a room we are not in: dropped');
      return true;
    });
    context.holdBack(to => {
      const place = places.get(bareOf(to));
      if (place === undefined || place.state === 'leaving') return undefined;
      // Without a link nobody knows whether the session, and our place in the room with it, comes back: if it does
      // not, what is said must wait until the room has been entered again.
      if (place.state === 'joined' && context.online) return undefined;
      const waiter = waiting<void>(context, undefined, () => undefined);
      place.entered.push(waiter);
      return waiter.promise;
    });
    context.on('ended', () => {
      for (const place of places.values()) {
        place.cancelRetry?.();
        place.renaming?.reject(new UserError('The connection was lost.'));
        place.renaming = undefined;
        place.leaving?.resolve();
        place.join?.reject(
          new UserError(
            'The connection was lost while entering the room.',
            'It is entered by itself when the connection is back.',
          ),
        );
        place.join = undefined;
        if (place.state === 'leaving') forget(place);
        else place.state = 'lost';
      }
    });
    context.on('resumed', () => {
      for (const place of places.values()) {
        if (place.state === 'joined') for (const waiter of place.entered.splice(0)) waiter.resolve();
      }
    });
    context.on('online', () => {
      queueMicrotask(() => {
        for (const place of places.values()) {
          place.conflicts = 0;
          if (place.state === 'lost') enterSafely(place);
        }
      });
    });

    async function fetchFacts(room: BareJid): Promise<RoomFacts> {
      const info = await context.use('disco').info(room, undefined, { fresh: true });
      const has = (feature: string): boolean => info.features.includes(feature);
      const identity = info.identities.find(({ category }) => category === 'conference') ?? info.identities[0];
      const form = info.forms.find(({ formType }) => formType === 'http://jabber.org/protocol/muc#roominfo');
      const described = form?.fields.find(field => field.var === 'muc#roominfo_description')?.values.join(' ');
      const facts: Mutable<RoomFacts> = {
        features: new Set(info.features),
        nonAnonymous: has('muc_nonanonymous'),
        membersOnly: has('muc_membersonly'),
        moderated: has('muc_moderated'),
        password: has('muc_passwordprotected'),
        persistent: has('muc_persistent'),
        hidden: has('muc_hidden'),
        irc: info.identities.some(({ category, type }) => category === 'conference' && type === 'irc'),
      };
      if (identity?.name !== undefined && identity.name !== '') facts.name = identity.name;
      if (described !== undefined && described.trim() !== '') facts.description = cleanLine(described);
      context.emit({ kind: 'room-facts', room, facts });
      return facts;
    }

    const needed = (room: BareJid): Place => {
      const place = places.get(room);
      if (place === undefined || place.state !== 'joined') {
        throw new UserError(`You are not in ${cleanIdentifier(room)}.`, `/join ${room}`);
      }
      return place;
    };

    /** Our nick is what others see: nothing invisible, nothing that turns text, no space at its edges. */
    function addressWith(room: BareJid, nick: string): FullJid {
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

    async function setNick(room: BareJid, nick: string): Promise<string> {
      const place = needed(room);
      place.wanted = nick;
      if (nick === place.nick) return nick;
      const address = addressWith(room, nick);
      place.renaming?.reject(new UserError('Another nick was asked for meanwhile.'));
      const renaming = waiting<string>(context, ANSWER_MS, () => new UserError('The room did not answer in time.'));
      place.renaming = renaming;
      place.presenceId = context.id();
      const presence = context.presenceOf({ ...context.use('presence').current, to: address });
      presence.attrs['id'] = place.presenceId;
      context.send(presence);
      try {
        return await renaming.promise;
      } catch (error) {
        // A refused nick is not to be taken later by itself.
        if (place.wanted === nick) place.wanted = place.nick;
        throw error;
      }
    }

    const muc: MucApi = {
      get joined() {
        const list = new Map<BareJid, FullJid>();
        for (const place of places.values()) if (place.state === 'joined') list.set(place.room, addressOf(place));
        return list;
      },
      heardAt: room => places.get(room)?.heardAt,
      wanted: room => places.get(room)?.wanted,
      async join(room, options) {
        if (!context.online) throw new UserError('This needs a connection, and there is none.', '/connect makes one.');
        addressWith(room, options.nick);
        const known = places.get(room);
        if (known?.state === 'joined') {
          const nick = known.nick === options.nick ? known.nick : await setNick(room, options.nick);
          return { room, nick, created: false };
        }
        if (known?.join !== undefined && known.wanted === options.nick) return known.join.promise;
        if (known !== undefined) {
          known.join?.reject(new UserError('Another nick was asked for meanwhile.'));
          forget(known);
        }
        const place: Place = {
          room,
          wanted: options.nick,
          nick: options.nick,
          password: options.password ?? known?.password,
          maxHistory: options.maxHistory,
          state: 'joining',
          history: true,
          heardAt: context.clock.now(),
          lastMessageAt: known?.lastMessageAt,
          presenceId: '',
          conflicts: 0,
          returning: false,
          retries: 0,
          created: false,
          join: undefined,
          renaming: undefined,
          leaving: undefined,
          entered: [],
          cancelRetry: undefined,
        };
        places.set(room, place);
        return startJoin(place);
      },
      async rejoin(room) {
        const place = places.get(room);
        if (place === undefined) throw new UserError(`You are not in ${cleanIdentifier(room)}.`, `/join ${room}`);
        place.conflicts = 0;
        if (place.join !== undefined) return place.join.promise;
        return startJoin(place);
      },
      async leave(room, reason) {
        const place = places.get(room);
        if (place === undefined) return;
        if (!context.online || place.state === 'lost') {
          forget(place);
          context.emit({ kind: 'room-left', room });
          return;
        }
        place.state = 'leaving';
        place.join?.reject(new UserError(`You left ${cleanIdentifier(room)}.`));
        place.join = undefined;
        place.leaving = waiting<void>(context, LEAVE_MS, () => {
          forget(place);
          context.emit({ kind: 'room-left', room });
        });
        const { promise } = place.leaving;
        const status = reason === undefined ? {} : { status: reason };
        context.send(context.presenceOf({ to: addressOf(place), type: 'unavailable', ...status }));
        await promise;
      },
      setNick,
      async setSubject(room, subject) {
        needed(room);
        const id = context.id();
        const answer = waiting<void>(context, ANSWER_MS, () => undefined);
        subjects.set(id, { room, answer });
        try {
          context
            .sendDurable(
              xml('message', { to: room, type: 'groupchat', id }, xml('subject', {}, toWireText(subject).text)),
            )
            .catch((error: unknown) => answer.reject(error instanceof Error ? error : new Error(errorText(error))));
          await answer.promise;
        } finally {
          answer.resolve();
          subjects.delete(id);
        }
      },
      invite(room, jid, options = {}) {
        const reason = options.reason === undefined ? undefined : toWireText(options.reason).text;
        const password = options.password ?? places.get(room)?.password;
        const el =
          options.direct === true
            ? xml('message', { to: jid, id: context.id() }, xml('x', { xmlns: NS_DIRECT, jid: room, reason, password }))
            : xml(
                'message',
                { to: room, id: context.id() },
                xml(
                  'x',
                  NS_USER,
                  xml('invite', { to: jid }, reason === undefined ? undefined : xml('reason', {}, reason)),
                ),
              );
        context.sendDurable(el).catch((error: unknown) => context.debug(`no invitation: ${errorText(error)}`));
      },
      decline(room, to, reason) {
        context.emit({ kind: 'invite-refused', room });
        if (to === undefined) return;
        const why = reason === undefined ? undefined : xml('reason', {}, toWireText(reason).text);
        context.send(xml('message', { to: room, id: context.id() }, xml('x', NS_USER, xml('decline', { to }, why))));
      },
      async answerCaptcha(room, form, values) {
        places.get(room)?.join?.extend(JOIN_MS);
        await context.request(
          xml('iq', { type: 'set', to: room }, xml('captcha', NS_CAPTCHA, submitForm(form, values))),
        );
      },
      requestVoice(room) {
        needed(room);
        const field = (name: string, value: string): Element => xml('field', { var: name }, xml('value', {}, value));
        context.send(
          xml(
            'message',
            { to: room, id: context.id() },
            xml(
              'x',
              { xmlns: NS_DATA, type: 'submit' },
              field('FORM_TYPE', NS_REQUEST),
              field('muc#role', 'participant'),
            ),
          ),
        );
      },
      facts: fetchFacts,
    };

    const subjects = new Map<string, { readonly room: BareJid; readonly answer: Waiting<void> }>();
    context.observe(incoming => {
      if (incoming.kind !== 'message' || subjects.size === 0) return;
      const asked = incoming.id === undefined ? undefined : subjects.get(incoming.id);
      if (asked !== undefined && incoming.error !== undefined && bareOf(incoming.from) === asked.room) {
        asked.answer.reject(new UserError(`${incoming.error.sentence}.`));
        return;
      }
      if (incoming.type !== 'groupchat' || incoming.subject === undefined) return;
      const mine = muc.joined.get(bareOf(incoming.from));
      for (const { room, answer } of subjects.values()) {
        if (room === bareOf(incoming.from) && (incoming.from === mine || incoming.from === room)) answer.resolve();
      }
    });
    return { muc };
  },
});
