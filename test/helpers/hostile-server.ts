/** A scripted server for clients on loopback: polite by default, and each step can be replaced by something hostile. */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import { NS_BIND, NS_CLIENT, NS_SASL, NS_SM, NS_STREAM, NS_TLS } from '../../src/xmpp/ns.js';
import { createStreamParser, type StreamParser } from '../../src/xmpp/parser.js';
import { attr, childOf, type Element, textOf } from '../../src/xmpp/xml.js';

export type CertificateName = 'good' | 'other' | 'expired' | 'self';

const fixture = (name: string): string => readFileSync(new URL(`../fixtures/certs/${name}`, import.meta.url), 'utf8');
export const testAuthority = fixture('ca.pem');

export interface HostileOptions {
  domain?: string;
  tls?: 'none' | 'starttls' | 'direct';
  certificate?: CertificateName;
  oldTls?: boolean;
  mechanisms?: readonly string[];
  password?: string;
  iterations?: number;
  /** Replaces the challenge of SCRAM; gets the client's nonce. */
  challenge?(nonce: string): string;
  /** Replaces the signature of the server. */
  signature?: string;
  management?: boolean;
  /** The address that bind answers. */
  jid?: string;
  afterProceed?: string;
  /** Return true to handle the step yourself. */
  onHeader?(client: HostileClient): boolean;
  onElement?(client: HostileClient, element: Element): boolean;
}

export interface HostileClient {
  readonly number: number;
  secure: boolean;
  authenticated: boolean;
  jid: string;
  /** What arrived, oldest first, marked `(clear)` outside of TLS. */
  readonly log: string[];
  socket: Socket;
  management: Managed | undefined;
  send(text: string | Buffer): void;
  /** Sends a stanza that counts for acknowledgements. */
  stanza(text: string): void;
  destroy(): void;
}

/** The server's half of XEP-0198, kept over connections. */
export interface Managed {
  id: string;
  jid: string;
  received: number;
  base: number;
  unacknowledged: string[];
}

export interface HostileServer {
  readonly port: number;
  readonly clients: readonly HostileClient[];
  /** Bodies of all messages that arrived, in order. */
  readonly bodies: readonly string[];
  readonly sessions: Map<string, Managed>;
  options: HostileOptions;
  /** Resolves for the next client that is bound or resumed, or for the one that already is. */
  online(number?: number): Promise<HostileClient>;
  /** Resolves as soon as the condition holds; it is checked after each event. */
  until(condition: () => boolean): Promise<void>;
  close(): Promise<void>;
}

export async function startHostileServer(options: HostileOptions = {}): Promise<HostileServer> {
  const clients: HostileClient[] = [];
  const bodies: string[] = [];
  const sessions = new Map<string, Managed>();
  const bound = new Set<HostileClient>();
  const waiting = new Set<() => void>();
  const changed = (): void => {
    for (const check of [...waiting]) check();
  };
  const server: HostileServer = {
    port: 0,
    clients,
    bodies,
    sessions,
    options,
    until(condition) {
      return new Promise(resolve => {
        const check = (): void => {
          if (!condition()) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      });
    },
    async online(number) {
      const find = (): HostileClient | undefined =>
        number === undefined ? [...bound].at(-1) : [...bound].find(client => client.number === number);
      await server.until(() => find() !== undefined);
      return find()!;
    },
    close() {
      for (const client of clients) client.destroy();
      return new Promise(resolve => listener.close(() => resolve()));
    },
  };

  const certificate = {
    key: fixture('server.key'),
    cert: fixture(`${options.certificate ?? 'good'}.pem`),
    ALPNProtocols: ['xmpp-client'],
    ...(options.oldTls === true
      ? { minVersion: 'TLSv1' as const, maxVersion: 'TLSv1.1' as const, ciphers: 'DEFAULT:@SECLEVEL=0' }
      : {}),
  };
  const accept = (socket: Socket): void => {
    clients.push(serve(server, socket, clients.length + 1, { certificate, bodies, bound, changed }));
    changed();
  };
  const listener: Server = options.tls === 'direct' ? createTlsServer(certificate, accept) : createServer(accept);
  listener.on('tlsClientError', () => undefined);
  await new Promise<void>(resolve => listener.listen(0, '127.0.0.1', resolve));
  return Object.assign(server, { port: (listener.address() as AddressInfo).port });
}

interface Shared {
  certificate: { key: string; cert: string };
  bodies: string[];
  bound: Set<HostileClient>;
  changed(): void;
}

function serve(server: HostileServer, raw: Socket, number: number, shared: Shared): HostileClient {
  const domain = server.options.domain ?? 'chat.test';
  let parser: StreamParser | undefined;
  let scram: { nonce: string; bare: string; challenge: string } | undefined;
  const client: HostileClient = {
    number,
    secure: server.options.tls === 'direct',
    authenticated: false,
    jid: '',
    log: [],
    socket: raw,
    management: undefined,
    send: text => void (client.socket.destroyed || client.socket.write(text)),
    stanza(text) {
      client.management?.unacknowledged.push(text);
      client.send(text);
    },
    destroy: () => client.socket.destroy(),
  };
  const note = (text: string): void => {
    client.log.push(client.secure ? text : `(clear) ${text}`);
    shared.changed();
  };
  const attach = (socket: Socket): void => {
    client.socket = socket;
    renew();
    socket.on('error', () => undefined);
    socket.on('close', shared.changed);
    socket.on('data', chunk => {
      if (client.socket === socket) parser?.write(chunk);
    });
  };
  const renew = (): void => {
    parser?.stop();
    parser = createStreamParser({
      start: header => {
        note(`<stream from=${attr(header, 'from') ?? ''} to=${attr(header, 'to') ?? ''}>`);
        open();
      },
      element: onElement,
      skipped: () => note('skipped'),
      end: () => {
        note('</stream>');
        client.send('</stream:stream>');
        client.socket.end();
      },
      failure: failure => note(`failure ${failure.reason}`),
    });
  };
  const open = (): void => {
    const { options } = server;
    client.send(
      `<?xml version='1.0'?><stream:stream xmlns='${NS_CLIENT}' xmlns:stream='${NS_STREAM}' version='1.0' id='${number}' from='${domain}'>`,
    );
    if (options.onHeader?.(client) === true) return;
    client.send(`<stream:features>${features()}</stream:features>`);
  };
  const features = (): string => {
    const { options } = server;
    if (options.tls === 'starttls' && !client.secure) return `<starttls xmlns='${NS_TLS}'><required/></starttls>`;
    if (client.authenticated) {
      return `<bind xmlns='${NS_BIND}'/>${options.management === true ? `<sm xmlns='${NS_SM}'/>` : ''}`;
    }
    const names = options.mechanisms ?? ['ANONYMOUS'];
    const list = names.map(name => `<mechanism>${name}</mechanism>`).join('');
    const binding =
      "<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'><channel-binding type='tls-exporter'/></sasl-channel-binding>";
    return `<mechanisms xmlns='${NS_SASL}'>${list}</mechanisms>${names.some(name => name.endsWith('-PLUS')) ? binding : ''}`;
  };
  const onElement = (element: Element): void => {
    const name = element.getName();
    if (name === 'message') shared.bodies.push(textOf(element, 'body') ?? '');
    if (client.management !== undefined && ['message', 'presence', 'iq'].includes(name)) client.management.received++;
    note(element.toString());
    if (server.options.onElement?.(client, element) !== true) handlers[name]?.(element);
    shared.changed();
  };
  const success = (data = ''): void => {
    client.authenticated = true;
    renew();
    client.send(`<success xmlns='${NS_SASL}'>${data}</success>`);
  };
  const handlers: Record<string, (element: Element) => void> = {
    starttls() {
      client.send(`<proceed xmlns='${NS_TLS}'/>${server.options.afterProceed ?? ''}`);
      parser?.stop();
      client.secure = true;
      attach(new TLSSocket(raw, { isServer: true, ...shared.certificate }));
    },
    auth(element) {
      const { options } = server;
      if (attr(element, 'mechanism')?.startsWith('SCRAM') !== true) {
        success();
        return;
      }
      const first = Buffer.from(element.getText(), 'base64').toString();
      const nonce = /r=([^,]+)/.exec(first)?.[1] ?? '';
      const challenge =
        options.challenge?.(nonce) ??
        `r=${nonce}${randomBytes(6).toString('hex')},s=${Buffer.from('salt').toString('base64')},i=${options.iterations ?? 4096}`;
      scram = { nonce, bare: first.replace(/^[^,]*,[^,]*,/, ''), challenge };
      client.send(`<challenge xmlns='${NS_SASL}'>${Buffer.from(challenge).toString('base64')}</challenge>`);
    },
    response(element) {
      const { options } = server;
      const answer = Buffer.from(element.getText(), 'base64').toString();
      const salted = pbkdf2Sync(options.password ?? 'secret', 'salt', options.iterations ?? 4096, 32, 'sha256');
      const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
      const clientKey = hmac(salted, 'Client Key');
      const message = `${scram?.bare},${scram?.challenge},${answer.replace(/,p=.*$/, '')}`;
      const stored = createHash('sha256').update(clientKey).digest();
      const expected = hmac(stored, message).map((byte, index) => byte ^ clientKey[index]!);
      const proof = Buffer.from(/,p=(.*)$/.exec(answer)?.[1] ?? '', 'base64');
      if (!proof.equals(Buffer.from(expected)) && options.signature === undefined) {
        client.send(`<failure xmlns='${NS_SASL}'><not-authorized/></failure>`);
        return;
      }
      const signature = options.signature ?? hmac(hmac(salted, 'Server Key'), message).toString('base64');
      success(Buffer.from(`v=${signature}`).toString('base64'));
    },
    iq(element) {
      const id = attr(element, 'id');
      const bind = childOf(element, 'bind', NS_BIND);
      if (bind === undefined) return;
      client.jid = server.options.jid ?? `guest${number}@${domain}/${textOf(bind, 'resource') ?? 'none'}`;
      client.send(`<iq type='result' id='${id}'><bind xmlns='${NS_BIND}'><jid>${client.jid}</jid></bind></iq>`);
      if (server.options.management !== true) shared.bound.add(client);
    },
    enable() {
      const id = `sm-${randomBytes(6).toString('hex')}`;
      client.management = { id, jid: client.jid, received: 0, base: 0, unacknowledged: [] };
      server.sessions.set(id, client.management);
      client.send(`<enabled xmlns='${NS_SM}' id='${id}' resume='true'/>`);
      shared.bound.add(client);
    },
    resume(element) {
      const managed = server.sessions.get(attr(element, 'previd') ?? '');
      if (managed === undefined) {
        client.send(`<failed xmlns='${NS_SM}'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>`);
        return;
      }
      client.management = managed;
      client.jid = managed.jid;
      acknowledge(managed, attr(element, 'h'));
      client.send(`<resumed xmlns='${NS_SM}' previd='${managed.id}' h='${managed.received}'/>`);
      for (const stanza of managed.unacknowledged) client.send(stanza);
      shared.bound.add(client);
    },
    r: () => client.send(`<a xmlns='${NS_SM}' h='${client.management?.received ?? 0}'/>`),
    a(element) {
      if (client.management !== undefined) acknowledge(client.management, attr(element, 'h'));
    },
  };
  attach(raw);
  return client;
}

function acknowledge(managed: Managed, h: string | undefined): void {
  const handled = Number(h);
  managed.unacknowledged.splice(0, handled - managed.base);
  managed.base = handled;
}
