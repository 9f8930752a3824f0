/** Requests in flight: an answer counts only with our id and from the one who was asked. RFC 6120 §8.1.2, §8.2.3 */
import { bareOf, domainOf, type FullJid, type Jid, parseJid } from '../lib/jid.js';
import { StanzaError, stanzaErrorOf } from './errors.js';
import type { Clock } from './session-types.js';
import { attr, type Element } from './xml.js';

export interface Requests {
  /** Registers before the request is written; rejects with {@link StanzaError}. */
  expect(id: string, to: Jid | undefined, timeoutMs: number): Promise<Element>;
  /** Takes a result or an error: `unknown` = no such id, `foreign` = our id, but from somebody else. */
  settle(reply: Element, self: FullJid): 'settled' | 'unknown' | 'foreign';
  fail(id: string, error: StanzaError): void;
  failAll(condition: 'disconnected' | 'offline'): void;
  readonly size: number;
}

interface Pending {
  to: Jid | undefined;
  resolve(reply: Element): void;
  reject(error: StanzaError): void;
}

export function createRequests(clock: Clock): Requests {
  const pending = new Map<string, Pending>();
  const fail = (id: string, error: StanzaError): void => {
    pending.get(id)?.reject(error);
  };
  return {
    expect(id, to, timeoutMs) {
      return new Promise((resolve, reject) => {
        const finish = (): void => {
          clock.clearTimeout(timer);
          pending.delete(id);
        };
        const timer = clock.setTimeout(() => fail(id, new StanzaError('timeout', { type: 'wait' })), timeoutMs);
        pending.set(id, {
          to,
          resolve: reply => {
            finish();
            resolve(reply);
          },
          reject: error => {
            finish();
            reject(error);
          },
        });
      });
    },
    settle(reply, self) {
      const id = attr(reply, 'id');
      const request = id === undefined ? undefined : pending.get(id);
      if (request === undefined) return 'unknown';
      if (!isExpectedSender(attr(reply, 'from'), request.to, self)) return 'foreign';
      if (attr(reply, 'type') === 'result') request.resolve(reply);
      else request.reject(stanzaErrorOf(reply));
      return 'settled';
    },
    fail,
    failAll(condition) {
      for (const id of [...pending.keys()]) fail(id, new StanzaError(condition, { type: 'wait' }));
    },
    get size() {
      return pending.size;
    },
  };
}

// > the client's server … stamps no 'from' or the bare JID of the account when it answers for the account  RFC 6120 §8.1.2.1
function isExpectedSender(from: string | undefined, to: Jid | undefined, self: FullJid): boolean {
  const sender = parseJid(from);
  if (from !== undefined && sender === undefined) return false;
  const account = bareOf(self);
  const server = domainOf(self);
  const isOurServer = sender === undefined || sender === account || sender === server;
  if (to === undefined) return isOurServer || sender === self;
  if (to === account || to === server) return sender === undefined || sender === to;
  return sender === to;
}
