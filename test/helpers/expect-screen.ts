/** A whole screen on a terminal in memory, driven by a small fake shell, and compared with boxes of ASCII. */
import assert from 'node:assert/strict';
import { parseJid } from '../../src/lib/jid.js';
import { cleanBody, cleanIdentifier, cleanLine, type Safe, safe } from '../../src/lib/text.js';
import type { Chat, ChatId, Entry, LogReader, MessageEntry } from '../../src/model/types.js';
import type { InfoNotice, LogView, Question, Row, Shell, SideList, TabInfo, View } from '../../src/model/view.js';
import { createUi, type Ui } from '../../src/ui/app.js';
import { createFakeClock, type FakeClock } from './fake-clock.js';
import { createFakeTty, type FakeTty } from './fake-tty.js';
import { drawScreen } from './screen.js';

/** Noon of a local day, so that rows show the same times in every zone. */
export const NOON = new Date(2026, 10, 22, 12, 0, 0).getTime();

export const row = (text: string): Row => [{ text: cleanLine(text), token: 'text.normal' }];

/** A log in memory. */
export function createFakeLog(): LogReader & {
  add(entry: Entry): void;
  say(nick: string, body: string, more?: Partial<MessageEntry>): MessageEntry;
  change(seq: number, more: Partial<MessageEntry>): void;
} {
  const entries: Entry[] = [];
  const log = {
    first: 0,
    get next() {
      return entries.length;
    },
    get: (seq: number) => entries[seq],
    before: (seq: number) => entries[seq - 1],
    after: (seq: number) => entries[seq + 1],
    last: () => entries.at(-1),
    find: () => undefined,
    *newest() {
      for (const entry of [...entries].reverse()) yield entry;
    },
    add(entry: Entry) {
      entries.push(entry);
    },
    say(nick: string, body: string, more: Partial<MessageEntry> = {}) {
      const name = cleanIdentifier(nick);
      const jid = parseJid(`room@muc.test/${nick}`);
      const entry: MessageEntry = {
        kind: 'message',
        seq: entries.length,
        at: NOON + entries.length * 1000,
        rev: 0,
        sender: jid === undefined ? { name } : { name, jid },
        self: false,
        body: cleanBody(body),
        action: false,
        source: 'live',
        highlight: false,
        ...more,
      };
      entries.push(entry);
      return entry;
    },
    change(seq: number, more: Partial<MessageEntry>) {
      const old = entries[seq];
      if (old?.kind === 'message') entries[seq] = { ...old, ...more, rev: old.rev + 1 };
    },
  };
  return log;
}
export type FakeLog = ReturnType<typeof createFakeLog>;

export interface FakeTab {
  info: TabInfo;
  topic: Row;
  view: View;
  side?: SideList | undefined;
  prompt: Row;
  status: Row;
}

export function fakeTab(number: number, title: string, view: View, more: Partial<TabInfo> = {}): FakeTab {
  return {
    info: {
      id: number,
      number,
      kind: 'room',
      title: cleanIdentifier(title),
      activity: 'none',
      unread: 0,
      highlights: 0,
      composing: false,
      greyed: false,
      ...more,
    },
    topic: row(`topic of ${title}`),
    view,
    prompt: row('> '),
    status: [],
  };
}

export const logView = (log: LogReader, readSeq = -1): LogView => ({ type: 'log', log, readSeq });

export interface FakeShell extends Shell {
  tabList: FakeTab[];
  at: number;
  readonly submitted: string[];
  readonly chords: string[];
  readonly answers: (string | undefined)[];
  readonly typedLines: string[];
  readonly seenTabs: number[];
  readonly focus: boolean[];
  asked: Question | undefined;
  accept: (line: string) => boolean;
  completer: Shell['complete'];
  hinter: Shell['hint'];
  wanted: (chord: string) => boolean;
  notices: InfoNotice[];
  pastePolicy: (text: string) => 'insert' | 'ask';
  readonly options: Map<string, string | number | boolean>;
  chats: Map<string, Chat>;
  touch(region: string, chat?: ChatId): void;
}

export function createFakeShell(tabs: FakeTab[]): FakeShell {
  const listeners = new Set<(region: string, chat?: ChatId) => void>();
  const shell: FakeShell = {
    tabList: tabs,
    at: 0,
    submitted: [],
    chords: [],
    answers: [],
    typedLines: [],
    seenTabs: [],
    focus: [],
    asked: undefined,
    accept: () => true,
    completer: () => ({ start: 0, end: 0, candidates: [] }),
    hinter: () => undefined,
    wanted: () => false,
    notices: [],
    pastePolicy: text => (text.split('\n').length > 5 ? 'ask' : 'insert'),
    options: new Map(),
    chats: new Map(),
    tabs: () => shell.tabList.map(tab => tab.info),
    current() {
      const { side, ...tab } = shell.tabList[shell.at]!;
      return side === undefined ? tab : { ...tab, side };
    },
    submit(line) {
      shell.submitted.push(line);
      return shell.accept(line);
    },
    chord(chord) {
      shell.chords.push(chord);
      return shell.wanted(chord);
    },
    bound: () => undefined,
    complete: (line, cursor) => shell.completer(line, cursor),
    hint: (line, cursor) => shell.hinter(line, cursor),
    typed(line) {
      shell.typedLines.push(line);
    },
    question: () => shell.asked,
    answer(_id, text) {
      shell.answers.push(text);
      shell.asked = undefined;
    },
    statusBar: () => ({ left: row('left'), right: row('right') }),
    info: () => shell.notices,
    seen(tab) {
      shell.seenTabs.push(tab);
    },
    focused(yes) {
      shell.focus.push(yes);
    },
    onTouch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    pasted: text => shell.pastePolicy(text),
    chat: id => shell.chats.get(id),
    option(name) {
      const value = shell.options.get(name);
      if (value === undefined) throw new Error(`no option ${name}`);
      return value;
    },
    touch(region, chat) {
      for (const listener of listeners) listener(region, chat);
    },
  };
  return shell;
}

export interface FakeApp {
  readonly ui: Ui;
  readonly tty: FakeTty;
  readonly shell: FakeShell;
  readonly clock: FakeClock;
  /** Lets what was asked for be drawn. */
  settle(): Promise<void>;
  /** Types and lets it be drawn. */
  type(data: string): Promise<void>;
  rows(): Promise<readonly string[]>;
  close(): void;
}

/** The frame asks the event loop for its turn; a turn of our own afterwards comes later. */
const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

export async function createFakeApp(
  tabs: FakeTab[],
  options: { columns?: number; rows?: number; env?: Record<string, string>; theme?: unknown; shell?: FakeShell } = {},
): Promise<FakeApp> {
  const tty = createFakeTty(options.columns ?? 40, options.rows ?? 8);
  const clock = createFakeClock(NOON);
  const shell = options.shell ?? createFakeShell(tabs);
  const ui = createUi({
    shell,
    stdin: tty.stdin,
    stdout: tty.stdout,
    host: tty.host,
    env: options.env ?? { TERM: 'xterm-256color' },
    clock,
    theme: options.theme ?? { name: 'plain' },
    onQuit() {},
  });
  const app: FakeApp = {
    ui,
    tty,
    shell,
    clock,
    async settle() {
      // Frames are planned in the turn at hand or after the slot of the one before.
      for (let i = 0; i < 3; i++) {
        await turn();
        clock.advance(40);
      }
      await turn();
      await tty.rows();
    },
    async type(data) {
      tty.type(data);
      await app.settle();
    },
    rows: () => tty.rows(),
    close: () => ui.close(),
  };
  ui.start();
  await app.settle();
  return app;
}

/** Compares the screen with a box: one `|…|` per row. Trailing spaces do not count. */
export async function expectScreen(app: Pick<FakeApp, 'tty'>, box: string): Promise<void> {
  const wanted = box
    .split('\n')
    .map(line => line.trim())
    .filter(line => line.startsWith('|'))
    .map(line => line.slice(1, line.lastIndexOf('|')).trimEnd());
  const seen = await app.tty.rows();
  const columns = Math.max(1, ...seen.map(line => line.length), ...wanted.map(line => line.length));
  assert.deepEqual(seen.slice(0, wanted.length), wanted, `the screen is\n${drawScreen(seen, columns)}`);
}

export const safeText = (text: string): Safe => safe`${cleanBody(text)}`;
