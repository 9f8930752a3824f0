/** A data form (XEP-0004) filled in in place: every field type, its help and its errors, and the buttons. */
import type { EditAction } from '../../model/editing.js';
import type { FormField } from '../../model/form.js';
import type { CommandLine, FormView } from '../../model/view.js';
import { createEditorState, type EditorState, setText, textOf } from '../editor-state.js';
import type { LineEditor } from '../line-editor.js';
import type { Signs } from '../rows/signs.js';
import {
  type Item,
  isMulti,
  isText,
  isTrue,
  MAX_INLINE,
  MAX_WINDOW,
  optionsOf,
  type Picker,
  type Place,
  valuesOf,
} from './form-items.js';
import { buildForm } from './form-picture.js';
import { type Picture, rowsOfScroll, type Scroll } from './picture.js';

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
  /** An action of the line editor in the field that has the focus; false if that is no text. */
  act(action: EditAction, view: FormView): boolean;
  /** Typed text; false if the focus has no use for it. */
  type(text: string, view: FormView): boolean;
  paste(text: string, view: FormView): boolean;
  scroll(what: Scroll): void;
  /** Gives the focus to the field or button painted there; false if there is none. */
  focusAt(x: number, y: number): boolean;
  /** `var` of the field that has the focus. */
  readonly selected: string | undefined;
}

/** With fewer rows for the form the screen has none for the topic. */
const ROWS_WITH_TOPIC = 3;

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

  return {
    paint(view, columns, rows, signs, focused) {
      sync(view);
      height = rows;
      const built = buildForm(
        view,
        columns,
        signs,
        focused,
        { items, focus, picker, editorOf },
        rows >= ROWS_WITH_TOPIC,
      );
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
      // Send and cancel from anywhere: the buttons may be pages away.
      const cancels = chord === 'ctrl-g' && picker === undefined;
      const direct = view.actions.find((one, i) =>
        cancels ? one.label === 'cancel' : chord === 'ctrl-s' && i === 0,
      )?.command;
      if (direct !== undefined) return { type: 'run', command: direct };
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
    act(action, view) {
      sync(view);
      const item = items[focus];
      if (view.busy === true || item?.type !== 'field' || !isText(item.field)) return false;
      if (action === 'newline' && !isMulti(item.field)) return true;
      editor.run(editorOf(item.field, item.index, view), action);
      store(item.field, item.index, view);
      return true;
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
