/** What waits to be written, or was written in a session that is gone: nothing is lost or doubled within the process. */
import { StanzaError } from './errors.js';
import { NS_DELAY } from './ns.js';
import type { UncertainItem } from './session-types.js';
import { childOf, cloneOf, type Element, xml } from './xml.js';

export interface OutboxItem extends UncertainItem {
  readonly durable: boolean;
  /** Written in a session which could not be resumed: it may have arrived. */
  uncertain: boolean;
  written: boolean;
  resolve(how: 'acknowledged' | 'written'): void;
  reject(error: StanzaError): void;
}

export interface Outbox {
  readonly waiting: readonly OutboxItem[];
  add(id: string, element: Element, durable: boolean, stamp: Date): Promise<'acknowledged' | 'written'>;
  /** Takes the next item that may be written now. */
  take(): OutboxItem | undefined;
  /** Items of a lost session: durable ones come first again, the others are told. */
  takeBack(items: readonly OutboxItem[]): void;
  /** Durable items stay until what is uncertain has been resolved. */
  hold(): readonly OutboxItem[];
  release(delivered: ReadonlySet<string>): void;
  /** Rejects everything which is not durable, or all. */
  dropAll(condition: 'offline' | 'disconnected', what: 'transient' | 'everything'): void;
}

/** A message that waited this long says when it was written. XEP-0203 */
const DELAY_AFTER_MS = 30_000;

export function createOutbox(): Outbox {
  let waiting: OutboxItem[] = [];
  let held = false;
  return {
    get waiting() {
      return waiting;
    },
    add(id, element, durable, stamp) {
      const promise = new Promise<'acknowledged' | 'written'>((resolve, reject) => {
        waiting.push({ id, element, durable, stamp, uncertain: false, written: false, resolve, reject });
      });
      // Nobody has to care; an unhandled rejection would end the process.
      promise.catch(() => undefined);
      return promise;
    },
    take() {
      const index = held ? waiting.findIndex(item => !item.durable) : 0;
      return index < 0 ? undefined : waiting.splice(index, 1)[0];
    },
    takeBack(items) {
      for (const item of items) {
        if (item.durable) item.uncertain = true;
        else item.reject(new StanzaError('disconnected', { type: 'wait' }));
      }
      waiting = [...items.filter(item => item.durable), ...waiting];
    },
    hold() {
      const uncertain = waiting.filter(item => item.uncertain);
      held = uncertain.length > 0;
      return uncertain;
    },
    release(delivered) {
      held = false;
      for (const item of waiting) if (item.uncertain && delivered.has(item.id)) item.resolve('acknowledged');
      waiting = waiting.filter(item => !(item.uncertain && delivered.has(item.id)));
      for (const item of waiting) item.uncertain = false;
    },
    dropAll(condition, what) {
      const dropped = waiting.filter(item => what === 'everything' || !item.durable);
      waiting = waiting.filter(item => !dropped.includes(item));
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
