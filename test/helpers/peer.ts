/** A small second client for the suites: raw sockets, PLAIN over verified TLS or ANONYMOUS, and every stanza kept for the asking. */
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { StringDecoder } from 'node:string_decoder';
import { connect as connectTls } from 'node:tls';
import { type Element, Parser } from '@xmpp/xml';
import { PATIENCE_MS } from './patience.js';

export interface PeerOptions {
  readonly host?: string;
  readonly port: number;
  /** The XMPP domain that is logged in to. */
  readonly domain: string;
  /** Without it the login is anonymous. */
  readonly user?: string;
  readonly password?: string;
  readonly resource?: string;
  /** The authority that the server's certificate is checked with. */
  readonly caFile?: string;
  /** none is for the demo server on loopback. */
  readonly tls?: 'starttls' | 'direct' | 'none';
  /** Presence is sent after the login unless false. */
  readonly available?: boolean;
}

export type ChatState = 'active' | 'composing' | 'paused' | 'inactive' | 'gone';
export type StanzaTest = (stanza: Element) => boolean;

export interface Peer {
  /** The full JID that the server gave. */
  readonly jid: string;
  /** Sends XML as it is. */
  send(stanza: string | Element): void;
  /** The first stanza, already here or still to come, that was not taken by an earlier `next` and passes. */
  next(test: StanzaTest, timeoutMs?: number): Promise<Element>;
  /** Asks and gives the answer, of type result or error. */
  request(iq: string, to?: string, type?: 'get' | 'set'): Promise<Element>;
  joinRoom(room: string, nick: string, options?: { password?: string; history?: number }): Promise<Element>;
  leaveRoom(room: string): void;
  /** A groupchat message; settles with its reflection. */
  say(room: string, body: string): Promise<Element>;
  /** A one-to-one or private message; gives its id. */
  message(to: string, body: string, extra?: string): string;
  chatState(to: string, state: ChatState, type?: 'chat' | 'groupchat'): void;
  /** The next message with exactly this body. */
  heard(body: string, timeoutMs?: number): Promise<Element>;
  /** Everything that came since the login, oldest first. */
  readonly stanzas: readonly Element[];
  /** Settles when the connection is gone. */
  readonly closed: Promise<void>;
  close(): Promise<void>;
  /** Cuts the connection without a word. */
  cut(): void;
}

const NS_SASL = 'urn:ietf:params:xml:ns:xmpp-sasl';
const NS_TLS = 'urn:ietf:params:xml:ns:xmpp-tls';
const NS_BIND = 'urn:ietf:params:xml:ns:xmpp-bind';
const NS_STATES = 'http://jabber.org/protocol/chatstates';
const NS_MUC = 'http://jabber.org/protocol/muc';

let idCounter = 0;

export async function connectPeer(options: PeerOptions): Promise<Peer> {
  const host = options.host ?? '127.0.0.1';
  const mode = options.tls ?? 'starttls';
  const taken = new WeakSet<Element>();
  const stanzas: Element[] = [];
  const waiting = new Set<() => void>();
  let isClosed = false;
  let onClosed = () => {};
  const closed = new Promise<void>(resolve => {
    onClosed = resolve;
  });

  const secure = (plain?: Socket) =>
    new Promise<Socket>((resolve, reject) => {
      const socket = connectTls({
        ...(plain === undefined ? { host, port: options.port } : { socket: plain }),
        servername: options.domain,
        ...(options.caFile === undefined ? {} : { ca: readFileSync(options.caFile) }),
        ...(mode === 'direct' ? { ALPNProtocols: ['xmpp-client'] } : {}),
      });
      socket.once('secureConnect', () => resolve(socket));
      socket.once('error', reject);
    });
  const plainly = () =>
    new Promise<Socket>((resolve, reject) => {
      const socket = connect(options.port, host);
      socket.once('connect', () => resolve(socket));
      socket.once('error', reject);
    });

  let socket: Socket;
  const receive = (stanza: Element) => {
    stanzas.push(stanza);
    for (const look of [...waiting]) look();
  };

  /** Opens a stream on the socket and gives the features. */
  const openStream = () => {
    const parser = new Parser();
    const decoder = new StringDecoder('utf8');
    socket.removeAllListeners('data');
    socket.on('data', (chunk: Buffer) => parser.write(decoder.write(chunk)));
    parser.on('element', receive);
    // What is no XML ends the connection; whoever waits is told by its end.
    parser.on('error', () => socket.destroy());
    parser.on('end', () => socket.end());
    socket.write(
      `<?xml version='1.0'?><stream:stream to='${escapeXml(options.domain)}' version='1.0' xml:lang='en' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>`,
    );
    return next(element => element.name === 'stream:features');
  };
  const adopt = (newSocket: Socket) => {
    socket = newSocket;
    newSocket.on('error', () => undefined);
    newSocket.on('close', () => {
      if (newSocket !== socket) return;
      isClosed = true;
      onClosed();
      for (const look of [...waiting]) look();
    });
  };

  const next = (test: StanzaTest, timeoutMs = PATIENCE_MS, since = 0) =>
    new Promise<Element>((resolve, reject) => {
      // The stack of the caller: inside the listeners it is lost.
      const where = new Error('waited for here');
      const finish = () => {
        clearTimeout(timer);
        waiting.delete(look);
      };
      const fail = (why: string) => {
        finish();
        const seen = stanzas.slice(-10).map(stanza => `  ${stanza.toString()}`);
        reject(new Error(`${why}; wanted ${test.toString()}; the last stanzas:\n${seen.join('\n')}`, { cause: where }));
      };
      const look = () => {
        const found = stanzas.find((stanza, index) => index >= since && !taken.has(stanza) && test(stanza));
        if (found !== undefined) {
          taken.add(found);
          finish();
          resolve(found);
        } else if (isClosed) fail('the connection is closed');
      };
      const timer = setTimeout(() => fail(`nothing after ${timeoutMs} ms`), timeoutMs);
      waiting.add(look);
      look();
    });

  adopt(mode === 'direct' ? await secure() : await plainly());
  await openStream();
  if (mode === 'starttls') {
    const plain = socket!;
    plain.write(`<starttls xmlns='${NS_TLS}'/>`);
    await next(element => element.is('proceed', NS_TLS));
    plain.removeAllListeners('data');
    adopt(await secure(plain));
    await openStream();
  }
  const [mechanism, response] =
    options.user === undefined
      ? ['ANONYMOUS', '']
      : ['PLAIN', Buffer.from(`\0${options.user}\0${options.password ?? ''}`).toString('base64')];
  socket!.write(`<auth xmlns='${NS_SASL}' mechanism='${mechanism}'>${response}</auth>`);
  const outcome = await next(element => element.getNS() === NS_SASL);
  if (!outcome.is('success')) {
    socket!.destroy();
    throw new Error(`login refused: ${outcome.toString()}`);
  }
  await openStream();

  const send = (stanza: string | Element) => {
    if (isClosed) throw new Error('the peer is not connected');
    socket.write(stanza.toString());
  };
  const request = (iq: string, to?: string, type: 'get' | 'set' = 'get') => {
    const id = newId();
    send(`<iq id='${id}' type='${type}'${to === undefined ? '' : ` to='${escapeXml(to)}'`}>${iq}</iq>`);
    return next(
      element =>
        element.is('iq') && element.attrs['id'] === id && ['result', 'error'].includes(String(element.attrs['type'])),
    );
  };
  const resource = options.resource === undefined ? '' : `<resource>${escapeXml(options.resource)}</resource>`;
  const bound = await request(`<bind xmlns='${NS_BIND}'>${resource}</bind>`, undefined, 'set');
  const jid = bound.getChild('bind', NS_BIND)?.getChildText('jid');
  if (jid === null || jid === undefined) throw new Error(`no resource was bound: ${bound.toString()}`);
  stanzas.length = 0;
  if (options.available !== false) send('<presence/>');

  const nicks = new Map<string, string>();
  return {
    jid,
    send,
    next: (test, timeoutMs) => next(test, timeoutMs),
    request,
    async joinRoom(room, nick, { password, history } = {}) {
      nicks.set(room, nick);
      // What came before, a change of role for instance, answers nothing.
      const since = stanzas.length;
      send(
        `<presence to='${escapeXml(`${room}/${nick}`)}'><x xmlns='${NS_MUC}'>${
          password === undefined ? '' : `<password>${escapeXml(password)}</password>`
        }${history === undefined ? '' : `<history maxstanzas='${history}'/>`}</x></presence>`,
      );
      const answer = await next(
        element => isOwnPresence(element, room) || isRefusal(element, room),
        PATIENCE_MS,
        since,
      );
      if (answer.attrs['type'] === 'error') throw new Error(`${room} was not joined: ${answer.toString()}`);
      return answer;
    },
    leaveRoom(room) {
      send(`<presence type='unavailable' to='${escapeXml(`${room}/${nicks.get(room) ?? ''}`)}'/>`);
    },
    say(room, body) {
      const id = newId();
      send(`<message id='${id}' type='groupchat' to='${escapeXml(room)}'><body>${escapeXml(body)}</body></message>`);
      return next(element => element.is('message') && element.attrs['id'] === id);
    },
    message(to, body, extra = '') {
      const id = newId();
      send(`<message id='${id}' type='chat' to='${escapeXml(to)}'><body>${escapeXml(body)}</body>${extra}</message>`);
      return id;
    },
    chatState(to, state, type = 'chat') {
      send(`<message id='${newId()}' type='${type}' to='${escapeXml(to)}'><${state} xmlns='${NS_STATES}'/></message>`);
    },
    heard: (body, timeoutMs) =>
      next(element => element.is('message') && element.getChildText('body') === body, timeoutMs),
    stanzas,
    closed,
    async close() {
      if (!isClosed) socket.end('</stream:stream>');
      const force = setTimeout(() => socket.destroy(), 2000);
      await closed;
      clearTimeout(force);
    },
    cut: () => socket.destroy(),
  };
}

/** The chat state that a message carries. */
export function chatStateOf(stanza: Element): string | undefined {
  return stanza.getChildElements().find(child => child.getNS() === NS_STATES)?.name;
}

/** Text made fit for XML, in elements and in attributes with either quote. */
export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll("'", '&apos;')
    .replaceAll('"', '&quot;');
}

function newId(): string {
  idCounter += 1;
  return `peer-${process.pid}-${idCounter}`;
}

function isOwnPresence(stanza: Element, room: string): boolean {
  return (
    stanza.is('presence') &&
    String(stanza.attrs['from']).startsWith(`${room}/`) &&
    stanza.attrs['type'] === undefined &&
    stanza
      .getChildren('x', `${NS_MUC}#user`)
      .some(x => x.getChildren('status').some(status => status.attrs['code'] === '110'))
  );
}

function isRefusal(stanza: Element, room: string): boolean {
  return stanza.is('presence') && stanza.attrs['type'] === 'error' && String(stanza.attrs['from']).startsWith(room);
}
