/** The key decoder under bytes of all kinds, torn apart anywhere: it never throws, never hangs, and gives out nothing that commands. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createKeyDecoder, type InputEvent } from '../../src/ui/keys.js';
import { createFakeClock } from '../helpers/fake-clock.js';
import { fuzzRuns } from '../helpers/fuzz.js';

const SEQUENCES = [
  '\x1b[A',
  '\x1bOP',
  '\x1b[1;5D',
  '\x1b[3~',
  '\x1b[3$',
  '\x1b[[A',
  '\x1b\x1b[A',
  '\x1ba',
  '\x1b[110;5u',
  '\x1b[57414u',
  '\x1b[<0;10;5M',
  '\x1b[<64;1;1m',
  '\x1b[M !!',
  '\x1b[I',
  '\x1b[O',
  '\x1b[200~',
  '\x1b[201~',
  '\x1b[12;40R',
  '\x1b[?1;2c',
  '\x1b]11;rgb:0000/0000/0000\x07',
  '\x1bP1$r0m\x1b\\',
  '\x1b',
  '\x1b[',
  '\x1bO',
  '\x1b]',
  '\r',
  '\n',
  '\t',
  '\x7f',
  '\0',
  '\x03',
  'hello',
  '漢字',
  '👨‍👩‍👧',
  'é',
  '\u009b',
  '[',
  '~',
  ';',
];
const piece = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...SEQUENCES).map(text => Buffer.from(text)) },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 8 }).map(bytes => Buffer.from(bytes)) },
  { weight: 1, arbitrary: fc.stringMatching(/^\x1b\[[<=>?]?[\d;:]{0,8}[ -/]?[@-~]$/).map(text => Buffer.from(text)) },
);
const stream = fc.array(piece, { maxLength: 20 }).map(pieces => Buffer.concat(pieces));

/** Events with neighbouring texts joined: how a text is cut into reads means nothing. */
function decode(reads: readonly Buffer[]): InputEvent[] {
  const clock = createFakeClock();
  const events: InputEvent[] = [];
  const decoder = createKeyDecoder({
    clock,
    burstsArePastes: false,
    onEvent(event) {
      const last = events.at(-1);
      if (event.type === 'text' && last?.type === 'text')
        events.splice(-1, 1, { ...last, text: last.text + event.text });
      else events.push(event);
    },
  });
  for (const read of reads) decoder.feed(read);
  for (let i = 0; i < 10; i++) clock.advance(1000);
  // Half a paste may still be open; a reset ends it, and what is typed then is read.
  decoder.reset();
  const before = events.length;
  decoder.feed('hello');
  const after = events.splice(before);
  const joined = events.at(-1)?.type === 'text' && after.length === 0;
  assert.ok(joined || (after.length === 1 && after[0]?.type === 'text' && after[0].text === 'hello'), 'it reads on');
  const last = events.at(-1);
  if (joined && last?.type === 'text') {
    assert.ok(last.text.endsWith('hello'));
    events.splice(-1, 1, ...(last.text === 'hello' ? [] : [{ ...last, text: last.text.slice(0, -5) }]));
  }
  return events;
}

/** An end of a paste that another end follows may be part of it: that is judged by what came in one read. */
const AMBIGUOUS = /\x1b\[201~(?:(?!\x1b\[200~)[\s\S])*\x1b\[201~/;

test('however the bytes are torn apart, the keys are the same', () => {
  fc.assert(
    fc.property(stream, fc.array(fc.nat(60), { maxLength: 8 }), (bytes, cuts) => {
      fc.pre(!AMBIGUOUS.test(bytes.toString('latin1')));
      const at = [...new Set(cuts)].filter(cut => cut < bytes.length).sort((a, b) => a - b);
      const reads = [0, ...at].map((from, i) => bytes.subarray(from, at[i] ?? bytes.length));
      assert.deepEqual(decode(reads), decode([bytes]));
    }),
    fuzzRuns(300),
  );
});

test('no text has a control in it, no paste but line breaks and tabs, and every key has a name', () => {
  fc.assert(
    fc.property(stream, bytes => {
      for (const event of decode([bytes])) {
        if (event.type === 'text') assert.doesNotMatch(event.text, /[\0-\x1f\x7f-\x9f]/);
        else if (event.type === 'paste') assert.doesNotMatch(event.text, /[\0-\x08\x0b-\x1f\x7f-\x9f]/);
        else if (event.type === 'key')
          assert.match(event.chord, /^(?:ctrl-)?(?:alt-)?(?:shift-)?(?:[a-z]+\d*|f\d+|[^\0-\x20\x7f-\x9f])$/u);
      }
    }),
    fuzzRuns(300),
  );
});
