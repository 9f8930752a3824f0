/** The connection as the core knows it: a session below, the XEPs above, plain facts out and plain wishes in. */
import { randomBytes } from 'node:crypto';
import type { LoginOptions, Wire } from '../core/ports.js';
import { errorText, UserError } from '../lib/errors.js';
import { type BareJid, bareOf, type FullJid, type Jid } from '../lib/jid.js';
import { cleanLine } from '../lib/text.js';
import type { Clock } from '../lib/time.js';
import type { OutgoingPresence } from '../model/incoming.js';
import type { SessionFacts, Subscription } from '../model/types.js';
import { decodeMessage } from './decode.js';
import { encodeMessage, encodePresence } from './encode.js';
import { StanzaError, StreamFailure, sentenceFor } from './errors.js';
import { accountOf, sessionOptionsOf } from './login.js';
import type { createStreamParser } from './parser.js';
import { inWords, refusalOf } from './refusal.js';
import { createServerMemory, type Remembered } from './remembered.js';
import { createRouter } from './router.js';
import type { Session, SessionEvents, SessionOptions, SessionState } from './session-types.js';
import { parseStanza } from './typed-stanza.js';
import type { Mutable, UserAgent, Xep, XepApi, XepContext } from './xep.js';
import { attr, type Element } from './xml.js';

export interface WireOptions {
  readonly xeps: readonly Xep[];
  readonly clock: Clock;
  /** 0 <= x < 1, for jitter only. */
  readonly random?: () => number;
  option(name: string, jid?: Jid): unknown;
  debug(text: string): void;
  readonly createSession?: (options: SessionOptions) => Session;
  readonly userAgent?: UserAgent;
  /** Language wanted of texts that come in several. Default: English. */
  readonly lang?: string;
  /** Whether what was received lasts, see `SessionOptions`. */
  readonly settle?: (urgent: boolean) => number;
  /** Tells that the machine slept: the link is asked at once whether it lives. */
  readonly onWake?: (listener: () => void) => void;
  /** Where pins, mechanisms and tokens are kept; default: for this run only. */
  readonly remembered?: Remembered;
}

type Phase = 'online' | 'resumed' | 'offline' | 'ended';

export function createWire(options: WireOptions): Wire {
  const { clock, debug } = options;
  const xeps = [...options.xeps];
  const rooms = new Set<BareJid>();
  const subscriptions = new Map<BareJid, Subscription>();
  const features = new Map<string, number>();
  const phases = new Map<Phase, (() => void)[]>();
  const gates: ((to: Jid) => Promise<void> | undefined)[] = [];
  const taps = new Set<(direction: 'in' | 'out', xml: string) => void>();
  const api: Partial<Record<keyof XepApi, unknown>> = {};
  /** The same calls for everybody above: their refusals are sentences. */
  const worded: Record<string, unknown> = {};

  const memory = createServerMemory(options.remembered ?? new Map<string, unknown>());

  let session: Session | undefined;
  let closeSession: () => void = () => {};
  /** Counts connects, so that what a former one still does is told apart. */
  let attempt = 0;
  let login: LoginOptions | undefined;
  let jid: FullJid | undefined;
  /** A session was established and has not ended (it may be without a link). */
  let alive = false;
  let availability: Pick<OutgoingPresence, 'show' | 'status'> = {};
  let facts: SessionFacts = { status: 'offline', anonymous: true };

  const addFeature = (ns: string): (() => void) => {
    features.set(ns, (features.get(ns) ?? 0) + 1);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const left = (features.get(ns) ?? 1) - 1;
      if (left > 0) features.set(ns, left);
      else features.delete(ns);
    };
  };

  const context: XepContext = {
    get jid() {
      return jid;
    },
    get bare() {
      return jid === undefined ? undefined : bareOf(jid);
    },
    get anonymous() {
      return login?.local === undefined;
    },
    get online() {
      return session?.state === 'online';
    },
    clock,
    lang: options.lang ?? 'en',
    userAgent: options.userAgent ?? { name: 'Causette', version: '' },
    id: () => randomBytes(16).toString('hex'),
    send(el) {
      if (session?.state !== 'online') return;
      session.send(el, { durable: false }).catch((error: unknown) => debug(`not sent: ${errorText(error)}`));
    },
    async sendDurable(el) {
      if (session === undefined) throw new StanzaError('offline');
      const how = await session.send(el, { durable: true });
      if (how === 'uncertain' || how === 'unsent') throw new StanzaError('disconnected', { type: 'wait' });
      return how;
    },
    request(el, requestOptions) {
      if (session === undefined) return Promise.reject(new StanzaError('offline'));
      if (attr(el, 'id') === undefined) el.attrs['id'] = context.id();
      return session.request(el, requestOptions);
    },
    emit: incoming => router.emit(incoming),
    observe: listener => router.observe(listener),
    decode: (el, as) => decodeMessage(el, xeps, context, as),
    presenceOf: presence => encodePresence(presence, xeps, context),
    answer: (match, reply) => router.answer(match.type, match.ns, match.name, reply),
    intercept: (name, handler) => router.intercept(name, handler),
    on(what, listener) {
      const list = phases.get(what) ?? [];
      list.push(listener);
      phases.set(what, list);
    },
    use<K extends keyof XepApi>(name: K): XepApi[K] {
      const calls = api[name];
      if (calls === undefined) throw new Error(`no XEP gives ${name}`);
      return calls as XepApi[K];
    },
    isRoom: room => rooms.has(room),
    setRoom: (room, yes) => void (yes ? rooms.add(room) : rooms.delete(room)),
    holdBack: gate => void gates.push(gate),
    subscriptionOf: contact => subscriptions.get(contact),
    setSubscription: (contact, subscription) =>
      void (subscription === undefined ? subscriptions.delete(contact) : subscriptions.set(contact, subscription)),
    pause: () => session?.pause() ?? (() => {}),
    get features() {
      return new Set(features.keys());
    },
    addFeature,
    debug,
    option: options.option,
  };
  const router = createRouter(xeps, context);

  for (const xep of xeps) {
    for (const ns of xep.features ?? []) addFeature(ns);
    const calls: Partial<XepApi> = xep.install?.(context) ?? {};
    Object.assign(api, calls);
    for (const [name, namespace] of Object.entries(calls)) worded[name] = inWords(namespace);
  }

  function fire(phase: Phase): void {
    for (const listener of phases.get(phase) ?? []) {
      try {
        listener();
      } catch (error) {
        debug(`a XEP failed at ${phase}: ${errorText(error)}`);
      }
    }
  }

  function end(): void {
    if (!alive) return;
    alive = false;
    rooms.clear();
    subscriptions.clear();
    fire('ended');
  }

  function tell(change: Partial<SessionFacts>, fresh?: boolean): void {
    const next: Mutable<SessionFacts> = { ...facts, ...change, anonymous: context.anonymous };
    if (login !== undefined) next.domain = login.domain;
    if (next.status !== 'waiting') delete next.retryAt;
    if (next.status === 'online') delete next.failure;
    else delete next.tls;
    if (next.status !== 'online' || next.doubtful !== true) delete next.doubtful;
    const { show, status } = availability;
    delete next.show;
    delete next.statusText;
    if (show !== undefined) next.show = show;
    if (status !== undefined && status !== '') next.statusText = cleanLine(status);
    facts = next;
    router.emit({ kind: 'session', facts, ...(fresh === true ? { fresh: true } : {}) });
  }

  function sessionOptions(wanted: LoginOptions): Promise<SessionOptions> {
    return sessionOptionsOf(wanted, {
      clock,
      memory,
      random: options.random,
      lang: options.lang,
      stayLoggedIn: options.option('account.stay_logged_in') !== false,
      software: context.userAgent.name,
      settle: options.settle,
    });
  }

  function follow(followed: Session, settle: { resolve(): void; reject(error: Error): void }): () => void {
    const undo: (() => void)[] = [];
    let wasOnline = false;
    const untold = (): boolean => login?.once === true && !wasOnline;
    const on = <K extends keyof SessionEvents>(event: K, listener: (payload: SessionEvents[K]) => unknown): void => {
      undo.push(followed.on(event, listener));
    };
    on('state', ({ state, retryAtMs, failure }) => {
      // Being online is told once, by the event that knows whether the session is a new one.
      if (state === 'online') return;
      // Whoever tries several goes on with the next.
      if (state === 'stopped' && untold()) return;
      const change: Mutable<Partial<SessionFacts>> = { status: statusOf(state) };
      if (retryAtMs !== undefined) change.retryAt = retryAtMs;
      if (failure !== undefined) change.failure = failureFact(failure);
      tell(change);
    });
    on('online', ({ jid: bound, resumed }) => {
      if (!resumed) end();
      wasOnline = true;
      jid = bound;
      alive = true;
      const change: Mutable<Partial<SessionFacts>> = { status: 'online', jid: bound };
      const secure = followed.secure;
      if (secure?.protocol !== undefined) {
        const { fingerprint, pinned, mechanism = '' } = secure;
        change.tls = {
          protocol: secure.protocol,
          mechanism,
          ...(fingerprint !== undefined && { fingerprint }),
          ...(pinned && { pinned }),
        };
        const account = accountOf(login);
        if (account !== undefined && fingerprint !== undefined) memory.setSeenCertificate(account, fingerprint);
      }
      tell(change, !resumed);
      fire(resumed ? 'resumed' : 'online');
      settle.resolve();
    });
    on('down', ({ failure }) => {
      debug(`connection lost: ${failure.message}`);
      fire('offline');
    });
    on('doubt', ({ doubtful }) => tell({ doubtful }));
    on('fatal', ({ failure }) => {
      end();
      if (!untold()) tell({ status: 'stopped', failure: failureFact(failure) });
      settle.reject(new UserError(failure.sentence, failure.nextStep));
    });
    on('stanza', ({ element }) => router.stanza(element));
    on('iq', ({ element, child, reply }) => {
      router.iq(element, child, reply);
      return true;
    });
    on('sent', ({ xml: text }) => tapped('out', text));
    on('received', received => {
      if (taps.size > 0) tapped('in', received.xml);
    });
    on('warn', ({ text, cause }) => debug(cause === undefined ? text : `${text}: ${errorText(cause)}`));
    return () => {
      for (const off of undo) off();
    };
  }

  function tapped(direction: 'in' | 'out', text: string): void {
    for (const tap of taps) {
      try {
        tap(direction, text);
      } catch (error) {
        debug(`a tap failed: ${errorText(error)}`);
      }
    }
  }

  async function close(): Promise<void> {
    const closing = session;
    if (closing === undefined) return;
    const online = closing.state === 'online';
    await closing.stop();
    closeSession();
    closeSession = () => {};
    if (session === closing) session = undefined;
    if (online) fire('offline');
    end();
  }

  function elementOf(text: string): Promise<Element> {
    return import('./parser.js').then(parser => parseStanza(text, parser.createStreamParser));
  }

  options.onWake?.(() => {
    if (session !== undefined && session.state !== 'stopped' && session.state !== 'offline') session.reconnectNow();
  });

  /** Loaded with the first connection; parsing what the person typed needs no promise afterwards. */
  let createParser: typeof createStreamParser | undefined;

  const wire: Wire = {
    get facts() {
      return facts;
    },
    get xeps() {
      return worded as unknown as XepApi;
    },
    async connect(wanted) {
      const mine = ++attempt;
      await close();
      login = wanted;
      jid = undefined;
      delete (facts as Mutable<SessionFacts>).jid;
      tell({ status: 'connecting' });
      const [made, create] = await Promise.all([
        sessionOptions(wanted),
        options.createSession ?? import('./session.js').then(module => module.createSession),
      ]).catch((error: unknown) => {
        if (mine === attempt) tell({ status: 'stopped' });
        throw error;
      });
      createParser ??= (await import('./parser.js')).createStreamParser;
      if (mine !== attempt) throw new UserError('This attempt to connect was replaced by another one.');
      await new Promise<void>((resolve, reject) => {
        const created = create(made);
        session = created;
        const unfollow = follow(created, { resolve, reject });
        closeSession = () => {
          unfollow();
          reject(new UserError('The attempt to connect was given up.'));
        };
        created.start();
      });
    },
    async disconnect({ logOut = false, reason } = {}) {
      attempt++;
      const account = accountOf(login);
      // Without a good-bye a server finds out when it cannot deliver, and tells the room that we were thrown out.
      if (session?.state === 'online') {
        const { muc, presence } = worded as Partial<XepApi>;
        muc?.farewell(reason);
        if (account !== undefined)
          presence?.set({ type: 'unavailable', ...(reason !== undefined && { status: reason }) });
      }
      const token = logOut && account !== undefined ? memory.tokens(account).get() : undefined;
      if (logOut && account !== undefined) memory.forgetToken(account);
      const before = login;
      await close();
      tell({ status: 'offline' });
      if (token === undefined || before === undefined) return;
      // Here it is gone already; a copy of it somewhere is to be worth nothing either.
      try {
        const [made, create, { endToken }] = await Promise.all([
          sessionOptions(before),
          options.createSession ?? import('./session.js').then(module => module.createSession),
          import('./log-out.js'),
        ]);
        if (!(await endToken(create, made, token, clock))) debug('the server was not told that the token is over');
      } catch (error) {
        debug(`the server was not told that the token is over: ${errorText(error)}`);
      }
    },
    trust: {
      get pins() {
        return login === undefined ? [] : memory.pins(login.domain);
      },
      pin(fingerprint) {
        if (login !== undefined) memory.pin(login.domain, fingerprint);
      },
      forget() {
        if (login !== undefined) memory.forget(login.domain, accountOf(login));
      },
    },
    async newAccount(wanted) {
      const options = await sessionOptions(wanted);
      const inSentences = (error: unknown): never => {
        if (error instanceof StreamFailure) throw new UserError(error.sentence, error.nextStep);
        throw error instanceof StanzaError ? refusalOf(error, wanted.domain) : error;
      };
      const { openRegistration } = await import('./new-account.js');
      const made = await openRegistration(options).catch(inSentences);
      return {
        form: () => made.form().catch(inSentences),
        submit: (form, values) => made.submit(form, values).catch(inSentences),
        close: made.close,
      };
    },
    async download(address, wanted, maxBytes) {
      const { openDownload } = await import('./download.js');
      return openDownload(address, await sessionOptions(wanted), maxBytes);
    },
    reconnectNow() {
      session?.reconnectNow();
    },
    onIncoming: listener => router.listen(listener),
    async say(message) {
      const told = message.body !== undefined || message.retracts !== undefined || message.reactions !== undefined;
      try {
        if (session === undefined) throw new StanzaError('offline');
        const el = encodeMessage(message, xeps, context);
        // The policies left nothing to say.
        if (el === undefined) return 'written';
        if (!told && message.subject === undefined) {
          context.send(el);
          return 'written';
        }
        for (const gate of gates) await gate(message.to);
        const how = await session.send(el, { durable: true });
        if (how === 'uncertain' || how === 'unsent') return how;
        if (told) router.emit({ kind: 'sent', chat: message.to, id: message.id });
        return how;
      } catch (error) {
        const sentence = reasonOf(error);
        if (told) router.emit({ kind: 'failed', chat: message.to, id: message.id, reason: cleanLine(sentence) });
        if (error instanceof StanzaError) throw refusalOf(error);
        throw error instanceof UserError ? error : new UserError(sentence);
      }
    },
    presence(presence) {
      if (presence.to !== undefined) {
        context.send(encodePresence(presence, xeps, context));
        return;
      }
      if (presence.type === undefined) {
        availability = {
          ...(presence.show === undefined ? {} : { show: presence.show }),
          ...(presence.status === undefined ? {} : { status: presence.status }),
        };
      }
      context.use('presence').set(presence);
      if (presence.type === undefined) tell({});
    },
    sendXml(text) {
      if (session?.state !== 'online') throw new UserError('This needs a connection.', '/connect makes one.');
      if (createParser === undefined) throw new UserError('This needs a connection.', '/connect makes one.');
      const el = parseStanza(text, createParser);
      session.send(el, { durable: false }).catch((error: unknown) => debug(`not sent: ${errorText(error)}`));
    },
    async requestXml(text, requestOptions) {
      const el = await elementOf(text);
      if (el.getName() !== 'iq') throw new UserError('Only an <iq/> gets an answer.');
      try {
        return (await context.request(el, requestOptions)).toString();
      } catch (error) {
        throw error instanceof StanzaError ? refusalOf(error, attr(el, 'to')) : error;
      }
    },
    tap(listener) {
      taps.add(listener);
      return () => taps.delete(listener);
    },
    addFeature,
  };
  return wire;
}

function reasonOf(error: unknown): string {
  return error instanceof StanzaError ? `${sentenceFor(error)}.` : errorText(error);
}

function statusOf(state: SessionState): SessionFacts['status'] {
  return state === 'authenticating' ? 'connecting' : state;
}

function failureFact(failure: StreamFailure): NonNullable<SessionFacts['failure']> {
  const refused = failure.kind === 'auth' && failure.condition === 'not-authorized';
  return {
    sentence: cleanLine(failure.sentence),
    nextStep: cleanLine(failure.nextStep),
    ...(refused && { refused }),
    ...(failure.fingerprint !== undefined && { fingerprint: failure.fingerprint }),
  };
}
