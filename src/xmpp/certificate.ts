/** What node does not read in a certificate: XMPP identities (RFC 6120 §13.7.1) and the hash of its signature (RFC 5929 §4.1). */
import { createHash } from 'node:crypto';
import { parseJid } from '../lib/jid.js';

interface Item {
  /** Tag byte: class, constructed bit and number. */
  tag: number;
  content: Buffer;
}

const SEQUENCE = 0x30;
const OID = 0x06;
const UTF8 = 0x0c;
const IA5 = 0x16;
const EXTENSIONS = 0xa3;
const OCTETS = 0x04;
/** `[0]`: the otherName of a general name, and its value. */
const CONTEXT_0 = 0xa0;

const ID_SUBJECT_ALT_NAME = '551d11';
const ID_XMPP_ADDR = '2b06010505070805';
const ID_DNS_SRV = '2b06010505070807';
/** > MD5 and SHA-1 become SHA-256  RFC 5929 §4.1 */
const SIGNATURE_HASHES: Readonly<Record<string, string>> = {
  '2a864886f70d010104': 'sha256',
  '2a864886f70d010105': 'sha256',
  '2a864886f70d01010b': 'sha256',
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  '2a864886f70d01010e': 'sha224',
  '2a8648ce3d0401': 'sha256',
  '2a8648ce3d040301': 'sha224',
  '2a8648ce3d040302': 'sha256',
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
};
const ID_RSA_PSS = '2a864886f70d01010a';
const PSS_HASHES: Readonly<Record<string, string>> = {
  '2b0e03021a': 'sha256',
  '608648016503040201': 'sha256',
  '608648016503040202': 'sha384',
  '608648016503040203': 'sha512',
  '608648016503040204': 'sha224',
};

/** The items of a DER value; nothing of what cannot be read. */
function itemsOf(der: Buffer): Item[] {
  const items: Item[] = [];
  let at = 0;
  while (at + 2 <= der.length) {
    const tag = der[at++]!;
    let length = der[at++]!;
    if (length >= 0x80) {
      const bytes = length & 0x7f;
      if (bytes === 0 || bytes > 4 || at + bytes > der.length) return items;
      length = der.readUIntBE(at, bytes);
      at += bytes;
    }
    if (at + length > der.length) return items;
    items.push({ tag, content: der.subarray(at, at + length) });
    at += length;
  }
  return items;
}

const partsOf = (item: Item | undefined): Item[] => (item === undefined ? [] : itemsOf(item.content));

export interface XmppNames {
  /** id-on-xmppAddr, as written. */
  readonly addresses: readonly string[];
  /** SRV-ID, e.g. `_xmpp-client.example.org`. RFC 4985 */
  readonly services: readonly string[];
}

export function xmppNamesOf(certificate: Buffer): XmppNames {
  const addresses: string[] = [];
  const services: string[] = [];
  const body = partsOf(partsOf(itemsOf(certificate)[0])[0]);
  const extensions = partsOf(partsOf(body.find(item => item.tag === EXTENSIONS))[0]);
  for (const extension of extensions) {
    const [id, ...rest] = partsOf(extension);
    if (id?.tag !== OID || id.content.toString('hex') !== ID_SUBJECT_ALT_NAME) continue;
    const value = rest.find(item => item.tag === OCTETS);
    for (const name of partsOf(value === undefined ? undefined : itemsOf(value.content)[0])) {
      if (name.tag !== CONTEXT_0) continue;
      const [type, wrapped] = itemsOf(name.content);
      const text = partsOf(wrapped)[0];
      if (type === undefined || text === undefined) continue;
      const kind = type.content.toString('hex');
      if (kind === ID_XMPP_ADDR && text.tag === UTF8) addresses.push(text.content.toString('utf8'));
      if (kind === ID_DNS_SRV && text.tag === IA5) services.push(text.content.toString('latin1'));
    }
  }
  return { addresses, services };
}

/** Does it name the domain as XMPP does? `identity` is the A-label. No wildcards: neither kind knows them for clients. */
export function isForXmpp(certificate: Buffer, domain: string, identity: string): boolean {
  const { addresses, services } = xmppNamesOf(certificate);
  const wanted = parseJid(domain);
  if (wanted !== undefined && addresses.some(address => parseJid(address) === wanted)) return true;
  return services.some(service => {
    const name = service.toLowerCase();
    return name === `_xmpp-client.${identity}` || name === `_xmpps-client.${identity}`;
  });
}

/** The data of `tls-server-end-point`; undefined where the specification gives no hash (Ed25519). RFC 5929 §4 */
export function endPointOf(certificate: Buffer): Buffer | undefined {
  const [, algorithm] = partsOf(itemsOf(certificate)[0]);
  const [id, parameters] = partsOf(algorithm);
  if (id?.tag !== OID) return undefined;
  const name = id.content.toString('hex');
  const hash = name === ID_RSA_PSS ? pssHashOf(parameters) : SIGNATURE_HASHES[name];
  return hash === undefined ? undefined : createHash(hash).update(certificate).digest();
}

function pssHashOf(parameters: Item | undefined): string | undefined {
  const given =
    parameters?.tag === SEQUENCE ? itemsOf(parameters.content).find(item => item.tag === CONTEXT_0) : undefined;
  // > the default is SHA-1  RFC 4055 §3.1
  if (given === undefined) return 'sha256';
  const id = partsOf(partsOf(given)[0])[0];
  return id === undefined ? undefined : PSS_HASHES[id.content.toString('hex')];
}
