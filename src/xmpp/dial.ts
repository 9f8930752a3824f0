/** A TCP connection to a host: all its addresses raced 250 ms apart. RFC 8305 */
import { connect, isIP, type Socket } from 'node:net';
import { within } from './clock.js';
import { type FailureKind, StreamFailure } from './errors.js';
import type { Address, Clock, Resolver } from './session-types.js';

const STAGGER_MS = 250;
/** Silence after which the system asks the other end; Node makes it give up after ten more seconds. */
const KEEP_ALIVE_MS = 30_000;
const MAX_ADDRESSES = 16;

export interface DialOptions {
  resolver: Resolver;
  clock: Clock;
  dnsMs: number;
  tcpMs: number;
  signal: AbortSignal;
}

const KINDS: Readonly<Record<string, FailureKind>> = {
  ENOTFOUND: 'dns',
  ENODATA: 'dns',
  EAI_AGAIN: 'dns',
  EAI_NODATA: 'dns',
  ECONNREFUSED: 'refused',
  ENETUNREACH: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EACCES: 'unreachable',
  EPERM: 'unreachable',
  ETIMEDOUT: 'timeout',
  ECONNRESET: 'closed',
  EPIPE: 'closed',
};

/** Any error of the network, in our words. */
export function networkFailure(error: unknown, subject: string): StreamFailure {
  if (error instanceof StreamFailure) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const kind = KINDS[code] ?? (/^ERR_(SSL|TLS)|^EPROTO/.test(code) ? 'tls' : 'closed');
  return new StreamFailure(kind, { subject, cause: error, condition: code === '' ? undefined : code });
}

/** IPv6 and IPv4 in turn, starting with the family the system prefers. */
export function interleave(addresses: readonly Address[]): Address[] {
  const first = addresses[0]?.family;
  const preferred = addresses.filter(address => address.family === first);
  const others = addresses.filter(address => address.family !== first);
  const mixed: Address[] = [];
  for (let index = 0; index < Math.max(preferred.length, others.length); index++) {
    for (const list of [preferred, others]) {
      const address = list[index];
      if (address !== undefined) mixed.push(address);
    }
  }
  return mixed.slice(0, MAX_ADDRESSES);
}

export async function dial(host: string, port: number, options: DialOptions): Promise<Socket> {
  const subject = `${host}:${port}`;
  const addresses = await addressesOf(host, options);
  return new Promise((resolve, reject) => {
    const open = new Set<Socket>();
    let next = 0;
    let done = false;
    let stagger: unknown;
    let failure = new StreamFailure('dns', { subject: host });

    const finish = (winner: Socket | undefined): void => {
      if (done) return;
      done = true;
      options.clock.clearTimeout(stagger);
      options.clock.clearTimeout(deadline);
      options.signal.removeEventListener('abort', abort);
      for (const socket of open) if (socket !== winner) socket.destroy();
      if (winner === undefined) reject(failure);
      else resolve(winner);
    };
    const abort = (): void => {
      failure = new StreamFailure('closed', { subject });
      finish(undefined);
    };
    const deadline = options.clock.setTimeout(() => {
      failure = new StreamFailure('timeout', { subject });
      finish(undefined);
    }, options.tcpMs);

    const tryNext = (): void => {
      options.clock.clearTimeout(stagger);
      const address = addresses[next++];
      if (done) return;
      if (address === undefined) {
        if (open.size === 0) finish(undefined);
        return;
      }
      const socket = connect({
        host: address.address,
        port,
        noDelay: true,
        keepAlive: true,
        keepAliveInitialDelay: KEEP_ALIVE_MS,
      });
      open.add(socket);
      socket.once('connect', () => finish(socket));
      // Stays for the life of the socket: an error without a listener would end the process.
      socket.on('error', error => {
        if (done) return;
        open.delete(socket);
        failure = networkFailure(error, subject);
        tryNext();
      });
      if (next < addresses.length) stagger = options.clock.setTimeout(tryNext, STAGGER_MS);
    };

    if (options.signal.aborted) abort();
    else {
      options.signal.addEventListener('abort', abort);
      tryNext();
    }
  });
}

async function addressesOf(host: string, options: DialOptions): Promise<Address[]> {
  const literal = host.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(literal);
  if (family !== 0) return [{ address: literal, family }];
  const expired = (): StreamFailure => new StreamFailure('dns', { subject: host, condition: 'timeout' });
  try {
    const found = await within(options.clock, options.dnsMs, options.resolver.lookup(host), expired);
    if (found.length === 0) throw new StreamFailure('dns', { subject: host });
    return interleave(found);
  } catch (error) {
    if (error instanceof StreamFailure) throw error;
    throw new StreamFailure('dns', { subject: host, cause: error });
  }
}
