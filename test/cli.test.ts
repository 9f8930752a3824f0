import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseCommandLine } from '../src/cli.js';

const parse = (...argv: string[]) => parseCommandLine(argv, '1.2.3');

describe('what is understood', () => {
  test('rooms and links stand without an option, several may be given', () => {
    const run = parse('a@b', 'xmpp:c@d?join;password=x');
    assert.equal(run.kind, 'run');
    assert.deepEqual(run.kind === 'run' && run.rooms, ['a@b', 'xmpp:c@d?join;password=x']);
  });
  test('--exec may be repeated', () => {
    const run = parse('-e', '/join a@b', '--exec', 'hello');
    assert.deepEqual(run.kind === 'run' && run.exec, ['/join a@b', 'hello']);
  });
  test('the password program is split into words, quotes respected', () => {
    const run = parse('--password-command', `pass show "my account"`);
    assert.deepEqual(run.kind === 'run' && run.passwordCommand, ['pass', 'show', 'my account']);
  });
  test('--version and --help print', () => {
    assert.deepEqual(parse('-V'), { kind: 'print', text: 'causette 1.2.3\n' });
    const help = parse('--help');
    assert.match(help.kind === 'print' ? help.text : '', /--password-command CMD/);
  });
});

describe('what is refused, with the reason', () => {
  const rows: [name: string, argv: string[], says: RegExp][] = [
    ['A001 a password on the command line', ['--password', 'hunter2'], /--password-command/],
    ['an unknown option', ['--frobnicate'], /frobnicate/],
    ['a port that is none', ['--port', '70000'], /1 to 65535/],
    ['a colour that is none', ['--color', 'blue'], /never, 16, 256, true/],
    ['an option without its value', ['--nick'], /nick/],
  ];
  for (const [name, argv, says] of rows) {
    test(name, () => {
      const parsed = parse(...argv);
      assert.equal(parsed.kind, 'usage');
      assert.match(parsed.kind === 'usage' ? parsed.sentence : '', says);
      assert.doesNotMatch(parsed.kind === 'usage' ? parsed.sentence : '', /hunter2/);
    });
  }
  test('A004 controls in what is echoed are shown as replacement characters', () => {
    const parsed = parse('--color', '\x1b]0;x\x07');
    assert.doesNotMatch(parsed.kind === 'usage' ? parsed.sentence : '\x1b', /[\0-\x1f]/);
  });
});
