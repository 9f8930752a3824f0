/** XEP-0380 Explicit Message Encryption: a payload that cannot be read here is said to be one, whatever clear text stands beside it. https://xmpp.org/extensions/xep-0380.html */
import { cleanBody, cleanLine, safe } from '../../lib/text.js';
import { bodyOf } from '../decode.js';
import { defineXep } from '../xep.js';
import { attr, childOf, type Element, elementsOf, nsOf } from '../xml.js';

const NS = 'urn:xmpp:eme:0';
const METHODS: ReadonlyMap<string, string> = new Map([
  ['eu.siacs.conversations.axolotl', 'OMEMO'],
  ['urn:xmpp:omemo:1', 'OMEMO'],
  ['urn:xmpp:omemo:2', 'OMEMO'],
  ['urn:xmpp:openpgp:0', 'OpenPGP'],
  ['jabber:x:encrypted', 'OpenPGP'],
  ['urn:xmpp:otr:0', 'OTR'],
]);

function methodOf(el: Element): string | undefined {
  const payload = elementsOf(el).find(child => METHODS.has(nsOf(child)));
  if (payload !== undefined) return METHODS.get(nsOf(payload));
  const eme = childOf(el, 'encryption', NS);
  if (eme === undefined) return undefined;
  return METHODS.get(attr(eme, 'namespace') ?? '') ?? attr(eme, 'name') ?? 'an unknown method';
}

export default defineXep({
  name: 'encryption',
  spec: 'XEP-0380',
  title: 'Explicit Message Encryption',
  decode: {
    message(el, draft, context) {
      const method = methodOf(el);
      if (method === undefined) return;
      const name = cleanLine(method.slice(0, 40));
      const received = bodyOf(el, context.lang);
      draft.extra = { ...draft.extra, encrypted: name };
      draft.body = cleanBody(safe`[This message is encrypted with ${name} and cannot be read here]`);
      if (received !== undefined) draft.raw = received;
    },
  },
});
