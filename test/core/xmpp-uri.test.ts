/** Links (RFC 5122) are read or refused, never acted on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseXmppUri } from '../../src/core/xmpp-uri.js';

for (const [text, expected] of [
  ['xmpp:room@rooms.example?join;password=secret', { jid: 'room@rooms.example', action: 'join', password: 'secret' }],
  ['xmpp:room@rooms.example/nemo?join', { jid: 'room@rooms.example/nemo', action: 'join' }],
  ['XMPP:room@rooms.example', { jid: 'room@rooms.example' }],
  [
    'xmpp://guest.example/room@muc.example?join',
    { authority: 'guest.example', jid: 'room@muc.example', action: 'join' },
  ],
  [
    'xmpp://auth@evil.example/room@x.example?join',
    { authority: 'auth@evil.example', jid: 'room@x.example', action: 'join' },
  ],
  ['xmpp:na%C3%AFve@x.example#part', { jid: 'naïve@x.example' }],
  [
    'xmpp:alice@example.org?message;body=/quit%0A/join%20evil',
    { jid: 'alice@example.org', action: 'message', body: '/quit\n/join evil' },
  ],
  ['xmpp:a@b.example?roster;name=%1b%5b2J', { jid: 'a@b.example', action: 'roster', name: '\u001b[2J' }],
  ['xmpp:x@y.example?remove', { jid: 'x@y.example', action: 'remove' }],
] as const) {
  test(`${text} is read`, () => {
    const reading = parseXmppUri(text);
    assert.ok(reading.ok);
    const { params, ...rest } = reading.uri;
    assert.deepEqual({ ...rest, ...Object.fromEntries(params) }, expected);
  });
}

for (const text of [
  'xmpp:%00%0d%0a@evil?join',
  'xmpp:r@s?join&join;;;=;password',
  'xmpp:r@s?join;password',
  'xmpp:r@s?join;a=1;a=2',
  'xmpp:r@s?jo%20in',
  'xmpp:r@s?join;a=%ff',
  'xmpp:r@s?join x',
  'xmpp:',
  'xmpp:///',
  'https://example.org',
  `xmpp:${'a'.repeat(5000)}@example.org`,
]) {
  test(`${text.slice(0, 40)} is refused with a sentence`, () => {
    const reading = parseXmppUri(text);
    assert.equal(reading.ok, false);
    assert.ok(!reading.ok && reading.problem.endsWith('.'));
  });
}
