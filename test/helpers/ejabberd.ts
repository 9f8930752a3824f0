/** A real ejabberd on loopback ports of its own, in a throwaway folder: the second opinion about logins. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram } from '../setup.js';
import { freePorts, makeCertificates } from './prosody.js';

export interface Ejabberd {
  readonly host: '127.0.0.1';
  readonly port: number;
  readonly domain: 'ej.test';
  readonly caFile: string;
  readonly ca: string;
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 60_000;
const LIBRARIES = '/usr/lib';

/** Anybody may make an account; passwords are kept as SCRAM-SHA-512. `captcha`: a program that draws riddles. */
export async function startEjabberd(options: { readonly captcha?: string } = {}): Promise<Ejabberd> {
  const erl = findProgram('erl');
  if (erl === undefined) throw new Error('ejabberd is not installed; `npm test` installs it');
  const folder = mkdtempSync(join(tmpdir(), 'causette-ejabberd-'));
  const file = (name: string): string => join(folder, name);
  mkdirSync(file('data'));
  const { caFile, certificateFile, keyFile } = makeCertificates(folder, ['ej.test']);
  writeFileSync(file('both.pem'), readFileSync(keyFile, 'utf8') + readFileSync(certificateFile, 'utf8'), {
    mode: 0o600,
  });
  const [port, captchaPort] = await freePorts(2);
  writeFileSync(
    file('ejabberd.yml'),
    `hosts: [ej.test]
loglevel: info
certfiles: [${file('both.pem')}]
auth_method: internal
auth_password_format: scram
auth_scram_hash: sha512
${options.captcha === undefined ? '' : `captcha_cmd: ${options.captcha}\ncaptcha_url: http://127.0.0.1:${captchaPort}/captcha`}
listen:
  - { port: ${port}, ip: "127.0.0.1", module: ejabberd_c2s, starttls_required: true }
  - { port: ${captchaPort}, ip: "127.0.0.1", module: ejabberd_http, request_handlers: { /captcha: ejabberd_captcha } }
registration_timeout: infinity
access_rules: { register: [allow] }
modules:
  mod_roster: {}
  mod_stream_mgmt: {}
  mod_register: { ip_access: all, access: all, captcha_protected: ${options.captcha !== undefined} }
`,
  );
  const libraries = readdirSync(LIBRARIES)
    .map(name => join(LIBRARIES, name))
    .find(
      path => /linux/.test(path) && existsSync(path) && readdirSync(path).some(name => name.startsWith('ejabberd-')),
    );
  const environment = {
    ...process.env,
    HOME: folder,
    ERL_LIBS: libraries ?? '',
    EJABBERD_CONFIG_PATH: file('ejabberd.yml'),
    EJABBERD_LOG_PATH: file('ejabberd.log'),
    ERL_CRASH_DUMP: '/dev/null',
  };
  // Without a name and without epmd: nothing listens but the ports above.
  const server = spawn(erl, ['-noinput', '-mnesia', 'dir', `"${file('data')}"`, '-s', 'ejabberd'], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [server.stdout, server.stderr]) stream.on('data', chunk => (output += String(chunk)));
  const killWithUs = (): boolean => server.kill('SIGKILL');
  process.once('exit', killWithUs);
  const stop = async (): Promise<void> => {
    process.off('exit', killWithUs);
    if (server.exitCode === null && server.signalCode === null) {
      const ended = new Promise(resolve => server.once('exit', resolve));
      server.kill('SIGKILL');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (!output.includes(`connections at 127.0.0.1:${port} for ejabberd_c2s`)) {
    if (server.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`ejabberd did not start\n${output}`);
    }
    await delay(50);
  }
  return { host: '127.0.0.1', port, domain: 'ej.test', caFile, ca: readFileSync(caFile, 'utf8'), stop };
}
