/** Which SASL mechanism, and its dialogue. RFC 6120 §6; nothing weaker than what the account used before. */
import { StreamFailure } from './errors.js';
import { createScram, DowngradeError, ScramError, type ScramHash } from './scram.js';

/**
 * Proof that we talk inside this very TLS connection (RFC 9266 from TLS 1.3 on, RFC 5929 §3 before), or at least to the owner of
 * this certificate (RFC 5929 §4).
 */
export interface ChannelBinding {
  type: 'tls-exporter' | 'tls-unique' | 'tls-server-end-point';
  data: Buffer;
}

export interface SaslOffer {
  mechanisms: readonly string[];
  /** XEP-0440; undefined when the server does not list its types. */
  bindingTypes: readonly string[] | undefined;
}

export interface SaslAccount {
  domain: string;
  username: string | undefined;
  password: (() => Promise<string>) | undefined;
  pinnedMechanism: string | undefined;
}

export interface SaslDialogue {
  mechanism: string;
  first(): Promise<string | Buffer>;
  respond(challenge: string): Promise<string>;
  /** Throws {@link StreamFailure} if the server did not prove itself. */
  verify(final: Buffer): void;
}

interface Known {
  name: string;
  hash: ScramHash;
  plus: boolean;
}

/** Strongest first: a bound channel weighs more than a longer hash. */
const SCRAM: readonly Known[] = [
  { name: 'SCRAM-SHA-512-PLUS', hash: 'sha512', plus: true },
  { name: 'SCRAM-SHA-256-PLUS', hash: 'sha256', plus: true },
  { name: 'SCRAM-SHA-1-PLUS', hash: 'sha1', plus: true },
  { name: 'SCRAM-SHA-512', hash: 'sha512', plus: false },
  { name: 'SCRAM-SHA-256', hash: 'sha256', plus: false },
  { name: 'SCRAM-SHA-1', hash: 'sha1', plus: false },
];
const BY_STRENGTH = [...SCRAM.map(known => known.name), 'PLAIN'];

/** Is the first mechanism at least as strong as the second? An unknown pin is weaker than everything. */
export function isAsStrong(mechanism: string, pinned: string | undefined): boolean {
  const pinnedRank = pinned === undefined ? -1 : BY_STRENGTH.indexOf(pinned);
  return pinnedRank < 0 || BY_STRENGTH.indexOf(mechanism) <= pinnedRank;
}

/** Chooses and prepares; throws {@link StreamFailure}. `secure` means verified TLS. */
export function chooseMechanism(
  offer: SaslOffer,
  account: SaslAccount,
  channel: { secure: boolean; bindings: readonly ChannelBinding[] },
): SaslDialogue {
  const { username } = account;
  if (username === undefined) return anonymous(offer, account);
  const usable = bindingFor(offer, channel.bindings);
  const offeredPlus = offer.mechanisms.some(name => name.endsWith('-PLUS'));
  const scram = SCRAM.find(known => offer.mechanisms.includes(known.name) && (!known.plus || usable !== undefined));
  if (scram !== undefined) {
    refuseWeaker(scram.name, account);
    const binding: Parameters<typeof createScram>[0]['binding'] =
      scram.plus && usable !== undefined
        ? { kind: 'used', ...usable }
        : { kind: channel.bindings.length > 0 && !offeredPlus ? 'unoffered' : 'unsupported' };
    return scramDialogue(scram, username, account, binding, offered(offer));
  }
  if (offer.mechanisms.includes('PLAIN') && channel.secure) {
    refuseWeaker('PLAIN', account);
    return plain(username, account);
  }
  throw new StreamFailure('mechanism', { subject: account.domain });
}

/**
 * Which of our bindings the server takes. Where it names none (XEP-0440), the one that every server with -PLUS knows for this
 * version of TLS.
 * > Servers MUST implement the channel binding type "tls-unique"  RFC 5802 §6.1, which ends with TLS 1.2 (RFC 9266 §3)
 */
function bindingFor(offer: SaslOffer, bindings: readonly ChannelBinding[]): ChannelBinding | undefined {
  const { bindingTypes } = offer;
  if (bindingTypes === undefined) return bindings.find(({ type }) => type === 'tls-unique');
  return bindings.find(({ type }) => bindingTypes.includes(type));
}

/** Signed by a server that knows XEP-0474, so that nobody shortens the list on the way. */
function offered(offer: SaslOffer): string {
  const sorted = (list: readonly string[]): string => [...list].sort().join('\x1e');
  return sorted(offer.mechanisms) + (offer.bindingTypes === undefined ? '' : `\x1f${sorted(offer.bindingTypes)}`);
}

/** May a mechanism be the least that is taken from now on? Tokens come and go and are none. */
export function isLasting(mechanism: string): boolean {
  return BY_STRENGTH.includes(mechanism);
}

function refuseWeaker(mechanism: string, account: SaslAccount): void {
  if (isAsStrong(mechanism, account.pinnedMechanism)) return;
  const reason = `it used ${account.pinnedMechanism} before and now offers ${mechanism} at best`;
  throw new StreamFailure('mechanism', { subject: account.domain, reason, condition: 'downgrade' });
}

async function passwordOf(account: SaslAccount): Promise<string> {
  const missing = (cause?: unknown): StreamFailure =>
    new StreamFailure('auth', { subject: account.domain, condition: 'no-password', cause });
  if (account.password === undefined) throw missing();
  try {
    return await account.password();
  } catch (error) {
    throw missing(error);
  }
}

// > the client sends no trace information: it would tell the operator who the guest is  XEP-0175 §4
function anonymous(offer: SaslOffer, account: SaslAccount): SaslDialogue {
  if (!offer.mechanisms.includes('ANONYMOUS')) {
    throw new StreamFailure('auth', { subject: account.domain, condition: 'anonymous' });
  }
  return {
    mechanism: 'ANONYMOUS',
    first: async () => '',
    respond: async () => {
      throw new StreamFailure('protocol', { subject: account.domain, reason: 'a challenge to a guest' });
    },
    verify: () => undefined,
  };
}

function plain(username: string, account: SaslAccount): SaslDialogue {
  return {
    mechanism: 'PLAIN',
    first: async () => `\0${username}\0${await passwordOf(account)}`,
    respond: async () => {
      throw new StreamFailure('protocol', { subject: account.domain, reason: 'a challenge where none belongs' });
    },
    verify: () => undefined,
  };
}

function scramDialogue(
  known: Known,
  username: string,
  account: SaslAccount,
  binding: Parameters<typeof createScram>[0]['binding'],
  offer: string,
): SaslDialogue {
  let scram: ReturnType<typeof createScram> | undefined;
  const proofFailure = (error: unknown): unknown =>
    error instanceof DowngradeError
      ? new StreamFailure('mechanism', { subject: account.domain, reason: error.message, condition: 'downgrade' })
      : error instanceof ScramError
        ? new StreamFailure('server-proof', { subject: account.domain, reason: error.message })
        : error;
  return {
    mechanism: known.name,
    async first() {
      scram = createScram({ hash: known.hash, username, password: await passwordOf(account), binding, offer });
      return scram.first();
    },
    async respond(challenge) {
      try {
        if (scram === undefined) throw new ScramError('a challenge too early');
        return await scram.respond(challenge);
      } catch (error) {
        throw proofFailure(error);
      }
    },
    verify(final) {
      try {
        if (scram === undefined) throw new ScramError('success too early');
        scram.verify(final.toString('utf8'));
      } catch (error) {
        throw proofFailure(error);
      }
    },
  };
}
