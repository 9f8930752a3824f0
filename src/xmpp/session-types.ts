/** What a session takes and gives: the contract between the wire and everything above it. */
import type { FullJid } from '../lib/jid.js';
import type { StanzaError, StreamFailure } from './errors.js';
import type { TokenPlace } from './fast.js';
import type { Element, Node } from './xml.js';

/** Time as the session sees it, so that tests can drive it. */
export interface Clock {
  /** Wall clock in milliseconds. */
  now(): number;
  setTimeout(callback: () => void, delayMs: number): unknown;
  clearTimeout(handle: unknown): void;
}

export interface SocksProxy {
  host: string;
  port: number;
  username?: string;
  password?: string;
}

export interface ParserLimits {
  /** Levels below the stream; deeper closes the stream. */
  depth: number;
  /** Bytes of one stanza; a larger one is skipped and reported. */
  stanzaBytes: number;
  /** Bytes of one stanza at which the stream is closed. */
  streamBytes: number;
  /** Characters of one attribute. */
  attributeLength: number;
  /** Elements of one stanza. */
  elements: number;
}

export interface Timeouts {
  dnsMs: number;
  tcpMs: number;
  tlsMs: number;
  /** Each step of the negotiation: stream header, features, SASL, bind. */
  stepMs: number;
}

export interface Backoff {
  baseMs: number;
  maxMs: number;
}

export interface SessionOptions {
  domain: string;
  /** Absent: SASL ANONYMOUS and nothing else. */
  username?: string;
  password?: () => Promise<string>;
  /** Default: 128 random bits, new for each session. */
  resource?: string;
  /** Changes the address that is dialled, never the identity that is checked. */
  host?: string;
  port?: number;
  /** Only with `host`, `port` or a proxy; without them SRV records decide. */
  tls?: 'starttls' | 'direct';
  /** PEM of additional authorities. */
  ca?: string;
  /** SHA-256 fingerprints (hex) accepted in place of a valid chain. */
  pins?: readonly string[];
  /** SHA-256 of the certificate of the last connection, said when another one is refused. */
  seenCertificate?: string;
  proxy?: SocksProxy;
  /** Clear text, and only to a loopback address. */
  allowPlaintext?: boolean;
  lang?: string;
  clock?: Clock;
  /** 0 <= x < 1; only for jitter and SRV weights, never for secrets. */
  random?: () => number;
  /** The strongest mechanism this account ever used; anything weaker is refused. */
  pinnedMechanism?: string;
  onMechanism?(name: string): void;
  /** Where the server's token for the next login is kept (XEP-0484); absent: none is asked for. */
  tokens?: TokenPlace;
  /** Told to the own server with the token. */
  software?: string;
  /**
   * Asked before the server is told what was handled (XEP-0198): 0 when that lasts; else it is told so many milliseconds later, and
   * this is asked again. With `urgent` it has to last at once.
   */
  settle?(urgent: boolean): number;
  limits?: Partial<ParserLimits>;
  timeouts?: Partial<Timeouts>;
  backoff?: Partial<Backoff>;
  /** How long an acknowledgement may take before the link counts as dead. Default 30 s. */
  ackTimeoutMs?: number;
  /** Silence after which the link is probed. Default 2 min, behind a proxy 30 s. */
  idleMs?: number;
  /** Gives up at the first failure as long as it was never online: others are tried after this one. */
  once?: boolean;
  /** For tests: name resolution without a network. */
  resolver?: Resolver;
}

export interface SrvRecord {
  name: string;
  port: number;
  priority: number;
  weight: number;
}

export interface Address {
  address: string;
  family: number;
}

export interface Resolver {
  resolveSrv(name: string): Promise<SrvRecord[]>;
  lookup(host: string): Promise<Address[]>;
}

/**
 * What became of a stanza: the server has it; it was written where nothing is acknowledged; the session ended before anybody knew;
 * the session ended before it was written.
 */
export type SendOutcome = 'acknowledged' | 'written' | 'uncertain' | 'unsent';

/** A stanza that is not acknowledged yet. */
export interface PendingItem {
  id: string;
  element: Element;
  /** When it was handed to `send`. */
  stamp: Date;
}

export type SessionState = 'offline' | 'connecting' | 'authenticating' | 'online' | 'waiting' | 'stopped';

export interface SecureInfo {
  /** `TLSv1.3`, or undefined on a clear-text loopback connection. */
  protocol?: string;
  cipher?: string;
  /** SHA-256 of the certificate, hex. */
  fingerprint?: string;
  /** The chain was not valid, a pin was. */
  pinned: boolean;
  mechanism?: string;
  /** What was dialled. */
  host: string;
  port: number;
}

/** Children of a result, or the reason of an error. */
export type IqReply = (answer?: Node | readonly Node[] | StanzaError) => void;

export interface SessionEvents {
  state: { state: SessionState; retryAtMs?: number; failure?: StreamFailure };
  online: { jid: FullJid; resumed: boolean };
  down: { failure: StreamFailure };
  /** The session stopped by itself and will not try again. */
  fatal: { failure: StreamFailure };
  /** Half of the time for an answer is over, or an answer came after all. */
  doubt: { doubtful: boolean };
  /** Messages and presences of the stream, in order. */
  stanza: { element: Element };
  /** A get or set with an id and exactly one child; unanswered when the listener returns false. */
  iq: { element: Element; child: Element; reply: IqReply };
  sent: { xml: string };
  received: { xml: string };
  warn: { text: string; cause?: unknown };
}

export interface SendOptions {
  /** Kept over a lost link and sent again when the session is resumed. Default: true for messages. */
  durable?: boolean;
}

export interface RequestOptions {
  timeoutMs?: number;
}

export interface Session {
  readonly state: SessionState;
  readonly jid: FullJid | undefined;
  readonly anonymous: boolean;
  readonly secure: SecureInfo | undefined;
  /** Stanzas which are not acknowledged yet, oldest first. */
  readonly pending: readonly PendingItem[];
  start(): void;
  /** Says goodbye within one second; nothing is sent afterwards. */
  stop(): Promise<void>;
  /** Ends the waiting, or probes a connection that claims to be online. */
  reconnectNow(): void;
  /** Settles once, at the latest when the session ends; rejects with a {@link StanzaError} only if it is not durable. */
  send(element: Element, options?: SendOptions): Promise<SendOutcome>;
  /** Rejects with {@link StanzaError} and with nothing else. */
  request(element: Element, options?: RequestOptions): Promise<Element>;
  /** What this stream brings waits until the undo. */
  pause(): () => void;
  on<K extends keyof SessionEvents>(event: K, listener: (payload: SessionEvents[K]) => unknown): () => void;
}
