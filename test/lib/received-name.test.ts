/** Names of received files: one harmless part of a path, whatever the other side says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { numberedName, receivedName } from '../../src/lib/received-name.js';

const TABLE: readonly (readonly [raw: string | undefined, name: string])[] = [
  ['report.pdf', 'report.pdf'],
  ['Jahres%20bericht%20%C3%BC.pdf', 'Jahres bericht ü.pdf'],
  ['漢字 שלום.txt', '漢字 שלום.txt'],
  [undefined, 'file'],
  ['', 'file'],
  ['..', 'file'],
  ['/', 'file'],
  ['../../.bashrc', 'bashrc'],
  ['..\\..\\evil.exe', 'evil.exe'],
  ['%2e%2e%2f%2e%2e%2f.ssh%2fauthorized_keys', 'authorized_keys'],
  ['%252e%252e%252fx', '%2e%2e%2fx'],
  ['100%', '100%'],
  ['-rf', '_-rf'],
  ['a\0b\nc\x1b[2J.txt', 'abc[2J.txt'],
  ['aux.html\u202e', '_aux.html'],
  ['invoice\u202efdp.exe', 'invoicefdp.exe'],
  ['CON', '_CON'],
  ['a:b|c?.txt', 'a_b_c_.txt'],
  ['trailing. . ', 'trailing'],
];
for (const [raw, name] of TABLE) {
  test(`${JSON.stringify(raw)} is kept as ${name}`, () => assert.equal(receivedName(raw), name));
}

test('a long name is cut to 200 bytes between two characters, and keeps its extension', () => {
  const name = receivedName(`${'漢'.repeat(300)}.txt`);
  assert.equal(name, `${'漢'.repeat(65)}.txt`);
  assert.equal(receivedName(`${'x'.repeat(300)}.${'y'.repeat(300)}`).length, 200);
});

test('any name is one that a folder takes, and stays what it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), raw => {
      const name = receivedName(raw);
      assert.doesNotMatch(name, /[/\\\p{C}]|^[-. ]|[. ]$|^$/u);
      assert.ok(Buffer.byteLength(name) <= 200);
      assert.equal(receivedName(encodeURIComponent(name)), name);
    }),
  );
});

test('the next names carry a number before the extension', () => {
  assert.deepEqual(
    [0, 1, 12].map(number => numberedName('report.txt', number)),
    ['report.txt', 'report (1).txt', 'report (12).txt'],
  );
  assert.equal(numberedName('file', 1), 'file (1)');
});
