/** XEP-0191 Blocking Command: whom the server keeps away from us. https://xmpp.org/extensions/xep-0191.html */
import { UserError } from '../../lib/errors.js';
import { type Jid, parseJid } from '../../lib/jid.js';
import { StanzaError } from '../errors.js';
import { isFromAccount } from '../trust.js';
import { defineXep } from '../xep.js';
import { attr, childOf, childrenOf, type Element, xml } from '../xml.js';

const NS = 'urn:xmpp:blocking';
const MAX_ITEMS = 10_000;

export interface BlockingApi {
  list(): Promise<readonly Jid[]>;
  block(jid: Jid): Promise<void>;
  unblock(jid: Jid): Promise<void>;
}
declare module '../../api.js' {
  interface XepApi {
    blocking: BlockingApi;
  }
}

const addressesOf = (el: Element | undefined): Jid[] =>
  childrenOf(el, 'item', NS)
    .slice(0, MAX_ITEMS)
    .flatMap(item => parseJid(attr(item, 'jid')) ?? []);

export default defineXep({
  name: 'blocking',
  spec: 'XEP-0191',
  title: 'Blocking Command',
  install(context) {
    for (const name of ['block', 'unblock']) {
      // The list is fetched when somebody looks at it; a push only has to be answered.
      context.answer({ ns: NS, name, type: 'set' }, (_, iq) => {
        if (!isFromAccount(context, iq)) throw new StanzaError('service-unavailable');
        return undefined;
      });
    }
    const needAccount = (): void => {
      if (context.anonymous) throw new UserError('Guests cannot block on the server.', '/ignore hides somebody here.');
    };
    const set = async (name: 'block' | 'unblock', jid: Jid): Promise<void> => {
      needAccount();
      await context.request(xml('iq', { type: 'set' }, xml(name, NS, xml('item', { jid }))));
    };
    return {
      blocking: {
        async list() {
          needAccount();
          const reply = await context.request(xml('iq', { type: 'get' }, xml('blocklist', NS)));
          return addressesOf(childOf(reply, 'blocklist', NS));
        },
        block: jid => set('block', jid),
        unblock: jid => set('unblock', jid),
      },
    };
  },
});
