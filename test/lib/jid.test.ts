import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bareOf,
  domainOf,
  isFull,
  localOf,
  makeJid,
  parseBareJid,
  parseFullJid,
  parseJid,
  resourceOf,
  withResource,
} from '../../src/lib/jid.js';

const valid: readonly [text: string, prepared: string, sentence: string][] = [
  ['juliet@example.com', 'juliet@example.com', 'an ordinary address stays as it is'],
  ['Alice@Example.ORG', 'alice@example.org', 'F006 two spellings of one address are one string'],
  ['\uff41dmin@example.org', 'admin@example.org', 'F007 wide letters are the letters they stand for'],
  ['room@muc.test/Nick Name', 'room@muc.test/Nick Name', 'the resource keeps its case and spaces'],
  ['room@muc.test/a@b/c', 'room@muc.test/a@b/c', 'the first slash begins the resource'],
  ['example.org', 'example.org', 'a domain alone is an address'],
  ['example.org/with/slashes', 'example.org/with/slashes', 'a domain may have a resource'],
  ['example.org.', 'example.org', 'the dot of the root is no part of the name'],
  ['a@[::1]', 'a@[::1]', 'an IPv6 literal is a domain'],
  ['a@127.0.0.1', 'a@127.0.0.1', 'an IPv4 address is a domain'],
  ['#chan%irc.example@gateway.test', '#chan%irc.example@gateway.test', 'names of gateways are taken'],
  ['alice\\20smith@example.org', 'alice\\20smith@example.org', 'F012 escapes of XEP-0106 are never resolved'],
  ['alice@xn--exmple-cua.org', 'alice@xn--exmple-cua.org', 'F013 an A-label stays as received'],
  ['alice@EXÄMPLE.org', 'alice@exämple.org', 'a U-label is mapped to lower case'],
  ['Ünï@example.org', 'ünï@example.org', 'other alphabets have cases too'],
  ['a@b.test/x\u00a0y', 'a@b.test/x y', 'other spaces in a resource become the space'],
  ['a@b.test/e\u0301', 'a@b.test/\u00e9', 'a resource is composed'],
  ['a@b.test/👨‍👩‍👧', 'a@b.test/👨‍👩‍👧', 'an emoji sequence is a possible nick'],
  ['CON@nul', 'con@nul', 'F005 names of devices are ordinary addresses'],
];

for (const [text, prepared, sentence] of valid) {
  test(sentence, () => {
    assert.equal(parseJid(text), prepared);
    assert.equal(parseJid(prepared), prepared, 'what is prepared is prepared');
  });
}

const invalid: readonly [text: string, sentence: string][] = [
  ['', 'nothing is no address'],
  ['a@b@c/d', 'F008 two at signs are refused'],
  ['@', 'F009 an at sign alone is refused'],
  ['@x', 'an empty local part is refused'],
  ['a@', 'an empty domain is refused'],
  ['/x', 'a resource alone is refused'],
  ['a@b/', 'an empty resource is refused'],
  ['../x', 'F001 a path is no address'],
  ['..@evil.example/..\u0000', 'F002 a NUL is refused'],
  ['../../../../tmp/x@evil/..', 'F003 a longer path is no address'],
  [`${'x'.repeat(1024)}@example.org`, 'F010 a local part over 1023 bytes is refused'],
  [`a@b.test/${'x'.repeat(1024)}`, 'a resource over 1023 bytes is refused'],
  [`a@b.test/${'é'.repeat(512)}`, 'bytes are counted, not characters'],
  [`a@${'x'.repeat(1024)}`, 'a domain over 1023 bytes is refused'],
  ['x'.repeat(100_000), 'an endless text is refused'],
  ['user@example.org/\u009b31m', 'F011 controls in a resource are refused'],
  ['user@example.org/\u001b[31m', 'an escape in a resource is refused'],
  ['a b@example.org', 'a space in the local part is refused'],
  ['a\u200bb@example.org', 'an invisible character in the local part is refused'],
  ['ﬁ@example.org', 'a ligature in the local part is refused'],
  ['a@exa mple.org', 'a space in the domain is refused'],
  ['a@b..c', 'an empty label is refused'],
  ['a@-', 'a domain starts with a letter or digit'],
  ['a@ä%2f', 'a percent sign in the domain is refused'],
  ['a@b:5222', 'a port is no part of an address'],
  ['a<b@c', 'the excluded characters are refused'],
  ['a@b/\ud800', 'half a surrogate pair is refused'],
];

for (const [text, sentence] of invalid) {
  test(sentence, () => assert.equal(parseJid(text), undefined));
}

test('the parts of an address can be read', () => {
  const jid = parseFullJid('local@domain.test/re/source')!;
  assert.equal(bareOf(jid), 'local@domain.test');
  assert.equal(localOf(jid), 'local');
  assert.equal(domainOf(jid), 'domain.test');
  assert.equal(resourceOf(jid), 're/source');
  assert.equal(isFull(jid), true);
});

test('a domain has neither local part nor resource', () => {
  const jid = parseBareJid('domain.test')!;
  assert.equal(localOf(jid), undefined);
  assert.equal(resourceOf(jid), undefined);
  assert.equal(domainOf(jid), 'domain.test');
  assert.equal(bareOf(jid), jid);
});

test('bare and full addresses are told apart', () => {
  assert.equal(parseBareJid('a@b/c'), undefined);
  assert.equal(parseFullJid('a@b'), undefined);
});

test('a nick is put behind a room, whatever it contains', () => {
  const room = parseBareJid('room@muc.test')!;
  assert.equal(withResource(room, 'Ann/é@x'), 'room@muc.test/Ann/é@x');
  assert.equal(withResource(room, ''), undefined);
});

test('parts with separators are not put together', () => {
  assert.equal(makeJid('a@b', 'c'), undefined);
  assert.equal(makeJid('a', 'b/c'), undefined);
  assert.equal(makeJid('', 'c'), undefined);
  assert.equal(makeJid('A', 'B', 'c'), 'a@b/c');
  assert.equal(makeJid(undefined, 'B'), 'b');
});

test('more addresses than the cache holds are still parsed', () => {
  for (let index = 0; index < 5000; index++) assert.equal(parseJid(`User${index}@b`), `user${index}@b`);
  assert.equal(parseJid('User1@b'), 'user1@b');
});
