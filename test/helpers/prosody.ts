/** A real Prosody on loopback ports of its own, in a throwaway folder, with its own certificate authority. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram } from '../setup.js';
import { isSlowed, PATIENCE_MS } from './patience.js';
import { openSlowDoor, type SlowDoor } from './slow-door.js';

/** Accounts live here; the administrator is admin@example.test. */
export const ACCOUNT_HOST = 'example.test';
/** SASL ANONYMOUS. */
export const GUEST_HOST = 'guest.example.test';
export const ROOM_SERVICE = 'rooms.example.test';
/** The names in the server's certificate. */
export const HOSTS = [ACCOUNT_HOST, GUEST_HOST, ROOM_SERVICE] as const;

export interface ProsodyOptions {
  /** Accounts on example.test to begin with: local part → password. `admin` is always there. */
  readonly users?: Readonly<Record<string, string>>;
  /** Lines added to the global part of the configuration. */
  readonly extraConfig?: string;
  /** Names of further hosts that `extraConfig` adds; the certificate is for them too. */
  readonly hosts?: readonly string[];
  /** Hosts and components added behind the others. */
  readonly extraHosts?: string;
  /** Modules to add, `sasl2` for instance. */
  readonly modules?: readonly string[];
  /** TLS 1.2, nothing newer. */
  readonly oldTls?: boolean;
  /** Modules to leave out, `smacks` for instance. */
  readonly withoutModules?: readonly string[];
  /** Modules of the room service beside its archive, `muc_moderation` for instance. */
  readonly roomModules?: readonly string[];
  /** In-band registration on example.test. */
  readonly registration?: boolean;
  /** How long a lost session may be resumed. */
  readonly hibernationSeconds?: number;
}

export interface Certificates {
  readonly caFile: string;
  readonly certificateFile: string;
  readonly keyFile: string;
}

export interface Prosody {
  readonly host: '127.0.0.1';
  /** STARTTLS; encryption is demanded. */
  readonly port: number;
  /** TLS from the first byte. */
  readonly tlsPort: number;
  readonly domain: typeof ACCOUNT_HOST;
  readonly guestHost: typeof GUEST_HOST;
  readonly roomService: typeof ROOM_SERVICE;
  readonly admin: { readonly jid: string; readonly password: string };
  readonly folder: string;
  readonly caFile: string;
  /** The same as PEM text. */
  readonly ca: string;
  addUser(local: string, password: string, host?: string): Promise<void>;
  deleteUser(local: string, host?: string): Promise<void>;
  setPassword(local: string, password: string, host?: string): Promise<void>;
  /** Ends the server; SIGKILL cuts the connections without a word. */
  halt(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Starts it again on the same ports and with the same data. */
  resume(): Promise<void>;
  restart(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  logText(): string;
  /** Ends the server and removes the folder; safe to call twice. */
  stop(): Promise<void>;
}

const ADMIN_PASSWORD = 'admin-secret';
/** Between closing a probed port and Prosody's binding another process may take it. */
const START_ATTEMPTS = 3;

export async function startProsody(options: ProsodyOptions = {}): Promise<Prosody> {
  const prosody = findProgram('prosody');
  const prosodyctl = findProgram('prosodyctl');
  if (prosody === undefined || prosodyctl === undefined)
    throw new Error('prosody is not installed; `npm test` installs it');
  const folder = mkdtempSync(join(tmpdir(), 'causette-prosody-'));
  mkdirSync(join(folder, 'data'));
  const certificates = makeCertificates(folder, [...HOSTS, ...(options.hosts ?? [])]);
  const configFile = join(folder, 'prosody.cfg.lua');
  const logFile = join(folder, 'prosody.log');
  writeFileSync(logFile, '');

  let server: ChildProcess | undefined;
  let [port, tlsPort] = [0, 0];
  let doors: readonly (SlowDoor | undefined)[] = [];
  const logText = () => readFileSync(logFile, 'utf8');

  const launch = async () => {
    const started = spawn(prosody, ['--config', configFile, '-F'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [started.stdout, started.stderr]) stream?.on('data', chunk => (output += String(chunk)));
    // A test process that dies must not leave a server behind.
    const killWithUs = () => started.kill('SIGKILL');
    process.once('exit', killWithUs);
    started.once('exit', () => process.off('exit', killWithUs));
    server = started;
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      if (started.exitCode !== null || started.signalCode !== null) break;
      if ((await accepts(port)) && (await accepts(tlsPort))) return;
      if (Date.now() > deadline) break;
      await delay(20);
    }
    await end(started, 'SIGKILL');
    throw new Error(`Prosody did not start\n${output}\n${logText()}`);
  };

  const control = async (args: readonly string[], input = '') => {
    const run = spawn(prosodyctl, ['--config', configFile, ...args], { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [run.stdout, run.stderr]) stream.on('data', chunk => (output += String(chunk)));
    run.stdin.end(input);
    const code = await new Promise<number | null>((resolve, reject) => {
      run.once('error', reject);
      run.once('close', resolve);
    });
    if (code !== 0) throw new Error(`prosodyctl ${args[0]} failed (${code}): ${output}`);
  };
  const addUser = (local: string, password: string, host: string = ACCOUNT_HOST) =>
    control(['register', local, host, password]);
  const halt = async (signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM') => {
    if (server !== undefined) await end(server, signal);
    server = undefined;
  };
  const resume = async () => {
    if (server === undefined) await launch();
  };
  const stop = async () => {
    for (const door of doors) door?.close();
    await halt('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  };

  try {
    for (let attempt = 1; ; attempt += 1) {
      [port, tlsPort] = await freePorts(2);
      writeFileSync(configFile, configuration({ folder, logFile, port, tlsPort, certificates, options }));
      try {
        if (attempt === 1) {
          await addUser('admin', ADMIN_PASSWORD);
          for (const [local, password] of Object.entries(options.users ?? {})) await addUser(local, password);
        }
        await launch();
        break;
      } catch (error) {
        server = undefined;
        if (attempt === START_ATTEMPTS || !logText().includes('already in use')) throw error;
      }
    }
    doors = isSlowed ? [await openSlowDoor(port), await openSlowDoor(tlsPort)] : [];
  } catch (error) {
    await stop();
    throw error;
  }

  return {
    host: '127.0.0.1',
    port: doors[0]?.port ?? port,
    tlsPort: doors[1]?.port ?? tlsPort,
    domain: ACCOUNT_HOST,
    guestHost: GUEST_HOST,
    roomService: ROOM_SERVICE,
    admin: { jid: `admin@${ACCOUNT_HOST}`, password: ADMIN_PASSWORD },
    folder,
    caFile: certificates.caFile,
    ca: readFileSync(certificates.caFile, 'utf8'),
    addUser,
    deleteUser: (local, host = ACCOUNT_HOST) => control(['deluser', `${local}@${host}`]),
    setPassword: (local, password, host = ACCOUNT_HOST) =>
      control(['passwd', `${local}@${host}`], `${password}\n${password}\n`),
    halt,
    resume,
    async restart(signal = 'SIGTERM') {
      await halt(signal);
      await resume();
    },
    logText,
    stop,
  };
}

interface ConfigurationInput {
  readonly folder: string;
  readonly logFile: string;
  readonly port: number;
  readonly tlsPort: number;
  readonly certificates: Certificates;
  readonly options: ProsodyOptions;
}

const MODULES = [
  'roster',
  'saslauth',
  'tls',
  'disco',
  'presence',
  'message',
  'iq',
  'offline',
  'posix',
  'carbons',
  'pep',
  'private',
  'blocklist',
  'bookmarks',
  'vcard4',
  'vcard_legacy',
  'version',
  'uptime',
  'lastactivity',
  'time',
  'ping',
  'mam',
  'smacks',
  'csi_simple',
  'adhoc',
  'admin_adhoc',
  'announce',
  'register',
];

function configuration({ folder, logFile, port, tlsPort, certificates, options }: ConfigurationInput): string {
  const modules = [...MODULES.filter(name => !options.withoutModules?.includes(name)), ...(options.modules ?? [])];
  const tls = `{ certificate = ${lua(certificates.certificateFile)}; key = ${lua(certificates.keyFile)}; ${options.oldTls === true ? 'protocol = "tlsv1_2"; ' : ''}}`;
  return `
daemonize = false
run_as_root = true
pidfile = ${lua(join(folder, 'prosody.pid'))}
data_path = ${lua(join(folder, 'data'))}
certificates = ${lua(folder)}
log = { { levels = { min = "info" }, to = "file", filename = ${lua(logFile)} } }
interfaces = { "127.0.0.1" }
c2s_ports = { ${port} }
c2s_direct_tls_ports = { ${tlsPort} }
s2s_ports = {}
http_ports = {}
https_ports = {}
component_ports = {}
c2s_require_encryption = true
ssl = ${tls}
c2s_direct_tls_ssl = ${tls}
authentication = "internal_hashed"
storage = "internal"
admins = { "admin@${ACCOUNT_HOST}" }
allow_registration = ${options.registration === true}
smacks_hibernation_time = ${options.hibernationSeconds ?? 15}
archive_expires_after = "never"
modules_disabled = { "s2s", "s2s_auth_certs", "limits" }
modules_enabled = { ${modules.map(lua).join('; ')}; }
${options.extraConfig ?? ''}

VirtualHost "${ACCOUNT_HOST}"
  name = "Example"
${options.registration === true ? '  modules_enabled = { "register_ibr" }\n' : ''}
VirtualHost "${GUEST_HOST}"
  authentication = "anonymous"
  allow_anonymous_s2s = false
  modules_disabled = { "mam"; "pep"; "bookmarks"; "offline"; "register"; "blocklist" }

Component "${ROOM_SERVICE}" "muc"
  name = "Rooms"
  modules_enabled = { ${['muc_mam', ...(options.roomModules ?? [])].map(lua).join('; ')} }
  restrict_room_creation = false
  muc_room_locking = false
  muc_room_default_public = true
  muc_room_default_persistent = true
  muc_log_by_default = true
${options.extraHosts ?? ''}`;
}

/** A Lua string literal. */
function lua(text: string): string {
  return JSON.stringify(text);
}

/** A certificate authority and one certificate for the names, valid from now, in the folder. */
export function makeCertificates(folder: string, names: readonly string[]): Certificates {
  const file = (name: string) => join(folder, name);
  const openssl = (args: readonly string[]) => {
    const run = spawnSync('openssl', args, { cwd: folder, encoding: 'utf8' });
    if (run.status !== 0) throw new Error(`openssl ${args[0]} failed: ${run.error?.message ?? run.stderr}`);
  };
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const days = ['-days', '30'];
  writeFileSync(
    file('ca.cnf'),
    '[req]\ndistinguished_name=dn\nx509_extensions=ca\n[dn]\n[ca]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\nsubjectKeyIdentifier=hash\n',
  );
  writeFileSync(
    file('leaf.cnf'),
    `[leaf]\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\nsubjectAltName=${names.map(name => `DNS:${name}`).join(',')}\n`,
  );
  const subject = (name: string) => ['-subj', `/CN=${name}`, '-config', file('ca.cnf')];
  openssl(['req', '-x509', ...newKey, ...days, ...subject('Causette test CA'), '-keyout', 'ca.key', '-out', 'ca.pem']);
  openssl(['req', ...newKey, ...subject(names[0] ?? 'localhost'), '-keyout', 'server.key', '-out', 'server.csr']);
  openssl([
    ...['x509', '-req', '-in', 'server.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial'],
    ...[...days, '-extfile', 'leaf.cnf', '-extensions', 'leaf', '-out', 'server.pem'],
  ]);
  return { caFile: file('ca.pem'), certificateFile: file('server.pem'), keyFile: file('server.key') };
}

/**
 * Ports of the loopback address that nobody listens on, below those that the system gives to outgoing connections: in the time
 * until a server takes its port, or is started again on it, none of them gets it, not even one that tries to reach that server.
 */
export async function freePorts<const Count extends number>(count: Count): Promise<PortsOf<Count>> {
  const found = new Set<number>();
  for (let tries = 0; found.size < count; tries++) {
    const port = tries < 1000 ? LOWEST_PORT + Math.floor(Math.random() * (firstOutgoingPort() - LOWEST_PORT)) : 0;
    const free = await probe(port);
    if (free !== undefined) found.add(free);
  }
  return [...found] as unknown as PortsOf<Count>;
}

const LOWEST_PORT = 10_000;

function firstOutgoingPort(): number {
  const file = '/proc/sys/net/ipv4/ip_local_port_range';
  const first = existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : 32_768;
  return Math.max(first, LOWEST_PORT + 1000);
}

/** The port (any for 0) if it can be listened on. */
function probe(port: number): Promise<number | undefined> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address === null || typeof address === 'string' ? undefined : address.port));
    });
  });
}

type PortsOf<Count extends number> = Count extends 1 ? [number] : Count extends 2 ? [number, number] : number[];

function accepts(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** A process that ignores the polite signal is killed. */
async function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise(resolve => child.once('exit', resolve));
  child.kill(signal);
  const force = setTimeout(() => child.kill('SIGKILL'), 5000);
  await gone;
  clearTimeout(force);
}
