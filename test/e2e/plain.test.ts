/** `--plain`: the client in lines, through pipes and in a terminal that is only written to: the built program on a real Prosody. */
import assert from 'node:assert/strict';
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { PATIENCE_MS } from '../helpers/patience.js';
import type { Peer } from '../helpers/peer.js';
import { openTerminal } from '../helpers/pty.js';
import { startWorld, type World } from '../helpers/world.js';

const PROGRAM = join(import.meta.dirname, '../../bin/causette.js');
let world: World;
let home = '';
before(async () => {
  home = mkdtempSync(join(tmpdir(), 'causette-plain-'));
  world = await startWorld({ users: { romeo: 'orchard' } });
});
after(async () => {
  await world.stop();
  rmSync(home, { recursive: true, force: true });
});

interface Piped {
  readonly child: ChildProcessWithoutNullStreams;
  readonly out: () => string;
  type(line: string): void;
  /** Settles when the output has it; fails with all that was printed. */
  prints(what: RegExp): Promise<void>;
  /** The exit code, or the signal. */
  readonly end: Promise<number | string>;
}

function piped(t: TestContext, args: readonly string[], env: Readonly<Record<string, string>> = {}): Piped {
  const child = spawn(process.execPath, [PROGRAM, '--plain', ...args], {
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      LANG: 'C.UTF-8',
      TZ: 'UTC',
      ...env,
    },
  });
  t.after(() => child.kill('SIGKILL'));
  let text = '';
  const changed = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      for (const look of changed) look();
    });
  }
  child.stdin.on('error', () => undefined);
  const end = once(child, 'close').then(([code, signal]) => (code ?? signal) as number | string);
  return {
    child,
    out: () => text,
    type: line => void child.stdin.write(`${line}\n`),
    prints: what =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`${what} was not printed:\n${text}`)), PATIENCE_MS);
        const look = (): void => {
          if (!what.test(text)) return;
          clearTimeout(timer);
          changed.delete(look);
          resolve();
        };
        changed.add(look);
        look();
      }),
    end,
  };
}
/** A room of its own for each test; the names are unlike each other, or a slip of the pen would be supposed. */
const names = 'amber birch cellar dragon engine fjord guitar helmet indigo jungle kettle lantern meadow nutmeg'.split(
  ' ',
);
const newRoom = (): string => `${names.pop()}@${world.prosody.roomService}`;

const guest = (nick: string, ...rooms: readonly string[]): readonly string[] => [
  ...world.route,
  ...['--server', world.prosody.guestHost, '--nick', nick],
  ...rooms,
];

async function bobIn(t: TestContext, ...rooms: readonly string[]): Promise<Peer> {
  const bob = await world.peer();
  t.after(() => bob.close());
  for (const room of rooms) await bob.joinRoom(room, 'bob');
  return bob;
}

/** Nothing in the output that a terminal could obey. */
function assertLines(text: string): void {
  assert.doesNotMatch(text, /[\0-\x09\x0b-\x1f\x7f-\x9f]/);
}

describe('through pipes', () => {
  test('lines are said one after the other, and the end of the input is the end of the program', async t => {
    const room = newRoom();
    const bob = await bobIn(t, room);
    const pipe = piped(t, guest('pat', room));
    pipe.child.stdin.end('first line\nsecond line\n/me waves\nlast words');
    assert.equal(await pipe.end, 0, pipe.out());
    for (const line of ['first line', 'second line', '/me waves', 'last words']) await bob.heard(line);
    assertLines(pipe.out());
    assert.match(pipe.out(), /^\d\d:\d\d \[\w+\] pat: first line$/m);
  });

  test('several rooms are told apart, and nobody can write in the name of another room or speaker', async t => {
    const room = newRoom();
    const other = `second@${world.prosody.roomService}`;
    const bob = await bobIn(t, room, other);
    const pipe = piped(t, guest('pat', room, other));
    await pipe.prints(/\[second\] notice: You are pat/);
    await pipe.prints(new RegExp(`\\[${room.split('@')[0]}\\] notice: You are pat`));
    await bob.say(room, 'in the lobby');
    await bob.say(other, 'in the other');
    await pipe.prints(/^\d\d:\d\d \[\w+\] bob: in the lobby$/m);
    await pipe.prints(/^\d\d:\d\d \[second\] bob: in the other$/m);
    await bob.say(room, 'x\n12:00 [second] alice: forged\u009b2J');
    await pipe.prints(/forged/);
    assert.match(pipe.out(), /^\d\d:\d\d \[\w+\] {3}12:00 \[second\] alice: forged\ufffd2J$/m);
    pipe.type('/win second');
    pipe.type('said in the second');
    await bob.heard('said in the second');
    pipe.type('/quit');
    assert.equal(await pipe.end, 0);
    assertLines(pipe.out());
  });

  test('a correction and who comes and goes are lines of their own', async t => {
    const room = newRoom();
    await bobIn(t, room);
    const pipe = piped(t, guest('pat', room));
    await pipe.prints(/You are pat/);
    const carol = await world.peer();
    await carol.joinRoom(room, 'carol');
    await pipe.prints(/\[\w+\] carol joined/);
    await carol.close();
    await pipe.prints(/\[\w+\] carol left/);
    pipe.type('with a tpyo');
    await pipe.prints(/pat: with a tpyo/);
    pipe.type('/correct with a typo');
    await pipe.prints(/\[\w+\] pat: with a typo \[edited\]/);
    pipe.child.stdin.end();
    assert.equal(await pipe.end, 0);
  });

  test('a list has numbers, and a number chooses', async t => {
    const room = newRoom();
    const bob = await bobIn(t, `listed@${world.prosody.roomService}`);
    const pipe = piped(t, guest('pat', room));
    await pipe.prints(/You are pat/);
    pipe.type('/list');
    await pipe.prints(/^ {2}\d+\. listed/m);
    const number = /^ {2}(\d+)\. listed/m.exec(pipe.out())?.[1] ?? '';
    pipe.type(number);
    await pipe.prints(/You are pat in listed/);
    pipe.type('chosen by number');
    await bob.heard('chosen by number');
    pipe.child.stdin.end();
    assert.equal(await pipe.end, 0);
  });

  test('a form is filled in by the numbers of its fields', async t => {
    const room = newRoom();
    const pipe = piped(t, guest('pat', room));
    await pipe.prints(/You are pat/);
    pipe.type('/configure');
    await pipe.prints(/^ {2}\(then: .*cancel\)/m);
    const number = /^ {2}(\d+)\. [^\n]*(?:Name|Title)[^\n]*:/m.exec(pipe.out())?.[1] ?? '';
    assert.notEqual(number, '', pipe.out());
    pipe.type(`${number}=Named in lines`);
    await pipe.prints(new RegExp(`^ {2}${number}\\. .*: Named in lines`, 'm'));
    pipe.type('save');
    await pipe.prints(/\[\w+\] notice: .*(?:saved|changed|settings)/);
    pipe.type('/quit');
    assert.equal(await pipe.end, 0, pipe.out());
  });

  test('a lost connection is told in lines, and so is that it is back', async t => {
    const room = newRoom();
    const pipe = piped(t, guest('pat', room));
    await pipe.prints(/You are pat/);
    await world.prosody.halt();
    await pipe.prints(/no connection|lost/i);
    await world.prosody.resume();
    pipe.type('/reconnect');
    const before = pipe.out().length;
    await pipe.prints(/(?:You are pat[\s\S]*){2}|again|back/i);
    assert.doesNotMatch(pipe.out().slice(before), /next try in \d+ seconds?\n.*next try in/);
    pipe.type('/quit');
    assert.equal(await pipe.end, 0);
  });

  test('the nick and the password are asked for in lines', async t => {
    const room = newRoom();
    const pipe = piped(t, [...world.route, '--jid', 'romeo@example.test', room]);
    await pipe.prints(/[Pp]assword/);
    pipe.type('orchard');
    await pipe.prints(/You are romeo/);
    assert.doesNotMatch(pipe.out(), /orchard/);
    pipe.type('/quit');
    assert.equal(await pipe.end, 0);
    const asked = piped(t, [...world.route, '--server', world.prosody.guestHost, room]);
    await asked.prints(/^Nick for this visit/m);
    asked.type('nora');
    await asked.prints(/You are nora/);
    asked.type('/quit');
    assert.equal(await asked.end, 0);
  });

  const ENDS: readonly (readonly [name: string, args: () => readonly string[], input: string, code: number])[] = [
    ['a line that fails', () => guest('pat', newRoom()), '/frobnicate\n', 1],
    [
      'a refused login',
      () => [...world.route, '--jid', 'romeo@example.test', '--password-command', 'echo wrong'],
      '',
      77,
    ],
    [
      'no server',
      () => ['--host', '127.0.0.1', '--port', '1', '--server', 'guest.example.test', '--nick', 'x'],
      '',
      69,
    ],
  ];
  for (const [name, args, input, code] of ENDS) {
    test(`${name} ends with ${code}`, async t => {
      const pipe = piped(t, args());
      pipe.child.stdin.end(input);
      assert.equal(await pipe.end, code, pipe.out());
      assertLines(pipe.out());
    });
  }

  for (const [signal, code] of [
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    test(`${signal} ends with ${code}, and the room is left`, async t => {
      const room = newRoom();
      const bob = await bobIn(t, room);
      const nick = `leaves${code}`;
      const pipe = piped(t, guest(nick, room));
      await pipe.prints(/You are leaves/);
      const gone = bob.next(
        stanza =>
          stanza.is('presence') &&
          stanza.attrs['type'] === 'unavailable' &&
          String(stanza.attrs['from']).endsWith(nick),
      );
      pipe.child.kill(signal);
      assert.equal(await pipe.end, code);
      await gone;
    });
  }

  test('a reader that goes away ends it with 141, without a crash', async t => {
    const room = newRoom();
    const bob = await bobIn(t, room);
    const pipe = piped(t, guest('pat', room));
    await pipe.prints(/You are pat/);
    pipe.child.stdout.destroy();
    await bob.say(room, 'nobody reads this');
    assert.equal(await pipe.end, 141);
  });

  test('a reader that does not read stops nothing, and is told how much it missed', async t => {
    const room = newRoom();
    const bob = await bobIn(t, room);
    const pipe = piped(t, guest('pat', room));
    await pipe.prints(/You are pat/);
    pipe.child.stdout.pause();
    const filler = 'x'.repeat(60_000);
    for (let i = 0; i < 40; i++) await bob.say(room, `${i} ${filler}`);
    await bob.say(room, 'the last of them');
    pipe.type('said while nobody reads');
    await bob.heard('said while nobody reads');
    pipe.child.stdout.resume();
    await pipe.prints(/\(\d+ lines? left out: nobody was reading\)/);
    pipe.child.stdin.end();
    assert.equal(await pipe.end, 0);
  });

  test('without UTF-8 there is nothing but ASCII', async t => {
    const room = newRoom();
    const bob = await bobIn(t, room);
    const pipe = piped(t, guest('pat', room), { LANG: 'C', LC_ALL: 'C' });
    await pipe.prints(/You are pat/);
    await bob.say(room, 'naïve – 日本');
    await pipe.prints(/bob: naive - \?\?\?\?/);
    assert.doesNotMatch(pipe.out(), /[^\n\x20-\x7e]/);
    pipe.child.stdin.end();
    assert.equal(await pipe.end, 0);
  });
});

describe('in a terminal that cannot move its cursor', () => {
  test('what is typed is read in lines, a password is not shown, and the terminal is as it was', async t => {
    const room = newRoom();
    const args = ['--plain', ...world.route, '--jid', 'romeo@example.test', room];
    const terminal = openTerminal({ args, env: { TERM: 'dumb' } });
    t.after(() => terminal.kill());
    await terminal.waitFor(/[Pp]assword/);
    terminal.enter('orchard');
    await terminal.waitFor(/You are romeo/);
    assert.ok(!terminal.text().includes('orchard'));
    terminal.enter('typed in a dumb terminal');
    await terminal.waitFor(/romeo: typed in a dumb terminal/);
    assert.doesNotMatch(terminal.raw().toString(), /[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]/);
    terminal.type('\x04');
    const end = await terminal.waitExit();
    assert.equal(end.code, 0);
    assert.ok(end.sttyRestored);
  });

  test('Ctrl-C at the password gives the terminal back and ends with 130', async t => {
    const terminal = openTerminal({
      args: ['--plain', ...world.route, '--jid', 'romeo@example.test'],
      env: { TERM: 'dumb' },
    });
    t.after(() => terminal.kill());
    await terminal.waitFor(/[Pp]assword/);
    terminal.type('half\x03');
    const end = await terminal.waitExit();
    assert.equal(end.code, 130);
    assert.ok(end.sttyRestored);
  });
});
