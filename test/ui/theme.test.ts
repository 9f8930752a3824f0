import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { contrast, rgbOfIndex } from '../../src/lib/color.js';
import { UserError } from '../../src/lib/errors.js';
import { BOLD, REVERSE, styleOf } from '../../src/ui/style.js';
import { resolveTheme } from '../../src/ui/theme.js';

const folder = new URL('../../themes/', import.meta.url);
const bases: Record<string, unknown> = {};
for (const file of readdirSync(folder).filter(name => name.endsWith('.json'))) {
  bases[file.slice(0, -5)] = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
}

for (const [name, json] of Object.entries(bases)) {
  test(`the theme ${name} has nothing to complain about`, () => {
    const theme = resolveTheme(json, { depth: 256, bases });
    assert.deepEqual(theme.warnings, []);
    assert.equal(theme.name, name);
    const normal = styleOf(theme.attrOf('text.normal'));
    assert.deepEqual([normal.fg, normal.bg], [undefined, undefined], 'the colours of the terminal are respected');
  });
}

test('mono has no colour at all', () => {
  const theme = resolveTheme(bases['mono'], { depth: 16777216, bases });
  for (const token of ['notice.error', 'tab.current', 'bar.normal'] as const) {
    assert.deepEqual(
      [styleOf(theme.attrOf(token, 'juliet')).fg, styleOf(theme.attrOf(token)).bg],
      [undefined, undefined],
    );
  }
  assert.equal(styleOf(theme.attrOf('bar.normal')).flags & REVERSE, REVERSE);
});

test('tokens, palette and base come together', () => {
  const theme = resolveTheme(
    { name: 'mine', base: 'dark', palette: { accent: '#ff0000' }, tokens: { 'nick.self': 'accent/17 bold' } },
    { depth: 16777216, bases },
  );
  const style = styleOf(theme.attrOf('nick.self'));
  assert.deepEqual([style.fg, style.bg, style.flags], [[255, 0, 0], 17, BOLD]);
  assert.deepEqual(styleOf(theme.attrOf('notice.info')).fg, [255, 0, 0], 'the palette reaches the tokens of the base');
});

test('colours are brought down once', () => {
  const style = styleOf(resolveTheme({ tokens: { 'nick.self': '#ff0000' } }, { depth: 256 }).attrOf('nick.self'));
  assert.equal(style.fg, 196);
  assert.equal(
    styleOf(resolveTheme({ tokens: { 'nick.self': 'red' } }, { depth: 0 }).attrOf('nick.self')).fg,
    undefined,
  );
});

test('a token on top of another keeps its ground', () => {
  const theme = resolveTheme({ tokens: { 'nick.self': 'red', 'bar.normal': 'white/blue' } }, { depth: 16 });
  const style = styleOf(theme.attrOf('nick.self', undefined, 'bar.normal'));
  assert.deepEqual([style.fg, style.bg], [1, 4]);
});

const WARNINGS: [json: object, sentence: RegExp][] = [
  [{ tokens: { 'nick.sefl': 'red' } }, /unknown token "nick\.sefl"; did you mean "nick\.self"/],
  [{ tokens: { 'nick.self': 'rde' } }, /"rde" is no colour or attribute; did you mean "red"/],
  [{ tokens: { 'nick.self': 7 } }, /value of "nick\.self" must be a text/],
  [{ palett: {} }, /unknown field "palett"; did you mean "palette"/],
  [{ tokens: { 'nick.\x1b[31m': 'red' } }, /unknown token "nick\.␛\[31m"/],
];
for (const [json, sentence] of WARNINGS) {
  test(`${JSON.stringify(json)} is warned about`, () => {
    assert.match(resolveTheme(json, { depth: 16 }).warnings.join('\n'), sentence);
  });
}

const BROKEN: unknown[] = [null, [], 'dark', { base: 'nowhere' }, { base: 7 }, { palette: [] }, { tokens: 'red' }];
for (const json of BROKEN) {
  test(`${JSON.stringify(json)} is refused`, () => {
    assert.throws(() => resolveTheme(json, { depth: 16, bases }), UserError);
  });
}

test('a circle of bases is refused', () => {
  const circle = { a: { base: 'b' }, b: { base: 'a' } };
  assert.throws(() => resolveTheme(circle.a, { depth: 16, bases: circle }), /circle/);
});

test('hues are of the text, and readable on their ground', () => {
  for (const [name, ground] of [
    ['dark', [0, 0, 0]],
    ['light', [255, 255, 255]],
  ] as const) {
    const theme = resolveTheme(bases[name], { depth: 256, bases });
    assert.equal(theme.attrOf('nick.other', 'juliet'), theme.attrOf('nick.other', 'juliet'));
    for (const nick of ['juliet', 'romeo', 'nurse', 'benvolio', 'tybalt', 'mercutio']) {
      const { fg } = styleOf(theme.attrOf('nick.other', nick));
      assert.ok(typeof fg === 'number' && contrast(rgbOfIndex(fg), ground) >= 4.5, `${nick} on ${name}`);
    }
  }
});
