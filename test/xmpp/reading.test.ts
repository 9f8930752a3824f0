import assert from 'node:assert/strict';
import { test } from 'node:test';
import { soon } from '../../src/lib/turn.js';
import { createReading } from '../../src/xmpp/reading.js';

function setUp(costMs: number) {
  let time = 0;
  let waiting: (() => void)[] = [];
  const ends: (() => void)[] = [];
  const pieces: string[] = [];
  const holds: boolean[] = [];
  let onPiece: (piece: string) => void = () => {};
  const reading = createReading({
    parse(piece) {
      pieces.push(String(piece));
      time += costMs;
      onPiece(String(piece));
    },
    hold: yes => void holds.push(yes),
    stopwatch: () => time,
    wait: fn => {
      waiting.push(fn);
      return () => {
        waiting = waiting.filter(other => other !== fn);
      };
    },
    over: fn => void ends.push(fn),
  });
  return {
    reading,
    pieces,
    /** The turn ends, and what waits for a later one still waits. */
    end(): void {
      for (const fn of ends.splice(0)) fn();
    },
    holds,
    read: () => pieces.join(''),
    get waiting() {
      return waiting.length;
    },
    onPiece: (listener: typeof onPiece) => {
      onPiece = listener;
    },
    /** One turn of the loop; false: nothing waited. */
    turn(): boolean {
      for (const fn of ends.splice(0)) fn();
      const due = waiting;
      waiting = [];
      for (const fn of due) fn();
      return due.length > 0;
    },
  };
}

test('what takes no time is read at once, in its order', () => {
  const { reading, read, turn } = setUp(0);
  reading.take(Buffer.from('a'.repeat(5000)));
  reading.take(Buffer.from('b'));
  assert.equal(read(), `${'a'.repeat(5000)}b`);
  assert.equal(turn(), false);
});

test('what takes long is read in slices, one a turn, and nothing is lost or out of order', () => {
  const { reading, pieces, read, turn } = setUp(2);
  const text = Array.from({ length: 10_000 }, (_, i) => String(i % 10)).join('');
  reading.take(Buffer.from(text));
  assert.equal(pieces.length, 2, 'a slice ends after three milliseconds');
  reading.take(Buffer.from('the end'));
  assert.equal(pieces.length, 2, 'what comes meanwhile waits behind it');
  while (turn());
  assert.equal(read(), `${text}the end`);
});

test('what comes piece by piece in one turn takes no longer than a slice either', () => {
  const { reading, pieces, read, turn, end } = setUp(1);
  for (const piece of ['a', 'b', 'c', 'd', 'e']) reading.take(Buffer.from(piece));
  assert.deepEqual(pieces, ['a', 'b', 'c']);
  while (turn());
  assert.equal(read(), 'abcde');
  end();
  for (const piece of ['f', 'g', 'h']) {
    reading.take(Buffer.from(piece));
    end();
  }
  assert.equal(read(), 'abcdefgh', 'each turn has its own slice');
});

test('a key that waits for its frame goes first', () => {
  const { reading, pieces, turn } = setUp(0);
  const undo = soon(() => {});
  reading.take(Buffer.from('a'));
  assert.equal(pieces.length, 0);
  undo();
  turn();
  assert.equal(pieces.length, 1);
});

test('the network waits while too much is not read yet', () => {
  const { reading, holds, turn } = setUp(2);
  for (let i = 0; i < 20; i++) reading.take(Buffer.alloc(16_384, 'x'));
  assert.deepEqual(holds, [true]);
  while (turn());
  assert.deepEqual(holds, [true, false]);
});

test('what was meant for the parser before is dropped', () => {
  const all = setUp(2);
  all.reading.take(Buffer.alloc(20_000, 'x'));
  all.reading.drop();
  assert.equal(all.waiting, 0);
  all.end();
  const before = all.pieces.length;
  all.onPiece(() => all.reading.drop());
  all.reading.take(Buffer.alloc(20_000, 'y'));
  assert.equal(all.pieces.length, before + 1, 'also out of the parser itself');
  assert.equal(all.turn(), false);
});

test('at the end everything that came is read', () => {
  const { reading, read, turn } = setUp(2);
  reading.take(Buffer.alloc(9000, 'x'));
  reading.finish();
  assert.equal(read().length, 9000);
  assert.equal(turn(), false);
});

test('while somebody works on what was read, the rest waits, in its order', () => {
  const { reading, read, turn } = setUp(0);
  const first = reading.pause();
  const second = reading.pause();
  reading.take(Buffer.from('one '));
  reading.take(Buffer.from('two'));
  first();
  assert.equal(turn(), false);
  assert.equal(read(), '');
  second();
  second();
  turn();
  assert.equal(read(), 'one two');
});

test('a pause asked for by what is read holds back what comes after it', () => {
  const { reading, onPiece, read, turn } = setUp(0);
  let goOn = (): void => {};
  onPiece(() => {
    goOn = reading.pause();
    onPiece(() => {});
  });
  reading.take(Buffer.from(`${'a'.repeat(2048)}b`));
  assert.equal(read(), 'a'.repeat(2048));
  assert.equal(turn(), false);
  goOn();
  turn();
  assert.equal(read().length, 2049);
});
