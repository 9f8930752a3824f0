/** A real IRC server (ngircd) and a real gateway to it (biboumi), on loopback ports, for a Prosody with a component. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram } from '../setup.js';
import { PATIENCE_MS } from './patience.js';

export const GATEWAY = 'irc.example.test';
/** biboumi takes the name of a network for the host to connect to. */
export const NETWORK = 'localhost';
const SECRET = 'gateway-secret';

export interface Gateway {
  /** Where the IRC server listens; the gateway has to be told. */
  readonly ircPort: number;
  /** A person with an IRC client. */
  person(nick: string): Promise<IrcPerson>;
  /** What the gateway wrote about its doings. */
  log(): string;
  stop(): Promise<void>;
}

export interface IrcPerson {
  send(line: string): void;
  /** The first line that came and was not given before and matches. */
  next(pattern: RegExp): Promise<string>;
  close(): void;
}

/** The lines of Prosody's configuration that let the gateway in. */
export const componentConfig = (port: number): string => `
component_ports = { ${port} }
component_interfaces = { "127.0.0.1" }
`;
/** The component itself, which must stand behind the other hosts. */
export const componentHost = `
Component "${GATEWAY}"
  component_secret = "${SECRET}"
`;

/** Without the port of a component there is the IRC server alone. */
export async function startGateway(componentPort: number | undefined, ircPort: number): Promise<Gateway> {
  const folder = mkdtempSync(join(tmpdir(), 'causette-irc-'));
  const people: IrcPerson[] = [];
  let output = '';
  const start = (program: string, args: readonly string[]): ChildProcess => {
    const path = findProgram(program);
    if (path === undefined) throw new Error(`${program} is not installed; \`npm test\` installs it`);
    const child = spawn(path, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', chunk => {
        output += String(chunk);
      });
    }
    // A test process that dies must not leave a server behind.
    const killWithUs = (): boolean => child.kill('SIGKILL');
    process.once('exit', killWithUs);
    child.once('exit', () => process.off('exit', killWithUs));
    return child;
  };
  writeFileSync(
    join(folder, 'ngircd.conf'),
    [
      ...['[Global]', 'Name = irc.example.net', 'Info = test', `Ports = ${ircPort}`, 'Listen = 127.0.0.1'],
      ...['AdminInfo1 = test', 'AdminEMail = admin@irc.example.net', 'ServerUID = 65534', 'ServerGID = 65534'],
      ...['[Limits]', 'MaxConnectionsIP = 0', 'MaxNickLength = 16', 'MaxJoins = 0'],
      // A crowd that joins at once does not wait a second each.
      ...(componentPort === undefined ? ['MaxPenaltyTime = 0'] : []),
      ...['[Options]', 'Ident = no', 'PAM = no', 'DNS = no', ''],
    ].join('\n'),
  );
  const children = [start('ngircd', ['--nodaemon', '--config', join(folder, 'ngircd.conf')])];
  if (componentPort !== undefined) {
    writeFileSync(
      join(folder, 'biboumi.cfg'),
      [
        ...[`hostname=${GATEWAY}`, `password=${SECRET}`, 'xmpp_server_ip=127.0.0.1', `port=${componentPort}`],
        ...[
          `db_name=${join(folder, 'biboumi.sqlite')}`,
          'admin=admin@example.test',
          'identd_port=0',
          'log_level=1',
          '',
        ],
      ].join('\n'),
    );
    children.push(start('biboumi', [join(folder, 'biboumi.cfg')]));
  }
  const stop = async (): Promise<void> => {
    for (const person of people) person.close();
    await Promise.all(
      children.map(child => {
        if (child.exitCode !== null || child.signalCode !== null) return undefined;
        const gone = new Promise(resolve => child.once('exit', resolve));
        child.kill('SIGKILL');
        return gone;
      }),
    );
    rmSync(folder, { recursive: true, force: true });
  };
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await listens(ircPort))) {
    if (Date.now() > deadline || children.some(child => child.exitCode !== null)) {
      await stop();
      throw new Error(`The gateway did not start\n${output}`);
    }
    await delay(20);
  }
  return {
    ircPort,
    async person(nick) {
      const person = await connectPerson(ircPort, nick);
      people.push(person);
      return person;
    },
    log: () => output,
    stop,
  };
}

const listens = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

async function connectPerson(port: number, nick: string): Promise<IrcPerson> {
  const socket: Socket = connect(port, '127.0.0.1');
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  createInterface({ input: socket }).on('line', line => {
    if (line.startsWith('PING')) socket.write(`PONG${line.slice(4)}\r\n`);
    lines.push(line);
    for (const wake of waiting) wake();
  });
  socket.on('error', () => {});
  const person: IrcPerson = {
    send: line => void socket.write(`${line}\r\n`),
    next: pattern =>
      new Promise((resolve, reject) => {
        const wake = (): void => {
          const at = lines.findIndex(line => pattern.test(line));
          if (at < 0) return;
          done();
          resolve(lines.splice(at, 1)[0] ?? '');
        };
        const limit = setTimeout(() => {
          done();
          reject(new Error(`nothing like ${pattern} on IRC; there was:\n${lines.slice(-20).join('\n')}`));
        }, PATIENCE_MS);
        const done = (): void => {
          clearTimeout(limit);
          waiting.delete(wake);
        };
        waiting.add(wake);
        wake();
      }),
    close: () => socket.destroy(),
  };
  person.send(`NICK ${nick}`);
  person.send(`USER ${nick} 0 * :${nick}`);
  await person.next(/ 001 /);
  return person;
}
