/** What the screen asks of the core: lines and keys in, tabs, views and bars out. */
import type { Hooks as HookTable } from '../api.js';
import { DROP, type Hooks } from '../lib/hooks.js';

import { type Span, span } from '../lib/span.js';
import { cleanIdentifier, type Safe, safe } from '../lib/text.js';
import type { StoreReader } from '../model/reader.js';
import type { Activity, MessageEntry } from '../model/types.js';
import type { ListItem, Row, ScreenPort, Shell, TabInfo } from '../model/view.js';
import { duration, showSign } from '../model/wording.js';
import type { Dispatched, Dispatcher } from './commands.js';
import type { Completer } from './complete.js';
import type { Drafts } from './drafts.js';
import type { Guard } from './guard.js';
import { type Keymap, normaliseChord } from './keymap.js';
import type { Notices } from './notices.js';
import type { Settings } from './ports.js';
import type { Questions } from './questions.js';
import type { Tabs } from './tabs.js';
import type { Typing } from './typing.js';

/** A paste beyond this asks first, however few lines it has. */
const MAX_PASTE = 4096;
/** Tabs named in the bar. */
const MAX_ACTIVE = 12;

export interface CoreShell extends Shell {
  /** As `submit`; true when what was entered has worked. Never rejects. */
  run(line: string): Promise<boolean>;
  /** The line may stand in the input history: no secret is in it. */
  keeps(line: string): boolean;
  /** The body of a message as plugins want it shown (`message:render`). */
  render(row: Row, message: MessageEntry): Row;
  /** What is wrong with this account, in a word or two, for those who look elsewhere. */
  trouble(): Span | undefined;
}

const ACTIVITY_TOKEN: Readonly<Record<Activity, Span['token']>> = {
  none: 'bar.normal',
  low: 'bar.dim',
  message: 'tab.message',
  private: 'tab.private',
  highlight: 'tab.highlight',
};

/** `3:support! 5:dev(12)` */
function activeTabs(tabs: readonly TabInfo[]): Row {
  const active = tabs.filter(one => one.activity !== 'none' && (one.unread > 0 || one.activity !== 'low'));
  return active.slice(0, MAX_ACTIVE).flatMap((one, i) => {
    const mark = one.highlights > 0 && one.kind === 'room' ? safe`!` : safe``;
    const unread = one.unread > 1 ? safe`(${one.unread})` : safe``;
    const whose = one.account?.mark ?? safe``;
    const shown = span(ACTIVITY_TOKEN[one.activity], safe`${one.number}${whose}:${one.title}${mark}${unread}`);
    return i === 0 ? [shown] : [span('bar.normal', safe` `), shown];
  });
}

export function createShell(options: {
  readonly store: StoreReader;
  readonly settings: Settings;
  readonly hooks: Hooks<HookTable>;
  readonly guard: Guard;
  readonly tabs: Tabs;
  readonly dispatcher: Dispatcher;
  readonly completer: Completer;
  readonly keymap: Keymap;
  readonly notices: Notices;
  readonly questions: Questions;
  readonly typing: Typing;
  readonly drafts: Drafts;
  readonly screen: () => ScreenPort;
  readonly now: () => number;
  readonly onTouch: Shell['onTouch'];
  readonly warning?: () => Safe | undefined;
  /** The name of the account, as long as there are others. */
  readonly account?: () => Safe | undefined;
  /** What the colour of somebody is made of. */
  readonly hueOf?: Shell['hueOf'];
}): CoreShell {
  const {
    store,
    settings,
    hooks,
    tabs,
    dispatcher,
    completer,
    keymap,
    notices,
    questions,
    typing,
    drafts,
    screen,
    now,
  } = options;

  /** The row under the cursor of a list. */
  const chosen = (): Pick<ListItem, 'command' | 'keys'> | undefined => {
    const { view } = tabs.view(tabs.current);
    const id = screen().selected();
    if (id === undefined) return undefined;
    if (view.type === 'list') return view.items.find(one => one.id === id && one.heading !== true);
    if (view.type === 'table') return view.rows.find(one => one.id === id && one.heading !== true);
    if (view.type === 'form') return view.actions.find(one => one.command === id);
    return undefined;
  };

  const run = (line: string): boolean => dispatcher.dispatch(line, tabs.current).accepted;

  /** A line was entered: to the plugins first, then to whoever it is for. */
  const enter = (line: string): Dispatched => {
    const tab = tabs.current;
    const asked = hooks.run('line:submit', { line, tab });
    if (asked === DROP) return { accepted: true, done: Promise.resolve(true) };
    if (tab.chat !== undefined) {
      typing.typed(tab.chat.id, '');
      drafts.typed(tab.chat.id, '');
    }
    return dispatcher.dispatch(asked.line, asked.tab);
  };

  /** What must not be overlooked as long as it lasts. */
  const warningRow = (): Row => {
    const warning = options.warning?.();
    return warning === undefined ? [] : [span('bar.normal', safe` `), span('bar.error', safe`[${warning}]`)];
  };
  /** Whose connection that is, where it does not say so itself. */
  const whose = (): Row => {
    const name = options.account?.();
    return name === undefined ? [] : [span('bar.strong', name), span('bar.normal', safe` `)];
  };
  const trouble = (): Span | undefined => {
    const { status, doubtful } = store.session;
    const warning = options.warning?.();
    if (status === 'waiting' || status === 'stopped') return span('bar.error', safe`no connection`);
    if (status === 'connecting') return span('bar.warning', safe`connecting`);
    if (status === 'offline') return span('bar.warning', safe`offline`);
    if (doubtful === true) return span('bar.warning', safe`no answer`);
    return warning === undefined ? undefined : span('bar.error', warning);
  };
  const connectionRow = (): Row => {
    const { status, jid, anonymous, domain, retryAt, tls, show, doubtful } = store.session;
    const host = domain === undefined ? safe`server` : cleanIdentifier(domain);
    switch (status) {
      case 'online': {
        if (doubtful === true) return [...whose(), span('bar.warning', safe`no answer, connection lost?`)];
        // In a room the nick says who we are; the room for who is typing is worth more.
        const chat = tabs.current.chat?.kind;
        const inRoom = (chat === 'room' || chat === 'private') && options.account?.() === undefined;
        const account = cleanIdentifier(jid === undefined ? host : jid.replace(/\/.*$/s, ''));
        const who = anonymous ? (inRoom ? safe`guest` : safe`guest@${host}`) : account;
        const secure = tls === undefined ? span('bar.error', safe`[not encrypted]`) : span('bar.secure', safe`[TLS]`);
        const sign = show === undefined ? [] : [{ ...showSign(true, show) }, span('bar.normal', safe` `)];
        return [...sign, span('bar.strong', who), span('bar.normal', safe` `), secure];
      }
      case 'connecting':
        return [...whose(), span('bar.warning', safe`connecting to ${host} …`)];
      case 'waiting': {
        // A number that changes by itself would be read out each time.
        const counts = retryAt !== undefined && settings.get('ui.accessible') !== true;
        const left = !counts ? undefined : Math.max(0, Math.ceil((retryAt - now()) / 1000));
        return [
          ...whose(),
          span(
            'bar.error',
            left === undefined ? safe`no connection` : safe`no connection, next try in ${duration(left * 1000)}`,
          ),
        ];
      }
      default:
        return [...whose(), span('bar.error', safe`offline`)];
    }
  };

  return {
    tabs: () => tabs.infos(),
    current: () => tabs.view(tabs.current),
    submit: line => enter(line).accepted,
    run: line => enter(line).done,
    chord(raw) {
      const chord = normaliseChord(raw) ?? raw;
      const tab = tabs.current;
      const line =
        (tab.chat === undefined ? chosen()?.keys?.[chord] : undefined) ?? keymap.lookup(chord, tabs.kindOf(tab)?.keys);
      if (line === undefined) return false;
      run(line);
      return true;
    },
    bound: chord => keymap.explicit(normaliseChord(chord) ?? chord),
    complete: (line, cursor) => completer.complete(line, cursor, tabs.current),
    hint: (line, cursor) => completer.hint(line, cursor, tabs.current),
    known: line => completer.known(line),
    ghost: line => completer.ghost(line, tabs.current),
    typed(line, id) {
      const tab = tabs.current;
      // A command has just opened another one; its draft is not what stands in the input.
      if (id !== undefined && id !== tab.id) return;
      const { chat } = tab;
      if (chat === undefined) {
        tabs.call(tab, 'what is typed', (kind, context) => kind.typed?.(context, line), undefined);
        return;
      }
      typing.typed(chat.id, line);
      drafts.typed(chat.id, line);
    },
    draft(id) {
      const chat = tabs.byId(id)?.chat;
      return chat === undefined ? '' : drafts.get(chat.id);
    },
    question: () => questions.current,
    answer: (id, text) => questions.answer(id, text),
    statusBar: () => ({ left: [...connectionRow(), ...warningRow()], right: activeTabs(tabs.infos()) }),
    info: () => notices.info,
    seen: id => tabs.seen(id),
    focused(yes) {
      tabs.focused(yes);
      const chat = tabs.shown?.chat;
      if (chat === undefined) return;
      if (yes) typing.entered(chat.id);
      else typing.left(chat.id);
    },
    onTouch: options.onTouch,
    cleaned() {
      notices.add(safe`Characters that cannot be sent were left out of the line.`, { level: 'warning' });
    },
    pasted(text) {
      const lines = text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n').length;
      return lines > Number(settings.get('input.paste_lines')) || text.length > MAX_PASTE ? 'ask' : 'insert';
    },
    chat: id => store.chat(id),
    option(name) {
      const { chat } = tabs.current;
      return settings.get(name, chat?.id);
    },
    keeps: line => dispatcher.masked(line, tabs.current) !== undefined,
    ...(options.hueOf === undefined ? {} : { hueOf: options.hueOf }),
    render(row, message) {
      if (!hooks.has('message:render')) return row;
      const asked = hooks.run('message:render', { row, message });
      return asked === DROP ? row : asked.row;
    },
    trouble,
  };
}
