/** What waits to be written: everything handed to a session gets exactly one outcome, and nothing of it outlives the session. */
import { StanzaError } from './errors.js';
import { NS_DELAY } from './ns.js';
import type { PendingItem, SendOutcome } from './session-types.js';
import { childOf, cloneOf, type Element, xml } from './xml.js';

export interface OutboxItem extends PendingItem {
  readonly durable: boolean;
  written: boolean;
  resolve(how: SendOutcome): void;
  reject(error: StanzaError): void;
}

export interface Outbox {
  readonly waiting: readonly OutboxItem[];
  add(id: string, element: Element, durable: boolean, stamp: Date): Promise<SendOutcome>;
  /** Takes the next item that may be written now. */
  take(): OutboxItem | undefined;
  /**
   * The session is over: what was written and not acknowledged may have arrived, what still waits has not. Whoever sent it
   * decides what to do, because only above the session is known whom to ask, and when a room can take it again.
   */
  lose(written: readonly OutboxItem[]): void;
  /** Rejects everything which is not durable. */
  dropTransient(condition: 'offline' | 'disconnected'): void;
}

/** A message that waited this long says when it was written. XEP-0203 */
const DELAY_AFTER_MS = 30_000;

export function createOutbox(): Outbox {
  let waiting: OutboxItem[] = [];
  return {
    get waiting() {
      return waiting;
    },
    add(id, element, durable, stamp) {
      const promise = new Promise<SendOutcome>((resolve, reject) => {
        waiting.push({ id, element, durable, stamp, written: false, resolve, reject });
      });
      // Nobody has to care; an unhandled rejection would end the process.
      promise.catch(() => undefined);
      return promise;
    },
    take: () => waiting.shift(),
    lose(written) {
      const unsent = waiting;
      waiting = [];
      for (const [items, how] of [
        [written, 'uncertain'],
        [unsent, 'unsent'],
      ] as const) {
        for (const item of items) {
          if (item.durable) item.resolve(how);
          else item.reject(new StanzaError('disconnected', { type: 'wait' }));
        }
      }
    },
    dropTransient(condition) {
      const dropped = waiting.filter(item => !item.durable);
      waiting = waiting.filter(item => item.durable);
      for (const item of dropped) item.reject(new StanzaError(condition, { type: 'wait' }));
    },
  };
}

/** The stanza as it is written now; a late message carries its time. */
export function printItem(item: OutboxItem, now: number): string {
  const late = item.written || now - item.stamp.getTime() > DELAY_AFTER_MS;
  const { element } = item;
  if (!late || element.getName() !== 'message' || childOf(element, 'delay', NS_DELAY) !== undefined) {
    return element.toString();
  }
  const copy = cloneOf(element);
  copy.append(xml('delay', { xmlns: NS_DELAY, stamp: item.stamp.toISOString() }));
  return copy.toString();
}
