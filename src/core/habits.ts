/** What fingers trained by irssi, WeeChat, Poezio and Profanity type that is no command here: the line that does it, or a sentence. */
import { UserError } from '../lib/errors.js';

export type Habit =
  /** A line as in an alias; with `whom` it does nothing without an argument. */
  | { readonly line: string; readonly whom?: true }
  /** What there is instead: a sentence, and the next step. */
  | { readonly says: string; readonly next: string };

const line = (text: string): Habit => ({ line: text });
const whom = (text: string): Habit => ({ line: text, whom: true });
const says = (sentence: string, next: string): Habit => ({ says: sentence, next });

const FILES = says('Files cannot be sent from here.', 'Put it on the web and say its address.');
const ENCRYPTION = says(
  'There is no end-to-end encryption here; the connection to your server is encrypted.',
  'The bar shows how: [TLS].',
);
const KEPT = says(
  'There is nothing to save: settings are kept when they change, and bookmarked rooms are entered again at the next login.',
  '/bookmark keeps a room, /move changes the place of a tab.',
);
const OPERATORS = says('What a server lets its operators do is a list of commands.', '/adhoc server shows it.');
const ANNOUNCED = says(
  'What others may know of you is an option for each thing.',
  '/set typing.send, /set receipts.send and /status.',
);
const ONE_BY_ONE = says('Nothing is said to several rooms at once.', '/win lists the tabs.');

const TABLE: Readonly<Record<string, Habit>> = {
  // Shorter, or another word for the same.
  p: line('/part $*'),
  c: line('/clear'),
  wn: line('/next'),
  wp: line('/prev'),
  wl: line('/win list'),
  wup: line('/win $*'),
  wins: line('/win list'),
  ww: line('/whowas $*'),
  wii: line('/whois $*'),
  userhost: line('/whois $*'),
  ub: line('/unban $*'),
  ver: line('/version $*'),
  sv: line('/version'),
  software: line('/version $*'),
  serversoftware: line('/version $*'),
  date: line('/time $*'),
  users: line('/names'),
  nicks: line('/names'),
  signoff: line('/quit $*'),
  logout: line('/disconnect'),
  tcp_reconnect: line('/reconnect now'),
  'tcp-reconnect': line('/reconnect now'),
  link: line('/open $*'),
  rawlog: line('/xml $*'),
  motd: line('/disco $*'),
  blocked: line('/block'),
  silence: line('/block $*'),
  unsilence: whom('/unblock $*'),
  prefs: line('/changes'),
  fset: line('/set $*'),
  key: line('/bind $*'),
  load: whom('/plugin load $*'),
  unload: whom('/plugin unload $*'),
  dehilight: whom('/highlight -remove $*'),
  dehighlight: whom('/highlight -remove $*'),
  remove_bookmark: line('/bookmark -remove $*'),
  bookmark_local: line('/bookmark $*'),
  unregister: line('/register -remove $*'),
  moderate: line('/retract $*'),
  // Poezio's /status by its words, and its ranks.
  available: line('/status available $*'),
  dnd: line('/status dnd $*'),
  busy: line('/status dnd $*'),
  xa: line('/status xa $*'),
  owner: whom('/affiliation $1 owner $2-'),
  admin: whom('/affiliation $1 admin $2-'),
  member: whom('/affiliation $1 member $2-'),
  halfop: whom('/op $*'),
  dehalfop: whom('/deop $*'),
  // What there is instead.
  layout: KEPT,
  upgrade: says('A new version is used at the next start.', '/quit'),
  reload: says('Settings are used as soon as they are saved.', '/plugin reload NAME loads a plugin anew.'),
  dcc: FILES,
  upload: FILES,
  sendfile: FILES,
  embed: FILES,
  omemo: ENCRYPTION,
  otr: ENCRYPTION,
  pgp: ENCRYPTION,
  ox: ENCRYPTION,
  encrypted: ENCRYPTION,
  carbons: ANNOUNCED,
  receipts: ANNOUNCED,
  states: ANNOUNCED,
  intype: ANNOUNCED,
  outtype: ANNOUNCED,
  privacy: ANNOUNCED,
  amsg: ONE_BY_ONE,
  allchan: ONE_BY_ONE,
  wall: ONE_BY_ONE,
  wallops: ONE_BY_ONE,
  oper: OPERATORS,
  stats: OPERATORS,
  kill: OPERATORS,
  announce: OPERATORS,
  ns: says('Nicks are registered with a room, and you are known by your account.', '/register, or /login you@server.'),
  nickserv: says(
    'Nicks are registered with a room, and you are known by your account.',
    '/register, or /login you@server.',
  ),
  cs: says('Rooms look after themselves.', '/affiliation, /op and /configure do what ChanServ does.'),
  chanserv: says('Rooms look after themselves.', '/affiliation, /op and /configure do what ChanServ does.'),
  lusers: says(
    'A server does not tell how many people it has.',
    '/list shows its rooms, /disco server what it offers.',
  ),
  map: says('Servers find each other by themselves.', '/disco server shows what one offers.'),
  links: says('Servers find each other by themselves.', '/disco server shows what one offers.'),
  ison: says('Who is there stands among your contacts.', '/roster shows them, /add someone@server adds one.'),
  notify: says('You are told when somebody says your name or writes to you.', '/highlight word, /set rooms.notify.'),
  nctcp: line('/ctcp $*'),
  describe: says('What you do is said where you are.', '/query nick opens the chat, /me does it there.'),
  recolor: says('The colour of a nick comes from the nick.', '/color nick COLOUR gives it another.'),
  groupadd: says('Groups of a contact are set together.', '/rename -group someone@server Friends, Work'),
  groupmove: says('Groups of a contact are set together.', '/rename -group someone@server Friends, Work'),
  groupremove: says('Groups of a contact are set together.', '/rename -group someone@server Friends, Work'),
  presence: says('Rooms and contacts see how available you are.', '/status away back at noon'),
  filter: says('Joins and leaves can be shown all, in part or not at all.', '/set rooms.movements none'),
  occupants: line('/panel occupants'),
  bar: says('Panes are shown and hidden by name.', '/panel occupants, /panel tabs'),
  statusbar: says('The bars stand where they are; panes can be hidden.', '/panel occupants, /panel tabs'),
  titlebar: says('The bars stand where they are; panes can be hidden.', '/panel occupants, /panel tabs'),
  autoaway: says('Away is what you say yourself.', '/away text, and /away again when you are back'),
  logging: says(
    'Whether what is said is kept on this disk is an option.',
    '/set history.log, and /history shows what is kept.',
  ),
  log: says(
    'Whether what is said is kept on this disk is an option.',
    '/set history.log, and /history shows what is kept.',
  ),
  mam: says('What you missed is fetched by itself.', '/history shows what is kept and missing.'),
  undo: says('Ctrl-_ undoes in the input line.', 'What was said is taken back with /retract or mended with /correct.'),
  room: says('The room of a tab is changed with /configure.', '/affiliation shows who is what, /destroy ends it.'),
  sub: says('Contacts are asked with /add and answered with /accept or /deny.', '/invites shows who asks.'),
  attention: says('Nobody can be made to look.', '/msg somebody writes to them.'),
  buzz: says('Nobody can be made to look.', '/msg somebody writes to them.'),
};

const HABITS: ReadonlyMap<string, Habit> = new Map(Object.entries(TABLE));

/** All names, for tests and for help. */
export const habitNames: readonly string[] = [...HABITS.keys()];

/** What somebody means who types this name; a number is the tab of irssi's aliases. */
export function habitFor(name: string): Habit | undefined {
  return /^\d{1,3}$/.test(name) ? { line: `/win ${name}` } : HABITS.get(name.toLowerCase());
}

/** The line that does what was meant, for `expandAlias`; a UserError if nothing does. */
export function meantBy(habit: Habit, name: string, typed: string): string | UserError {
  if ('says' in habit) return new UserError(habit.says, habit.next);
  if (habit.whom !== true || typed.trim() !== '') return habit.line;
  const shown = habit.line.replace(/ \$2-/, '').replace(/\$[*1]/, '…');
  return new UserError(`/${name} needs to know whom or what.`, `It stands for ${shown}`);
}
