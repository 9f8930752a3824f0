/** The one table of options: their types, defaults, limits and help. `/set`, completion, validation and the README derive from it. */

export type OptionType = 'boolean' | 'integer' | 'string' | 'choice' | 'list';
export type OptionValue = boolean | number | string | readonly string[];
export interface OptionDefinition {
  readonly type: OptionType;
  readonly default: OptionValue;
  /** `chat`: may be overridden per chat. */
  readonly scope?: 'global' | 'chat';
  readonly help: string;
  readonly min?: number;
  readonly max?: number;
  readonly choices?: readonly string[];
  /** What the text must be besides a line: a nick that can be seen whole, the name of a file without a path, or a background. */
  readonly shape?: 'nick' | 'name' | 'background';
  /** Masked wherever it is shown. */
  readonly secret?: boolean;
  /** Takes effect at the next start. */
  readonly restart?: boolean;
  /** Off with `ui.accessible`, unless the person sets it: what comes and goes by itself would be read out each time. */
  readonly hushed?: boolean;
}

const define = <const T extends Record<string, OptionDefinition>>(table: T): T => table;

export const OPTIONS = define({
  'account.jid': { type: 'string', default: '', help: 'address to log in with at the start; empty: as a guest' },
  'account.password_command': {
    type: 'list',
    default: [],
    help: 'program and arguments that print the password, run without a shell: ["pass", "show", "xmpp"]',
  },
  'account.host': {
    type: 'string',
    default: '',
    help: 'host to connect to instead of what DNS says; the certificate must still be for the domain',
  },
  'account.port': { type: 'integer', default: 0, min: 0, max: 65535, help: 'port of account.host; 0: the usual one' },
  'account.tls': {
    type: 'choice',
    default: 'auto',
    choices: ['auto', 'starttls', 'direct'],
    help: 'how encryption starts with account.host',
  },
  'account.pins': {
    type: 'list',
    default: [],
    help: 'SHA-256 fingerprints of certificates to trust besides the valid ones; /trust accept keeps them by server',
  },
  'account.ca_file': { type: 'string', default: '', help: 'file of further certificate authorities (PEM)' },
  'account.resource': {
    type: 'string',
    default: '',
    help: 'last part of your address, the same at each start; empty: another one each time, which tells nothing. A second process of the account takes another one',
  },
  'account.stay_logged_in': {
    type: 'boolean',
    default: true,
    help: 'keep the token that the server gives (XEP-0484), so that the next start asks no password; /disconnect forgets it',
  },
  'account.proxy': {
    type: 'string',
    default: '',
    help: 'SOCKS5 proxy, socks5://[user:password@]host:port; names are resolved there',
    secret: true,
  },
  'guest.host': {
    type: 'string',
    default: 'anon.jeproteste.info',
    help: 'server that lets guests in (SASL ANONYMOUS); used when none is found near the room',
  },
  'guest.more': { type: 'list', default: [], help: 'further servers that let guests in, tried after guest.host' },
  'guest.hosts': {
    type: 'list',
    default: [],
    help: 'guest servers for rooms: conference.example.org=anon.example.org, for a service or for one room; a table [guest.hosts] does too',
  },
  'guest.find': {
    type: 'boolean',
    default: true,
    help: 'look for a guest server near the room: its own domain, and anon., guest., anonymous. before its parent; the name server sees these names',
  },
  'guest.nick': { type: 'string', default: '', shape: 'nick', help: 'nick for guests; empty: ask' },
  'rooms.nick': {
    type: 'string',
    default: '',
    shape: 'nick',
    scope: 'chat',
    help: 'nick in rooms; empty: the local part of the account',
  },
  'rooms.history': {
    type: 'integer',
    default: 30,
    min: 0,
    max: 500,
    scope: 'chat',
    help: 'lines of history to ask for when joining a room',
  },
  'rooms.service': {
    type: 'string',
    default: '',
    help: 'service for room names without one; empty: the one last used',
  },
  'rooms.directory': {
    type: 'string',
    default: 'api@search.jabber.network',
    help: 'directory of public rooms that /rooms search asks, after asking you (XEP-0433); empty: none',
  },
  'rooms.autojoin': { type: 'boolean', default: true, help: 'join bookmarked rooms after logging in' },
  'rooms.movements': {
    type: 'choice',
    default: 'smart',
    choices: ['all', 'smart', 'none'],
    scope: 'chat',
    help: 'joins and leaves to show; smart: in rooms of more than 30 only of people who spoke',
  },
  'rooms.highlight': { type: 'list', default: [], scope: 'chat', help: 'words that concern you besides your nick' },
  'rooms.notify': {
    type: 'choice',
    default: 'mention',
    choices: ['all', 'mention', 'none'],
    scope: 'chat',
    help: 'messages that count as news for you',
  },
  'rooms.summary': {
    type: 'integer',
    default: 30,
    min: 0,
    max: 10080,
    scope: 'chat',
    help: 'what was said is told in one line when you come back after so many minutes, or it was fetched; 0: never',
  },
  'irc.gateway': {
    type: 'string',
    default: '',
    help: 'gateway to IRC for /join #channel network, irc.example.org; empty: that of the channels you are in',
  },
  'irc.nicks': {
    type: 'list',
    default: [],
    help: 'your nick on each IRC network: irc.libera.chat=nemo',
  },
  'mod.alert': {
    type: 'boolean',
    default: true,
    scope: 'chat',
    help: 'tell you, where you are a moderator, what is remarkable in a room',
  },
  'mod.links': { type: 'boolean', default: true, scope: 'chat', help: 'flag newcomers who begin with a link' },
  'mod.seconds': {
    type: 'integer',
    default: 10,
    min: 1,
    max: 3600,
    scope: 'chat',
    help: 'time within which messages are a flood and joins a burst, seconds',
  },
  'mod.flood': {
    type: 'integer',
    default: 8,
    min: 0,
    max: 100,
    scope: 'chat',
    help: 'so many messages of one person in that time are flagged; 0: never',
  },
  'mod.joins': {
    type: 'integer',
    default: 10,
    min: 0,
    max: 1000,
    scope: 'chat',
    help: 'so many joins in that time are flagged; 0: never',
  },
  'mod.repeats': {
    type: 'integer',
    default: 3,
    min: 0,
    max: 100,
    scope: 'chat',
    help: 'the same words so often within ten minutes are flagged, whoever says them; 0: never',
  },
  'mod.visitors': {
    type: 'integer',
    default: 1000,
    min: 10,
    max: 100000,
    scope: 'chat',
    help: 'so many people who left are remembered in each room',
  },
  'typing.send': {
    type: 'boolean',
    default: true,
    scope: 'chat',
    help: 'tell others that you are typing (never strangers before an exchange)',
  },
  'typing.show': {
    type: 'boolean',
    default: true,
    scope: 'chat',
    hushed: true,
    help: 'show who is typing',
  },
  'receipts.send': {
    type: 'boolean',
    default: true,
    scope: 'chat',
    help: 'confirm messages of contacts who may see your presence',
  },
  'presence.subscribe': {
    type: 'choice',
    default: 'ask',
    choices: ['ask', 'deny'],
    help: 'what to do when somebody wants to see your presence',
  },
  'commands.prefix': { type: 'boolean', default: false, help: 'run a command by the unique beginning of its name' },
  'completion.after': { type: 'string', default: ': ', help: 'put behind a nick completed at the start of a line' },
  'input.paste_lines': { type: 'integer', default: 5, min: 1, max: 1000, help: 'a paste of more lines asks first' },
  'input.keymap': {
    type: 'choice',
    default: 'default',
    choices: ['default', 'irssi', 'poezio', 'weechat'],
    help: 'keys as another client has them; what you bind yourself goes before',
  },
  'input.history': {
    type: 'integer',
    default: 500,
    min: 0,
    max: 10000,
    help: 'lines of input history per tab, in memory only',
  },
  'input.escape_ms': {
    type: 'integer',
    default: 60,
    min: 10,
    max: 1000,
    help: 'how long Esc waits for a following key, milliseconds; over a slow link more',
  },
  'links.open': {
    type: 'list',
    default: [],
    help: 'program and arguments that open an address, run without a shell; empty: what the desktop has, and over SSH the address is copied',
  },
  'files.folder': { type: 'string', default: '~/Downloads', help: 'where /download keeps files' },
  'files.max_mib': { type: 'integer', default: 100, min: 1, max: 100_000, help: 'most that /download takes, MiB' },
  'history.log': {
    type: 'boolean',
    default: true,
    scope: 'chat',
    help: 'keep what is said on this disk, readable logs and a searchable history (accounts; --no-log wins)',
  },
  'history.sync': {
    type: 'choice',
    default: 'normal',
    choices: ['normal', 'strict'],
    help: 'strict: what was received is on the disk before the server hears so, and a power cut loses at most a second of the rest; costs up to one fsync a second',
  },
  'history.guests': { type: 'boolean', default: false, help: 'keep it for guest visits too' },
  'log.lines': {
    type: 'integer',
    default: 5000,
    min: 100,
    max: 1000000,
    help: 'entries kept in memory per chat',
    restart: true,
  },
  'tabs.gaps': { type: 'boolean', default: false, help: 'closing a tab leaves its number free' },
  'tabs.list': {
    type: 'choice',
    default: 'bottom',
    choices: ['bottom', 'left', 'none'],
    help: 'where the list of tabs is; left: where the terminal has 100 columns',
  },
  'ui.theme': {
    type: 'string',
    default: 'auto',
    shape: 'name',
    help: 'name of the theme; auto: dark or light, as the background is',
  },
  'ui.background': {
    type: 'string',
    default: 'auto',
    shape: 'background',
    help: 'background of the terminal, on which colours must be readable: dark, light or #rrggbb; auto: the terminal is asked',
  },
  'ui.nick_width': { type: 'integer', default: 24, min: 4, max: 60, help: 'nicks are cut after so many cells' },
  'ui.align': {
    type: 'choice',
    default: 'column',
    choices: ['column', 'ragged'],
    help: 'column: messages begin below each other, nicks end before them; ragged: right behind the nick',
  },
  'ui.accessible': {
    type: 'boolean',
    default: false,
    help: 'for screen readers: one column, nick first, words for signs, nothing that changes by itself',
  },
  'ui.occupants': { type: 'boolean', default: true, scope: 'chat', help: 'show who is in the room at the side' },
  'ui.occupants_width': { type: 'integer', default: 18, min: 6, max: 60, help: 'width of that list in cells' },
  'ui.time': {
    type: 'choice',
    default: 'minutes',
    choices: ['minutes', 'seconds', 'none'],
    help: 'time before each message',
  },
  'ui.clock': {
    type: 'boolean',
    default: false,
    help: 'a clock in the info bar; it makes the program wake up each minute',
  },
  'ui.info_rows': { type: 'integer', default: 3, min: 0, max: 6, help: 'most rows of the info line' },
  'ui.info_seconds': {
    type: 'integer',
    default: 10,
    min: 0,
    max: 600,
    help: 'how long a notice stays in the info line; 0: until the next key',
  },
  'ui.max_fps': { type: 'integer', default: 30, min: 1, max: 120, help: 'most frames a second' },
  'ui.ambiguous_width': {
    type: 'integer',
    default: 1,
    min: 1,
    max: 2,
    help: 'cells of East Asian ambiguous characters',
    restart: true,
  },
  'ui.ascii': {
    type: 'choice',
    default: 'auto',
    choices: ['auto', 'on', 'off'],
    help: 'draw lines and marks with ASCII only',
    restart: true,
  },
  'ui.color': {
    type: 'choice',
    default: 'auto',
    choices: ['auto', 'never', '16', '256', 'true'],
    help: 'colours of the terminal',
    restart: true,
  },
  'ui.title': { type: 'boolean', default: true, help: 'set the title of the terminal' },
  'ui.hyperlinks': { type: 'boolean', default: true, help: 'let the terminal open addresses (OSC 8)' },
  'ui.expand': { type: 'boolean', default: false, help: 'show long messages whole' },
  'ui.low_bandwidth': { type: 'boolean', default: false, help: 'fewer frames, no typing notices, no colours of nicks' },
  'ui.bidi': {
    type: 'choice',
    default: 'terminal',
    choices: ['terminal', 'app', 'off'],
    help: 'who reorders right-to-left text; app: for terminals that do not, what is being typed excepted',
  },
  'plugins.load': {
    type: 'list',
    default: ['bell', 'url-list', 'day-change', 'auto-correct'],
    help: 'plugins to load at the start',
  },
});

export type OptionName = keyof typeof OPTIONS;
