/** Where a domain's servers are: SRV records for both kinds of TLS. RFC 6120 §3.2.1, RFC 2782, XEP-0368. No TXT, no host-meta. */
import { domainToASCII } from 'node:url';
import { within } from './clock.js';
import { StreamFailure } from './errors.js';
import type { Address, Clock, Resolver, SrvRecord } from './session-types.js';

export interface Target {
  host: string;
  port: number;
  /** TLS from the first byte instead of STARTTLS. */
  direct: boolean;
}

/** `host`, `host:port` or `[address]:port`, as servers write where to go. */
export function parsePlace(text: string): { host: string; port: number | undefined } | undefined {
  const place = /^(?<host>\[[0-9a-fA-F:.]+\]|[^\s:/@[\]]{1,255})(?::(?<port>[0-9]{1,5}))?$/.exec(text.trim())?.groups;
  const host = place?.['host'];
  const port = place?.['port'] === undefined ? undefined : Number(place['port']);
  if (host === undefined || (port !== undefined && (port < 1 || port > 65535))) return undefined;
  return { host, port };
}

/** A hostile zone can list hundreds. */
export const MAX_TARGETS = 8;
export const STARTTLS_PORT = 5222;
export const DIRECT_TLS_PORT = 5223;

/** The resolver of the machine; loaded when first needed. */
export const systemResolver: Resolver = {
  async resolveSrv(name) {
    const { resolveSrv } = await import('node:dns/promises');
    return resolveSrv(name);
  },
  async lookup(host): Promise<Address[]> {
    const { lookup } = await import('node:dns/promises');
    return lookup(host, { all: true, verbatim: true });
  },
};

/** RFC 2782: by priority, and within one priority by weighted chance. */
export function orderRecords<T extends SrvRecord>(records: readonly T[], random: () => number): T[] {
  const ordered: T[] = [];
  const priorities = [...new Set(records.map(record => record.priority))].sort((a, b) => a - b);
  for (const priority of priorities) {
    // > those with weight 0 are placed at the beginning of the list  RFC 2782
    const left = records.filter(record => record.priority === priority).sort((a, b) => a.weight - b.weight);
    while (left.length > 0) {
      const sum = left.reduce((total, record) => total + record.weight, 0);
      let point = Math.floor(random() * (sum + 1));
      const index = left.findIndex(record => {
        point -= record.weight;
        return point <= 0;
      });
      ordered.push(...left.splice(Math.max(index, 0), 1));
    }
  }
  return ordered;
}

/** The targets to try, in order. Rejects with `no-service` when the domain says "." for all it publishes. */
export async function findTargets(
  domain: string,
  options: { resolver: Resolver; random: () => number; clock: Clock; timeoutMs: number },
): Promise<Target[]> {
  const name = domainToASCII(domain) || domain;
  const query = async (service: string, direct: boolean): Promise<(SrvRecord & { direct: boolean })[]> => {
    const answer = options.resolver.resolveSrv(`_${service}._tcp.${name}`);
    const expired = (): Error => new Error('no answer from the name server');
    try {
      const records = await within(options.clock, options.timeoutMs, answer, expired);
      return records.map(record => ({ ...record, direct }));
    } catch {
      // No records and no answer lead to the same place: the address of the domain itself.
      return [];
    }
  };
  const found = (await Promise.all([query('xmpps-client', true), query('xmpp-client', false)])).flat();
  const offered = found.filter(record => record.name !== '' && record.name !== '.');
  if (found.length > 0 && offered.length === 0) throw new StreamFailure('no-service', { subject: domain });
  const usable = offered.filter(record => Number.isInteger(record.port) && record.port >= 1 && record.port <= 65535);
  if (found.length > 0 && usable.length === 0) {
    throw new StreamFailure('no-service', { subject: domain, condition: 'no-usable-record' });
  }
  if (usable.length > 0) {
    return orderRecords(usable, options.random)
      .slice(0, MAX_TARGETS)
      .map(record => ({ host: record.name.replace(/\.$/, ''), port: record.port, direct: record.direct }));
  }
  return [
    { host: name, port: STARTTLS_PORT, direct: false },
    { host: name, port: DIRECT_TLS_PORT, direct: true },
  ];
}
