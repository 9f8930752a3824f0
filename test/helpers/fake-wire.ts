/** A wire without a network: it remembers what was sent, and says what the test lets it say. */
import type { XepApi } from '../../src/api.js';
import type { LoginOptions, Wire } from '../../src/core/ports.js';
import { UserError } from '../../src/lib/errors.js';
import { type BareJid, bareOf, type FullJid, type Jid, parseFullJid, parseJid } from '../../src/lib/jid.js';
import { cleanIdentifier, cleanLine } from '../../src/lib/text.js';
import type { Incoming, IncomingMessage, OutgoingMessage, OutgoingPresence } from '../../src/model/incoming.js';
import type { SessionFacts } from '../../src/model/types.js';

export interface FakeWire extends Wire {
  /** Everything the core sent, oldest first. */
  readonly said: readonly OutgoingMessage[];
  readonly presences: readonly OutgoingPresence[];
  readonly xml: readonly string[];
  readonly logins: readonly LoginOptions[];
  /** Calls of XEPs: `muc.join`, `room@service`, … */
  readonly calls: readonly (readonly unknown[])[];
  /** Something comes in. */
  receive(incoming: Incoming): void;
  message(from: string, body: string, more?: Partial<IncomingMessage>): void;
  /** A new session begins. */
  online(facts?: Partial<SessionFacts>): void;
  offline(facts?: Partial<SessionFacts>): void;
  /** We are in this room, with these others. */
  enter(room: string, nick: string, others?: readonly string[]): void;
  /** Echoes the last message of a room. */
  echo(): void;
  /** How the next messages end. */
  outcome: 'acknowledged' | 'written' | 'never' | Error;
  /** Tapped XML. */
  tapped(direction: 'in' | 'out', xml: string): void;
}

export const jid = (text: string): Jid => {
  const parsed = parseJid(text);
  if (parsed === undefined) throw new Error(`${text} is no address`);
  return parsed;
};
export const bare = (text: string): BareJid => bareOf(jid(text));
export const full = (text: string): FullJid => {
  const parsed = parseFullJid(text);
  if (parsed === undefined) throw new Error(`${text} is no full address`);
  return parsed;
};

export function createFakeWire(options: { readonly connects?: boolean } = {}): FakeWire {
  const said: OutgoingMessage[] = [];
  const presences: OutgoingPresence[] = [];
  const xml: string[] = [];
  const logins: LoginOptions[] = [];
  const calls: (readonly unknown[])[] = [];
  const listeners = new Set<(incoming: Incoming) => void>();
  const taps = new Set<(direction: 'in' | 'out', xml: string) => void>();
  const features = new Map<string, number>();
  let facts: SessionFacts = { status: 'offline', anonymous: true };
  let serial = 0;

  const session = (next: SessionFacts, fresh: boolean): void => {
    facts = next;
    wire.receive(fresh ? { kind: 'session', facts, fresh: true } : { kind: 'session', facts });
  };

  const muc = {
    async join(room: BareJid, { nick }: { readonly nick: string }) {
      calls.push(['muc.join', room, nick]);
      wire.enter(room, nick);
      return { room, nick, created: false };
    },
    async leave(room: BareJid, reason?: string) {
      calls.push(['muc.leave', room, reason]);
      wire.receive({ kind: 'room-left', room });
    },
    async setNick(room: BareJid, nick: string) {
      calls.push(['muc.setNick', room, nick]);
      return nick;
    },
    wanted: () => undefined,
    async setSubject(room: BareJid, subject: string) {
      calls.push(['muc.setSubject', room, subject]);
    },
  };

  const wire: FakeWire = {
    said,
    presences,
    xml,
    logins,
    calls,
    outcome: 'acknowledged',
    async connect(login) {
      logins.push(login);
      if (options.connects === false) return new Promise(() => {});
      if (login.password !== undefined && (await login.password()) === undefined) throw new UserError('No password.');
      wire.online({ anonymous: login.local === undefined, domain: login.domain });
    },
    async disconnect(options) {
      calls.push(['disconnect', options?.reason]);
      wire.offline();
    },
    newAccount: () => Promise.reject(new UserError('There is no server.')),
    download: () => Promise.reject(new UserError('There is no server.')),
    trust: { pins: [], pin: () => {}, forget: () => {} },
    reconnectNow() {
      calls.push(['reconnectNow']);
    },
    get facts() {
      return facts;
    },
    onIncoming(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async say(message) {
      said.push(message);
      if (wire.outcome instanceof Error) throw wire.outcome;
      if (wire.outcome === 'never') return new Promise(() => {});
      return wire.outcome;
    },
    presence: presence => void presences.push(presence),
    sendXml: text => void xml.push(text),
    async requestXml(text) {
      xml.push(text);
      return '<iq type="result"/>';
    },
    tap(listener) {
      taps.add(listener);
      return () => void taps.delete(listener);
    },
    addFeature(ns) {
      features.set(ns, (features.get(ns) ?? 0) + 1);
      return () => void features.delete(ns);
    },
    xeps: { muc } as unknown as XepApi,
    receive(incoming) {
      for (const listener of listeners) listener(incoming);
    },
    message(from, body, more = {}) {
      wire.receive({
        kind: 'message',
        type: 'groupchat',
        from: jid(from),
        id: `in-${++serial}`,
        source: 'live',
        body: cleanLine(body),
        ...more,
      });
    },
    online(more = {}) {
      session({ status: 'online', anonymous: true, domain: 'anon.test', jid: full('abc@anon.test/x'), ...more }, true);
    },
    offline(more = {}) {
      session({ status: 'offline', anonymous: facts.anonymous, ...more }, false);
    },
    enter(roomText, nick, others = []) {
      const room = bare(roomText);
      const join = (who: string, self: boolean): void =>
        wire.receive({
          kind: 'presence',
          type: 'available',
          from: full(`${room}/${who}`),
          occupantId: `id-${who}`,
          muc: {
            affiliation: 'none',
            role: 'participant',
            codes: new Set(self ? (['self'] as const) : []),
          },
        });
      wire.receive({ kind: 'room-joining', room, nick });
      for (const other of others) join(other, false);
      join(nick, true);
      wire.receive({
        kind: 'message',
        type: 'groupchat',
        from: room,
        source: 'live',
        subject: cleanIdentifier('a subject'),
      });
    },
    echo() {
      const last = said.findLast(one => one.type === 'groupchat' && one.body !== undefined);
      if (last?.body === undefined) throw new Error('nothing was said in a room');
      const nick = calls.findLast(call => call[0] === 'muc.join' && call[1] === last.to)?.[2] ?? 'me';
      wire.message(`${last.to}/${String(nick)}`, last.body, { id: last.id, originId: last.id });
    },
    tapped(direction, text) {
      for (const listener of taps) listener(direction, text);
    },
  };
  return wire;
}
