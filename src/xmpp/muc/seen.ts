/** What presence and messages of a room mean for our place in it: in, out, refused, renamed. */
import { UserError } from '../../lib/errors.js';
import { bareOf, isFull, resourceOf } from '../../lib/jid.js';
import { cleanIdentifier, cleanLine } from '../../lib/text.js';
import type { ErrorFact, IncomingMessage, IncomingPresence } from '../../model/incoming.js';
import type { StatusName } from '../../model/types.js';
import type { XepContext } from '../xep.js';
import { type Entering, QUESTION_MS } from './entering.js';
import { fetchFacts } from './facts.js';
import { joinFailure, nickFailure } from './join-failure.js';
import type { Nicks } from './nicks.js';
import type { Place, Places } from './place.js';
import type { MucFact } from './presence-facts.js';

/** Our own ghost of the last connection may hold the nick for a while. */
const GHOST_MS = 5_000;
const GHOST_TRIES = 3;
/** Underscores tried behind a taken nick. */
const NICK_TRIES = 3;
/** Messages with one of these change what the room says about itself. */
const CONFIG_CODES: readonly StatusName[] = [
  'configChanged',
  'loggingOn',
  'loggingOff',
  'nonAnonymousNow',
  'semiAnonymousNow',
];

/** Looks at every fact after the core has seen it. */
export function watchPlaces(context: XepContext, places: Places, entering: Entering, nicks: Nicks): void {
  function gone(place: Place, fact: MucFact): void {
    const { codes } = fact;
    if (codes.has('renamed')) return;
    place.leaving?.resolve();
    place.leaving = undefined;
    const temporary = place.state !== 'leaving' && (codes.has('shutdown') || codes.has('technicalProblem'));
    if (!temporary) {
      place.join?.reject(new UserError(`You left ${cleanIdentifier(place.room)}.`));
      entering.forget(place);
      return;
    }
    context.setRoom(place.room, false);
    place.state = 'lost';
    entering.retryLater(place);
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
        place.cancelRetry?.();
        place.cancelRetry = context.clock.after(GHOST_MS, () => {
          place.cancelRetry = undefined;
          if (places.get(place.room) === place && place.state === 'joining') entering.again(place);
        });
        return;
      }
      const underscores = place.nick.length - place.wanted.length;
      if (underscores < NICK_TRIES) {
        place.nick = `${place.wanted}${'_'.repeat(underscores + 1)}`;
        entering.again(place);
        return;
      }
    }
    const failure = joinFailure(place.room, error, context.anonymous, place.factsFailure);
    if (failure.condition === 'service-unavailable' && place.factsFailure === undefined) {
      // There is such a room, and no place in it: as soon as somebody leaves we may come in.
      context.emit({ kind: 'room-failed', room: place.room, reason: cleanLine(failure.message) });
      place.join?.reject(failure);
      place.join = undefined;
      context.setRoom(place.room, false);
      place.state = 'lost';
      entering.retryLater(place);
      return;
    }
    const away = error.condition.startsWith('remote-server') || error.condition === 'resource-constraint';
    if (away && place.returning && place.join === undefined) {
      context.emit({
        kind: 'room-failed',
        room: place.room,
        reason: cleanLine(failure.message),
      });
      context.setRoom(place.room, false);
      place.state = 'lost';
      entering.retryLater(place);
      return;
    }
    entering.refuse(place, failure);
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
      if (presence.type === 'available') entering.entered(place, from, muc);
      else if (presence.type === 'unavailable') gone(place, muc);
      return;
    }
    if (presence.type !== 'unavailable') return;
    if (place.state === 'joined' && resourceOf(from) === place.wanted && place.nick !== place.wanted) {
      // Whoever held our nick (our own ghost, most likely) has left.
      nicks.set(place.room, place.wanted).catch(() => {});
    }
  }

  function heard(message: IncomingMessage): void {
    const place = places.get(bareOf(message.from));
    if (place === undefined || message.source === 'archive' || message.source === 'carbon') return;
    place.heardAt = context.clock.now();
    if (message.extra?.['captcha'] !== undefined) {
      place.join?.extend(QUESTION_MS);
      // A person reads it: asked again, the room would draw another one.
      if (place.state === 'joining') place.cancelRetry?.();
    }
    if (message.type === 'groupchat') {
      if (message.subject !== undefined || message.source === 'live') place.history = false;
      place.lastMessageAt = Math.max(place.lastMessageAt ?? 0, message.stamp ?? context.clock.now());
    }
    if (message.codes !== undefined && CONFIG_CODES.some(code => message.codes?.has(code))) {
      void fetchFacts(context, place.room).catch(() => {});
    }
  }

  context.observe(incoming => {
    if (incoming.kind === 'presence') seen(incoming);
    else if (incoming.kind === 'message') heard(incoming);
  });
}
