/** What a room adds to messages: questions at the door, requests for voice, status codes, history. */
import { bareOf, isFull } from '../../lib/jid.js';
import type { IncomingMessage } from '../../model/incoming.js';
import { formIn } from '../forms.js';
import type { Mutable, XepContext } from '../xep.js';
import { delayOf } from '../xeps/delay.js';
import { childOf, type Element } from '../xml.js';
import { NS_CAPTCHA, NS_REGISTRATION, NS_REQUEST, NS_USER } from './ns.js';
import { placesIn } from './place.js';
import { codesOf } from './presence-facts.js';

/** Adds `mucUser`, `codes`, `extra.captcha`, `extra.voiceRequest`, `extra.registrationRequest` and the source `room-history`. */
export function decodeMessage(el: Element, draft: Mutable<IncomingMessage>, context: XepContext): void {
  const room = bareOf(draft.from);
  // A copy of what we sent from another client goes the other way.
  const other = draft.source === 'carbon' && room === context.bare && draft.to !== undefined ? draft.to : draft.from;
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
    const wordOf = (name: string): string | undefined => request.fields.find(field => field.var === name)?.values[0];
    draft.extra = { ...draft.extra, voiceRequest: { nick: wordOf('muc#roomnick'), jid: wordOf('muc#jid') } };
    delete draft.body;
  }
  // > a Data Form asking for approval or denial  XEP-0045 §9.9
  if (request?.formType === NS_REGISTRATION && !isFull(draft.from) && draft.type !== 'groupchat') {
    draft.mucUser = true;
    draft.extra = { ...draft.extra, registrationRequest: request };
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
  const place = placesIn(context).get(room);
  if (draft.type === 'groupchat' && draft.source === 'live' && place?.history === true) {
    // The subject ends the history and belongs to it: nobody changes it now.
    const old = draft.subject !== undefined || delayOf(el, context) !== undefined;
    if (old) draft.source = 'room-history';
  }
}
