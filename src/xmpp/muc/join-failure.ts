/** Why a room refuses us, in a sentence with a next step. */
import { type BareJid, bareOf, domainOf } from '../../lib/jid.js';
import { cleanIdentifier } from '../../lib/text.js';
import type { ErrorFact } from '../../model/incoming.js';
import { Refusal } from '../refusal.js';

/**
 * The sentence and the next step for a refused entry. `factsFailure`: the condition with which the room refused to say
 * what it is. Of a way that is closed the condition is always `remote-server-not-found`.
 */
export function joinFailure(room: BareJid, error: ErrorFact, guest: boolean, factsFailure?: string): Refusal {
  const refused = (sentence: string, hint?: string): Refusal => new Refusal(error.condition, sentence, hint);
  const name = cleanIdentifier(room);
  const domain = cleanIdentifier(domainOf(room));
  const by = error.by === undefined ? undefined : bareOf(error.by);
  // The service of the room can only say this about itself by name; anybody else means that the way there is closed.
  const onTheWay = by !== undefined && domainOf(by) !== domainOf(room);
  const closed = (sentence: string, hint: string): Refusal => new Refusal('remote-server-not-found', sentence, hint);
  const unreachable = (): Refusal =>
    guest
      ? closed(`This guest host cannot reach ${domain}.`, `Try another guest host, or log in: /connect you@server.`)
      : closed(`${domain} cannot be reached from your server.`, 'Check the spelling or try again later.');
  const said = error.text === undefined ? '' : ` (it says: "${error.text}")`;
  // Whoever gets this condition tries again by itself.
  const full = (): Refusal =>
    new Refusal(
      'service-unavailable',
      `${name} is full${said}.`,
      'It is tried again by itself until there is a place; /close gives up.',
    );
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
      // Asked what it is, the room did not say that it does not exist (XEP-0045 §7.2.10).
      return factsFailure === undefined
        ? refused(`${name} is locked until its owner has set it up, or does not exist${said}.`, 'Try again later.')
        : refused(`${name} does not exist, and you may not create it${said}.`, `/list ${domain}`);
    case 'not-allowed':
      if (guest) {
        // Who refuses to be asked as well is not the room: rooms that do not exist say so.
        return onTheWay || factsFailure === 'not-allowed' || factsFailure === 'service-unavailable'
          ? unreachable()
          : refused(
              `${name} does not exist and guests may not create it, or this guest host may not reach ${domain}${said}.`,
              `/list ${domain}, another guest host, or /connect you@server`,
            );
      }
      return refused(`${name} does not exist, and you may not create it${said}.`, `/list ${domain}`);
    case 'service-unavailable':
      if (onTheWay) return unreachable();
      return factsFailure === undefined ? full() : refused(`${name} is closed${said}.`, 'Try again later.');
    case 'remote-server-not-found':
    case 'remote-server-timeout':
      return unreachable();
    case 'gone':
    case 'redirect':
      // Said and not followed: where it leads is somebody else's word.
      if (error.movedTo !== undefined && error.movedTo !== room) {
        const there = cleanIdentifier(error.movedTo);
        return refused(`${name} has moved to ${there}${said}.`, `/join ${there} goes there.`);
      }
      return refused(`${name} has moved or no longer exists${said}.`, `/list ${domain}`);
    case 'jid-malformed':
      return refused(`${name} does not accept this nick${said}.`, `/join ${room}/OTHERNICK`);
    case 'resource-constraint':
      // ejabberd says this of a full room as well.
      if (factsFailure === undefined && /too many users/i.test(error.text ?? '')) return full();
      return refused(`${name} is too busy now${said}.`, 'Try again later.');
    default:
      return refused(error.sentence.endsWith('.') ? error.sentence : `${error.sentence}.`);
  }
}

/** The same for a nick asked for inside the room. */
export function nickFailure(room: BareJid, error: ErrorFact, guest: boolean): Refusal {
  const { message, hint } = joinFailure(room, error, guest);
  const inside = error.condition === 'conflict' ? 'Somebody here has this nick, or has registered it.' : message;
  return new Refusal(error.condition, inside, hint?.startsWith('/join') === true ? '/nick OTHERNICK' : hint);
}
