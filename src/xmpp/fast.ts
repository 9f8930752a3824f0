/** Logging in again with a token instead of the password: the HT mechanisms of XEP-0484. https://xmpp.org/extensions/xep-0484.html */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { StreamFailure } from './errors.js';
import type { ChannelBinding, SaslDialogue } from './sasl.js';

/** What a server gave for the next login; as good as a password. */
export interface FastToken {
  readonly mechanism: string;
  readonly token: string;
  /** When it ends, milliseconds since the epoch. */
  readonly expiresAt?: number;
}

/** Where the token of one account is kept between connections. */
export interface TokenPlace {
  /** UUID v4 of this installation for this account, never of the machine. XEP-0388 §3.1 */
  readonly clientId: string;
  /** This login ends the token: the server forgets it. XEP-0484 §3.7 */
  readonly ends?: boolean;
  get(): FastToken | undefined;
  set(token: FastToken | undefined): void;
}

const HASHES: Readonly<Record<string, string>> = { 'SHA-256': 'sha256', 'SHA-512': 'sha512' };
const BINDINGS: Readonly<Record<string, ChannelBinding['type'] | undefined>> = {
  EXPR: 'tls-exporter',
  UNIQ: 'tls-unique',
  ENDP: 'tls-server-end-point',
  NONE: undefined,
};
/** > channel binding mechanisms MUST be preferred  XEP-0484 §6 */
const PREFERRED: readonly string[] = ['EXPR', 'UNIQ', 'ENDP', 'NONE'].flatMap(binding =>
  Object.keys(HASHES).map(hash => `HT-${hash}-${binding}`),
);

interface Kind {
  hash: string;
  binding: ChannelBinding | undefined;
}

function kindOf(mechanism: string, bindings: readonly ChannelBinding[]): Kind | undefined {
  const parts = /^HT-(?<hash>SHA-256|SHA-512)-(?<binding>EXPR|UNIQ|ENDP|NONE)$/.exec(mechanism)?.groups;
  const hash = HASHES[parts?.['hash'] ?? ''];
  if (hash === undefined) return undefined;
  const type = BINDINGS[parts?.['binding'] ?? ''];
  if (type === undefined) return { hash, binding: undefined };
  const binding = bindings.find(known => known.type === type);
  return binding === undefined ? undefined : { hash, binding };
}

/** The mechanism to ask a token for; `bound`: what was bound once must stay so. */
export function tokenMechanism(
  offered: readonly string[],
  bindings: readonly ChannelBinding[],
  bound: boolean,
): string | undefined {
  return PREFERRED.find(name => {
    const kind = offered.includes(name) ? kindOf(name, bindings) : undefined;
    return kind !== undefined && (!bound || kind.binding !== undefined);
  });
}

/** One message each way, both sides proving that they know the token; undefined if it cannot be used here and now. */
export function tokenDialogue(
  kept: FastToken,
  options: {
    domain: string;
    username: string;
    offered: readonly string[];
    bindings: readonly ChannelBinding[];
    now: number;
  },
): SaslDialogue | undefined {
  const kind = options.offered.includes(kept.mechanism) ? kindOf(kept.mechanism, options.bindings) : undefined;
  if (kind === undefined || (kept.expiresAt !== undefined && kept.expiresAt <= options.now)) return undefined;
  const proof = (who: 'Initiator' | 'Responder'): Buffer => {
    const hmac = createHmac(kind.hash, kept.token).update(who);
    return (kind.binding === undefined ? hmac : hmac.update(kind.binding.data)).digest();
  };
  return {
    mechanism: kept.mechanism,
    first: async () => Buffer.concat([Buffer.from(`${options.username}\0`), proof('Initiator')]),
    respond: async () => {
      throw new StreamFailure('protocol', { subject: options.domain, reason: 'a challenge where none belongs' });
    },
    verify(final) {
      const given = Buffer.isBuffer(final) ? final : Buffer.from(final);
      const expected = proof('Responder');
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
        throw new StreamFailure('server-proof', { subject: options.domain, reason: 'it does not know its own token' });
      }
    },
  };
}
