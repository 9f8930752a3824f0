/** Data forms as the demo server writes and reads them (XEP-0004). */
import { childOf, childrenOf, el, NS, textOf, type XmlElement } from './xml.js';

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
  readonly type: FieldType;
  /** Only a fixed field has none. */
  readonly name?: string;
  readonly label?: string;
  readonly help?: string;
  readonly isRequired?: boolean;
  readonly values?: readonly string[];
  /** Value → label. */
  readonly options?: Readonly<Record<string, string>>;
}

/** What was filled in: the values of each field. */
export type Filled = ReadonlyMap<string, readonly string[]>;

export function printForm(title: string, instructions: string, fields: readonly FormField[]): XmlElement {
  return el(
    'x',
    { xmlns: NS.data, type: 'form' },
    el('title', {}, title),
    el('instructions', {}, instructions),
    ...fields.map(field =>
      el(
        'field',
        { type: field.type, var: field.name, label: field.label },
        ...(field.help === undefined ? [] : [el('desc', {}, field.help)]),
        ...(field.isRequired === true ? [el('required')] : []),
        ...(field.values ?? []).map(value => el('value', {}, value)),
        ...Object.entries(field.options ?? {}).map(([value, label]) => el('option', { label }, el('value', {}, value))),
      ),
    ),
  );
}

/** The filled-in form among the children, if it is one of type submit. */
export function readForm(parent: XmlElement): Filled | undefined {
  const form = childOf(parent, 'x', NS.data);
  if (form === undefined || form.attributes['type'] !== 'submit') return undefined;
  const filled = new Map<string, readonly string[]>();
  for (const field of childrenOf(form, 'field')) {
    const name = field.attributes['var'];
    if (name !== undefined) filled.set(name, childrenOf(field, 'value').map(textOf));
  }
  return filled;
}

export function singleValue(filled: Filled, name: string): string {
  return (filled.get(name)?.[0] ?? '').trim();
}

export function isTrue(filled: Filled, name: string): boolean {
  return ['1', 'true'].includes(singleValue(filled, name));
}

/** The first thing that is wrong, as a sentence. */
export function checkForm(fields: readonly FormField[], filled: Filled): string | undefined {
  for (const field of fields) {
    if (field.name === undefined) continue;
    const values = (filled.get(field.name) ?? []).filter(value => value.trim() !== '');
    const label = field.label ?? field.name;
    if (field.isRequired === true && values.length === 0) return `“${label}” must be filled in.`;
    if (field.options !== undefined && values.some(value => !Object.hasOwn(field.options!, value))) {
      return `“${label}” has a value that is not offered.`;
    }
    const isJid = field.type === 'jid-single' || field.type === 'jid-multi';
    if (isJid && values.some(value => !/^([^@/\s]+@)?[^@/\s]+(\/.+)?$/.test(value))) {
      return `“${label}” must be an address such as ada@demo.localhost.`;
    }
  }
  return undefined;
}
