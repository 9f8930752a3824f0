/** The terminal is always given back, and what is typed or pasted is what is sent: the built program in a pty, on its own demo server. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { inLine, said } from '../helpers/look.js';
import { openTerminal, type TerminalEnd, type TerminalOptions, type TestTerminal } from '../helpers/pty.js';

async function demo(t: TestContext, options: TerminalOptions = {}): Promise<TestTerminal> {
  const terminal = openTerminal({ ...options, args: ['--demo', '--nick', 'nemo', ...(options.args ?? [])] });
  t.after(() => terminal.kill());
  await terminal.waitFor('nemo in welcome');
  return terminal;
}

function assertGivenBack(end: TerminalEnd): void {
  assert.deepEqual(end.sttyChanged, []);
  assert.ok(end.sttyRestored, 'stty');
  assert.deepEqual(
    [end.modes.alternateScreen, end.modes.bracketedPaste, end.modes.focusEvents, end.modes.mouse],
    [false, false, false, false],
  );
  assert.ok(end.modes.cursorVisible, 'the cursor is shown');
  assert.ok(!end.modes.synchronizedOutput);
}

describe('every exit gives the terminal back', () => {
  for (const [signal, code] of [
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGQUIT', 131],
    ['SIGHUP', 129],
  ] as const) {
    test(`${signal} ends with ${code}`, async t => {
      const terminal = await demo(t);
      terminal.key('Alt-m');
      await terminal.waitFor(() => terminal.modes().mouse);
      terminal.signal(signal);
      const end = await terminal.waitExit();
      assert.equal(end.code, code);
      assertGivenBack(end);
    });
  }

  test('a line that goes down ends the program', async t => {
    const terminal = await demo(t);
    terminal.hangup();
    const end = await terminal.waitExit();
    assert.equal(end.code ?? end.signal, 129);
  });

  test('Q15: a crash writes a report and says where', async t => {
    const terminal = await demo(t);
    terminal.enter('/debug crash');
    const end = await terminal.waitExit();
    assert.equal(end.code, 70);
    assertGivenBack(end);
    assert.match(terminal.text(), /something went wrong/);
    const folder = join(terminal.home, '.local/state/causette');
    const [report] = readdirSync(folder).filter(name => name.startsWith('crash-'));
    assert.ok(report !== undefined);
    assert.equal(statSync(join(folder, report)).mode & 0o777, 0o600);
  });

  test('/quit ends with 0', async t => {
    const terminal = await demo(t);
    terminal.enter('/quit');
    const end = await terminal.waitExit();
    assert.equal(end.code, 0);
    assertGivenBack(end);
  });
});

describe('a shell around it', () => {
  test('Q14: Ctrl-Z gives the terminal back, fg draws everything again and the keys work', async t => {
    const terminal = openTerminal({ command: ['bash', '--norc', '-i'] });
    t.after(() => terminal.kill());
    await terminal.waitFor(/[$#]/);
    terminal.enter(`${process.execPath} ${join(process.cwd(), 'bin/causette.js')} --demo --nick nemo`);
    await terminal.waitFor('nemo in welcome');
    terminal.type('half a line');
    await terminal.waitFor('half a line');
    terminal.key('Ctrl-z');
    await terminal.waitFor('Stopped');
    assert.ok(!terminal.modes().alternateScreen);
    assert.ok(terminal.modes().cursorVisible);
    assert.ok(!terminal.modes().focusEvents);
    terminal.enter('echo "the shell $((40 + 2))"');
    await terminal.waitFor('the shell 42');
    terminal.enter('fg');
    await terminal.waitFor('half a line');
    assert.ok(terminal.modes().alternateScreen && terminal.modes().bracketedPaste);
    terminal.key('Ctrl-u');
    terminal.enter('back again');
    await terminal.waitFor(said('nemo', 'back again'));
    terminal.enter('/quit');
    await terminal.waitFor(() => !terminal.modes().alternateScreen);
    terminal.enter('stty -a | grep -c " icanon" ; exit');
    await terminal.waitFor(/^1$/m);
  });
});

describe('what is pasted', () => {
  test('of one line goes into the input', async t => {
    const terminal = await demo(t);
    terminal.paste('one line');
    await terminal.waitFor('nemo> one line');
  });

  test('of many lines asks, and Esc drops it', async t => {
    const terminal = await demo(t);
    terminal.paste(Array.from({ length: 12 }, (_, i) => `line ${i}`).join('\n'));
    await terminal.waitFor('12 lines pasted');
    terminal.key('Escape');
    await terminal.waitGone('12 lines pasted');
    assert.ok(!terminal.text().includes('line 3'));
  });

  test('and many lines are sent as one message by Enter', async t => {
    const terminal = await demo(t);
    terminal.paste('first\nsecond\nthird\nfourth\nfifth\nsixth\n');
    await terminal.waitFor('6 lines pasted');
    terminal.key('Enter');
    await terminal.waitFor(/nemo> first\s[\s\S]*│ second[\s\S]*│ sixth/);
    assert.equal(terminal.screen().filter(line => /\d\d:\d\d +nemo>/.test(line)).length, 1);
  });

  test('never runs a command without a second yes', async t => {
    const terminal = await demo(t);
    terminal.paste('/quit');
    terminal.key('Enter');
    await terminal.waitFor('This command was pasted');
    terminal.key('t');
    await terminal.waitFor(said('nemo', '/quit'));
  });

  test('of 100 kB neither hangs nor is echoed for long', async t => {
    const terminal = await demo(t);
    const before = terminal.bytesWritten();
    terminal.paste('lorem ipsum '.repeat(8500));
    await terminal.waitFor('characters pasted');
    assert.ok(terminal.bytesWritten() - before < 2000);
    terminal.key('e');
    await terminal.waitFor('lorem ipsum');
    terminal.key('Ctrl-u');
    await terminal.waitGone('lorem ipsum');
  });
});

describe('the editor', () => {
  function withEditor(script: string): { home: string; env: Record<string, string> } {
    const terminal = openTerminal({ command: ['true'] });
    const { home } = terminal;
    const file = join(home, 'editor.sh');
    writeFileSync(file, `#!/bin/sh\n${script}\n`);
    chmodSync(file, 0o755);
    return { home, env: { VISUAL: file } };
  }

  test('gets the line in a private file, and what it saves comes back', async t => {
    const { home, env } = withEditor(
      'stat -c "%a %n" "$(dirname "$1")" "$1" > "$HOME/seen"; stty -a | grep -o " icanon" >> "$HOME/seen"; printf "%s, edited" "$(cat "$1")" > "$1"',
    );
    const terminal = await demo(t, { home, env });
    terminal.type('draft');
    await terminal.waitFor('nemo> draft');
    terminal.key('Ctrl-x');
    await terminal.waitFor('nemo> draft, edited');
    const seen = readFileSync(join(home, 'seen'), 'utf8').trim().split('\n');
    const [folder = '', file = '', cooked = ''] = seen;
    assert.match(folder, /^700 /);
    assert.match(file, /^600 /);
    assert.equal(cooked.trim(), 'icanon', 'the editor finds an ordinary terminal');
    assert.ok(!existsSync(file.slice(4)), 'nothing stays behind');
    terminal.enter('');
    await terminal.waitFor(/\d\d:\d\d +nemo> draft, edited/);
  });

  test('that fails leaves the line as it was', async t => {
    const { home, env } = withEditor('echo nonsense > "$1"; echo the editor was here; exit 3');
    const terminal = await demo(t, { home, env });
    terminal.type('draft');
    await terminal.waitFor('nemo> draft');
    terminal.key('Ctrl-x');
    // It has the screen for an instant only: that it was there is in the bytes.
    await terminal.waitFor(
      lines =>
        terminal.raw().includes('the editor was here') &&
        terminal.modes().alternateScreen &&
        inLine('nemo> draft')(lines),
    );
    assert.ok(!terminal.text().includes('nonsense'));
  });
});

describe('any size', () => {
  test('down to one cell and back, in a storm', async t => {
    const terminal = await demo(t);
    const sizes = [
      [1, 1],
      [20, 5],
      [300, 100],
      [19, 4],
      [2, 60],
      [200, 2],
      [40, 10],
    ] as const;
    for (let i = 0; i < 70; i++) {
      const [columns, rows] = sizes[i % sizes.length] ?? [80, 24];
      terminal.resize(columns, rows);
    }
    terminal.resize(1, 1);
    terminal.resize(80, 24);
    await terminal.waitFor('nemo in welcome');
    terminal.enter('still here');
    await terminal.waitFor(said('nemo', 'still here'));
    assert.equal(terminal.cursor().row, 23);
  });
});

describe('for screen readers', () => {
  test('there is one column, the nick comes first and nothing is drawn', async t => {
    const terminal = await demo(t, { args: ['--accessible'] });
    terminal.enter('hello');
    await terminal.waitFor(/^nemo: hello \(\d\d:\d\d\)/m);
    assert.ok(!/[\u2500-\u257f]/.test(terminal.text()), terminal.text());
    assert.ok(!terminal.text().includes('moderators 1'));
  });
});
