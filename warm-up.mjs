/** For the build: runs the demo in a terminal that is not there and keeps what V8 has compiled meanwhile in `dist/causette.cache`. */
import { EventEmitter } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Script } from 'node:vm';

const folder = process.argv[2];
const filename = join(folder, 'causette.cjs');
const home = mkdtempSync(join(tmpdir(), 'causette-build-'));
const umask = process.umask();

for (const name of Object.keys(process.env)) if (/^(XDG|NODE)_/.test(name)) delete process.env[name];
Object.assign(process.env, { HOME: home, TERM: 'xterm-256color', LANG: 'C.UTF-8' });
process.argv.splice(2, 1, '--demo', '--no-log', '--nick', 'warm');
const size = { isTTY: true, columns: 120, rows: 40, writableLength: 0 };
const stdin = Object.assign(new EventEmitter(), size, { setRawMode() {}, resume() {}, pause() {} });
const stdout = Object.assign(new EventEmitter(), size, { write: (_text, done) => done && setImmediate(done) });
Object.defineProperties(process, { stdin: { value: stdin }, stdout: { value: stdout } });

const code = readFileSync(filename, 'latin1');
const script = new Script(code, { filename });
const { href } = pathToFileURL(filename);
script.runInThisContext()(
  createRequire(href),
  href,
  name => import(name.startsWith('./') ? new URL(name, href).href : name),
);
setTimeout(() => stdin.emit('data', Buffer.from('hello\x7f')), 1000);
setTimeout(() => {
  rmSync(home, { recursive: true, force: true });
  process.umask(umask);
  writeFileSync(
    join(folder, 'causette.cache'),
    Buffer.concat([Buffer.from(code.slice(2, 18)), script.createCachedData()]),
  );
  process.exit(0);
}, 1500);
