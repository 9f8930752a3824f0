/** XEP-0280 Message Carbons: what our other clients send and get; wrappers are believed from our own account only. https://xmpp.org/extensions/xep-0280.html */
import { bareOf, parseJid } from '../../lib/jid.js';
import { isFromAccount } from '../trust.js';
import { defineXep } from '../xep.js';
import { attr, childOf, xml } from '../xml.js';
import { delayOf } from './delay.js';

const NS = 'urn:xmpp:carbons:2';
const NS_FORWARD = 'urn:xmpp:forward:0';

export default defineXep({
  name: 'carbons',
  spec: 'XEP-0280',
  title: 'Message Carbons',
  features: [NS],
  install(context) {
    let enabled = false;
    context.on('online', () => {
      enabled = false;
      if (context.anonymous) return;
      context
        .request(xml('iq', { type: 'set' }, xml('enable', NS)))
        .then(() => {
          enabled = true;
        })
        .catch(() => context.debug('the server has no carbons'));
    });
    context.on('ended', () => {
      enabled = false;
    });
    context.intercept('message', el => {
      const received = childOf(el, 'received', NS);
      const wrapper = received ?? childOf(el, 'sent', NS);
      if (wrapper === undefined) return false;
      // CVE-2017-5589: without these checks anybody could put words into anybody's mouth.
      if (!enabled || attr(el, 'type') === 'groupchat' || !isFromAccount(context, el)) {
        context.debug('forged or unexpected carbon: dropped');
        return true;
      }
      const inner = childOf(childOf(wrapper, 'forwarded', NS_FORWARD), 'message');
      const from = parseJid(attr(inner, 'from'));
      const to = parseJid(attr(inner, 'to'));
      const own = received === undefined ? from : to;
      const type = attr(inner, 'type');
      if (inner === undefined || own === undefined || bareOf(own) !== context.bare || type === 'groupchat') {
        context.debug('carbon of a message that is not ours: dropped');
        return true;
      }
      const stamp = delayOf(inner, context);
      const message = context.decode(inner, { source: 'carbon', ...(stamp === undefined ? {} : { stamp }) });
      if (message !== undefined) context.emit(message);
      return true;
    });
  },
});
