/** What a session does with one stanza: messages and presences are told, answers find their question, every question gets one answer. */
import { type FullJid, parseJid } from '../lib/jid.js';
import { errorElement, StanzaError } from './errors.js';
import type { Requests } from './iq.js';
import type { SessionEmitter } from './session-events.js';
import type { IqReply } from './session-types.js';
import { attr, type Element, elementsOf, xml } from './xml.js';

/** Takes one stanza of the stream. */
export function createIntake(options: {
  readonly events: SessionEmitter;
  readonly requests: Requests;
  /** Our address, once there is one. */
  self(): FullJid | undefined;
  /** An answer can be written. */
  online(): boolean;
  send(answer: Element): void;
}): (element: Element) => void {
  const { emit, warn } = options.events;

  function replyTo(request: Element, id: string): IqReply {
    let replied = false;
    return answer => {
      if (replied || !options.online()) return;
      replied = true;
      const failed = answer instanceof StanzaError;
      const children = failed ? [errorElement(answer)] : answer === undefined ? [] : [answer].flat();
      options.send(xml('iq', { type: failed ? 'error' : 'result', to: attr(request, 'from'), id }, children));
    };
  }

  function onIq(element: Element): void {
    const id = attr(element, 'id');
    const type = attr(element, 'type');
    if (id === undefined || id === '') {
      warn('an iq without an id was ignored');
      return;
    }
    if (type === 'result' || type === 'error') {
      const self = options.self();
      if (self !== undefined && options.requests.settle(element, self) === 'foreign') {
        warn('an answer from somebody who was not asked was ignored');
      }
      return;
    }
    if (type !== 'get' && type !== 'set') {
      warn('an iq of an unknown type was ignored');
      return;
    }
    const reply = replyTo(element, id);
    const children = elementsOf(element);
    const child = children[0];
    if (child === undefined || children.length > 1) {
      reply(new StanzaError('bad-request', { type: 'modify' }));
      return;
    }
    const taken = emit('iq', { element, child, reply }).some(result => result !== false);
    if (!taken) reply(new StanzaError('service-unavailable'));
  }

  return element => {
    const from = attr(element, 'from');
    if (from !== undefined && parseJid(from) === undefined) {
      warn('a stanza from an impossible address was dropped');
      return;
    }
    const name = element.getName();
    if (name === 'message' || name === 'presence') emit('stanza', { element });
    else if (name === 'iq') onIq(element);
  };
}
