/** Keys over a slow link: a sequence that is torn apart is still its key. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createKeyDecoder } from '../../src/ui/keys.js';
import { createFakeClock } from '../helpers/fake-clock.js';

/** Reads with so many milliseconds before each. */
function decode(...reads: readonly (readonly [ms: number, bytes: string])[]): string[] {
  const clock = createFakeClock();
  const events: string[] = [];
  const decoder = createKeyDecoder({
    clock,
    escapeMs: 60,
    onEvent: event =>
      events.push(event.type === 'key' ? event.chord : event.type === 'text' ? `text ${event.text}` : event.type),
  });
  for (const [ms, bytes] of reads) {
    clock.advance(ms);
    decoder.feed(bytes);
  }
  clock.advance(5000);
  return events;
}

test('what began like a sequence waits longer than Esc does', () => {
  assert.deepEqual(decode([0, '\x1b['], [300, 'A']), ['up']);
  assert.deepEqual(decode([0, '\x1b[1;3'], [400, 'B']), ['alt-down']);
  assert.deepEqual(decode([0, '\x1bO'], [300, 'P']), ['f1']);
});

test('the rest of a sequence that comes after its ESC was given out is the key and no text', () => {
  for (const [rest, chord] of [
    ['[A', 'up'],
    ['[1;5D', 'ctrl-left'],
    ['[6~', 'pagedown'],
    ['OS', 'f4'],
    ['[110;5u', 'ctrl-n'],
  ] as const) {
    assert.deepEqual(decode([0, '\x1b'], [200, rest]), ['escape', chord], rest);
  }
});

test('what a person types after Esc stays what it is', () => {
  assert.deepEqual(decode([0, '\x1b'], [200, '['], [50, 'A']), ['escape', 'text [', 'text A']);
  assert.deepEqual(decode([0, '\x1b'], [200, 'hello']), ['escape', 'text hello']);
  assert.deepEqual(decode([0, '\x1b'], [2000, '[A']), ['escape', 'text [A']);
  assert.deepEqual(decode([0, '\x1b'], [10, 'a']), ['alt-a']);
  assert.deepEqual(decode([0, '\x1b'], [100, 'a']), ['escape', 'text a']);
});
