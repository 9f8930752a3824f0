/** What can happen to a terminal while a person talks: it hangs up, does not read, has no size; and to the program: it crashes, it is killed. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, type TestContext, test } from 'node:test';
import { PATIENCE_MS } from '../helpers/patience.js';
import type { Peer } from '../helpers/peer.js';
import type { TerminalEnd, TestTerminal } from '../helpers/pty.js';
import { openTerminal } from '../helpers/pty.js';
import { startWorld, type World } from '../helpers/world.js';

const NS_PING = 'urn:xmpp:ping';
let world: World;
let bob: Peer;
const homes: string[] = [];
before(async () => {
  world = await startWorld({ users: { romeo: 'orchard' } });
  bob = await world.peer();
  await bob.joinRoom(world.room, 'bob');
});
after(async () => {
  await world.stop();
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});

const newHome = (): string => {
  const home = mkdtempSync(join(tmpdir(), 'causette-home-'));
  homes.push(home);
  return home;
};
/** The program as a guest, in the room with bob. */
async function guest(t: TestContext, nick: string): Promise<TestTerminal> {
  const terminal = await world.guest(nick);
  t.after(() => terminal.kill());
  await terminal.waitFor(`${nick} in lobby`);
  await seen(nick);
  return terminal;
}
const presenceOf = (nick: string, type: string | undefined): Promise<unknown> =>
  bob.next(
    stanza =>
      stanza.is('presence') && stanza.attrs['from'] === `${world.room}/${nick}` && stanza.attrs['type'] === type,
  );
const seen = (nick: string): Promise<unknown> => presenceOf(nick, undefined);
const gone = (nick: string): Promise<unknown> => presenceOf(nick, 'unavailable');

function assertGivenBack(end: TerminalEnd): void {
  assert.deepEqual(end.sttyChanged, []);
  const { alternateScreen, bracketedPaste, focusEvents, mouse, cursorVisible, synchronizedOutput } = end.modes;
  assert.deepEqual(
    { alternateScreen, bracketedPaste, focusEvents, mouse, cursorVisible, synchronizedOutput },
    {
      alternateScreen: false,
      bracketedPaste: false,
      focusEvents: false,
      mouse: false,
      cursorVisible: true,
      synchronizedOutput: false,
    },
  );
}

/** With an account of its own home, in the room. */
function account(t: TestContext, home: string): TestTerminal {
  const terminal = openTerminal({
    home,
    args: [...world.route, '--jid', 'romeo@example.test', '--password-command', 'echo orchard', world.room],
  });
  t.after(() => terminal.kill());
  return terminal;
}
const filesIn = (home: string): readonly string[] =>
  readdirSync(home, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name));
/** Settles as soon as a file of the program holds this text. */
async function saved(home: string, text: string): Promise<void> {
  const folder = join(home, '.local');
  const holds = (): boolean => filesIn(folder).some(file => existsSync(file) && readFileSync(file).includes(text));
  await new Promise<void>((resolve, reject) => {
    const watcher = watch(folder, { recursive: true });
    const late = setTimeout(() => finish(new Error(`no file of the program holds "${text}"`)), PATIENCE_MS);
    const finish = (error?: Error): void => {
      clearTimeout(late);
      watcher.close();
      if (error === undefined) resolve();
      else reject(error);
    };
    const look = (): void => {
      if (holds()) finish();
    };
    watcher.on('change', look);
    look();
  });
}

describe('Q13: a terminal that hangs up', () => {
  for (const [what, act] of [
    ['SIGHUP', terminal => terminal.signal('SIGHUP')],
    ['a terminal that is gone (EIO)', terminal => terminal.close()],
  ] as const satisfies readonly (readonly [string, (terminal: TestTerminal) => void])[]) {
    test(`${what}: the program ends with 129, and those in the room see it leave`, async t => {
      const ana = await guest(t, 'ana');
      // Output that waits must not keep it.
      for (let i = 0; i < 20; i++) bob.send(`<message type='groupchat' to='${world.room}'><body>${i}</body></message>`);
      act(ana);
      const end = await ana.waitExit();
      assert.equal(end.code, 129, end.signal);
      await gone('ana');
    });
  }
});

describe('Q14: signals', () => {
  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const) {
    test(`${signal} again and again ends once, with ${code}, the room left and the terminal given back`, async t => {
      const ana = await guest(t, 'ana');
      ana.key('Alt-m');
      await ana.waitFor(() => ana.modes().mouse);
      ana.signal(signal);
      // An impatient person: also while it says goodbye.
      const more = setInterval(() => ana.signal(signal), 10);
      const end = await ana.waitExit().finally(() => clearInterval(more));
      assert.equal(end.code, code);
      assertGivenBack(end);
      await gone('ana');
    });
  }
});

test('Q15: a crash gives the terminal back, its report is private, and what was being written is offered at the next start', async t => {
  const home = newHome();
  const first = account(t, home);
  await first.waitFor('romeo in lobby');
  first.enter('/roster');
  await first.waitFor(/\[2:/);
  first.key('Alt-1');
  await first.waitFor('romeo in lobby');
  first.type('half a line of the room');
  await first.waitFor('romeo> half a line of the room');
  first.key('Alt-2');
  await first.waitGone('half a line of the room');
  first.enter('/debug crash');
  const end = await first.waitExit();
  assert.equal(end.code, 70);
  assertGivenBack(end);
  const report = filesIn(home).find(file => /crash-[^/]*$/.test(file));
  assert.ok(report !== undefined);
  assert.equal(statSync(report).mode & 0o777, 0o600);
  assert.match(readFileSync(report, 'utf8'), /crashed on demand/);
  assert.ok(!readFileSync(report, 'utf8').includes('half a line'), 'what is written is nobody else’s');

  const second = account(t, home);
  await second.waitFor('romeo in lobby');
  await second.waitFor('romeo> half a line of the room');
});

describe('Q16: any size', () => {
  test('0x0, 1x1, 2x1000, 1000x2 and a storm of them: the room is there again afterwards', async t => {
    const ana = await guest(t, 'eva');
    const sizes = [
      [0, 0],
      [1, 1],
      [2, 1000],
      [1000, 2],
      [19, 4],
      [20, 5],
      [300, 100],
    ] as const;
    for (let i = 0; i < 105; i++) {
      const [columns, rows] = sizes[i % sizes.length] ?? [80, 24];
      ana.resize(columns, rows);
    }
    ana.resize(12, 3);
    await ana.waitFor(/Too small/);
    ana.resize(80, 24);
    await ana.waitFor('eva in lobby');
    ana.enter('after the storm');
    await bob.heard('after the storm');
    await ana.waitFor(/eva> after the storm/);
    assert.equal(ana.cursor().row, 23);
  });
});

test('Q17: a terminal that does not read stops neither pings nor what is typed, keeps memory flat, and is right afterwards', async t => {
  const ana = await guest(t, 'ida');
  const rss = async (): Promise<number> =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${await ana.pid}/status`, 'utf8'))?.[1]) / 1024;
  ana.freeze();
  const flood = async (from: number, to: number): Promise<number> => {
    let answered = 0;
    for (let i = from; i < to; i++) {
      const body = `flood ${i} ${'x'.repeat(400)}`;
      bob.send(`<message type='groupchat' to='${world.room}'><body>${body}</body></message>`);
      if (i % 100 !== 99) continue;
      // A redraw by hand each time: more than every pipe in between holds.
      ana.key('Ctrl-l');
      const answer = await bob.request(`<ping xmlns='${NS_PING}'/>`, `${world.room}/ida`);
      if (answer.attrs['type'] === 'result') answered++;
      else assert.fail(answer.toString());
    }
    return answered;
  };
  assert.equal(await flood(0, 1000), 10);
  const before = await rss();
  const bytes = ana.bytesWritten();
  assert.equal(await flood(1000, 4000), 30);
  ana.enter('said while nobody reads');
  await bob.heard('said while nobody reads');
  const grown = (await rss()) - before;
  assert.equal(ana.bytesWritten(), bytes, 'nobody has read');
  // The messages themselves are kept, and the collector takes its time.
  assert.ok(grown < 150, `it grew by ${grown.toFixed(0)} MiB while nobody read`);
  ana.unfreeze();
  await ana.waitFor(/ida> said while nobody reads/);
  // What the pipes held, and one frame of what is there now: not the three thousand lines that nobody could read.
  assert.ok(ana.bytesWritten() - bytes < 400_000, `${ana.bytesWritten() - bytes} bytes`);
  ana.enter('read again');
  await ana.waitFor(/ida> read again +│/);
  const kept = ana.screen();
  ana.key('Ctrl-l');
  ana.type('!');
  await ana.waitFor('ida> !');
  assert.deepEqual(
    ana.screen().map(line => line.replace('ida> !', 'ida>')),
    kept,
    'a fresh frame shows the same',
  );
});

test('Q41: after kill -9 the same terminal starts it again: no lock is in the way, the draft is back, and the shell is sane', async t => {
  const home = newHome();
  const shell = openTerminal({ home, command: ['bash', '--norc', '-i'], columns: 100 });
  t.after(() => shell.kill());
  await shell.waitFor(/[$#]/);
  const line = [
    process.execPath,
    join(import.meta.dirname, '../../bin/causette.js'),
    ...world.route,
    '--jid',
    'romeo@example.test',
    '--password-command',
    '"echo orchard"',
    world.room,
  ].join(' ');
  // Its pid is that of the shell that becomes it.
  shell.enter(`sh -c 'echo $$ > pid; exec "$@"' - ${line}`);
  await shell.waitFor('romeo in lobby');
  shell.type('half a line');
  await shell.waitFor('romeo> half a line');
  await saved(home, 'half a line');
  process.kill(Number(readFileSync(join(home, 'pid'), 'utf8')), 'SIGKILL');
  await shell.waitFor('Killed');
  // What the killed one has drawn must not be taken for what the next one draws.
  shell.enter("printf '\\033[?1049l\\033[2J\\033[H'");
  await shell.waitGone('romeo in lobby');
  shell.enter(line);
  await shell.waitFor('romeo in lobby');
  await shell.waitFor('romeo> half a line');
  assert.ok(!/lock|another process|damaged/i.test(shell.text()), shell.text());
  shell.key('Ctrl-u');
  shell.enter('/quit');
  await shell.waitFor(() => !shell.modes().alternateScreen);
  shell.enter('stty -a | grep -c " icanon" ; exit');
  await shell.waitFor(/^1$/m);
  assertGivenBack(await shell.waitExit());
});
