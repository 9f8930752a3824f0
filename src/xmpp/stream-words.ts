/** Elements of a stream beside its stanzas: what an error says, the one we give, and what a raw log may show. RFC 6120 §4.9 */
import { NS_SASL, NS_SASL2, NS_SM, NS_STREAM_ERRORS } from './ns.js';
import { type Element, elementsOf, nsOf, textOf, xml } from './xml.js';

const STANZAS: ReadonlySet<string> = new Set(['message', 'presence', 'iq']);

export function isStanza(element: Element): boolean {
  return STANZAS.has(element.getName());
}

/** `value` is what stands in the condition, an address for `see-other-host`. */
export function streamErrorOf(element: Element): {
  readonly condition: string;
  readonly text: string | undefined;
  readonly value: string;
} {
  const named = elementsOf(element).find(child => nsOf(child) === NS_STREAM_ERRORS && child.getName() !== 'text');
  return {
    condition: named?.getName() ?? 'undefined-condition',
    text: textOf(element, 'text', NS_STREAM_ERRORS),
    value: named?.getText() ?? '',
  };
}

/** The other side acknowledged `h`, more than the `sent` that it was sent. XEP-0198 §6 */
export function countTooHigh(h: string | undefined, sent: number): Element {
  const detail = xml('handled-count-too-high', { xmlns: NS_SM, h: h ?? '', 'send-count': sent });
  return xml('stream:error', {}, xml('undefined-condition', NS_STREAM_ERRORS), detail);
}

/** For a raw log: what SASL carries is a secret. */
export function shownOf(element: Element): string {
  const ns = nsOf(element);
  return (ns === NS_SASL || ns === NS_SASL2) && element.getName() !== 'failure'
    ? `<${element.getName()} xmlns='${ns}'>***</${element.getName()}>`
    : element.toString();
}
