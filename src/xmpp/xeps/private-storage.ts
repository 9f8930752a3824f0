/** XEP-0049 Private XML Storage: one element per namespace, kept by the server for the account. https://xmpp.org/extensions/xep-0049.html */
import { defineXep, type XepContext } from '../xep.js';
import { childOf, type Element, xml } from '../xml.js';

const NS = 'jabber:iq:private';

/** The stored element; an empty one if there is none. Rejects with StanzaError where the server has no such storage. */
export async function readPrivate(context: XepContext, name: string, ns: string): Promise<Element | undefined> {
  const reply = await context.request(xml('iq', { type: 'get' }, xml('query', NS, xml(name, ns))));
  return childOf(childOf(reply, 'query', NS), name, ns);
}

/** Replaces the element of its name and namespace. */
export async function writePrivate(context: XepContext, element: Element): Promise<void> {
  await context.request(xml('iq', { type: 'set' }, xml('query', NS, element)));
}

export default defineXep({ name: 'private-storage', spec: 'XEP-0049', title: 'Private XML Storage' });
