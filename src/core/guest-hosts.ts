/** Where a guest may come in for a room: hosts with SASL ANONYMOUS, the likeliest first. */
import { type BareJid, domainOf, localOf, parseBareJid } from '../lib/jid.js';

export interface GuestHost {
  readonly domain: string;
  /** A guess from the name of the room's domain: it may not exist, so nobody waits for it for long. */
  readonly guess: boolean;
}

/** Names that servers commonly give the host of their guests. */
const PREFIXES = ['anon', 'guest', 'anonymous'] as const;

/** `conference.example.org=anon.example.org`: service or room, and its guest host. Broken entries are left out. */
export function readHostMap(entries: readonly string[]): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (const entry of entries) {
    const [from = '', to = ''] = entry.split('=').map(part => part.trim().toLowerCase());
    const place = parseBareJid(from);
    const host = parseBareJid(to);
    if (place !== undefined && host !== undefined && localOf(host) === undefined) map.set(place, host);
  }
  return map;
}

/** Hosts near a domain: itself, and the usual names in front of its parent. */
function near(domain: string): readonly string[] {
  const labels = domain.split('.');
  // An address in numbers has no relatives, and nobody asks a top level for guests.
  if (labels.length < 2 || /^[\d.]+$|[:[]/.test(domain)) return [];
  const parent = labels.length > 2 ? labels.slice(1).join('.') : domain;
  return [domain, ...PREFIXES.map(prefix => `${prefix}.${parent}`)];
}

/** In the order in which they are tried, each once: the link's, the settings' for this room, guesses, the list of the settings. */
export function guestHosts(options: {
  readonly room: BareJid | undefined;
  /** Named by the link. */
  readonly authority: string | undefined;
  readonly map: ReadonlyMap<string, string>;
  /** May be guessed from the address of the room. */
  readonly find: boolean;
  readonly configured: readonly string[];
}): readonly GuestHost[] {
  const { room, authority, map, find, configured } = options;
  const hosts = new Map<string, boolean>();
  const add = (name: string | undefined, guess = false): void => {
    const domain = name === undefined ? undefined : parseBareJid(name.trim());
    if (domain === undefined || localOf(domain) !== undefined || hosts.has(domain)) return;
    hosts.set(domain, guess);
  };
  add(authority);
  if (room !== undefined) {
    const service = domainOf(room);
    add(map.get(room));
    for (let domain = service; domain.includes('.'); domain = domain.slice(domain.indexOf('.') + 1)) {
      add(map.get(domain));
    }
    if (find) for (const domain of near(service)) add(domain, true);
  }
  for (const domain of configured) add(domain);
  // What is configured as well is no guess.
  return [...hosts].map(([domain, guess]) => ({ domain, guess: guess && !configured.includes(domain) }));
}
