import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { endPointOf, isForXmpp, xmppNamesOf } from '../../src/xmpp/certificate.js';

/** A self-signed certificate as OpenSSL writes it. */
function certificate(...more: readonly string[]): Buffer {
  const folder = mkdtempSync(join(tmpdir(), 'causette-certificate-'));
  try {
    const args = ['req', '-x509', '-nodes', '-subj', '/CN=nobody', '-keyout', join(folder, 'key')];
    const run = spawnSync('openssl', [...args, '-out', join(folder, 'pem'), ...more], { encoding: 'utf8' });
    assert.equal(run.status, 0, run.stderr);
    return new X509Certificate(readFileSync(join(folder, 'pem'))).raw;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
const names = (...values: readonly string[]): readonly string[] => ['-addext', `subjectAltName=${values.join(',')}`];
const address = (domain: string): string => `otherName:1.3.6.1.5.5.7.8.5;UTF8:${domain}`;
const service = (name: string): string => `otherName:1.3.6.1.5.5.7.8.7;IA5STRING:${name}`;

test('names for XMPP are read beside those for the web', () => {
  const raw = certificate(
    ...EC,
    ...names('DNS:www.chat.test', address('chat.test'), service('_xmpp-client.other.test')),
  );
  assert.deepEqual(xmppNamesOf(raw), { addresses: ['chat.test'], services: ['_xmpp-client.other.test'] });
  for (const [domain, yes] of [
    ['chat.test', true],
    ['CHAT.test', true],
    ['other.test', true],
    ['www.chat.test', false],
    ['sub.chat.test', false],
    ['test', false],
  ] as const) {
    assert.equal(isForXmpp(raw, domain, domain.toLowerCase()), yes, domain);
  }
});

test('a name for servers among themselves, or with a wildcard, is none for clients', () => {
  const raw = certificate(...EC, ...names(service('_xmpp-server.chat.test'), service('_xmpp-client.*.chat.test')));
  assert.equal(isForXmpp(raw, 'chat.test', 'chat.test'), false);
  assert.equal(isForXmpp(raw, 'a.chat.test', 'a.chat.test'), false);
});

test('a certificate cut anywhere is read without an exception', () => {
  const raw = certificate(...EC, ...names(address('chat.test')));
  for (let length = 0; length < raw.length; length++) {
    assert.equal(isForXmpp(raw.subarray(0, length), 'chat.test', 'chat.test'), false);
    endPointOf(raw.subarray(0, length));
  }
});

for (const [what, args, hash] of [
  ['ECDSA with SHA-256', [...EC, '-sha256'], 'sha256'],
  ['ECDSA with SHA-384', [...EC, '-sha384'], 'sha384'],
  ['RSA with SHA-512', ['-newkey', 'rsa:2048', '-sha512'], 'sha512'],
  ['RSA with SHA-1, which becomes SHA-256', ['-newkey', 'rsa:2048', '-sha1'], 'sha256'],
  ['RSA-PSS with SHA-384', ['-newkey', 'rsa:2048', '-sha384', '-sigopt', 'rsa_padding_mode:pss'], 'sha384'],
  ['Ed25519, which has none', ['-newkey', 'ed25519'], undefined],
] as const) {
  test(`RFC 5929: the end point of a certificate signed by ${what}`, () => {
    const raw = certificate(...args);
    const expected = hash === undefined ? undefined : createHash(hash).update(raw).digest('hex');
    assert.equal(endPointOf(raw)?.toString('hex'), expected);
  });
}
