/** Hostile configuration, themes and plugins (rows C and P), and what the program leaves on disk (F), in the real program. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { flat, inLine, inTab, said } from '../helpers/look.js';
import { openTerminal, type TestTerminal } from '../helpers/pty.js';
import { readTerminalBytes } from '../helpers/terminal-bytes.js';

const folder = mkdtempSync(join(tmpdir(), 'causette-files-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let serial = 0;

/** A home with these files below `.config/causette`, and the demo in it. */
async function inHome(
  files: Readonly<Record<string, string>>,
  look: (terminal: TestTerminal, home: string) => Promise<void>,
  args: readonly string[] = [],
): Promise<void> {
  const home = join(folder, String(++serial));
  for (const [name, text] of Object.entries(files)) {
    const path = join(home, '.config', 'causette', name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text, { mode: 0o600 });
  }
  mkdirSync(home, { recursive: true });
  const terminal = openTerminal({ home, columns: 100, rows: 30, args: ['--demo', '--nick', 'nemo', ...args] });
  try {
    await look(terminal, home);
    const { forbidden } = readTerminalBytes(terminal.raw());
    assert.deepEqual(forbidden, [], terminal.text());
    assert.equal(existsSync(join(home, '.local', 'state', 'causette', 'crash')), false);
  } finally {
    await terminal.kill();
  }
}
/** In the room, and what is typed is said. */
async function talks(terminal: TestTerminal): Promise<void> {
  await terminal.waitFor(inLine(/^nemo>/));
  terminal.enter('talking');
  await terminal.waitFor(said('nemo', 'talking'));
}

describe('a configuration', () => {
  const CASES: readonly (readonly [id: string, text: string, says: RegExp | undefined])[] = [
    ['C001', '', undefined],
    ['C002', '{ broken', /config\.toml:1/],
    ['C003', 'password = "hunter2"\npassword = "other"\n', /config\.toml|password/],
    ['C005', '[log]\nlines = 999999999999999999999\n', /config\.toml:2/],
    ['C006', '[ui]\ntheme = "../../../tmp/evil"\n', /ui\.theme is a name of letters, digits, _ and -/],
    ['C006 without a path', '[ui]\ntheme = "missing"\n', /There is no theme missing; dark is used/],
    ['C007', '[plugins]\nload = ["http://evil.example/x.js"]\n', /plugin/i],
    ['C009', '#\n'.repeat(1_000_000), /large|big|long|MiB|kB/i],
    ['C010', '[__proto__]\npolluted = 1\n', undefined],
  ];
  for (const [id, text, says] of CASES) {
    test(`${id}: the program starts, says what is wrong, and leaves the file alone`, () =>
      inHome({ 'config.toml': text }, async (terminal, home) => {
        await talks(terminal);
        terminal.enter('/info');
        await terminal.waitFor(says ?? /What the client said/);
        assert.equal(terminal.text().includes('hunter2'), false);
        assert.equal(readFileSync(join(home, '.config', 'causette', 'config.toml'), 'utf8'), text);
      }));
  }
  for (const nick of ['\\u009b31m\\u202ex', 'a\\u202ex', '\\u200b']) {
    test(`C004: ${nick} is never a nick, and it is said why`, () =>
      inHome(
        { 'config.toml': `[rooms]\nnick = "${nick}"\n` },
        async terminal => {
          await terminal.waitFor(/Nick for this visit/);
          terminal.key('Enter');
          await terminal.waitFor(/guest-\w+ in welcome/);
          terminal.enter('/info');
          await terminal.waitFor(
            /rooms\.nick (?:has characters that cannot be seen|is a line of text without control)/,
          );
        },
        ['--nick', ''],
      ));
  }
  /** A configuration with these rights, and the program that would be run for its password. */
  const withRights = (mode: number, text: string, look: (terminal: TestTerminal, home: string) => Promise<void>) => {
    const home = join(folder, String(serial + 1));
    const path = join(home, '.config', 'causette', 'config.toml');
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, text);
    chmodSync(path, mode);
    return inHome({}, look);
  };
  test('C008: a secret that others can read is said at the start, with what to do, and copied nowhere', () =>
    withRights(0o644, '[account]\nproxy = "socks5://me:hunter2@127.0.0.1:1"\n', async (terminal, home) => {
      await talks(terminal);
      terminal.enter('/info');
      await terminal.waitFor(/Others can read .*config\.toml/);
      await terminal.waitFor(/chmod 600/);
      terminal.enter('/set typing.send false');
      await terminal.waitFor(/typing\.send/);
      terminal.enter('/quit');
      await terminal.waitExit();
      assert.equal(terminal.raw().includes('hunter2'), false);
      const found = readdirSync(home, { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile())
        .filter(entry => readFileSync(join(entry.parentPath, entry.name)).includes('hunter2'))
        .map(entry => entry.name);
      assert.deepEqual(found, ['config.toml']);
    }));
  test('C011: the program for the password is not taken from a file that others can write', () =>
    withRights(0o666, '[account]\npassword_command = ["touch", "ran"]\n', async (terminal, home) => {
      await talks(terminal);
      terminal.enter('/info');
      await terminal.waitFor(/Others can write [\s\S]*password_command is not run/);
      assert.equal(existsSync(join(home, 'ran')), false);
    }));
  test('C011: that program is run without a shell', async () => {
    const home = join(folder, 'shell');
    mkdirSync(home);
    const terminal = openTerminal({
      home,
      args: [
        '--jid',
        'me@chat.test',
        '--host',
        '127.0.0.1',
        '--port',
        '1',
        '--password-command',
        'echo $(touch ran) ; touch ran',
      ],
    });
    try {
      await terminal.waitFor(/next try|cannot|refused/i);
      assert.equal(existsSync(join(home, 'ran')), false);
    } finally {
      await terminal.kill();
    }
  });
});

describe('a theme', () => {
  const CASES: readonly (readonly [id: string, text: string])[] = [
    ['C012', '{"name":"evil","styles":{"text.normal":"\\u001b[31m{bold}"}}'],
    ['C013', '{"name":"evil","styles":{"text.normal":"#zzzzzz","unknown.key":1}}'],
    ['C014', '{"name":"evil","styles":{"text.normal":"black on black"}}'],
    ['C015', 'not JSON'],
  ];
  for (const [id, text] of CASES) {
    test(`${id}: a broken theme costs only itself`, () =>
      inHome({ 'themes/evil.json': text, 'config.toml': '[ui]\ntheme = "evil"\n' }, async terminal => {
        await talks(terminal);
        terminal.enter('/theme dark');
        await talks(terminal);
      }));
  }
});

const plugin = (name: string, body: string, first = ''): Readonly<Record<string, string>> => ({
  [`plugins/${name}.js`]: `${first}\nexport default { name: '${name}', api: 1, setup(api) { ${body} } };\n`,
  'config.toml': `[plugins]\nload = ["${name}"]\n`,
});

describe('a plugin', () => {
  const CASES: readonly (readonly [id: string, files: Readonly<Record<string, string>>, says: RegExp])[] = [
    ['P001', plugin('evil', '', "throw new Error('\\u009b31m at load');"), /at load/],
    ['P001 in its setup', plugin('evil', "throw new Error('\\u009b31m at setup');"), /at setup/],
    ['P004', plugin('evil', "api.ui.notice('\\u009b31mLONG' + 'x'.repeat(10_000_000));"), /LONG|xxxx/],
    ['P007', plugin('evil', "api.every(50, () => { Promise.reject(new Error('nobody waits')); });"), /nobody waits/],
    [
      'P005 by failing',
      plugin('evil', "api.every(1, () => { throw new Error('again'); });"),
      /evil failed too often and is disabled/,
    ],
    [
      'what it says on the console',
      plugin('evil', "console.log('NOISE'); console.error('NOISE'); api.ui.notice('quiet');"),
      /quiet/,
    ],
  ];
  for (const [id, files, says] of CASES) {
    test(`${id}: the client lives on and names it`, () =>
      inHome(files, async terminal => {
        await talks(terminal);
        terminal.enter('/info');
        await terminal.waitFor(inTab('info', says));
        assert.equal(terminal.text().includes('NOISE'), false);
      }));
  }
  test('P003: a plugin cannot end the program', () =>
    inHome(
      plugin('evil', 'api.after(1, () => process.exit(0)); api.after(2, () => setTimeout(() => process.exit(0), 1));'),
      async terminal => {
        await talks(terminal);
        terminal.enter('/plugin');
        // How long its slowest call took stands before it, so the row may break anywhere.
        await terminal.waitFor(flat(/evil wants to end/));
      },
    ));

  test('P002: a loop without end in a handler is broken off, and the client goes on', () =>
    inHome(plugin('evil', "api.on('message:added', () => { for (;;) {} });"), async terminal => {
      await terminal.waitFor(/nemo>/);
      terminal.enter('before the loop');
      await terminal.waitFor(/before the loop/);
      terminal.enter('after the loop');
      await terminal.waitFor(/after the loop/);
      terminal.enter('/info');
      await terminal.waitFor(flat(/evil failed too often and is disabled: it did not come to an end within 2/));
    }));

  test('P005: a plugin that floods a room is stopped, named and disabled', () =>
    inHome(
      // From the first message on it is in the room; before that saying anything fails, and five faults are too many as well.
      plugin(
        'evil',
        'let n = 0, on = false; api.on("message:added", () => { on = true; }); api.every(1, () => { if (on) api.chats.say(api.tabs.current.chat.id, "flood-" + n++); });',
      ),
      async terminal => {
        await terminal.waitFor(/flood-0/);
        await terminal.waitFor(flat(/evil failed too often and is disabled: evil sends more than 20 messages at once/));
        terminal.enter('after the flood');
        await terminal.waitFor(/after the flood/);
        const said = new Set(
          terminal
            .raw()
            .toString()
            .match(/flood-\d+/g),
        );
        assert.ok(said.size <= 30, `${said.size} were said`);
      },
    ));

  test('P006: that a plugin has the rights of the person is written where plugins are explained', () => {
    const text = readFileSync(new URL('../../plugins/README.md', import.meta.url), 'utf8');
    assert.match(text, /A plugin is a program of yours and runs with your rights/);
    assert.match(text, /nothing is ever downloaded, installed/);
  });

  test('P008 P009 P010 P011: words for another program are words, whatever they are', () => {
    const words = ['>', '--icon=/etc/shadow', '$(touch evil) `id` ; rm x | y & z \\n', 'x'.repeat(4000)];
    const text = JSON.stringify(JSON.stringify(words));
    const body = `const words = JSON.parse(${text}); api.after(1, async () => { const { output } = await api.exec(['printf', '%s\\\\n', '--', ...words.slice(0, 3)], words[3]); api.ui.notice('GOT ' + output.length + output.slice(0, 60)); });`;
    return inHome(plugin('evil', body), async (terminal, home) => {
      await talks(terminal);
      terminal.enter('/info');
      await terminal.waitFor(/touch evil/);
      assert.equal(existsSync(join(home, 'evil')), false);
    });
  });
});

test('F027: a debug log is not written through a link', async () => {
  const target = join(folder, 'target');
  writeFileSync(target, 'untouched');
  const link = join(folder, 'link.log');
  symlinkSync(target, link);
  const terminal = openTerminal({ args: ['--demo', '--nick', 'nemo', '--debug', link], columns: 100 });
  try {
    await terminal.waitFor(/nemo>|link|not/i);
  } finally {
    await terminal.kill();
  }
  assert.equal(readFileSync(target, 'utf8'), 'untouched');
});
