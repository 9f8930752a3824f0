/** The demo: a real XMPP server on loopback inside this process, with rooms, people and a guide. Nothing leaves the machine. */
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { type Clock, systemClock } from '../lib/time.js';
import { commandOf, createAdhoc } from './adhoc.js';
import { createGuide } from './guide.js';
import { createCast, LOUNGE_HISTORY } from './occupants.js';
import { createRooms } from './rooms.js';
import {
  type Answer,
  answerIq,
  bareJid,
  bounce,
  type DemoSession,
  domainOf,
  normalJid,
  refuse,
  result,
} from './stanza.js';
import { createStream, type DemoStream } from './stream.js';
import { el, elementsOf, NS, withAttributes, type XmlElement } from './xml.js';

export const DEMO_DOMAIN = 'demo.localhost';
const ROOM_SERVICE = `rooms.${DEMO_DOMAIN}`;
const MAX_CONNECTIONS = 50;
const MINUTE_MS = 60_000;

export interface DemoOptions {
  readonly clock?: Clock;
  /** Without it any free one. */
  readonly port?: number;
  /** A number from 0 up to 1, as Math.random gives. */
  readonly random?: () => number;
}

export interface DemoServer {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly domain: string;
  readonly roomService: string;
  /** The room with the guide. */
  readonly firstRoom: string;
  readonly rooms: readonly string[];
  stop(): Promise<void>;
}

export async function startDemoServer(options: DemoOptions = {}): Promise<DemoServer> {
  const { random = Math.random } = options;
  const { clock, cancelAll } = ownClock(options.clock ?? systemClock);
  const newId = () => randomBytes(8).toString('hex');
  const sessions = new Map<string, DemoSession>();
  const streams = new Set<DemoStream>();

  /** Brings a stanza to the sessions of an address; false when there are none. */
  const deliver = (jid: string, stanza: XmlElement) => {
    const exact = sessions.get(jid);
    const targets = exact === undefined ? [...sessions.values()].filter(one => one.bareJid === jid) : [exact];
    for (const target of targets) target.send(withAttributes(stanza, { to: target.jid }));
    return targets.length > 0;
  };

  const rooms = createRooms({ service: ROOM_SERVICE, domain: DEMO_DOMAIN, clock, newId, deliver });
  const welcome = rooms.build('welcome', { name: 'Welcome', description: 'A guided tour for newcomers' });
  const lounge = rooms.build('lounge', {
    name: 'Lounge',
    description: 'People talking about nothing in particular',
    canAnyoneChangeSubject: true,
  });
  const guide = createGuide({ here: welcome, lounge, domain: DEMO_DOMAIN, rooms, clock, newId });
  const cast = createCast({ lounge, rooms, clock, random, newId });
  welcome.setSubject('guide', 'Welcome to Causette: the guide shows you round, one step at a time');
  lounge.setSubject('ada', 'The lounge: small talk in several languages · 雑談 · bavardage');
  welcome.seed('guide', 'This is the first room. Whoever comes in gets a tour.', clock.now() - 30 * MINUTE_MS);
  for (const [nick, minutesAgo, body] of LOUNGE_HISTORY) lounge.seed(nick, body, clock.now() - minutesAgo * MINUTE_MS);
  rooms.observe(cast.observer);
  rooms.observe(guide.observer);
  const adhoc = createAdhoc({
    rooms,
    cast,
    newId,
    onRun: session => guide.onDeed(session, { kind: 'ran a command' }),
  });

  /** What is asked of the server itself, or of one's own account. */
  const answerServer = (session: DemoSession, iq: XmlElement, isAccount: boolean): Answer => {
    const type = iq.attributes['type'];
    const query = elementsOf(iq)[0];
    if (query === undefined) return refuse('modify', 'bad-request');
    const command = isAccount ? undefined : commandOf(iq);
    if (command !== undefined && type === 'set') return adhoc.answer(session, command);
    const node = query.attributes['node'];
    if (type === 'set') {
      const isAccepted = [NS.session, NS.carbons].some(ns => ns === query.ns);
      return isAccepted ? result() : refuse('cancel', 'service-unavailable');
    }
    switch (query.ns) {
      case NS.info:
        return answerInfo(isAccount, node);
      case NS.items:
        if (node === NS.commands && !isAccount) {
          const items = adhoc.list().map(one => el('item', { jid: DEMO_DOMAIN, node: one.node, name: one.name }));
          return result(el('query', { xmlns: NS.items, node }, ...items));
        }
        if (node !== undefined) return refuse('cancel', 'item-not-found');
        return result(
          el('query', { xmlns: NS.items }, ...(isAccount ? [] : [el('item', { jid: ROOM_SERVICE, name: 'Rooms' })])),
        );
      case NS.roster:
        return result(el('query', { xmlns: NS.roster }));
      case NS.ping:
        return result();
      case NS.version:
        return result(
          el('query', { xmlns: NS.version }, el('name', {}, 'Causette demo server'), el('version', {}, '1.0')),
        );
      case NS.time: {
        const utc = new Date(clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
        return result(el('time', { xmlns: NS.time }, el('tzo', {}, '+00:00'), el('utc', {}, utc)));
      }
      case NS.vcard:
        return isAccount ? result(el('vCard', { xmlns: NS.vcard })) : refuse('cancel', 'item-not-found');
      default:
        return refuse('cancel', 'service-unavailable');
    }
  };

  const answerInfo = (isAccount: boolean, node: string | undefined): Answer => {
    const command = adhoc.list().find(one => one.node === node);
    if (node !== undefined && (isAccount || (command === undefined && node !== NS.commands))) {
      return refuse('cancel', 'item-not-found');
    }
    const [identity, features] =
      node === undefined
        ? isAccount
          ? [el('identity', { category: 'account', type: 'anonymous' }), [NS.info, NS.items]]
          : [
              el('identity', { category: 'server', type: 'im', name: 'Causette demo' }),
              [NS.info, NS.items, NS.commands, NS.ping, NS.version, NS.time, NS.roster, NS.carbons],
            ]
        : [
            el('identity', {
              category: 'automation',
              type: command === undefined ? 'command-list' : 'command-node',
              name: command?.name ?? 'Commands',
            }),
            [NS.commands, NS.data],
          ];
    return result(
      el('query', { xmlns: NS.info, node }, identity, ...features.map(name => el('feature', { var: name }))),
    );
  };

  const isRequest = (iq: XmlElement) => ['get', 'set'].includes(iq.attributes['type'] ?? '');

  const onIq = (session: DemoSession, iq: XmlElement) => {
    const to = normalJid(iq.attributes['to'] ?? '');
    const domain = domainOf(to);
    const isAccount = to === '' || to === session.bareJid;
    const reply = (answer: Answer) => {
      if (answer !== undefined) session.send(answerIq(iq, to === '' ? session.bareJid : to, session.jid, answer));
    };
    if (isRequest(iq) && iq.attributes['id'] === undefined) return reply(refuse('modify', 'bad-request'));
    if (domain === ROOM_SERVICE) {
      noticeQuestion(session, iq, to);
      return reply(rooms.onIq(session, iq));
    }
    if (!isRequest(iq)) {
      if (to !== '' && sessions.has(to)) deliver(to, withAttributes(iq, { from: session.jid }));
      return;
    }
    if (isAccount || to === DEMO_DOMAIN) {
      noticeQuestion(session, iq, to);
      // Clients ask the server for roster and session without an address.
      return reply(answerServer(session, iq, isAccount));
    }
    if (domain !== DEMO_DOMAIN)
      return reply(refuse('cancel', 'remote-server-not-found', 'The demo knows no other servers.'));
    if (sessions.has(to)) deliver(to, withAttributes(iq, { from: session.jid }));
    else reply(refuse('cancel', 'service-unavailable'));
  };

  /** The guide wants to know when a newcomer looks round. */
  const noticeQuestion = (session: DemoSession, iq: XmlElement, to: string) => {
    const query = elementsOf(iq)[0];
    const isDisco = query?.ns === NS.info || query?.ns === NS.items;
    if (isDisco && !to.includes('@') && to !== '' && query.attributes['node'] === undefined) {
      guide.onDeed(session, { kind: 'asked the server' });
    }
  };

  const onMessage = (session: DemoSession, message: XmlElement) => {
    const to = normalJid(message.attributes['to'] ?? session.bareJid);
    if (domainOf(to) === ROOM_SERVICE) return rooms.onMessage(session, message);
    if (deliver(to, withAttributes(message, { from: session.jid })) || message.attributes['type'] === 'error') return;
    // The resource has gone, but the person may still be there.
    if (
      message.attributes['type'] !== 'groupchat' &&
      deliver(bareJid(to), withAttributes(message, { from: session.jid }))
    )
      return;
    if (to === DEMO_DOMAIN) return;
    session.send(bounce(message, to, session.jid, refuse('cancel', 'service-unavailable').fault));
  };

  const onPresence = (session: DemoSession, presence: XmlElement) => {
    const to = normalJid(presence.attributes['to'] ?? '');
    const type = presence.attributes['type'];
    if (domainOf(to) === ROOM_SERVICE) rooms.onPresence(session, presence);
    else if (to !== '')
      deliver(
        to,
        withAttributes(presence, {
          from: type === undefined || type === 'unavailable' ? session.jid : session.bareJid,
        }),
      );
    else if (type === undefined || type === 'unavailable')
      session.send(withAttributes(presence, { from: session.jid, to: session.jid }));
  };

  const server = createServer(socket => {
    socket.setNoDelay(true);
    const stream = createStream({
      socket,
      domain: DEMO_DOMAIN,
      clock,
      newId,
      onLogin(session) {
        sessions.set(session.jid, session);
        return {
          onStanza(stanza) {
            if (stanza.name === 'iq') onIq(session, stanza);
            else if (stanza.name === 'message') onMessage(session, stanza);
            else onPresence(session, stanza);
          },
          onEnd() {
            sessions.delete(session.jid);
            adhoc.onEnd(session);
            rooms.onEnd(session);
            guide.forget(session);
          },
        };
      },
    });
    streams.add(stream);
    socket.once('close', () => streams.delete(stream));
  });
  server.maxConnections = MAX_CONNECTIONS;
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('the demo server got no port'));
      else resolve(address.port);
    });
  });

  return {
    host: '127.0.0.1',
    port,
    domain: DEMO_DOMAIN,
    roomService: ROOM_SERVICE,
    firstRoom: welcome.jid,
    rooms: [welcome.jid, lounge.jid],
    async stop() {
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      for (const stream of [...streams]) stream.end('system-shutdown');
      cancelAll();
      await closed;
    },
  };
}

/** The same clock, which remembers what it was asked for, so that nothing runs after the end. */
function ownClock(clock: Clock): { readonly clock: Clock; cancelAll(): void } {
  const pending = new Set<() => void>();
  const remember = (undo: () => void) => {
    const cancel = () => {
      pending.delete(cancel);
      undo();
    };
    pending.add(cancel);
    return cancel;
  };
  return {
    clock: {
      now: () => clock.now(),
      after(ms, fn) {
        const cancel = remember(
          clock.after(ms, () => {
            pending.delete(cancel);
            fn();
          }),
        );
        return cancel;
      },
      every: (ms, fn) => remember(clock.every(ms, fn)),
    },
    cancelAll() {
      for (const cancel of [...pending]) cancel();
    },
  };
}
