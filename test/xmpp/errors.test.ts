import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  errorElement,
  type FailureKind,
  StanzaError,
  StreamFailure,
  sentenceFor,
  stanzaErrorOf,
} from '../../src/xmpp/errors.js';
import { xml } from '../../src/xmpp/xml.js';

const STANZAS = 'urn:ietf:params:xml:ns:xmpp-stanzas';

test('an error is read with its text, its origin and its own condition', () => {
  const error = stanzaErrorOf(
    xml(
      'message',
      { type: 'error' },
      xml(
        'error',
        { type: 'wait', by: 'muc.test' },
        xml('policy-violation', STANZAS),
        xml('text', STANZAS, 'slow down'),
        xml('too-fast', 'urn:x'),
      ),
    ),
  );
  assert.deepEqual(
    [error.condition, error.type, error.text, error.by, error.detail?.getName()],
    ['policy-violation', 'wait', 'slow down', 'muc.test', 'too-fast'],
  );
});

const shapes = [xml('iq'), xml('iq', {}, xml('error')), xml('iq', {}, xml('error', { type: 'x' }, xml('a', 'urn:b')))];
for (const stanza of shapes) {
  test(`the error of ${stanza} is an undefined condition`, () => {
    const error = stanzaErrorOf(stanza);
    assert.equal(error.condition, 'undefined-condition');
    assert.equal(error.type, 'cancel');
  });
}

test('an endless text is cut', () => {
  const stanza = xml('iq', {}, xml('error', {}, xml('text', STANZAS, 'x'.repeat(100_000))));
  assert.equal(stanzaErrorOf(stanza).text?.length, 1000);
});

test('an error is written as it is read', () => {
  const error = new StanzaError('forbidden', { type: 'auth', text: 'no' });
  const read = stanzaErrorOf(xml('iq', {}, errorElement(error)));
  assert.deepEqual([read.condition, read.type, read.text], ['forbidden', 'auth', 'no']);
});

const CONDITIONS = [
  'bad-request',
  'conflict',
  'feature-not-implemented',
  'forbidden',
  'gone',
  'internal-server-error',
  'item-not-found',
  'jid-malformed',
  'not-acceptable',
  'not-allowed',
  'not-authorized',
  'payment-required',
  'policy-violation',
  'recipient-unavailable',
  'redirect',
  'registration-required',
  'remote-server-not-found',
  'remote-server-timeout',
  'resource-constraint',
  'service-unavailable',
  'subscription-required',
  'unexpected-request',
  'undefined-condition',
];

test('each condition of RFC 6120 has a sentence of its own', () => {
  const sentences = CONDITIONS.map(condition => sentenceFor(new StanzaError(condition), { subject: 'room@muc.test' }));
  assert.equal(new Set(sentences).size, CONDITIONS.length);
});

test('the text of the other side is quoted, and names of object members are no conditions', () => {
  assert.equal(
    sentenceFor(new StanzaError('forbidden', { text: ' banned ' }), { subject: 'room' }),
    'room does not allow you to do this ("banned")',
  );
  for (const condition of ['constructor', 'toString', '__proto__', 'x']) {
    assert.match(sentenceFor(new StanzaError(condition)), /without a known reason/);
  }
});

const KINDS: readonly FailureKind[] = [
  'dns',
  'no-service',
  'refused',
  'unreachable',
  'timeout',
  'proxy',
  'no-tls',
  'tls',
  'certificate',
  'mechanism',
  'auth',
  'server-proof',
  'bind',
  'stream',
  'protocol',
  'limit',
  'closed',
  'silent',
  'internal',
];
for (const kind of KINDS) {
  test(`the failure ${kind} is one sentence and one next step`, () => {
    const failure = new StreamFailure(kind, { subject: 'chat.test' });
    assert.match(failure.sentence, /^[A-Z“a-z].*\.$/);
    assert.match(failure.nextStep, /\.$/);
    assert.equal(failure.message, failure.sentence);
  });
}

test('what would only repeat itself is fatal, what passes by is not', () => {
  const fatal = (kind: FailureKind, condition?: string): boolean => new StreamFailure(kind, { condition }).fatal;
  for (const condition of ['conflict', 'host-unknown', 'host-gone', 'not-authorized', 'unsupported-version']) {
    assert.equal(fatal('stream', condition), true, condition);
  }
  for (const condition of ['system-shutdown', 'policy-violation', 'reset', 'resource-constraint', 'made-up']) {
    assert.equal(fatal('stream', condition), false, condition);
  }
  assert.deepEqual(
    [fatal('certificate'), fatal('auth'), fatal('no-tls'), fatal('mechanism')],
    [true, true, true, true],
  );
  assert.deepEqual([fatal('dns'), fatal('closed'), fatal('auth', 'temporary-auth-failure')], [false, false, false]);
});
