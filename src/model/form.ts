/** A data form (XEP-0004) as plain data, and the pure functions that fill it in and check it. */
import { parseJid } from '../lib/jid.js';
import { type Safe, safe } from '../lib/text.js';

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

/** Fields a person fills in or that go back as they came; the others only say something. */
function isAnswered(field: FormField): boolean {
  return field.type !== 'fixed' && field.var !== '';
}

function isMulti(field: FormField): boolean {
  return field.type === 'jid-multi' || field.type === 'list-multi' || field.type === 'text-multi';
}

/** The values the form came with. */
export function initialValues(form: Form): FormValues {
  const values = new Map<string, readonly string[]>();
  for (const field of form.fields) if (isAnswered(field)) values.set(field.var, field.values);
  return values;
}

/** The same answers with another one for `name`; an answer to a question that was not asked changes nothing. */
export function setValue(form: Form, values: FormValues, name: string, answer: readonly string[]): FormValues {
  const field = form.fields.find(one => one.var === name);
  if (field === undefined || !isAnswered(field) || field.type === 'hidden') return values;
  return new Map(values).set(name, answer);
}

/** Is this boolean field on? XEP-0004 §3.3 writes it `1` or `true`. */
export function isOn(values: readonly string[] | undefined): boolean {
  return values?.[0] === '1' || values?.[0] === 'true';
}

const BOOLEANS: ReadonlySet<string> = new Set(['0', '1', 'false', 'true']);
/** Ranges of the whole-number types of XML Schema that XEP-0122 names. */
const WHOLE_NUMBERS: ReadonlyMap<string, readonly [bigint, bigint] | undefined> = new Map([
  ['xs:integer', undefined],
  ['xs:long', [-(2n ** 63n), 2n ** 63n - 1n]],
  ['xs:int', [-(2n ** 31n), 2n ** 31n - 1n]],
  ['xs:short', [-32768n, 32767n]],
  ['xs:byte', [-128n, 127n]],
]);

function checkValue(field: FormField, value: string): Safe | undefined {
  switch (field.type) {
    case 'boolean':
      return BOOLEANS.has(value) ? undefined : safe`yes or no is wanted`;
    case 'list-single':
    case 'list-multi':
      // What the form came with may stay, whatever the options say.
      return field.options.length === 0 ||
        field.values.includes(value) ||
        field.options.some(one => one.value === value)
        ? undefined
        : safe`choose one of the list`;
    case 'jid-single':
    case 'jid-multi':
      return parseJid(value) === undefined ? safe`not an address such as name@example.org` : undefined;
    default:
      return checkDatatype(field.datatype, value);
  }
}

function checkDatatype(datatype: string | undefined, value: string): Safe | undefined {
  if (datatype === undefined) return undefined;
  if (datatype === 'xs:decimal' || datatype === 'xs:double') {
    return value.trim() !== '' && Number.isFinite(Number(value)) ? undefined : safe`a number is wanted`;
  }
  if (!WHOLE_NUMBERS.has(datatype)) return undefined;
  if (!/^[+-]?\d{1,40}$/.test(value)) return safe`a whole number is wanted`;
  const range = WHOLE_NUMBERS.get(datatype);
  const number = BigInt(value.replace('+', ''));
  if (range === undefined || (number >= range[0] && number <= range[1])) return undefined;
  return safe`a whole number from ${String(range[0]) as Safe} to ${String(range[1]) as Safe} is wanted`;
}

/** What is wrong, one sentence by `var`; empty: the form may be sent. */
export function checkForm(form: Form, values: FormValues): ReadonlyMap<string, Safe> {
  const wrong = new Map<string, Safe>();
  for (const field of form.fields) {
    if (!isAnswered(field) || field.type === 'hidden') continue;
    const given = (values.get(field.var) ?? field.values).filter(value => value !== '');
    const sentence =
      given.length === 0
        ? field.required && field.type !== 'boolean'
          ? safe`this is needed`
          : undefined
        : given.length > 1 && !isMulti(field)
          ? safe`only one value is possible`
          : given.map(value => checkValue(field, value)).find(one => one !== undefined);
    if (sentence !== undefined) wrong.set(field.var, sentence);
  }
  return wrong;
}

/**
 * What goes back: hidden fields as they came, several lines as several values, nothing for an address or a choice that was
 * left empty, an empty value for a text that was emptied.
 */
export function valuesToSubmit(form: Form, values: FormValues): FormValues {
  const out = new Map<string, readonly string[]>();
  for (const field of form.fields) {
    if (!isAnswered(field)) continue;
    const given = field.type === 'hidden' ? field.values : (values.get(field.var) ?? field.values);
    switch (field.type) {
      case 'hidden':
        out.set(field.var, given);
        break;
      case 'boolean':
        out.set(field.var, [isOn(given) ? '1' : '0']);
        break;
      case 'text-multi':
        out.set(
          field.var,
          given.flatMap(value => value.split(/\r\n|\r|\n/)),
        );
        break;
      case 'jid-multi':
      case 'list-multi':
        out.set(
          field.var,
          given.filter(value => value !== ''),
        );
        break;
      case 'jid-single':
      case 'list-single':
        if (given[0] !== undefined && given[0] !== '') out.set(field.var, [given[0]]);
        break;
      default:
        out.set(field.var, [given[0] ?? '']);
    }
  }
  return out;
}

/** The last part of a field's name, which is what people call it: `moderatedroom` of `muc#roomconfig_moderatedroom`. */
export function shortName(field: FormField): string {
  return field.var.replace(/^.*#(?:roomconfig_)?/, '').replace(/^\{.*\}/, '');
}

/** The field meant by a word: its whole name, its short name, or an unambiguous beginning of that. */
export function fieldNamed(form: Form, word: string): FormField | undefined {
  const wanted = word.toLowerCase();
  const fields = form.fields.filter(field => isAnswered(field) && field.type !== 'hidden');
  const begun = fields.filter(field => shortName(field).toLowerCase().startsWith(wanted));
  return (
    fields.find(field => field.var.toLowerCase() === wanted) ??
    fields.find(field => shortName(field).toLowerCase() === wanted) ??
    (begun.length === 1 ? begun[0] : undefined)
  );
}

const WORDS_FOR_YES: ReadonlySet<string> = new Set(['1', 'true', 'on', 'yes', 'y']);
const WORDS_FOR_NO: ReadonlySet<string> = new Set(['0', 'false', 'off', 'no', 'n']);

/** What was typed as values of this field; `undefined`: it is none of those it can have. */
export function valuesTyped(field: FormField, text: string): readonly string[] | undefined {
  const typed = text.trim();
  if (field.type === 'boolean') {
    const word = typed.toLowerCase();
    return WORDS_FOR_YES.has(word) ? ['1'] : WORDS_FOR_NO.has(word) ? ['0'] : undefined;
  }
  const optionFor = (word: string): string | undefined =>
    field.options.find(one => one.value === word || one.label.toLowerCase() === word.toLowerCase())?.value;
  if (field.type === 'list-single') {
    const chosen = optionFor(typed);
    return chosen === undefined ? undefined : [chosen];
  }
  if (!isMulti(field)) return [typed];
  const parts = (field.type === 'text-multi' ? typed.split('\\n') : typed.split(/[\s,]+/)).filter(part => part !== '');
  if (field.type !== 'list-multi') return parts;
  const chosen = parts.map(part => optionFor(part));
  return chosen.some(one => one === undefined) ? undefined : chosen.filter(one => one !== undefined);
}
