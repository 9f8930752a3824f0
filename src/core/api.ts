/** The api as an owner gets it: the same calls for all, and what is registered through it belongs to the owner. */
import type { Api, Hooks as HookTable, OptionValue, PluginApi, Tab, XepApi } from '../api.js';
import { createBudget } from '../lib/budget.js';
import { parseRgb } from '../lib/color.js';
import type { Disposables } from '../lib/disposables.js';
import type { Emitter } from '../lib/emitter.js';
import { UserError } from '../lib/errors.js';
import { DROP, type Hooks } from '../lib/hooks.js';
import type { BareJid } from '../lib/jid.js';
import { fileExists, readTextFile, writePrivateFile } from '../lib/private-file.js';
import { cleanIdentifier, cleanLine, type Safe, safe } from '../lib/text.js';
import type { Clock } from '../lib/time.js';
import type { Events } from '../model/events.js';
import type { Store } from '../model/store.js';
import type { ChatId, Room } from '../model/types.js';
import type { Row, ScreenPort } from '../model/view.js';
import type { CatchUp } from './catch-up.js';
import type { Dispatcher, Registry } from './commands.js';
import type { Desks } from './desk.js';
import type { Forms } from './forms.js';
import type { Guard } from './guard.js';
import type { HistoryService } from './history.js';
import type { Host } from './host.js';
import type { Ignores } from './ignores.js';
import { type Keymap, normaliseChord } from './keymap.js';
import { matchThings, nearest } from './match.js';
import type { Moderator } from './moderator.js';
import type { NickColors } from './nick-colors.js';
import type { Notices } from './notices.js';
import type { Outbox } from './outbox.js';
import type { AccountsPort, Programs, Settings, StateFile, Wire } from './ports.js';
import type { OwnPresence } from './presence.js';
import type { Questions } from './questions.js';
import type { SessionService } from './session.js';
import type { Tabs } from './tabs.js';
import type { Themes } from './themes.js';
import type { Typing } from './typing.js';

/** The services behind the calls. */
export interface Services {
  readonly clock: Clock;
  readonly store: Store;
  readonly wire: Wire;
  readonly settings: Settings;
  readonly state: StateFile;
  readonly programs: Programs;
  readonly emitter: Emitter<Events>;
  readonly hooks: Hooks<HookTable>;
  readonly guard: Guard;
  readonly registry: Registry;
  readonly dispatcher: Dispatcher;
  readonly help: (topic?: string) => readonly Row[];
  readonly keymap: Keymap;
  readonly tabs: Tabs;
  /** Without it this account is alone and stays so. */
  readonly accounts: AccountsPort | undefined;
  readonly notices: Notices;
  readonly questions: Questions;
  readonly forms: Forms;
  readonly outbox: Outbox;
  readonly history: HistoryService;
  readonly catchUp: () => CatchUp;
  readonly desks: () => Desks;
  readonly moderator: Moderator;
  readonly typing: Typing;
  readonly ignores: Ignores;
  readonly colors: NickColors;
  readonly session: SessionService;
  readonly presence: OwnPresence;
  readonly themes: Themes;
  readonly host: Host;
  readonly screen: () => ScreenPort;
  readonly quit: (message?: string) => void;
  readonly debug: (text: string) => void;
  readonly program: Api['program'];
}

/** Messages that a plugin may send at once, and then each second. */
const BURST = 20;
const PER_SECOND = 2;

export const MASK = '••••••' as Safe;

/** A value as a person would type it. */
export function printValue(value: OptionValue): Safe {
  if (typeof value === 'boolean') return value ? safe`on` : safe`off`;
  return cleanLine(typeof value === 'object' ? value.join(', ') : String(value));
}

export function createOwnedApi(owner: string, services: Services, bag: Disposables): PluginApi {
  const { clock, store, wire, settings, guard, registry, keymap, tabs, notices, questions, outbox, host } = services;
  const isPlugin = owner !== 'core';
  const pluginName = owner.replace(/^plugin:/, '');
  const optionName = (name: string): string => (isPlugin ? `plugins.${pluginName}.${name}` : name);
  const own = (undo: () => void): (() => void) => bag.add(undo);
  const closeChat = (id: ChatId): void => {
    services.typing.closed(id);
    outbox.forget(id);
    tabs.closeChat(id);
    store.closeChat(id);
  };
  const inRoom = (id: BareJid): Room => {
    const room = store.room(id);
    if (room?.state === 'joined') return room;
    throw new UserError(`You are not in ${cleanIdentifier(id)}.`, `/join ${id}`);
  };
  /** What a plugin sends it sends in our name: a burst is allowed, a flood is not. */
  const budget = isPlugin ? createBudget(BURST, PER_SECOND, () => clock.now()) : undefined;
  const spend = (): void => {
    if (budget?.() === false)
      throw new Error(
        `${pluginName} sends more than ${BURST} messages at once and ${PER_SECOND} a second; the rest is dropped`,
      );
  };
  /** A setting as text for `Settings.set`, which parses what people type. */
  const typed = (value: OptionValue): string =>
    typeof value === 'boolean'
      ? value
        ? 'on'
        : 'off'
      : typeof value === 'object'
        ? JSON.stringify(value)
        : String(value);

  const base: Omit<PluginApi, keyof XepApi> = {
    owner,
    store,
    session: {
      get facts() {
        return store.session;
      },
      connect: options => services.session.connect(options),
      guestHostsLeft: room => services.session.guestHostsLeft(room),
      disconnect: reason => services.session.disconnect(reason),
      reconnect: () => services.session.reconnect(),
      trust: services.session.trust,
      newAccount: address => services.session.newAccount(address),
      setPresence: presence => services.presence.set(presence),
      quit: message => services.quit(message),
    },
    chats: {
      open: (jid, kind) => store.openChat(jid, kind),
      say: (chat, body, options) => {
        spend();
        return outbox.say(chat, body, options);
      },
      correct: (chat, body, messageId) => outbox.correct(chat, body, messageId),
      resend: (chat, messageId) => outbox.resend(chat, messageId),
      retract: (chat, messageId) => outbox.retract(chat, messageId),
      react: (chat, messageId, emoji) => outbox.react(chat, messageId, emoji),
      close: closeChat,
      markRead: chat => store.markRead(chat),
      setState: (chat, state) => services.typing.set(chat, state),
      clear: chat => store.clear(chat),
      ignore: rule => services.ignores.add(rule),
      unignore: rule => services.ignores.remove(rule),
      get ignored() {
        return services.ignores.list;
      },
    },
    colors: {
      hueOf: person => services.colors.hueOf(person),
      set(rule) {
        if (parseRgb(rule.color) === undefined)
          throw new UserError(`${cleanIdentifier(rule.color)} is no colour.`, '/help color shows which there are.');
        services.colors.set(rule);
      },
      remove: person => services.colors.remove(person),
      get list() {
        return services.colors.list;
      },
      get rev() {
        return services.colors.rev;
      },
    },
    xmpp: {
      send: xml => {
        spend();
        return wire.sendXml(xml);
      },
      request: (xml, options) => wire.requestXml(xml, options),
      tap: listener =>
        own(
          wire.tap((direction, xml) =>
            guard.safely(owner, 'an XML listener', () => listener(direction, xml), undefined),
          ),
        ),
      addFeature: ns => own(wire.addFeature(ns)),
      presence: presence => wire.presence(presence),
    },
    desk: {
      of: room => services.desks().of(room),
      dismiss: (room, id) => services.desks().dismiss(room, id),
      answer: (room, request, allow) => services.desks().answer(room, request, allow),
      act: (room, action, targets, reason) => services.moderator.act(inRoom(room), action, targets, reason),
      undo: room => services.moderator.undo(inRoom(room)),
      setBans: (room, list, banned) => services.moderator.setBans(room, list, banned),
      report: (room, target, report) => services.moderator.report(inRoom(room), target, report),
      remember(room, jid, ban) {
        const by = store.room(room)?.nick;
        const memory = { at: clock.now(), ...(by === undefined ? {} : { by }), ...ban };
        services.moderator.remember(room, [[jid, ban === undefined ? undefined : memory]]);
      },
      bans: room => services.moderator.bans(room),
      lockdown: room => services.moderator.lockdown(room),
      setLockdown: (room, lockdown) => services.moderator.setLockdown(room, lockdown),
    },
    files: {
      read: readTextFile,
      write: writePrivateFile,
      exists: fileExists,
      async download(address) {
        const { download } = await import('./downloads.js');
        return download({
          address,
          fetch: services.session.download,
          folder: String(settings.get('files.folder')),
          maxMib: Number(settings.get('files.max_mib')),
        });
      },
    },
    history: {
      get folder() {
        return services.history.current?.folder;
      },
      get writable() {
        return services.history.current?.writable === true;
      },
      count: chat => services.history.current?.history.count(chat) ?? 0,
      search(query, found) {
        return own(
          services.history.search(query, (hits, done) =>
            guard.safely(owner, 'a search', () => found(hits, done), undefined),
          ),
        );
      },
      searchArchives: (query, found) =>
        services.history.searchArchives(query, hits => guard.safely(owner, 'a search', () => found(hits), undefined)),
      bring: hit => services.history.bring(hit),
      around: (hit, lines) => services.history.around(hit, lines),
      aroundInArchive: (hit, lines) => services.history.aroundInArchive(hit, lines),
      show(hit) {
        const kind = hit.entry.sender.jid?.startsWith(`${hit.chat}/`) === true ? 'room' : undefined;
        const chat =
          store.chat(hit.chat) ?? (hit.entry.stored === undefined ? undefined : store.openChat(hit.chat, kind));
        const seq = services.history.bring(hit);
        if (seq === undefined || chat === undefined) {
          tabs.open('context', hit);
          return;
        }
        tabs.openChat(chat.id);
        services.screen().reveal(seq);
      },
      fill: () => services.catchUp().retry(),
      older: chat => services.history.older(chat),
    },
    on: (event, listener) => own(services.emitter.on(event, listener as never, owner)),
    filter: (hook, filter, slot) => {
      // In the api a filter swallows with nothing; in the chain that has a name.
      const asked = (value: never): unknown => {
        const answer: unknown = filter(value);
        if (answer instanceof Promise) return answer.then((one: unknown) => (one === undefined ? DROP : one));
        return answer === undefined ? DROP : answer;
      };
      return own(services.hooks.filter(hook, asked as never, slot === undefined ? { owner } : { owner, slot }));
    },
    commands: {
      add: command => own(registry.add(command, owner)),
      run: (line, tab) => services.dispatcher.dispatch(line, tab ?? tabs.current).done,
      get list() {
        return registry.list;
      },
      find: name => registry.find(name),
      help: services.help,
      owner: name => registry.owner(name),
      alias: {
        set: (name, line) => settings.setInTable('aliases', name, line),
        remove(name) {
          if (!settings.table('aliases').has(name)) return false;
          settings.setInTable('aliases', name, undefined);
          return true;
        },
        get list() {
          return settings.table('aliases');
        },
      },
    },
    keys: {
      bind(chord, line) {
        const key = normaliseChord(chord) ?? chord;
        if (isPlugin) return own(keymap.bindFor(owner, key, line));
        keymap.bind(key, line);
        return () => settings.setInTable('keys', key, undefined);
      },
      unbind: chord => keymap.unbind(normaliseChord(chord) ?? chord),
      get list() {
        return keymap.list;
      },
    },
    tabs: {
      define: kind => own(tabs.define(kind, owner)),
      open: (kind, params, options) => tabs.open(kind, params, options),
      openChat: (id, options) => tabs.openChat(id, options),
      get current() {
        return tabs.current;
      },
      get shown() {
        return tabs.shown;
      },
      get list() {
        return tabs.list;
      },
      get all() {
        return tabs.all;
      },
      info: tab => tabs.info(tab),
      go: to => tabs.go(to),
      close: tab => tabs.close(tab),
      move: (tab, number) => tabs.move(tab, number),
      setData: (tab, data) => tabs.setData(tab as Tab, data),
      find: text => tabs.find(text),
    },
    get accounts() {
      if (services.accounts === undefined) throw new UserError('There is one account here, and no more.');
      return services.accounts;
    },
    ui: {
      notice(text, options) {
        const chat = options?.chat ?? guard.chatOf();
        notices.add(text, { level: options?.level ?? 'info', chat });
      },
      error(text, options) {
        notices.error(text, options?.chat ?? guard.chatOf());
      },
      ask: question => questions.ask(question),
      confirm: text => questions.confirm(text),
      form: request => services.forms.open(request),
      bell: () => services.screen().bell(),
      get screen() {
        return services.screen();
      },
    },
    settings: {
      get: name => settings.get(optionName(name)),
      set: (name, value) => void settings.set(optionName(name), typed(value)),
    },
    config: {
      get: (name, chat) => settings.get(name, chat),
      set: (name, text, chat) => settings.set(name, text, chat),
      reset: (name, chat) => settings.reset(name, chat),
      get options() {
        return settings.options;
      },
      show(name, chat) {
        const value = settings.get(name, chat);
        return settings.options.get(name)?.secret && value !== '' ? MASK : printValue(value);
      },
      isSet: (name, chat) => settings.isSet(name, chat),
    },
    themes: {
      get list() {
        return services.themes.list;
      },
      get current() {
        return services.themes.current;
      },
      use: name => services.themes.use(name),
    },
    plugins: {
      get list() {
        return host.list;
      },
      // A plugin is there for all accounts, each with its own api.
      async load(name) {
        await host.load(name);
        await Promise.allSettled((services.accounts?.hosts ?? []).map(one => one.load(name)));
      },
      async unload(name) {
        await host.unload(name);
        await Promise.allSettled((services.accounts?.hosts ?? []).map(one => one.unload(name)));
      },
    },
    match: matchThings,
    after: (ms, run) => {
      const undo = own(
        clock.after(ms, () => {
          undo();
          guard.safely(owner, 'a timer', run, undefined);
        }),
      );
      return undo;
    },
    every: (ms, run) => own(clock.every(ms, () => guard.safely(owner, 'a timer', run, undefined))),
    nearest,
    now: () => clock.now(),
    log: { debug: text => services.debug(isPlugin ? `${owner}: ${text}` : text) },
    program: services.program,
    async edit(text) {
      if (services.programs.edit === undefined) throw new UserError('There is no editor here.');
      return services.programs.edit(text);
    },
    exec: (argv, input) => services.programs.run(argv, input),
    async openAddress(address) {
      const program = settings.get('links.open');
      return (await services.programs.open?.(address, Array.isArray(program) ? program : [])) ?? false;
    },
    storage: {
      get: key => storageOf(services.state, owner)[key],
      set(key, value) {
        services.state.set(owner, { ...storageOf(services.state, owner), [key]: value });
      },
    },
  };
  // What the XEPs can do is looked up when it is asked for: `api.muc`, `api.disco`, …
  return Object.setPrototypeOf(base, wire.xeps) as PluginApi;
}

function storageOf(state: StateFile, owner: string): Readonly<Record<string, unknown>> {
  const kept = state.get(owner);
  return typeof kept === 'object' && kept !== null ? (kept as Readonly<Record<string, unknown>>) : {};
}
