/** A real ejabberd on loopback ports of its own, in a throwaway folder: the second opinion about logins and rooms. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram } from '../setup.js';
import { PATIENCE_MS } from './patience.js';
import { freePorts, makeCertificates } from './prosody.js';

const DOMAIN = 'ej.test';
const GUEST_HOST = 'guest.ej.test';
const ROOM_SERVICE = 'rooms.ej.test';

export interface EjabberdOptions {
  /** Accounts to begin with: local part → password. Anybody may make more. */
  readonly users?: Readonly<Record<string, string>>;
  /** Nothing newer than TLS 1.2. */
  readonly oldTls?: boolean;
  /** A program that draws riddles. */
  readonly captcha?: string;
}

export interface Ejabberd {
  readonly host: '127.0.0.1';
  /** STARTTLS, demanded. */
  readonly port: number;
  /** Passwords are kept as SCRAM-SHA-512. */
  readonly domain: typeof DOMAIN;
  /** SASL ANONYMOUS. */
  readonly guestHost: typeof GUEST_HOST;
  readonly roomService: typeof ROOM_SERVICE;
  readonly caFile: string;
  /** The same as PEM text. */
  readonly ca: string;
  /** Arguments that lead our program there. */
  readonly route: readonly string[];
  /** Ends the server and removes the folder; safe to call twice. */
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 2 * PATIENCE_MS;
const LIBRARIES = '/usr/lib';

export async function startEjabberd(options: EjabberdOptions = {}): Promise<Ejabberd> {
  const erl = findProgram('erl');
  if (erl === undefined) throw new Error('ejabberd is not installed; `npm test` installs it');
  const folder = mkdtempSync(join(tmpdir(), 'causette-ejabberd-'));
  const file = (name: string): string => join(folder, name);
  mkdirSync(file('data'));
  const { caFile, certificateFile, keyFile } = makeCertificates(folder, [DOMAIN, GUEST_HOST, ROOM_SERVICE]);
  writeFileSync(file('both.pem'), readFileSync(keyFile, 'utf8') + readFileSync(certificateFile, 'utf8'), {
    mode: 0o600,
  });
  const [port, captchaPort] = await freePorts(2);
  writeFileSync(file('ejabberd.yml'), configuration(file('both.pem'), port, captchaPort, options));
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
  const binary = (text: string): string => `<<${JSON.stringify(text)}>>`;
  const accounts = Object.entries(options.users ?? {}).map(
    ([local, password]) => `ejabberd_auth:try_register(${binary(local)}, ${binary(DOMAIN)}, ${binary(password)}), `,
  );
  const begin = `{ok, _} = application:ensure_all_started(ejabberd), ${accounts.join('')}io:format("ready to serve~n").`;
  // Without a name and without epmd: nothing listens but the ports above.
  const server = spawn(erl, ['-noinput', '-mnesia', 'dir', `"${file('data')}"`, '-eval', begin], {
    cwd: folder,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [server.stdout, server.stderr]) {
    stream.on('data', chunk => {
      output += String(chunk);
    });
  }
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
  while (!output.includes('ready to serve') || !output.includes(`connections at 127.0.0.1:${port} for ejabberd_c2s`)) {
    if (server.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`ejabberd did not start\n${output}`);
    }
    await delay(50);
  }
  return {
    host: '127.0.0.1',
    port,
    domain: DOMAIN,
    guestHost: GUEST_HOST,
    roomService: ROOM_SERVICE,
    caFile,
    ca: readFileSync(caFile, 'utf8'),
    route: ['--host', '127.0.0.1', '--port', String(port), '--tls', 'starttls', '--ca-file', caFile],
    stop,
  };
}

function configuration(pem: string, port: number, captchaPort: number, { captcha, oldTls }: EjabberdOptions): string {
  return `hosts: [${DOMAIN}, ${GUEST_HOST}]
loglevel: info
certfiles: [${pem}]
auth_method: internal
auth_password_format: scram
auth_scram_hash: sha512
${oldTls === true ? 'c2s_protocol_options: [no_sslv3, no_tlsv1, no_tlsv1_1, no_tlsv1_3]' : ''}
host_config:
  ${GUEST_HOST}: { auth_method: [anonymous], anonymous_protocol: sasl_anon }
${captcha === undefined ? '' : `captcha_cmd: ${captcha}\ncaptcha_url: http://127.0.0.1:${captchaPort}/captcha`}
listen:
  - { port: ${port}, ip: "127.0.0.1", module: ejabberd_c2s, starttls_required: true }
  - { port: ${captchaPort}, ip: "127.0.0.1", module: ejabberd_http, request_handlers: { /captcha: ejabberd_captcha } }
registration_timeout: infinity
access_rules: { register: [allow] }
modules:
  mod_adhoc: {}
  mod_blocking: {}
  mod_caps: {}
  mod_carboncopy: {}
  mod_disco: {}
  mod_last: {}
  mod_mam: { assume_mam_usage: true, default: always }
  mod_muc:
    host: ${ROOM_SERVICE}
    access: all
    access_create: all
    default_room_options: { persistent: true, mam: true, allow_query_users: true }
  mod_offline: {}
  mod_ping: {}
  mod_privacy: {}
  mod_private: {}
  mod_pubsub: { plugins: [flat, pep] }
  mod_register: { ip_access: all, access: all, captcha_protected: ${captcha !== undefined} }
  mod_roster: {}
  mod_stream_mgmt: {}
  mod_vcard: {}
  mod_version: {}
`;
}
