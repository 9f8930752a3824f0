import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { type ColorDepth, contrast, type Rgb, rgbOfIndex } from '../../src/lib/color.js';
import { TOKENS, type Token } from '../../src/lib/tokens.js';
import { type Color, REVERSE, styleOf } from '../../src/ui/style.js';
import { resolveTheme } from '../../src/ui/theme.js';

const folder = new URL('../../themes/', import.meta.url);
const bases: Record<string, unknown> = {};
for (const file of readdirSync(folder).filter(name => name.endsWith('.json'))) {
  bases[file.slice(0, -5)] = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
}
/** What a terminal of that kind usually has. */
const GROUND: Readonly<Record<string, readonly [background: Rgb, foreground: Rgb]>> = {
  dark: [
    [0, 0, 0],
    [0xe5, 0xe5, 0xe5],
  ],
  light: [
    [255, 255, 255],
    [0, 0, 0],
  ],
};
/** Lines that separate are no text (WCAG 2.1, 1.4.11 asks 3:1 of what must be understood, and these need not). */
const LINES = new Set<Token>(['list.border', 'bar.separator']);

for (const [name, json] of Object.entries(bases)) {
  for (const depth of [16, 256] as const satisfies readonly ColorDepth[]) {
    test(`every token of ${name} can be read with ${depth} colours`, () => {
      const theme = resolveTheme(json, { depth, bases });
      const [background, foreground] = GROUND[theme.background]!;
      const rgb = (color: Color, otherwise: Rgb): Rgb =>
        color === undefined ? otherwise : typeof color === 'number' ? rgbOfIndex(color) : color;
      const poor: string[] = [];
      for (const token of Object.keys(TOKENS) as Token[]) {
        if (LINES.has(token)) continue;
        const style = styleOf(theme.attrOf(token));
        const ratio = contrast(rgb(style.fg, foreground), rgb(style.bg, background));
        // With 16 colours the palette is the terminal's own: what it calls red on white is its decision.
        if (ratio < (depth === 16 ? 3 : 4.5)) poor.push(`${token} ${ratio.toFixed(1)}`);
      }
      assert.deepEqual(poor, []);
    });
  }
  test(`the bars of ${name} are seen without any colour`, () => {
    const theme = resolveTheme(json, { depth: 0, bases });
    for (const token of ['bar.normal', 'tab.bar', 'tab.normal'] as const) {
      assert.ok(styleOf(theme.attrOf(token)).flags & REVERSE, token);
    }
    assert.equal(
      styleOf(theme.attrOf('tab.current', undefined, 'tab.bar')).flags & REVERSE,
      0,
      'the tab that is shown differs from the bar',
    );
  });
}
