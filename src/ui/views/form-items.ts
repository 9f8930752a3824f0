/** What a form is made of on the screen: items with the focus, a list that is open, values and options. */
import { cleanLine, type Safe, safe } from '../../lib/text.js';
import type { FormField } from '../../model/form.js';
import type { FormView } from '../../model/view.js';
import type { EditorState } from '../editor-state.js';

/** Rows of a text or of options that are seen at once. */
export const MAX_WINDOW = 8;
/** Up to so many options of a list-multi are always seen. */
export const MAX_INLINE = 8;

export type Item =
  | { readonly type: 'field'; readonly field: FormField; readonly index: number }
  | { readonly type: 'action'; readonly index: number };

/** Where an item was painted; buttons share a row. */
export interface Place {
  readonly item: number;
  readonly from: number;
  readonly to: number;
  readonly left: number;
  readonly right: number;
}

export interface Picker {
  readonly index: number;
  filter: string;
  at: number;
}

/** What is drawn besides the form itself. */
export interface FormState {
  readonly items: readonly Item[];
  readonly focus: number;
  readonly picker: Picker | undefined;
  editorOf(field: FormField, index: number, view: FormView): EditorState;
}

export const isText = (field: FormField): boolean =>
  field.type === 'text-single' || field.type === 'text-private' || field.type === 'jid-single' || isMulti(field);
export const isMulti = (field: FormField): boolean => field.type === 'text-multi' || field.type === 'jid-multi';
export const isTrue = (value: string | undefined): boolean => value === '1' || value === 'true';

export const valuesOf = (field: FormField, view: FormView): readonly string[] =>
  view.values.get(field.var) ?? field.values;

export function optionsOf(field: FormField, filter: string): readonly number[] {
  const wanted = filter.toLowerCase();
  const out: number[] = [];
  field.options.forEach((option, i) => {
    if (wanted === '' || option.label.toLowerCase().includes(wanted) || option.value.toLowerCase().includes(wanted)) {
      out.push(i);
    }
  });
  return out;
}

export const labelOfOption = (field: FormField, i: number): Safe => {
  const option = field.options[i];
  return option === undefined ? safe`` : option.label === '' ? cleanLine(option.value) : option.label;
};
