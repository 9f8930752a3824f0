/** The open tabs of one account: what each shows, and what the screen is told about it. Their order is that of the strip. */
import type { Api, Tab, TabContext, TabKind } from '../api.js';
import type { Owner } from '../lib/emitter.js';
import { UserError } from '../lib/errors.js';
import { span } from '../lib/span.js';
import { cleanIdentifier, type Safe, safe } from '../lib/text.js';
import type { Store } from '../model/store.js';
import type { Chat, ChatId } from '../model/types.js';
import type { AccountMark, Row, TabInfo, TabView, View } from '../model/view.js';
import { composers, typingWords } from '../model/wording.js';
import type { Guard } from './guard.js';
import { matchThings } from './match.js';
import type { StripSide, TabStrip } from './tab-strip.js';

interface Record_ {
  readonly id: number;
  readonly kind: string;
  readonly key: string;
  readonly chatId: ChatId | undefined;
  data: unknown;
  /** The unread line stands after this entry while the tab is shown; -1: none. */
  line: number;
  readonly tab: Tab;
}

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
  /** The tab of this account that is shown, or was shown last. */
  readonly current: Tab;
  /** The tab that is shown, if it is one of this account. */
  readonly shown: Tab | undefined;
  /** Of this account. */
  readonly list: readonly Tab[];
  /** Of all accounts. */
  readonly all: readonly Tab[];
  info(tab: Tab): TabInfo;
  /** Of all accounts. */
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
  /** How the strip knows the tabs of this account. */
  readonly side: StripSide;
  /** The account goes: all its tabs do. */
  end(): void;
}

export function createTabs(options: {
  readonly store: Store;
  readonly guard: Guard;
  readonly apiOf: (owner: Owner) => Api;
  readonly strip: TabStrip;
  /** Whose tabs these are, as long as there are others. */
  readonly mark: () => AccountMark | undefined;
  readonly touch: (region: string, chat?: ChatId) => void;
  /** The person looks above the first entry of this chat. */
  readonly older?: (chat: ChatId) => void;
  readonly onSwitch: (tab: Tab) => void;
  readonly onLeave: (tab: Tab) => void;
  readonly onClose: (tab: Tab) => void;
  /** The person is back at the terminal, and looks at this tab. */
  readonly onReturn?: (tab: Tab) => void;
}): Tabs {
  const { store, guard, apiOf, strip, touch, onSwitch, onClose } = options;
  const kinds = new Map<string, { readonly kind: TabKind; readonly owner: Owner }>();
  const records = new Map<number, Record_>();
  let hasFocus = true;
  let ended = false;

  const recordOf = (id: number): Record_ | undefined => records.get(id);
  const find = (fits: (record: Record_) => boolean): Record_ | undefined => {
    for (const record of records.values()) if (fits(record)) return record;
    return undefined;
  };
  /** The one that is shown, if it is ours. */
  const shown = (): Record_ | undefined => recordOf(strip.shown?.tab.id ?? -1);
  const chatOf = (record: Record_): Chat | undefined =>
    record.chatId === undefined ? undefined : store.chat(record.chatId);
  const definitionOf = (kind: string): { readonly kind: TabKind; readonly owner: Owner } | undefined =>
    kinds.get(kind) ?? (CHAT_KINDS.includes(kind) ? { kind: PLAIN_CHAT, owner: 'core' } : undefined);
  const placeLine = (record: Record_): void => {
    const chat = chatOf(record);
    record.line = chat !== undefined && chat.unread.count > 0 ? chat.readSeq : -1;
  };

  const show = (record: Record_): void => strip.show(record.id);

  const add = (kind: string, key: string, chatId: ChatId | undefined, data: unknown): Record_ => {
    const id = strip.nextId();
    const record: Record_ = {
      id,
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
    records.set(id, record);
    strip.add(side, record.tab);
    touch('tabs');
    return record;
  };

  const openWith = (kind: string, chatId: ChatId | undefined, params: unknown, background: boolean): Tab => {
    const definition = definitionOf(kind);
    if (definition === undefined) throw new UserError(`There is no tab of the kind ${cleanIdentifier(kind)}.`);
    const { kind: declared, owner } = definition;
    const key = chatId ?? declared.key?.(params) ?? '';
    const known = find(one => one.kind === kind && one.key === key);
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
    const account = options.mark();
    const base = {
      id: record.id,
      number: strip.byId(record.id)?.number ?? 0,
      kind: record.kind,
      title,
      activity: chat?.activity ?? ('none' as const),
      unread: chat?.unread.count ?? 0,
      highlights: chat?.unread.highlights ?? 0,
      composing: chat !== undefined && chat.kind !== 'room' && chat.chatState === 'composing',
      greyed: greyed(chat),
      ...(account !== undefined && { account }),
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

  const remove = (record: Record_): void => {
    call<void>(record.tab, 'close', (kind, context) => kind.close?.(context), undefined);
    const wasShown = shown() === record;
    records.delete(record.id);
    strip.remove(record.id);
    if (wasShown && shown() === undefined) store.setFocus(undefined);
    touch('tabs');
    // Every account has a place to come back to.
    if (!ended && records.size === 0 && kinds.has('start')) {
      openWith('start', undefined, undefined, strip.shown !== undefined);
    }
    onClose(record.tab);
  };

  const side: StripSide = {
    info(id) {
      const record = recordOf(id);
      if (record === undefined) throw new Error(`tab ${id} is not open`);
      return info(record);
    },
    news(id) {
      const record = recordOf(id);
      const chat = record === undefined ? undefined : chatOf(record);
      return { activity: chat?.activity ?? 'none', at: chat?.lastAt ?? 0 };
    },
    left(id) {
      const record = recordOf(id);
      if (record === undefined) return;
      record.line = -1;
      options.onLeave(record.tab);
      if (shown() === undefined) store.setFocus(undefined);
    },
    entered(id) {
      const record = recordOf(id);
      if (record === undefined) return;
      placeLine(record);
      store.setFocus(hasFocus ? record.chatId : undefined);
      // The screen sees another tab and draws all of it; `all` would also tell it to take over the options.
      touch('tabs');
      onSwitch(record.tab);
    },
    close(id) {
      const record = recordOf(id);
      if (record !== undefined) remove(record);
    },
    setData(id, data) {
      const record = recordOf(id);
      if (record === undefined) return;
      record.data = data;
      touch(shown() === record ? 'all' : 'tabs');
    },
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
        for (const record of [...records.values()]) if (record.kind === kind.kind) remove(record);
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
      const last = strip.lastOf(side);
      if (last === undefined) throw new Error('no tab is open');
      return last.tab;
    },
    get shown() {
      return shown()?.tab;
    },
    get list() {
      return strip.list.filter(one => one.side === side).map(one => one.tab);
    },
    get all() {
      return strip.list.map(one => one.tab);
    },
    info(tab) {
      const slot = strip.byId(tab.id);
      if (slot !== undefined) return slot.side.info(tab.id);
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
    infos: () => strip.list.map(one => one.side.info(one.tab.id)),
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
      const target = typeof to === 'object' ? strip.byId(to.id) : strip.find(to);
      if (target === undefined) return false;
      strip.show(target.tab.id);
      return true;
    },
    close: tab => strip.byId(tab.id)?.side.close(tab.id),
    closeChat(id) {
      const record = find(one => one.chatId === id);
      if (record !== undefined) remove(record);
    },
    move(tab, number) {
      strip.move(tab.id, number);
      touch('tabs');
    },
    setData: (tab, data) => strip.byId(tab.id)?.side.setData(tab.id, data),
    find(text) {
      const wanted = text.trim().toLowerCase();
      if (wanted === '') return undefined;
      // The same name in several accounts: ours first.
      const things = strip.list
        .map(one => ({ tab: one.tab, own: one.side === side, info: one.side.info(one.tab.id) }))
        .sort((a, b) => Number(b.own) - Number(a.own));
      const namesOf = ({ info: { title, account } }: (typeof things)[number]): string =>
        account === undefined ? title : `${title} ${account.name}`;
      const exact = things.find(
        one =>
          one.info.chatId === wanted ||
          one.info.title.toLowerCase() === wanted ||
          (one.info.account !== undefined &&
            [one.info.account.name, one.info.account.mark].some(
              name => `${name}:${one.info.title}`.toLowerCase() === wanted,
            )),
      );
      return (exact ?? matchThings(wanted, things, namesOf, 1)[0])?.tab;
    },
    byChat: id => find(one => one.chatId === id)?.tab,
    byId: id => recordOf(id)?.tab,
    focused(yes) {
      if (yes === hasFocus) return;
      hasFocus = yes;
      const record = shown();
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
      if (record?.chatId === undefined || record !== shown() || !hasFocus) return;
      const chat = chatOf(record);
      if (chat !== undefined && (chat.unread.count > 0 || chat.activity !== 'none')) store.markRead(record.chatId);
    },
    placeLine(id, seq) {
      const record = shown();
      const chat = record === undefined ? undefined : chatOf(record);
      if (record === undefined || chat?.id !== id) return;
      const before = chat.log.before(seq)?.seq ?? seq - 1;
      if (record.line < 0 || before < record.line) record.line = before;
      touch('log', id);
    },
    get kinds() {
      return [...kinds.keys()];
    },
    side,
    end() {
      ended = true;
      for (const record of [...records.values()]) remove(record);
    },
  };
  return tabs;
}
