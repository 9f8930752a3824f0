/** Everything about the line being written: drafts per tab, completion, pastes, and questions asked in its place. */
import { cleanLine, type Safe, safe } from '../../lib/text.js';
import { isEditAction } from '../../model/editing.js';
import type { Completion, Question, Row, Shell } from '../../model/view.js';
import { quote } from '../../model/wording.js';
import { clear, createEditorState, type EditorState, offsetOf, setText, textOf } from '../editor-state.js';
import type { LineEditor } from '../line-editor.js';
import { words } from '../rows/line.js';
import { candidatesPicture, choiceRow, hintPicture } from './hints.js';
import type { InputLook } from './input.js';
import type { Picture } from './picture.js';

type Choice =
  /** A paste that waits for what is to happen with it. */
  | { readonly type: 'paste'; readonly text: string }
  /** A line that was pasted and would run a command. */
  | { readonly type: 'command'; readonly line: string };

interface Draft {
  /** The command that was refused and stands here still: what is typed next takes its place. */
  refused?: string;
  readonly state: EditorState;
  /** The beginning of the line was pasted: it may not run a command without a second yes. */
  pasted: boolean;
}

interface Rotation {
  readonly tab: number;
  readonly completion: Completion;
  /** The line before the first candidate was put in. */
  readonly line: string;
  readonly cursor: number;
  index: number;
  turned: boolean;
}

const STARTS_COMMAND = /^\s*\//;

/** A text that can be no command: a slash at its beginning is doubled. */
export function asText(text: string): string {
  return STARTS_COMMAND.test(text) ? `/${text.trimStart()}` : text;
}

export interface ComposerOptions {
  readonly shell: Shell;
  readonly editor: LineEditor;
  /** What is shown of the input has changed. */
  readonly changed: () => void;
  /** Lines of history that a tab keeps (`input.history`). */
  readonly historyLines: () => number;
}

export interface Composer {
  /** The tab whose draft is edited. */
  enter(tab: number): void;
  /** Drafts of an earlier run may be known now: they go where nothing was written yet. */
  restore(): void;
  /** Forgets the drafts of tabs that are gone. */
  prune(alive: ReadonlySet<number>): void;
  /** What the input shows now: the draft or the answer to a question. */
  readonly state: EditorState;
  readonly line: string;
  readonly empty: boolean;
  /** A question or a choice has the keys. */
  readonly asking: boolean;
  readonly searching: boolean;
  /** Keys of a question, a choice or a rotation; false if there is none or it did not want the key. */
  modal(chord: string): boolean;
  /** Enter, Tab and the keys of the editor. */
  edit(chord: string): boolean;
  type(text: string): void;
  paste(text: string): void;
  submit(): void;
  set(line: string, cursor?: number): void;
  act(name: string): boolean;
  /** The cursor to a cell of the text. */
  moveTo(cell: number): void;
  /** A name into the line as completion would put it: with `after` at its beginning, quoted in a command. */
  address(name: string, after: string): void;
  prompt(tab: Row): Row;
  readonly look: InputLook;
  /** The row above the input, if there is something to say there. */
  hint(columns: number): Picture | undefined;
}

export function createComposer({ shell, editor, changed, historyLines }: ComposerOptions): Composer {
  const drafts = new Map<number, Draft>();
  let tab = -1;
  let choice: Choice | undefined;
  let rotation: Rotation | undefined;
  /** Completions asked for; only the last one counts. */
  let asked = 0;
  let answering: { readonly id: number; readonly state: EditorState } | undefined;

  function draft(): Draft {
    let known = drafts.get(tab);
    if (known === undefined) {
      known = { state: createEditorState(), pasted: false };
      drafts.set(tab, known);
      const kept = shell.draft?.(tab) ?? '';
      if (kept !== '') setText(known.state, kept);
    }
    return known;
  }

  function restore(): void {
    for (const [id, { state }] of drafts) {
      const kept = state.cells.length === 0 && state.undo.length === 0 ? (shell.draft?.(id) ?? '') : '';
      if (kept !== '') setText(state, kept);
    }
    changed();
  }

  /** The question that is open, with an editor of its own. */
  function question(): Question | undefined {
    const open = shell.question();
    if (open === undefined) answering = undefined;
    else if (answering?.id !== open.id) {
      const state = createEditorState({ secret: open.secret });
      setText(state, open.initial);
      state.undo = [];
      answering = { id: open.id, state };
    }
    return open;
  }

  /** How the line looks: the name of a command in its colour, what belongs behind it as a ghost. */
  function look(): InputLook {
    const { state } = draft();
    if (choice !== undefined || state.search !== undefined || state.cells[0]?.raw !== '/') return {};
    if (state.cells[1]?.raw === '/') return {};
    const line = textOf(state);
    const known = shell.known?.(line);
    const ghost = state.cursor === state.cells.length && rotation === undefined ? shell.ghost?.(line) : undefined;
    let length = state.cells.findIndex(cell => /^\s/.test(cell.raw));
    if (length < 0) length = state.cells.length;
    return {
      ...(known === undefined ? {} : { name: { length, token: known ? 'input.command' : 'input.error' } as const }),
      ...(ghost === undefined ? {} : { ghost }),
    };
  }

  const current = (): EditorState => {
    question();
    return answering?.state ?? draft().state;
  };

  /** A refused command stays to be mended; who types something else over it finds it in the history. */
  function typeOver(text: string): void {
    const own = draft();
    const { state } = own;
    const line = textOf(state);
    if (own.refused !== line || state.cursor !== state.cells.length) return;
    // A blank behind it goes on with its arguments.
    if (/^\s/.test(text) || (/\s$/.test(line) && !text.startsWith('/'))) return;
    if (shell.keeps?.(line) !== false && historyLines() > 0) editor.submit(state, historyLines());
    else clear(state);
  }

  /** After every change of the draft. */
  function typed(): void {
    const own = draft();
    const { state } = own;
    delete own.refused;
    if (state.cells.length === 0) own.pasted = false;
    shell.typed(textOf(state), tab);
    changed();
  }

  function send(line: string): void {
    const own = draft();
    const from = tab;
    const cells = own.state.cells;
    // Taken before it runs: a command may put something new into the line.
    const kept = shell.keeps?.(line) !== false && historyLines() > 0;
    if (kept && textOf(own.state) === line) editor.submit(own.state, historyLines());
    else clear(own.state);
    own.pasted = false;
    if (!shell.submit(line)) {
      if (kept && own.state.history.at(-1) === line) own.state.history.pop();
      own.state.place = own.state.history.length;
      own.state.cells = cells;
      own.state.cursor = cells.length;
      // A text is never taken for something that may be typed over.
      if (line.startsWith('/') && !line.startsWith('//')) own.refused = line;
    }
    if (tab === from) shell.typed(textOf(own.state), tab);
    changed();
  }

  function submit(): void {
    rotation = undefined;
    const own = draft();
    const line = textOf(own.state);
    if (line === '') return;
    if (own.pasted && STARTS_COMMAND.test(line) && !line.trimStart().startsWith('//')) {
      choice = { type: 'command', line };
      changed();
      return;
    }
    send(line);
  }

  function put(text: string): void {
    const own = draft();
    const before = textOf(own.state).slice(0, offsetOf(own.state));
    const atStart = before.trim() === '';
    const severalLines = text.includes('\n');
    // A pasted command of several lines is a text; of one line it needs a second yes.
    if (atStart && severalLines) editor.paste(own.state, asText(text));
    else editor.paste(own.state, text);
    if (atStart && STARTS_COMMAND.test(before + text)) own.pasted = true;
    typed();
  }

  function rotate(step: number): void {
    const turning = rotation;
    if (turning === undefined) return;
    const { candidates, start, end } = turning.completion;
    turning.index = (turning.index + step + candidates.length) % candidates.length;
    const insert = candidates[turning.index]?.insert ?? '';
    const { state } = draft();
    // One step for undo, however often it was turned.
    if (turning.turned) state.undo.pop();
    turning.turned = true;
    setText(state, turning.line.slice(0, start) + insert + turning.line.slice(end), start + insert.length);
    typed();
  }

  function take(completion: Completion, line: string, cursor: number, step: 1 | -1): void {
    const { candidates, start, end } = completion;
    const [only] = candidates;
    if (only === undefined) return;
    if (candidates.length === 1) {
      setText(draft().state, line.slice(0, start) + only.insert + line.slice(end), start + only.insert.length);
      typed();
      return;
    }
    rotation = { tab, completion, line, cursor, index: step > 0 ? -1 : 0, turned: false };
    rotate(step);
  }

  function complete(step: 1 | -1): void {
    const { state } = draft();
    const line = textOf(state);
    const cursor = offsetOf(state);
    const serial = ++asked;
    const from = tab;
    const found = shell.complete(line, cursor);
    if (!(found instanceof Promise)) {
      take(found, line, cursor, step);
      return;
    }
    found.then(
      completion => {
        // Whoever typed on does not want to be interrupted.
        const still = serial === asked && tab === from && textOf(draft().state) === line;
        if (still && offsetOf(draft().state) === cursor) take(completion, line, cursor, step);
      },
      () => {
        // The completer has failed; its owner was told.
      },
    );
  }

  function choose(open: Choice, key: string): boolean {
    const close = (): void => {
      choice = undefined;
      changed();
    };
    if (key === 'escape' || key === 'ctrl-c' || key === 'ctrl-g') {
      close();
      return true;
    }
    if (open.type === 'paste') {
      if (key === 'e') {
        close();
        put(open.text);
      } else if (key === 'enter') {
        close();
        put(open.text);
        const line = textOf(draft().state);
        // Sent as a text, whatever it begins with.
        send(draft().pasted && !line.startsWith('//') ? asText(line) : line);
      }
      return true;
    }
    if (key === 'enter') {
      close();
      send(open.line);
    } else if (key === 't') {
      close();
      send(asText(open.line));
    } else if (key === 'e') close();
    return true;
  }

  function answer(open: Question, text: string | undefined): void {
    answering = undefined;
    shell.answer(open.id, text);
    changed();
  }

  return {
    enter(next) {
      if (next === tab) return;
      tab = next;
      rotation = undefined;
      choice = undefined;
      asked++;
    },
    prune(alive) {
      for (const id of drafts.keys()) if (!alive.has(id)) drafts.delete(id);
    },
    get state() {
      return current();
    },
    get line() {
      return textOf(draft().state);
    },
    get empty() {
      return draft().state.cells.length === 0;
    },
    get asking() {
      return choice !== undefined || question() !== undefined;
    },
    get searching() {
      return draft().state.search !== undefined;
    },
    modal(chord) {
      if (choice !== undefined) return choose(choice, chord);
      const open = question();
      if (open !== undefined) {
        if (chord === 'escape' || chord === 'ctrl-c' || chord === 'ctrl-g') answer(open, undefined);
        else if (open.keys !== undefined) return false;
        else if (chord === 'enter') answer(open, textOf(current()));
        else if (chord === 'tab' || chord === 'shift-tab' || chord === 'ctrl-r') return true;
        else if (chord === 'up' || chord === 'down' || !editor.key(current(), chord)) return false;
        changed();
        return true;
      }
      if (rotation !== undefined) {
        if (chord === 'tab') rotate(1);
        else if (chord === 'shift-tab') rotate(-1);
        else if (chord === 'escape') {
          setText(draft().state, rotation.line, rotation.cursor);
          rotation = undefined;
          typed();
        } else {
          rotation = undefined;
          changed();
          return false;
        }
        return true;
      }
      return false;
    },
    edit(chord) {
      if (chord === 'enter') {
        submit();
        return true;
      }
      if (chord === 'tab' || chord === 'shift-tab') {
        // What a history search has found is completed like a typed line.
        if (draft().state.search !== undefined) editor.key(draft().state, 'end');
        complete(chord === 'tab' ? 1 : -1);
        return true;
      }
      const { state } = draft();
      const before = state.cells;
      if (!editor.key(state, chord)) return false;
      if (state.cells !== before) typed();
      else {
        // Whoever moves in it mends it.
        delete draft().refused;
        changed();
      }
      return true;
    },
    type(text) {
      if (choice !== undefined) {
        choose(choice, text.toLowerCase());
        return;
      }
      const open = question();
      if (open !== undefined) {
        if (open.keys === undefined) editor.type(current(), text);
        else {
          const key = open.keys.find(one => one === text) ?? open.keys.find(one => one === text.toLowerCase());
          if (key !== undefined) answer(open, key);
        }
        changed();
        return;
      }
      rotation = undefined;
      if (draft().state.search === undefined) typeOver(text);
      editor.type(draft().state, text);
      typed();
    },
    paste(raw) {
      const text = raw.replace(/\n+$/, '');
      if (text === '') return;
      if (choice?.type === 'paste') {
        // One more while the first one waits: both are asked about together.
        choice = { type: 'paste', text: `${choice.text}\n${text}` };
        changed();
        return;
      }
      choice = undefined;
      const open = question();
      if (open !== undefined) {
        if (open.keys === undefined) editor.paste(current(), text.replace(/\n/g, ' '));
        changed();
        return;
      }
      rotation = undefined;
      if (shell.pasted(text) === 'insert') put(text);
      else {
        choice = { type: 'paste', text };
        changed();
      }
    },
    submit,
    restore,
    set(line, cursor) {
      rotation = undefined;
      setText(draft().state, line, cursor);
      draft().pasted = false;
      typed();
    },
    act(name) {
      if (!isEditAction(name)) return false;
      editor.run(draft().state, name);
      typed();
      return true;
    },
    moveTo(cell) {
      const state = current();
      state.cursor = Math.max(0, Math.min(state.cells.length, cell));
      state.last = 'other';
      rotation = undefined;
      changed();
    },
    address(name, after) {
      rotation = undefined;
      const { state } = draft();
      const before = textOf(state).slice(0, offsetOf(state));
      const text = before.startsWith('/') ? `${quote(name)} ` : before.trim() === '' ? `${name}${after}` : `${name} `;
      editor.paste(state, before === '' || /\s$/.test(before) ? text : ` ${text}`);
      typed();
    },
    prompt(tabPrompt) {
      const open = question();
      if (open !== undefined) {
        const keys: Safe = open.keys === undefined ? safe`` : safe` (${cleanLine(open.keys.join('/'))})`;
        return [{ text: safe`${open.text}${keys} `, token: 'input.prompt' }];
      }
      const { search } = draft().state;
      if (search !== undefined) {
        const failed = search.failed ? safe`nothing has` : safe`search`;
        return [{ text: safe`(${failed} "${cleanLine(search.query)}") `, token: 'input.search' }];
      }
      return tabPrompt;
    },
    get look(): InputLook {
      const open = question();
      if (open === undefined) return look();
      return { question: open.keys === undefined ? 'line' : 'key' };
    },
    hint(columns) {
      if (choice?.type === 'paste') {
        const lines = choice.text.split('\n').length;
        const what = lines > 1 ? safe`${lines} lines pasted` : safe`${choice.text.length} characters pasted`;
        return hintPicture(choiceRow(what, 'Enter sends as one message, e edits, Esc drops'), columns);
      }
      if (choice?.type === 'command') {
        return hintPicture(
          choiceRow(safe`This command was pasted`, 'Enter runs it, t sends it as text, Esc edits'),
          columns,
        );
      }
      const open = question();
      if (open !== undefined) {
        return open.complaint === undefined
          ? undefined
          : hintPicture([words('notice.error', '! '), { text: open.complaint, token: 'notice.error' }], columns);
      }
      if (rotation !== undefined) return candidatesPicture(rotation.completion.candidates, rotation.index, columns);
      const { state } = draft();
      if (state.cells[0]?.raw !== '/') return undefined;
      const hint = shell.hint(textOf(state), offsetOf(state));
      return hint === undefined || hint.length === 0 ? undefined : hintPicture(hint, columns);
    },
  };
}
