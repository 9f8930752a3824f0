/** The accounts of one process: each has a core of its own, and all of them one screen. */
import type { AccountFacts } from '../api.js';
import { errorText, UserError } from '../lib/errors.js';
import { type BareJid, bareOf } from '../lib/jid.js';
import { cleanIdentifier, cleanLine, type Safe, safe } from '../lib/text.js';
import type { LogReader } from '../model/types.js';
import type { AccountMark, ScreenPort } from '../model/view.js';
import { accountLogin } from './account-login.js';
import { markAccounts, nameAccounts } from './account-names.js';
import { screenOf } from './account-screen.js';
import { FIND, type Opening, readWish, type Wish } from './account-wishes.js';
import type { Core, CoreOptions } from './app.js';
import { nearest } from './match.js';
import type { AccountsPort, Settings, StateFile } from './ports.js';
import type { LoginOverrides } from './session.js';
import { createShared } from './shared.js';
import type { CoreShell } from './shell.js';
import type { StartIntent } from './start.js';
import { createSwitchboard, type Line } from './switchboard.js';

/** What a core of one of several accounts is made with besides its own. */
export type AccountLinks = Required<Pick<CoreOptions, 'shared' | 'accounts' | 'mark' | 'login'>>;

export interface Accounts {
  /** What the screen knows. */
  readonly shell: CoreShell;
  /** In the order in which they were opened. */
  readonly cores: readonly Core[];
  /** The core whose tab is shown. */
  readonly shown: Core;
  /** A core, its tabs behind those of the others; nothing is connected. Throws a UserError if it is open already. */
  open(wish: Opening): Core;
  /** Loads its plugins and connects, with what the settings say of it. */
  begin(core: Core): Promise<void>;
  /** What a core that was opened has to do first, as the settings say. */
  intentOf(core: Core): StartIntent;
  attachScreen(screen: ScreenPort): void;
  /** What each says where no chat is meant, with its name if there are several. */
  news(): readonly { readonly log: LogReader; readonly label: Safe }[];
  keepDrafts(): void;
  handleStray(error: unknown): boolean;
  ownerOf(): string;
  stop(message?: string): Promise<void>;
  /** An account was opened or closed. */
  onChange(listener: () => void): () => void;
}

interface Entry extends Omit<Wish, 'saved'> {
  readonly id: number;
  readonly core: Core;
  readonly line: Line;
  readonly unplug: () => void;
  /** Name in the settings; the account of `account.jid` has none. */
  saved: string | undefined;
}

export function createAccounts(options: {
  readonly settings: Settings;
  readonly state: StateFile;
  /** Makes a core with a wire of its own. */
  readonly make: (links: AccountLinks) => Core;
  /** Where to dial, said on the command line: it holds for all of them. */
  readonly route: Omit<LoginOverrides, 'jid' | 'server' | 'passwordCommand'>;
}): Accounts {
  const { settings, state, make, route } = options;
  let entries: readonly Entry[] = [];
  let serial = 0;
  let screen: ScreenPort | undefined;
  /** Of all that are open; `undefined` while there is one. */
  let marks: ReadonlyMap<number, AccountMark> | undefined;
  const listeners = new Set<() => void>();

  const shared = createShared({
    settings,
    state,
    changed: () => switchboard.touch('all'),
    warn: sentence => shown().core.api.ui.notice(cleanLine(sentence), { level: 'warning' }),
  });
  const ofSide = (side: unknown): Entry | undefined => entries.find(one => one.core.side === side);
  const shown = (): Entry => {
    const entry = ofSide(shared.strip.shown?.side) ?? entries[0];
    if (entry === undefined) throw new Error('no account is open');
    return entry;
  };
  const switchboard = createSwitchboard({
    shown: () => shown().line,
    of: tab => ofSide(shared.strip.byId(tab)?.side)?.line,
  });
  const jidOf = ({ core }: Entry): BareJid | undefined => {
    const { jid, anonymous } = core.store.session;
    return jid !== undefined && !anonymous ? bareOf(jid) : core.account;
  };
  const byId = (id: number): Entry => {
    const entry = entries.find(one => one.id === id);
    if (entry === undefined) throw new UserError('This account is not open any more.', '/account lists them.');
    return entry;
  };

  /** Whoever logs in as somebody else has another name: asked for whenever it is shown, so it is kept until that changes. */
  let marked = '';
  const takeMarks = (): typeof marks => {
    if (entries.length < 2) {
      marked = '';
      marks = undefined;
      return marks;
    }
    const named = entries.map(entry => {
      const jid = jidOf(entry);
      return {
        ...(entry.saved !== undefined && { saved: entry.saved }),
        ...(jid !== undefined && { jid }),
      };
    });
    const key = named.map(({ saved = '', jid = '' }, i) => `${entries[i]?.id} ${saved} ${jid}`).join('\n');
    if (key === marked && marks !== undefined) return marks;
    marked = key;
    const names = nameAccounts(named);
    const short = markAccounts(names);
    marks = new Map(
      entries.map(({ id }, i) => {
        const name = names[i] ?? safe``;
        return [id, { name, mark: short[i] ?? safe``, hue: named[i]?.jid ?? name }];
      }),
    );
    return marks;
  };
  const markOf = (id: number): AccountMark | undefined => takeMarks()?.get(id);

  const factsOf = (entry: Entry): AccountFacts => {
    const { id, core, saved, main } = entry;
    const jid = jidOf(entry);
    const alone = nameAccounts([{ ...(saved !== undefined && { saved }), ...(jid !== undefined && { jid }) }])[0];
    const mark = markOf(id) ?? { name: alone ?? safe``, mark: safe``, hue: jid ?? alone ?? '' };
    const tabs = shared.strip.list.filter(one => one.side === core.side);
    const kept =
      saved ?? (main && jid !== undefined && settings.get('account.jid') === jid ? 'account.jid' : undefined);
    return {
      id,
      ...mark,
      ...(jid !== undefined && { jid }),
      session: core.store.session,
      tabs: tabs.length,
      unread: tabs.reduce((sum, one) => sum + one.side.info(one.tab.id).unread, 0),
      shown: entry === shown(),
      ...(kept !== undefined && { kept }),
    };
  };

  const changed = (): void => {
    takeMarks();
    for (const listener of listeners) listener();
    switchboard.touch('all');
  };

  // ------------------------------------------------------------------------------------------------- opening, closing

  const open = (wish: Opening): Core => {
    const { saved, overrides, main } = readWish(settings, wish, route);
    const id = ++serial;
    if (overrides.jid !== undefined) {
      const taken = entries.find(one => jidOf(one) === overrides.jid);
      if (taken !== undefined) {
        throw new UserError(`${cleanIdentifier(overrides.jid)} is open already.`, `/account ${factsOf(taken).name}`);
      }
    }
    const entry: { -readonly [K in keyof Entry]?: Entry[K] } = {};
    const core = make({
      shared,
      accounts: portFor(id),
      mark: () => markOf(id),
      login: main ? settings : accountLogin(settings, () => entry.saved),
    });
    const line: Line = { shell: core.shell, mark: () => markOf(id) };
    const made = Object.assign(entry, { id, core, line, overrides, saved, main, unplug: switchboard.plug(line) });
    entries = [...entries, made as Entry];
    core.override(overrides);
    if (screen !== undefined) core.attachScreen(screenOf(screen, () => shown().core === core));
    if (entries.length > 1) changed();
    return core;
  };

  const intentOf = (core: Core): StartIntent => {
    const entry = entries.find(one => one.core === core);
    const saved = entry?.saved;
    const rooms = saved === undefined ? [] : settings.get(`accounts.${saved}.rooms`);
    return { ...entry?.overrides, rooms: Array.isArray(rooms) ? (rooms as readonly string[]) : [], exec: [] };
  };

  const begin = async (core: Core): Promise<void> => {
    await core.loadPlugins();
    await core.start(intentOf(core));
  };

  const close = async (entry: Entry): Promise<void> => {
    if (entries.length < 2) throw new UserError('This is the only account.', '/disconnect leaves it, /quit ends all.');
    const { name, kept } = factsOf(entry);
    if (entry === shown()) {
      const last = entries.find(one => one !== entry);
      const slot = last === undefined ? undefined : shared.strip.lastOf(last.core.side);
      if (slot !== undefined) shared.strip.show(slot.tab.id);
    }
    try {
      await entry.core.stop();
    } finally {
      // Its tabs go last: until then whatever was still said in them has a place.
      entry.core.forget();
      entry.unplug();
      entries = entries.filter(one => one !== entry);
      changed();
    }
    const again =
      kept === undefined ? safe`` : safe` It comes back at the next start; /account forget ${name} ends that.`;
    shown().core.api.ui.notice(safe`The account ${name} is closed.${again}`);
  };

  const keep = (entry: Entry, yes: boolean): string => {
    const jid = jidOf(entry);
    if (!yes) {
      const { kept } = factsOf(entry);
      if (kept === undefined) throw new UserError('This account does not come back at the next start anyway.');
      if (entry.saved === undefined) settings.set('account.jid', '');
      else settings.keepAccount(entry.saved, false);
      entry.saved = undefined;
      changed();
      return kept;
    }
    if (entry.saved === undefined && entry.main && jid !== undefined && settings.get('account.jid') === '') {
      settings.set('account.jid', jid);
      return 'account.jid';
    }
    const name = entry.saved ?? factsOf(entry).name;
    settings.keepAccount(name, true);
    settings.set(`accounts.${name}.autoconnect`, 'on');
    if (jid !== undefined) settings.set(`accounts.${name}.jid`, jid);
    else {
      settings.set(`accounts.${name}.guest`, entry.overrides.server ?? FIND);
      // Guests have no bookmarks.
      const rooms = [...entry.core.store.chats.values()].filter(chat => chat.kind === 'room').map(chat => chat.id);
      settings.set(`accounts.${name}.rooms`, JSON.stringify(rooms));
      const nick = entry.core.store.room(rooms[0] ?? ('' as BareJid))?.nick ?? '';
      if (nick !== '') settings.set(`accounts.${name}.nick`, nick);
    }
    entry.saved = name;
    changed();
    return `accounts.${name}`;
  };

  const find = (wanted: string): AccountFacts => {
    const all = entries.map(factsOf);
    const lower = wanted.toLowerCase();
    const exact = all.find(
      one =>
        one.name.toLowerCase() === lower ||
        one.mark.toLowerCase() === lower ||
        one.jid === lower ||
        one.kept === wanted,
    );
    if (exact !== undefined) return exact;
    const begun = all.filter(one => one.name.toLowerCase().startsWith(lower));
    if (begun.length === 1 && begun[0] !== undefined) return begun[0];
    const names = all.map(one => one.name);
    const near = nearest(wanted, names);
    throw new UserError(
      `No account here is called ${cleanIdentifier(wanted)}.`,
      near === undefined ? `There are: ${names.join(', ')}` : `Did you mean ${near}?`,
    );
  };

  const portFor = (asker: number): AccountsPort => ({
    get list() {
      return entries.map(factsOf);
    },
    add(wish) {
      const core = open(wish);
      const slot = shared.strip.lastOf(core.side);
      if (slot !== undefined) shared.strip.show(slot.tab.id);
      const { api } = core;
      begin(core).then(
        () => {
          const entry = entries.find(one => one.core === core);
          if (entry === undefined || factsOf(entry).kept !== undefined || core.store.session.status !== 'online')
            return;
          api.ui.notice(safe`/account keep opens it at every start.`);
        },
        (error: unknown) => api.ui.error(cleanLine(errorText(error))),
      );
    },
    close: async id => close(byId(id)),
    go(id) {
      const slot = shared.strip.lastOf(byId(id).core.side);
      if (slot !== undefined) shared.strip.show(slot.tab.id);
    },
    run: (id, line) => byId(id).core.runAside(line),
    find,
    keep: (id, yes) => keep(byId(id), yes),
    get kept() {
      return settings.accounts.filter(name => !entries.some(one => one.saved === name));
    },
    isTaken: account => entries.some(one => one.id !== asker && jidOf(one) === account),
    get hosts() {
      return entries.filter(one => one.id !== asker).map(one => one.core.host);
    },
  });

  return {
    shell: switchboard.shell,
    get cores() {
      return entries.map(one => one.core);
    },
    get shown() {
      return shown().core;
    },
    open,
    begin,
    intentOf,
    attachScreen(port) {
      screen = port;
      for (const { core } of entries) core.attachScreen(screenOf(port, () => shown().core === core));
    },
    news: () => entries.map(({ id, core }) => ({ log: core.store.notices, label: markOf(id)?.name ?? safe`` })),
    keepDrafts() {
      for (const { core } of entries) core.keepDrafts();
    },
    handleStray: error => entries.some(({ core }) => core.handleStray(error)),
    ownerOf: () => entries.map(({ core }) => core.ownerOf()).find(owner => owner !== 'core') ?? 'core',
    async stop(message) {
      await Promise.allSettled(entries.map(({ core }) => core.stop(message)));
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
