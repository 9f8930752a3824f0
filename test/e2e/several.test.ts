/** Several processes in one home: an account twice, two accounts, an account and a guest; nothing of one is lost by another. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { inTab } from '../helpers/look.js';
import { openTerminal, type TestTerminal } from '../helpers/pty.js';
import { startWorld, type World } from '../helpers/world.js';

let world: World;
let home: string;
const open: TestTerminal[] = [];
before(async () => {
  world = await startWorld({ users: { romeo: 'orchard', juliet: 'balcony' } });
});
const homes: string[] = [];
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'causette-several-'));
  homes.push(home);
});
after(async () => {
  for (const terminal of open) await terminal.kill();
  for (const one of homes) rmSync(one, { recursive: true, force: true });
  await world.stop();
});

const route = (): string[] => [
  '--host',
  world.prosody.host,
  '--port',
  String(world.prosody.port),
  '--ca-file',
  world.prosody.caFile,
];
function run(args: readonly string[]): TestTerminal {
  const terminal = openTerminal({
    home,
    columns: 110,
    rows: 24,
    args: [...route(), ...args],
    env: { XDG_RUNTIME_DIR: join(home, 'run') },
  });
  open.push(terminal);
  return terminal;
}
async function login(name: string, password: string, ...rooms: string[]): Promise<TestTerminal> {
  const terminal = run(['--jid', `${name}@example.test`, ...rooms]);
  await terminal.waitFor(/Password of/);
  terminal.enter(password);
  await terminal.waitFor(/\[TLS\]/);
  return terminal;
}
const leave = async (terminal: TestTerminal): Promise<void> => {
  terminal.enter('/quit');
  await terminal.waitExit();
};
const stateFile = (): Readonly<Record<string, unknown>> =>
  JSON.parse(readFileSync(join(home, '.local', 'state', 'causette', 'state.json'), 'utf8')) as Record<string, unknown>;
const folders = (): string[] => readdirSync(join(home, '.local', 'share', 'causette')).sort();

describe('the same account twice', () => {
  test('a second start with a room gives it to the first and ends', async () => {
    const first = await login('romeo', 'orchard');
    const second = run(['--jid', 'romeo@example.test', world.room]);
    await second.waitFor(/runs already for romeo@example\.test \(process \d+\)/);
    assert.equal((await second.waitExit()).code, 0);
    await first.waitFor(new RegExp(`${world.room.replace(/@.*/, '')}`));
    first.enter('here I am');
    await first.waitFor(/here I am/);
    const sockets = readdirSync(join(home, 'run', 'causette'));
    assert.equal(sockets.length, 1);
    assert.equal(statSync(join(home, 'run', 'causette')).mode & 0o077, 0);
    assert.equal(statSync(join(home, 'run', 'causette', sockets[0] ?? '')).mode & 0o077, 0);
    await leave(first);
    assert.deepEqual(readdirSync(join(home, 'run', 'causette')), []);
  });

  test('without a room it runs beside it, reads the history and says that it writes none', async () => {
    const first = await login('romeo', 'orchard');
    const second = await login('romeo', 'orchard');
    second.enter('/info');
    await second.waitFor(/Another Causette \(process \d+\) uses this account/);
    await leave(second);
    await leave(first);
  });

  test('after a kill nothing is in the way of the next start', async () => {
    const first = await login('romeo', 'orchard');
    process.kill(await first.pid, 'SIGKILL');
    await first.waitExit();
    const next = await login('romeo', 'orchard', world.room);
    next.enter('/info');
    await next.waitFor(inTab('info', /Connected as romeo/));
    assert.doesNotMatch(next.text(), /Another Causette|runs already/);
    await leave(next);
  });
});

describe('side by side', () => {
  test('two accounts and a guest share the settings and keep their own history', async () => {
    const romeo = await login('romeo', 'orchard', world.room);
    const juliet = await login('juliet', 'balcony', world.room);
    const guest = run(['--server', 'guest.example.test', '--nick', 'nemo', world.room]);
    await guest.waitFor(/nemo>/);
    romeo.enter('said by romeo');
    await juliet.waitFor(/said by romeo/);
    juliet.enter('said by juliet');
    await guest.waitFor(/said by juliet/);
    guest.enter('said by nemo');
    await romeo.waitFor(/said by nemo/);
    await juliet.waitFor(/said by nemo/);
    romeo.enter('/set typing.send off');
    await romeo.waitFor(/typing\.send/);
    juliet.enter('/set bell.on none');
    guest.enter('/set ui.clock on');
    await guest.waitFor(/ui\.clock/);
    romeo.enter('/ignore nemo');
    await romeo.waitFor(/ignored/i);
    juliet.enter('/ignore romeo');
    await juliet.waitFor(/ignored/i);
    for (const one of [romeo, juliet, guest]) await leave(one);

    assert.deepEqual(folders(), ['juliet@example.test', 'romeo@example.test']);
    for (const account of folders()) {
      const logs = join(home, '.local', 'share', 'causette', account, 'logs', world.room);
      const text = readdirSync(logs)
        .map(name => readFileSync(join(logs, name), 'utf8'))
        .join('');
      for (const who of ['romeo', 'juliet', 'nemo']) {
        const kind = account.startsWith(who) ? 'out' : 'in ';
        assert.equal(text.split(`${kind} <${who}> said by ${who}\n`).length, 2, `${account}: ${text}`);
      }
    }
    const config = readFileSync(join(home, '.config', 'causette', 'config.toml'), 'utf8');
    assert.match(config, /send = false/);
    assert.match(config, /clock = /);
    assert.equal((stateFile()['ignored'] as unknown[]).length, 2);
  });

  test('--no-log always wins: a guest who wants history, and an account, leave nothing', async () => {
    const guest = run(['--server', 'guest.example.test', '--nick', 'nemo', '--no-log', world.room]);
    await guest.waitFor(/nemo>/);
    guest.enter('/set history.guests on');
    await guest.waitFor(/history\.guests/);
    guest.enter('not for the disk');
    await guest.waitFor(/not for the disk/);
    await leave(guest);
    const romeo = await login('romeo', 'orchard', '--no-log', world.room);
    romeo.enter('nor this');
    await romeo.waitFor(/nor this/);
    await leave(romeo);
    assert.equal(existsSync(join(home, '.local', 'share', 'causette')), false);
    assert.equal(existsSync(join(home, '.local', 'state', 'causette', 'state.json')), false);
  });
});
