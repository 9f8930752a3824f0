/** A data form (XEP-0004) filled in in place: every field type, its help and its errors, and the buttons. */
import type { Span, Token } from '../../lib/span.js';
import { cleanLine, clip, type Safe, safe } from '../../lib/text.js';
import { cluster } from '../../lib/width.js';
import type { FormField } from '../../model/form.js';
import type { CommandLine, FormView, Row } from '../../model/view.js';
import { createEditorState, type EditorState, setText, textOf } from '../editor-state.js';
import type { LineEditor } from '../line-editor.js';
import { blanks, cellsOf, cellsWidth, clipCells, type Line, lineOf, words, wrapLines } from '../rows/line.js';
import type { Signs } from '../rows/signs.js';
import { editorLine } from './input.js';
import { type Picture, rowsOfScroll, type Scroll } from './picture.js';

/** Rows of a text or of options that are seen at once. */
const MAX_WINDOW = 8;
/** Up to so many options of a list-multi are always seen. */
const MAX_INLINE = 8;
const MAX_LABEL_SHARE = 0.5;
const MAX_ITEMS = 500;
const MASK = cluster('*');

export type FormAnswer =
  | { readonly type: 'done' }
  /** The form does not want the key. */
  | { readonly type: 'unused' }
  /** To the input line. */
  | { readonly type: 'leave' }
  | { readonly type: 'run'; readonly command: CommandLine };

const DONE: FormAnswer = { type: 'done' };
const UNUSED: FormAnswer = { type: 'unused' };

export interface FormPane {
  paint(view: FormView, columns: number, rows: number, signs: Signs, focused: boolean): Picture;
  key(chord: string, view: FormView): FormAnswer;
  /** Typed text; false if the focus has no use for it. */
  type(text: string, view: FormView): boolean;
  paste(text: string, view: FormView): boolean;
  scroll(what: Scroll): void;
  /** Gives the focus to the field or button painted there; false if there is none. */
  focusAt(x: number, y: number): boolean;
  /** `var` of the field that has the focus. */
  readonly selected: string | undefined;
}

type Item =
  | { readonly type: 'field'; readonly field: FormField; readonly index: number }
  | { readonly type: 'action'; readonly index: number };

/** Where an item was painted; buttons share a row. */
interface Place {
  readonly item: number;
  readonly from: number;
  readonly to: number;
  readonly left: number;
  readonly right: number;
}

interface Picker {
  readonly index: number;
  filter: string;
  at: number;
}

const isText = (field: FormField): boolean =>
  field.type === 'text-single' || field.type === 'text-private' || field.type === 'jid-single' || isMulti(field);
const isMulti = (field: FormField): boolean => field.type === 'text-multi' || field.type === 'jid-multi';
const isTrue = (value: string | undefined): boolean => value === '1' || value === 'true';

export function createFormPane(editor: LineEditor): FormPane {
  /** Of the form that is filled in; another one starts at its first field. */
  let fields: FormView['form']['fields'] | undefined;
  /** The complaints that were last seen. */
  let errors: FormView['errors'] = new Map();
  /** The next complaints follow from what was filled in here. */
  let edited = false;
  let focus = 0;
  let items: readonly Item[] = [];
  let editors = new Map<number, { readonly state: EditorState; source: string }>();
  let picker: Picker | undefined;
  let top = 0;
  let height = 1;
  let places: readonly Place[] = [];
  /** Rows that the person scrolled by hand since the focus last moved. */
  let scrolledBy: number | undefined;

  function sync(view: FormView): void {
    if (fields !== view.form.fields) {
      fields = view.form.fields;
      focus = 0;
      top = 0;
      picker = undefined;
      editors = new Map();
      scrolledBy = undefined;
      errors = view.errors;
    }
    const found: Item[] = [];
    if (view.form.type === 'form') {
      view.form.fields.forEach((field, index) => {
        if (field.type !== 'fixed' && field.type !== 'hidden') found.push({ type: 'field', field, index });
      });
    }
    view.actions.forEach((_action, index) => {
      found.push({ type: 'action', index });
    });
    items = found;
    // Refused: to the first field that is wrong. Editing only takes complaints away.
    const refused = errors !== view.errors && !edited;
    errors = view.errors;
    edited = false;
    const wrong = refused ? items.findIndex(one => one.type === 'field' && view.errors.has(one.field.var)) : -1;
    if (wrong >= 0) {
      focus = wrong;
      picker = undefined;
      scrolledBy = undefined;
    }
    focus = Math.max(0, Math.min(focus, items.length - 1));
  }

  function edit(view: FormView, name: string, values: readonly string[]): void {
    edited = true;
    view.edit(name, values);
  }

  const valuesOf = (field: FormField, view: FormView): readonly string[] => view.values.get(field.var) ?? field.values;

  function editorOf(field: FormField, index: number, view: FormView): EditorState {
    const source = valuesOf(field, view).join('\n');
    let known = editors.get(index);
    if (known === undefined) {
      known = { state: createEditorState({ secret: field.type === 'text-private' }), source };
      setText(known.state, source);
      known.state.undo = [];
      editors.set(index, known);
    } else if (known.source !== source) {
      // Somebody else changed it. What the editor cannot hold (controls, too much) is no change.
      known.source = source;
      setText(known.state, source);
    }
    return known.state;
  }

  function store(field: FormField, index: number, view: FormView): void {
    const known = editors.get(index);
    if (known === undefined) return;
    const text = textOf(known.state);
    const single = isMulti(field) ? text : text.replace(/\n/g, ' ');
    const values = text === '' ? [] : isMulti(field) ? single.split('\n') : [single];
    known.source = values.join('\n');
    edit(view, field.var, values);
  }

  function optionsOf(field: FormField, filter: string): readonly number[] {
    const wanted = filter.toLowerCase();
    const out: number[] = [];
    field.options.forEach((option, i) => {
      if (wanted === '' || option.label.toLowerCase().includes(wanted) || option.value.toLowerCase().includes(wanted)) {
        out.push(i);
      }
    });
    return out;
  }

  const labelOfOption = (field: FormField, i: number): Safe => {
    const option = field.options[i];
    return option === undefined ? safe`` : option.label === '' ? cleanLine(option.value) : option.label;
  };

  function open(field: FormField, index: number, view: FormView, filter = ''): void {
    const current = valuesOf(field, view)[0];
    const options = optionsOf(field, filter);
    const single = field.type === 'list-single' && filter === '';
    const at = single ? options.findIndex(i => field.options[i]?.value === current) : 0;
    picker = { index, filter, at: Math.max(0, at) };
  }

  function move(delta: number): void {
    picker = undefined;
    scrolledBy = undefined;
    if (items.length === 0) return;
    focus = (focus + delta + items.length) % items.length;
  }

  function toggle(field: FormField, value: string, view: FormView): void {
    const chosen = valuesOf(field, view);
    edit(view, field.var, chosen.includes(value) ? chosen.filter(v => v !== value) : [...chosen, value]);
  }

  function pickerKey(chord: string, field: FormField, view: FormView, open: Picker): FormAnswer {
    const options = optionsOf(field, open.filter);
    const step = (delta: number): FormAnswer => {
      open.at = Math.max(0, Math.min(options.length - 1, open.at + delta));
      return DONE;
    };
    switch (chord) {
      case 'up':
        return step(-1);
      case 'down':
        return step(1);
      case 'pageup':
        return step(-MAX_WINDOW);
      case 'pagedown':
        return step(MAX_WINDOW);
      case 'home':
        return step(-options.length);
      case 'end':
        return step(options.length);
      case 'backspace':
        open.filter = [...open.filter].slice(0, -1).join('');
        open.at = 0;
        return DONE;
      case 'escape':
        picker = undefined;
        return DONE;
      case 'enter': {
        const option = field.options[options[open.at] ?? -1];
        if (field.type === 'list-single' && option !== undefined) edit(view, field.var, [option.value]);
        picker = undefined;
        return DONE;
      }
      case 'tab':
      case 'shift-tab':
        move(chord === 'tab' ? 1 : -1);
        return DONE;
      default:
        return UNUSED;
    }
  }

  function fieldKey(chord: string, field: FormField, index: number, view: FormView): FormAnswer {
    if (picker !== undefined && picker.index === index) return pickerKey(chord, field, view, picker);
    if (isText(field)) {
      const state = editorOf(field, index, view);
      if (chord === 'enter') {
        if (isMulti(field)) {
          editor.run(state, 'newline');
          store(field, index, view);
        } else move(1);
        return DONE;
      }
      if (chord === 'up' || chord === 'down') {
        const text = textOf(state);
        const before = state.cells.slice(0, state.cursor);
        const leaves =
          !text.includes('\n') ||
          (chord === 'up'
            ? !before.some(cell => cell.raw === '\n')
            : !state.cells.slice(state.cursor).some(cell => cell.raw === '\n'));
        if (leaves) move(chord === 'up' ? -1 : 1);
        else editor.run(state, chord);
        return DONE;
      }
      if (chord === 'ctrl-r' || chord === 'ctrl-n' || chord === 'ctrl-p' || chord.startsWith('alt-<')) return UNUSED;
      if (!isMulti(field) && (chord === 'alt-enter' || chord === 'shift-enter')) return UNUSED;
      const before = textOf(state);
      if (!editor.key(state, chord)) return UNUSED;
      if (textOf(state) !== before) store(field, index, view);
      return DONE;
    }
    switch (chord) {
      case 'up':
        move(-1);
        return DONE;
      case 'down':
        move(1);
        return DONE;
      case 'enter':
        if (field.type === 'boolean') move(1);
        else open(field, index, view);
        return DONE;
      case 'left':
      case 'right':
        if (field.type === 'list-single' && field.options.length > 0) {
          const at = field.options.findIndex(option => option.value === valuesOf(field, view)[0]);
          const next = (at + (chord === 'left' ? -1 : 1) + field.options.length) % field.options.length;
          edit(view, field.var, [field.options[Math.max(0, next)]?.value ?? '']);
        }
        return DONE;
      default:
        return UNUSED;
    }
  }

  interface Built {
    readonly lines: Line[];
    readonly places: Place[];
    /** Rows of the item that has the focus, and the cursor among all rows. */
    focusFrom: number;
    focusTo: number;
    cursor?: { x: number; y: number };
  }

  function head(field: FormField, focused: boolean): Row {
    const mark: Span = focused ? words('form.focus', '>') : words('form.label', ' ');
    const label = field.label === '' ? cleanLine(field.var) : field.label;
    const required: Span[] = field.required ? [words('form.required', '*')] : [];
    if (field.type === 'boolean') return [mark, words('form.label', ' ')];
    return [
      mark,
      words('form.label', ' '),
      { text: label, token: 'form.label' },
      ...required,
      words('form.label', ': '),
    ];
  }

  /** Puts a value behind its label, or below it if the label is long. */
  function place(built: Built, label: Row, columns: number): { readonly cells: Line['cells']; readonly room: number } {
    const cells = cellsOf(label);
    const width = cellsWidth(cells);
    if (width <= columns * MAX_LABEL_SHARE) return { cells, room: columns - width };
    built.lines.push(...wrapLines(label, columns, 2));
    return { cells: blanks(4), room: Math.max(1, columns - 4) };
  }

  function buildText(
    built: Built,
    field: FormField,
    index: number,
    view: FormView,
    columns: number,
    focused: boolean,
  ): void {
    const state = editorOf(field, index, view);
    const { cells, room } = place(built, head(field, focused), columns);
    const x0 = cellsWidth(cells);
    const token: Token = 'form.value';
    if (!isMulti(field)) {
      const { cells: text, x } = editorLine(state, room, token, field.type === 'text-private' ? MASK : undefined);
      const empty = state.cells.length === 0;
      const shown = empty ? cellsOf([words('form.help', '_'.repeat(Math.max(1, Math.min(20, room - 1))))]) : text;
      if (focused) built.cursor = { x: x0 + x, y: built.lines.length };
      built.lines.push({ cells: [...cells, ...shown] });
      return;
    }
    // Each hard line is a row; a window of them around the cursor.
    const rows: EditorState['cells'][number][][] = [[]];
    let cursor = { row: 0, cell: 0 };
    state.cells.forEach((cell, i) => {
      if (i === state.cursor) cursor = { row: rows.length - 1, cell: rows.at(-1)!.length };
      if (cell.raw === '\n') rows.push([]);
      else rows.at(-1)!.push(cell);
    });
    if (state.cursor >= state.cells.length) cursor = { row: rows.length - 1, cell: rows.at(-1)!.length };
    const from = Math.max(0, Math.min(cursor.row - MAX_WINDOW + 1, rows.length - MAX_WINDOW));
    rows.slice(from, from + MAX_WINDOW).forEach((row, i) => {
      const here = from + i === cursor.row;
      const line = { ...state, cells: row, cursor: here ? cursor.cell : 0 };
      const { cells: text, x } = editorLine(line, room, token, undefined);
      if (here && focused) built.cursor = { x: x0 + x, y: built.lines.length };
      const shown =
        state.cells.length === 0
          ? cellsOf([words('form.help', '_'.repeat(Math.max(1, Math.min(20, room - 1))))])
          : text;
      built.lines.push({ cells: [...(i === 0 ? cells : blanks(x0)), ...shown] });
    });
    const hidden = rows.length - MAX_WINDOW;
    if (hidden > 0)
      built.lines.push({ cells: [...blanks(x0), ...cellsOf([words('text.mark', `[+${hidden} lines]`)])] });
  }

  function buildOptions(
    built: Built,
    field: FormField,
    view: FormView,
    columns: number,
    signs: Signs,
    active: Picker | undefined,
  ): void {
    const chosen = valuesOf(field, view);
    const options = active === undefined ? field.options.map((_option, i) => i) : optionsOf(field, active.filter);
    if (active !== undefined) {
      active.at = Math.max(0, Math.min(active.at, options.length - 1));
      const keys = field.type === 'list-multi' ? 'Space chooses, Enter ends' : 'Enter chooses, Esc ends';
      const filter = active.filter === '' ? safe`Type to filter. ` : safe`Filter: ${cleanLine(active.filter)}  `;
      built.lines.push(
        lineOf([{ text: filter, token: 'form.help' }, words('form.help', `${keys}.`)], columns, { indent: 4 }),
      );
      if (options.length === 0) {
        built.lines.push(lineOf([words('list.empty', 'Nothing matches.')], columns, { indent: 4 }));
        built.cursor = { x: 4, y: built.lines.length - 1 };
      }
    }
    const at = active?.at ?? 0;
    const from = Math.max(0, Math.min(at - Math.floor(MAX_WINDOW / 2), options.length - MAX_WINDOW));
    options.slice(from, from + MAX_WINDOW).forEach((i, k) => {
      const has = chosen.includes(field.options[i]?.value ?? '');
      const here = active !== undefined && from + k === at;
      const box = field.type === 'list-multi' ? (has ? signs.checked : signs.unchecked) : has ? safe`(o)` : safe`( )`;
      if (here) built.cursor = { x: 4, y: built.lines.length };
      built.lines.push(
        lineOf([{ text: safe`${box} ${clip(labelOfOption(field, i), 200)}`, token: 'form.value' }], columns, {
          indent: 4,
          ...(here ? { below: 'list.selected' as const } : {}),
        }),
      );
    });
    const hidden = options.length - Math.min(options.length, MAX_WINDOW);
    if (hidden > 0)
      built.lines.push(lineOf([words('text.mark', `${at + 1} of ${options.length}`)], columns, { indent: 4 }));
  }

  function buildField(
    built: Built,
    item: Item & { type: 'field' },
    view: FormView,
    columns: number,
    focused: boolean,
    signs: Signs,
  ): void {
    const { field, index } = item;
    if (isText(field)) buildText(built, field, index, view, columns, focused);
    else if (field.type === 'boolean') {
      const on = isTrue(valuesOf(field, view)[0]);
      const label = field.label === '' ? cleanLine(field.var) : field.label;
      if (focused) built.cursor = { x: 3, y: built.lines.length };
      const row: Row = [
        ...head(field, focused),
        { text: on ? signs.checked : signs.unchecked, token: 'form.value' },
        { text: safe` ${label}`, token: 'form.label' },
        ...(field.required ? [words('form.required', '*')] : []),
      ];
      built.lines.push(...wrapLines(row, columns, 6));
    } else {
      const chosen = valuesOf(field, view);
      const names = chosen
        .slice(0, MAX_WINDOW)
        .map(value => field.options.findIndex(option => option.value === value))
        .map((i, k) => clip(i < 0 ? cleanLine(chosen[k] ?? '') : labelOfOption(field, i), 60));
      const active = picker?.index === index ? picker : undefined;
      const { cells, room } = place(built, head(field, focused), columns);
      const inline = field.type === 'list-multi' && (active !== undefined || field.options.length <= MAX_INLINE);
      const summary: Row = inline
        ? [words('form.help', `${chosen.length} of ${field.options.length} chosen`)]
        : names.length === 0
          ? [words('form.help', `none of ${field.options.length} chosen`)]
          : [{ text: names.join(', ') as Safe, token: 'form.value' }];
      if (focused) built.cursor = { x: cellsWidth(cells), y: built.lines.length };
      built.lines.push({ cells: [...cells, ...clipCells(cellsOf(summary), room)] });
      if (active !== undefined || inline) buildOptions(built, field, view, columns, signs, active);
    }
    const error = view.errors.get(field.var);
    if (error !== undefined)
      built.lines.push(...wrapLines([{ text: safe`    ! ${error}`, token: 'form.error' }], columns, 6));
    if (focused && field.description !== undefined && field.description !== '') {
      built.lines.push(...wrapLines([{ text: safe`    ${field.description}`, token: 'form.help' }], columns, 4));
    }
    if (focused && (field.type === 'list-single' || field.type === 'list-multi') && picker === undefined) {
      built.lines.push(lineOf([words('form.help', '    Enter opens the list.')], columns));
    }
  }

  function buildResult(built: Built, view: FormView, columns: number): void {
    for (const field of view.form.fields) {
      if (field.type === 'hidden') continue;
      const label: Span[] =
        field.type === 'fixed'
          ? []
          : [{ text: safe`${field.label === '' ? cleanLine(field.var) : field.label}: `, token: 'form.label' }];
      const values = valuesOf(field, view);
      (values.length === 0 ? [''] : values).forEach((value, i) => {
        const option = field.options.find(o => o.value === value);
        const text: Span = { text: option?.label ?? cleanLine(value), token: 'form.value' };
        built.lines.push(...wrapLines(i === 0 ? [...label, text] : [words('form.label', '  '), text], columns, 2));
      });
    }
    const reported = view.form.reported ?? [];
    for (const item of (view.form.items ?? []).slice(0, MAX_ITEMS)) {
      built.lines.push({ cells: [] });
      for (const field of reported) {
        const label = field.label === '' ? cleanLine(field.var) : field.label;
        const value = cleanLine((item.get(field.var) ?? []).join(', '));
        built.lines.push(
          ...wrapLines(
            [
              { text: safe`${label}: `, token: 'form.label' },
              { text: value, token: 'form.value' },
            ],
            columns,
            2,
          ),
        );
      }
    }
    const more = (view.form.items?.length ?? 0) - MAX_ITEMS;
    if (more > 0) built.lines.push(lineOf([words('text.mark', `and ${more} more`)], columns));
  }

  function build(view: FormView, columns: number, signs: Signs, hasFocus: boolean): Built {
    const built: Built = { lines: [], places: [], focusFrom: 0, focusTo: 0 };
    const { title, instructions, fields, omitted } = view.form;
    if (title !== undefined && title !== '')
      built.lines.push(...wrapLines([{ text: title, token: 'text.heading' }], columns));
    built.lines.push(...wrapLines([{ text: safe`from ${view.from}`, token: 'form.help' }], columns));
    for (const line of instructions) built.lines.push(...wrapLines([{ text: line, token: 'form.help' }], columns));
    built.lines.push({ cells: [] });
    const focusedItem = hasFocus ? items[focus] : undefined;
    if (view.form.type !== 'form') buildResult(built, view, columns);
    else {
      fields.forEach((field, index) => {
        if (field.type === 'hidden') return;
        if (field.type === 'fixed') {
          for (const value of valuesOf(field, view)) {
            built.lines.push(...wrapLines([{ text: cleanLine(value), token: 'text.strong' }], columns));
          }
          return;
        }
        const focused = focusedItem?.type === 'field' && focusedItem.index === index;
        const from = built.lines.length;
        buildField(built, { type: 'field', field, index }, view, columns, focused, signs);
        const item = items.findIndex(one => one.type === 'field' && one.index === index);
        built.places.push({ item, from, to: built.lines.length - 1, left: 0, right: columns });
        if (focused) {
          built.focusFrom = from;
          built.focusTo = built.lines.length - 1;
        }
      });
    }
    if (omitted !== undefined && omitted > 0) {
      built.lines.push(
        lineOf([words('notice.warning', `${omitted} fields were too many and are not shown.`)], columns),
      );
    }
    built.lines.push({ cells: [] });
    if (view.busy === true) {
      built.lines.push(lineOf([words('form.help', 'Waiting for the answer…')], columns));
      return built;
    }
    const buttons: Span[] = [];
    let x = 0;
    view.actions.forEach((action, index) => {
      const focused = focusedItem?.type === 'action' && focusedItem.index === index;
      const text = safe`[ ${clip(action.label, 30)} ]`;
      if (focused) {
        built.focusFrom = built.lines.length;
        built.focusTo = built.lines.length;
        built.cursor = { x: Math.min(columns - 1, x + 2), y: built.lines.length };
      }
      buttons.push({ text, token: focused ? 'form.focus' : 'form.button' }, words('form.button', ' '));
      const item = items.findIndex(one => one.type === 'action' && one.index === index);
      const right = x + cellsWidth(cellsOf([{ text, token: 'form.button' }]));
      built.places.push({ item, from: built.lines.length, to: built.lines.length, left: x, right });
      x = right + 1;
    });
    if (buttons.length > 0) built.lines.push(lineOf(buttons, columns));
    return built;
  }

  return {
    paint(view, columns, rows, signs, focused) {
      sync(view);
      height = rows;
      const built = build(view, columns, signs, focused);
      places = built.places;
      const cursorY = built.cursor?.y;
      if (scrolledBy !== undefined) {
        top += scrolledBy;
        scrolledBy = 0;
      } else if (focused) {
        // The whole field if it fits, at least the row of the cursor.
        if (built.focusTo >= top + rows) top = built.focusTo - rows + 1;
        if (built.focusFrom < top) top = built.focusFrom;
        if (cursorY !== undefined && cursorY >= top + rows) top = cursorY - rows + 1;
        if (cursorY !== undefined && cursorY < top) top = cursorY;
        if (focus === 0 && picker === undefined && built.focusTo < rows) top = 0;
      }
      top = Math.max(0, Math.min(top, built.lines.length - rows));
      const lines = built.lines.slice(top, top + rows);
      const y = cursorY === undefined ? -1 : cursorY - top;
      return built.cursor !== undefined && y >= 0 && y < rows
        ? { lines, cursor: { x: Math.min(columns - 1, built.cursor.x), y } }
        : { lines };
    },
    key(chord, view) {
      sync(view);
      if (view.busy === true) return chord === 'escape' ? { type: 'leave' } : UNUSED;
      const item = items[focus];
      if (item?.type === 'field') {
        const answer = fieldKey(chord, item.field, item.index, view);
        if (answer.type !== 'unused') {
          scrolledBy = undefined;
          return answer;
        }
      }
      switch (chord) {
        case 'tab':
        case 'down':
          move(1);
          return DONE;
        case 'shift-tab':
        case 'up':
          move(-1);
          return DONE;
        case 'escape':
          return { type: 'leave' };
        case 'left':
        case 'right':
          if (item?.type === 'action') {
            const next = items[focus + (chord === 'right' ? 1 : -1)];
            if (next?.type === 'action') move(chord === 'right' ? 1 : -1);
          }
          return DONE;
        case 'enter': {
          const command = item?.type === 'action' ? view.actions[item.index]?.command : undefined;
          return command === undefined ? UNUSED : { type: 'run', command };
        }
        default:
          return UNUSED;
      }
    },
    type(text, view) {
      sync(view);
      if (view.busy === true) return false;
      const item = items[focus];
      if (item?.type !== 'field') return false;
      const { field, index } = item;
      scrolledBy = undefined;
      if (isText(field)) {
        const state = editorOf(field, index, view);
        editor.type(state, text);
        store(field, index, view);
        return true;
      }
      if (field.type === 'boolean') {
        if (text === ' ') edit(view, field.var, [isTrue(valuesOf(field, view)[0]) ? '0' : '1']);
        return text !== '/';
      }
      if (picker?.index === index) {
        const options = optionsOf(field, picker.filter);
        const option = field.options[options[picker.at] ?? -1];
        if (text === ' ' && field.type === 'list-multi') {
          if (option !== undefined) toggle(field, option.value, view);
        } else {
          picker.filter += text;
          picker.at = 0;
        }
        return true;
      }
      if (text === '/') return false;
      open(field, index, view, text === ' ' ? '' : text);
      // Where all options are seen the first one is what Space means.
      const [option] = field.options;
      if (text === ' ' && field.type === 'list-multi' && field.options.length <= MAX_INLINE && option !== undefined)
        toggle(field, option.value, view);
      return true;
    },
    paste(text, view) {
      sync(view);
      const item = items[focus];
      if (view.busy === true || item?.type !== 'field' || !isText(item.field)) return false;
      const state = editorOf(item.field, item.index, view);
      editor.paste(state, isMulti(item.field) ? text : text.replace(/\n+$/, '').replace(/\n/g, ' '));
      store(item.field, item.index, view);
      return true;
    },
    scroll(what) {
      if (what.to === 'top') scrolledBy = -1_000_000;
      else if (what.to !== undefined) scrolledBy = 1_000_000;
      else scrolledBy = (scrolledBy ?? 0) + rowsOfScroll(what, height);
    },
    focusAt(x, y) {
      const row = y + top;
      const hit = places.find(one => row >= one.from && row <= one.to && x >= one.left && x < one.right);
      if (hit === undefined || hit.item < 0) return false;
      if (hit.item !== focus) picker = undefined;
      focus = hit.item;
      return true;
    },
    get selected() {
      const item = items[focus];
      return item?.type === 'field' ? item.field.var : undefined;
    },
  };
}
