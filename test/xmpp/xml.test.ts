import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attr, childOf, cloneOf, elementsOf, nsOf, textOf, xml } from '../../src/xmpp/xml.js';

test('an element is built from attributes, a namespace, and children which may be absent', () => {
  const element = xml('a', { x: 1, y: undefined }, xml('b', 'urn:b', 'text'), undefined, [xml('c'), undefined]);
  assert.equal(element.toString(), '<a x="1"><b xmlns="urn:b">text</b><c/></a>');
});

test('text is escaped, and what XML cannot carry is replaced', () => {
  const element = xml('a', { x: `"'<\x00` }, '<&>\x1b\ud800\uffff\t\n');
  assert.ok(!/[\x00\x1b\ud800\uffff]/.test(element.toString()));
  assert.equal(textOf(element), '<&>\ufffd\ufffd\ufffd\t\n');
});

test('readers answer undefined, never null, also for nothing', () => {
  assert.equal(attr(undefined, 'x'), undefined);
  assert.equal(childOf(undefined, 'x'), undefined);
  assert.equal(textOf(undefined), undefined);
  assert.equal(textOf(xml('a'), 'b'), undefined);
  assert.equal(textOf(xml('a')), '');
  assert.deepEqual(elementsOf(undefined), []);
  assert.equal(attr(xml('a'), 'constructor'), undefined);
});

test('a child is found by its namespace', () => {
  const element = xml('a', {}, xml('b', 'urn:one', '1'), xml('b', 'urn:two', '2'));
  assert.equal(textOf(element, 'b', 'urn:two'), '2');
  assert.equal(childOf(element, 'b', 'urn:three'), undefined);
});

test('a copy can be changed without the original, and keeps the namespace of the stream', () => {
  const stream = xml('stream', 'jabber:client');
  const message = xml('message', { id: '1' }, xml('body', {}, 'text'));
  message.parent = stream;
  const copy = cloneOf(message);
  copy.attrs['id'] = '2';
  childOf(copy, 'body')?.t(' more');
  assert.equal(message.attrs['id'], '1');
  assert.equal(textOf(message, 'body'), 'text');
  assert.equal(nsOf(copy), 'jabber:client');
  assert.equal(nsOf(childOf(copy, 'body')!), 'jabber:client');
});
