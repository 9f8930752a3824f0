/** What a person meets on the way to a connection: a new account, certificates nobody vouches for, a token in place of the password, a dead link. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type CutProxy, startCutProxy } from '../helpers/cut-proxy.js';
import { HOSTS, makeCertificates, type Prosody, startProsody } from '../helpers/prosody.js';
import { openTerminal, type TestTerminal } from '../helpers/pty.js';

const PLUGINS = fileURLToPath(new URL('../fixtures/prosody/', import.meta.url));
let server: Prosody;
let proxy: CutProxy;
const folders: string[] = [];
before(async () => {
  server = await startProsody({
    users: { romeo: 'orchard' },
    registration: true,
    modules: ['stream_facts', 'sasl2', 'sasl2_bind2', 'sasl2_fast'],
    extraConfig: `password_hash = "SHA-256"\nplugin_paths = { ${JSON.stringify(PLUGINS)} }`,
  });
  proxy = await startCutProxy({ target: { port: server.port } });
});
after(async () => {
  await proxy.close();
  await server.stop();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const home = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'causette-home-'));
  folders.push(made);
  return made;
};
const route = (): string[] => ['--host', '127.0.0.1', '--port', String(proxy.port), '--tls', 'starttls'];
const trusting = (): string[] => [...route(), '--ca-file', server.caFile];
/** What is on the screen, without the breaks of lines. */
const flat = (lines: readonly string[]): string => lines.map(line => line.trim()).join(' ');
const sees = (terminal: TestTerminal, what: RegExp): Promise<unknown> =>
  terminal.waitFor(lines => what.test(flat(lines)));

test('/register makes the account that was named, and is in with it', async t => {
  const terminal = openTerminal({ args: [...trusting(), '--server', server.guestHost], columns: 100 });
  t.after(() => terminal.kill());
  await sees(terminal, /Connected as a guest/);
  terminal.enter('/register mia@example.test');
  await sees(terminal, /Username\*: mia/);
  terminal.key('Tab');
  terminal.type('m-secret');
  await sees(terminal, /Password\*: \*{8}/);
  terminal.key('Tab');
  terminal.key('Enter');
  await sees(terminal, /Connected as mia@example\.test/);
  assert.ok(!terminal.raw().includes('m-secret'));
  // Taken now: said, and the answers stay.
  terminal.enter('/register mia@example.test');
  await sees(terminal, /Username\*: mia/);
  terminal.key('Tab');
  terminal.type('another');
  terminal.key('Tab');
  terminal.key('Enter');
  await sees(terminal, /This name is taken at example\.test/);
});

test('Q33: a certificate nobody vouches for is pinned by hand, and another one is refused with both fingerprints', async t => {
  const terminal = openTerminal({ args: [...route(), '--jid', 'romeo@example.test'], columns: 120 });
  t.after(() => terminal.kill());
  await sees(terminal, /is not trusted \(its authority is unknown\); fingerprint [0-9a-f]{64}/);
  const first = /fingerprint ([0-9a-f]{64})/.exec(flat(terminal.screen()))?.[1] ?? '';
  terminal.enter('/trust accept');
  await sees(terminal, /Did the operator of example\.test tell you this fingerprint/);
  terminal.type('y');
  await sees(terminal, /Password of romeo@example\.test/);
  terminal.enter('orchard');
  await sees(terminal, /Connected as romeo@example\.test/);
  makeCertificates(server.folder, HOSTS);
  await server.restart();
  await sees(terminal, new RegExp(`it is not the pinned one, ${first}`));
  const second = /fingerprint ([0-9a-f]{64})/.exec(flat(terminal.screen()))?.[1] ?? '';
  assert.match(second, /^[0-9a-f]{64}$/);
  assert.notEqual(second, first);
  await sees(terminal, /offline/);
});

test('a token takes the place of the password at the next start, is readable by its owner only, and /disconnect forgets it', async t => {
  const place = home();
  const args = [...trusting(), '--jid', 'romeo@example.test'];
  const state = join(place, '.local/state/causette/state.json');
  const tokenIn = (): unknown =>
    (JSON.parse(readFileSync(state, 'utf8')) as Record<string, unknown>)['token romeo@example.test'];

  const first = openTerminal({ args, home: place });
  t.after(() => first.kill());
  await sees(first, /Password of romeo@example\.test/);
  first.enter('orchard');
  await sees(first, /Connected as romeo@example\.test/);
  first.enter('/quit');
  await first.waitExit();
  assert.notEqual(tokenIn(), undefined);
  assert.equal(statSync(state).mode & 0o777, 0o600);
  assert.ok(!readFileSync(state, 'utf8').includes('orchard'));

  const second = openTerminal({ args, home: place });
  t.after(() => second.kill());
  await sees(second, /Connected as romeo@example\.test/);
  assert.ok(!second.raw().includes('Password of'));
  second.enter('/trust');
  await sees(second, /logged in with HT-SHA-256-EXPR/);
  second.enter('/disconnect');
  await sees(second, /offline/);
  assert.equal(tokenIn(), undefined);
  second.enter('/connect');
  await sees(second, /Password of romeo@example\.test/);
});

test('Q32: a password changed elsewhere is asked for, and what was open goes on', async t => {
  await server.addUser('mercutio', 'first');
  const place = home();
  mkdirSync(join(place, '.config/causette'), { recursive: true });
  writeFileSync(join(place, '.config/causette/config.toml'), '[account]\nstay_logged_in = false\n');
  const terminal = openTerminal({ args: [...trusting(), '--jid', 'mercutio@example.test'], home: place });
  t.after(() => terminal.kill());
  await sees(terminal, /Password of mercutio@example\.test/);
  terminal.enter('first');
  await sees(terminal, /Connected as mercutio@example\.test/);
  await server.setPassword('mercutio', 'second');
  proxy.cut();
  await server.restart();
  terminal.enter('/reconnect');
  await sees(terminal, /did not accept the name or the password.*Password of mercutio@example\.test/);
  const tried = proxy.accepted;
  terminal.enter('second');
  await sees(terminal, /Connected as mercutio@example\.test/);
  // The question is asked on the connection that waits for its answer.
  assert.equal(proxy.accepted, tried);
});
