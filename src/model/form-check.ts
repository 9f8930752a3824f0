/** Is a filled form fit to be sent? XEP-0004 §3.3 and the simple data types of XEP-0122. */
import { parseJid } from '../lib/jid.js';
import { type Safe, safe } from '../lib/text.js';
import type { Form, FormField, FormValues } from './form.js';

/** What a field holds now: the answer, or what it came with. */
export function valuesOf(field: FormField, values: FormValues): readonly string[] {
  return values.get(field.var) ?? field.values;
}

const BOOLEANS = new Set(['0', '1', 'true', 'false']);
const WHOLE = /^[+-]?\d+$/;

function problem(field: FormField, values: readonly string[]): Safe | undefined {
  const filled = values.filter(value => value.trim() !== '');
  if (filled.length === 0)
    return field.required && field.type !== 'boolean' ? safe`This must be filled in.` : undefined;
  switch (field.type) {
    case 'boolean':
      return filled.every(value => BOOLEANS.has(value)) ? undefined : safe`Only yes or no.`;
    case 'jid-single':
    case 'jid-multi':
      return filled.every(value => parseJid(value) !== undefined)
        ? undefined
        : safe`An address looks like name@server.`;
    case 'list-single':
      // > the submitting entity MAY give a value that is not among the options with <open/>  XEP-0122 §3.2.2
      if (field.options.length === 0 || filled.every(value => field.options.some(option => option.value === value)))
        break;
      return field.values.includes(filled[0] ?? '') ? undefined : safe`Choose one of the options.`;
    case 'text-single':
    case 'text-private':
      if (values.length > 1) return safe`Only one line.`;
      break;
    default:
  }
  const type = field.datatype?.replace(/^xs:/, '');
  if (type === 'integer' || type === 'int' || type === 'long' || type === 'short' || type === 'byte') {
    return filled.every(value => WHOLE.test(value)) ? undefined : safe`A whole number.`;
  }
  if (type === 'decimal' || type === 'double') {
    return filled.every(value => Number.isFinite(Number(value))) ? undefined : safe`A number.`;
  }
  return undefined;
}

/** A sentence by `var` for every field that cannot be sent like this; empty if all is well. */
export function checkForm(form: Form, values: FormValues): ReadonlyMap<string, Safe> {
  const errors = new Map<string, Safe>();
  for (const field of form.fields) {
    if (field.type === 'fixed' || field.type === 'hidden' || field.var === '') continue;
    const sentence = problem(field, valuesOf(field, values));
    if (sentence !== undefined) errors.set(field.var, sentence);
  }
  return errors;
}
