/** XEP-0461 as it is sent: who does not know replies reads what is answered, who knows them takes it away again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OutgoingMessage } from '../../src/model/incoming.js';
import { encodeMessage } from '../../src/xmpp/encode.js';
import replies from '../../src/xmpp/xeps/replies.js';
import { attr, childOf, type Element, textOf } from '../../src/xmpp/xml.js';

const ROOM = 'lobby@muc.test';
const send = (body: string, quote?: { name: string; text: string }): Element => {
  const message: OutgoingMessage = {
    to: ROOM as never,
    type: 'groupchat',
    id: 'm1',
    body,
    typedAt: 0,
    reply: { id: 's1', to: `${ROOM}/ana` as never, ...(quote && { quote }) },
  };
  const el = encodeMessage(message, [replies], {} as never);
  assert.ok(el);
  return el;
};
/** The range said to be for others, and what a client that knows replies makes of the message. */
const readBack = (el: Element): string => {
  const draft: { body?: string } = { body: textOf(el, 'body') ?? '' };
  replies.decode?.message?.(el, draft as never, { lang: 'en' } as never);
  return String(draft.body);
};

test('a reply begins with what is answered, marked as there for others', () => {
  const el = send('yes, that one', { name: 'ana', text: 'this 🙂 one?' });
  assert.equal(textOf(el, 'body'), '> ana: this 🙂 one?\nyes, that one');
  const fallback = childOf(el, 'fallback', 'urn:xmpp:fallback:0');
  assert.equal(attr(fallback, 'for'), 'urn:xmpp:reply:0');
  const range = childOf(fallback, 'body');
  // The emoji is one character and two UTF-16 units.
  assert.deepEqual([attr(range, 'start'), attr(range, 'end')], ['0', String([...'> ana: this 🙂 one?\n'].length)]);
  assert.equal(readBack(el), 'yes, that one');
});

test('of long or many lines only the beginning is quoted, and each line is', () => {
  const many = send('ok', { name: 'ana', text: 'one\ntwo\nthree\nfour' });
  assert.equal(textOf(many, 'body'), '> ana: one\n> two\n> three…\nok');
  assert.equal(readBack(many), 'ok');
  const long = textOf(send('ok', { name: 'ana', text: 'é'.repeat(5000) }), 'body') ?? '';
  assert.ok(long.length < 250 && long.endsWith('é…\nok'), long);
});

test('what controls a terminal or is no XML is not quoted', () => {
  const el = send('ok', { name: 'a\u0007na', text: 'x\u001b[31my\u0000' });
  assert.doesNotMatch(textOf(el, 'body') ?? '', /[\0\u0007\u001b]/);
  assert.equal(readBack(el), 'ok');
});

for (const [what, body, quote] of [
  ['nothing to quote', 'yes', undefined],
  ['a deed, whose /me stands at the very beginning', '/me nods', { name: 'ana', text: 'well?' }],
] as const) {
  test(`no quotation: ${what}`, () => {
    const el = send(body, quote);
    assert.equal(textOf(el, 'body'), body);
    assert.equal(childOf(el, 'fallback', 'urn:xmpp:fallback:0'), undefined);
    assert.equal(attr(childOf(el, 'reply', 'urn:xmpp:reply:0'), 'id'), 's1');
  });
}
