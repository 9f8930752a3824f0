/** The open tabs: their order and numbers, which one is shown, and what the screen is told about each. */
import type { Api, Tab, TabContext, TabKind } from '../api.js';
import type { Owner } from '../lib/emitter.js';
import { UserError } from '../lib/errors.js';
import { span } from '../lib/span.js';
import { cleanIdentifier, type Safe, safe } from '../lib/text.js';
import type { Store } from '../model/store.js';
import type { Activity, Chat, ChatId } from '../model/types.js';
import type { Row, TabInfo, TabView, View } from '../model/view.js';
import { composers, typingWords } from '../model/wording.js';
import type { Guard } from './guard.js';
import { matchThings } from './match.js';

interface Record_ {
  readonly id: number;
  number: number;
  readonly kind: string;
  readonly key: string;
  readonly chatId: ChatId | undefined;
  data: unknown;
  /** The unread line stands after this entry while the tab is shown; -1: none. */
  line: number;
  readonly tab: Tab;
}

const URGENCY: readonly Activity[] = ['none', 'low', 'message', 'private', 'highlight'];
const CHAT_KINDS: readonly string[] = ['room', 'direct', 'private'];

/** What the tab of a chat shows if nobody declared its kind. */
const PLAIN_CHAT: TabKind = {
  kind: 'chat',
  title: ({ chat }) => chat?.title ?? safe`chat`,
  view: ({ chat }) =>
    chat === undefined ? { type: 'text', rows: [] } : { type: 'log', log: chat.log, readSeq: chat.readSeq },
};

export interface Tabs {
  define(kind: TabKind, owner: Owner): () => void;
  open(kind: string, params?: unknown, options?: { readonly background?: boolean }): Tab;
  openChat(id: ChatId, options?: { readonly background?: boolean }): Tab;
  readonly current: Tab;
  readonly list: readonly Tab[];
  info(tab: Tab): TabInfo;
  infos(): readonly TabInfo[];
  view(tab: Tab): TabView;
  kindOf(tab: Tab): TabKind | undefined;
  contextOf(tab: Tab): TabContext;
  /** Runs a callback of the tab's kind as its owner. */
  call<T>(tab: Tab, what: string, run: (kind: TabKind, context: TabContext) => T, otherwise: T): T;
  go(to: Tab | 'next' | 'previous' | 'important' | 'last' | number): boolean;
  close(tab: Tab): void;
  closeChat(id: ChatId): void;
  move(tab: Tab, number: number): void;
  setData(tab: Tab, data: unknown): void;
  find(text: string): Tab | undefined;
  byChat(id: ChatId): Tab | undefined;
  byId(id: number): Tab | undefined;
  /** The terminal got or lost the focus. */
  focused(yes: boolean): void;
  seen(id: number): void;
  /** In the tab that is shown: the unread line goes before this entry, if there is none further up. */
  placeLine(chat: ChatId, seq: number): void;
  readonly kinds: readonly string[];
}

export function createTabs(options: {
  readonly store: Store;
  readonly guard: Guard;
  readonly apiOf: (owner: Owner) => Api;
  /** Closing leaves the number free. */
  readonly gaps: () => boolean;
  readonly touch: (region: string, chat?: ChatId) => void;
  /** The person looks above the first entry of this chat. */
  readonly older?: (chat: ChatId) => void;
  readonly onSwitch: (tab: Tab, from: Tab | undefined) => void;
  readonly onClose: (tab: Tab) => void;
  /** The person is back at the terminal, and looks at this tab. */
  readonly onReturn?: (tab: Tab) => void;
}): Tabs {
  const { store, guard, apiOf, gaps, touch, onSwitch, onClose } = options;
  const kinds = new Map<string, { readonly kind: TabKind; readonly owner: Owner }>();
  let records: readonly Record_[] = [];
  let currentId = -1;
  /** Shown before, newest last. */
  let visited: readonly number[] = [];
  let serial = 0;
  let hasFocus = true;

  const recordOf = (id: number): Record_ | undefined => records.find(one => one.id === id);
  const chatOf = (record: Record_): Chat | undefined =>
    record.chatId === undefined ? undefined : store.chat(record.chatId);
  const definitionOf = (kind: string): { readonly kind: TabKind; readonly owner: Owner } | undefined =>
    kinds.get(kind) ?? (CHAT_KINDS.includes(kind) ? { kind: PLAIN_CHAT, owner: 'core' } : undefined);
  const byNumber = (): readonly Record_[] => records;

  const renumber = (): void => {
    records = [...records].sort((a, b) => a.number - b.number);
    if (gaps()) return;
    records.forEach((record, i) => {
      record.number = i + 1;
    });
  };

  const freeNumber = (): number => {
    const taken = new Set(records.map(one => one.number));
    let number = 1;
    while (taken.has(number)) number++;
    return number;
  };

  const placeLine = (record: Record_): void => {
    const chat = chatOf(record);
    record.line = chat !== undefined && chat.unread.count > 0 ? chat.readSeq : -1;
  };

  const show = (record: Record_): void => {
    if (record.id === currentId) return;
    const from = recordOf(currentId);
    if (from !== undefined) {
      from.line = -1;
      visited = [...visited.filter(id => id !== from.id), from.id].slice(-100);
    }
    currentId = record.id;
    placeLine(record);
    store.setFocus(hasFocus ? record.chatId : undefined);
    // The screen sees another tab and draws all of it; `all` would also tell it to take over the options.
    touch('tabs');
    onSwitch(record.tab, from?.tab);
  };

  const add = (kind: string, key: string, chatId: ChatId | undefined, data: unknown): Record_ => {
    const id = ++serial;
    const record: Record_ = {
      id,
      number: freeNumber(),
      kind,
      key,
      chatId,
      data,
      line: -1,
      tab: {
        id,
        kind,
        get chat() {
          return chatOf(record);
        },
        get data() {
          return record.data;
        },
      },
    };
    records = [...records, record];
    renumber();
    if (currentId < 0) show(record);
    touch('tabs');
    return record;
  };

  const openWith = (kind: string, chatId: ChatId | undefined, params: unknown, background: boolean): Tab => {
    const definition = definitionOf(kind);
    if (definition === undefined) throw new UserError(`There is no tab of the kind ${cleanIdentifier(kind)}.`);
    const { kind: declared, owner } = definition;
    const key = chatId ?? declared.key?.(params) ?? '';
    const known = records.find(one => one.kind === kind && one.key === key);
    if (known !== undefined) {
      if (!background) show(known);
      return known.tab;
    }
    const data = guard.run(owner, `opening the tab ${kind}`, () => declared.open?.(apiOf(owner), params));
    const record = add(kind, key, chatId, data);
    if (!background) show(record);
    return record.tab;
  };

  const call = <T>(tab: Tab, what: string, run: (kind: TabKind, context: TabContext) => T, otherwise: T): T => {
    const definition = definitionOf(tab.kind);
    if (definition === undefined) return otherwise;
    const { kind, owner } = definition;
    return guard.safely(owner, `${what} of the tab ${tab.kind}`, () => run(kind, contextFor(tab, owner)), otherwise);
  };
  const contextFor = (tab: Tab, owner: Owner): TabContext => ({ api: apiOf(owner), tab, chat: tab.chat });

  const brokenView = (tab: Tab): View => ({
    type: 'text',
    rows: [
      [span('notice.error', safe`This tab (${cleanIdentifier(tab.kind)}) cannot be shown because of an error in it.`)],
    ],
  });

  const greyed = (chat: Chat | undefined): boolean => {
    if (chat === undefined) return false;
    if (store.session.status !== 'online') return true;
    if (chat.kind === 'room') return chat.state !== 'joined';
    return chat.kind === 'private' && chat.gone;
  };

  const info = (record: Record_): TabInfo => {
    const chat = chatOf(record);
    const title = call<Safe>(record.tab, 'title', (kind, context) => kind.title(context), cleanIdentifier(record.kind));
    const base = {
      id: record.id,
      number: record.number,
      kind: record.kind,
      title,
      activity: chat?.activity ?? ('none' as const),
      unread: chat?.unread.count ?? 0,
      highlights: chat?.unread.highlights ?? 0,
      composing: chat !== undefined && chat.kind !== 'room' && chat.chatState === 'composing',
      greyed: greyed(chat),
    };
    return record.chatId === undefined ? base : { ...base, chatId: record.chatId };
  };

  const promptOf = (chat: Chat | undefined): Row => {
    if (chat === undefined) return [span('input.prompt', safe`> `)];
    const room = chat.kind === 'room' ? chat : chat.kind === 'private' ? store.room(chat.room) : undefined;
    const nick = room === undefined ? undefined : (room.self?.name ?? cleanIdentifier(room.nick));
    return [span('input.prompt', nick === undefined || nick === '' ? safe`> ` : safe`${nick}> `)];
  };

  const statusOf = (tab: Tab): Row => {
    const declared = call<Row | undefined>(tab, 'status', (kind, context) => kind.status?.(context), undefined);
    if (declared !== undefined) return declared;
    const words = tab.chat === undefined ? undefined : typingWords(composers(tab.chat));
    return words === undefined ? [] : [span('presence.composing', words)];
  };

  const neighbour = (step: number): Record_ | undefined => {
    const list = byNumber();
    const here = list.findIndex(one => one.id === currentId);
    return list[(here + step + list.length) % list.length];
  };

  const important = (): Record_ | undefined => {
    let best: Record_ | undefined;
    let bestLevel = 0;
    let bestAt = Number.POSITIVE_INFINITY;
    for (const record of records) {
      const chat = chatOf(record);
      if (chat === undefined || record.id === currentId) continue;
      const level = URGENCY.indexOf(chat.activity);
      if (level > bestLevel || (level === bestLevel && level > 0 && chat.lastAt < bestAt)) {
        best = record;
        bestLevel = level;
        bestAt = chat.lastAt;
      }
    }
    return best;
  };

  const remove = (record: Record_): void => {
    const list = byNumber();
    const here = list.indexOf(record);
    const next =
      [...visited]
        .reverse()
        .map(recordOf)
        .find(one => one !== undefined && one.id !== record.id) ??
      list[here - 1] ??
      list[here + 1];
    call<void>(record.tab, 'close', (kind, context) => kind.close?.(context), undefined);
    records = records.filter(one => one !== record);
    visited = visited.filter(id => id !== record.id);
    renumber();
    touch('tabs');
    if (currentId === record.id) {
      currentId = -1;
      if (next !== undefined) show(next);
      else if (kinds.has('start')) openWith('start', undefined, undefined, false);
      visited = visited.filter(id => id !== record.id);
    }
    onClose(record.tab);
  };

  const tabs: Tabs = {
    define(kind, owner) {
      const taken = kinds.get(kind.kind);
      if (taken !== undefined) {
        throw new UserError(`The tab kind ${kind.kind} of ${owner} exists already: it belongs to ${taken.owner}.`);
      }
      const entry = { kind, owner };
      kinds.set(kind.kind, entry);
      return () => {
        if (kinds.get(kind.kind) !== entry) return;
        for (const record of records.filter(one => one.kind === kind.kind)) remove(record);
        kinds.delete(kind.kind);
      };
    },
    open(kind, params, { background = false } = {}) {
      // Chat tabs are opened by the id of their chat.
      if (typeof params === 'string' && CHAT_KINDS.includes(kind)) {
        const chat = store.chat(params as ChatId);
        if (chat !== undefined) return openWith(chat.kind, chat.id, params, background);
      }
      return openWith(kind, undefined, params, background);
    },
    openChat(id, { background = false } = {}) {
      const chat = store.chat(id);
      if (chat === undefined) throw new UserError(`There is no chat with ${cleanIdentifier(id)}.`);
      return openWith(chat.kind, chat.id, chat.id, background);
    },
    get current() {
      const record = recordOf(currentId) ?? records[0];
      if (record === undefined) throw new Error('no tab is open');
      return record.tab;
    },
    get list() {
      return byNumber().map(one => one.tab);
    },
    info(tab) {
      const record = recordOf(tab.id);
      if (record !== undefined) return info(record);
      // Closed meanwhile: still an answer, so that nobody fails over it.
      return {
        id: tab.id,
        number: 0,
        kind: tab.kind,
        title: cleanIdentifier(tab.kind),
        activity: 'none',
        unread: 0,
        highlights: 0,
        composing: false,
        greyed: true,
      };
    },
    infos: () => byNumber().map(info),
    view(tab) {
      const record = recordOf(tab.id);
      const drawn = call<View>(tab, 'view', (kind, context) => kind.view(context), brokenView(tab));
      const view: View =
        drawn.type === 'log' && record?.chatId !== undefined
          ? { ...drawn, readSeq: record.line, older: () => options.older?.(record.chatId as ChatId) }
          : drawn;
      const side = call(tab, 'side', (kind, context) => kind.side?.(context), undefined);
      const topic = call<Row | undefined>(tab, 'topic', (kind, context) => kind.topic?.(context), undefined) ?? [];
      const base = { info: tabs.info(tab), topic, view, prompt: promptOf(tab.chat), status: statusOf(tab) };
      return side === undefined ? base : { ...base, side };
    },
    kindOf: tab => definitionOf(tab.kind)?.kind,
    contextOf: tab => contextFor(tab, definitionOf(tab.kind)?.owner ?? 'core'),
    call,
    go(to) {
      const target =
        to === 'next'
          ? neighbour(1)
          : to === 'previous'
            ? neighbour(-1)
            : to === 'important'
              ? important()
              : to === 'last'
                ? [...visited]
                    .reverse()
                    .map(recordOf)
                    .find(one => one !== undefined)
                : typeof to === 'number'
                  ? records.find(one => one.number === to)
                  : recordOf(to.id);
      if (target === undefined) return false;
      show(target);
      return true;
    },
    close(tab) {
      const record = recordOf(tab.id);
      if (record !== undefined) remove(record);
    },
    closeChat(id) {
      const record = records.find(one => one.chatId === id);
      if (record !== undefined) remove(record);
    },
    move(tab, number) {
      const record = recordOf(tab.id);
      if (record === undefined || !Number.isInteger(number) || number < 1) return;
      const others = records.filter(one => one !== record);
      if (gaps()) {
        let wanted = number;
        for (const other of others) if (other.number === wanted) other.number = ++wanted;
        record.number = number;
      } else {
        others.splice(Math.min(number, records.length) - 1, 0, record);
        others.forEach((one, i) => {
          one.number = i + 1;
        });
      }
      renumber();
      touch('tabs');
    },
    setData(tab, data) {
      const record = recordOf(tab.id);
      if (record === undefined) return;
      record.data = data;
      touch(record.id === currentId ? 'all' : 'tabs');
    },
    find(text) {
      const wanted = text.trim().toLowerCase();
      if (wanted === '') return undefined;
      const exact = records.find(one => one.chatId === wanted || info(one).title.toLowerCase() === wanted);
      return (exact ?? matchThings(wanted, records, one => info(one).title, 1)[0])?.tab;
    },
    byChat: id => records.find(one => one.chatId === id)?.tab,
    byId: id => recordOf(id)?.tab,
    focused(yes) {
      if (yes === hasFocus) return;
      hasFocus = yes;
      const record = recordOf(currentId);
      if (record !== undefined && yes) {
        const chat = chatOf(record);
        if (chat !== undefined && chat.unread.count > 0) record.line = chat.readSeq;
      }
      store.setFocus(yes ? record?.chatId : undefined);
      if (yes && record !== undefined) options.onReturn?.(record.tab);
      touch('log', record?.chatId);
    },
    seen(id) {
      const record = recordOf(id);
      if (record?.chatId === undefined || id !== currentId || !hasFocus) return;
      const chat = chatOf(record);
      if (chat !== undefined && (chat.unread.count > 0 || chat.activity !== 'none')) store.markRead(record.chatId);
    },
    placeLine(id, seq) {
      const record = recordOf(currentId);
      const chat = record === undefined ? undefined : chatOf(record);
      if (record === undefined || chat?.id !== id) return;
      const before = chat.log.before(seq)?.seq ?? seq - 1;
      if (record.line < 0 || before < record.line) record.line = before;
      touch('log', id);
    },
    get kinds() {
      return [...kinds.keys()];
    },
  };
  return tabs;
}
