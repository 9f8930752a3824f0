/** Addresses of strangers become names of files. */
import assert from 'node:assert/strict';
import { basename, join, resolve } from 'node:path';
import { test } from 'node:test';
import { fileNameOf } from '../../src/storage/file-name.js';

const SAFE = /^(?!\.)[a-z0-9@_.%~-]+$/;

const CASES: readonly [string, string][] = [
  ['romeo@example.test', 'romeo@example.test'],
  ['../x', '%2e%2e%2fx'],
  ['..@evil.example/..', ''],
  ['../../../../tmp/x@evil/..', ''],
  ['a%2f..%2fb@c', ''],
  ['con@nul', '%63on@nul'],
  ['nul', '%6eul'],
  ['room@muc.test/Juliet', 'room@muc.test%2f%4auliet'],
  ['日本@example.org', ''],
  ['.', '%2e'],
  ['..', '%2e%2e'],
  ['-rf', '%2drf'],
];

for (const [address, wanted] of CASES) {
  test(`${address} is one plain name`, () => {
    const name = fileNameOf(address);
    if (wanted !== '') assert.equal(name, wanted);
    assert.match(name, SAFE);
    assert.equal(basename(name), name);
    assert.equal(resolve('/logs', name), join('/logs', name));
  });
}

test('F004: what looks encoded is text: encoded once more, never decoded', () => {
  assert.equal(fileNameOf('a%2f..%2fb@c'), 'a%252f.%2e%252fb@c');
});

test('names that differ stay different, also where capitals are none', () => {
  const addresses = [
    'a@b/c',
    'a@b%2fc',
    'a@b/C',
    'a@b',
    'a..@b',
    'a.%2e@b',
    'a@b.',
    'a@b'.repeat(200),
    `${'a@b'.repeat(200)}x`,
  ];
  const names = addresses.map(one => fileNameOf(one).toLowerCase());
  assert.equal(new Set(names).size, addresses.length);
});

test('the longest address fits', () => {
  assert.ok(fileNameOf('x'.repeat(3071)).length <= 200);
  assert.ok(fileNameOf('é'.repeat(1023)).length <= 200);
  assert.ok(fileNameOf('').length > 0);
});
