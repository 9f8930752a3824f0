/**
 * The strict and bounded XML parser of a stream: RFC 6120 §11 on top of saxes.
 *
 * One decoder per stream, so that a character split over two segments survives; no DTD, comment, processing instruction or
 * undefined entity; names with their namespaces resolved; a stanza over its limits is skipped, an endless one closes the stream.
 */
import { isUtf8 } from 'node:buffer';
import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { NS_CLIENT } from './ns.js';
import type { ParserLimits } from './session-types.js';
import { Element } from './xml.js';

export const DEFAULT_LIMITS: ParserLimits = {
  depth: 32,
  stanzaBytes: 1 << 20,
  streamBytes: 4 << 20,
  attributeLength: 64 << 10,
  // A contact list of ten thousand, each in a group or two, is one stanza.
  elements: 60_000,
};

/** Nesting at which even skipping is not worth it: the open tags themselves would fill the memory. */
const HOPELESS_DEPTH = 1024;

export type LimitName = keyof ParserLimits;

/** A first-level element over its limits: what is left of it is its name and attributes. */
export interface Skipped {
  element: Element;
  limit: LimitName;
}

export interface ParseFailure {
  /** The stream error condition, RFC 6120 §4.9.3. */
  condition:
    | 'not-well-formed'
    | 'restricted-xml'
    | 'bad-namespace-prefix'
    | 'unsupported-encoding'
    | 'policy-violation';
  reason: string;
  limit?: LimitName;
}

export interface ParserHandlers {
  start(root: Element): void;
  element(element: Element): void;
  skipped(skipped: Skipped): void;
  end(): void;
  failure(failure: ParseFailure): void;
}

export interface StreamParser {
  write(chunk: Buffer | string): void;
  /** Nothing is reported any more. */
  stop(): void;
}

/** Declarations of one element, linked to those around it: resolving is as cheap at depth 30 as at depth 1. */
interface Scope {
  declared: ReadonlyMap<string, string>;
  outer: Scope | undefined;
}

interface Frame {
  element: Element;
  ns: string;
  scope: Scope | undefined;
}

/** Fields of saxes which `on()` would set through computed names; that makes the parser several times slower. */
interface SaxesHandlers {
  errorHandler: (error: Error) => void;
  doctypeHandler: () => void;
  commentHandler: () => void;
  piHandler: () => void;
  openTagHandler: (tag: SaxesTagPlain) => void;
  closeTagHandler: () => void;
  textHandler: (text: string) => void;
  cdataHandler: (text: string) => void;
}

const NS_XML = 'http://www.w3.org/XML/1998/namespace';
const NS_XMLNS = 'http://www.w3.org/2000/xmlns/';

export function createStreamParser(handlers: ParserHandlers, limits: ParserLimits = DEFAULT_LIMITS): StreamParser {
  const saxes = new SaxesParser({ xmlns: false, position: false });
  const decode = createUtf8Decoder();
  /** Open elements from the stream header down; while skipping, only down to the stanza. */
  const frames: Frame[] = [];
  let depth = 0;
  let elements = 0;
  let characters = 0;
  let bytes = 0;
  let exceeded: LimitName | undefined;
  let dead = false;

  function fail(failure: ParseFailure): void {
    if (dead) return;
    dead = true;
    handlers.failure(failure);
  }

  function open(tag: SaxesTagPlain): void {
    if (dead) return;
    depth++;
    if (depth > HOPELESS_DEPTH) {
      fail({ condition: 'policy-violation', reason: `nested deeper than ${limits.depth} levels`, limit: 'depth' });
      return;
    }
    if (depth > 1) {
      elements++;
      if (depth - 1 > limits.depth) exceeded ??= 'depth';
      if (elements > limits.elements) exceeded ??= 'elements';
      if (exceeded !== undefined && depth > 2) return;
    }
    const frame = frameOf(tag);
    if (frame === undefined) return;
    const parent = frames.at(-1);
    frames.push(frame);
    if (parent === undefined) handlers.start(frame.element);
    else if (depth > 2) parent.element.append(frame.element);
    else frame.element.parent = parent.element;
  }

  function frameOf(tag: SaxesTagPlain): Frame | undefined {
    const parent = frames.at(-1);
    const attrs: Record<string, string> = {};
    let prefixes: string[] | undefined;
    let declared: Map<string, string> | undefined;
    const { attributes } = tag;
    // The object of saxes has no prototype.
    for (const name in attributes) {
      const value = attributes[name]!;
      characters += name.length + value.length;
      if (value.length > limits.attributeLength) exceeded ??= 'attributeLength';
      if (name === 'xmlns' || name.startsWith('xmlns:')) {
        const prefix = name.slice(6);
        if (name !== 'xmlns' && !isDeclarable(prefix, value)) {
          return refused(`the prefix "${prefix}" cannot be declared so`);
        }
        declared ??= new Map();
        declared.set(prefix, value);
      } else if (name !== '__proto__') {
        attrs[name] = value;
        const colon = name.indexOf(':');
        if (colon > 0 && !name.startsWith('xml:')) {
          prefixes ??= [];
          prefixes.push(name.slice(0, colon));
        }
      }
    }
    if (exceeded !== undefined && depth > 2) return undefined;
    const scope = declared === undefined ? parent?.scope : { declared, outer: parent?.scope };
    const colon = tag.name.indexOf(':');
    const prefix = colon < 0 ? '' : tag.name.slice(0, colon);
    const ns = resolve(scope, prefix) ?? (prefix === '' ? '' : undefined);
    if (ns === undefined) return refused(`the prefix "${prefix}" is not declared`);
    for (const used of prefixes ?? []) {
      const uri = resolve(scope, used);
      if (uri === undefined) return refused(`the prefix "${used}" is not declared`);
      attrs[`xmlns:${used}`] = uri;
    }
    if (depth === 1) return rootFrame(tag.name, attrs, ns, scope);
    if (ns !== parent?.ns) attrs['xmlns'] = ns;
    return { element: new Element(tag.name.slice(colon + 1), attrs), ns, scope };
  }

  /** The header keeps its prefix; what counts for the stanzas below is its default namespace. */
  function rootFrame(name: string, attrs: Record<string, string>, ns: string, scope: Scope | undefined): Frame {
    const element = new Element(name, attrs);
    const content = resolve(scope, '') ?? '';
    element.attrs['xmlns'] = content;
    const colon = name.indexOf(':');
    if (colon > 0) element.attrs[`xmlns:${name.slice(0, colon)}`] = ns;
    return { element, ns: content, scope };
  }

  function refused(reason: string): undefined {
    fail({ condition: 'bad-namespace-prefix', reason });
    return undefined;
  }

  function text(content: string, cdata: boolean): void {
    if (dead) return;
    if (depth <= 1) {
      if (cdata || /\S/.test(content)) fail({ condition: 'not-well-formed', reason: 'text outside of a stanza' });
      return;
    }
    characters += content.length;
    if (characters > limits.stanzaBytes) exceeded ??= 'stanzaBytes';
    if (exceeded === undefined) frames.at(-1)!.element.t(content);
  }

  function close(): void {
    if (dead) return;
    depth--;
    if (depth === 0) {
      dead = true;
      handlers.end();
      return;
    }
    if (depth > 1) {
      // Elements opened while skipping have no frame.
      if (frames.length > depth) frames.pop();
      return;
    }
    const { element } = frames[1]!;
    frames.length = 1;
    const limit = exceeded;
    elements = characters = bytes = 0;
    exceeded = undefined;
    if (limit === undefined) {
      handlers.element(element);
      return;
    }
    element.children = [];
    for (const [name, value] of Object.entries(element.attrs)) {
      if (`${value}`.length > limits.attributeLength) delete element.attrs[name];
    }
    handlers.skipped({ element, limit });
  }

  const target = saxes as unknown as SaxesHandlers;
  target.errorHandler = error => {
    // Inside the stream saxes calls this a misplaced declaration; the RFC has a name for it.
    const condition = /doctype/i.test(error.message) ? 'restricted-xml' : 'not-well-formed';
    fail({ condition, reason: error.message });
  };
  target.doctypeHandler = () => fail({ condition: 'restricted-xml', reason: 'a document type definition' });
  target.commentHandler = () => fail({ condition: 'restricted-xml', reason: 'a comment' });
  target.piHandler = () => fail({ condition: 'restricted-xml', reason: 'a processing instruction' });
  target.openTagHandler = open;
  target.closeTagHandler = close;
  target.textHandler = content => text(content, false);
  target.cdataHandler = content => text(content, true);

  return {
    write(chunk) {
      if (dead) return;
      bytes += chunk.length;
      if (bytes > limits.streamBytes) {
        const reason = `one stanza of more than ${limits.streamBytes} bytes`;
        fail({ condition: 'policy-violation', reason, limit: 'streamBytes' });
        return;
      }
      const decoded = typeof chunk === 'string' ? chunk : decode(chunk);
      if (decoded === undefined) {
        fail({ condition: 'unsupported-encoding', reason: 'bytes which are not UTF-8' });
        return;
      }
      try {
        saxes.write(decoded);
      } catch (error) {
        fail({ condition: 'not-well-formed', reason: error instanceof Error ? error.message : 'unreadable' });
      }
    },
    stop() {
      dead = true;
    },
  };
}

function resolve(scope: Scope | undefined, prefix: string): string | undefined {
  for (let at = scope; at !== undefined; at = at.outer) {
    const uri = at.declared.get(prefix);
    if (uri !== undefined) return uri;
  }
  if (prefix === 'xml') return NS_XML;
  return undefined;
}

// > The prefix xml … MUST NOT be bound to any other namespace name; xmlns … MUST NOT be declared.  Namespaces in XML 1.0 §3
function isDeclarable(prefix: string, uri: string): boolean {
  if (prefix === '' || prefix === 'xmlns' || uri === '' || uri === NS_XMLNS) return false;
  return (prefix === 'xml') === (uri === NS_XML);
}

/** Is the default namespace of this header the one of clients? */
export function isClientHeader(root: Element): boolean {
  return root.getName() === 'stream' && root.attrs['xmlns'] === NS_CLIENT;
}

/** Keeps an incomplete last character back for the next chunk; `undefined` for what is not UTF-8. */
function createUtf8Decoder(): (chunk: Buffer) => string | undefined {
  let rest: Buffer | undefined;
  return chunk => {
    let bytes = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
    rest = undefined;
    const complete = completeLength(bytes);
    if (complete < bytes.length) {
      rest = Buffer.from(bytes.subarray(complete));
      bytes = bytes.subarray(0, complete);
    }
    return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
  };
}

/** How many bytes form whole characters; at most three bytes can be left over. */
function completeLength(bytes: Buffer): number {
  let lead = bytes.length - 1;
  while (lead >= 0 && lead > bytes.length - 4 && (bytes[lead]! & 0xc0) === 0x80) lead--;
  if (lead < 0) return bytes.length;
  const byte = bytes[lead]!;
  const wanted = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
  return bytes.length - lead < wanted ? lead : bytes.length;
}
