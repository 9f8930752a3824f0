/** The programs that are measured side by side: how each is brought into rooms of the flooding service. */
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openTerminal, type TestTerminal } from '../helpers/pty.js';
import type { World } from '../helpers/world.js';
import { findProgram } from '../setup.js';
import { OURS } from './report.js';

export const COLUMNS = 120;
export const ROWS = 40;
/** What takes a peer longer is told as that. */
export const PATIENCE_MS = 15_000;
/** Ours has budgets, so its number is waited for, also on a busy machine. */
const OWN_PATIENCE_MS = 60_000;

const PASSWORD = 'bench-secret';
/** Accounts for the peers that cannot be guests: the one that idles has nothing to do with the one that works. */
export const PEER_USERS: Readonly<Record<string, string>> = Object.fromEntries(
  ['poezio', 'profanity', 'mcabber'].flatMap(who => [who, `${who}-idle`].map(user => [user, PASSWORD])),
);

export interface ClientOptions {
  readonly columns?: number;
  readonly rows?: number;
  /** Lines for our settings. */
  readonly settings?: string;
  /** Appended to the names of the accounts. */
  readonly account?: '-idle';
}

export interface Running {
  readonly who: string;
  /** How long it has for a step. */
  readonly patienceMs: number;
  readonly terminal: TestTerminal;
  readonly pid: number;
  /** Settles when Enter was pressed. */
  join(room: string): void | Promise<void>;
  nextTab(): void;
  stop(): Promise<void>;
}

export interface Client {
  readonly who: string;
  /** Started and logged in, in these rooms or on the way into them. */
  start(rooms: readonly string[]): Promise<Running>;
}

const NOBODY = 65534;

/** A throwaway home; poezio refuses to run as root, so it gets another owner then. */
export function homeOf(files: Readonly<Record<string, string>>, owner?: number): string {
  const home = mkdtempSync(join(tmpdir(), 'causette-bench-'));
  for (const folder of ['.config', '.local/share', '.local/state', '.cache', 'tmp']) {
    mkdirSync(join(home, folder), { recursive: true, mode: 0o700 });
  }
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(home, name)), { recursive: true, mode: 0o700 });
    writeFileSync(join(home, name), text, { mode: 0o600 });
  }
  if (owner !== undefined) {
    chownSync(home, owner, owner);
    for (const name of readdirSync(home, { recursive: true, encoding: 'utf8' }))
      chownSync(join(home, name), owner, owner);
  }
  return home;
}

export function asPlainUser(command: readonly string[]): readonly string[] {
  if (process.getuid?.() !== 0) return command;
  return ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', ...command];
}
export const plainOwner = (): number | undefined => (process.getuid?.() === 0 ? NOBODY : undefined);

let serial = 0;

/** Ours, and those peers that are installed. */
export function clientsOf(world: World, options: ClientOptions = {}): readonly Client[] {
  const { prosody } = world;
  const { columns = COLUMNS, rows = ROWS, account = '' } = options;
  // The server keeps the nick of a session that was killed for a while.
  const nickOf = (): string => `bench${++serial}`;
  const run = async (
    who: string,
    command: readonly string[],
    home: string,
    how: {
      readonly join: (terminal: TestTerminal, room: string) => void | Promise<void>;
      readonly next: string;
      /** Until it is logged in. */
      readonly ready?: (running: Running) => Promise<void>;
    },
  ): Promise<Running> => {
    const terminal = openTerminal({ command, columns, rows, home });
    const running: Running = {
      who,
      patienceMs: who === OURS ? OWN_PATIENCE_MS : PATIENCE_MS,
      terminal,
      pid: await terminal.pid,
      join: room => how.join(terminal, room),
      nextTab: () => terminal.key(how.next),
      async stop() {
        await terminal.kill();
        rmSync(home, { recursive: true, force: true });
      },
    };
    try {
      await how.ready?.(running);
    } catch (error) {
      await running.stop();
      throw error;
    }
    return running;
  };
  const clients: Client[] = [
    {
      who: OURS,
      start: rooms =>
        run(
          OURS,
          [
            process.execPath,
            join(import.meta.dirname, '../../bin/causette.js'),
            ...[...world.route, '--server', prosody.guestHost, '--nick', nickOf(), ...rooms],
          ],
          // All messages of the flood are to be there after it.
          homeOf({ '.config/causette/config.toml': `[log]\nlines = 20000\n${options.settings ?? ''}` }),
          { join: (terminal, room) => terminal.enter(`/join ${room}`), next: 'Ctrl-n' },
        ),
    },
  ];
  const poezio = findProgram('poezio');
  if (poezio !== undefined) {
    clients.push({
      who: 'poezio',
      async start(rooms) {
        const nick = nickOf();
        return run(
          'poezio',
          asPlainUser([poezio]),
          homeOf(
            {
              'ca.pem': prosody.ca,
              '.config/poezio/poezio.cfg': [
                '[Poezio]',
                `jid = poezio${account}@${prosody.domain}/bench`,
                `password = ${PASSWORD}`,
                `custom_host = ${prosody.host}`,
                `custom_port = ${prosody.port}`,
                `rooms = ${rooms.map(room => `${room}/${nick}`).join(':')}`,
                `default_nick = ${nick}`,
                'use_bookmarks_method = local',
                'synchronise_open_rooms = false',
                'ca_cert_path = ca.pem',
                'use_log = false',
                'enable_avatars = false',
                '',
              ].join('\n'),
            },
            plainOwner(),
          ),
          {
            async join(terminal, room) {
              terminal.type(`/join ${room}/${nick}`);
              // An Enter that comes together with the line is one more character of it.
              await terminal.waitFor(`/join ${room}`, PATIENCE_MS);
              terminal.key('Enter');
            },
            next: 'Ctrl-n',
            async ready({ terminal }) {
              await terminal.waitFor(/(^|\s)1\.\w/m, PATIENCE_MS);
              // It begins with the roster, and does not listen at once.
              for (let tries = 0; tries < 10; tries++) {
                terminal.key('Ctrl-n');
                const left = terminal.waitGone('Roster: ', PATIENCE_MS / 10).then(() => true);
                if (await left.catch(() => false)) return;
              }
              throw new Error('it stays in the roster');
            },
          },
        );
      },
    });
  }
  const profanity = findProgram('profanity');
  if (profanity !== undefined) {
    clients.push({
      who: 'profanity',
      async start(rooms) {
        const nick = nickOf();
        return run('profanity', [profanity], homeOf({}), {
          join: (terminal, room) => terminal.enter(`/join ${room} nick ${nick}`),
          next: 'Alt-Right',
          async ready({ terminal, join: enter }) {
            await terminal.waitFor(/rofanity/, PATIENCE_MS);
            terminal.enter(
              `/connect profanity${account}@${prosody.domain}/bench server ${prosody.host} port ${prosody.port} tls trust`,
            );
            await terminal.waitFor(/assword/, PATIENCE_MS);
            terminal.enter(PASSWORD);
            await terminal.waitFor(/logged in successfully/, PATIENCE_MS);
            for (const room of rooms) await enter(room);
          },
        });
      },
    });
  }
  const mcabber = findProgram('mcabber');
  if (mcabber !== undefined) {
    clients.push({
      who: 'mcabber',
      async start(rooms) {
        const nick = nickOf();
        return run(
          'mcabber',
          [mcabber],
          homeOf({
            '.mcabber/mcabberrc': [
              `set jid = mcabber${account}@${prosody.domain}`,
              `set password = ${PASSWORD}`,
              `set server = ${prosody.host}`,
              `set port = ${prosody.port}`,
              'set resource = bench',
              'set tls = 1',
              'set ssl_ignore_checks = 1',
              `set nickname = ${nick}`,
              '',
            ].join('\n'),
          }),
          {
            join(terminal, room) {
              terminal.enter(`/room join ${room} ${nick}`);
              // Its window is not shown by itself.
              const shown = terminal.waitFor(`You have joined ${room}`, PATIENCE_MS);
              void shown.then(() => terminal.type(`/roster search ${room}\r\r`)).catch(() => undefined);
            },
            next: 'Alt-Right',
            async ready({ terminal, join: enter }) {
              await terminal.waitFor(
                /Communication with the server established|is now online|Online|\[o\]/i,
                PATIENCE_MS,
              );
              for (const room of rooms) await enter(room);
            },
          },
        );
      },
    });
  }
  return clients;
}
