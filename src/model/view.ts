/** What a tab shows, in plain data: five primitives that the screen knows how to draw and scroll. */
import type { Span } from '../lib/span.js';
import type { Safe } from '../lib/text.js';
import type { Form, FormValues } from './form.js';
import type { Activity, Chat, ChatId, LogReader, MessageEntry } from './types.js';

/** A chord: `ctrl-n`, `alt-1`, `alt-shift-n`, `f5`, `pageup`, `enter`. */
export type Chord = string;
/** A line as a person would type it, `/join …` or text. */
export type CommandLine = string;
export type Row = readonly Span[];

/** Entries of a chat, newest at the bottom, with the unread line. */
export interface LogView {
  readonly type: 'log';
  readonly log: LogReader;
  /** The unread line stands after this entry; -1: none. */
  readonly readSeq: number;
  /** Our nick, for highlighting and alignment. */
  readonly self?: Safe;
  /** `false`: notices only, nobody's nick to align. */
  readonly speakers?: boolean;
  /** Called when the person scrolls above the first entry: older ones may be there at once, or come later. */
  readonly older?: () => void;
}
/** Rows to walk with the cursor; Enter runs the row's command. */
export interface ListView {
  readonly type: 'list';
  readonly items: readonly ListItem[];
  /** Shown instead of no items. */
  readonly empty?: readonly Row[];
  /** Shown above the items. */
  readonly header?: readonly Row[];
  /** What is typed in the input narrows the list (a leading `/` is still a command). */
  readonly filterable: boolean;
  /** Id of the row it opens at, in the middle of the screen; otherwise the first. */
  readonly start?: string;
}
export interface ListItem {
  /** Stable, so that the cursor stays on it. */
  readonly id: string;
  readonly row: Row;
  /** Aligned right. */
  readonly right?: Row;
  /** A heading cannot be chosen. */
  readonly heading?: boolean;
  readonly indent?: number;
  /** Run by Enter. */
  readonly command?: CommandLine;
  /** Further keys on this row. */
  readonly keys?: Readonly<Record<Chord, CommandLine>>;
  /** What the filter compares; default: the row's text. */
  readonly search?: string;
}
/** Columns with a heading; otherwise like a list. */
export interface TableView {
  readonly type: 'table';
  readonly columns: readonly { readonly title: Safe; readonly width?: number; readonly align?: 'left' | 'right' }[];
  readonly rows: readonly (Omit<ListItem, 'row' | 'indent' | 'right'> & { readonly cells: readonly Row[] })[];
  readonly empty?: readonly Row[];
  readonly filterable: boolean;
}
/** Running text, scrolled by rows. */
export interface TextView {
  readonly type: 'text';
  readonly rows: readonly Row[];
  /** Stay at the end while rows are added (consoles). */
  readonly follow?: boolean;
}
/** A data form being filled in. */
export interface FormView {
  readonly type: 'form';
  readonly form: Form;
  readonly values: FormValues;
  /** Sentence by `var`. */
  readonly errors: ReadonlyMap<string, Safe>;
  /** Who asks: shown above the form, because a form may ask for a secret. */
  readonly from: Safe;
  /** Buttons, the first is the default. */
  readonly actions: readonly { readonly label: Safe; readonly command: CommandLine }[];
  /** Called by the screen when a field was edited. */
  readonly edit: (name: string, values: readonly string[]) => void;
  /** Waiting for the other side. */
  readonly busy?: boolean;
}
export type View = LogView | ListView | TableView | TextView | FormView;

/** Names at the side: occupants by role. */
export interface SideList {
  readonly items: readonly { readonly id: string; readonly row: Row; readonly heading?: boolean }[];
  /** Wished width in cells. */
  readonly width: number;
}

/** Whose a tab is, said only while several accounts are open. */
export interface AccountMark {
  readonly name: Safe;
  /** As short as it can be: a letter or a few. */
  readonly mark: Safe;
  /** What its colour is made of; the letter says the same. */
  readonly hue: string;
}

/** A tab as the tab bar and the screen see it. */
export interface TabInfo {
  /** Stable identity. */
  readonly id: number;
  /** What the person counts with `Alt-1`; gaps are possible. */
  readonly number: number;
  readonly kind: string;
  readonly title: Safe;
  readonly chatId?: ChatId;
  readonly activity: Activity;
  readonly unread: number;
  readonly highlights: number;
  readonly composing: boolean;
  /** Not connected, not joined. */
  readonly greyed: boolean;
  readonly account?: AccountMark;
}

/** Everything the screen needs to draw one tab. */
export interface TabView {
  readonly info: TabInfo;
  readonly topic: Row;
  readonly view: View;
  readonly side?: SideList;
  /** Left of the input line. */
  readonly prompt: Row;
  /** Who is typing and other passing facts of this tab, for the info bar. */
  readonly status: Row;
}

/** A question that is asked in the input line. */
export interface Question {
  readonly id: number;
  readonly text: Safe;
  /** Do not echo, do not keep. */
  readonly secret: boolean;
  readonly initial: string;
  /** Single keys instead of a line: `y`, `n`. */
  readonly keys?: readonly string[];
  /** Why the last answer was refused. */
  readonly complaint?: Safe;
}

/** Candidates for the word at the cursor. */
export interface Completion {
  /** Replaced part of the line, offsets in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly candidates: readonly Candidate[];
}
export interface Candidate {
  /** Put in place of the word, with quotes and trailing space if needed. */
  readonly insert: string;
  /** Shown in the list. */
  readonly label: Safe;
  readonly help?: Safe;
}

/** A short notice for the info line. */
export interface InfoNotice {
  readonly at: number;
  readonly level: 'info' | 'warning' | 'error' | 'help';
  readonly row: Row;
}

/**
 * What the screen asks of the core. The core never draws; the screen never decides.
 * Regions for `onTouch`: `log occupants subject meta roster input tabs status info all`.
 */
export interface Shell {
  tabs(): readonly TabInfo[];
  current(): TabView;
  /** Enter was pressed; false: refused, keep the line. */
  submit(line: string): boolean;
  /** A chord that the line editor did not take; false: nobody wanted it. */
  chord(chord: Chord): boolean;
  /** The command bound to a chord, if the person bound one: it then goes before the line editor. */
  bound(chord: Chord): CommandLine | undefined;
  complete(line: string, cursor: number): Completion | Promise<Completion>;
  /** Usage of the command being typed, for the hint above the input. */
  hint(line: string, cursor: number): Row | undefined;
  /** The line changed (for typing notices and filters). */
  typed(line: string, tab?: number): void;
  /** What was being written in this tab when the program ended; '' if nothing. */
  draft?(tab: number): string;
  question(): Question | undefined;
  answer(id: number, text: string | undefined): void;
  /** Left and right part of the info bar. */
  statusBar(): { readonly left: Row; readonly right: Row };
  info(): readonly InfoNotice[];
  /** The person looks at this tab and its end is visible. */
  seen(tab: number): void;
  /** The terminal got or lost the focus. */
  focused(yes: boolean): void;
  onTouch(listener: (region: string, chat?: ChatId) => void): () => void;
  /** A paste of several lines: what to do is decided here. */
  pasted(text: string): 'insert' | 'ask';
  /** Controls were left out of what was typed or pasted: the person is told. */
  cleaned?(): void;
  /** The chat of this tab, because two accounts may be in one room; without a tab that of the current account. */
  chat(id: ChatId, tab?: number): Chat | undefined;
  /** False: a secret is in the line, so it is kept in no history. */
  keeps?(line: string): boolean;
  /** The body of a message as plugins want it shown (`message:render`). */
  render?(row: Row, message: MessageEntry): Row;
  /** What the colour of somebody is made of; without it the name. */
  hueOf?(person: { readonly name: string; readonly occupantId?: string }): string;
  /** Whether the line begins with the name of a command: true or false; `undefined` while that can still come true. */
  known?(line: string): boolean | undefined;
  /** What belongs behind the command being typed: the rest of its name, the arguments that are missing. */
  ghost?(line: string): Safe | undefined;
  /** Options of the screen: `ui.*`. */
  option(name: string): string | number | boolean | readonly string[];
}

/** What the core asks of the screen. */
export interface ScreenPort {
  bell(): void;
  /** Full repaint. */
  redraw(): void;
  title(text: Safe): void;
  /** Scroll the current view. `page` is a fraction of the height. */
  scroll(what: { readonly pages?: number; readonly rows?: number; readonly to?: 'top' | 'bottom' | 'unread' }): void;
  /** Scroll the list at the side. */
  scrollSide(pages: number): void;
  /** Choose a message with the keyboard, the one before or after the chosen one; `none` chooses none. */
  focus(where: 'previous' | 'next' | 'none'): void;
  /** Sequence number of the chosen message in the current log; commands take it for their target. */
  focused(): number | undefined;
  /** Show the entry with this sequence number. */
  reveal(seq: number): void;
  /** The input line of the current tab. */
  input: {
    get(): { readonly line: string; readonly cursor: number };
    set(line: string, cursor?: number): void;
    /** Runs an editing action of the line editor by name (`kill-line`, `history-previous`, …). */
    act(name: string): boolean;
  };
  /** Gives the terminal away while `run` works ($EDITOR); chat goes on meanwhile. */
  outside<T>(run: () => Promise<T>): Promise<T>;
  suspend(): void;
  /** The theme by tokens (JSON), undefined: the one that fits the background; answers what was wrong, nothing if it was taken. */
  theme(json: unknown): readonly Safe[];
  /** Row chosen in the current list, table or form. */
  selected(): string | undefined;
  /** Show or hide the occupants, the tab list, the plain view; let the mouse be ours. Answers what it is now. */
  panel(name: 'side' | 'tabs' | 'raw' | 'mouse', show: boolean | 'toggle'): boolean;
  /** Puts text on the terminal's clipboard (OSC 52, write only); false if it is longer than terminals take. */
  copy(text: Safe): boolean;
  size(): { readonly columns: number; readonly rows: number };
  /** Gives the terminal back for good. */
  close(): void;
}
