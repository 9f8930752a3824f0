/** Tabs that are no chats as lines: rows with numbers to choose them by, forms with fields to fill in by number. */
import { joinSafe, type Safe, safe } from '../../lib/text.js';
import type { FormField } from '../../model/form.js';
import type { CommandLine, FormView, Row, View } from '../../model/view.js';
import { rowText } from '../rows/line.js';

/** A printed tab: what it says, and what a number typed there means. */
export interface Page {
  readonly lines: readonly Safe[];
  /** Commands of the rows by their number. */
  readonly choices: ReadonlyMap<number, CommandLine>;
}

const textOf = (row: Row): Safe => rowText(row).trimEnd() as Safe;

/**
 * A list, table or text; `filter` keeps the rows with these words. `numbers` remembers the number of each row by its id: a
 * list that is sorted anew while somebody types must not mean another row.
 */
export function pageOf(
  view: Exclude<View, { type: 'log' | 'form' }>,
  filter: string,
  numbers: Map<string, number>,
): Page {
  if (view.type === 'text') return { lines: view.rows.map(textOf), choices: new Map() };
  const words = filter.trim().toLowerCase();
  const choices = new Map<number, CommandLine>();
  const lines: Safe[] = [];
  const items =
    view.type === 'list'
      ? view.items.map(item => ({
          ...item,
          text: joinSafe([textOf(item.row), ...(item.right === undefined ? [] : [textOf(item.right)])], '  ' as Safe),
        }))
      : view.rows.map(row => ({
          ...row,
          text: joinSafe(
            row.cells.map(textOf).filter(cell => cell !== ''),
            '  ' as Safe,
          ),
        }));
  for (const item of items) {
    const known = (item.search ?? item.text).toLowerCase();
    if (words !== '' && item.heading !== true && !known.includes(words)) continue;
    if (item.heading === true || item.command === undefined) lines.push(item.text);
    else {
      const number = numbers.get(item.id) ?? numbers.size + 1;
      numbers.set(item.id, number);
      choices.set(number, item.command);
      lines.push(safe`${number}. ${item.text}`);
    }
  }
  const header = view.type === 'list' ? (view.header ?? []).map(textOf) : [];
  const empty = items.length === 0 ? (view.empty ?? []).map(textOf) : [];
  const help = choices.size === 0 ? [] : [safe`(a number chooses, /close goes back)`];
  return { lines: [...header, ...lines, ...empty, ...help], choices };
}

/** Fields that a person fills in, in their order: a field's number is its place here. */
export const fieldsOf = (view: FormView): readonly FormField[] =>
  view.form.fields.filter(field => field.type !== 'fixed' && field.type !== 'hidden');

const isOn = (value: string | undefined): boolean => value === '1' || value === 'true';
const isMulti = (field: FormField): boolean => field.type.endsWith('-multi');

function shownValue(field: FormField, values: readonly string[]): Safe {
  if (field.type === 'text-private') return values.join('') === '' ? safe`` : safe`(hidden)`;
  if (field.type === 'boolean') return isOn(values[0]) ? safe`yes` : safe`no`;
  const shown = values.map(value => field.options.find(one => one.value === value)?.label ?? value);
  return shown.join('; ') as Safe;
}

/** A form from its title to its buttons. */
export function formLines(view: FormView, clean: (text: string) => Safe): readonly Safe[] {
  const { form, values, errors } = view;
  const lines: Safe[] = [];
  if (form.title !== undefined) lines.push(form.title);
  for (const text of form.instructions) lines.push(...(text.split('\n') as Safe[]));
  let number = 0;
  for (const field of form.fields) {
    if (field.type === 'hidden') continue;
    if (field.type === 'fixed') {
      lines.push(...field.values.map(clean));
      continue;
    }
    number++;
    const label = field.label === '' ? clean(field.var) : field.label;
    const must = field.required ? safe` (required)` : safe``;
    const value = clean(shownValue(field, values.get(field.var) ?? field.values));
    lines.push(safe`${number}. ${label}${must}: ${value}`);
    if (field.options.length > 0)
      lines.push(
        safe`   one of: ${joinSafe(
          field.options.map(one => one.label),
          ', ' as Safe,
        )}`,
      );
    const error = errors.get(field.var);
    if (error !== undefined) lines.push(safe`   error: ${error}`);
  }
  if (view.busy === true) lines.push(safe`(waiting for the other side)`);
  else {
    lines.push(safe`(NUMBER=VALUE fills in a field, NUMBER+=VALUE adds a value, NUMBER alone asks for it)`);
    lines.push(
      safe`(then: ${joinSafe(
        view.actions.map(action => action.label),
        ', ' as Safe,
      )})`,
    );
  }
  return lines;
}

/** What a line typed in a form is meant for. */
export type FormLine =
  | { readonly type: 'edit'; readonly name: string; readonly values: readonly string[] }
  | { readonly type: 'ask'; readonly field: FormField }
  | { readonly type: 'run'; readonly command: CommandLine }
  | { readonly type: 'unknown' };

/** Understands such a line: `3=value`, `3+=value`, `3`, or the name of a button. */
export function readFormLine(view: FormView, line: string): FormLine {
  const action = view.actions.find(one => one.label.toLowerCase() === line.trim().toLowerCase());
  if (action !== undefined) return { type: 'run', command: action.command };
  const match = /^\s*(\d{1,4})\s*(?:(\+?=)(.*))?$/s.exec(line);
  const field = match === null ? undefined : fieldsOf(view)[Number(match[1]) - 1];
  if (match === null || field === undefined) return { type: 'unknown' };
  const [, , how, text = ''] = match;
  if (how === undefined) return { type: 'ask', field };
  const typed = text.trim();
  const option = field.options.find(
    one => one.value === typed || one.label.toLowerCase() === typed.toLowerCase(),
  )?.value;
  const value = field.type === 'boolean' ? (/^(?:y|yes|1|true|on)$/i.test(typed) ? '1' : '0') : (option ?? typed);
  const old = view.values.get(field.var) ?? field.values;
  if (how === '+=' && isMulti(field)) return { type: 'edit', name: field.var, values: [...old, value] };
  return { type: 'edit', name: field.var, values: typed === '' && field.type !== 'boolean' ? [] : [value] };
}
