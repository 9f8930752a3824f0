/**
 * XMPP addresses as branded strings, prepared so that two equal addresses are one string. RFC 7622
 * https://www.rfc-editor.org/rfc/rfc7622
 *
 * Only prepared forms carry a brand; nothing here throws.
 */
import { domainToASCII, domainToUnicode } from 'node:url';

declare const jidBrand: unique symbol;

/** A prepared address with or without a resource. */
export type Jid = string & { readonly [jidBrand]: 'bare' | 'full' };
/** `local@domain` or `domain`. */
export type BareJid = string & { readonly [jidBrand]: 'bare' };
/** `local@domain/resource` or `domain/resource`. */
export type FullJid = string & { readonly [jidBrand]: 'full' };

/** RFC 7622 §3.1: each part is 1 to 1023 bytes of UTF-8. */
const MAX_PART_BYTES = 1023;
/** Three parts and two separators: anything longer cannot be an address in any form. */
const MAX_TEXT_LENGTH = 3 * MAX_PART_BYTES + 2;
const CACHE_ENTRIES = 2048;
/** Longer addresses are parsed each time, so that a stranger cannot fill the cache with megabytes. */
const CACHED_LENGTH = 256;

// Already prepared as it stands: lower-case ASCII in local part and domain, printable ASCII in the resource.
const PREPARED_ASCII =
  /^(?:[a-z0-9!#$%()*+,\-.;=?[\\\]^_`{|}~]{1,256}@)?[a-z0-9_](?:[a-z0-9_-]|\.(?!\.|\/|$)){0,252}(?:\/[\x20-\x7e]{1,256})?$/;
const ASCII = /^[\x00-\x7f]*$/;
// > "&'/:<>@ are disallowed in the localpart  RFC 7622 §3.3.1
const LOCAL_EXCLUDED = /["&'/:<>@]/;
// IdentifierClass without its tables: no controls, spaces, surrogates, private use, invisible or unassigned characters.
const NOT_IDENTIFIER = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Z}\p{Default_Ignorable_Code_Point}]/u;
// FreeformClass, lenient about invisible characters: they occur in nicknames (emoji sequences) and are cleaned on display.
const NOT_FREEFORM = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}\u2028\u2029]/u;
const WIDE_OR_NARROW = /[\u3000\uff01-\uffee]+/g;
const ASCII_DOMAIN = /^[a-z0-9_](?:[a-z0-9_-]|\.(?!\.|$))*$/;
const IPV6_LITERAL = /^\[[0-9a-f:.]{2,45}\]$/;

let cache = new Map<string, Jid | undefined>();

/** Prepares an address as typed or as received; `undefined` if it is none. */
export function parseJid(text: string | undefined): Jid | undefined {
  if (text === undefined || text === '' || text.length > MAX_TEXT_LENGTH) return undefined;
  if (text.length > CACHED_LENGTH) return prepare(text);
  const known = cache.get(text);
  if (known !== undefined || cache.has(text)) return known;
  if (cache.size >= CACHE_ENTRIES) cache = new Map();
  const jid = prepare(text);
  cache.set(text, jid);
  return jid;
}

/** As {@link parseJid}, and a resource is not allowed. */
export function parseBareJid(text: string | undefined): BareJid | undefined {
  const jid = parseJid(text);
  return jid !== undefined && !isFull(jid) ? (jid as BareJid) : undefined;
}

/** As {@link parseJid}, and a resource is demanded. */
export function parseFullJid(text: string | undefined): FullJid | undefined {
  const jid = parseJid(text);
  return jid !== undefined && isFull(jid) ? jid : undefined;
}

/** Puts an address together from parts which are not prepared yet. */
export function makeJid(local: string | undefined, domain: string, resource?: string): Jid | undefined {
  if (local !== undefined && (local === '' || /[@/]/.test(local))) return undefined;
  if (/[@/]/.test(domain)) return undefined;
  return parseJid((local === undefined ? '' : `${local}@`) + domain + (resource === undefined ? '' : `/${resource}`));
}

export function isFull(jid: Jid): jid is FullJid {
  return jid.includes('/');
}

export function bareOf(jid: Jid): BareJid {
  const slash = jid.indexOf('/');
  return (slash < 0 ? jid : jid.slice(0, slash)) as BareJid;
}

export function localOf(jid: Jid): string | undefined {
  const bare = bareOf(jid);
  const at = bare.indexOf('@');
  return at < 0 ? undefined : bare.slice(0, at);
}

export function domainOf(jid: Jid): string {
  const bare = bareOf(jid);
  return bare.slice(bare.indexOf('@') + 1);
}

export function resourceOf(jid: Jid): string | undefined {
  const slash = jid.indexOf('/');
  return slash < 0 ? undefined : jid.slice(slash + 1);
}

/** The address of one resource (a connected client, or an occupant of a room). */
export function withResource(bare: BareJid, resource: string): FullJid | undefined {
  return parseFullJid(`${bare}/${resource}`);
}

// > remove any portion from the first '/' to the end; then any portion up to the first '@'  RFC 7622 §3.1
function prepare(text: string): Jid | undefined {
  if (PREPARED_ASCII.test(text)) return text as Jid;
  const slash = text.indexOf('/');
  const bare = slash < 0 ? text : text.slice(0, slash);
  const at = bare.indexOf('@');
  const domain = prepareDomain(bare.slice(at + 1));
  if (domain === undefined) return undefined;
  let jid = domain;
  if (at >= 0) {
    const local = prepareLocal(bare.slice(0, at));
    if (local === undefined) return undefined;
    jid = `${local}@${domain}`;
  }
  if (slash >= 0) {
    const resource = prepareResource(text.slice(slash + 1));
    if (resource === undefined) return undefined;
    jid += `/${resource}`;
  }
  return jid as Jid;
}

/** UsernameCaseMapped (RFC 8265 §3.3): width mapping, lower case, NFC, then the identifier class. */
function prepareLocal(text: string): string | undefined {
  const local = text
    .replace(WIDE_OR_NARROW, wide => wide.normalize('NFKC'))
    .toLowerCase()
    .normalize('NFC');
  if (LOCAL_EXCLUDED.test(local) || NOT_IDENTIFIER.test(local)) return undefined;
  // Characters with a compatibility form ("ﬁ") would make two spellings of one name: not in the identifier class.
  if (local.normalize('NFKC') !== local) return undefined;
  return fits(local) ? local : undefined;
}

/** OpaqueString (RFC 8265 §4.2): other spaces become U+0020, NFC. */
function prepareResource(text: string): string | undefined {
  const resource = ASCII.test(text) ? text : text.replace(/\p{Zs}/gu, ' ').normalize('NFC');
  return NOT_FREEFORM.test(resource) || !fits(resource) ? undefined : resource;
}

/** IDNA: an A-label stays as received (it is never turned into a look-alike), a U-label is validated and mapped. */
function prepareDomain(text: string): string | undefined {
  const lower = text.toLowerCase();
  const domain = lower.endsWith('.') ? lower.slice(0, -1) : lower;
  if (!fits(domain)) return undefined;
  if (ASCII.test(domain)) return ASCII_DOMAIN.test(domain) || IPV6_LITERAL.test(domain) ? domain : undefined;
  // The platform function reads URLs: percent signs and brackets must not reach it.
  if (/[\x00-\x2c\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f]/.test(domain)) return undefined;
  const ascii = domainToASCII(domain.normalize('NFC'));
  if (!ASCII_DOMAIN.test(ascii)) return undefined;
  const unicode = domainToUnicode(ascii);
  return fits(unicode) ? unicode : undefined;
}

function fits(part: string): boolean {
  return part !== '' && part.length <= MAX_PART_BYTES && Buffer.byteLength(part) <= MAX_PART_BYTES;
}
