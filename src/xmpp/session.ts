/** One account's durable session above one-shot streams: what is sent survives them, and nothing of a dead one leaks into the next. */
import { randomBytes } from 'node:crypto';
import { type FullJid, parseJid } from '../lib/jid.js';
import { systemClock } from './clock.js';
import type { Stream } from './connection.js';
import type { Link } from './connector.js';
import { type Carrier, createDelivery } from './delivery.js';
import { StreamFailure } from './errors.js';
import { createIntake } from './intake.js';
import { createRequests } from './iq.js';
import { createLinkMonitor, IDLE_BEHIND_PROXY_MS, IDLE_MS, type LinkMonitor, PROBE_MS } from './link-monitor.js';
import { createNegotiation, type Negotiated, type Negotiation } from './negotiation.js';
import { NS_CLIENT, NS_SM, NS_STREAM } from './ns.js';
import { createRetry } from './retry.js';
import { isAsStrong, isLasting } from './sasl.js';
import { createSessionEmitter } from './session-events.js';
import type { Session, SessionOptions, SessionState, Timeouts } from './session-types.js';
import { parsePlace, systemResolver } from './srv.js';
import { countTooHigh, isStanza, shownOf, streamErrorOf } from './stream-words.js';
import { attr, type Element, nsOf, xml } from './xml.js';

export type * from './session-types.js';

const DEFAULT_TIMEOUTS: Timeouts = { dnsMs: 30_000, tcpMs: 30_000, tlsMs: 30_000, stepMs: 30_000 };
const GOODBYE_MS = 1000;
/** Online for so long: the next failure is a new one, and the first attempt after it comes at once. */
const STABLE_MS = 10_000;

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
  /** The server asked what was handled, and is told when that lasts. */
  answer?: unknown;
  /** A resumed session which has not answered yet. */
  unproved: boolean;
  carrier?: Carrier;
}

export function createSession(options: SessionOptions): Session {
  const clock = options.clock ?? systemClock;
  const random = options.random ?? Math.random;
  const timeouts = { ...DEFAULT_TIMEOUTS, ...options.timeouts };
  const subject = options.domain;
  const account = options.username === undefined ? undefined : parseJid(`${options.username}@${options.domain}`);
  const resource = options.resource ?? randomBytes(16).toString('hex');
  const requests = createRequests(clock);
  const events = createSessionEmitter();
  const { emit, warn } = events;
  const delivery = createDelivery({
    clock,
    requests,
    server: parseJid(subject),
    carrier: () => (state === 'online' ? attempt?.carrier : undefined),
    warn,
  });
  const onStanza = createIntake({
    events,
    requests,
    self: () => jid,
    online: () => state === 'online',
    send: answer => void delivery.send(answer, { durable: false }),
  });

  const settle = (urgent: boolean): number => options.settle?.(urgent) ?? 0;

  let state: SessionState = 'offline';
  let jid: FullJid | undefined;
  let mechanism: string | undefined;
  let pinnedMechanism = options.pinnedMechanism;
  let seenCertificate = options.seenCertificate;
  let wanted = false;
  let attempt: Attempt | undefined;
  const retry = createRetry({
    subject,
    backoff: { baseMs: 1000, maxMs: 60_000, ...options.backoff },
    random,
    now: () => clock.now(),
  });
  let retryTimer: unknown;

  function setState(next: SessionState, details: { retryAtMs?: number; failure?: StreamFailure } = {}): void {
    if (state === next && details.failure === undefined) return;
    state = next;
    emit('state', { state, ...details });
  }

  // ---- attempts

  function begin(): void {
    clock.clearTimeout(retryTimer);
    if (!wanted || attempt !== undefined) return;
    const current: Attempt = { controller: new AbortController(), over: false, unproved: false };
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
      preferred: redirect === undefined ? delivery.location : undefined,
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
        delivery.countReceived();
        warn(
          `a ${element.getName()} from ${attr(element, 'from') ?? 'the server'} was over the limit "${limit}" and was skipped`,
        );
      },
      onFailure: failure => {
        // The stanza that broke the limit counts as handled: it must not come again after a resumption.
        if (current.negotiation === undefined) {
          if (failure.kind === 'limit') delivery.countReceived();
          if (failure.kind === 'protocol') delivery.spoil();
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
    if (delivery.resumable !== undefined) settle(true);
    const { resumable } = delivery;
    if (resumable === undefined) delivery.lose();
    return createNegotiation({
      account: { domain: subject, username: options.username, password: options.password, pinnedMechanism },
      resource,
      secure: link.secure,
      bindings: link.bindings,
      resume: resumable,
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
        delivery.acknowledge(h);
        delivery.lose();
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
    const carrier = carrierOf(current);
    const monitor = createLinkMonitor({
      clock,
      idleMs: options.idleMs ?? (options.proxy === undefined ? IDLE_MS : IDLE_BEHIND_PROXY_MS),
      ackTimeoutMs: options.ackTimeoutMs ?? 30_000,
      ask: () => delivery.ask(carrier),
      onDoubt: doubtful => emit('doubt', { doubtful }),
      onDead: () => {
        if (current.unproved) delivery.spoil();
        fail(current, new StreamFailure('silent', { subject }));
      },
    });
    current.monitor = monitor;
    current.carrier = carrier;
    if (result.kind === 'resumed') onResumed(current, result.h);
    else onBound(result);
  }

  function carrierOf(current: Attempt): Carrier {
    return {
      get over() {
        return current.over;
      },
      get buffered() {
        return current.stream?.socket.writableLength ?? 0;
      },
      write: text => write(current, text),
      onDrain: listener => current.stream?.socket.once('drain', listener),
      onSent: count => current.monitor?.sent(count),
      onAnswered: () => current.monitor?.answered(),
    };
  }

  function onResumed(current: Attempt, h: string | undefined): void {
    const again = jid === undefined ? undefined : delivery.resume(h);
    if (jid === undefined || again === undefined) {
      rejectCount(current, h);
      return;
    }
    current.unproved = true;
    // Before anybody hears of it: what a listener sends must come behind what is sent again.
    if (again !== '') write(current, again);
    setState('online');
    emit('online', { jid, resumed: true });
    current.monitor?.probe();
    delivery.flush();
  }

  function onBound(result: Extract<Negotiated, { kind: 'bound' }>): void {
    jid = result.jid;
    delivery.begin(result.management);
    setState('online');
    for (const element of result.early) onStanza(element);
    emit('online', { jid, resumed: false });
    delivery.flush();
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
    clock.clearTimeout(current.answer);
    clock.clearTimeout(current.step);
    clock.clearTimeout(current.stable);
    current.controller.abort();
    current.stream?.destroy(farewell);
  }

  function down(failure: StreamFailure): void {
    delivery.interrupt();
    if (!wanted) return;
    emit('down', { failure });
    const verdict = retry.judge(failure);
    if (verdict.fatal || (options.once === true && jid === undefined)) {
      wanted = false;
      requests.failAll('disconnected');
      setState('stopped', { failure: verdict });
      emit('fatal', { failure: verdict });
      return;
    }
    const delayMs = retry.nextDelayMs(failure);
    setState('waiting', { retryAtMs: clock.now() + delayMs, failure });
    retryTimer = clock.setTimeout(begin, delayMs);
  }

  // ---- what arrives

  function onElement(current: Attempt, element: Element): void {
    if (current.over) return;
    // Written out only if somebody reads it.
    if (events.has('received')) {
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
    if (!current.over && isStanza(element)) delivery.countReceived();
  }

  function onManagement(current: Attempt, element: Element): void {
    if (delivery.handled === undefined) return;
    if (element.getName() === 'r') {
      tellHandled(current);
    } else if (element.getName() === 'a') {
      const h = attr(element, 'h');
      if (!delivery.acknowledge(h)) {
        rejectCount(current, h);
        return;
      }
      current.unproved = false;
      current.monitor?.answered();
      delivery.flush();
    }
  }

  /** One answer for all questions that came while it waited. */
  function tellHandled(current: Attempt): void {
    if (current.answer !== undefined) return;
    const ms = settle(false);
    if (ms <= 0) {
      writeHandled(current);
      return;
    }
    current.answer = clock.setTimeout(() => {
      delete current.answer;
      tellHandled(current);
    }, ms);
  }

  function writeHandled(current: Attempt): void {
    write(current, xml('a', { xmlns: NS_SM, h: delivery.handled ?? 0 }).toString());
  }

  // > the client SHOULD close the stream with <undefined-condition/> and <handled-count-too-high/>  XEP-0198 §6
  function rejectCount(current: Attempt, h: string | undefined): void {
    const error = countTooHigh(h, delivery.unacknowledged);
    delivery.spoil();
    const reason = 'it acknowledged more than it was sent';
    fail(
      current,
      new StreamFailure('protocol', { subject, reason, condition: 'handled-count-too-high' }),
      `${error}</stream:stream>`,
    );
  }

  function onStreamError(current: Attempt, element: Element): void {
    const { condition, text, value } = streamErrorOf(element);
    if (condition === 'see-other-host') {
      onSeeOtherHost(current, value);
      return;
    }
    if (current.unproved || condition === 'undefined-condition' || condition === 'policy-violation') delivery.spoil();
    fail(current, new StreamFailure('stream', { subject, condition, text }), '</stream:stream>');
  }

  function onSeeOtherHost(current: Attempt, text: string): void {
    const place = parsePlace(text);
    const followed = place !== undefined && current.link?.secure === true && retry.follow(place);
    const condition = 'see-other-host';
    fail(current, new StreamFailure('stream', { subject, condition, text, fatal: !followed }), '</stream:stream>');
  }

  // ---- what leaves

  function write(current: Attempt, text: string, shown = text): void {
    if (current.over) return;
    if (events.has('sent')) emit('sent', { xml: shown });
    current.stream?.write(text);
  }

  // ---- life

  function start(): void {
    if (wanted) return;
    wanted = true;
    retry.reset();
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
    clock.clearTimeout(retryTimer);
    const current = attempt;
    if (current !== undefined) {
      if (state === 'online' && delivery.handled !== undefined) {
        settle(true);
        writeHandled(current);
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
    delivery.close();
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
      return delivery.pending;
    },
    start,
    stop,
    reconnectNow,
    send: delivery.send,
    request: delivery.request,
    pause: () => attempt?.stream?.pause() ?? (() => {}),
    on: events.on,
  };
}
