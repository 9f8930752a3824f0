/** From a domain to a verified connection; whoever uses it never sees clear text but on loopback by request. */
import { BlockList, type Socket } from 'node:net';
import { within } from './clock.js';
import { type DialOptions, dial, networkFailure } from './dial.js';
import { StreamFailure } from './errors.js';
import { NS_CLIENT, NS_STREAM, NS_STREAM_ERRORS, NS_TLS } from './ns.js';
import { createStreamParser } from './parser.js';
import type { ChannelBinding } from './sasl.js';
import type { Clock, Resolver, SecureInfo, SocksProxy, Timeouts } from './session-types.js';
import { dialThroughProxy } from './socks.js';
import { DIRECT_TLS_PORT, findTargets, parsePlace, STARTTLS_PORT, type Target } from './srv.js';
import { prepareTls, secure } from './tls.js';
import { childOf, type Element, elementsOf, nsOf, textOf, xml } from './xml.js';

export interface ConnectOptions {
  domain: string;
  host: string | undefined;
  port: number | undefined;
  tls: 'starttls' | 'direct' | undefined;
  ca: string | undefined;
  pins: readonly string[];
  /** Fingerprint of the certificate of the last connection. */
  seen: string | undefined;
  /** `host:port` that is tried first: where the server wishes a resumption (XEP-0198 §5). */
  preferred: string | undefined;
  proxy: SocksProxy | undefined;
  allowPlaintext: boolean;
  timeouts: Timeouts;
  resolver: Resolver;
  clock: Clock;
  random: () => number;
  signal: AbortSignal;
}

export interface Link {
  socket: Socket;
  /** Inside verified TLS. */
  secure: boolean;
  info: SecureInfo;
  /** What this connection can be bound to, strongest first. */
  bindings: readonly ChannelBinding[];
}

/** With more targets to come, one that does not answer is given up earlier. */
const NEXT_TARGET_MS = 10_000;
/** A server has no reason to say more than this before TLS. */
const MAX_CLEAR_BYTES = 64 << 10;

/** Failures which explain more than "the last one refused". */
const TELLING: readonly string[] = ['certificate', 'no-tls', 'stream', 'tls'];

/** Tries the targets in order; rejects with the {@link StreamFailure} that explains most. */
export async function openLink(options: ConnectOptions): Promise<Link> {
  // When the first question is on its way to a name server, or the first packet to the host.
  if (mayEncrypt(options)) setImmediate(() => prepareTls(options.ca));
  const targets = [...preferredTarget(options), ...(await targetsOf(options))];
  const failures: StreamFailure[] = [];
  for (const [index, target] of targets.entries()) {
    const last = index === targets.length - 1;
    try {
      return await openTarget(target, options, last);
    } catch (error) {
      failures.push(networkFailure(error, options.domain));
      if (options.signal.aborted) break;
    }
  }
  const telling = TELLING.map(kind => failures.find(failure => failure.kind === kind)).find(failure => failure);
  throw telling ?? failures[0] ?? new StreamFailure('dns', { subject: options.domain });
}

/** Only the address changes: whoever answers there must show the certificate of the domain. */
function preferredTarget({ preferred, host, tls }: ConnectOptions): Target[] {
  const place = preferred === undefined || host !== undefined ? undefined : parsePlace(preferred);
  if (place === undefined) return [];
  const port = place.port ?? STARTTLS_PORT;
  return [{ host: place.host, port, direct: tls === undefined ? port === DIRECT_TLS_PORT : tls === 'direct' }];
}

async function targetsOf(options: ConnectOptions): Promise<Target[]> {
  const { host, port, domain } = options;
  refuseOnion(host ?? domain, options);
  if (host === undefined && port === undefined && options.proxy === undefined) {
    const found = await findTargets(domain, { ...options, timeoutMs: options.timeouts.dnsMs });
    return options.tls === undefined ? found : found.filter(target => target.direct === (options.tls === 'direct'));
  }
  const direct = options.tls === undefined ? port === DIRECT_TLS_PORT : options.tls === 'direct';
  return [{ host: host ?? domain, port: port ?? (direct ? DIRECT_TLS_PORT : STARTTLS_PORT), direct }];
}

/** Such a name must not even be asked for in the open. RFC 7686 §2 */
function refuseOnion(host: string, options: ConnectOptions): void {
  if (options.proxy === undefined && /\.onion\.?$/i.test(host)) {
    throw new StreamFailure('proxy', { subject: host, condition: 'onion' });
  }
}

const mayEncrypt = (options: ConnectOptions): boolean => !options.allowPlaintext || options.tls !== undefined;

async function openTarget(target: Target, options: ConnectOptions, last: boolean): Promise<Link> {
  const { timeouts, clock, domain } = options;
  refuseOnion(target.host, options);
  const dialOptions: DialOptions = {
    resolver: options.resolver,
    clock,
    signal: options.signal,
    dnsMs: timeouts.dnsMs,
    tcpMs: last ? timeouts.tcpMs : Math.min(timeouts.tcpMs, NEXT_TARGET_MS),
  };
  const raw =
    options.proxy === undefined
      ? await dial(target.host, target.port, dialOptions)
      : await dialThroughProxy(options.proxy, target, dialOptions);
  const abort = (): void => void raw.destroy();
  options.signal.addEventListener('abort', abort);
  try {
    const place = { host: target.host, port: target.port };
    if (!mayEncrypt(options)) {
      if (!isLoopback(raw.remoteAddress))
        throw new StreamFailure('no-tls', { subject: domain, condition: 'not-loopback' });
      return { socket: raw, secure: false, info: { pinned: false, ...place }, bindings: [] };
    }
    if (!target.direct) await startTls(raw, options);
    const secured = await secure(raw, {
      domain,
      ca: options.ca,
      pins: options.pins,
      seen: options.seen,
      clock,
      timeoutMs: timeouts.tlsMs,
    });
    const { protocol, cipher, fingerprint, pinned } = secured;
    return {
      socket: secured.socket,
      secure: true,
      info: { protocol, cipher, fingerprint, pinned, ...place },
      bindings: secured.bindings,
    };
  } catch (error) {
    raw.destroy();
    throw error;
  } finally {
    options.signal.removeEventListener('abort', abort);
  }
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Judged by the address of the connection, never by a name. */
export function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false;
  const plain = address.replace(/^::ffff:(?=\d+\.)/, '');
  return loopback.check(plain, plain.includes(':') ? 'ipv6' : 'ipv4');
}

/** The clear-text part: header, features, `<starttls/>`, `<proceed/>`, and not one byte more. RFC 6120 §5 */
async function startTls(raw: Socket, options: ConnectOptions): Promise<void> {
  const subject = options.domain;
  const conversation = new Promise<void>((resolve, reject) => {
    let received = 0;
    let asked = false;
    let proceeded = false;
    let settled = false;
    const settle = (failure?: StreamFailure): void => {
      if (settled) return;
      settled = true;
      parser.stop();
      raw.off('data', onData);
      raw.off('close', onClose);
      raw.off('error', onError);
      raw.off('end', onClose);
      if (failure === undefined) resolve();
      else reject(failure);
    };
    const protocol = (reason: string): void => settle(new StreamFailure('protocol', { subject, reason }));
    const parser = createStreamParser({
      start: () => undefined,
      element: element => {
        if (element.is('error', NS_STREAM)) return settle(clearTextError(element, subject));
        if (!asked && element.is('features', NS_STREAM)) {
          if (childOf(element, 'starttls', NS_TLS) === undefined)
            return settle(new StreamFailure('no-tls', { subject }));
          asked = true;
          raw.write(xml('starttls', NS_TLS).toString());
          return;
        }
        if (asked && element.is('proceed', NS_TLS)) {
          proceeded = true;
          return;
        }
        if (asked && element.is('failure', NS_TLS)) return settle(new StreamFailure('no-tls', { subject }));
        protocol('an unexpected answer before encryption');
      },
      skipped: () => protocol('too much before encryption'),
      end: () => settle(new StreamFailure('closed', { subject })),
      failure: failure => protocol(`before encryption: ${failure.reason}`),
    });
    const onClose = (): void => settle(new StreamFailure('closed', { subject }));
    const onError = (error: Error): void => settle(networkFailure(error, subject));
    const onData = (chunk: Buffer): void => {
      received += chunk.length;
      if (received > MAX_CLEAR_BYTES) protocol('too much before encryption');
      // Byte by byte, to know what follows the `>` of <proceed/>: it would be read as if it came encrypted.
      for (let index = 0; index < chunk.length && !settled; index++) {
        parser.write(chunk.subarray(index, index + 1));
        if (proceeded) settle(index < chunk.length - 1 ? injected(subject) : undefined);
      }
    };
    raw.on('data', onData);
    raw.on('close', onClose);
    raw.on('end', onClose);
    raw.on('error', onError);
    // A proxy's conversation leaves the socket paused.
    raw.resume();
    const header = xml('stream:stream', {
      to: subject,
      version: '1.0',
      xmlns: NS_CLIENT,
      'xmlns:stream': NS_STREAM,
    });
    raw.write(`<?xml version='1.0'?>${header.toString().slice(0, -2)}>`);
  });
  const expired = (): StreamFailure => new StreamFailure('timeout', { subject, reason: 'before encryption' });
  await within(options.clock, options.timeouts.stepMs, conversation, expired);
}

function injected(subject: string): StreamFailure {
  return new StreamFailure('protocol', {
    subject,
    reason: 'data between <proceed/> and encryption',
    condition: 'injection',
  });
}

/** Nobody has proved who they are yet, so a redirection is not followed and the text is only shown. */
function clearTextError(element: Element, subject: string): StreamFailure {
  const condition = elementsOf(element).find(child => nsOf(child) === NS_STREAM_ERRORS && child.getName() !== 'text');
  return new StreamFailure('stream', {
    subject,
    condition: condition?.getName() ?? 'undefined-condition',
    text: textOf(element, 'text', NS_STREAM_ERRORS),
  });
}
