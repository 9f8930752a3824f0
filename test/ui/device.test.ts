import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UserError } from '../../src/lib/errors.js';
import type { Safe } from '../../src/lib/text.js';
import { checkTerminal, colorDepth, createDevice, type Device, isUtf8 } from '../../src/ui/device.js';
import { createFakeClock, type FakeClock } from '../helpers/fake-clock.js';
import { createFakeTty, type FakeTty } from '../helpers/fake-tty.js';

interface Setup {
  readonly tty: FakeTty;
  readonly device: Device;
  readonly clock: FakeClock;
  readonly quits: (readonly [reason: string, code: number])[];
}

function setUp(): Setup {
  const tty = createFakeTty(40, 10);
  const clock = createFakeClock();
  const quits: (readonly [string, number])[] = [];
  const device = createDevice({ ...tty, clock, onQuit: (reason, code) => quits.push([reason, code]) });
  device.guard();
  device.enter();
  return { tty, device, clock, quits };
}

async function assertGivenBack({ tty }: Setup): Promise<void> {
  await tty.rows();
  assert.deepEqual(tty.screen.modes(), {
    alternateScreen: false,
    cursorVisible: true,
    bracketedPaste: false,
    mouse: false,
    focusEvents: false,
    applicationKeypad: false,
    applicationCursorKeys: false,
    synchronizedOutput: false,
  });
  assert.equal(tty.stdin.raw, false);
}

test('the terminal is taken', async () => {
  const { tty } = setUp();
  await tty.rows();
  assert.equal(tty.screen.modes().alternateScreen, true);
  assert.equal(tty.screen.modes().bracketedPaste, true);
  assert.equal(tty.stdin.raw, true);
});

const EXITS: [event: string, reason: string, code: number][] = [
  ['SIGHUP', 'hangup', 129],
  ['SIGINT', 'interrupt', 130],
  ['SIGQUIT', 'terminate', 131],
  ['SIGTERM', 'terminate', 143],
  ['uncaughtException', 'crash', 1],
  ['unhandledRejection', 'crash', 1],
];
for (const [event, reason, code] of EXITS) {
  test(`on ${event} the terminal is given back before anybody decides`, async () => {
    const setup = setUp();
    setup.device.setMouse(true);
    setup.device.write('\x1b[?25l\x1b[?2026h');
    setup.tty.host.emit(event, new Error('x'));
    assert.deepEqual(setup.quits, [[reason, code]]);
    await assertGivenBack(setup);
    setup.tty.host.emit(event, new Error('x'));
    assert.equal(setup.quits.length, 1, 'told once');
  });
}

test('an exception that is contained ends nothing', () => {
  const tty = createFakeTty(40, 10);
  const quits: string[] = [];
  const device = createDevice({ ...tty, onQuit: reason => quits.push(reason), isContained: () => true });
  device.guard();
  device.enter();
  tty.host.emit('uncaughtException', new Error('of a plugin'));
  assert.deepEqual(quits, []);
  assert.equal(device.active, true);
});

test('a terminal that is gone is a hang-up', () => {
  for (const [stream, event] of [
    ['stdin', 'end'],
    ['stdin', 'error'],
    ['stdout', 'error'],
  ] as const) {
    const { tty, quits } = setUp();
    tty[stream].emit(event, new Error('EIO'));
    assert.deepEqual(quits, [['hangup', 129]]);
  }
});

test('ctrl-z stops the group with the terminal given back, and continuing takes it again', async () => {
  const setup = setUp();
  let resumed = 0;
  setup.device.on('resume', () => resumed++);
  setup.device.suspend();
  assert.deepEqual(setup.tty.host.kills, ['SIGTSTP']);
  await assertGivenBack(setup);
  setup.tty.host.emit('SIGCONT');
  await setup.tty.rows();
  assert.equal(resumed, 1);
  assert.equal(setup.tty.screen.modes().alternateScreen, true);
  assert.equal(setup.clock.pending, 0, 'the timer that held the loop is gone');
});

test('ctrl-z waits for a terminal that is behind, but not for ever', () => {
  const { tty, device, clock } = setUp();
  tty.stall();
  device.write('x');
  device.suspend();
  assert.deepEqual(tty.host.kills, []);
  clock.advance(300);
  assert.deepEqual(tty.host.kills, ['SIGTSTP']);
});

test('something else may have the terminal for a while', async () => {
  const setup = setUp();
  let resumed = 0;
  setup.device.on('resume', () => resumed++);
  const answer = await setup.device.runOutside(async () => {
    await assertGivenBack(setup);
    return 7;
  });
  assert.equal(answer, 7);
  assert.equal(resumed, 1);
  assert.equal(setup.device.active, true);
});

test('it tells when the terminal is behind and when it has caught up', () => {
  const { tty, device } = setUp();
  let drains = 0;
  device.on('drain', () => drains++);
  tty.stall();
  device.write('x');
  assert.equal(device.ready, false);
  tty.unstall();
  assert.equal(device.ready, true);
  assert.equal(drains, 1);
});

test('a storm of resizes is few events, and the last size counts', () => {
  const { tty, device, clock } = setUp();
  const sizes: string[] = [];
  device.on('resize', (columns, rows) => sizes.push(`${columns}x${rows}`));
  clock.advance(1000);
  for (let i = 1; i <= 50; i++) tty.resize(40 + i, 10);
  clock.advance(1000);
  assert.deepEqual(sizes, ['41x10', '90x10']);
  assert.equal(clock.pending, 0);
});

test('the title is set without controls and given back', async () => {
  const { tty, device } = setUp();
  device.setTitle('a\x1b]0;b\x07' as Safe);
  await tty.rows();
  assert.equal(tty.screen.title(), 'a]0;b');
  device.leave();
  assert.match(tty.takeOutput(), /\x1b\[23;0t$/);
});

test('text for the clipboard has a limit', () => {
  const { tty, device } = setUp();
  tty.takeOutput();
  assert.equal(device.copy('héllo'), true);
  assert.equal(tty.takeOutput(), `\x1b]52;c;${Buffer.from('héllo').toString('base64')}\x07`);
  assert.equal(device.copy('x'.repeat(100_000)), false);
});

const tty = { isTTY: true };
const REFUSED: [name: string, env: Record<string, string>, stdin: object, stdout: object][] = [
  ['a dumb terminal', { TERM: 'dumb' }, tty, tty],
  ['no TERM', {}, tty, tty],
  ['a TERM with a path', { TERM: '../../etc/passwd' }, tty, tty],
  ['a pipe as input', { TERM: 'xterm' }, {}, tty],
  ['a pipe as output', { TERM: 'xterm' }, tty, {}],
];
for (const [name, env, stdin, stdout] of REFUSED) {
  test(`${name} is refused with a next step`, () => {
    assert.throws(
      () => checkTerminal(env, stdin, stdout),
      (error: unknown) => error instanceof UserError && error.hint !== undefined,
    );
  });
}

test('an ordinary terminal is taken', () => checkTerminal({ TERM: 'screen.xterm-256color' }, tty, tty));

const DEPTHS: [env: Record<string, string>, depth: number][] = [
  [{ TERM: 'xterm' }, 16],
  [{ TERM: 'xterm-256color' }, 256],
  [{ TERM: 'tmux-256color' }, 256],
  [{ TERM: 'xterm-256color', COLORTERM: 'truecolor' }, 16777216],
  [{ TERM: 'linux' }, 8],
  [{ TERM: 'vt100' }, 0],
  [{ TERM: 'xterm-256color', NO_COLOR: '1' }, 0],
];
for (const [env, depth] of DEPTHS)
  test(`${JSON.stringify(env)} has ${depth} colours`, () => assert.equal(colorDepth(env), depth));

test('the locale says whether UTF-8 is spoken', () => {
  assert.equal(isUtf8({ LANG: 'de_DE.UTF-8' }), true);
  assert.equal(isUtf8({ LANG: 'de_DE.utf8' }), true);
  assert.equal(isUtf8({ LC_ALL: 'C', LANG: 'de_DE.UTF-8' }), false);
});
