/** SCRAM-SHA-1, -256 and -512, with and without channel binding, both sides proving the password. RFC 5802, 7677, 9266 */
import { createHash, createHmac, pbkdf2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(pbkdf2);

/** RFC 7677 §4 asks for 4096 at least; a hostile count must not keep the processor busy for minutes. */
const MIN_ITERATIONS = 4096;
const MAX_ITERATIONS = 1_000_000;
const MAX_SALT_BYTES = 1024;
const MAX_MESSAGE_LENGTH = 8192;

export type ScramHash = 'sha1' | 'sha256' | 'sha512';
const HASH_BYTES: Readonly<Record<ScramHash, number>> = { sha1: 20, sha256: 32, sha512: 64 };

/** What the server did wrong; never contains a secret. */
export class ScramError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'ScramError';
  }
}

/** What the server offered is not what arrived here. XEP-0474 */
export class DowngradeError extends ScramError {}

export interface ScramOptions {
  hash: ScramHash;
  username: string;
  password: string;
  /** RFC 5802 §6: `used` = the -PLUS mechanism, `unoffered` = we could and the server did not offer, `unsupported` = we cannot. */
  binding: { kind: 'used'; type: string; data: Buffer } | { kind: 'unoffered' } | { kind: 'unsupported' };
  /** Mechanisms and types of binding as they arrived, in the form of XEP-0474 §5; checked if the server signs its own. */
  offer?: string;
  /** For the vectors of the specification only. */
  nonce?: string;
}

export interface Scram {
  first(): string;
  /** Answers the challenge of the server; rejects with {@link ScramError}. */
  respond(challenge: string): Promise<string>;
  /** Checks the signature of the server; throws {@link ScramError}. */
  verify(final: string): void;
}

export function createScram(options: ScramOptions): Scram {
  const { hash, binding } = options;
  const nonce = options.nonce ?? randomBytes(24).toString('base64url');
  const gs2Header = binding.kind === 'used' ? `p=${binding.type},,` : binding.kind === 'unoffered' ? 'y,,' : 'n,,';
  const firstBare = `n=${escapeName(saslPrep(options.username))},r=${nonce}`;
  let expected: Buffer | undefined;

  const hmac = (key: Buffer, text: string): Buffer => createHmac(hash, key).update(text).digest();

  return {
    first: () => gs2Header + firstBare,

    async respond(challenge) {
      if (expected !== undefined) throw new ScramError('a second challenge');
      const { serverNonce, salt, iterations } = readChallenge(challenge, nonce);
      checkOffer(challenge, hash, options.offer);
      const salted = await derive(saslPrep(options.password), salt, iterations, HASH_BYTES[hash], hash);
      const clientKey = hmac(salted, 'Client Key');
      const bound = Buffer.concat([Buffer.from(gs2Header), binding.kind === 'used' ? binding.data : Buffer.alloc(0)]);
      const withoutProof = `c=${bound.toString('base64')},r=${serverNonce}`;
      const authMessage = `${firstBare},${challenge},${withoutProof}`;
      const signature = hmac(createHash(hash).update(clientKey).digest(), authMessage);
      const proof = Buffer.from(clientKey.map((byte, index) => byte ^ signature[index]!));
      expected = hmac(hmac(salted, 'Server Key'), authMessage);
      return `${withoutProof},p=${proof.toString('base64')}`;
    },

    verify(final) {
      const value = Buffer.from(readAttributes(final).get('v') ?? '', 'base64');
      if (expected === undefined || value.length !== expected.length || !timingSafeEqual(value, expected)) {
        throw new ScramError('its signature is wrong');
      }
    },
  };
}

function readChallenge(challenge: string, nonce: string): { serverNonce: string; salt: Buffer; iterations: number } {
  if (challenge.length > MAX_MESSAGE_LENGTH) throw new ScramError('its challenge is too long');
  const attributes = readAttributes(challenge);
  if (attributes.has('m')) throw new ScramError('it demands an unknown extension');
  const serverNonce = attributes.get('r') ?? '';
  if (!serverNonce.startsWith(nonce) || serverNonce.length <= nonce.length) {
    throw new ScramError('its nonce does not continue ours');
  }
  const salt = Buffer.from(attributes.get('s') ?? '', 'base64');
  if (salt.length === 0 || salt.length > MAX_SALT_BYTES) throw new ScramError('its salt is missing or too long');
  const count = attributes.get('i') ?? '';
  const iterations = /^[1-9][0-9]{0,9}$/.test(count) ? Number(count) : 0;
  if (iterations < MIN_ITERATIONS || iterations > MAX_ITERATIONS) {
    throw new ScramError(`its iteration count is not between ${MIN_ITERATIONS} and ${MAX_ITERATIONS}`);
  }
  return { serverNonce, salt, iterations };
}

/** The signature covers the whole challenge, so that a hash replaced on the way fails at the server. XEP-0474 §5.2 */
function checkOffer(challenge: string, hash: ScramHash, offer: string | undefined): void {
  const signed = readAttributes(challenge).get('h');
  if (signed === undefined || offer === undefined) return;
  if (createHash(hash).update(offer).digest('base64') !== signed) {
    throw new DowngradeError('the list of ways to log in was changed on its way');
  }
}

/** `r=…,s=…`: the first value of each name counts. */
function readAttributes(message: string): Map<string, string> {
  const attributes = new Map<string, string>();
  for (const part of message.split(',')) {
    const name = part.slice(0, 1);
    if (part[1] === '=' && !attributes.has(name)) attributes.set(name, part.slice(2));
  }
  return attributes;
}

function escapeName(name: string): string {
  return name.replaceAll('=', '=3D').replaceAll(',', '=2C');
}

// RFC 4013: other spaces become U+0020, invisible characters vanish, NFKC.
const NON_ASCII_SPACE = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g;
const MAPPED_TO_NOTHING = /\u034f|[\u00ad\u1806\u200b-\u200d\u2060\ufeff]|[\u180b-\u180d]|[\ufe00-\ufe0f]/g;

/** SASLprep. Prohibited characters stay: the server will then refuse the password, which is the truth. */
export function saslPrep(text: string): string {
  return text.replace(NON_ASCII_SPACE, ' ').replace(MAPPED_TO_NOTHING, '').normalize('NFKC');
}
