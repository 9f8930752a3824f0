/** Hostile typing, pasting, links, arguments and environments (rows K, R, A) in the real program. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { HOSTILE_ROWS, type Stage, startStage } from '../helpers/hostile-stage.js';
import { inLine, inTab } from '../helpers/look.js';
import { PATIENCE_MS } from '../helpers/patience.js';
import { openTerminal, type TerminalOptions, type TestTerminal } from '../helpers/pty.js';
import { readTerminalBytes } from '../helpers/terminal-bytes.js';

const inputOf = (id: string): string => HOSTILE_ROWS.find(row => row.id === id)?.value ?? '';

describe('the keyboard', () => {
  let stage: Stage;
  before(async () => {
    stage = await startStage();
    await stage.terminal.waitFor('welcome');
  });
  after(() => stage.stop());
  /** What was said; messages without a body only tell that somebody is typing. */
  const said = (): readonly string[] => stage.server.bodies.filter(body => body !== '');
  const bodies = (): string => said().join('\n---\n');
  // Once for the line, once for what the program put there to be mended.
  afterEach(() => stage.terminal.key('Ctrl-c', 'Ctrl-c', 'Ctrl-u'));
  const judge = (): void => assert.deepEqual(stage.taken().forbidden, [], stage.terminal.text());
  const clear = async (): Promise<void> => {
    stage.terminal.key('Ctrl-c');
    await stage.sync();
    judge();
  };

  test('K001: pasted lines are one draft; nothing is sent and nothing runs before Enter', async () => {
    const count = said().length;
    stage.terminal.paste(inputOf('K001'));
    await stage.terminal.waitFor('third');
    await stage.sync();
    assert.equal(said().length, count);
    stage.terminal.key('Enter');
    await stage.until(() => said().length > count);
    assert.equal(said().at(-1)?.trim(), 'first\nsecond\n/nick PASTED\nthird');
    await clear();
  });

  test('K003: an end mark within a paste does not end it, and the person is told what was left out', async () => {
    const count = stage.client().log.length;
    stage.terminal.paste(inputOf('K003'));
    await stage.terminal.waitFor(/left out of the line/);
    await stage.sync();
    judge();
    assert.match(stage.terminal.text(), /nemo> x\/quit/);
    assert.equal(
      stage
        .client()
        .log.slice(count)
        .some(line => line.includes('<body>')),
      false,
    );
    await clear();
  });

  test('K002 K007: what was pasted is never a command before Enter', async () => {
    for (const id of ['K002', 'K007']) {
      stage.terminal.paste(inputOf(id));
      await stage.terminal.waitFor(/quit/);
      await stage.sync();
      judge();
      stage.terminal.key('Ctrl-c');
      await stage.sync();
    }
    stage.terminal.enter('alive after pastes');
    await stage.until(() => bodies().includes('alive after pastes'));
  });

  test('K004: very many lines are asked about first', async () => {
    const count = said().length;
    stage.terminal.paste('line\n'.repeat(10_000));
    await stage.terminal.waitFor(/10[ ,.]?000|9[ ,.]?999/);
    stage.terminal.key('n');
    await stage.sync();
    assert.equal(said().length, count);
    await clear();
  });

  test('K005: controls in a paste are taken out before they are sent', async () => {
    stage.terminal.paste(`pasted${inputOf('K005')}end`);
    stage.terminal.key('Enter');
    await stage.until(() => /pasted.*end/.test(bodies()));
    assert.doesNotMatch(bodies(), /[\0-\x09\x0b-\x1f\x7f-\x9f]/);
    assert.equal(stage.server.clients.length, 1);
    await clear();
  });

  test('K006 K012: a line with a secret is neither on the screen of history nor in the debug log', async () => {
    stage.terminal.enter('/join secret@rooms.chat.test hunter3secret');
    await stage.terminal.waitFor(inTab('secret'));
    stage.terminal.enter('/close');
    await stage.terminal.waitGone('2:secret');
    stage.terminal.key('Up', 'Up');
    await stage.sync();
    assert.equal(stage.terminal.screen().at(-1)?.includes('hunter3secret'), false);
    stage.terminal.key('Ctrl-e', 'Ctrl-u');
    assert.equal(readFileSync(stage.debugFile, 'utf8').includes('hunter3secret'), false);
    await clear();
  });

  test('K008 K009: two slashes say it, an unknown command is never said', async () => {
    stage.terminal.enter('//quit');
    await stage.until(() => said().includes('/quit'));
    stage.terminal.enter('/qiut');
    await stage.terminal.waitFor(/\/quit/);
    await stage.sync();
    assert.equal(bodies().includes('qiut'), false);
    await clear();
  });

  test('K010: controls are not sent', async () => {
    stage.terminal.enter('/msg friend@chat.test a\u009b31mb');
    await stage.until(() => said().includes('a31mb'));
    // The input line took none of it in: what was seen before Enter is what was sent.
    assert.doesNotMatch(bodies(), /[\x7f-\x9f]/);
    await stage.terminal.waitFor(/Characters that cannot be sent were left out/);
    stage.terminal.key('Alt-1');
    await clear();
  });

  test('K011: a nick with what cannot be seen is refused', async () => {
    for (const [i, nick] of ['alice\u200b', 'al\u202eice', '\u2800', 'a\u115fb'].entries()) {
      const sent = stage.client().log.length;
      stage.terminal.enter(`/nick ${nick}`);
      await stage.terminal.waitFor(/cannot be a nick/);
      stage.terminal.key('Ctrl-u');
      stage.terminal.enter(`/echo after nick ${i}`);
      await stage.terminal.waitFor(new RegExp(`-- after nick ${i}`));
      await stage.sync();
      judge();
      assert.equal(
        stage
          .client()
          .log.slice(sent)
          .some(line => line.startsWith('<presence')),
        false,
        nick,
      );
    }
    await clear();
  });

  test('K013 K014: late answers of a terminal and broken mouse reports are no text', async () => {
    for (const id of ['K013', 'K014']) {
      // Ctrl-c on an empty line offers /quit: this clears whatever is there.
      stage.terminal.key('Ctrl-u');
      stage.terminal.type(inputOf(id));
      // A key behind them: what stands before it is all that they were taken for.
      stage.terminal.type('k');
      await stage.terminal.waitFor(inLine(/^nemo>.*k$/));
      assert.match(stage.terminal.screen().at(-1) ?? '', /^nemo>[\s\ufffdÿ]*k$/);
      await stage.sync();
      judge();
    }
  });

  test('R001 R002 R003 R004 R006 R007 R008: links in /join', async () => {
    for (const id of ['R002', 'R003', 'R004', 'R006', 'R007', 'R008']) {
      const sent = stage.client().log.length;
      stage.terminal.enter(`/join ${inputOf(id)}`);
      // A line that is refused stays to be mended.
      stage.terminal.key('Ctrl-u');
      stage.terminal.enter(`/echo after ${id}`);
      await stage.terminal.waitFor(new RegExp(`-- after ${id}`));
      await stage.sync();
      judge();
      const went = stage.client().log.slice(sent).join('\n');
      // That somebody typed in the test before may be told late.
      assert.doesNotMatch(went, /<presence[^>]* to=|<body|roster/, id);
    }
    const before = stage.client().log.length;
    stage.terminal.enter(`/join ${inputOf('R001').replace('secret', 'linksecret')}`);
    await stage.terminal.waitFor(/Follow the link\?/);
    stage.terminal.key('n');
    await stage.terminal.waitGone(/Follow the link\?/);
    await stage.sync();
    assert.equal(
      stage
        .client()
        .log.slice(before)
        .some(line => line.includes('room@rooms.example')),
      false,
    );
    stage.terminal.enter(`/join ${inputOf('R001').replace('secret', 'linksecret')}`);
    await stage.terminal.waitFor(/Follow the link\?/);
    stage.terminal.key('y');
    await stage.until(() => stage.client().log.some(line => line.includes('room@rooms.example/')));
    await stage.terminal.waitFor(/nemo in room|room, \d/);
    assert.equal(stage.terminal.text().includes('linksecret'), false);
    assert.equal(readFileSync(stage.debugFile, 'utf8').includes('linksecret'), false);
    judge();
    stage.terminal.enter('/close');
    await stage.sync();
  });

  test('K015: half a character and a hang-up end the program cleanly', async () => {
    stage.terminal.type('\u00c3'.slice(0, 1));
    stage.terminal.hangup();
    const end = await stage.terminal.waitExit();
    assert.ok(end.sttyRestored);
    assert.equal(existsSync(join(stage.terminal.home, '.local', 'state', 'causette', 'crash')), false);
  });
});

describe('arguments and environment', () => {
  const PROGRAM = [process.execPath, new URL('../../bin/causette.js', import.meta.url).pathname] as const;
  const home = mkdtempSync(join(tmpdir(), 'causette-args-'));
  after(() => rmSync(home, { recursive: true, force: true }));
  const run = (
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): { status: number | null; text: string } => {
    const done = spawnSync(PROGRAM[0], [PROGRAM[1], ...args], {
      env: { PATH: process.env['PATH'] ?? '', HOME: home, TERM: 'xterm', LANG: 'C.UTF-8', ...env },
      encoding: 'utf8',
      timeout: PATIENCE_MS,
    });
    return { status: done.status, text: done.stdout + done.stderr };
  };
  const CASES: readonly (readonly [id: string, args: readonly string[], says: RegExp])[] = [
    ['A001', ['--password', 'hunter2'], /password-command/],
    ['A002', ['--config', '/dev/zero', '--check-config'], /not a|regular|cannot|file/i],
    ['A004', ['--nicc=\x1b]0;x\x07'], /nicc/],
    ['A005', ['--log', '/etc/passwd'], /Unknown option|log/],
    ['A008', [], /terminal/i],
  ];
  for (const [id, args, says] of CASES) {
    test(`${id}: ${args.join(' ').replace(/[\0-\x1f]/g, '?')} is refused with a sentence`, () => {
      const { status, text } = run(args);
      assert.notEqual(status, 0, text);
      assert.match(text, says);
      assert.doesNotMatch(text, /[\0-\x09\x0b-\x1f\x7f-\x9f]|\n\s+at |hunter2/);
    });
  }
  test('A005: a debug log is not appended to a file that is not one of ours', () => {
    const before = statSync('/etc/passwd').mtimeMs;
    run(['--debug', '/etc/passwd', '--check-config']);
    assert.equal(statSync('/etc/passwd').mtimeMs, before);
  });

  /** Starts the demo in a terminal, waits for what it says, and judges every byte. */
  const shown = async (options: TerminalOptions, what: string | RegExp | 'end'): Promise<TestTerminal> => {
    const terminal = openTerminal(options);
    try {
      if (what === 'end') await terminal.waitExit();
      else await terminal.waitFor(what);
      assert.deepEqual(readTerminalBytes(terminal.raw()).forbidden, [], terminal.text());
      assert.doesNotMatch(terminal.text(), /\n\s+at /);
    } finally {
      await terminal.kill();
    }
    return terminal;
  };
  test('A007 A008: a terminal that is none is said so, without a stack', async () => {
    for (const TERM of ['../../../../tmp/evil', 'dumb', '']) {
      const terminal = await shown({ args: ['--demo'], env: { TERM } }, 'end');
      assert.notEqual((await terminal.exit).code, 0);
    }
  });
  test('A003: an account that is no address', async () => {
    await shown({ args: ['--jid', '../../x'] }, /not (an|a valid) address|address/i);
  });
  test('A009: without UTF-8 there is ASCII', async t => {
    const terminal = openTerminal({ args: ['--demo', '--nick', 'nemo'], env: { LC_ALL: 'C' } });
    t.after(() => terminal.kill());
    // Above the bar, whatever else is said at the start.
    await terminal.waitFor(/This locale is not UTF-8, so only ASCII/);
    await terminal.waitFor(/nemo>/);
    terminal.enter('Gr\u00fc\u00dfe \u6f22 \ud83d\ude00 done');
    await terminal.waitFor(/nemo> Gru\?e \?\? \?\? done/);
    terminal.enter('/info');
    await terminal.waitFor(/What the client said/);
    await terminal.waitFor(lines => lines.some(line => /^\d\d:\d\d.*This locale is not UTF-8/.test(line)));
    const kept = terminal.screen().filter(line => /^\d\d:\d\d.*This locale is not UTF-8/.test(line));
    assert.equal(kept.length, 1, terminal.text());
    assert.doesNotMatch(terminal.raw().toString('latin1'), /[\x80-\xff]/);
  });
  test('A010: without a home it runs', async () => {
    await shown(
      {
        args: ['--demo', '--nick', 'nemo'],
        env: {
          HOME: '/nonexistent',
          XDG_CONFIG_HOME: undefined,
          XDG_DATA_HOME: undefined,
          XDG_STATE_HOME: undefined,
          XDG_CACHE_HOME: undefined,
        },
      },
      /nemo>/,
    );
  });
  test('A011: options for Node are not ours to refuse, and nothing that we start inherits them', async t => {
    const loaded = join(home, 'loaded');
    const evil = join(home, 'evil.cjs');
    writeFileSync(evil, `require('node:fs').appendFileSync(${JSON.stringify(loaded)}, 'x');`);
    const terminal = openTerminal({
      args: ['--demo', '--nick', 'nemo'],
      env: { NODE_OPTIONS: `--require ${evil}`, TOLD: 'inherited' },
    });
    t.after(() => terminal.kill());
    await terminal.waitFor(/guide> .*first room/);
    // What the launcher cannot undo, and what README.md says about it.
    assert.equal(readFileSync(loaded, 'utf8').slice(0, 1), 'x');
    assert.match(readFileSync(new URL('../../README.md', import.meta.url), 'utf8'), /NODE_OPTIONS/);
    terminal.enter(`/exec ${process.execPath} -p "process.env.TOLD + String(process.env.NODE_OPTIONS)"`);
    await terminal.waitFor(/inheritedundefined/);
    assert.equal(readFileSync(loaded, 'utf8'), 'x');
  });
  test('A012: the environment cannot switch the check of certificates off', async () => {
    const untrusting = await startStage({
      server: { certificate: 'self' },
      terminal: { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0', SSLKEYLOGFILE: join(home, 'keys') } },
      wait: false,
    });
    try {
      await untrusting.terminal.waitFor(/certificate|vouch|self-signed/i);
      assert.equal(
        untrusting.server.clients.some(client => client.log.some(line => line.includes('<auth'))),
        false,
      );
      assert.equal(existsSync(join(home, 'keys')), false);
      assert.deepEqual(untrusting.taken().forbidden, []);
    } finally {
      await untrusting.stop();
    }
  });
  test('A006 R001: a link as an argument is asked about before anything is done', async () => {
    const link = inputOf('R001').replace('secret', 'linksecret');
    const stage = await startStage({ rooms: [link], wait: false });
    try {
      await stage.terminal.waitFor(/Follow the link\?/);
      assert.equal(stage.terminal.text().includes('linksecret'), false);
      stage.terminal.key('n');
      await stage.terminal.waitFor(/You did not enter this room/);
      await stage.until(() => stage.server.clients.some(client => client.log.some(line => line.includes('<presence'))));
      const sent = stage.server.clients.flatMap(client => client.log).join('\n');
      assert.doesNotMatch(sent, /room@rooms\.example/);
      assert.deepEqual(stage.taken().forbidden, []);
    } finally {
      await stage.stop();
    }
  });
  test('A006 R005 R006: links as arguments', async () => {
    mkdirSync(join(home, 'links'), { recursive: true });
    for (const link of ['xmpp:x@y?remove', inputOf('R006'), inputOf('R008'), inputOf('R002'), inputOf('R003')]) {
      const stage = await startStage({ rooms: [link], wait: false });
      try {
        await stage.terminal.waitFor(/link|address/i);
        assert.deepEqual(stage.taken().forbidden, []);
        const sent = stage.server.clients.flatMap(client => client.log).join('\n');
        assert.doesNotMatch(sent, /<message|<presence[^>]* to=/);
      } finally {
        await stage.stop();
      }
    }
  });
});
