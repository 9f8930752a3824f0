/** Ends a token at the server that gave it (XEP-0484): one more login with it that says so, never one with the password. */
import { StreamFailure } from './errors.js';
import type { FastToken } from './fast.js';
import type { Session, SessionOptions } from './session-types.js';

/** For the whole of it: whoever logs out does not want to wait. */
const LIMIT_MS = 5000;

/** Settles when the server has forgotten the token (true), or does not answer or know it (false). */
export async function endToken(
  create: (options: SessionOptions) => Session,
  options: SessionOptions,
  token: FastToken,
  clock: { after(ms: number, run: () => void): () => void },
): Promise<boolean> {
  const { tokens, resource: _resource, onMechanism: _onMechanism, ...rest } = options;
  if (tokens === undefined) return false;
  const session = create({
    ...rest,
    once: true,
    password: () => Promise.reject(new StreamFailure('auth', { subject: options.domain, condition: 'no-password' })),
    tokens: { clientId: tokens.clientId, ends: true, get: () => token, set: () => {} },
  });
  const ended = await new Promise<boolean>(resolve => {
    const cancel = clock.after(LIMIT_MS, () => resolve(false));
    const settle = (known: boolean): void => {
      cancel();
      resolve(known);
    };
    session.on('online', () => settle(true));
    session.on('fatal', () => settle(false));
    session.start();
  });
  await session.stop();
  return ended;
}
