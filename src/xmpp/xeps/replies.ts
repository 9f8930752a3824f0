/** XEP-0461 Message Replies, with the quotation for old clients (XEP-0428) put before what we say and taken away from what comes. https://xmpp.org/extensions/xep-0461.html */
import { parseJid } from '../../lib/jid.js';
import { toWireText } from '../../lib/text.js';
import type { OutgoingMessage } from '../../model/incoming.js';
import { bodyOf, idOf, setBody } from '../decode.js';
import { defineXep } from '../xep.js';
import { attr, childOf, childrenOf, type Element, xml } from '../xml.js';

const NS = 'urn:xmpp:reply:0';
const NS_FALLBACK = 'urn:xmpp:fallback:0';

/** A quotation reminds; it is not the message once more. */
const QUOTED_LINES = 3;
const QUOTED_CHARACTERS = 200;

/** What is answered as quotation, with the end of its last line; empty if nothing is to be quoted. */
function quotation({ reply, body }: OutgoingMessage): string {
  const { quote } = reply ?? {};
  // “/me” is one only at the very beginning.
  if (quote === undefined || body === undefined || body.startsWith('/me ')) return '';
  const characters = [...quote.text];
  const cut = characters.slice(0, QUOTED_CHARACTERS).join('');
  const lines = cut.split('\n');
  const kept = lines.slice(0, QUOTED_LINES).join('\n');
  const whole = characters.length <= QUOTED_CHARACTERS && lines.length <= QUOTED_LINES;
  const words = `${quote.name}: ${whole ? kept : `${kept.trimEnd()}…`}`;
  return toWireText(words.replace(/^/gm, '> ')).text.concat('\n');
}

/** The body without the range that only repeats what is replied to; positions count characters, not UTF-16 units. */
function withoutFallback(body: string, el: Element): string {
  const range = childOf(
    childrenOf(el, 'fallback', NS_FALLBACK).find(child => attr(child, 'for') === NS),
    'body',
    NS_FALLBACK,
  );
  if (range === undefined) return body;
  const start = Number(attr(range, 'start') ?? 0);
  const end = Number(attr(range, 'end') ?? Number.NaN);
  if (!Number.isInteger(start) || !Number.isInteger(end) || start < 0 || end <= start) return body;
  const characters = [...body];
  // Only a quotation repeats something: a range over other words would hide them from us while old clients show them.
  const quoted = characters.slice(start, end).join('');
  const startsLine = start === 0 || characters[start - 1] === '\n';
  if (!startsLine || !quoted.split('\n').every(line => line.trim() === '' || line.startsWith('>'))) return body;
  // The blanks behind it belong to it.
  const rest = [...characters.slice(0, start), characters.slice(end).join('').trimStart()].join('');
  // A fallback over everything would make a message that says nothing.
  return end > characters.length || rest.trim() === '' ? body : rest;
}

export default defineXep({
  name: 'replies',
  spec: 'XEP-0461',
  title: 'Message Replies',
  features: [NS],
  decode: {
    message(el, draft, context) {
      const reply = childOf(el, 'reply', NS);
      const id = idOf(attr(reply, 'id'));
      if (id === undefined || draft.body === undefined) return;
      const to = parseJid(attr(reply, 'to'));
      draft.reply = to === undefined ? { id } : { id, to };
      const body = bodyOf(el, context.lang);
      if (body === undefined || draft.extra?.['encrypted'] !== undefined) return;
      const rest = withoutFallback(body, el);
      if (rest !== body) setBody(draft, rest);
    },
  },
  encode: {
    lead: quotation,
    message(message) {
      const { reply } = message;
      if (reply === undefined) return undefined;
      const refers = xml('reply', { xmlns: NS, id: reply.id, to: reply.to });
      // Positions count characters, not UTF-16 units.
      const { length } = [...quotation(message)];
      if (length === 0) return refers;
      return [
        refers,
        xml('fallback', { xmlns: NS_FALLBACK, for: NS }, xml('body', { start: '0', end: String(length) })),
      ];
    },
  },
});
