/** XML elements: the one door to `@xmpp/xml`, with readers which never throw and never answer null. */
import xmlElement, { Element } from '@xmpp/xml';

export { Element };
export type Node = Element | string;

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Builds an element: `xml('body', {}, 'hello')`, `xml('ping', 'urn:xmpp:ping')`. */
export function xml(
  name: string,
  attributes?: Attributes | string,
  ...children: readonly (Node | undefined | readonly (Node | undefined)[])[]
): Element {
  const attrs: Record<string, string> = {};
  if (typeof attributes === 'string') attrs['xmlns'] = attributes;
  else
    for (const [key, value] of Object.entries(attributes ?? {}))
      if (value !== undefined) attrs[key] = printable(`${value}`);
  const nodes = children.flat().filter(node => node !== undefined);
  return xmlElement(name, attrs, ...nodes.map(node => (typeof node === 'string' ? printable(node) : node)));
}

export function elementsOf(element: Element | undefined): Element[] {
  return element === undefined ? [] : element.children.filter(isElement);
}

export function isElement(node: unknown): node is Element {
  return node instanceof Element;
}

/** The first child of that name; without a namespace any namespace will do. */
export function childOf(element: Element | undefined, name: string, ns?: string): Element | undefined {
  return element?.getChild(name, ns);
}

export function childrenOf(element: Element | undefined, name: string, ns?: string): Element[] {
  return element?.getChildren(name, ns) ?? [];
}

/** The text of the element, or of its child of that name; `undefined` only if there is no such element. */
export function textOf(element: Element | undefined, name?: string, ns?: string): string | undefined {
  const target = name === undefined ? element : childOf(element, name, ns);
  return target?.getText();
}

export function attr(element: Element | undefined, name: string): string | undefined {
  if (element === undefined || !Object.hasOwn(element.attrs, name)) return undefined;
  const value: unknown = element.attrs[name];
  return typeof value === 'string' ? value : undefined;
}

export function nsOf(element: Element): string {
  return element.getNS() ?? '';
}

/** A copy without parents, so that a holder can change it and cannot see the stream. */
export function cloneOf(element: Element): Element {
  const copy = new Element(element.name, element.attrs);
  // A stanza of the stream takes its namespace from there.
  if (element.parent !== null && element.parent.parent === null && attr(element, 'xmlns') === undefined) {
    const ns = element.getNS();
    if (ns !== undefined) copy.attrs['xmlns'] = ns;
  }
  for (const child of element.children) copy.append(isElement(child) ? cloneOf(child) : child);
  return copy;
}

// XML 1.0 cannot carry these characters in any form; a server would close the stream over them.
const NOT_XML = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\p{Cs}]/gu;

function printable(text: string): string {
  return text.replace(NOT_XML, '\ufffd');
}
