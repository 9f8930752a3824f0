/** Where a stanza goes: handlers that take it, then decoding, then everybody who listens; a fault costs one stanza only. */
import { errorText } from '../lib/errors.js';
import type { Incoming } from '../model/incoming.js';
import { decodeMessage, decodePresence } from './decode.js';
import { StanzaError } from './errors.js';
import type { IqReply } from './session-types.js';
import type { Xep, XepContext } from './xep.js';
import { attr, type Element, nsOf } from './xml.js';

export type Interceptor = (el: Element) => boolean;
export type Answer = (payload: Element, iq: Element) => Element | undefined | Promise<Element | undefined>;

export interface Router {
  stanza(el: Element): void;
  iq(iq: Element, payload: Element, reply: IqReply): void;
  /** Tells everybody a fact. */
  emit(incoming: Incoming): void;
  intercept(name: 'message' | 'presence', handler: Interceptor): void;
  answer(type: 'get' | 'set', ns: string, name: string, reply: Answer): void;
  /** Sees facts before the observers: the core. */
  listen(listener: (incoming: Incoming) => void): () => void;
  observe(listener: (incoming: Incoming) => void): void;
}

export function createRouter(xeps: readonly Xep[], context: XepContext): Router {
  const interceptors: { readonly name: string; readonly handler: Interceptor }[] = [];
  const answers = new Map<string, Answer>();
  const listeners = new Set<(incoming: Incoming) => void>();
  const observers: ((incoming: Incoming) => void)[] = [];

  function taken(el: Element): boolean {
    for (const { name, handler } of interceptors) {
      if (name !== el.getName()) continue;
      try {
        if (handler(el)) return true;
      } catch (error) {
        context.debug(`a handler failed on a ${name}: ${errorText(error)}`);
      }
    }
    return false;
  }

  const router: Router = {
    stanza(el) {
      try {
        const name = el.getName();
        if ((name !== 'message' && name !== 'presence') || taken(el)) return;
        const incoming = name === 'message' ? decodeMessage(el, xeps, context) : decodePresence(el, xeps, context);
        if (incoming === undefined) context.debug(`nothing to tell in a ${name}`);
        else router.emit(incoming);
      } catch (error) {
        context.debug(`a stanza was lost: ${errorText(error)}`);
      }
    },
    iq(iq, payload, reply) {
      const type = attr(iq, 'type') === 'set' ? 'set' : 'get';
      const answer = answers.get(`${type} ${payload.getName()} ${nsOf(payload)}`);
      const refuse = (error: unknown): void => {
        if (!(error instanceof StanzaError)) context.debug(`an answer failed: ${errorText(error)}`);
        reply(error instanceof StanzaError ? error : new StanzaError('internal-server-error'));
      };
      if (answer === undefined) {
        // > an entity that does not understand the namespace answers service-unavailable  RFC 6120 §8.4
        reply(new StanzaError('service-unavailable'));
        return;
      }
      try {
        const result = answer(payload, iq);
        if (result instanceof Promise) result.then(reply, refuse);
        else reply(result);
      } catch (error) {
        refuse(error);
      }
    },
    emit(incoming) {
      for (const listener of [...listeners, ...observers]) {
        try {
          listener(incoming);
        } catch (error) {
          context.debug(`a listener failed on ${incoming.kind}: ${errorText(error)}`);
        }
      }
    },
    intercept: (name, handler) => void interceptors.push({ name, handler }),
    answer: (type, ns, name, reply) => void answers.set(`${type} ${name} ${ns}`, reply),
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    observe: listener => void observers.push(listener),
  };
  return router;
}
