/** The command line: one table of options, its parser (`node:util`), `--help`, and the exit codes. */
import { parseArgs } from 'node:util';

/** Documented in the manual page and `--help`. */
export const EXIT = {
  ok: 0,
  /** The program failed. */
  failed: 1,
  /** The command line was not understood. */
  usage: 2,
  /** No server could be reached (`--check-config` excluded). */
  unreachable: 69,
  /** A fault of the program itself; a report was written. */
  crashed: 70,
  /** The server refused the login. */
  refused: 77,
  /** The configuration file cannot be used. */
  config: 78,
} as const;

interface Flag {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
  /** Name of the value in the help. */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly help: string;
}

export const FLAGS = {
  nick: { type: 'string', short: 'n', value: 'NICK', help: 'nick for rooms; not asked then' },
  server: { type: 'string', short: 's', value: 'HOST', help: 'server that lets guests in' },
  jid: {
    type: 'string',
    short: 'j',
    value: 'ADDRESS',
    multiple: true,
    help: 'log in with this account; may be repeated',
  },
  'password-command': { type: 'string', value: 'CMD', help: 'program (with arguments) that prints the password' },
  host: { type: 'string', value: 'HOST', help: 'connect to this host; the certificate must still be for the domain' },
  port: { type: 'string', value: 'PORT', help: 'and to this port' },
  tls: { type: 'string', value: 'HOW', choices: ['starttls', 'direct'], help: 'starttls or direct, with --host' },
  'ca-file': { type: 'string', value: 'FILE', help: 'further certificate authorities (PEM)' },
  exec: {
    type: 'string',
    short: 'e',
    value: 'LINE',
    multiple: true,
    help: 'run this line when connected; may be repeated',
  },
  config: { type: 'string', short: 'c', value: 'FILE', help: 'configuration file' },
  color: { type: 'string', value: 'N', choices: ['never', '16', '256', 'true'], help: 'never, 16, 256 or true' },
  plain: { type: 'boolean', help: 'no screen: lines in, lines out, also through pipes' },
  accessible: { type: 'boolean', help: 'for screen readers: one column, words for signs' },
  'low-bandwidth': { type: 'boolean', help: 'fewer frames, no typing notices' },
  'no-log': { type: 'boolean', help: 'keep nothing of this run on disk' },
  demo: { type: 'boolean', help: 'talk to a server inside this program; no network' },
  debug: { type: 'string', short: 'd', value: 'FILE', help: 'write what happens to this file (no passwords)' },
  'check-config': { type: 'boolean', help: 'say what is wrong with the configuration and stop' },
  version: { type: 'boolean', short: 'V', help: 'print the version' },
  help: { type: 'boolean', short: 'h', help: 'print this' },
} as const satisfies Record<string, Flag>;

export interface Intent {
  readonly kind: 'run';
  /** Rooms or xmpp: links, as typed. */
  readonly rooms: readonly string[];
  readonly nick?: string;
  readonly server?: string;
  readonly jid?: string;
  /** Accounts to open beside it. */
  readonly further: readonly string[];
  /** Words of the password program. */
  readonly passwordCommand?: readonly string[];
  readonly host?: string;
  readonly port?: number;
  readonly tls?: 'starttls' | 'direct';
  readonly caFile?: string;
  readonly exec: readonly string[];
  readonly config?: string;
  readonly color?: 'never' | '16' | '256' | 'true';
  /** Without a screen: lines on standard input and output. */
  readonly plain: boolean;
  readonly accessible: boolean;
  readonly lowBandwidth: boolean;
  readonly noLog: boolean;
  readonly demo: boolean;
  readonly debug?: string;
  readonly checkConfig: boolean;
}
export type Parsed =
  | Intent
  | { readonly kind: 'print'; readonly text: string }
  | { readonly kind: 'usage'; readonly sentence: string };

/** Understands the arguments after the program's name. Never throws. */
export function parseCommandLine(argv: readonly string[], version: string): Parsed {
  const secret = argv.find(arg => /^--?pass(word)?(=|$)/.test(arg));
  if (secret !== undefined) {
    return usage('A password on the command line can be read by everybody here; use --password-command, or be asked.');
  }
  let values: Record<string, string | boolean | readonly (string | boolean)[] | undefined>;
  let rooms: readonly string[];
  try {
    const parsed = parseArgs({
      args: [...argv],
      options: FLAGS as Record<string, Flag>,
      allowPositionals: true,
      strict: true,
    });
    values = parsed.values;
    rooms = parsed.positionals;
  } catch (error) {
    return usage(clean(error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error)));
  }
  if (values['help']) return { kind: 'print', text: helpText() };
  if (values['version']) return { kind: 'print', text: `causette ${version}\n` };
  for (const [name, flag] of Object.entries(FLAGS) as [string, Flag][]) {
    const value = values[name];
    if (typeof value === 'string' && flag.choices && !flag.choices.includes(value)) {
      return usage(`--${name} is one of ${flag.choices.join(', ')}, not "${clean(value)}"`);
    }
  }
  const text = (name: keyof typeof FLAGS): string | undefined => {
    const value = values[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const port = text('port');
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65535)) {
    return usage(`--port is a number from 1 to 65535, not "${clean(port)}"`);
  }
  // A name without a service says nothing, and nobody should wait for a screen to be told.
  const nameless = rooms.find(one => !/^xmpp:|[@#]/i.test(one));
  if (nameless !== undefined) {
    return usage(`"${clean(nameless)}" is not the address of a room; it looks like room@service`);
  }
  const [jid, ...further] = ((values['jid'] ?? []) as readonly string[]).filter(one => one !== '');
  const command = text('password-command');
  const optional = <K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } =>
    value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
  return {
    kind: 'run',
    rooms,
    further,
    exec: ((values['exec'] ?? []) as readonly string[]).filter(line => line.trim() !== ''),
    plain: values['plain'] === true,
    accessible: values['accessible'] === true,
    lowBandwidth: values['low-bandwidth'] === true,
    noLog: values['no-log'] === true,
    demo: values['demo'] === true,
    checkConfig: values['check-config'] === true,
    ...optional('nick', text('nick')),
    ...optional('server', text('server')),
    ...optional('jid', jid),
    ...optional('passwordCommand', command === undefined ? undefined : wordsOf(command)),
    ...optional('host', text('host')),
    ...optional('port', port === undefined ? undefined : Number(port)),
    ...optional('tls', text('tls') as Intent['tls']),
    ...optional('caFile', text('ca-file')),
    ...optional('config', text('config')),
    ...optional('color', text('color') as Intent['color']),
    ...optional('debug', text('debug')),
  };
}

function usage(sentence: string): Parsed {
  return { kind: 'usage', sentence: `${sentence.replace(/\.$/, '')}.` };
}

/** What was typed may hold anything; it is echoed to a terminal. */
function clean(text: string): string {
  return text.replace(/[\0-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}

/** Words as a shell would split them, quotes respected, nothing expanded: the program is run without a shell. */
function wordsOf(command: string): readonly string[] {
  const words: string[] = [];
  for (const [, double, single, bare] of command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g))
    words.push(double ?? single ?? bare ?? '');
  return words;
}

/** `--help`, from the table. */
export function helpText(): string {
  const rows = (Object.entries(FLAGS) as [string, Flag][]).map(([name, flag]) => {
    const short = flag.short ? `-${flag.short}, ` : '    ';
    return [`  ${short}--${name}${flag.value ? ` ${flag.value}` : ''}`, flag.help] as const;
  });
  const column = Math.max(...rows.map(([left]) => left.length)) + 2;
  return `Usage: causette [options] [room@service[/nick] | xmpp:LINK …]

Chat over XMPP in a terminal. With a room and no account you come in as a guest.

  causette support@chat.example.org        join a room as a guest
  causette 'xmpp:room@chat.example.org?join'
  causette --jid you@example.org           log in with an account
  causette --demo                          try it without any network

Options:
${rows.map(([left, help]) => left.padEnd(column) + help).join('\n')}

Exit codes: 0 done, 1 failed, 2 wrong command line, 69 server unreachable (with --exec or --plain and no terminal),
70 crashed, 77 login refused, 78 bad configuration; ended by a signal 128 and its number.
`;
}
