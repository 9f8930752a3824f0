import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StreamFailure } from '../../src/xmpp/errors.js';
import { chooseMechanism, isAsStrong, type SaslAccount } from '../../src/xmpp/sasl.js';

const account: SaslAccount = {
  domain: 'chat.test',
  username: 'juliet',
  password: async () => 'secret',
  pinnedMechanism: undefined,
};
const secure = { secure: true, bindings: [] };
const bound = { secure: true, bindings: [{ type: 'tls-exporter', data: Buffer.alloc(32) }] } as const;

function chosen(
  mechanisms: string[],
  change: Partial<SaslAccount> = {},
  channel: typeof secure | typeof bound = secure,
) {
  return chooseMechanism({ mechanisms, bindingTypes: ['tls-exporter'] }, { ...account, ...change }, channel).mechanism;
}

const kindOf = (action: () => unknown): string => {
  try {
    action();
    return 'accepted';
  } catch (error) {
    return error instanceof StreamFailure ? error.kind : 'other';
  }
};

test('the strongest mechanism wins', () => {
  assert.equal(chosen(['PLAIN', 'SCRAM-SHA-1', 'SCRAM-SHA-512', 'SCRAM-SHA-256']), 'SCRAM-SHA-512');
});

test('a bound channel wins where the connection can be bound', () => {
  const offer = ['SCRAM-SHA-512', 'SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'];
  assert.equal(chosen(offer, {}, bound), 'SCRAM-SHA-256-PLUS');
  assert.equal(chosen(offer), 'SCRAM-SHA-512');
});

const data = Buffer.alloc(12);
const unique = { type: 'tls-unique', data } as const;
const exporter = { type: 'tls-exporter', data } as const;
const endPoint = { type: 'tls-server-end-point', data } as const;
const ways = ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-512'];
for (const [what, bindings, bindingTypes, mechanisms, gs2] of [
  ['TLS 1.2, nothing named: tls-unique', [unique, endPoint], undefined, ways, 'p=tls-unique,,'],
  ['TLS 1.3, nothing named: none is guessed', [exporter, endPoint], undefined, ways, 'n,,'],
  ['TLS 1.2, the certificate named', [unique, endPoint], ['tls-server-end-point'], ways, 'p=tls-server-end-point,,'],
  ['TLS 1.3, both named', [exporter, endPoint], ['tls-server-end-point', 'tls-exporter'], ways, 'p=tls-exporter,,'],
  ['TLS 1.2, only unknown ones named', [unique], ['tls-exporter'], ways, 'n,,'],
  ['no -PLUS offered: we could have', [unique, endPoint], undefined, ['SCRAM-SHA-512'], 'y,,'],
  ['nothing to bind to', [], undefined, ways, 'n,,'],
] as const) {
  test(`binding, ${what}`, async () => {
    const channel = { secure: true, bindings };
    const dialogue = chooseMechanism({ mechanisms, bindingTypes }, account, channel);
    const first = String(await dialogue.first());
    assert.equal(first.slice(0, first.indexOf('n=')), gs2);
    assert.equal(dialogue.mechanism.endsWith('-PLUS'), gs2.startsWith('p='));
  });
}

test('an account is never logged in as a guest', () => {
  assert.equal(
    kindOf(() => chosen(['ANONYMOUS'])),
    'mechanism',
  );
});

test('a guest is never asked for a name', () => {
  assert.equal(chosen(['PLAIN', 'ANONYMOUS'], { username: undefined }), 'ANONYMOUS');
  assert.equal(
    kindOf(() => chosen(['PLAIN'], { username: undefined })),
    'auth',
  );
});

test('a guest sends no trace', async () => {
  const offer = { mechanisms: ['ANONYMOUS'], bindingTypes: undefined };
  assert.equal(await chooseMechanism(offer, { ...account, username: undefined }, secure).first(), '');
});

test('B9 PLAIN is refused outside of verified TLS', () => {
  const offer = { mechanisms: ['PLAIN'], bindingTypes: undefined };
  assert.equal(
    kindOf(() => chooseMechanism(offer, account, { secure: false, bindings: [] })),
    'mechanism',
  );
  assert.equal(chooseMechanism(offer, account, secure).mechanism, 'PLAIN');
});

test('X025 after a stronger login a weaker one is refused with the reason', () => {
  assert.throws(
    () => chosen(['PLAIN'], { pinnedMechanism: 'SCRAM-SHA-256' }),
    (error: unknown) =>
      error instanceof StreamFailure && error.fatal && /SCRAM-SHA-256 before and now offers PLAIN/.test(error.sentence),
  );
  assert.equal(
    kindOf(() => chosen(['SCRAM-SHA-1'], { pinnedMechanism: 'SCRAM-SHA-256' })),
    'mechanism',
  );
  assert.equal(chosen(['SCRAM-SHA-512'], { pinnedMechanism: 'SCRAM-SHA-256' }), 'SCRAM-SHA-512');
});

test('an unknown pin blocks nobody', () => {
  assert.equal(isAsStrong('PLAIN', 'X-OLD'), true);
  assert.equal(isAsStrong('PLAIN', undefined), true);
});

test('a password that cannot be had is said and nothing is sent', async () => {
  const failing = { ...account, password: () => Promise.reject(new Error('locked')) };
  const dialogue = chooseMechanism({ mechanisms: ['SCRAM-SHA-1'], bindingTypes: undefined }, failing, secure);
  await assert.rejects(
    dialogue.first(),
    (error: unknown) => error instanceof StreamFailure && error.condition === 'no-password',
  );
});

test('of the bindings that both know the strongest is used', async () => {
  const bindings = [
    { type: 'tls-exporter', data: Buffer.from('exported') },
    { type: 'tls-server-end-point', data: Buffer.from('certificate') },
  ] as const;
  const first = (bindingTypes: readonly string[] | undefined): Promise<string | Buffer> =>
    chooseMechanism({ mechanisms: ['SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256'], bindingTypes }, account, {
      secure: true,
      bindings,
    }).first();
  assert.match(String(await first(['tls-server-end-point', 'tls-exporter'])), /^p=tls-exporter,,/);
  assert.match(String(await first(['tls-unique', 'tls-server-end-point'])), /^p=tls-server-end-point,,/);
  assert.match(String(await first(['tls-unique'])), /^n,,/);
  assert.match(String(await first(undefined)), /^n,,/);
});
