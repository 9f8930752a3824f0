import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { encodeChord, openTerminal } from './pty.js';

/** A program that answers keys, so that the bridge is tested without the client. */
const PROGRAM = `
process.stdin.setRawMode(true);
process.stdout.write('\\x1b[?1049h\\x1b[?25l\\x1b[?2004h\\x1b[2;3H\\x1b[1;31mh\\u00e9llo \\u4f60\\x1b[0m ready');
process.stdout.on('resize', () => process.stdout.write('\\x1b[4;1Hsize ' + process.stdout.columns + 'x' + process.stdout.rows));
process.stdin.on('data', data => {
  process.stdout.write('\\x1b[3;1H\\x1b[Kgot ' + JSON.stringify(data.toString()));
  if (data.includes('q')) {
    if (process.argv[1] !== 'leave') {
      process.stdout.write('\\x1b[?2004l\\x1b[?25h\\x1b[?1049l');
      process.stdin.setRawMode(false);
    }
    process.exit(7);
  }
});`;

const command = [process.execPath, '-e', PROGRAM];

test('a program in the terminal is seen, typed to, resized, and its end is told', async t => {
  const terminal = openTerminal({ command });
  t.after(() => terminal.kill());
  await terminal.waitFor('ready');
  assert.equal(terminal.screen()[1], '  héllo 你 ready');
  assert.deepEqual(terminal.find('héllo'), { column: 2, row: 1 });
  const cell = terminal.attributesAt(2, 1);
  assert.deepEqual([cell.text, cell.bold, cell.foreground], ['h', true, { mode: 'palette', value: 1 }]);
  assert.equal(terminal.attributesAt(8, 1).width, 2);
  assert.equal(terminal.modes().alternateScreen, true);
  assert.equal(terminal.modes().cursorVisible, false);
  terminal.key('Ctrl-k', 'Alt-2');
  await terminal.waitFor('got "\\u000b\\u001b2"');
  terminal.paste('a\nb');
  await terminal.waitFor('got "\\u001b[200~a\\nb\\u001b[201~"');
  terminal.resize(100, 30);
  await terminal.waitFor(/size 100x30/);
  assert.equal(terminal.screen().length, 30);
  assert.ok((await terminal.pid) > 1);
  terminal.type('q');
  const end = await terminal.waitExit();
  assert.equal(end.code, 7);
  assert.equal(end.sttyRestored, true);
  assert.equal(end.modes.alternateScreen, false);
  assert.equal(end.modes.cursorVisible, true);
  assert.equal(end.modes.bracketedPaste, false);
  assert.ok(terminal.raw().length === terminal.bytesWritten() && terminal.bytesWritten() > 20);
  await terminal.kill();
  assert.equal(existsSync(terminal.home), false);
});

test('what a program leaves behind in the terminal is told', async t => {
  const terminal = openTerminal({ command: [...command, 'leave'] });
  t.after(() => terminal.kill());
  await terminal.waitFor('ready');
  terminal.type('q');
  const end = await terminal.waitExit();
  assert.equal(end.modes.alternateScreen, true);
  assert.equal(end.modes.bracketedPaste, true);
});

test('waiting in vain shows the screen', async t => {
  const terminal = openTerminal({ command });
  t.after(() => terminal.kill());
  await terminal.waitFor('ready');
  await assert.rejects(terminal.waitFor('never', 50), /no "never".*héllo/s);
  terminal.type('q');
  await assert.rejects(terminal.waitFor('never'), /the program ended \(7\) without "never"/);
});

test('a signal and a hang-up reach the program', async t => {
  for (const [act, signal] of [
    ['signal', 'SIGTERM'],
    ['hangup', 'SIGHUP'],
  ] as const) {
    const terminal = openTerminal({ command });
    t.after(() => terminal.kill());
    await terminal.waitFor('ready');
    if (act === 'signal') terminal.signal('SIGTERM');
    else terminal.hangup();
    assert.equal((await terminal.waitExit()).signal, signal);
  }
});

test('much output arrives whole, also after the terminal was frozen', async t => {
  const flood = "process.stdout.write(('x'.repeat(99) + '\\n').repeat(20000) + 'done')";
  const terminal = openTerminal({ command: [process.execPath, '-e', flood] });
  t.after(() => terminal.kill());
  terminal.freeze();
  await terminal.pid;
  terminal.unfreeze();
  assert.equal((await terminal.waitExit()).code, 0);
  assert.equal(terminal.bytesWritten(), 20000 * 101 + 4);
  await terminal.waitFor('done');
});

test('chords become the bytes that xterm sends', () => {
  for (const [chord, bytes] of [
    ['Ctrl-k', '\u000b'],
    ['C-x', '\u0018'],
    ['Alt-a', '\u001ba'],
    ['Alt-Enter', '\u001b\r'],
    ['Shift-Tab', '\u001b[Z'],
    ['PageUp', '\u001b[5~'],
    ['Ctrl-PageDown', '\u001b[6;5~'],
    ['Ctrl-Left', '\u001b[1;5D'],
    ['Up', '\u001b[A'],
    ['F1', '\u001bOP'],
    ['F12', '\u001b[24~'],
    ['é', 'é'],
    ['-', '-'],
    ['Alt--', '\u001b-'],
  ] as const) {
    assert.equal(encodeChord(chord), bytes, chord);
  }
  assert.equal(encodeChord('Up', true), '\u001bOA');
  assert.throws(() => encodeChord('Nokey'), /no key Nokey/);
});
