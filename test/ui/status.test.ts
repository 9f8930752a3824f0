import assert from 'node:assert/strict';
import { test } from 'node:test';
import { span } from '../../src/lib/span.js';
import { safe } from '../../src/lib/text.js';
import { lineText } from '../../src/ui/rows/line.js';
import { statusPicture } from '../../src/ui/views/status.js';

const LEFT = [
  span('bar.strong', safe`guest@guest.example.test`),
  span('bar.normal', safe` `),
  span('bar.secure', safe`[TLS]`),
  span('bar.error', safe` [history not saved]`),
];
const RIGHT = [span('tab.message', safe`3:ana`)];

for (const [columns, passing, shown] of [
  [80, [], 'guest@guest.example.test [TLS] [history not saved]                         3:ana'],
  [
    80,
    [span('bar.dim', safe`k kick`)],
    'guest@guest.example.test [TLS] [history not saved] k kick                  3:ana',
  ],
  // What the keys do stays whole before our own address does; a warning stays in any case.
  [40, [span('bar.dim', safe`k kick`)], '[TLS] [history not saved] k kick   3:ana'],
  [33, [span('bar.dim', safe`k kick b ban`)], '[TLS] [history not saved] k kick'],
] as const) {
  test(`in ${columns} columns with ${passing.length} facts of the tab the bar says: ${shown}`, () => {
    const [line] = statusPicture({ left: LEFT, right: RIGHT, passing }, columns).lines;
    assert.ok(line);
    assert.ok(lineText(line).startsWith(shown), lineText(line));
  });
}
