/** Puts the services of the core together; holds them and decides nothing. */
import type { Api, Command, Hooks as HookTable, Plugin, PluginApi, Tab, TabKind } from '../api.js';
import { createDisposables, type Disposables } from '../lib/disposables.js';
import { createEmitter } from '../lib/emitter.js';
import { errorText, UserError } from '../lib/errors.js';
import { createHooks } from '../lib/hooks.js';
import type { BareJid } from '../lib/jid.js';
import { cleanLine } from '../lib/text.js';
import type { Clock } from '../lib/time.js';
import type { Events } from '../model/events.js';
import { createStore, type Store } from '../model/store.js';
import type { ChatId } from '../model/types.js';
import type { AccountMark, ScreenPort } from '../model/view.js';
import { type Absences, connectAbsence } from './absence.js';
import { createOwnedApi, printValue, type Services } from './api.js';
import { connectAutojoin } from './autojoin.js';
import { connectBookmarkNews } from './bookmark-news.js';
import { createBounded } from './bounded.js';
import { createCatchUp } from './catch-up.js';
import { createDispatcher, createRegistry, type Dispatched } from './commands.js';
import { createCompleter } from './complete.js';
import { connectContactNews } from './contact-news.js';
import { connectDesks } from './desk.js';
import { createDrafts } from './drafts.js';
import { connectFollows } from './follows.js';
import { createForms, type Forms } from './forms.js';
import { createGuard, ENDLESS_MS } from './guard.js';
import { createHelp } from './help.js';
import { createHighlights } from './highlights.js';
import { createHistory, type HistoryService } from './history.js';
import { createHost, type Host } from './host.js';
import { connectInbox } from './inbox.js';
import { createKeymap } from './keymap.js';
import { connectLostTime } from './lost-time.js';
import { createModerator } from './moderator.js';
import { createNoScreen } from './no-screen.js';
import { createNotices, type Notices } from './notices.js';
import { createOutbox, type Outbox } from './outbox.js';
import { createPluginFiles } from './plugin-files.js';
import type { AccountsPort, OpenAccountStore, Programs, Settings, StateFile, Wire } from './ports.js';
import { createOwnPresence } from './presence.js';
import { createQuestions } from './questions.js';
import { connectRoomNews } from './room-news.js';
import { createSession, type LoginOverrides, type SessionService } from './session.js';
import { createShared, type Shared } from './shared.js';
import { type CoreShell, createShell } from './shell.js';
import { createStart, type StartIntent } from './start.js';
import type { StripSide } from './tab-strip.js';
import { createTabs, type Tabs } from './tabs.js';
import { createThemes, type Themes } from './themes.js';
import { createTyping, type Typing } from './typing.js';
import { createUnsent, type UnsentLine } from './unsent.js';
import { quoteWord } from './words.js';
import { isXmppUri } from './xmpp-uri.js';

/** Entries are numbered from here, so that old history fits in front of them. */
const FIRST_SEQ = 2 ** 38;
/** Where a line runs whose account is not shown. */
const ASIDE: Tab = { id: -1, kind: 'aside', chat: undefined, data: undefined };

export interface CoreOptions {
  readonly wire: Wire;
  readonly settings: Settings;
  readonly screen?: ScreenPort;
  readonly clock: Clock;
  /** A fresh id that nobody can guess, letters and digits. */
  readonly random: () => string;
  readonly declarations: {
    readonly commands: readonly Command[];
    readonly tabs: readonly TabKind[];
    readonly plugins: readonly Plugin[];
  };
  readonly themes: Readonly<Record<string, unknown>>;
  readonly state: StateFile;
  readonly programs: Programs;
  /** Where conversations are kept; absent: nowhere. */
  readonly openStore?: OpenAccountStore;
  readonly version: string;
  readonly debugFile?: string;
  /** Long answers are said where short ones are: no tab opens for them. */
  readonly answersStay?: boolean;
  /** Where the person keeps plugins. */
  readonly pluginFolder?: string;
  readonly debug?: (text: string) => void;
  /** /quit was typed. */
  readonly onQuit?: (message: string | undefined) => void;
  /** Several accounts in one process: what they have in common, and what this one may know of the others. */
  readonly shared?: Shared;
  readonly accounts?: AccountsPort;
  /** Whose tabs these are, as long as there are others. */
  readonly mark?: () => AccountMark | undefined;
  /** The settings as this account logs in with them; without it those of all. */
  readonly login?: Pick<Settings, 'get'>;
  /** Settles when what was opened at the start is on the screen; without it nobody waits for that. */
  readonly drawn?: () => Promise<void>;
}

export interface Core {
  readonly api: Api;
  readonly shell: CoreShell;
  readonly store: Store;
  /** Its tabs, as the strip knows them. */
  readonly side: StripSide;
  /** Who this is, or wants to be; `undefined`: a guest. */
  readonly account: BareJid | undefined;
  readonly host: Host;
  attachScreen(screen: ScreenPort): void;
  /** Whom to log in as, before anything is started. */
  override(overrides: LoginOverrides): void;
  /** A line as if it was typed in a tab without a chat: what it answers stands in the info line, seen from everywhere. */
  runAside(line: string): Promise<boolean>;
  loadPlugins(): Promise<void>;
  /** Opens the first tabs at once; settles when what was asked for is done. */
  start(intent: StartIntent): Promise<void>;
  /** Another start was asked for these rooms or links: they are opened here. */
  open(rooms: readonly string[], nick?: string): void;
  /** Puts what is being written on disk at once, on the way out of a crash; never throws. */
  keepDrafts(): void;
  /** Polite end: plugins, questions, connection. */
  stop(reason?: string): Promise<void>;
  /** After that, if the process goes on without this account: its tabs are gone. */
  forget(): void;
  createApi(owner: string): PluginApi;
  /** For `uncaughtException` and `unhandledRejection`: true if a plugin did it, which was told and counted. */
  handleStray(error: unknown): boolean;
  /** Owner of the code that runs now; inside those two handlers the one that failed. */
  ownerOf(): string;
  /** How much is registered, for tests of unloading. */
  registered(): Readonly<Record<string, number>>;
}

export function createCore(options: CoreOptions): Core {
  const { wire, settings, clock, state, programs, declarations, random } = options;
  const debug = options.debug ?? (() => {});
  const now = (): number => clock.now();
  let screen = options.screen ?? createNoScreen();

  // Order matters: each service may use those above it; the few that look down do it through these slots.
  let api: Api;
  let tabs: Tabs;
  let host: Host;
  let notices: Notices;
  let typing: Typing;
  let outbox: Outbox;
  let session: SessionService;
  let themes: Themes;
  let forms: Forms;
  let history: HistoryService;
  let absence: Absences | undefined;
  /** Who we were at the last login. */
  let identity: string | undefined;

  const touchListeners = new Set<(region: string, chat?: ChatId) => void>();
  const touch = (region: string, chat?: ChatId): void => {
    for (const listener of touchListeners) listener(region, chat);
  };

  let bounded: ReturnType<typeof createBounded> | undefined;
  const guard = createGuard({
    now,
    debug,
    onFault(owner, error, what) {
      if (owner === 'core') return;
      const name = owner.replace(/^plugin:/, '');
      emitter.emit('plugin:faulted', { name, error: cleanLine(`${what}: ${errorText(error)}`) });
    },
    onTooMany: (owner, error) => host.disable(owner, error),
    bounded(owner) {
      if (host.isBuiltin(owner)) return undefined;
      bounded ??= createBounded(ENDLESS_MS);
      return bounded;
    },
  });
  const around = (owner: string, what: string, call: () => unknown): unknown => guard.run(owner, what, call);
  const emitter = createEmitter<Events>({ onFault: guard.fault, around });
  const hooks = createHooks<HookTable>({ onFault: guard.fault, around });

  const {
    strip,
    ignores,
    colors,
    questions: queue,
  } = options.shared ??
  createShared({
    settings,
    state,
    changed: () => touch('all'),
    warn: sentence => notices.add(cleanLine(sentence), { level: 'warning' }),
  });
  const mark = options.mark ?? (() => undefined);
  const highlights = createHighlights(chat => {
    const words = settings.get('rooms.highlight', chat);
    return Array.isArray(words) ? (words as readonly string[]) : [];
  });
  const store = createStore({
    emit: (event, payload) => (emitter.emit as (name: string, payload: unknown) => void)(event, payload),
    touch,
    now,
    isHighlight: highlights.isHighlight,
    isIgnored: ignores.isIgnored,
    policy: {
      movements: room => settings.get('rooms.movements', room) as 'all' | 'smart' | 'none',
      notify: room => settings.get('rooms.notify', room) as 'all' | 'mention' | 'none',
    },
    logCapacity: Number(settings.get('log.lines')),
    firstSeq: FIRST_SEQ,
  });

  // ------------------------------------------------------------------------------------------------ owners and api

  const bags = new Map<string, { readonly bag: Disposables; readonly api: PluginApi }>();
  const createApi = (owner: string): PluginApi => {
    const known = bags.get(owner);
    if (known !== undefined) return known.api;
    const bag = createDisposables(error => guard.fault(owner, error, 'an undo'));
    const made = createOwnedApi(owner, services, bag);
    bags.set(owner, { bag, api: made });
    return made;
  };
  const release = (owner: string): void => {
    const known = bags.get(owner);
    bags.delete(owner);
    known?.bag.dispose();
    if (owner !== 'core') touch('all');
  };

  // ----------------------------------------------------------------------------------------------------- services

  const registry = createRegistry();
  const keymap = createKeymap(settings);
  const questions = createQuestions(
    () => touch('input'),
    queue,
    () => (tabs.shown === undefined ? mark()?.name : undefined),
  );
  const presence = createOwnPresence(wire);
  const unsent = createUnsent(() => history.state);
  /** What the last run could not send, until its chats are shown. */
  let left: readonly UnsentLine[] = [];
  const drafts = createDrafts({ clock, state: () => history.state });
  history = createHistory({
    store,
    emitter,
    clock,
    settings,
    wire,
    openStore: options.openStore,
    warn: (text, chat) => notices.add(text, chat === undefined ? { level: 'warning' } : { level: 'warning', chat }),
    touch,
    isWaiting: id => unsent.has(id),
    waitingAs: (chat, entry) => unsent.like(chat, entry),
    opened() {
      catchUp.reset();
      left = unsent.restore();
      // What was being written in a room that was shown before we knew who we are.
      touch('drafts');
    },
    loaded() {
      outbox.restore(left, (chat, id) => history.ensure(chat, id));
      for (const line of left) {
        if (store.chat(line.chat) !== undefined) tabs.openChat(line.chat, { background: true });
      }
      left = [];
    },
    closing() {
      drafts.flush();
      unsent.detach();
    },
  });
  notices = createNotices({
    store,
    hooks,
    now,
    touchInfo: () => touch('info'),
    infoRows: () => Number(settings.get('ui.info_rows')),
    reveal() {
      if (options.answersStay !== true && tabs.kinds.includes('info')) tabs.open('info');
    },
  });
  typing = createTyping({
    clock,
    store,
    wanted: chat => settings.get('typing.send', chat) === true && settings.get('ui.low_bandwidth') !== true,
    send: (chat, chatState) => outbox.state(chat, chatState),
  });
  outbox = createOutbox({
    wire,
    store,
    hooks,
    clock,
    random,
    unsent,
    cursor: archive => catchUp.cursor(archive),
    bodyState: chat => typing.withBody(chat),
    remark: (text, chat) => notices.add(text, { level: 'warning', chat }),
  });
  session = createSession({
    wire,
    settings: options.login ?? settings,
    isTaken: account => options.accounts?.isTaken(account) === true,
    programs,
    facts: () => store.session,
    opening(account, guestHost) {
      const who = account ?? guestHost;
      if (identity !== undefined && who !== identity) {
        unsent.detach();
        outbox.lanes.reset();
      }
      identity = who;
      return history.open(account, guestHost);
    },
    alone: () => history.current?.writable === true,
    askSecret: text => questions.ask({ text, secret: true }),
    // What goes wrong with the connection is read where the person is.
    notice(level, text) {
      const chat = level === 'info' ? undefined : tabs.shown?.chat?.id;
      notices.add(text, chat === undefined ? { level } : { level, chat });
    },
  });
  tabs = createTabs({
    store,
    guard,
    apiOf: createApi,
    strip,
    mark,
    touch,
    older: id => history.older(id),
    onLeave(tab) {
      if (tab.chat !== undefined) typing.left(tab.chat.id);
    },
    onSwitch(tab) {
      if (tab.chat !== undefined) typing.entered(tab.chat.id);
      // Before anything of it counts as read.
      absence?.entered(tab.chat);
      emitter.emit('tab:switched', { tab: tab.id });
    },
    onReturn: tab => absence?.entered(tab.chat),
    onClose: tab => forms.closed(tab),
  });
  forms = createForms(params => tabs.open('form', params));
  const moderator = createModerator({ wire, state: () => history.state, now });
  themes = createThemes({
    themes: options.themes,
    settings,
    screen: () => screen,
    warn: text => notices.add(text, { level: 'warning' }),
    changed(name) {
      emitter.emit('theme:changed', { name });
      touch('all');
    },
  });

  const say = (line: string, tab: Tab): Dispatched => {
    const kind = tabs.kindOf(tab);
    if (kind?.submit !== undefined) {
      tabs.call(tab, 'a line', (declared, context) => declared.submit?.(context, line), undefined);
      return { accepted: true, done: Promise.resolve(true) };
    }
    const { chat } = tab;
    const obstacle =
      chat === undefined
        ? new UserError(
            'Nobody can hear you in this tab.',
            'Enter a room with /join room@service, or go to a chat with /win.',
          )
        : outbox.obstacle(chat.id);
    if (obstacle !== undefined) complain(obstacle, tab);
    if (chat === undefined || obstacle !== undefined) return { accepted: false, done: Promise.resolve(false) };
    const done = outbox.say(chat.id, line).then(
      () => true,
      (error: unknown) => {
        if (!(error instanceof UserError)) guard.fault('core', error, 'saying a line');
        complain(
          error instanceof UserError ? error : new UserError('This could not be said because of an internal error.'),
          tab,
        );
        return false;
      },
    );
    return { accepted: true, done };
  };
  const complain = (error: UserError, tab: Tab): void =>
    notices.error(error, error.about === undefined ? tab.chat?.id : (error.about as ChatId));

  const dispatcher = createDispatcher({
    registry,
    guard,
    apiOf: createApi,
    session: () => store.session,
    aliases: () => settings.table('aliases'),
    prefixRuns: () => settings.get('commands.prefix') === true,
    text: say,
    complain,
    ran(name, line, ok) {
      debug(`command ${line}${ok ? '' : ' failed'}`);
      emitter.emit('command:ran', { name, line, ok });
    },
  });
  const help = createHelp({
    commands: () => registry.list,
    find: name => registry.find(name),
    owner: name => registry.owner(name),
    aliases: () => settings.table('aliases'),
    options: () => settings.options,
    showValue: name => (settings.options.get(name)?.secret ? cleanLine('(secret)') : printValue(settings.get(name))),
    keys: () => keymap.list,
    plugins: () => host.plugins,
  });
  const completer = createCompleter({
    registry,
    api: () => api,
    apiOf: createApi,
    aliases: () => settings.table('aliases'),
    after: () => String(settings.get('completion.after')),
    lastHighlighter: tab => (tab.chat === undefined ? undefined : follows.lastHighlighter(tab.chat.id)),
    safely: guard.safely,
    usable: (command, tab) => dispatcher.unavailable(command, tab.chat) === undefined,
  });
  host = createHost({
    builtins: declarations.plugins,
    files: createPluginFiles(options.pluginFolder),
    settings,
    guard,
    clock,
    apiOf: createApi,
    release,
    warn: (text, hint) => notices.error(new UserError(text, hint)),
    loaded: name => {
      emitter.emit('plugin:loaded', { name });
      // It may show messages in another way.
      touch('all');
    },
  });

  const services: Services = {
    clock,
    store,
    wire,
    settings,
    state,
    programs,
    emitter,
    hooks,
    guard,
    registry,
    dispatcher,
    help,
    keymap,
    tabs,
    accounts: options.accounts,
    notices,
    questions,
    forms,
    outbox,
    history,
    catchUp: () => catchUp,
    desks: () => desks,
    moderator,
    typing,
    ignores,
    colors,
    session,
    presence,
    themes,
    host,
    screen: () => screen,
    quit: message => options.onQuit?.(message),
    debug,
    program: { name: 'Causette', version: options.version, debugFile: options.debugFile },
  };
  api = createApi('core');

  const shell = createShell({
    store,
    settings,
    hooks,
    guard,
    tabs,
    dispatcher,
    completer,
    keymap,
    notices,
    questions,
    typing,
    drafts,
    screen: () => screen,
    now,
    warning: () => history.warning,
    account: () => mark()?.name,
    hueOf: person => colors.hueOf(person),
    onTouch(listener) {
      touchListeners.add(listener);
      return () => void touchListeners.delete(listener);
    },
  });
  const begin = createStart({
    api: () => api,
    override: overrides => session.override(overrides),
    account: () => session.account,
    random,
    expect: (room, nick) => store.apply({ kind: 'room-joining', room, nick }),
    giveUp: room => store.apply({ kind: 'room-left', room }),
    setting: name => String((options.login ?? settings).get(name)),
    drawn: options.drawn,
  });

  // ------------------------------------------------------------------------------------------------ declarations

  for (const command of declarations.commands) registry.add(command, 'core');
  for (const kind of declarations.tabs) tabs.define(kind, 'core');

  const follows = connectFollows({
    emitter,
    clock,
    settings,
    session,
    outbox,
    tabs,
    touch,
    configured: () => highlights.forget(),
  });
  const inbox = connectInbox({
    wire,
    store,
    hooks,
    place: message => catchUp.place(message),
    recall: message => history.recall(message),
  });
  const catchUp = createCatchUp({ store, emitter, clock, wire, history, receive: inbox.receive, debug });
  const desks = connectDesks({
    emitter,
    wire,
    settings,
    state,
    now,
    room: jid => store.room(jid),
    moderator,
    notice: (rows, chat, level) => notices.add(rows, { level, chat }),
    current: () => tabs.shown?.chat?.id,
    bell: () => screen.bell(),
    // Nobody looks at a desk while a room is shown.
    touch: () => (tabs.shown?.kind === 'mod' ? touch('roster') : undefined),
  });
  absence = connectAbsence({
    emitter,
    now,
    minutes: chat => Number(settings.get('rooms.summary', chat)),
    notice: (rows, chat) => notices.add(rows, { chat }),
    looked: () => tabs.shown?.chat?.id,
    placeLine: (chat, seq) => tabs.placeLine(chat, seq),
    key() {
      const chord = [...keymap.list].find(([, { line }]) => line === '/scroll unread')?.[0];
      return cleanLine(chord === undefined ? '/scroll unread' : `${chord.slice(0, 1).toUpperCase()}${chord.slice(1)}`);
    },
  });
  const newsUndos = [
    () => absence?.stop(),
    connectLostTime({
      emitter,
      store,
      wire,
      now,
      tell: (text, chat) => notices.add(text, { level: 'warning', chat }),
    }),
    () => desks.stop(),
    connectRoomNews({ emitter, wire, api: () => api, now }),
    connectContactNews({ emitter, wire, api: () => api, policy: () => String(settings.get('presence.subscribe')) }),
    connectBookmarkNews({ emitter, api: () => api, settings, debug }),
    connectAutojoin({ emitter, api: () => api, wanted: () => settings.get('rooms.autojoin') === true, debug }),
    () => themes.stop(),
  ];
  if (options.screen !== undefined) themes.apply();
  if (tabs.kinds.includes('start')) tabs.open('start', undefined, { background: strip.shown !== undefined });

  return {
    api,
    shell,
    store,
    side: tabs.side,
    get account() {
      return session.identity;
    },
    host,
    attachScreen(next) {
      screen = next;
      themes.apply();
      touch('all');
    },
    override: overrides => session.override(overrides),
    runAside: line => dispatcher.dispatch(line, tabs.shown ?? ASIDE).done,
    loadPlugins: () => host.loadAll(),
    start: intent => begin(intent),
    open(rooms, nick) {
      for (const room of rooms) {
        const named = nick === undefined || isXmppUri(room) || room.includes('/') ? room : `${room}/${nick}`;
        dispatcher.dispatch(`/join ${quoteWord(named)}`, tabs.current);
      }
      screen.bell();
    },
    keepDrafts() {
      try {
        drafts.flush();
      } catch {
        // Something is broken already; the report says what.
      }
    },
    async stop(reason) {
      follows.stop();
      typing.stop();
      questions.cancelAll();
      host.dispose();
      drafts.flush();
      // What waits to be sent has not failed because we leave.
      unsent.freeze();
      history.freeze();
      catchUp.stop();
      await wire.disconnect({ reason });
      for (const undo of newsUndos) undo();
      inbox.disconnect();
      history.close();
      release('core');
    },
    forget: () => tabs.end(),
    createApi,
    handleStray(error) {
      const owner = guard.ownerOf();
      if (owner === 'core') return false;
      guard.fault(owner, error, 'something it started');
      return true;
    },
    ownerOf: () => guard.ownerOf(),
    registered: () => ({
      commands: registry.names.length,
      keys: keymap.list.size,
      kinds: tabs.kinds.length,
      listeners: emitter.count(),
      filters: hooks.count(),
      options: settings.options.size,
    }),
  };
}
