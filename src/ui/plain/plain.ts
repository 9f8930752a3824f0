/** The client without a screen: lines in, lines out, nothing that moves a cursor; for pipes, screen readers and terminals of every kind. */
import type { Undo } from '../../lib/disposables.js';
import { cleanLine, EMPTY, type Safe, safe } from '../../lib/text.js';
import type { Clock } from '../../lib/time.js';
import type { Chat, LogReader } from '../../model/types.js';
import type { CommandLine, ScreenPort, Shell, TabInfo } from '../../model/view.js';
import { type Host, isUtf8, type QuitReason, SIGNALS } from '../device.js';
import { rowText } from '../rows/line.js';
import { createLogPrinter, type EntryStyle, type LogPrinter, labelOf } from './entries.js';
import { createLineInput, type LineInput, type LineSource } from './input.js';
import { createLineOutput, type LineOutput, type LineStream } from './output.js';
import { formLines, pageOf, readFormLine } from './views.js';

export interface PlainOptions {
  readonly shell: Shell;
  /** What the client says where no chat is meant: of each account, with its name if there are several. */
  readonly news: () => readonly { readonly log: LogReader; readonly label: Safe }[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly stdin?: LineSource;
  readonly stdout?: LineStream;
  readonly host?: Host;
  /** Runs a line as if it was typed; true if it worked. Never rejects. */
  readonly run: (line: string) => Promise<boolean>;
  /** The end: of the input, by a signal, by a reader that went away, by a fault. */
  readonly onQuit: (reason: QuitReason | 'end', code: number, error?: unknown) => void;
  readonly isContained?: (error: unknown) => boolean;
}

export interface Plain {
  readonly port: ScreenPort;
  /** Prints from now on, and reads lines. */
  start(): void;
  /** What the command line asked for is done: lines from a pipe are run from now on. */
  ready(ok: boolean): void;
  /** Prints what is left; settles when it was taken, or soon. */
  close(): Promise<void>;
}

/** What comes at once is printed at once. */
const GATHER_MS = 10;
/** After the last line of a pipe so long is waited for the server to take what was said. */
const LAST_WORDS_MS = 10_000;
/** What cannot be written in this time at the end is lost. */
const FAREWELL_MS = 800;
/** As a shell says that a program ended by SIGPIPE. */
const PIPE_CLOSED = 141;
/** Own entries looked at for what is still under way. */
const LOOK_BACK = 200;

export function createPlain(options: PlainOptions): Plain {
  const { shell, clock } = options;
  const stdin: LineSource = options.stdin ?? (process.stdin as unknown as LineSource);
  const stdout: LineStream = options.stdout ?? (process.stdout as unknown as LineStream);
  const host: Host = options.host ?? (process as unknown as Host);
  /** A person types: lines need not wait for each other, and the end of them is just a goodbye. */
  const isTyped = stdin.isTTY === true;

  const undos: Undo[] = [];
  /** By the id of the tab. */
  const printers = new Map<number, LogPrinter>();
  const newsPrinters = new WeakMap<LogReader, LogPrinter>();
  const labels = new Map<string, number>();
  const labelOfTab = new Map<number, Safe>();
  let output: LineOutput | undefined;
  let input: LineInput | undefined;
  let closed = false;
  let planned: Undo | undefined;

  const quit = (reason: QuitReason | 'end', code: number, error?: unknown): void => {
    if (closed) return;
    // The terminal shows again what is typed, whatever happens next.
    input?.hide(false);
    options.onQuit(reason, code, error);
  };
  const say = (text: Safe): void => output?.line(text);

  // ---- What is printed -----------------------------------------------------------------------------------------------

  function styleNow(): EntryStyle {
    const time = shell.option('ui.time');
    return {
      time: time === 'seconds' || time === 'none' ? time : 'minutes',
      expand: shell.option('ui.expand') === true,
      now: clock.now(),
      ...(shell.render === undefined ? {} : { render: shell.render }),
    };
  }

  const chatOf = ({ id, chatId }: TabInfo): Chat | undefined =>
    chatId === undefined ? undefined : shell.chat(chatId, id);

  /** Two chats never have one label: the second one shows its whole address, and its account if there are several. */
  function labelFor(info: TabInfo): Safe {
    const known = labelOfTab.get(info.id);
    if (known !== undefined) return known;
    const chat = chatOf(info);
    if (chat === undefined) return cleanLine(info.chatId ?? '');
    const own = labelOf(chat);
    const whose = info.account === undefined ? [] : [safe`${own} (${info.account.name})`];
    const whole = cleanLine(chat.id);
    const candidates = [own, ...whose, whole, ...whose.map(() => safe`${whole} (${info.account?.name ?? EMPTY})`)];
    const isFree = (label: Safe): boolean => (labels.get(label.toLowerCase()) ?? info.id) === info.id;
    const label = candidates.find(isFree) ?? whole;
    labels.set(label.toLowerCase(), info.id);
    labelOfTab.set(info.id, label);
    return label;
  }

  function printerOf(info: TabInfo): LogPrinter {
    let printer = printers.get(info.id);
    if (printer === undefined) {
      // A chat that was closed and opened again is another one, so it is asked for each time.
      printer = createLogPrinter(
        () => chatOf(info)?.log,
        () => labelFor(info),
        () => chatOf(info),
      );
      printers.set(info.id, printer);
    }
    return printer;
  }

  /** What the accounts say, with their names as long as there are several. */
  function printNews(style: EntryStyle): void {
    for (const { log } of options.news()) {
      let printer = newsPrinters.get(log);
      if (printer === undefined) {
        printer = createLogPrinter(
          () => log,
          () => options.news().find(one => one.log === log)?.label ?? EMPTY,
          () => undefined,
        );
        newsPrinters.set(log, printer);
      }
      for (const line of printer.news(style)) say(line);
    }
  }

  let shownTab = -1;
  let shownPage: readonly Safe[] = [];
  let choices: ReadonlyMap<number, CommandLine> = new Map();
  let numbers = new Map<string, number>();
  let filter = '';
  let connection = '';

  /** The page of a tab that is no chat; of one that was printed already only what is new. */
  function printPage(): void {
    const { view } = shell.current();
    if (view.type === 'log') {
      shownPage = [];
      choices = new Map();
      return;
    }
    let lines: readonly Safe[];
    if (view.type === 'form') lines = formLines(view, cleanLine);
    else {
      const page = pageOf(view, filter, numbers);
      lines = page.lines;
      choices = page.choices;
    }
    const old = new Set(shownPage);
    for (const line of lines) if (!old.has(line)) say(safe`  ${line}`);
    shownPage = lines;
  }

  function printPlace(): void {
    const tab = shell.current();
    if (tab.info.id === shownTab) return;
    shownTab = tab.info.id;
    shownPage = [];
    numbers = new Map();
    filter = '';
    const topic = rowText(tab.topic).trim() as Safe;
    const { account, chatId, title } = tab.info;
    const whose = account === undefined || chatId !== undefined ? EMPTY : safe` (${account.name})`;
    const name = chatId === undefined ? safe`${title}${whose}` : labelFor(tab.info);
    say(safe`-- ${tab.info.number} ${name}${topic === '' ? EMPTY : safe`: ${topic}`}`);
  }

  /** How the connection is, when that has changed; not each second of a countdown. */
  function printConnection(): void {
    const words = rowText(shell.statusBar().left).trim() as Safe;
    const kind = words.replace(/\d+ \w+$/, '');
    if (kind === connection) return;
    connection = kind;
    // In a room the bar says less about who we are, but nothing has happened.
    if (!/\[TLS\]|\[not encrypted\]/.test(words)) say(safe`-- ${words}`);
    else if (!online) say(safe`-- online: ${words}`);
    online = /\[TLS\]|\[not encrypted\]/.test(words);
  }
  let online = false;

  function print(): void {
    planned?.();
    planned = undefined;
    if (closed || output === undefined) return;
    const style = styleNow();
    printConnection();
    printPlace();
    printNews(style);
    const alive = new Set<number>();
    for (const info of shell.tabs()) {
      if (info.chatId === undefined) continue;
      alive.add(info.id);
      for (const line of printerOf(info).news(style)) say(line);
    }
    for (const id of printers.keys()) {
      if (alive.has(id)) continue;
      printers.delete(id);
      const label = labelOfTab.get(id);
      labelOfTab.delete(id);
      if (label !== undefined) labels.delete(label.toLowerCase());
    }
    printPage();
    const { info } = shell.current();
    if (info.unread > 0 || info.activity !== 'none') shell.seen(info.id);
  }

  function plan(): void {
    if (closed || planned !== undefined) return;
    planned = clock.after(GATHER_MS, () => {
      planned = undefined;
      print();
      pump();
    });
  }

  // ---- What is typed -------------------------------------------------------------------------------------------------

  const lines: string[] = [];
  let busy = 0;
  let isReady = false;
  let ended = false;
  let worked = true;
  /** The question that was printed last, by what it says. */
  let asked = '';
  let ownQuestion: ((text: string) => void) | undefined;

  function announce(): boolean {
    const question = shell.question();
    if (question === undefined) {
      asked = '';
      if (ownQuestion === undefined) input?.hide(false);
      return false;
    }
    const key = `${question.id} ${question.complaint ?? ''}`;
    if (key !== asked) {
      print();
      if (question.complaint !== undefined) say(safe`error: ${question.complaint}`);
      const keys = question.keys === undefined ? EMPTY : safe` [${question.keys.join('/') as Safe}]`;
      const initial = question.initial === '' ? EMPTY : safe` [${cleanLine(question.initial)}]`;
      say(safe`${question.text}${keys}${initial}`);
      asked = key;
    }
    input?.hide(question.secret);
    return true;
  }

  function answer(line: string): void {
    const question = shell.question();
    if (question === undefined) return;
    const text = line === '' ? question.initial : line;
    // A question that takes keys is asked again until one of them comes; anything else is a no there.
    const isKey = question.keys === undefined || question.keys.includes(text.trim().toLowerCase());
    if (line.trim() === '/cancel' || !isKey) shell.answer(question.id, undefined);
    else shell.answer(question.id, question.keys === undefined ? text : text.trim());
  }

  /** Runs what stands in line, one after the other if it comes from a pipe. */
  function pump(): void {
    for (;;) {
      if (closed) return;
      if (announce()) {
        const line = lines.shift();
        if (line !== undefined) answer(line);
        else if (ended) shell.answer(shell.question()?.id ?? -1, undefined);
        else return;
        continue;
      }
      if (ownQuestion !== undefined && lines.length > 0) {
        ownQuestion(lines.shift() ?? '');
        continue;
      }
      // The command that opened a form waits for it.
      const waits = busy > 0 && shell.current().view.type !== 'form';
      if (lines.length === 0 || (!isTyped && (waits || !isReady))) break;
      take(lines.shift() ?? '');
    }
    // A form that nobody will fill in any more is cancelled by the end.
    if (ended && (busy === 0 || shell.current().view.type === 'form') && isReady && lines.length === 0) finish();
  }

  function run(line: string): void {
    busy++;
    void options.run(line).then(ok => {
      busy--;
      worked &&= ok;
      plan();
    });
  }

  function take(line: string): void {
    if (line.trim() === '') return;
    const { view, info } = shell.current();
    if (line.startsWith('/') || view.type === 'log' || view.type === 'text') {
      run(line);
      return;
    }
    if (view.type === 'form') {
      const meant = readFormLine(view, line);
      if (meant.type === 'run') run(meant.command);
      else if (meant.type === 'edit') view.edit(meant.name, meant.values);
      else if (meant.type === 'ask') {
        say(safe`${meant.field.label === '' ? cleanLine(meant.field.var) : meant.field.label}:`);
        input?.hide(meant.field.type === 'text-private');
        ownQuestion = text => {
          ownQuestion = undefined;
          input?.hide(false);
          view.edit(meant.field.var, [text]);
        };
      } else say(safe`error: This form has no such field or button.`);
      plan();
      return;
    }
    const number = /^\s*(\d{1,6})\s*$/.exec(line)?.[1];
    const command = number === undefined ? undefined : choices.get(Number(number));
    if (command !== undefined) run(command);
    else if (number !== undefined) say(safe`error: There is no row with this number.`);
    else {
      filter = line;
      shownPage = [];
      shell.typed(line, info.id);
      plan();
    }
  }

  /** Our words that the server has not taken yet. */
  function underWay(): boolean {
    return shell.tabs().some(info => {
      const log = chatOf(info)?.log;
      if (log === undefined) return false;
      let looked = 0;
      for (const entry of log.newest()) {
        if (++looked > LOOK_BACK) return false;
        if (entry.kind !== 'message' || !entry.self) continue;
        if (entry.delivery === 'pending' || entry.delivery === 'queued') return true;
        if (entry.delivery === 'failed' && entry.source === 'local') worked = false;
      }
      return false;
    });
  }

  let lastWords: Undo | undefined;
  function finish(): void {
    if (underWay()) {
      lastWords ??= clock.after(LAST_WORDS_MS, () => {
        print();
        quit('end', 1);
      });
      return;
    }
    lastWords?.();
    print();
    quit('end', isTyped || worked ? 0 : 1);
  }

  const port: ScreenPort = {
    bell() {},
    redraw: plan,
    title() {},
    scroll() {},
    scrollSide() {},
    focus() {},
    focused: () => undefined,
    reveal() {},
    input: {
      get: () => ({ line: '', cursor: 0 }),
      set(text) {
        // There is no line to put it into: it can be typed.
        if (text !== '') say(safe`(to type: ${cleanLine(text)})`);
      },
      act: () => false,
    },
    outside: work => work(),
    suspend: () => void host.kill(0, 'SIGTSTP'),
    theme: () => [],
    selected: () => undefined,
    panel: () => false,
    copy: () => false,
    size: () => ({ columns: 80, rows: 24 }),
    close: () => void close(),
  };

  function guard(): void {
    const onCrash = (error: unknown): void => {
      if (options.isContained?.(error) !== true) quit('crash', 1, error);
    };
    const listeners: [event: string, listener: (...args: never[]) => void][] = SIGNALS.map(([signal, reason, code]) => [
      signal,
      () => quit(reason, code),
    ]);
    listeners.push(['uncaughtException', onCrash], ['unhandledRejection', onCrash], ['exit', () => input?.hide(false)]);
    for (const [event, listener] of listeners) {
      host.on(event, listener);
      undos.push(() => void host.off(event, listener));
    }
  }

  async function close(): Promise<void> {
    if (closed) return;
    print();
    closed = true;
    planned?.();
    lastWords?.();
    input?.close();
    for (const undo of undos) undo();
    await output?.flushed(FAREWELL_MS);
    output?.close();
  }

  return {
    port,
    start() {
      guard();
      output = createLineOutput({
        stdout,
        ascii: shell.option('ui.ascii') === 'on' || (shell.option('ui.ascii') === 'auto' && !isUtf8(options.env)),
        onGone: error => (error.code === 'EPIPE' ? quit('hangup', PIPE_CLOSED) : quit('hangup', 129)),
      });
      input = createLineInput({
        stdin,
        onLine(line) {
          lines.push(line);
          pump();
        },
        onEnd() {
          ended = true;
          if (isTyped) quit('end', 0);
          else pump();
        },
        onInterrupt: () => quit('interrupt', 130),
      });
      undos.push(shell.onTouch(plan));
      plan();
    },
    ready(ok) {
      isReady = true;
      worked &&= ok;
      pump();
    },
    close,
  };
}
