/** Frames are shown at once (mode 2026) only on terminals that say that they can; those that would print the question are not asked. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mayBeAsked, saysSynchronised } from '../../src/ui/device.js';
import { createFakeApp, createFakeLog, createFakeShell, fakeTab, logView } from '../helpers/expect-screen.js';

const QUESTION = '\x1b[?2026$p';

async function frameAfter(
  answer: string | undefined,
  TERM = 'xterm-256color',
): Promise<{ asked: boolean; frame: string }> {
  const log = createFakeLog();
  const tab = fakeTab(1, 'hall', logView(log));
  const shell = createFakeShell([tab]);
  const app = await createFakeApp([tab], { columns: 80, rows: 24, shell, env: { TERM } });
  const first = app.tty.takeOutput();
  assert.ok(!first.includes('\x1b[?2026h'), 'not before the answer');
  if (answer !== undefined) await app.type(answer);
  for (let i = 0; i < 20; i++) log.say('ana', `a line of words ${i} ${'x'.repeat(40)}`);
  shell.touch('log');
  await app.settle();
  const frame = app.tty.takeOutput();
  app.close();
  return { asked: first.includes(QUESTION), frame };
}

const ANSWERS: readonly (readonly [what: string, answer: string | undefined, uses: boolean])[] = [
  ['it is off, and can be switched', '\x1b[?2026;2$y', true],
  ['it is on', '\x1b[?2026;1$y', true],
  ['it is unknown', '\x1b[?2026;0$y', false],
  ['it is off for ever', '\x1b[?2026;4$y', false],
  ['another mode', '\x1b[?2004;2$y', false],
  ['nothing', undefined, false],
];
for (const [what, answer, uses] of ANSWERS) {
  test(`the answer: ${what}`, async () => {
    const { asked, frame } = await frameAfter(answer);
    assert.ok(asked);
    assert.equal(frame.includes('\x1b[?2026h'), uses);
    assert.equal(frame.split('\x1b[?2026h').length, frame.split('\x1b[?2026l').length);
  });
}

const TERMS: readonly (readonly [term: string, asked: boolean])[] = [
  ['xterm', true],
  ['xterm-kitty', true],
  ['screen-256color', true],
  ['tmux-256color', true],
  ['rxvt-unicode-256color', false],
  ['linux', false],
  ['vt100', false],
];
for (const [term, asked] of TERMS) {
  test(`TERM=${term} is ${asked ? '' : 'not '}asked, and gets a whole screen`, async () => {
    assert.equal(mayBeAsked({ TERM: term }), asked);
    const shown = await frameAfter(undefined, term);
    assert.equal(shown.asked, asked);
    assert.match(shown.frame, /a line of words 19/);
    // What vt100 and the Linux console do not know they are not sent for painting.
    if (/vt100/.test(term)) assert.doesNotMatch(shown.frame, /\x1b\[[\d;]*3[0-8][\d;]*m|\x1b\]8/);
    if (/linux/.test(term)) assert.doesNotMatch(shown.frame, /38;[25];/);
  });
}
test('an answer that is none', () => assert.equal(saysSynchronised('\x1b[?2026;2$yx'), false));
