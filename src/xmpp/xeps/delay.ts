/** XEP-0203 Delayed Delivery: when something was said. https://xmpp.org/extensions/xep-0203.html */
import { bareOf, domainOf, parseJid } from '../../lib/jid.js';
import { NS_DELAY } from '../ns.js';
import { parseStamp, printStamp } from '../stamp.js';
import { defineXep, type XepContext } from '../xep.js';
import { attr, childrenOf, type Element, xml } from '../xml.js';

const DELAY_AFTER_MS = 30_000;

/** The stamp of the stanza; one set by whoever may delay it (the room, our server, the sender's) goes before others. */
export function delayOf(el: Element, context: XepContext): number | undefined {
  const from = parseJid(attr(el, 'from')) ?? context.bare;
  const stamps = childrenOf(el, 'delay', NS_DELAY)
    .slice(0, 8)
    .flatMap(delay => {
      const at = parseStamp(attr(delay, 'stamp'));
      return at === undefined ? [] : [{ at, by: parseJid(attr(delay, 'from')) }];
    });
  const chosen =
    stamps.find(({ by }) => by !== undefined && from !== undefined && (by === bareOf(from) || by === domainOf(from))) ??
    stamps[0];
  // A clock that runs ahead must not put anything behind what is said from now on.
  return chosen === undefined ? undefined : Math.min(chosen.at, context.clock.now());
}

export default defineXep({
  name: 'delay',
  spec: 'XEP-0203',
  title: 'Delayed Delivery',
  features: [NS_DELAY],
  decode: {
    message(el, draft, context) {
      const stamp = delayOf(el, context);
      if (stamp !== undefined) draft.stamp = stamp;
    },
  },
  encode: {
    message(message, context) {
      // Said while there was no link: whoever gets it later should know when.
      if (message.body === undefined || context.clock.now() - message.typedAt < DELAY_AFTER_MS) return undefined;
      return xml('delay', { xmlns: NS_DELAY, stamp: printStamp(message.typedAt) });
    },
  },
});
