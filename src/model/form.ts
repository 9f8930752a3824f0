/** A data form (XEP-0004) as plain data, and the pure functions that fill it in and check it. */
import type { Safe } from '../lib/text.js';

export type FieldType =
  | 'boolean'
  | 'fixed'
  | 'hidden'
  | 'jid-multi'
  | 'jid-single'
  | 'list-multi'
  | 'list-single'
  | 'text-multi'
  | 'text-private'
  | 'text-single';

export interface FormField {
  /** Key; empty for `fixed` fields without one. */
  readonly var: string;
  readonly type: FieldType;
  readonly label: Safe;
  readonly description?: Safe;
  readonly required: boolean;
  /** Values as received (raw: they go back unchanged unless edited). */
  readonly values: readonly string[];
  readonly options: readonly { readonly label: Safe; readonly value: string }[];
  /** XEP-0122, as far as it is understood. */
  readonly datatype?: string;
}

export interface Form {
  readonly type: 'form' | 'submit' | 'cancel' | 'result';
  readonly title?: Safe;
  readonly instructions: readonly Safe[];
  readonly formType?: string;
  readonly fields: readonly FormField[];
  /** Rows of a multi-item result, by `var`. */
  readonly reported?: readonly FormField[];
  readonly items?: readonly ReadonlyMap<string, readonly string[]>[];
  /** How many fields were cut off because there were too many. */
  readonly omitted?: number;
}

/** Answers by `var`; what is not in it keeps the field's own values. */
export type FormValues = ReadonlyMap<string, readonly string[]>;
