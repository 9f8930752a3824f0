/** A multi-line editor over grapheme clusters with the keys of readline; text, history and undo live in a state per tab. */
import { clusters } from '../lib/width.js';
import { EDIT_KEYS, type EditAction } from '../model/editing.js';
import {
  cellOf,
  cellsOf,
  clear,
  type EditorCell,
  type EditorState,
  MAX_HISTORY,
  MAX_INPUT,
  rawOf,
  remember,
  type Search,
  textOf,
} from './editor-state.js';
import type { Chord } from './keys.js';

const MAX_KILLS = 32;

const isWord = (cell: EditorCell): boolean => /^[\p{L}\p{N}\p{M}_]/u.test(cell.raw);
const isSpace = (cell: EditorCell): boolean => /^\s/u.test(cell.raw);

export interface LineEditor {
  /** Runs what `EDIT_KEYS` has for the chord; false if the key is not ours (Enter always is the caller's). */
  key(state: EditorState, chord: Chord): boolean;
  run(state: EditorState, action: EditAction): void;
  /** Text that was typed; during a history search it goes into the search. */
  type(state: EditorState, text: string): void;
  /** Text that was pasted: one undo step, never a search. */
  paste(state: EditorState, text: string): void;
  /** Takes the line: it goes to the history, which keeps so many, and the state is empty. */
  submit(state: EditorState, keep?: number): string;
}

export function createLineEditor(): LineEditor {
  // Shared by all inputs: what was cut in one tab can be put into another.
  const kills: (readonly EditorCell[])[] = [];
  let killIndex = 0;

  function replace(state: EditorState, start: number, end: number, cells: readonly EditorCell[]): void {
    const room = MAX_INPUT - (state.cells.length - (end - start));
    const fitting = cells.length > room ? cells.slice(0, Math.max(0, room)) : cells;
    state.cells = [...state.cells.slice(0, start), ...fitting, ...state.cells.slice(end)];
    state.cursor = start + fitting.length;
  }

  function insert(state: EditorState, text: string, kind: EditorState['last']): void {
    let added: readonly EditorCell[] = cellsOf(text);
    if (added.length === 0) return;
    remember(state, kind);
    const before = state.cells[state.cursor - 1];
    const first = added[0]!;
    // A mark, a joiner or a skin tone belongs to the cluster before it.
    if (before !== undefined && before.raw !== '\n' && first.raw !== '\n' && before.raw.length < 40) {
      const joined = clusters(before.raw + first.raw);
      if (joined.length === 1) {
        replace(state, state.cursor - 1, state.cursor, [cellOf(before.raw + first.raw)]);
        added = added.slice(1);
      }
    }
    replace(state, state.cursor, state.cursor, added);
  }

  function kill(state: EditorState, start: number, end: number, forward: boolean): void {
    const taken = state.cells.slice(start, end);
    if (taken.length === 0) return;
    const joins = state.last === 'kill';
    remember(state, 'kill');
    if (!state.secret) {
      const top = kills.at(-1);
      if (joins && top !== undefined) kills[kills.length - 1] = forward ? [...top, ...taken] : [...taken, ...top];
      else {
        kills.push(taken);
        if (kills.length > MAX_KILLS) kills.shift();
      }
      killIndex = kills.length - 1;
    }
    replace(state, start, end, []);
    state.cursor = start;
  }

  function wordLeft(state: EditorState): number {
    let at = state.cursor;
    while (at > 0 && !isWord(state.cells[at - 1]!)) at--;
    while (at > 0 && isWord(state.cells[at - 1]!)) at--;
    return at;
  }

  function wordRight(state: EditorState): number {
    const { cells } = state;
    let at = state.cursor;
    while (at < cells.length && !isWord(cells[at]!)) at++;
    while (at < cells.length && isWord(cells[at]!)) at++;
    return at;
  }

  function spaceLeft(state: EditorState): number {
    let at = state.cursor;
    while (at > 0 && isSpace(state.cells[at - 1]!)) at--;
    while (at > 0 && !isSpace(state.cells[at - 1]!)) at--;
    return at;
  }

  function lineStart(state: EditorState, from = state.cursor): number {
    let at = from;
    while (at > 0 && state.cells[at - 1]!.raw !== '\n') at--;
    return at;
  }

  function lineEnd(state: EditorState, from = state.cursor): number {
    let at = from;
    while (at < state.cells.length && state.cells[at]!.raw !== '\n') at++;
    return at;
  }

  function goTo(state: EditorState, place: number): void {
    if (state.secret || place < 0 || place > state.history.length || place === state.place) return;
    const text = textOf(state);
    // What was typed or changed there waits for the way back.
    if (text !== (state.history[state.place] ?? '')) state.edited.set(state.place, text);
    else state.edited.delete(state.place);
    state.place = place;
    state.cells = cellsOf(state.edited.get(place) ?? state.history[place] ?? '').slice(0, MAX_INPUT);
    state.cursor = state.cells.length;
    state.undo = [];
    state.redo = [];
    state.last = 'other';
  }

  function vertical(state: EditorState, direction: -1 | 1): void {
    const start = lineStart(state);
    const column = state.cursor - start;
    if (direction < 0) {
      if (start === 0) {
        goTo(state, state.place - 1);
        return;
      }
      const above = lineStart(state, start - 1);
      state.cursor = Math.min(above + column, start - 1);
    } else {
      const end = lineEnd(state);
      if (end === state.cells.length) {
        goTo(state, state.place + 1);
        return;
      }
      state.cursor = Math.min(end + 1 + column, lineEnd(state, end + 1));
    }
  }

  function mapWord(state: EditorState, change: (letter: string, index: number) => string): void {
    const end = wordRight(state);
    if (end === state.cursor) return;
    remember(state, 'other');
    let index = 0;
    const changed = state.cells.slice(state.cursor, end).map(cell => {
      if (!isWord(cell)) return [cell];
      // An upper case may have more letters than one: ß becomes SS.
      return cellsOf(change(cell.raw, index++));
    });
    replace(state, state.cursor, end, changed.flat());
  }

  function transposeWords(state: EditorState): void {
    const end = wordRight(state);
    const probe = { ...state, cursor: end };
    const secondStart = wordLeft(probe);
    const firstStart = wordLeft({ ...state, cursor: secondStart });
    let firstEnd = firstStart;
    while (firstEnd < secondStart && isWord(state.cells[firstEnd]!)) firstEnd++;
    if (firstStart === secondStart || firstEnd === firstStart) return;
    remember(state, 'other');
    const { cells } = state;
    replace(state, firstStart, end, [
      ...cells.slice(secondStart, end),
      ...cells.slice(firstEnd, secondStart),
      ...cells.slice(firstStart, firstEnd),
    ]);
  }

  function find(state: EditorState, search: Search, from: number, step: -1 | 1): void {
    const query = search.query.toLowerCase();
    for (let place = from; place >= 0 && place < state.history.length; place += step) {
      const line = state.history[place]!;
      const at = query === '' ? -1 : line.toLowerCase().indexOf(query);
      if (at < 0) continue;
      search.index = place;
      search.failed = false;
      state.cells = cellsOf(line).slice(0, MAX_INPUT);
      state.cursor = cellsOf(line.slice(0, at)).length;
      return;
    }
    search.failed = query !== '';
  }

  function endSearch(state: EditorState, keep: boolean): void {
    const { search } = state;
    if (search === undefined) return;
    state.search = undefined;
    if (keep) {
      if (state.cells !== search.origin.cells) {
        state.undo.push(search.origin);
        state.redo = [];
      }
      return;
    }
    state.cells = search.origin.cells;
    state.cursor = search.origin.cursor;
  }

  /** Keys of the history search; false if the search is over and the key is still to be done. */
  function searchKey(state: EditorState, search: Search, chord: Chord): boolean {
    switch (chord) {
      case 'ctrl-r':
        find(state, search, search.index - 1, -1);
        return true;
      case 'ctrl-s':
        find(state, search, search.index + 1, 1);
        return true;
      case 'backspace':
      case 'ctrl-h':
        search.query = rawOf(cellsOf(search.query).slice(0, -1));
        search.index = state.history.length;
        if (search.query === '') {
          state.cells = search.origin.cells;
          state.cursor = search.origin.cursor;
          search.failed = false;
        } else find(state, search, state.history.length - 1, -1);
        return true;
      case 'ctrl-g':
      case 'escape':
      case 'ctrl-c':
        endSearch(state, false);
        return true;
      default:
        endSearch(state, true);
        return false;
    }
  }

  const actions: Readonly<Record<EditAction, (state: EditorState) => void>> = {
    left(state) {
      state.cursor = Math.max(0, state.cursor - 1);
    },
    right(state) {
      state.cursor = Math.min(state.cells.length, state.cursor + 1);
    },
    'word-left'(state) {
      state.cursor = wordLeft(state);
    },
    'word-right'(state) {
      state.cursor = wordRight(state);
    },
    'line-start'(state) {
      state.cursor = lineStart(state);
    },
    'line-end'(state) {
      state.cursor = lineEnd(state);
    },
    'text-start'(state) {
      state.cursor = 0;
    },
    'text-end'(state) {
      state.cursor = state.cells.length;
    },
    up: state => vertical(state, -1),
    down: state => vertical(state, 1),
    'history-previous': state => goTo(state, state.place - 1),
    'history-next': state => goTo(state, state.place + 1),
    'history-first': state => goTo(state, 0),
    'history-last': state => goTo(state, state.history.length),
    'delete-left'(state) {
      if (state.cursor === 0) return;
      remember(state, 'other');
      replace(state, state.cursor - 1, state.cursor, []);
    },
    'delete-right'(state) {
      if (state.cursor >= state.cells.length) return;
      remember(state, 'other');
      replace(state, state.cursor, state.cursor + 1, []);
    },
    'kill-word-left': state => kill(state, wordLeft(state), state.cursor, false),
    'kill-word-right': state => kill(state, state.cursor, wordRight(state), true),
    'kill-space-left': state => kill(state, spaceLeft(state), state.cursor, false),
    'kill-line-left'(state) {
      const start = lineStart(state);
      // At the beginning of a line the break before it is what is cut.
      kill(state, start === state.cursor ? Math.max(0, start - 1) : start, state.cursor, false);
    },
    'kill-line-right'(state) {
      const end = lineEnd(state);
      // At the end of a line its break is what is cut.
      kill(state, state.cursor, end === state.cursor ? Math.min(end + 1, state.cells.length) : end, true);
    },
    'kill-all'(state) {
      kill(state, 0, state.cells.length, true);
    },
    yank(state) {
      const top = kills[killIndex];
      if (top === undefined) return;
      remember(state, 'yank');
      const start = state.cursor;
      replace(state, start, start, top);
      state.yanked = state.cursor - start;
    },
    'yank-pop'(state) {
      if (state.last !== 'yank' || kills.length === 0) return;
      killIndex = (killIndex + kills.length - 1) % kills.length;
      const start = state.cursor - state.yanked;
      replace(state, start, state.cursor, kills[killIndex]!);
      state.yanked = state.cursor - start;
    },
    transpose(state) {
      const { cells } = state;
      if (cells.length < 2 || state.cursor === 0) return;
      const at = state.cursor === cells.length ? cells.length - 1 : state.cursor;
      remember(state, 'other');
      replace(state, at - 1, at + 1, [cells[at]!, cells[at - 1]!]);
    },
    'transpose-words': transposeWords,
    'upcase-word': state => mapWord(state, letter => letter.toUpperCase()),
    'downcase-word': state => mapWord(state, letter => letter.toLowerCase()),
    'capitalize-word': state =>
      mapWord(state, (letter, index) => (index === 0 ? letter.toUpperCase() : letter.toLowerCase())),
    newline: state => insert(state, '\n', 'other'),
    undo(state) {
      const step = state.undo.pop();
      if (step === undefined) return;
      state.redo.push({ cells: state.cells, cursor: state.cursor });
      state.cells = step.cells;
      state.cursor = step.cursor;
      state.last = 'other';
    },
    redo(state) {
      const step = state.redo.pop();
      if (step === undefined) return;
      state.undo.push({ cells: state.cells, cursor: state.cursor });
      state.cells = step.cells;
      state.cursor = step.cursor;
      state.last = 'other';
    },
    'search-history'(state) {
      if (state.secret) return;
      state.search = {
        query: '',
        index: state.history.length,
        failed: false,
        origin: { cells: state.cells, cursor: state.cursor },
      };
    },
  };
  // After these the next kill starts anew and the next yank is a new one; the others set `last` by themselves.
  const MOTIONS = new Set<EditAction>([
    'left',
    'right',
    'word-left',
    'word-right',
    'line-start',
    'line-end',
    'text-start',
    'text-end',
    'up',
    'down',
  ]);

  const editor: LineEditor = {
    key(state, chord) {
      if (state.search !== undefined && searchKey(state, state.search, chord)) return true;
      const action = Object.hasOwn(EDIT_KEYS, chord) ? EDIT_KEYS[chord] : undefined;
      if (action === undefined) return false;
      editor.run(state, action);
      return true;
    },
    run(state, action) {
      actions[action](state);
      if (MOTIONS.has(action)) state.last = 'other';
    },
    type(state, text) {
      const { search } = state;
      if (search === undefined) {
        // A space starts a new undo step, so that undo takes words.
        if (/^\s/.test(text)) state.last = 'other';
        insert(state, text, 'insert');
        return;
      }
      search.query += text;
      find(state, search, Math.min(search.index, state.history.length - 1), -1);
    },
    paste(state, text) {
      endSearch(state, true);
      insert(state, text, 'other');
    },
    submit(state, keep = MAX_HISTORY) {
      endSearch(state, true);
      const text = textOf(state);
      if (text !== '' && !state.secret && state.history.at(-1) !== text) {
        state.history.push(text);
        if (state.history.length > keep) state.history.splice(0, state.history.length - keep);
      }
      clear(state);
      return text;
    },
  };
  return editor;
}
