/** A node of the account that nobody else may read (XEP-0223): its items, and publishing into it. */
import { StanzaError } from '../errors.js';
import { NS_DATA } from '../forms.js';
import type { XepContext } from '../xep.js';
import { childOf, childrenOf, cloneOf, type Element, xml } from '../xml.js';

const NS_PUBSUB = 'http://jabber.org/protocol/pubsub';

/** All items; none if the node does not exist yet. */
export async function readItems(context: XepContext, node: string): Promise<readonly Element[]> {
  try {
    const reply = await context.request(xml('iq', { type: 'get' }, xml('pubsub', NS_PUBSUB, xml('items', { node }))));
    return childrenOf(childOf(childOf(reply, 'pubsub', NS_PUBSUB), 'items', NS_PUBSUB), 'item', NS_PUBSUB);
  } catch (error) {
    // The node comes into being with the first item.
    if (!(error instanceof StanzaError) || error.condition !== 'item-not-found') throw error;
    return [];
  }
}

/** > the defaults of PEP would show the list to every contact  XEP-0402 §4.1 */
function accessForm(type: 'publish-options' | 'node_config', maxItems: string): Element {
  const option = (name: string, value: string): Element => xml('field', { var: name }, xml('value', {}, value));
  return xml(
    'x',
    { xmlns: NS_DATA, type: 'submit' },
    xml('field', { var: 'FORM_TYPE', type: 'hidden' }, xml('value', {}, `${NS_PUBSUB}#${type}`)),
    option('pubsub#persist_items', 'true'),
    option('pubsub#max_items', maxItems),
    option('pubsub#send_last_published_item', 'never'),
    option('pubsub#access_model', 'whitelist'),
  );
}

/** Publishes the item so that only the account can read it. */
export async function publishPrivately(
  context: XepContext,
  node: string,
  item: Element,
  maxItems = 'max',
): Promise<void> {
  const stanza = (): Element =>
    xml(
      'iq',
      { type: 'set' },
      xml(
        'pubsub',
        NS_PUBSUB,
        xml('publish', { node }, cloneOf(item)),
        xml('publish-options', {}, accessForm('publish-options', maxItems)),
      ),
    );
  try {
    await context.request(stanza());
  } catch (error) {
    if (!(error instanceof StanzaError) || error.condition !== 'conflict') throw error;
    // The node exists with other settings: they are set right, never accepted as they are.
    const form = accessForm('node_config', maxItems);
    await context.request(
      xml('iq', { type: 'set' }, xml('pubsub', `${NS_PUBSUB}#owner`, xml('configure', { node }, form))),
    );
    await context.request(stanza());
  }
}

/** Takes an item out and tells the account's other clients. */
export async function retractItem(context: XepContext, node: string, id: string): Promise<void> {
  await context.request(
    xml('iq', { type: 'set' }, xml('pubsub', NS_PUBSUB, xml('retract', { node, notify: 'true' }, xml('item', { id })))),
  );
}
