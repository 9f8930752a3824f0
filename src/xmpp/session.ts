/** One account's durable session above one-shot streams: what is sent survives them, and nothing of a dead one leaks into the next. */
import { randomBytes, randomUUID } from 'node:crypto';
import { type FullJid, parseJid } from '../lib/jid.js';
import { systemClock } from './clock.js';
import type { Stream } from './connection.js';
import type { Link } from './connector.js';
import { errorElement, StanzaError, StreamFailure } from './errors.js';
import { createRequests } from './iq.js';
import { createLinkMonitor, type LinkMonitor, PROBE_MS, type Watch, watchForWaking } from './link-monitor.js';
import { createNegotiation, type Negotiated, type Negotiation } from './negotiation.js';
import { NS_CLIENT, NS_PING, NS_SASL, NS_SASL2, NS_SM, NS_STREAM, NS_STREAM_ERRORS } from './ns.js';
import { createOutbox, type OutboxItem, printItem } from './outbox.js';
import { createRetry } from './retry.js';
import { isAsStrong, isLasting } from './sasl.js';
import type {
  IqReply,
  SendOutcome,
  Session,
  SessionEvents,
  SessionOptions,
  SessionState,
  Timeouts,
} from './session-types.js';
import { parsePlace, systemResolver } from './srv.js';
import { createStreamManagement, type StreamManagement } from './stream-management.js';
import { attr, type Element, elementsOf, nsOf, textOf, xml } from './xml.js';

export type * from './session-types.js';

const DEFAULT_TIMEOUTS: Timeouts = { dnsMs: 30_000, tcpMs: 30_000, tlsMs: 30_000, stepMs: 30_000 };
const REQUEST_TIMEOUT_MS = 30_000;
const GOODBYE_MS = 1000;
/** Online for so long: the next failure is a new one, and the first attempt after it comes at once. */
const STABLE_MS = 10_000;
const UNANSWERED: ReadonlySet<string> = new Set(['timeout', 'disconnected', 'offline']);
const MAX_UNACKNOWLEDGED = 1000;
const MAX_BUFFERED_BYTES = 1 << 20;

/** One try to be online, from dialling to the end of the stream. */
interface Attempt {
  readonly controller: AbortController;
  over: boolean;
  stream?: Stream;
  link?: Link;
  negotiation?: Negotiation;
  monitor?: LinkMonitor;
  step?: unknown;
  stable?: unknown;
  /** A resumed session which has not answered yet. */
  unproved: boolean;
  draining: boolean;
}

type Listener<K extends keyof SessionEvents> = (payload: SessionEvents[K]) => unknown;

export function createSession(options: SessionOptions): Session {
  const clock = options.clock ?? systemClock;
  const random = options.random ?? Math.random;
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const subject = options.domain;
  const account = options.username === undefined ? undefined : parseJid(`${options.username}@${options.domain}`);
  const resource = options.resource ?? randomBytes(16).toString('hex');
  const requests = createRequests(clock);
  const outbox = createOutbox();
  const listeners: { readonly [K in keyof SessionEvents]: Set<Listener<K>> } = {
    state: new Set(),
    online: new Set(),
    down: new Set(),
    fatal: new Set(),
    doubt: new Set(),
    stanza: new Set(),
    iq: new Set(),
    sent: new Set(),
    received: new Set(),
    warn: new Set(),
  };

  let state: SessionState = 'offline';
  let jid: FullJid | undefined;
  let mechanism: string | undefined;
  let pinnedMechanism = options.pinnedMechanism;
  let seenCertificate = options.seenCertificate;
  let wanted = false;
  let attempt: Attempt | undefined;
  let management: StreamManagement<OutboxItem> | undefined;
  /** The server counts (XEP-0198); where it does not, pings tell how far it has read, because it answers in order. */
  let counted = false;
  const retry = createRetry({
    subject,
    backoff: { baseMs: 1000, maxMs: 60_000, ...options.backoff },
    random,
    now: () => clock.now(),
  });
  let retryTimer: unknown;
  let watch: Watch | undefined;

  // ---- events

  function emit<K extends keyof SessionEvents>(event: K, payload: SessionEvents[K]): unknown[] {
    const results: unknown[] = [];
    for (const listener of [...listeners[event]]) {
      try {
        const result = listener(payload);
        if (result instanceof Promise) result.catch((error: unknown) => warnOf(event, error));
        results.push(result);
      } catch (error) {
        warnOf(event, error);
      }
    }
    return results;
  }

  /** A handler's fault costs one stanza of one feature, never the stream. */
  function warnOf(event: keyof SessionEvents, cause: unknown): void {
    if (event !== 'warn') emit('warn', { text: `a handler of ${event} failed`, cause });
  }

  function warn(text: string): void {
    emit('warn', { text });
  }

  function setState(next: SessionState, details: { retryAtMs?: number; failure?: StreamFailure } = {}): void {
    if (state === next && details.failure === undefined) return;
    state = next;
    emit('state', { state, ...details });
  }

  // ---- attempts

  function begin(): void {
    clock.clearTimeout(retryTimer);
    if (!wanted || attempt !== undefined) return;
    const current: Attempt = { controller: new AbortController(), over: false, unproved: false, draining: false };
    attempt = current;
    setState('connecting');
    run(current).catch((error: unknown) => {
      fail(current, error instanceof StreamFailure ? error : new StreamFailure('internal', { subject, cause: error }));
    });
  }

  async function run(current: Attempt): Promise<void> {
    if (options.username !== undefined && account === undefined) {
      throw new StreamFailure('auth', { subject, condition: 'malformed-name' });
    }
    // Loaded here, so that a program which is only starting does not pay for it.
    const [{ openLink }, { createStream }] = await Promise.all([import('./connector.js'), import('./connection.js')]);
    const { redirect } = retry;
    const link = await openLink({
      domain: subject,
      host: redirect?.host ?? options.host,
      port: redirect === undefined ? options.port : redirect.port,
      tls: redirect === undefined ? options.tls : 'starttls',
      ca: options.ca,
      pins: options.pins ?? [],
      seen: seenCertificate,
      preferred: redirect === undefined ? management?.location : undefined,
      proxy: options.proxy,
      allowPlaintext: redirect === undefined && options.allowPlaintext === true && options.proxy === undefined,
      timeouts,
      resolver: options.resolver ?? systemResolver,
      clock,
      random,
      signal: current.controller.signal,
    });
    if (current.over) {
      link.socket.destroy();
      return;
    }
    current.link = link;
    seenCertificate = link.info.fingerprint ?? seenCertificate;
    const { DEFAULT_LIMITS } = await import('./parser.js');
    const stream = createStream({
      socket: link.socket,
      secure: link.secure,
      domain: subject,
      lang: options.lang,
      account,
      limits: { ...DEFAULT_LIMITS, ...options.limits },
      headerTimeoutMs: timeouts.stepMs,
      onElement: element => onElement(current, element),
      onSkipped: ({ element, limit }) => {
        if (current.negotiation !== undefined) return;
        management?.countReceived();
        warn(
          `a ${element.getName()} from ${attr(element, 'from') ?? 'the server'} was over the limit "${limit}" and was skipped`,
        );
      },
      onFailure: failure => {
        // The stanza that broke the limit counts as handled: it must not come again after a resumption.
        if (current.negotiation === undefined) {
          if (failure.kind === 'limit') management?.countReceived();
          if (failure.kind === 'protocol') management?.spoil();
        }
        fail(current, failure);
      },
    });
    current.stream = stream;
    if (current.over) return stream.destroy();
    setState('authenticating');
    current.negotiation = negotiationOf(current, link);
    awaitStep(current);
    stream.open();
  }

  function negotiationOf(current: Attempt, link: Link): Negotiation {
    const resumeId = management?.spoiled === false ? management.resumeId : undefined;
    const canResume = resumeId !== undefined && management !== undefined;
    if (!canResume) loseManagement();
    return createNegotiation({
      account: { domain: subject, username: options.username, password: options.password, pinnedMechanism },
      resource,
      secure: link.secure,
      bindings: link.bindings,
      resume: canResume ? { id: resumeId, received: management?.received ?? 0 } : undefined,
      tokens: options.tokens,
      software: options.software,
      now: () => clock.now(),
      write: (text, shown) => write(current, text, shown),
      restart: () => current.stream?.open(),
      onMechanism: name => {
        mechanism = name;
        if (!isLasting(name)) return;
        if (link.secure && isAsStrong(name, pinnedMechanism)) pinnedMechanism = name;
        try {
          options.onMechanism?.(name);
        } catch (error) {
          emit('warn', { text: 'the mechanism could not be noted', cause: error });
        }
      },
      onResumeRefused: h => {
        if (management !== undefined) acknowledge(management, h);
        loseManagement();
      },
      onDone: result => onNegotiated(current, result),
      onFailure: failure => fail(current, failure),
    });
  }

  function awaitStep(current: Attempt): void {
    clock.clearTimeout(current.step);
    current.step = clock.setTimeout(() => fail(current, new StreamFailure('timeout', { subject })), timeouts.stepMs);
  }

  function onNegotiated(current: Attempt, result: Negotiated): void {
    clock.clearTimeout(current.step);
    delete current.negotiation;
    current.stable = clock.setTimeout(() => {
      retry.settled();
    }, STABLE_MS);
    const monitor = createLinkMonitor({
      clock,
      idleMs: options.idleMs ?? 30_000,
      ackTimeoutMs: options.ackTimeoutMs ?? 30_000,
      ask: () => ask(current),
      onDoubt: doubtful => emit('doubt', { doubtful }),
      onDead: () => {
        if (current.unproved) management?.spoil();
        fail(current, new StreamFailure('silent', { subject }));
      },
    });
    current.monitor = monitor;
    if (result.kind === 'resumed') onResumed(current, result.h);
    else onBound(result);
  }

  function onResumed(current: Attempt, h: string | undefined): void {
    if (management === undefined || jid === undefined || !acknowledge(management, h)) {
      rejectCount(current, h);
      return;
    }
    current.unproved = true;
    // Before anybody hears of it: what a listener sends must come behind what is sent again.
    const again = management.unacknowledged.map(item => printItem(item, clock.now())).join('');
    if (again !== '') write(current, again);
    setState('online');
    emit('online', { jid, resumed: true });
    current.monitor?.probe();
    flush();
  }

  function onBound(result: Extract<Negotiated, { kind: 'bound' }>): void {
    jid = result.jid;
    counted = result.management !== undefined;
    management = createStreamManagement(result.management ?? { resumeId: undefined });
    setState('online');
    for (const element of result.early) onStanza(element);
    emit('online', { jid, resumed: false });
    flush();
  }

  function fail(current: Attempt, failure: StreamFailure, farewell?: string): void {
    if (current.over) return;
    end(current, farewell);
    down(failure);
  }

  function end(current: Attempt, farewell?: string): void {
    current.over = true;
    if (attempt === current) attempt = undefined;
    current.monitor?.stop();
    clock.clearTimeout(current.step);
    clock.clearTimeout(current.stable);
    current.controller.abort();
    current.stream?.destroy(farewell);
  }

  function down(failure: StreamFailure): void {
    if (management?.resumeId === undefined || management.spoiled) loseManagement();
    outbox.dropTransient('disconnected');
    if (!wanted) return;
    emit('down', { failure });
    const verdict = retry.judge(failure);
    if (verdict.fatal || (options.once === true && jid === undefined)) {
      wanted = false;
      watch?.stop();
      requests.failAll('disconnected');
      setState('stopped', { failure: verdict });
      emit('fatal', { failure: verdict });
      return;
    }
    const delayMs = retry.nextDelayMs(failure);
    setState('waiting', { retryAtMs: clock.now() + delayMs, failure });
    retryTimer = clock.setTimeout(begin, delayMs);
  }

  function loseManagement(): void {
    const items = [...(management?.unacknowledged ?? [])];
    management = undefined;
    outbox.lose(items);
    requests.failAll('disconnected');
  }

  // ---- what arrives

  function onElement(current: Attempt, element: Element): void {
    if (current.over) return;
    // Written out only if somebody reads it.
    if (listeners.received.size > 0) {
      emit('received', {
        get xml() {
          return shownOf(element);
        },
      });
    }
    current.monitor?.heard();
    if (element.is('error', NS_STREAM)) {
      onStreamError(current, element);
      return;
    }
    if (current.negotiation !== undefined) {
      awaitStep(current);
      current.negotiation.handle(element);
      return;
    }
    const ns = nsOf(element);
    if (ns === NS_SM) {
      onManagement(current, element);
      return;
    }
    if (ns !== NS_CLIENT) return;
    onStanza(element);
    // Counted when the handlers are through: a later question is answered with what is stored.
    if (!current.over && isStanza(element)) management?.countReceived();
  }

  function onManagement(current: Attempt, element: Element): void {
    if (management === undefined || !counted) return;
    if (element.getName() === 'r') {
      write(current, xml('a', { xmlns: NS_SM, h: management.received }).toString());
    } else if (element.getName() === 'a') {
      const h = attr(element, 'h');
      if (!acknowledge(management, h)) {
        rejectCount(current, h);
        return;
      }
      current.unproved = false;
      current.monitor?.answered();
      flush();
    }
  }

  /** False when the server claims more than it was sent. */
  function acknowledge(counters: StreamManagement<OutboxItem>, h: string | undefined): boolean {
    const result = counters.acknowledge(h);
    if (result.kind === 'too-high') return false;
    if (result.kind === 'ignored') {
      if (h !== undefined) warn('an acknowledgement without a usable number was ignored');
      return true;
    }
    for (const item of result.items) item.resolve('acknowledged');
    return true;
  }

  // > the client SHOULD close the stream with <undefined-condition/> and <handled-count-too-high/>  XEP-0198 §6
  function rejectCount(current: Attempt, h: string | undefined): void {
    const sent = management?.unacknowledged.length ?? 0;
    management?.spoil();
    const detail = xml('handled-count-too-high', { xmlns: NS_SM, h: h ?? '', 'send-count': sent });
    const error = xml('stream:error', {}, xml('undefined-condition', NS_STREAM_ERRORS), detail);
    const reason = 'it acknowledged more than it was sent';
    fail(
      current,
      new StreamFailure('protocol', { subject, reason, condition: 'handled-count-too-high' }),
      `${error}</stream:stream>`,
    );
  }

  function onStreamError(current: Attempt, element: Element): void {
    const named = elementsOf(element).find(child => nsOf(child) === NS_STREAM_ERRORS && child.getName() !== 'text');
    const condition = named?.getName() ?? 'undefined-condition';
    const text = textOf(element, 'text', NS_STREAM_ERRORS);
    if (condition === 'see-other-host') {
      onSeeOtherHost(current, named?.getText() ?? '');
      return;
    }
    if (current.unproved || condition === 'undefined-condition' || condition === 'policy-violation')
      management?.spoil();
    fail(current, new StreamFailure('stream', { subject, condition, text }), '</stream:stream>');
  }

  function onSeeOtherHost(current: Attempt, text: string): void {
    const place = parsePlace(text);
    const followed = place !== undefined && current.link?.secure === true && retry.follow(place);
    const condition = 'see-other-host';
    fail(current, new StreamFailure('stream', { subject, condition, text, fatal: !followed }), '</stream:stream>');
  }

  function onStanza(element: Element): void {
    const from = attr(element, 'from');
    if (from !== undefined && parseJid(from) === undefined) {
      warn('a stanza from an impossible address was dropped');
      return;
    }
    const name = element.getName();
    if (name === 'message' || name === 'presence') emit('stanza', { element });
    else if (name === 'iq') onIq(element);
  }

  function onIq(element: Element): void {
    const id = attr(element, 'id');
    const type = attr(element, 'type');
    if (id === undefined || id === '') {
      warn('an iq without an id was ignored');
      return;
    }
    if (type === 'result' || type === 'error') {
      if (jid !== undefined && requests.settle(element, jid) === 'foreign') {
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

  function replyTo(request: Element, id: string): IqReply {
    let replied = false;
    return answer => {
      if (replied || state !== 'online') return;
      replied = true;
      const failed = answer instanceof StanzaError;
      const children = failed ? [errorElement(answer)] : answer === undefined ? [] : [answer].flat();
      const to = attr(request, 'from');
      send(xml('iq', { type: failed ? 'error' : 'result', to, id }, children), { durable: false });
    };
  }

  // ---- what leaves

  function write(current: Attempt, text: string, shown = text): void {
    if (current.over) return;
    if (listeners.sent.size > 0) emit('sent', { xml: shown });
    current.stream?.write(text);
  }

  /** The question whose answer proves that the link lives. */
  function ask(current: Attempt): void {
    if (counted || management === undefined) {
      write(current, xml('r', NS_SM).toString());
      return;
    }
    const asked = management;
    const { total } = asked;
    const id = randomUUID();
    const answered = (): void => {
      if (current.over || management !== asked) return;
      current.monitor?.answered();
      // > stanzas are processed in the order in which they were received  RFC 6120 §10.1
      acknowledge(asked, String(total));
      flush();
    };
    requests.expect(id, parseJid(subject), REQUEST_TIMEOUT_MS).then(answered, (error: StanzaError) => {
      // Any answer will do, an error too.
      if (!UNANSWERED.has(error.condition)) answered();
    });
    write(current, xml('iq', { type: 'get', to: subject, id }, xml('ping', NS_PING)).toString());
  }

  function flush(): void {
    const current = attempt;
    const stream = current?.stream;
    if (current === undefined || stream === undefined || state !== 'online') return;
    let text = '';
    let count = 0;
    while ((management?.unacknowledged.length ?? 0) < MAX_UNACKNOWLEDGED) {
      if (stream.socket.writableLength + text.length > MAX_BUFFERED_BYTES) {
        drain(current, stream);
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
    write(current, text);
    if (count > 0) current.monitor?.sent(count);
  }

  function drain(current: Attempt, stream: Stream): void {
    if (current.draining) return;
    current.draining = true;
    stream.socket.once('drain', () => {
      current.draining = false;
      flush();
    });
  }

  function send(element: Element, sending: { durable?: boolean } = {}): Promise<SendOutcome> {
    const durable = sending.durable ?? element.getName() === 'message';
    const id = attr(element, 'id') ?? randomUUID();
    element.attrs['id'] = id;
    if (state !== 'online' && durable && management === undefined) return Promise.resolve('unsent');
    if (state !== 'online' && !durable) {
      const refused = Promise.reject(new StanzaError('offline', { type: 'wait' }));
      refused.catch(() => undefined);
      return refused;
    }
    watch?.look();
    const promise = outbox.add(id, element, durable, new Date(clock.now()));
    flush();
    return promise;
  }

  function request(element: Element, requesting: { timeoutMs?: number } = {}): Promise<Element> {
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
  }

  // ---- life

  function start(): void {
    if (wanted) return;
    wanted = true;
    retry.reset();
    watch = watchForWaking(clock, reconnectNow);
    begin();
  }

  function reconnectNow(): void {
    if (!wanted) {
      start();
      return;
    }
    if (state === 'online') attempt?.monitor?.probe(PROBE_MS);
    else if (attempt === undefined) begin();
    else if (state === 'connecting') {
      // Whoever asks knows more than the dial that still waits for an answer.
      end(attempt);
      begin();
    }
  }

  async function stop(): Promise<void> {
    wanted = false;
    watch?.stop();
    clock.clearTimeout(retryTimer);
    const current = attempt;
    if (current !== undefined) {
      if (state === 'online' && management !== undefined && counted) {
        write(current, xml('a', { xmlns: NS_SM, h: management.received }).toString());
      }
      const goodbye = current.stream?.close();
      let timer: unknown;
      const patience = new Promise<void>(resolve => {
        timer = clock.setTimeout(resolve, GOODBYE_MS);
      });
      setState('stopped');
      if (goodbye !== undefined) await Promise.race([goodbye, patience]);
      clock.clearTimeout(timer);
      end(current);
    }
    outbox.dropTransient('offline');
    loseManagement();
    setState('stopped');
    // Somebody changed their mind during the goodbye.
    if (wanted) begin();
  }

  return {
    get state() {
      return state;
    },
    get jid() {
      return jid;
    },
    anonymous: options.username === undefined,
    get secure() {
      const info = attempt?.link?.info;
      return info === undefined ? undefined : { ...info, ...(mechanism === undefined ? {} : { mechanism }) };
    },
    get pending() {
      return [...(management?.unacknowledged ?? []), ...outbox.waiting];
    },
    start,
    stop,
    reconnectNow,
    send,
    request,
    on<K extends keyof SessionEvents>(event: K, listener: Listener<K>) {
      listeners[event].add(listener);
      return () => void listeners[event].delete(listener);
    },
  };
}

function isStanza(element: Element): boolean {
  return ['message', 'presence', 'iq'].includes(element.getName());
}

/** For a raw log: what SASL carries is a secret. */
function shownOf(element: Element): string {
  const ns = nsOf(element);
  return (ns === NS_SASL || ns === NS_SASL2) && element.getName() !== 'failure'
    ? `<${element.getName()} xmlns='${ns}'>***</${element.getName()}>`
    : element.toString();
}
