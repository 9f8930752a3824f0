/** What was handed to a session and is not known to have arrived: it waits, is written, counted and asked for, and outlives its streams. */
import { randomUUID } from 'node:crypto';
import { type Jid, parseJid } from '../lib/jid.js';
import { StanzaError } from './errors.js';
import type { Requests } from './iq.js';
import { NS_PING, NS_SM } from './ns.js';
import { createOutbox, type OutboxItem, printItem } from './outbox.js';
import type { Clock, PendingItem, SendOutcome } from './session-types.js';
import { createStreamManagement, type StreamManagement } from './stream-management.js';
import { attr, type Element, xml } from './xml.js';

const REQUEST_TIMEOUT_MS = 30_000;
const UNANSWERED: ReadonlySet<string> = new Set(['timeout', 'disconnected', 'offline']);
const MAX_UNACKNOWLEDGED = 1000;
const MAX_BUFFERED_BYTES = 1 << 20;

/** The stream that takes stanzas now. */
export interface Carrier {
  readonly over: boolean;
  /** Bytes that the socket has not taken yet. */
  readonly buffered: number;
  write(text: string): void;
  /** Calls back once, when the socket takes more. */
  onDrain(listener: () => void): void;
  /** So many were written that are to be acknowledged. */
  onSent(count: number): void;
  /** The question whether the link lives was answered. */
  onAnswered(): void;
}

export interface Delivery {
  /** Stanzas which are not acknowledged yet, oldest first. */
  readonly pending: readonly PendingItem[];
  /** What a resumption needs; undefined: the session of before is lost, or there was none. */
  readonly resumable: { readonly id: string; readonly received: number } | undefined;
  /** Where the server wishes the resumption. */
  readonly location: string | undefined;
  /** The number of stanzas handled here, for an `<a/>`; undefined: nobody counts. */
  readonly handled: number | undefined;
  /** Written and not acknowledged. */
  readonly unacknowledged: number;
  /** A session begins; `counted`: by the server (XEP-0198). Where it does not, pings tell how far it has read, because it answers in order. */
  begin(counted: { readonly resumeId: string | undefined; readonly location?: string | undefined } | undefined): void;
  /** The session goes on: what has to be written again, before anything else. Undefined: the server claims more than it was sent. */
  resume(h: string | undefined): string | undefined;
  /** The session will not be resumed: everything of it gets its outcome. */
  lose(): void;
  /** The stream ended. What can be resumed waits. */
  interrupt(): void;
  /** Nothing leaves any more. */
  close(): void;
  /** A stanza that arrived is handled. */
  countReceived(): void;
  /** Resuming would only repeat what went wrong. */
  spoil(): void;
  /** False: the server claims more than it was sent. */
  acknowledge(h: string | undefined): boolean;
  /** Writes the question whose answer proves that the link lives. */
  ask(carrier: Carrier): void;
  /** Writes what waits, as far as it may. */
  flush(): void;
  send(element: Element, sending?: { readonly durable?: boolean }): Promise<SendOutcome>;
  request(element: Element, requesting?: { readonly timeoutMs?: number }): Promise<Element>;
}

export function createDelivery(options: {
  readonly clock: Clock;
  readonly requests: Requests;
  /** Who answers pings. */
  readonly server: Jid | undefined;
  /** Undefined: not online. */
  carrier(): Carrier | undefined;
  warn(text: string): void;
}): Delivery {
  const { clock, requests } = options;
  const outbox = createOutbox();
  let management: StreamManagement<OutboxItem> | undefined;
  let counted = false;
  /** Waits for its socket. */
  let draining: Carrier | undefined;

  function lose(): void {
    const items = [...(management?.unacknowledged ?? [])];
    management = undefined;
    outbox.lose(items);
    requests.failAll('disconnected');
  }

  function acknowledge(h: string | undefined): boolean {
    if (management === undefined) return true;
    const result = management.acknowledge(h);
    if (result.kind === 'too-high') return false;
    if (result.kind === 'ignored') {
      if (h !== undefined) options.warn('an acknowledgement without a usable number was ignored');
      return true;
    }
    for (const item of result.items) item.resolve('acknowledged');
    return true;
  }

  function ask(carrier: Carrier): void {
    if (counted || management === undefined) {
      carrier.write(xml('r', NS_SM).toString());
      return;
    }
    const asked = management;
    const { total } = asked;
    const id = randomUUID();
    const answered = (): void => {
      if (carrier.over || management !== asked) return;
      carrier.onAnswered();
      // > stanzas are processed in the order in which they were received  RFC 6120 §10.1
      acknowledge(String(total));
      flush();
    };
    requests.expect(id, options.server, REQUEST_TIMEOUT_MS).then(answered, (error: StanzaError) => {
      // Any answer will do, an error too.
      if (!UNANSWERED.has(error.condition)) answered();
    });
    carrier.write(xml('iq', { type: 'get', to: options.server, id }, xml('ping', NS_PING)).toString());
  }

  function flush(): void {
    const carrier = options.carrier();
    if (carrier === undefined) return;
    let text = '';
    let count = 0;
    while ((management?.unacknowledged.length ?? 0) < MAX_UNACKNOWLEDGED) {
      if (carrier.buffered + text.length > MAX_BUFFERED_BYTES) {
        drain(carrier);
        break;
      }
      const item = outbox.take();
      if (item === undefined) break;
      text += printItem(item, clock.now());
      item.written = true;
      if (management !== undefined && (counted || item.durable)) {
        management.sent(item);
        count++;
      } else item.resolve('written');
    }
    if (text === '') return;
    carrier.write(text);
    if (count > 0) carrier.onSent(count);
  }

  function drain(carrier: Carrier): void {
    if (draining === carrier) return;
    draining = carrier;
    carrier.onDrain(() => {
      if (draining === carrier) draining = undefined;
      flush();
    });
  }

  function send(element: Element, sending: { readonly durable?: boolean } = {}): Promise<SendOutcome> {
    const durable = sending.durable ?? element.getName() === 'message';
    const id = attr(element, 'id') ?? randomUUID();
    element.attrs['id'] = id;
    const offline = options.carrier() === undefined;
    if (offline && durable && management === undefined) return Promise.resolve('unsent');
    if (offline && !durable) {
      const refused = Promise.reject(new StanzaError('offline', { type: 'wait' }));
      refused.catch(() => undefined);
      return refused;
    }
    const promise = outbox.add(id, element, durable, new Date(clock.now()));
    flush();
    return promise;
  }

  return {
    get pending() {
      return [...(management?.unacknowledged ?? []), ...outbox.waiting];
    },
    get resumable() {
      if (management?.resumeId === undefined || management.spoiled) return undefined;
      return { id: management.resumeId, received: management.received };
    },
    get location() {
      return management?.location;
    },
    get handled() {
      return counted ? management?.received : undefined;
    },
    get unacknowledged() {
      return management?.unacknowledged.length ?? 0;
    },
    begin(by) {
      counted = by !== undefined;
      management = createStreamManagement(by ?? { resumeId: undefined });
    },
    resume(h) {
      if (management === undefined || !acknowledge(h)) return undefined;
      return management.unacknowledged.map(item => printItem(item, clock.now())).join('');
    },
    lose,
    interrupt() {
      if (management?.resumeId === undefined || management.spoiled) lose();
      outbox.dropTransient('disconnected');
    },
    close() {
      outbox.dropTransient('offline');
      lose();
    },
    countReceived: () => management?.countReceived(),
    spoil: () => management?.spoil(),
    acknowledge,
    ask,
    flush,
    send,
    request(element, requesting = {}) {
      const id = randomUUID();
      element.attrs['id'] = id;
      const to = attr(element, 'to');
      const address = parseJid(to);
      const answer = requests.expect(id, address, requesting.timeoutMs ?? REQUEST_TIMEOUT_MS);
      answer.catch(() => undefined);
      if (to !== undefined && address === undefined)
        requests.fail(id, new StanzaError('jid-malformed', { type: 'modify' }));
      else send(element, { durable: false }).catch((error: StanzaError) => requests.fail(id, error));
      return answer;
    },
  };
}
