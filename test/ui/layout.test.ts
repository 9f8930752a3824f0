import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Layout, type LayoutWishes, layoutOf, type Rect } from '../../src/ui/layout.js';

const wishes: LayoutWishes = { input: 1, info: 0, hints: 0, side: 0, tabColumn: 0, tabs: true, bare: false };
const rects = (layout: Layout): Rect[] =>
  [
    layout.topic,
    layout.view,
    layout.side,
    layout.separator,
    layout.info,
    layout.status,
    layout.tabs,
    layout.hints,
    layout.input,
  ].filter(rect => rect !== undefined);

test('at 80x24 everything has its place', () => {
  const layout = layoutOf(80, 24, { ...wishes, side: 18, info: 2 });
  assert.deepEqual(layout, {
    topic: { x: 0, y: 0, columns: 80, rows: 1 },
    view: { x: 0, y: 1, columns: 61, rows: 18 },
    separator: { x: 61, y: 1, columns: 1, rows: 18 },
    side: { x: 62, y: 1, columns: 18, rows: 18 },
    info: { x: 0, y: 19, columns: 80, rows: 2 },
    status: { x: 0, y: 21, columns: 80, rows: 1 },
    tabs: { x: 0, y: 22, columns: 80, rows: 1 },
    tabsAreColumn: false,
    input: { x: 0, y: 23, columns: 80, rows: 1 },
  });
});

test('the side list gives way below 60 columns', () => {
  assert.equal(layoutOf(59, 24, { ...wishes, side: 18 })?.side, undefined);
  assert.notEqual(layoutOf(60, 24, { ...wishes, side: 18 })?.side, undefined);
});

test('the tabs are a column from 100 columns on, if that is wished', () => {
  assert.equal(layoutOf(99, 24, { ...wishes, tabColumn: 20 })?.tabsAreColumn, false);
  const wide = layoutOf(100, 24, { ...wishes, tabColumn: 20 });
  assert.deepEqual(wide?.tabs, { x: 0, y: 0, columns: 21, rows: 24 });
  assert.equal(wide?.view.x, 21);
});

test('a bare view has only the view and the input', () => {
  const layout = layoutOf(80, 24, { ...wishes, side: 18, bare: true });
  assert.deepEqual(layout, {
    view: { x: 0, y: 0, columns: 80, rows: 23 },
    tabsAreColumn: false,
    input: { x: 0, y: 23, columns: 80, rows: 1 },
  });
});

test('less than 20x5 is too small', () => {
  assert.equal(layoutOf(19, 24, wishes), undefined);
  assert.equal(layoutOf(80, 4, wishes), undefined);
  assert.equal(layoutOf(1, 1, wishes), undefined);
  assert.notEqual(layoutOf(20, 5, wishes), undefined);
});

test('on every size the panes fill the screen and do not overlap', () => {
  for (const columns of [20, 39, 40, 59, 60, 80, 100, 200]) {
    for (const rows of [5, 6, 7, 8, 10, 24, 50]) {
      for (const bare of [false, true]) {
        const own = { input: 9, info: 3, hints: 1, side: 30, tabColumn: 20, tabs: true, bare };
        const layout = layoutOf(columns, rows, own);
        assert.ok(layout);
        const where = `${columns}x${rows}`;
        const seen = new Set<number>();
        for (const rect of rects(layout)) {
          for (let y = rect.y; y < rect.y + rect.rows; y++) {
            for (let x = rect.x; x < rect.x + rect.columns; x++) {
              assert.ok(x < columns && y < rows, where);
              assert.ok(!seen.has(y * 1000 + x), `${where}: ${x},${y} twice`);
              seen.add(y * 1000 + x);
            }
          }
        }
        assert.equal(seen.size, columns * rows, where);
        assert.ok(layout.view.rows >= 1 && layout.view.columns >= 10, where);
      }
    }
  }
});
