import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createScram, DowngradeError, saslPrep } from '../../src/xmpp/scram.js';

const NONCE = 'rOprNGfwEbeRWgbNEkqO';
const pencil = { username: 'user', password: 'pencil', binding: { kind: 'unsupported' } } as const;
const base64 = (text: string): string => Buffer.from(text).toString('base64');

test('the exchange of RFC 7677 for SHA-256', async () => {
  const scram = createScram({ ...pencil, hash: 'sha256', nonce: NONCE });
  assert.equal(scram.first(), `n,,n=user,r=${NONCE}`);
  const answer = await scram.respond(`r=${NONCE}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`);
  assert.equal(
    answer,
    `c=biws,r=${NONCE}%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`,
  );
  scram.verify('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
});

test('the exchange of RFC 5802 for SHA-1', async () => {
  const scram = createScram({ ...pencil, hash: 'sha1', nonce: 'fyko+d2lbbFgONRv9qkxdawL' });
  const answer = await scram.respond('r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096');
  assert.equal(answer, 'c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=');
  scram.verify('v=rmF9pqV8S7suAoZWja4dJRkFsKQ=');
});

const refused: readonly [sentence: string, challenge: string, message: RegExp][] = [
  ['X026 a nonce that does not continue ours is refused', `r=NOTALLYOURNONCE,s=${base64('s')},i=4096`, /nonce/],
  ['X026 our own nonce alone is refused', `r=${NONCE},s=${base64('s')},i=4096`, /nonce/],
  ['X026 one iteration is refused', `r=${NONCE}x,s=${base64('s')},i=1`, /iteration/],
  [
    'X028 two thousand million iterations are refused at once',
    `r=${NONCE}x,s=${base64('s')},i=2000000000`,
    /iteration/,
  ],
  ['iterations that are no number are refused', `r=${NONCE}x,s=${base64('s')},i=4096.5`, /iteration/],
  ['a missing salt is refused', `r=${NONCE}x,s=,i=4096`, /salt/],
  ['a mandatory extension is refused', `m=x,r=${NONCE}x,s=${base64('s')},i=4096`, /extension/],
  ['an empty challenge is refused', '', /nonce/],
  ['an endless challenge is refused', `r=${NONCE}${'x'.repeat(10_000)}`, /long/],
];

for (const [sentence, challenge, message] of refused) {
  test(sentence, async () => {
    const scram = createScram({ ...pencil, hash: 'sha256', nonce: NONCE });
    await assert.rejects(scram.respond(challenge), message);
  });
}

test('X027 a wrong signature of the server is refused', async () => {
  const scram = createScram({ ...pencil, hash: 'sha256', nonce: NONCE });
  await scram.respond(`r=${NONCE}x,s=${base64('salt')},i=4096`);
  for (const final of ['v=WRONGSIG', 'v=', '', 'e=other-error', `v=${base64('x'.repeat(32))}`]) {
    assert.throws(() => scram.verify(final), /signature/);
  }
});

test('a success before the challenge is refused', () => {
  assert.throws(() => createScram({ ...pencil, hash: 'sha256' }).verify('v=AAAA'), /signature/);
});

test('each login has a nonce of its own', () => {
  assert.notEqual(createScram({ ...pencil, hash: 'sha1' }).first(), createScram({ ...pencil, hash: 'sha1' }).first());
});

test('the header tells whether the channel is bound', () => {
  const first = (binding: Parameters<typeof createScram>[0]['binding']): string =>
    createScram({ ...pencil, hash: 'sha1', nonce: 'n', binding }).first();
  assert.equal(first({ kind: 'unoffered' }), 'y,,n=user,r=n');
  assert.equal(first({ kind: 'used', type: 'tls-exporter', data: Buffer.alloc(32) }), 'p=tls-exporter,,n=user,r=n');
});

test('commas and equals signs in a name are escaped', () => {
  const scram = createScram({ ...pencil, username: 'a=b,c', hash: 'sha1', nonce: 'n' });
  assert.equal(scram.first(), 'n,,n=a=3Db=2Cc,r=n');
});

test('names and passwords are prepared', () => {
  assert.equal(saslPrep('I\u00adX'), 'IX');
  assert.equal(saslPrep('\u2168'), 'IX');
  assert.equal(saslPrep('a\u00a0b'), 'a b');
});

test('XEP-0474: an offer that was changed on its way ends the login before the proof is sent', async () => {
  const offer = 'SCRAM-SHA-1\x1eSCRAM-SHA-1-PLUS\x1ftls-exporter\x1etls-server-end-point';
  // The hash and the offer of the example of the specification.
  const challenge = (hash: string): string => `r=fixed-and-more,s=QSXCR+Q6sek8bf92,i=4096,h=${hash}`;
  const signed = 'G6k/rBLDqgOhRRaCuuatSDFkJ08=';
  const create = (seen: string) => createScram({ ...pencil, hash: 'sha1', nonce: 'fixed', offer: seen });
  assert.match(await create(offer).respond(challenge(signed)), /,p=/);
  await assert.rejects(create('SCRAM-SHA-1').respond(challenge(signed)), DowngradeError);
});
