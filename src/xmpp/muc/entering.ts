/** The way into a room: asking for its facts, the presence that asks to enter, a new room unlocked, refusals and coming back. */
import { errorText, UserError } from '../../lib/errors.js';
import { type FullJid, resourceOf } from '../../lib/jid.js';
import { cleanIdentifier, cleanLine, toWireText } from '../../lib/text.js';
import { StanzaError } from '../errors.js';
import { NS_DATA } from '../forms.js';
import { Refusal } from '../refusal.js';
import { printStamp } from '../stamp.js';
import type { XepContext } from '../xep.js';
import { xml } from '../xml.js';
import type { Joined } from './calls.js';
import { fetchFacts } from './facts.js';
import { NS_MUC, NS_OWNER } from './ns.js';
import { addressOf, type Place, type Places } from './place.js';
import type { MucFact } from './presence-facts.js';
import { waiting } from './waiting.js';

/** How long the facts of a room may delay entering it. */
const FACTS_MS = 3_000;
/** The time for entering, without the questions of the room. */
export const JOIN_MS = 45_000;
/** A person reads the question of a room, or of the program. */
export const QUESTION_MS = 15 * 60_000;
/** A gap after a lost connection is filled with at most this much of the room's history. */
const REJOIN_HISTORY = 200;
/** After the room itself went away for a moment. */
const RETRY_MS: readonly number[] = [10_000, 30_000, 60_000, 300_000];

export interface Entering {
  /** The session goes on: what was asked may not have been heard, and what was to be asked again was not asked without a link. */
  resumed(place: Place): void;
  /** Settles when we are in, with a time limit. */
  start(place: Place): Promise<Joined>;
  /** The same without anybody waiting; what goes wrong is told as a fact. */
  again(place: Place): void;
  /** Our own presence came back. */
  entered(place: Place, from: FullJid, fact: MucFact): void;
  /** The room does not let us in. */
  refuse(place: Place, error: Error): void;
  /** The room went away for a moment: it is entered again by itself. */
  retryLater(place: Place): void;
  forget(place: Place): void;
}

export function createEntering(context: XepContext, places: Places): Entering {
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
    const attempt = ++place.attempt;
    // Nobody waits for it who would give up: asked once more, for as long as we want to be in.
    if (place.join === undefined) {
      place.cancelRetry?.();
      place.cancelRetry = context.clock.after(JOIN_MS, () => {
        place.cancelRetry = undefined;
        if (places.get(place.room) === place && place.state === 'joining' && context.online) enterSafely(place);
      });
    }
    context.setRoom(place.room, true);
    context.emit({ kind: 'room-joining', room: place.room, nick: place.nick });
    const asked = waiting<void>(context, FACTS_MS, () => undefined);
    if (place.conflicts > 0) asked.resolve();
    else
      fetchFacts(context, place.room).then(
        () => {
          place.factsFailure = undefined;
          asked.resolve();
        },
        (error: unknown) => {
          place.factsFailure = error instanceof StanzaError ? error.condition : undefined;
          asked.resolve();
        },
      );
    await asked.promise;
    // The answer may come too late: left meanwhile, asked anew, or the connection lost.
    const obsolete = (): boolean =>
      places.get(place.room) !== place || place.state !== 'joining' || place.attempt !== attempt || !context.online;
    if (obsolete()) return;
    const { onMissing } = place;
    if (place.factsFailure === 'item-not-found' && onMissing !== undefined) {
      place.onMissing = undefined;
      place.join?.extend(QUESTION_MS);
      const create = await onMissing();
      if (obsolete()) return;
      if (!create) {
        refuse(place, new Refusal('item-not-found', `${cleanIdentifier(place.room)} does not exist.`));
        return;
      }
      place.join?.extend(JOIN_MS);
    }
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
        NS_MUC,
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
    enter(place).catch((error: unknown) => refuse(place, error instanceof Error ? error : new Error(errorText(error))));
  }

  function refuse(place: Place, error: Error): void {
    const reason = cleanLine(error.message);
    const { join } = place;
    const unasked = join === undefined ? { unasked: true } : {};
    place.join = undefined;
    // Forgotten first: whoever hears of it must not think that it is tried again.
    forget(place);
    context.emit({ kind: 'room-failed', room: place.room, reason, ...unasked });
    join?.reject(error);
  }

  function joinTimeout(place: Place): Error {
    const error = new Refusal(
      'remote-server-timeout',
      `${cleanIdentifier(place.room)} did not answer in time.`,
      'Check the spelling, or try again later.',
    );
    if (places.get(place.room) === place && place.state === 'joining') {
      place.join = undefined;
      forget(place);
      context.emit({ kind: 'room-failed', room: place.room, reason: cleanLine(error.message) });
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
    place.cancelRetry?.();
    place.cancelRetry = undefined;
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
        fetchFacts(context, room)
          .then(() => {
            if (place.state !== 'joined') return;
            context.send(context.presenceOf({ ...context.use('presence').current, to: addressOf(place) }));
          })
          .catch((error: unknown) => context.debug(`no facts of the new room: ${errorText(error)}`));
      });
  }

  function retryLater(place: Place): void {
    const delay = RETRY_MS[Math.min(place.retries++, RETRY_MS.length - 1)]!;
    place.cancelRetry?.();
    place.cancelRetry = context.clock.after(delay, () => {
      place.cancelRetry = undefined;
      if (places.get(place.room) === place && place.state === 'lost' && context.online) enterSafely(place);
    });
  }

  function resumed(place: Place): void {
    if (place.state === 'joining' || (place.state === 'lost' && place.cancelRetry === undefined)) enterSafely(place);
  }

  return { start: startJoin, again: enterSafely, resumed, entered, refuse, retryLater, forget };
}
