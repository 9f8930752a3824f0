/** Addresses in texts of strangers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { linksIn, targetOf } from '../../src/lib/links.js';
import { openerOf } from '../../src/lib/programs.js';
import { cleanBody } from '../../src/lib/text.js';

test('the target of a link is plain ASCII', () => {
  assert.equal(targetOf('https://аpple.test/ы'), 'https://xn--pple-43d.test/%D1%8B');
});

for (const [text, target] of [
  ['https://a.test', 'https://a.test/'],
  ['http://a.test/?q=ü', 'http://a.test/?q=%C3%BC'],
  ['xmpp:room@muc.test?join', 'xmpp:room@muc.test?join'],
  ['mailto:a@b.test', undefined],
  ['geo:1,2', undefined],
  ['javascript:alert(1)', undefined],
  ['file:///etc/passwd', undefined],
  ['xmpp:', undefined],
  [`https://a.test/${'x'.repeat(3000)}`, undefined],
] as const) {
  test(`${text.slice(0, 40)} opens ${target ?? 'nothing'}`, () => assert.equal(targetOf(text), target));
}

test('links are found in their order, and very many are not counted', () => {
  const found = linksIn(cleanBody('see http://a.test, then (https://b.test/x_(y)).'));
  assert.deepEqual(
    found.map(({ at, text }) => [at, text]),
    [
      [4, 'http://a.test'],
      [25, 'https://b.test/x_(y)'],
    ],
  );
  assert.equal(linksIn(cleanBody('http://a.test/ '.repeat(500))).length, 100);
});

test('the program that opens addresses is that of the desktop, and over SSH there is none', () => {
  assert.deepEqual(openerOf({ DISPLAY: ':0' }, 'linux'), ['xdg-open']);
  assert.deepEqual(openerOf({ WAYLAND_DISPLAY: 'wayland-0' }, 'linux'), ['xdg-open']);
  assert.deepEqual(openerOf({}, 'darwin'), ['open']);
  assert.equal(openerOf({}, 'linux'), undefined);
  assert.equal(openerOf({ SSH_CONNECTION: '1', WAYLAND_DISPLAY: 'wayland-0' }, 'linux'), undefined);
});
