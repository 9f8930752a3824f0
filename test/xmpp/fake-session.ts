/** A session without a network: what the wire sends is kept, what the server would say is put in by hand. */
import { readdirSync } from 'node:fs';
import type { Wire } from '../../src/core/ports.js';
import { type FullJid, parseFullJid } from '../../src/lib/jid.js';
import type { Incoming, IncomingMessage, IncomingPresence } from '../../src/model/incoming.js';
import { StanzaError, stanzaErrorOf } from '../../src/xmpp/errors.js';
import { createStreamParser } from '../../src/xmpp/parser.js';
import type {
  PendingItem,
  Session,
  SessionEvents,
  SessionOptions,
  SessionState,
} from '../../src/xmpp/session-types.js';
import { createWire } from '../../src/xmpp/wire.js';
import type { Xep } from '../../src/xmpp/xep.js';
import { attr, type Element, elementsOf } from '../../src/xmpp/xml.js';
import { createFakeClock, type FakeClock } from '../helpers/fake-clock.js';

const FOLDER = new URL('../../src/xmpp/xeps/', import.meta.url);

export async function allXeps(): Promise<Xep[]> {
  const files = readdirSync(FOLDER).filter(file => file.endsWith('.ts'));
  const modules = await Promise.all(files.sort().map(file => import(new URL(file, FOLDER).href)));
  return modules.map((module: { default: Xep }) => module.default);
}

/** Reads one stanza as the stream would. */
export function stanza(text: string): Element {
  let found: Element | undefined;
  const parser = createStreamParser({
    start: () => {},
    element: element => {
      found ??= element;
    },
    skipped: () => {},
    end: () => {},
    failure: failure => {
      throw new Error(`${failure.reason} in ${text}`);
    },
  });
  parser.write(`<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>${text}`);
  if (found === undefined) throw new Error(`no stanza in ${text}`);
  return found;
}

/** Lets everything that waits for promises go on. */
export async function settle(rounds = 20): Promise<void> {
  for (let round = 0; round < rounds; round++) await Promise.resolve();
}

interface Question {
  readonly element: Element;
  resolve(answer: Element): void;
  reject(error: Error): void;
}

export interface Rig {
  readonly wire: Wire;
  readonly clock: FakeClock;
  /** Everything told, in order. */
  readonly told: Incoming[];
  readonly messages: () => IncomingMessage[];
  readonly presences: () => IncomingPresence[];
  /** Stanzas sent (without iq requests), and requests. */
  readonly sent: Element[];
  readonly questions: Question[];
  readonly debug: string[];
  readonly options: Map<string, unknown>;
  /** The server says this. */
  receive(text: string): void;
  /** Somebody asks; the answer as `result` or the condition of the error. */
  ask(text: string): Promise<{ readonly result?: Element | undefined; readonly error?: string }>;
  /** Answers the oldest open request whose XML contains the text. */
  answer(containing: string, reply: string): Promise<void>;
  refuse(containing: string, condition: string): Promise<void>;
  down(): void;
  online(resumed: boolean): void;
  /** The machine slept. */
  wake(): void;
  /** How often the session was told to look after its link. */
  readonly reconnects: number;
  /** How many wait with reading on. */
  readonly pauses: number;
  readonly sessionOptions: SessionOptions;
}

export const ME = 'me@example.org/here';

export async function createRig(account = true, jid: string = ME): Promise<Rig> {
  const clock = createFakeClock();
  const told: Incoming[] = [];
  const sent: Element[] = [];
  const questions: Question[] = [];
  const debug: string[] = [];
  const options = new Map<string, unknown>();
  const listeners = new Map<string, Set<(payload: never) => unknown>>();
  let state: SessionState = 'offline';
  let bound: FullJid | undefined;
  let sessionOptions: SessionOptions | undefined;
  let reconnects = 0;
  let pauses = 0;
  let wake = (): void => {};

  const fire = <K extends keyof SessionEvents>(event: K, payload: SessionEvents[K]): unknown[] =>
    [...(listeners.get(event) ?? [])].map(listener => listener(payload as never));

  const session: Session = {
    get state() {
      return state;
    },
    get jid() {
      return bound;
    },
    anonymous: !account,
    secure: { protocol: 'TLSv1.3', pinned: false, mechanism: 'SCRAM-SHA-256', host: 'example.org', port: 5222 },
    pending: [] as PendingItem[],
    start() {
      rig.online(false);
    },
    async stop() {
      state = 'offline';
      fire('state', { state });
    },
    reconnectNow() {
      reconnects++;
    },
    async send(element) {
      sent.push(element);
      return 'acknowledged';
    },
    request(element) {
      return new Promise((resolve, reject) => {
        questions.push({ element, resolve, reject });
      });
    },
    pause() {
      pauses++;
      return () => void pauses--;
    },
    on(event, listener) {
      const set = listeners.get(event) ?? new Set();
      set.add(listener as (payload: never) => unknown);
      listeners.set(event, set);
      return () => set.delete(listener as (payload: never) => unknown);
    },
  };

  const take = (containing: string): Question => {
    const at = questions.findIndex(question => question.element.toString().includes(containing));
    const question = questions[at];
    if (question === undefined) {
      throw new Error(`nobody asked ${containing}; open: ${questions.map(q => q.element.toString()).join('\n')}`);
    }
    questions.splice(at, 1);
    return question;
  };

  const wire = createWire({
    xeps: await allXeps(),
    clock,
    option: name => options.get(name),
    debug: text => debug.push(text),
    userAgent: { name: 'Causette', version: '1' },
    onWake: listener => {
      wake = listener;
    },
    createSession: given => {
      sessionOptions = given;
      return session;
    },
  });
  wire.onIncoming(incoming => told.push(incoming));

  const rig: Rig = {
    wire,
    clock,
    told,
    messages: () => told.filter(incoming => incoming.kind === 'message'),
    presences: () => told.filter(incoming => incoming.kind === 'presence'),
    sent,
    questions,
    debug,
    options,
    wake: () => wake(),
    get pauses() {
      return pauses;
    },
    get reconnects() {
      return reconnects;
    },
    get sessionOptions() {
      if (sessionOptions === undefined) throw new Error('not connected');
      return sessionOptions;
    },
    receive: text => void fire('stanza', { element: stanza(text) }),
    ask(text) {
      const element = stanza(text);
      const child = elementsOf(element)[0];
      if (child === undefined) throw new Error('an iq needs a child');
      return new Promise(resolve => {
        fire('iq', {
          element,
          child,
          reply: answer =>
            resolve(
              answer instanceof StanzaError ? { error: answer.condition } : { result: answer as Element | undefined },
            ),
        });
      });
    },
    async answer(containing, reply) {
      const question = take(containing);
      const answer = stanza(reply);
      if (attr(answer, 'type') === 'error') question.reject(stanzaErrorOf(answer));
      else question.resolve(answer);
      await settle();
    },
    async refuse(containing, condition) {
      take(containing).reject(new StanzaError(condition));
      await settle();
    },
    down() {
      state = 'waiting';
      fire('state', { state, retryAtMs: clock.now() + 1000 });
    },
    online(resumed) {
      // As the session does: nobody answers any more what was asked in the last one.
      if (!resumed) for (const question of questions.splice(0)) question.reject(new StanzaError('disconnected'));
      state = 'online';
      bound = parseFullJid(jid);
      if (bound === undefined) throw new Error('bad address');
      fire('state', { state });
      fire('online', { jid: bound, resumed });
    },
  };
  await wire.connect(account ? { domain: 'example.org', local: 'me' } : { domain: 'example.org' });
  await settle();
  return rig;
}

export const ROOM = 'room@muc.example.org';
export const FEATURES = `<feature var='http://jabber.org/protocol/muc'/><feature var='urn:xmpp:sid:0'/><feature var='urn:xmpp:occupant-id:0'/><feature var='urn:xmpp:mam:2'/>`;

/** Enters the room as `me`, with alice and mallory in it. */
export async function enterRoom(rig: Rig, features = FEATURES): Promise<void> {
  const joining = rig.wire.xeps.muc.join(ROOM as never, { nick: 'me' });
  await settle();
  await rig.answer(
    'disco#info',
    `<iq type='result' from='${ROOM}'><query xmlns='http://jabber.org/protocol/disco#info'><identity category='conference' type='text' name='The Room'/>${features}</query></iq>`,
  );
  for (const nick of ['alice', 'mallory']) {
    rig.receive(
      `<presence from='${ROOM}/${nick}' to='${ME}'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='none' role='participant'/></x></presence>`,
    );
  }
  rig.receive(
    `<presence from='${ROOM}/me' to='${ME}'><x xmlns='http://jabber.org/protocol/muc#user'><item affiliation='member' role='participant'/><status code='110'/></x></presence>`,
  );
  rig.receive(`<message from='${ROOM}' to='${ME}' type='groupchat'><subject>Hello</subject></message>`);
  await joining;
  rig.told.length = 0;
}
