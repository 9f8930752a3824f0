/** What is kept of servers and accounts between starts: pinned certificates, the strongest way to log in, tokens. */
import { randomUUID } from 'node:crypto';
import type { BareJid } from '../lib/jid.js';
import type { FastToken, TokenPlace } from './fast.js';

/** A small store that survives a restart, readable by its owner only. */
export interface Remembered {
  get(key: string): unknown;
  set(key: string, value: unknown): void;
}

export interface ServerMemory {
  mechanism(account: BareJid): string | undefined;
  setMechanism(account: BareJid, name: string): void;
  tokens(account: BareJid): TokenPlace;
  /** SHA-256 fingerprints, hex. */
  pins(domain: string): readonly string[];
  pin(domain: string, fingerprint: string): void;
  seenCertificate(account: BareJid): string | undefined;
  setSeenCertificate(account: BareJid, fingerprint: string): void;
  forgetToken(account: BareJid): void;
  /** Everything about the domain, and about the account there. */
  forget(domain: string, account: BareJid | undefined): void;
}

export function createServerMemory(store: Remembered): ServerMemory {
  const textAt = (key: string): string | undefined => {
    const value = store.get(key);
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const memory: ServerMemory = {
    mechanism: account => textAt(`mechanism ${account}`),
    setMechanism(account, name) {
      if (memory.mechanism(account) !== name) store.set(`mechanism ${account}`, name);
    },
    tokens: account => ({
      get clientId() {
        const known = textAt(`client ${account}`);
        if (known !== undefined) return known;
        const made = randomUUID();
        store.set(`client ${account}`, made);
        return made;
      },
      get: () => tokenIn(store.get(`token ${account}`)),
      set: token => store.set(`token ${account}`, token),
    }),
    pins(domain) {
      const kept = store.get(`pins ${domain}`);
      return Array.isArray(kept) ? kept.filter(pin => typeof pin === 'string') : [];
    },
    pin(domain, fingerprint) {
      store.set(`pins ${domain}`, [fingerprint]);
    },
    seenCertificate: account => textAt(`certificate ${account}`),
    setSeenCertificate(account, fingerprint) {
      if (memory.seenCertificate(account) !== fingerprint) store.set(`certificate ${account}`, fingerprint);
    },
    forgetToken(account) {
      if (store.get(`token ${account}`) !== undefined) store.set(`token ${account}`, undefined);
    },
    forget(domain, account) {
      const keys = [`pins ${domain}`];
      if (account !== undefined)
        keys.push(...['mechanism', 'client', 'token', 'certificate'].map(what => `${what} ${account}`));
      for (const key of keys) if (store.get(key) !== undefined) store.set(key, undefined);
    },
  };
  return memory;
}

function tokenIn(value: unknown): FastToken | undefined {
  if (typeof value !== 'object' || value === null || !('token' in value) || !('mechanism' in value)) return undefined;
  const { token, mechanism } = value;
  if (typeof token !== 'string' || typeof mechanism !== 'string') return undefined;
  const expiresAt = 'expiresAt' in value && typeof value.expiresAt === 'number' ? value.expiresAt : undefined;
  return { token, mechanism, ...(expiresAt !== undefined && { expiresAt }) };
}
