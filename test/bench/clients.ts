/** The programs that are measured side by side: how each is brought into rooms of the flooding service. */
import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openTerminal, type TestTerminal } from '../helpers/pty.js';
import type { World } from '../helpers/world.js';
import { findProgram } from '../setup.js';
import type { Measured } from './report.js';

export const COLUMNS = 120;
export const ROWS = 40;
/** What takes longer is told as that. */
export const PATIENCE_MS = 45_000;
const PASSWORD = 'bench-secret';
/** An account for the peers that cannot be guests. */
export const PEER_USERS = { poezio: PASSWORD, profanity: PASSWORD, mcabber: PASSWORD } as const;

export interface Running {
  readonly who: string;
  readonly terminal: TestTerminal;
  readonly pid: number;
  join(room: string): void;
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

/** Ours, and those peers that are installed. */
export function clientsOf(world: World): readonly Client[] {
  const { prosody } = world;
  const run = async (
    who: string,
    command: readonly string[],
    home: string,
    how: { readonly join: (terminal: TestTerminal, room: string) => void; readonly next: string },
  ): Promise<Running> => {
    const terminal = openTerminal({ command, columns: COLUMNS, rows: ROWS, home });
    return {
      who,
      terminal,
      pid: await terminal.pid,
      join: room => how.join(terminal, room),
      nextTab: () => terminal.key(how.next),
      async stop() {
        await terminal.kill();
        rmSync(home, { recursive: true, force: true });
      },
    };
  };
  const clients: Client[] = [
    {
      who: 'causette',
      start: rooms =>
        run(
          'causette',
          [
            process.execPath,
            join(import.meta.dirname, '../../bin/causette.js'),
            ...[...world.route, '--server', prosody.guestHost, '--nick', 'bench', ...rooms],
          ],
          // All messages of the flood are to be there after it.
          homeOf({ '.config/causette/config.toml': '[log]\nlines = 20000\n' }),
          { join: (terminal, room) => terminal.enter(`/join ${room}`), next: 'Ctrl-n' },
        ),
    },
  ];
  const poezio = findProgram('poezio');
  if (poezio !== undefined) {
    clients.push({
      who: 'poezio',
      async start(rooms) {
        const running = await run(
          'poezio',
          asPlainUser([poezio]),
          homeOf(
            {
              'ca.pem': prosody.ca,
              '.config/poezio/poezio.cfg': [
                '[Poezio]',
                `jid = poezio@${prosody.domain}/bench`,
                `password = ${PASSWORD}`,
                `custom_host = ${prosody.host}`,
                `custom_port = ${prosody.port}`,
                `rooms = ${rooms.map(room => `${room}/bench`).join(':')}`,
                'default_nick = bench',
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
          { join: (terminal, room) => terminal.enter(`/join ${room}/bench`), next: 'Ctrl-n' },
        );
        // It begins with the roster.
        await running.terminal.waitFor(/ 1\.\w/, PATIENCE_MS);
        running.terminal.enter('/win 1');
        return running;
      },
    });
  }
  const profanity = findProgram('profanity');
  if (profanity !== undefined) {
    clients.push({
      who: 'profanity',
      async start(rooms) {
        const running = await run('profanity', [profanity], homeOf({}), {
          join: (terminal, room) => terminal.enter(`/join ${room} nick bench`),
          next: 'Alt-Right',
        });
        const { terminal } = running;
        await terminal.waitFor(/rofanity/, PATIENCE_MS);
        terminal.enter(
          `/connect profanity@${prosody.domain}/bench server ${prosody.host} port ${prosody.port} tls trust`,
        );
        await terminal.waitFor(/assword/, PATIENCE_MS);
        terminal.enter(PASSWORD);
        await terminal.waitFor(/logged in successfully/, PATIENCE_MS);
        for (const room of rooms) running.join(room);
        return running;
      },
    });
  }
  const mcabber = findProgram('mcabber');
  if (mcabber !== undefined) {
    clients.push({
      who: 'mcabber',
      async start(rooms) {
        const running = await run(
          'mcabber',
          [mcabber],
          homeOf({
            '.mcabber/mcabberrc': [
              `set jid = mcabber@${prosody.domain}`,
              `set password = ${PASSWORD}`,
              `set server = ${prosody.host}`,
              `set port = ${prosody.port}`,
              'set resource = bench',
              'set tls = 1',
              'set ssl_ignore_checks = 1',
              'set nickname = bench',
              '',
            ].join('\n'),
          }),
          {
            join(terminal, room) {
              terminal.enter(`/room join ${room} bench`);
              // Its window is not shown by itself.
              const shown = terminal.waitFor(`You have joined ${room}`, PATIENCE_MS);
              void shown.then(() => terminal.type(`/roster search ${room}\r\r`)).catch(() => undefined);
            },
            next: 'Alt-Right',
          },
        );
        await running.terminal.waitFor(
          /Communication with the server established|is now online|Online|\[o\]/i,
          PATIENCE_MS,
        );
        for (const room of rooms) running.join(room);
        return running;
      },
    });
  }
  return clients;
}

/** One row for each client; one that cannot do it says why and does not end the bench. */
export async function sideBySide(
  world: World,
  measure: (client: Client) => Promise<readonly Omit<Measured, 'who'>[]>,
): Promise<readonly (readonly Measured[])[]> {
  const tables: Measured[][] = [];
  for (const client of clientsOf(world)) {
    if (client.who !== 'causette' && process.argv.includes('alone')) continue;
    try {
      for (const [index, row] of (await measure(client)).entries()) {
        tables[index] ??= [];
        tables[index].push({ who: client.who, ...row });
      }
    } catch (error) {
      // Ours must do all of them.
      if (client.who === 'causette') throw error;
      const text = error instanceof Error ? error.message : String(error);
      console.log(`  ${client.who} is left out: ${text.split('\n')[0]}`);
      if (process.env['BENCH_VERBOSE'] !== undefined) console.log(text);
    }
  }
  return tables;
}
