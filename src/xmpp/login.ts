/** How somebody wants to get in, as the session takes it: with what was remembered of the server, and on the clock of the program. */
import { readFile } from 'node:fs/promises';
import type { LoginOptions } from '../core/ports.js';
import { errorText, UserError } from '../lib/errors.js';
import type { BareJid } from '../lib/jid.js';
import type { Clock } from '../lib/time.js';
import { StreamFailure } from './errors.js';
import type { ServerMemory } from './remembered.js';
import type { Clock as SessionClock, SessionOptions, SocksProxy } from './session-types.js';

/** For hosts that may not exist. */
const GUESS_TIMEOUTS = { dnsMs: 3000, tcpMs: 3000, tlsMs: 5000, stepMs: 5000 };

export interface Surroundings {
  readonly clock: Clock;
  readonly memory: ServerMemory;
  readonly random: (() => number) | undefined;
  readonly lang: string | undefined;
  /** The server may give us a token for the next login. */
  readonly stayLoggedIn: boolean;
  readonly software: string;
  readonly settle: SessionOptions['settle'];
}

/** Rejects with a UserError if a file or the proxy is of no use. */
export async function sessionOptionsOf(wanted: LoginOptions, surroundings: Surroundings): Promise<SessionOptions> {
  const { clock, memory } = surroundings;
  const made: SessionOptions = {
    domain: wanted.domain,
    clock: sessionClock(clock),
  };
  if (surroundings.random !== undefined) made.random = surroundings.random;
  if (surroundings.settle !== undefined) made.settle = surroundings.settle;
  if (surroundings.lang !== undefined) made.lang = surroundings.lang;
  if (wanted.local !== undefined) {
    const account = `${wanted.local}@${wanted.domain}` as BareJid;
    made.username = wanted.local;
    made.password = async () => {
      const password = await wanted.password?.();
      if (password === undefined || password === '') {
        throw new StreamFailure('auth', { subject: wanted.domain, condition: 'no-password' });
      }
      return password;
    };
    const pinned = memory.mechanism(account);
    if (pinned !== undefined) made.pinnedMechanism = pinned;
    made.onMechanism = name => memory.setMechanism(account, name);
    const seen = memory.seenCertificate(account);
    if (seen !== undefined) made.seenCertificate = seen;
    if (surroundings.stayLoggedIn) made.tokens = memory.tokens(account);
    made.software = surroundings.software;
    if (wanted.resource !== undefined) made.resource = wanted.resource;
  }
  if (wanted.host !== undefined) made.host = wanted.host;
  if (wanted.port !== undefined) made.port = wanted.port;
  if (wanted.tls !== undefined) made.tls = wanted.tls;
  made.pins = [...memory.pins(wanted.domain), ...(wanted.pins ?? [])];
  if (wanted.once === true) made.once = true;
  if (wanted.guess === true) made.timeouts = GUESS_TIMEOUTS;
  if (wanted.allowPlaintext !== undefined) made.allowPlaintext = wanted.allowPlaintext;
  if (wanted.proxy !== undefined && wanted.proxy !== '') made.proxy = parseProxy(wanted.proxy);
  if (wanted.caFile !== undefined) {
    try {
      made.ca = await readFile(wanted.caFile, 'utf8');
    } catch (error) {
      throw new UserError(`The certificates in ${wanted.caFile} cannot be read: ${errorText(error)}.`);
    }
  }
  return made;
}

/** Undefined: a guest. */
export function accountOf(login: LoginOptions | undefined): BareJid | undefined {
  return login?.local === undefined ? undefined : (`${login.local}@${login.domain}` as BareJid);
}

/** The session's timers on the clock of the program, so that one fake clock turns both. */
function sessionClock(clock: Clock): SessionClock {
  return {
    now: () => clock.now(),
    setTimeout: (callback, delayMs) => clock.after(delayMs, callback),
    clearTimeout: handle => {
      if (typeof handle === 'function') handle();
    },
  };
}

/** `socks5://[name:password@]host[:port]`. */
export function parseProxy(text: string): SocksProxy {
  let url: URL;
  try {
    url = new URL(text.includes('://') ? text : `socks5://${text}`);
  } catch {
    throw new UserError(`"${text}" is not the address of a proxy.`, 'Write socks5://host:port.');
  }
  if (!/^socks5h?:$/.test(url.protocol) || url.hostname === '') {
    throw new UserError('Only SOCKS5 proxies can be used.', 'Write socks5://host:port.');
  }
  const proxy: SocksProxy = { host: url.hostname, port: url.port === '' ? 1080 : Number(url.port) };
  if (url.username !== '') proxy.username = decodeURIComponent(url.username);
  if (url.password !== '') proxy.password = decodeURIComponent(url.password);
  return proxy;
}
