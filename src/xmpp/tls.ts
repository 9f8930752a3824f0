/** TLS as chat needs it: the identity is the XMPP domain, whatever was dialled. RFC 6120 §13.7.2, RFC 7590, XEP-0368 */
import { createHash } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import {
  checkServerIdentity,
  connect,
  createSecureContext,
  type PeerCertificate,
  rootCertificates,
  type SecureContext,
  type TLSSocket,
} from 'node:tls';
import { domainToASCII } from 'node:url';
import { endPointOf, isForXmpp } from './certificate.js';
import { within } from './clock.js';
import { networkFailure } from './dial.js';
import { StreamFailure } from './errors.js';
import type { ChannelBinding } from './sasl.js';
import type { Clock } from './session-types.js';

export interface TlsOptions {
  domain: string;
  ca: string | undefined;
  pins: readonly string[];
  /** Fingerprint of the certificate of the last connection. */
  seen: string | undefined;
  clock: Clock;
  timeoutMs: number;
}

export interface Secured {
  socket: TLSSocket;
  protocol: string;
  cipher: string;
  fingerprint: string;
  pinned: boolean;
  /** Strongest first. */
  bindings: readonly ChannelBinding[];
}

/** RFC 9266: 32 bytes under this label, with an empty context. */
const EXPORTER_LABEL = 'EXPORTER-Channel-Binding';
const EXPORTER_BYTES = 32;

export async function secure(raw: Socket, options: TlsOptions): Promise<Secured> {
  const identity = identityOf(options.domain);
  const socket = connect({
    socket: raw,
    ...(isIP(identity) === 0 ? { servername: identity } : {}),
    ALPNProtocols: ['xmpp-client'],
    secureContext: contextFor(options.ca),
    // Checked below for every connection, so that neither a pin nor the environment can switch it off by accident.
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  });
  const subject = options.domain;
  const handshake = new Promise<void>((resolve, reject) => {
    socket.once('secureConnect', resolve);
    socket.on('error', error => reject(tlsFailure(error, subject)));
    socket.once('close', () => reject(new StreamFailure('tls', { subject, reason: 'closed during the handshake' })));
  });
  // A late error must find a handler even when the time is over.
  handshake.catch(() => undefined);
  const expired = (): StreamFailure => new StreamFailure('timeout', { subject, reason: 'during the TLS handshake' });
  try {
    await within(options.clock, options.timeoutMs, handshake, expired);
    socket.disableRenegotiation();
    return judge(socket, identity, options);
  } catch (error) {
    socket.destroy();
    throw networkFailure(error, subject);
  }
}

let known: { ca: string | undefined; context: SecureContext } | undefined;

/** Makes ready what {@link secure} needs: reading the authorities takes 40 ms, best spent while the network is waited for. */
export function prepareTls(ca: string | undefined): void {
  contextFor(ca);
}

/** The last context is kept for the next attempt: making one is no small thing. */
export function contextFor(ca: string | undefined): SecureContext {
  if (known === undefined || known.ca !== ca) known = { ca, context: newContext(ca) };
  return known.context;
}

/** The authorities that Node knows, and those of `ca`. */
function newContext(ca: string | undefined): SecureContext {
  const minVersion = 'TLSv1.2';
  if (ca === undefined) return createSecureContext({ minVersion });
  const context = createSecureContext({ minVersion });
  // Reading all authorities of Node as text takes 50 ms; added to those that it has read itself, one takes 1 ms. This is
  // what `createSecureContext` calls for its `ca`; a Node without it takes the long way.
  const { addCACert } = context.context as { addCACert?: unknown };
  if (typeof addCACert !== 'function') return createSecureContext({ minVersion, ca: [...rootCertificates, ca] });
  addCACert.call(context.context, ca);
  return context;
}

/** The domain as certificates write it: an A-label, or an address without brackets. */
export function identityOf(domain: string): string {
  return domain.startsWith('[') ? domain.slice(1, -1) : domainToASCII(domain) || domain;
}

export function fingerprintOf(certificate: { raw?: Buffer }): string {
  return certificate.raw === undefined ? '' : createHash('sha256').update(certificate.raw).digest('hex');
}

function judge(socket: TLSSocket, identity: string, options: TlsOptions): Secured {
  const certificate = socket.getPeerCertificate();
  const fingerprint = fingerprintOf(certificate);
  const reason = refusal(socket, certificate, options.domain, identity, options.clock);
  const pins = options.pins.map(pin => pin.replaceAll(':', '').toLowerCase());
  const pinned = fingerprint !== '' && pins.includes(fingerprint);
  if (reason !== undefined && !pinned) {
    const before = pins[0] ?? (options.seen === fingerprint ? undefined : options.seen);
    const what = pins.length > 0 ? 'it is not the pinned one' : 'the last time it was another one';
    const changed = before === undefined ? '' : `; ${what}, ${before}`;
    throw new StreamFailure('certificate', {
      subject: options.domain,
      reason: reason.text + changed,
      condition: reason.code,
      fingerprint,
    });
  }
  const protocol = socket.getProtocol() ?? '';
  return {
    socket,
    protocol,
    cipher: socket.getCipher().standardName,
    fingerprint,
    pinned: reason !== undefined,
    bindings: bindingsOf(socket, certificate, protocol),
  };
}

function bindingsOf(socket: TLSSocket, certificate: PeerCertificate, protocol: string): ChannelBinding[] {
  const bindings: ChannelBinding[] = [];
  // > defined for TLS 1.3 only, where it is unique for each connection  RFC 9266 §2
  if (protocol === 'TLSv1.3') {
    const data = socket.exportKeyingMaterial(EXPORTER_BYTES, EXPORTER_LABEL, Buffer.alloc(0));
    bindings.push({ type: 'tls-exporter', data });
  }
  // > the first TLS Finished message sent … in the most recent TLS handshake: the client's, unless it was a short one  RFC 5929 §3.1
  if (protocol === 'TLSv1.2') {
    const data = socket.isSessionReused() ? socket.getPeerFinished() : socket.getFinished();
    if (data !== undefined) bindings.push({ type: 'tls-unique', data });
  }
  const endPoint = certificate.raw === undefined ? undefined : endPointOf(certificate.raw);
  if (endPoint !== undefined) bindings.push({ type: 'tls-server-end-point', data: endPoint });
  return bindings;
}

const REASONS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its authority is unknown',
  UNABLE_TO_GET_ISSUER_CERT: 'its authority is unknown',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its authority is unknown',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its authority is unknown',
  CERT_REVOKED: 'it was revoked',
};

function refusal(
  socket: TLSSocket,
  certificate: PeerCertificate,
  domain: string,
  identity: string,
  clock: Clock,
): { code: string; text: string } | undefined {
  const error: unknown = socket.authorizationError;
  if (error !== null && error !== undefined) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') {
      const now = new Date(clock.now()).toISOString().slice(0, 10);
      const text = `valid from ${certificate.valid_from} to ${certificate.valid_to}, and the clock here says ${now}`;
      return { code, text };
    }
    return { code, text: REASONS[code] ?? code.toLowerCase().replaceAll('_', ' ') };
  }
  if (certificate.raw === undefined) return { code: 'no-certificate', text: 'there is none' };
  if (checkServerIdentity(identity, certificate) !== undefined && !isForXmpp(certificate.raw, domain, identity)) {
    return { code: 'wrong-name', text: `it is not for ${identity}` };
  }
  return undefined;
}

function tlsFailure(error: unknown, subject: string): StreamFailure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ECONNRESET' || code === 'EPIPE') {
    return new StreamFailure('tls', { subject, reason: 'closed during the handshake', cause: error });
  }
  const old = /UNSUPPORTED_PROTOCOL|WRONG_VERSION|PROTOCOL_VERSION/.test(code);
  return new StreamFailure('tls', {
    subject,
    reason: old ? 'its version of TLS is too old, or it speaks none' : code === '' ? 'handshake failed' : code,
    condition: code,
    cause: error,
  });
}
