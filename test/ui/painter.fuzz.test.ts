/**
 * The painter under panes that move and overlap, texts, links, hues, wrong scroll hints, sizes and colours: what was drawn step
 * by step equals a fresh draw of the same state, cell by cell.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ColorDepth } from '../../src/lib/color.js';
import type { Span } from '../../src/lib/span.js';
import { cleanLine } from '../../src/lib/text.js';
import type { Pane } from '../../src/ui/screen.js';
import { fuzzRuns } from '../helpers/fuzz.js';
import { createStage, type Stage } from '../helpers/stage.js';

const COLUMNS = 32;
const ROWS = 10;
const DEPTHS: readonly ColorDepth[] = [0, 16, 256, 16777216];

// Of agreed width only: for the others the emulator itself keeps leftovers of its own.
const word = fc.constantFrom('a', 'bc ', '    ', '漢字', 'é', 'ж', 'שלום', 'e\u0301', '-', '│', 'long words here ');
const spanOf = fc.record({
  text: fc.array(word, { minLength: 1, maxLength: 6 }).map(words => cleanLine(words.join(''))),
  token: fc.constantFrom('text.normal', 'message.highlight', 'text.link', 'bar.normal', 'nick.other') as fc.Arbitrary<
    Span['token']
  >,
  hue: fc.option(fc.constantFrom('ana', 'bob'), { nil: undefined }),
  link: fc.option(fc.constantFrom('https://a.test/', 'https://b.test/?q=1'), { nil: undefined }),
});
const paneOf = fc.record({
  x: fc.nat(COLUMNS - 1),
  y: fc.nat(ROWS - 1),
  width: fc.integer({ min: 1, max: COLUMNS }),
  height: fc.integer({ min: 1, max: ROWS }),
  hidden: fc.boolean(),
  rows: fc.array(fc.array(spanOf, { maxLength: 4 }), { maxLength: ROWS }),
});
type PaneState = typeof paneOf extends fc.Arbitrary<infer T> ? T : never;
const step = fc.record({
  panes: fc.tuple(paneOf, paneOf, paneOf),
  scrolled: fc.integer({ min: -4, max: 4 }),
  cursor: fc.option(fc.record({ x: fc.nat(COLUMNS - 1), y: fc.nat(ROWS - 1) }), { nil: undefined }),
  redraw: fc.nat(9).map(n => n === 0),
  depth: fc.option(fc.constantFrom(...DEPTHS), { nil: undefined, freq: 8 }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function player(stage: Stage): (state: Step, hint: boolean) => void {
  let current: readonly PaneState[] = [];
  const panes: Pane[] = [0, 1, 2].map(i =>
    stage.screen.addPane(surface => {
      surface.clear();
      current[i]?.rows.slice(0, surface.height).forEach((spans, y) => {
        surface.row(
          y,
          spans.map(({ hue, link, ...rest }) => ({
            ...rest,
            ...(hue === undefined ? {} : { hue }),
            ...(link === undefined ? {} : { link }),
          })),
        );
      });
    }),
  );
  return (state, hint) => {
    current = state.panes;
    state.panes.forEach((one, i) => {
      const width = Math.min(one.width, COLUMNS - one.x);
      const height = Math.min(one.height, ROWS - one.y);
      panes[i]?.place(one.hidden ? undefined : { x: one.x, y: one.y, width, height });
      panes[i]?.touch();
    });
    if (hint) panes[1]?.scrolled(state.scrolled);
    if (state.redraw) stage.screen.redraw();
    stage.draw(state.cursor);
  };
}

function cellsOf(stage: Stage): unknown[] {
  return Array.from({ length: COLUMNS * ROWS }, (_, i) => {
    const cell = stage.tty.screen.attributesAt(i % COLUMNS, Math.floor(i / COLUMNS));
    // An erased cell and a space look alike.
    return cell.text === '' && cell.width === 1 ? { ...cell, text: ' ' } : cell;
  });
}

test('step by step or at once, the cells are the same', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 6 }), async steps => {
      let depth: ColorDepth = 256;
      const stepwise = createStage(COLUMNS, ROWS, depth);
      const play = player(stepwise);
      for (const one of steps) {
        if (one.depth !== undefined) {
          depth = one.depth;
          stepwise.screen.setPainter({ depth, links: depth > 0 });
        }
        play(one, true);
      }
      const fresh = createStage(COLUMNS, ROWS, 256);
      if (steps.some(one => one.depth !== undefined)) fresh.screen.setPainter({ depth, links: depth > 0 });
      const last = steps.at(-1);
      if (last !== undefined) player(fresh)({ ...last, redraw: false }, false);
      await stepwise.flush();
      await fresh.flush();
      assert.deepEqual(cellsOf(stepwise), cellsOf(fresh));
      if (last?.cursor !== undefined) assert.deepEqual(stepwise.tty.screen.cursor(), fresh.tty.screen.cursor());
      stepwise.tty.screen.dispose();
      fresh.tty.screen.dispose();
    }),
    fuzzRuns(40),
  );
});
