/** Two accounts and a guest in one process, on one screen: the same room three times, talks of each, one of them cut off. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type CutProxy, startCutProxy } from '../helpers/cut-proxy.js';
import { inStatus, type Look, said } from '../helpers/look.js';
import type { Peer } from '../helpers/peer.js';
import { openTerminal, type TestTerminal } from '../helpers/pty.js';
import { startWorld, type World } from '../helpers/world.js';

let world: World;
let proxy: CutProxy;
let home: string;
let bob: Peer;
let terminal: TestTerminal;
const open: TestTerminal[] = [];
const GARDEN = 'garden@rooms.example.test';

before(async () => {
  world = await startWorld({ users: { romeo: 'orchard', juliet: 'balcony', ana: 'wave', bob: 'builder' } });
  proxy = await startCutProxy({ target: { host: world.prosody.host, port: world.prosody.port } });
  home = mkdtempSync(join(tmpdir(), 'causette-accounts-'));
  const { host, port, caFile, guestHost } = world.prosody;
  const folder = join(home, '.config', 'causette');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Juliet comes another way, so that she alone can be cut off.
  const way = (to: number): string => `host = "${host}"\nport = ${to}\ntls = "starttls"`;
  const toml = `
[account]
jid = "romeo@example.test"
ca_file = "${caFile}"
password_command = ["echo", "orchard"]
${way(port)}
[accounts.juliet]
jid = "juliet@example.test"
password_command = ["echo", "balcony"]
rooms = ["${world.room}"]
${way(proxy.port)}
[accounts.support]
guest = "${guestHost}"
nick = "nemo"
rooms = ["${world.room}"]
${way(port)}
[accounts.ana]
jid = "ana@example.test"
autoconnect = false
${way(port)}
`;
  writeFileSync(join(folder, 'config.toml'), toml, { mode: 0o600 });
  bob = await world.peerWithAccount('bob', 'builder');
  await bob.joinRoom(world.room, 'bob');
});
after(async () => {
  for (const one of open) await one.kill();
  await proxy.close();
  await world.stop();
  rmSync(home, { recursive: true, force: true });
});

function run(
  args: readonly string[],
  size: { columns: number; rows: number } = { columns: 80, rows: 24 },
): TestTerminal {
  const started = openTerminal({ home, ...size, args, env: { XDG_RUNTIME_DIR: join(home, 'run') } });
  open.push(started);
  return started;
}

/** The tab with this label (`2j:lobby`) is the one that is shown. */
const shows =
  (label: string): Look =>
  lines =>
    (lines.at(-2) ?? '').includes(`[${label}`);
/** The bar of tabs has all of these, shown or not. */
const hasTabs =
  (...labels: readonly string[]): Look =>
  lines =>
    labels.every(label => (lines.at(-2) ?? '').includes(label));
async function go(number: number, label: string): Promise<void> {
  terminal.key(`Alt-${number}`);
  await terminal.waitFor(shows(label));
}

describe('two accounts and a guest in one process', () => {
  test('all of them connect at the start, their tabs are one row, each with its letter', async () => {
    terminal = run([world.room]);
    await terminal.waitFor(hasTabs('1r:lobby', '2j:lobby', '3s:lobby'), 60_000);
    await terminal.waitFor(shows('1r:lobby'));
    for (const nick of ['romeo', 'juliet', 'nemo']) {
      await bob.next(stanza => stanza.is('presence') && stanza.attrs['from'] === `${world.room}/${nick}`, 60_000);
    }
    await terminal.waitFor(lines => !/\[(?:juliet|support): /.test(lines.at(-3) ?? ''));
  });

  test('the same room in three tabs: each speaks with its own nick, and the others hear it', async () => {
    terminal.enter('by romeo');
    await bob.heard('by romeo');
    await go(2, '2j:lobby');
    await terminal.waitFor(said('romeo', 'by romeo'));
    await terminal.waitFor(inStatus('juliet@example.test'));
    terminal.enter('by juliet');
    await bob.heard('by juliet');
    await go(3, '3s:lobby');
    await terminal.waitFor(said('juliet', 'by juliet'));
    terminal.enter('by nemo');
    const heard = await bob.heard('by nemo');
    assert.equal(heard.attrs['from'], `${world.room}/nemo`);
    await go(1, '1r:lobby');
    await terminal.waitFor(said('nemo', 'by nemo'));
  });

  test('a private talk of each, answered as whom it was meant for', async () => {
    bob.message('romeo@example.test', 'for romeo alone');
    bob.message('juliet@example.test', 'for juliet alone');
    await terminal.waitFor(lines =>
      ['r', 'j'].every(mark => new RegExp(`\\d${mark}:bob@example\\.test!1`).test(lines.at(-2) ?? '')),
    );
    // Which of the two comes first nobody knows.
    let left = ['r', 'j'];
    while (left.length > 0) {
      const label = new RegExp(`\\[\\d([${left.join('')}]):bob`);
      terminal.key('Alt-a');
      await terminal.waitFor(lines => label.test(lines.at(-2) ?? ''));
      const mark = label.exec(terminal.screen().at(-2) ?? '')?.[1] ?? '';
      const whose = mark === 'r' ? 'romeo' : 'juliet';
      await terminal.waitFor(said('bob@example.test', `for ${whose} alone`));
      terminal.enter(`from ${whose}`);
      const heard = await bob.heard(`from ${whose}`);
      assert.match(String(heard.attrs['from']), new RegExp(`^${whose}@example\\.test/`));
      left = left.filter(one => one !== mark);
    }
  });

  test('the next tab with news is found across accounts, the one that means us first', async () => {
    await go(1, '1r:lobby');
    await bob.say(world.room, 'juliet: do you hear?');
    await terminal.waitFor(lines => /\dj:lobby!1/.test(lines.at(-2) ?? '') && /\ds:lobby\+/.test(lines.at(-2) ?? ''));
    terminal.key('Alt-a');
    await terminal.waitFor(lines => /\[\dj:lobby/.test(lines.at(-2) ?? ''));
    await terminal.waitFor(said('bob', 'juliet: do you hear?'));
    terminal.key('Alt-a');
    await terminal.waitFor(lines => /\[\ds:lobby/.test(lines.at(-2) ?? ''));
  });

  test('one loses its connection, the bar says so, and the other goes on talking', async () => {
    await go(1, '1r:lobby');
    proxy.refuse = true;
    proxy.cut('reset');
    await terminal.waitFor(inStatus('[juliet: no connection]'));
    terminal.enter('romeo goes on');
    await bob.heard('romeo goes on');
    await terminal.waitFor(said('romeo', 'romeo goes on'));
    await bob.say(world.room, 'missed by juliet');
    await terminal.waitFor(said('bob', 'missed by juliet'));
    proxy.refuse = false;
    terminal.enter('/account juliet /reconnect');
    await terminal.waitFor(
      lines => /^romeo@example\.test \[TLS\]/.test(lines.at(-3) ?? '') && !/\[juliet: /.test(lines.at(-3) ?? ''),
    );
    await terminal.waitFor(lines => /\dj:lobby[+!]\d/.test(lines.at(-2) ?? ''));
    terminal.enter('/win j:lobby');
    await terminal.waitFor(lines => /\[\dj:lobby/.test(lines.at(-2) ?? ''));
    await terminal.waitFor(said('bob', 'missed by juliet'));
  });

  test('a wrong password of one more is its own trouble', async () => {
    terminal.enter('/account add ana');
    await terminal.waitFor(/Password of ana@example\.test:/);
    terminal.enter('wrong');
    await terminal.waitFor(/Password of ana@example\.test, once more/);
    terminal.key('Escape');
    await terminal.waitGone(/Password of/);
    await go(1, '1r:lobby');
    await terminal.waitFor(inStatus(/\[ana: /));
    terminal.enter('still here');
    await bob.heard('still here');
    terminal.enter('/account close ana');
    await terminal.waitFor(lines => !/\da:/.test(lines.at(-2) ?? '') && !/\[ana: /.test(lines.at(-3) ?? ''));
  });

  test('a second start for one of them gives its room to this process, as that account', async () => {
    const second = run(['--jid', 'juliet@example.test', GARDEN]);
    await second.waitFor(/runs already for juliet@example\.test \(process \d+\)/);
    assert.equal((await second.waitExit()).code, 0);
    await terminal.waitFor(lines => /\[\dj:garden/.test(lines.at(-2) ?? ''));
    await terminal.waitFor(lines => /^juliet> ?$/.test((lines.at(-1) ?? '').trimEnd()));
    await go(1, '1r:lobby');
  });

  test('the next start brings all of them back, with what was not read', async () => {
    terminal.enter('/quit');
    assert.equal((await terminal.waitExit()).code, 0);
    await bob.say(world.room, 'said while all were away');
    bob.message('juliet@example.test', 'for juliet, later');
    terminal = run([world.room], { columns: 100, rows: 30 });
    await terminal.waitFor(
      lines => /\d+j:bob\S*!/.test(lines.at(-2) ?? '') && /\d+s:lobby/.test(lines.at(-2) ?? ''),
      60_000,
    );
    await terminal.waitFor(lines => /\d+j:lobby[+!]\d/.test(lines.at(-2) ?? ''));
    terminal.enter('/win j:lobby');
    await terminal.waitFor(lines => /\[\d+j:lobby/.test(lines.at(-2) ?? ''));
    await terminal.waitFor(said('bob', 'said while all were away'));
    const rows = terminal.screen();
    const line = rows.findIndex(row => row.includes('unread below'));
    const missed = rows.findIndex(row => row.includes('said while all were away'));
    const read = rows.findIndex(row => row.includes('missed by juliet'));
    assert.ok(read >= 0 && read < line && line < missed, rows.join('\n'));
    terminal.enter('/quit');
    await terminal.waitExit();
  });

  test('each account has a folder of its own, with its own words in it; the guest has none', () => {
    const data = join(home, '.local', 'share', 'causette');
    assert.deepEqual(readdirSync(data).sort(), ['ana@example.test', 'juliet@example.test', 'romeo@example.test']);
    for (const who of ['romeo', 'juliet']) {
      const logs = join(data, `${who}@example.test`, 'logs', world.room);
      const text = readdirSync(logs)
        .map(name => readFileSync(join(logs, name), 'utf8'))
        .join('');
      for (const one of ['romeo', 'juliet', 'nemo']) {
        const kind = one === who ? 'out' : 'in ';
        assert.equal(text.split(`${kind} <${one}> by ${one}\n`).length, 2, `${who}: ${text}`);
      }
    }
    assert.deepEqual(readdirSync(join(home, 'run', 'causette')), []);
  });
});
