/** The few signs that rows and views draw themselves, in Unicode and in ASCII for terminals that know no more. */
import type { Safe } from '../../lib/text.js';

export interface Signs {
  readonly continued: Safe;
  readonly dash: Safe;
  readonly vertical: Safe;
  readonly joined: Safe;
  readonly left: Safe;
  readonly dot: Safe;
  readonly pending: Safe;
  /** Somebody types in that tab. */
  readonly typing: Safe;
  readonly delivered: Safe;
  readonly displayed: Safe;
  readonly reply: Safe;
  readonly below: Safe;
  readonly above: Safe;
  readonly checked: Safe;
  readonly unchecked: Safe;
  readonly newline: Safe;
  readonly mask: Safe;
  readonly more: Safe;
}

const table = <T extends Record<keyof Signs, string>>(signs: T): Signs => signs as unknown as Signs;

export const UNICODE_SIGNS: Signs = table({
  continued: '│',
  dash: '─',
  vertical: '│',
  joined: '→',
  left: '←',
  dot: '·',
  pending: '…',
  typing: '…',
  delivered: '✓',
  displayed: '✓✓',
  reply: '↳',
  below: '↓',
  above: '↑',
  checked: '[x]',
  unchecked: '[ ]',
  newline: '␤',
  mask: '*',
  more: '…',
});

/** For those who hear the screen: words, and nothing that is drawn. */
export const SPOKEN_SIGNS: Signs = table({
  continued: ' ',
  dash: '',
  vertical: ' ',
  joined: '',
  left: '',
  dot: ';',
  pending: '(sending)',
  typing: '',
  delivered: '(delivered)',
  displayed: '(read)',
  reply: 'in answer to',
  below: '',
  above: '',
  checked: '[x]',
  unchecked: '[ ]',
  newline: '$',
  mask: '*',
  more: '...',
});

export const ASCII_SIGNS: Signs = table({
  continued: '|',
  dash: '-',
  vertical: '|',
  joined: '->',
  left: '<-',
  dot: '/',
  pending: '...',
  typing: '...',
  delivered: '(v)',
  displayed: '(vv)',
  reply: '>>',
  below: 'v',
  above: '^',
  checked: '[x]',
  unchecked: '[ ]',
  newline: '$',
  mask: '*',
  more: '~',
});
