/** A form as rows: labels, values, lists, help and errors, results and buttons. */
import type { Span, Token } from '../../lib/span.js';
import { cleanLine, clip, type Safe, safe } from '../../lib/text.js';
import { cluster } from '../../lib/width.js';
import type { FormField } from '../../model/form.js';
import type { FormView, Row } from '../../model/view.js';
import type { EditorState } from '../editor-state.js';
import { blanks, cellsOf, cellsWidth, clipCells, type Line, lineOf, words, wrapLines } from '../rows/line.js';
import type { Signs } from '../rows/signs.js';
import {
  type FormState,
  type Item,
  isMulti,
  isText,
  isTrue,
  labelOfOption,
  MAX_INLINE,
  MAX_WINDOW,
  optionsOf,
  type Picker,
  type Place,
  valuesOf,
} from './form-items.js';
import { editorLine } from './input.js';

const MAX_LABEL_SHARE = 0.5;
const MAX_ITEMS = 500;
const MASK = cluster('*');

export interface Built {
  readonly lines: Line[];
  readonly places: Place[];
  /** Rows of the item that has the focus, and the cursor among all rows. */
  focusFrom: number;
  focusTo: number;
  cursor?: { x: number; y: number };
}

function head(field: FormField, focused: boolean): Row {
  const mark: Span = focused ? words('form.focus', '>') : words('form.label', ' ');
  const label = (field.label === '' ? cleanLine(field.var) : field.label).replace(/\s*:\s*$/, '') as Safe;
  const required: Span[] = field.required ? [words('form.required', '*')] : [];
  if (field.type === 'boolean') return [mark, words('form.label', ' ')];
  return [mark, words('form.label', ' '), { text: label, token: 'form.label' }, ...required, words('form.label', ': ')];
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
  form: FormState,
): void {
  const state = form.editorOf(field, index, view);
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
      state.cells.length === 0 ? cellsOf([words('form.help', '_'.repeat(Math.max(1, Math.min(20, room - 1))))]) : text;
    built.lines.push({ cells: [...(i === 0 ? cells : blanks(x0)), ...shown] });
  });
  const hidden = rows.length - MAX_WINDOW;
  if (hidden > 0) built.lines.push({ cells: [...blanks(x0), ...cellsOf([words('text.mark', `[+${hidden} lines]`)])] });
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
  form: FormState,
): void {
  const { field, index } = item;
  if (isText(field)) buildText(built, field, index, view, columns, focused, form);
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
    const active = form.picker?.index === index ? form.picker : undefined;
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
  if (focused && (field.type === 'list-single' || field.type === 'list-multi') && form.picker === undefined) {
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

/** All rows of a form, and where its items stand in them. Who sent it stands above, in the row of the topic, where there is one. */
export function buildForm(
  view: FormView,
  columns: number,
  signs: Signs,
  hasFocus: boolean,
  form: FormState,
  hasTopic = true,
): Built {
  const built: Built = { lines: [], places: [], focusFrom: 0, focusTo: 0 };
  const { title, instructions, fields, omitted } = view.form;
  if (title !== undefined && title !== '')
    built.lines.push(...wrapLines([{ text: title, token: 'text.heading' }], columns));
  if (!hasTopic) built.lines.push(...wrapLines([{ text: safe`from ${view.from}`, token: 'form.help' }], columns));
  for (const line of instructions) built.lines.push(...wrapLines([{ text: line, token: 'form.help' }], columns));
  built.lines.push({ cells: [] });
  const { items } = form;
  const focusedItem = hasFocus ? items[form.focus] : undefined;
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
      buildField(built, { type: 'field', field, index }, view, columns, focused, signs, form);
      const item = items.findIndex(one => one.type === 'field' && one.index === index);
      built.places.push({ item, from, to: built.lines.length - 1, left: 0, right: columns });
      if (focused) {
        built.focusFrom = from;
        built.focusTo = built.lines.length - 1;
      }
    });
  }
  if (omitted !== undefined && omitted > 0) {
    built.lines.push(lineOf([words('notice.warning', `${omitted} fields were too many and are not shown.`)], columns));
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
