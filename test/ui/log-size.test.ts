import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanBody, cleanIdentifier } from '../../src/lib/text.js';
import { createMessageLog, type NewMessage } from '../../src/model/message-log.js';
import type { LogView } from '../../src/model/view.js';
import type { RowContext } from '../../src/ui/rows/context.js';
import { lineText } from '../../src/ui/rows/line.js';
import { UNICODE_SIGNS } from '../../src/ui/rows/signs.js';
import { createLogPane } from '../../src/ui/views/log.js';

const ROWS = 50;
const MANY = 100_000;

const message = (i: number): NewMessage => ({
  kind: 'message',
  at: Date.UTC(2026, 10, 1) + i * 1000,
  sender: { name: cleanIdentifier(`nick${i % 50}`) },
  self: false,
  body: cleanBody(`message ${i} ${'with some words '.repeat(i % 9)}`),
  action: false,
  source: 'live',
  highlight: false,
});

/** A log of so many messages on a pane, and how often a message was put into rows. */
function setUp() {
  const log = createMessageLog({ capacity: MANY });
  for (let i = 0; i < MANY; i++) log.append(message(i));
  const pane = createLogPane();
  let made = 0;
  const contextOf = (columns: number): RowContext => ({
    columns,
    nickWidth: 24,
    time: 'minutes',
    signs: UNICODE_SIGNS,
    expand: false,
    render(body) {
      made++;
      return body;
    },
  });
  let context = contextOf(80);
  const view: LogView = { type: 'log', log, readSeq: -1 };
  return {
    log,
    pane,
    resize: (columns: number) => {
      context = contextOf(columns);
    },
    /** Paints; the rows shown and how many messages were wrapped for it. */
    paint(): { rows: string[]; wraps: number } {
      made = 0;
      const { lines } = pane.paint(view, context, ROWS);
      return { rows: lines.map(lineText), wraps: made };
    },
  };
}

test('of a hundred thousand messages only what is seen is wrapped: at the end, while scrolling, at the top, after a resize', () => {
  const { log, pane, paint, resize } = setUp();
  const first = paint();
  assert.match(first.rows.join('\n'), /message 99999/);
  assert.ok(first.wraps <= ROWS, `${first.wraps} for the end`);
  assert.equal(paint().wraps, 0, 'nothing has changed');

  log.append(message(MANY));
  const more = paint();
  assert.match(more.rows.join('\n'), /message 100000/);
  // The one that is new, and the one that the oldest was evicted before.
  assert.ok(more.wraps <= 2, `${more.wraps} for one message`);

  for (let page = 0; page < 20; page++) {
    pane.scroll({ pages: -1 });
    const { wraps } = paint();
    assert.ok(wraps <= ROWS + 2, `${wraps} for a page up`);
  }
  pane.scroll({ to: 'top' });
  const top = paint();
  assert.match(top.rows.join('\n'), /message 1 /);
  assert.ok(top.wraps <= ROWS + 2, `${top.wraps} at the top`);

  resize(60);
  const narrow = paint();
  assert.match(narrow.rows.join('\n'), /message 1 /);
  // What is seen, and the end, which says whether there is anything below.
  assert.ok(narrow.wraps <= 2 * ROWS, `${narrow.wraps} after a resize`);

  pane.scroll({ to: 'bottom' });
  assert.match(paint().rows.join('\n'), /message 100000/);
});

test('the log keeps as many as the option says, and the numbers go on', () => {
  const { log } = setUp();
  for (let i = 0; i < 10; i++) log.append(message(MANY + i));
  assert.equal(log.size, MANY);
  assert.equal(log.next, MANY + 10);
  assert.equal(log.first, 10);
});
