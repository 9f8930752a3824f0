import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createKeyDecoder, type InputEvent } from '../../src/ui/keys.js';
import { createFakeClock } from '../helpers/fake-clock.js';

function decode(...chunks: (string | Buffer)[]): string[] {
  const clock = createFakeClock();
  const events: InputEvent[] = [];
  const decoder = createKeyDecoder({ clock, onEvent: event => events.push(event) });
  for (const chunk of chunks) decoder.feed(chunk);
  clock.advance(1000);
  return events.map(print);
}

function print(event: InputEvent): string {
  switch (event.type) {
    case 'key':
      return event.chord;
    case 'mouse':
      return `mouse ${event.mouse.action} ${event.mouse.button} ${event.mouse.x},${event.mouse.y}`;
    case 'focus':
      return `focus ${event.focused}`;
    case 'reply':
      return `reply ${JSON.stringify(event.data)}`;
    case 'cleaned':
      return 'cleaned';
    default:
      return `${event.type} ${event.text}`;
  }
}

const CASES: [bytes: string, events: string[]][] = [
  ['a', ['text a']],
  ['漢字😀', ['text 漢字😀']],
  ['\r', ['enter']],
  ['\n', ['ctrl-j']],
  ['\t', ['tab']],
  ['\x1b[Z', ['shift-tab']],
  ['\x1b\t', ['shift-tab']],
  ['\x7f', ['backspace']],
  ['\b', ['backspace']],
  ['\0', ['ctrl-space']],
  ['\x0e', ['ctrl-n']],
  ['\x1f', ['ctrl-_']],
  ['\x1c', ['ctrl-\\']],
  ['\x1b', ['escape']],
  ['\x1b\x1b', ['escape', 'escape']],
  ['\x1b1', ['alt-1']],
  ['\x1bn', ['alt-n']],
  ['\x1bN', ['alt-shift-n']],
  ['\x1b<', ['alt-<']],
  ['\x1bж', ['alt-ж']],
  ['\x1b\r', ['alt-enter']],
  ['\x1b\x7f', ['alt-backspace']],
  ['\x1b\x0e', ['ctrl-alt-n']],
  ['\x1b[A', ['up']],
  ['\x1bOA', ['up']],
  ['\x1b[1;3A', ['alt-up']],
  ['\x1b[1;5D', ['ctrl-left']],
  ['\x1b[1;6C', ['ctrl-shift-right']],
  ['\x1b\x1b[A', ['alt-up']],
  ['\x1b\x1bOA', ['alt-up']],
  ['\x1bOd', ['ctrl-left']],
  ['\x1b[d', ['shift-left']],
  ['\x1b[5~', ['pageup']],
  ['\x1b[6;5~', ['ctrl-pagedown']],
  ['\x1b[5$', ['shift-pageup']],
  ['\x1b[5^', ['ctrl-pageup']],
  ['\x1b[H', ['home']],
  ['\x1b[1~', ['home']],
  ['\x1bOF', ['end']],
  ['\x1bOP', ['f1']],
  ['\x1b[[A', ['f1']],
  ['\x1b[15~', ['f5']],
  ['\x1b[1;2P', ['shift-f1']],
  ['\x1b[24;2~', ['shift-f12']],
  ['\x1b[110;5u', ['ctrl-n']],
  ['\x1b[27;5;13~', ['ctrl-enter']],
  ['\x1b[13;2u', ['shift-enter']],
  ['\x1b[97u', ['text a']],
  ['\x1b[97;1:3u', []],
  ['\x1bOM', ['enter']],
  ['\x1bOp', ['text 0']],
  ['\x1b[I\x1b[O', ['focus true', 'focus false']],
  ['\x1b[<0;10;5Mx', ['mouse down 0 9,4', 'text x']],
  ['\x1b[<65;1;1M', ['mouse wheel-down 1 0,0']],
  ['\x1b[M !!', ['mouse down 0 0,0']],
  ['\x1b[12;40R', ['reply "\\u001b[12;40R"']],
  ['\x1b[?62;c', ['reply "\\u001b[?62;c"']],
  ['\x1b]11;rgb:0/0/0\x07a', ['reply "\\u001b]11;rgb:0/0/0\\u0007"', 'text a']],
  ['\x1b[200~a\rb\x1b[31mc\x1b[201~d', ['paste a\nb[31mc', 'cleaned', 'text d']],
  ['\u009b2J', ['cleaned', 'text 2J']],
  // An end mark within what was pasted does not end it, unless another paste begins behind it.
  ['\x1b[200~x\x1b[201~/quit\r\x1b[201~', ['paste x/quit\n', 'cleaned']],
  ['\x1b[200~a\x1b[201~b\x1b[200~c\x1b[201~', ['paste a', 'text b', 'paste c']],
];
for (const [bytes, events] of CASES)
  test(`${JSON.stringify(bytes)} is ${events.join(', ') || 'nothing'}`, () => assert.deepEqual(decode(bytes), events));

test('a sequence may come in pieces', () => {
  assert.deepEqual(decode('\x1b', '[', '1;', '5D'), ['ctrl-left']);
  assert.deepEqual(decode(Buffer.from([0xe6]), Buffer.from([0xbc, 0xa2])), ['text 漢']);
  assert.deepEqual(decode('\x1b[200~abc\x1b[20', '1~x'), ['paste abc', 'text x']);
});

test('an escape alone waits as long as it is told', () => {
  const clock = createFakeClock();
  const events: InputEvent[] = [];
  const decoder = createKeyDecoder({ clock, escapeMs: 200, onEvent: event => events.push(event) });
  decoder.feed('\x1b');
  clock.advance(199);
  assert.equal(events.length, 0);
  clock.advance(1);
  assert.deepEqual(events, [{ type: 'key', chord: 'escape' }]);
});

test('a burst of many lines is a paste where the terminal marks none', () => {
  assert.deepEqual(decode('one\rtwo\rthree\r/quit\r'), ['paste one\ntwo\nthree\n/quit\n']);
  assert.deepEqual(decode('one\r'), ['text one', 'enter']);
});

test('lines typed ahead over a slow link are lines', () => {
  assert.deepEqual(decode('one\r/me waves\r'), ['text one', 'enter', 'text /me waves', 'enter']);
});

test('a paste of 100 KB in small reads is one event', () => {
  const text = 'x'.repeat(100_000);
  const chunks = [...`\x1b[200~${text}\x1b[201~`.matchAll(/[\s\S]{1,1000}/g)].map(([chunk]) => chunk);
  assert.deepEqual(decode(...chunks), [`paste ${text}`]);
});

test('no bytes make it throw or hang, and text after them is still read', () => {
  const piece = fc.constantFrom(
    '\x1b',
    '[',
    'O',
    ']',
    '1',
    ';',
    '5',
    '~',
    'u',
    '$',
    'M',
    'A',
    '<',
    '?',
    '\x07',
    '\\',
    'P',
    'a',
    ' ',
    ':',
    '2',
    '\x9b',
    '漢',
  );
  fc.assert(
    fc.property(fc.array(fc.array(piece, { maxLength: 10 }), { maxLength: 5 }), chunks => {
      const clock = createFakeClock();
      const events: InputEvent[] = [];
      const decoder = createKeyDecoder({ clock, onEvent: event => events.push(event) });
      for (const chunk of chunks) decoder.feed(chunk.join(''));
      clock.advance(1000);
      clock.advance(1000);
      // Half a paste or a mouse report may still be open; a reset ends them.
      decoder.reset();
      events.length = 0;
      decoder.feed('hello');
      assert.deepEqual(events, [{ type: 'text', text: 'hello' }]);
    }),
    { numRuns: 500 },
  );
});
