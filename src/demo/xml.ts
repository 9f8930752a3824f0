/** XML for the demo server: a small tree, a printer, and a bounded stream parser on saxes. */
import { SaxesParser } from 'saxes';

export const NS = {
  client: 'jabber:client',
  stream: 'http://etherx.jabber.org/streams',
  streams: 'urn:ietf:params:xml:ns:xmpp-streams',
  stanzas: 'urn:ietf:params:xml:ns:xmpp-stanzas',
  sasl: 'urn:ietf:params:xml:ns:xmpp-sasl',
  bind: 'urn:ietf:params:xml:ns:xmpp-bind',
  session: 'urn:ietf:params:xml:ns:xmpp-session',
  sm: 'urn:xmpp:sm:3',
  roster: 'jabber:iq:roster',
  info: 'http://jabber.org/protocol/disco#info',
  items: 'http://jabber.org/protocol/disco#items',
  ping: 'urn:xmpp:ping',
  version: 'jabber:iq:version',
  time: 'urn:xmpp:time',
  vcard: 'vcard-temp',
  carbons: 'urn:xmpp:carbons:2',
  commands: 'http://jabber.org/protocol/commands',
  data: 'jabber:x:data',
  muc: 'http://jabber.org/protocol/muc',
  mucUser: 'http://jabber.org/protocol/muc#user',
  mucAdmin: 'http://jabber.org/protocol/muc#admin',
  mucOwner: 'http://jabber.org/protocol/muc#owner',
  mucRoomInfo: 'http://jabber.org/protocol/muc#roominfo',
  mucRoomConfig: 'http://jabber.org/protocol/muc#roomconfig',
  chatStates: 'http://jabber.org/protocol/chatstates',
  correction: 'urn:xmpp:message-correct:0',
  stanzaId: 'urn:xmpp:sid:0',
  occupantId: 'urn:xmpp:occupant-id:0',
  delay: 'urn:xmpp:delay',
} as const;

export type XmlNode = XmlElement | string;

export interface XmlElement {
  readonly name: string;
  /** Undefined: that of the parent. */
  readonly ns: string | undefined;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlNode[];
}

/** An element; the attribute `xmlns` names its namespace, attributes that are undefined are left out. */
export function el(
  name: string,
  attributes: Readonly<Record<string, string | undefined>> = {},
  ...children: readonly XmlNode[]
): XmlElement {
  const kept: Record<string, string> = {};
  for (const [key, value] of Object.entries(attributes)) {
    if (key !== 'xmlns' && value !== undefined) kept[key] = value;
  }
  return { name, ns: attributes['xmlns'], attributes: kept, children };
}

/** The same element with other attributes; undefined takes one away. */
export function withAttributes(
  element: XmlElement,
  attributes: Readonly<Record<string, string | undefined>>,
): XmlElement {
  return el(
    element.name,
    { ...element.attributes, ...attributes, ...(element.ns === undefined ? {} : { xmlns: element.ns }) },
    ...element.children,
  );
}

export function elementsOf(element: XmlElement): readonly XmlElement[] {
  return element.children.filter(node => typeof node !== 'string');
}

export function childrenOf(element: XmlElement, name: string, ns?: string): readonly XmlElement[] {
  return elementsOf(element).filter(child => child.name === name && (ns === undefined || child.ns === ns));
}

export function childOf(element: XmlElement, name: string, ns?: string): XmlElement | undefined {
  return childrenOf(element, name, ns)[0];
}

export function textOf(element: XmlElement): string {
  return element.children.filter(node => typeof node === 'string').join('');
}

/** The text of a child, undefined without the child. */
export function childText(element: XmlElement, name: string, ns?: string): string | undefined {
  const child = childOf(element, name, ns);
  return child === undefined ? undefined : textOf(child);
}

export function escapeXml(text: string): string {
  return text.replace(/[&<>'"]/g, character => ESCAPES[character] ?? character);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&apos;',
  '"': '&quot;',
};

export function printXml(element: XmlElement, inherited: string = NS.client): string {
  const ns = element.ns ?? inherited;
  const attributes = Object.entries(ns === inherited ? {} : { xmlns: ns })
    .concat(Object.entries(element.attributes))
    .map(([key, value]) => ` ${key}='${escapeXml(value)}'`)
    .join('');
  if (element.children.length === 0) return `<${element.name}${attributes}/>`;
  const content = element.children.map(node => (typeof node === 'string' ? escapeXml(node) : printXml(node, ns)));
  return `<${element.name}${attributes}>${content.join('')}</${element.name}>`;
}

/** A stanza that is larger ends the connection. */
export const MAX_STANZA_BYTES = 65_536;
const MAX_DEPTH = 32;

/** RFC 6120 §4.9.3 */
export type StreamFault = 'not-well-formed' | 'restricted-xml' | 'policy-violation' | 'bad-format';

export interface StreamHandlers {
  onStart(attributes: Readonly<Record<string, string>>): void;
  onStanza(stanza: XmlElement): void;
  onEnd(): void;
  onFault(fault: StreamFault): void;
}

interface OpenElement {
  readonly name: string;
  readonly ns: string;
  readonly attributes: Record<string, string>;
  readonly children: XmlNode[];
}

/** Feeds bytes of one stream; after a fault or the end nothing is handed on any more. */
export function createStreamParser(handlers: StreamHandlers): (chunk: Uint8Array) => void {
  const parser = new SaxesParser({ xmlns: true, position: false });
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const open: OpenElement[] = [];
  let pendingBytes = 0;
  let depth = 0;
  let isOver = false;
  // saxes tells of a wrong end tag only after it has closed the element: a stanza is handed on with the next event.
  let complete: XmlElement | undefined;

  const flush = () => {
    const stanza = complete;
    complete = undefined;
    if (stanza !== undefined && !isOver) handlers.onStanza(stanza);
  };
  const fault = (kind: StreamFault) => {
    if (isOver) return;
    isOver = true;
    handlers.onFault(kind);
  };
  parser.on('error', () => fault('not-well-formed'));
  // > XMPP is a restricted profile of XML: no comments, processing instructions, DTDs.  RFC 6120 §11.1
  parser.on('doctype', () => fault('restricted-xml'));
  parser.on('comment', () => fault('restricted-xml'));
  parser.on('processinginstruction', () => fault('restricted-xml'));
  parser.on('opentag', tag => {
    flush();
    if (isOver) return;
    depth += 1;
    // No prototype: a stranger chooses the names.
    const attributes: Record<string, string> = Object.create(null);
    for (const attribute of Object.values(tag.attributes)) {
      if (attribute.prefix === '' && attribute.local !== 'xmlns') attributes[attribute.local] = attribute.value;
      else if (attribute.prefix === 'xml' && attribute.local === 'lang') attributes['xml:lang'] = attribute.value;
    }
    if (depth === 1) {
      if (tag.local === 'stream' && tag.uri === NS.stream) handlers.onStart(attributes);
      else fault('bad-format');
    } else if (depth > MAX_DEPTH) fault('policy-violation');
    else open.push({ name: tag.local, ns: tag.uri, attributes, children: [] });
  });
  const addText = (text: string) => {
    open.at(-1)?.children.push(text);
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    flush();
    if (isOver) return;
    depth -= 1;
    const closed = open.pop();
    if (closed === undefined) {
      isOver = true;
      handlers.onEnd();
      return;
    }
    const parent = open.at(-1);
    if (parent !== undefined) {
      parent.children.push(closed);
      return;
    }
    pendingBytes = 0;
    complete = closed;
  });

  return chunk => {
    if (isOver) return;
    pendingBytes += chunk.length;
    let text: string;
    try {
      text = decoder.decode(chunk, { stream: true });
    } catch {
      fault('not-well-formed');
      return;
    }
    parser.write(text);
    flush();
    if (pendingBytes > MAX_STANZA_BYTES) fault('policy-violation');
  };
}
