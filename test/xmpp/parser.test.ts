import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStreamParser, DEFAULT_LIMITS, type ParseFailure, type Skipped } from '../../src/xmpp/parser.js';
import { attr, childOf, type Element, textOf } from '../../src/xmpp/xml.js';

const HEADER =
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' id='1'>";

interface Parsed {
  elements: Element[];
  skipped: Skipped[];
  failure: ParseFailure | undefined;
  ended: boolean;
}

function parse(...chunks: (string | Buffer)[]): Parsed {
  const parsed: Parsed = { elements: [], skipped: [], failure: undefined, ended: false };
  const parser = createStreamParser({
    start: () => undefined,
    element: element => void parsed.elements.push(element),
    skipped: skipped => void parsed.skipped.push(skipped),
    end: () => {
      parsed.ended = true;
    },
    failure: failure => {
      parsed.failure = failure;
    },
  });
  for (const chunk of [HEADER, ...chunks]) parser.write(typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  return parsed;
}

const bodyOf = (parsed: Parsed): string | undefined => textOf(parsed.elements[0], 'body');
const AFTER = "<message id='after'/>";

test('text, entities and CDATA become one text', () => {
  assert.equal(bodyOf(parse('<message><body>a &amp; b <![CDATA[<c>]]></body></message>')), 'a & b <c>');
});

test('an element keeps its namespace and prints as it came', () => {
  const [message] = parse("<message from='a@b'><x xmlns='urn:x'/></message>").elements;
  assert.equal(message?.getNS(), 'jabber:client');
  assert.equal(message?.toString(), '<message from="a@b"><x xmlns="urn:x"/></message>');
});

test('whitespace between stanzas is a keep-alive', () => {
  const parsed = parse(' \n\t ', AFTER, ' ', AFTER);
  assert.equal(parsed.elements.length, 2);
  assert.equal(parsed.failure, undefined);
});

const refused: readonly [sentence: string, text: string | Buffer, condition: ParseFailure['condition']][] = [
  ['X001 an undefined entity is not well-formed', '<message><body>a&nbsp;b</body></message>', 'not-well-formed'],
  ['X002 a reference to a control is not well-formed', '<message><body>a&#27;b</body></message>', 'not-well-formed'],
  ['X003 a lone ampersand is not well-formed', '<message><body>AT&T; fish</body></message>', 'not-well-formed'],
  [
    'X006 a document type is refused before its entities mean anything',
    "<!DOCTYPE l [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;'>]><message><body>&b;</body></message>",
    'restricted-xml',
  ],
  ['X007 a comment is refused', '<message><body>co<!-- hidden -->mm</body></message>', 'restricted-xml'],
  ['X008 a processing instruction is refused', '<?php evil ?><message/>', 'restricted-xml'],
  ['X009 crossed tags are not well-formed', '<message><body>x</message></body>', 'not-well-formed'],
  ['X010 a doubled attribute is not well-formed', "<message from='a@b' from='c@d'/>", 'not-well-formed'],
  [
    'X015 bytes which are not UTF-8 are refused',
    Buffer.from('3c613e41fffec0803c2f613e', 'hex'),
    'unsupported-encoding',
  ],
  ['a raw control is not well-formed', '<message>\x01</message>', 'not-well-formed'],
  ['a raw escape is not well-formed', '<message>\x1b[31m</message>', 'not-well-formed'],
  ['a non-character is not well-formed', '<message>\ufffe</message>', 'not-well-formed'],
  ['a reference to half a pair is not well-formed', '<message>&#xD800;</message>', 'not-well-formed'],
  ['an undeclared prefix is refused', '<foo:message/>', 'bad-namespace-prefix'],
  ['an undeclared prefix of an attribute is refused', "<message a:b='c'/>", 'bad-namespace-prefix'],
  ['the prefix xml cannot be taken', "<message xmlns:xml='urn:evil'/>", 'bad-namespace-prefix'],
  ['an attribute without quotes is not well-formed', '<message a=b/>', 'not-well-formed'],
  ['text between stanzas is not well-formed', 'hello<message/>', 'not-well-formed'],
  ['an overlong encoding is refused', Buffer.from('3c613ec0af3c2f613e', 'hex'), 'unsupported-encoding'],
];

for (const [sentence, text, condition] of refused) {
  test(sentence, () => {
    const parsed = parse(text, AFTER);
    assert.equal(parsed.failure?.condition, condition);
    assert.deepEqual(parsed.elements, [], 'nothing of it and nothing after it is delivered');
  });
}

test('X004 what follows the end of the stream is ignored', () => {
  const parsed = parse('</stream:stream><message/>', '<message/>');
  assert.equal(parsed.ended, true);
  assert.equal(parsed.failure, undefined);
  assert.deepEqual(parsed.elements, []);
});

test('X011 endless nesting closes the stream and says which limit', () => {
  const { failure } = parse('<a>'.repeat(50_000));
  assert.equal(failure?.condition, 'policy-violation');
  assert.equal(failure?.limit, 'depth');
});

test('a stanza nested too deeply is skipped and the next one arrives', () => {
  const parsed = parse(`<message from='a@b'>${'<a>'.repeat(500)}${'</a>'.repeat(500)}</message>`, AFTER);
  assert.equal(parsed.skipped[0]?.limit, 'depth');
  assert.equal(attr(parsed.skipped[0]?.element, 'from'), 'a@b');
  assert.deepEqual(parsed.skipped[0]?.element.children, []);
  assert.equal(attr(parsed.elements[0], 'id'), 'after');
});

test('depth 32 is allowed', () => {
  const parsed = parse(`<message>${'<a>'.repeat(31)}${'</a>'.repeat(31)}</message>`);
  assert.equal(parsed.elements.length, 1);
});

test('X012 an endless stanza closes the stream and says which limit', () => {
  const { failure } = parse('<message><body>', ...Array<string>(64).fill('x'.repeat(1 << 16)), 'x'.repeat(1 << 20));
  assert.equal(failure?.condition, 'policy-violation');
  assert.match(failure?.reason ?? '', new RegExp(`${DEFAULT_LIMITS.streamBytes}`));
});

test('a stanza over one mebibyte is skipped and the next one arrives', () => {
  const parsed = parse(`<message from='a@b'><body>${'x'.repeat(2 << 20)}</body></message>`, AFTER);
  assert.equal(parsed.skipped[0]?.limit, 'stanzaBytes');
  assert.equal(parsed.elements.length, 1);
});

test('X013 eight megabytes in small chunks reach the limit and not a timeout', () => {
  const { failure } = parse('<message><body>', ...Array<string>(8000).fill('y'.repeat(1000)));
  assert.equal(failure?.limit, 'streamBytes');
});

test('too many elements are skipped', () => {
  assert.equal(parse(`<message>${'<a/>'.repeat(60_001)}</message>`, AFTER).skipped[0]?.limit, 'elements');
});

test('an attribute over 64 KiB is skipped, and is not kept', () => {
  const parsed = parse(`<message id='1' from='${'a'.repeat(70_000)}'/>`, AFTER);
  assert.equal(parsed.skipped[0]?.limit, 'attributeLength');
  assert.equal(attr(parsed.skipped[0]?.element, 'from'), undefined);
  assert.equal(parsed.elements.length, 1);
});

test('X014 a character split over two segments is one character', () => {
  const first = Buffer.from('3c6d6573736167653e3c626f64793e68c3', 'hex');
  const second = Buffer.from('a93c2f626f64793e3c2f6d6573736167653e', 'hex');
  assert.equal(bodyOf(parse(first, second)), 'hé');
});

test('B1 text delivered byte by byte is the same text', () => {
  const bytes = Buffer.from('<message><body>héllo 😀 日本</body></message>');
  const chunks = Array.from(bytes, byte => Buffer.from([byte]));
  assert.equal(bodyOf(parse(...chunks)), 'héllo 😀 日本');
});

test('X016 a prefix for jabber:client means a stanza', () => {
  const parsed = parse("<x:message xmlns:x='jabber:client' from='a@b'><x:body>p</x:body></x:message>");
  assert.equal(parsed.elements[0]?.is('message', 'jabber:client'), true);
  assert.equal(bodyOf(parsed), 'p');
});

test('X017 a foreign namespace stays visible', () => {
  assert.equal(parse("<message xmlns='urn:evil'/>").elements[0]?.getNS(), 'urn:evil');
});

test('a prefixed attribute keeps its declaration, so that the element can be printed', () => {
  const [element] = parse("<message xmlns:q='urn:q'><a q:b='c'/></message>").elements;
  assert.equal(childOf(element, 'a')?.toString(), '<a q:b="c" xmlns:q="urn:q"/>');
});

test('attributes with names of object members are only attributes', () => {
  const [element] = parse("<message __proto__='x' constructor='y'/>").elements;
  assert.equal(Object.getPrototypeOf(element?.attrs), Object.prototype);
  assert.equal(attr(element, 'constructor'), 'y');
  assert.equal(attr(element, 'toString'), undefined);
});

test('a contact list of ten thousand, each with a group, is one stanza and arrives', () => {
  const items = Array.from(
    { length: 10_000 },
    (_, i) => `<item jid='friend${i}@example.test' name='Friend ${i}'><group>a</group></item>`,
  );
  const parsed = parse(`<iq><query xmlns='jabber:iq:roster'>${items.join('')}</query></iq>`);
  assert.equal(parsed.skipped.length, 0);
  assert.equal(parsed.elements.length, 1);
});
