/** XEP-0004 Data Forms as plain data, both ways. https://xmpp.org/extensions/xep-0004.html */
import { cleanBody, cleanLine, toWireText } from '../lib/text.js';
import type { FieldType, Form, FormField, FormValues } from '../model/form.js';
import { inLanguage } from './decode.js';
import type { Mutable } from './xep.js';
import { attr, childOf, childrenOf, type Element, textOf, xml } from './xml.js';

export const NS_DATA = 'jabber:x:data';
const NS_VALIDATE = 'http://jabber.org/protocol/xdata-validate';
const NS_MEDIA = 'urn:xmpp:media-element';

/** More would not help anybody to fill the form in. */
export const MAX_FIELDS = 200;
const MAX_OPTIONS = 5_000;
const MAX_ITEMS = 5_000;
const MAX_VALUES = 2_000;
const MAX_VALUE = 64 * 1024;
const MAX_MEDIA = 10;

const FIELD_TYPES: ReadonlySet<string> = new Set([
  'boolean',
  'fixed',
  'hidden',
  'jid-multi',
  'jid-single',
  'list-multi',
  'list-single',
  'text-multi',
  'text-private',
  'text-single',
]);
const FORM_TYPES: ReadonlySet<string> = new Set(['form', 'submit', 'cancel', 'result']);

function valuesOf(field: Element): string[] {
  return childrenOf(field, 'value')
    .slice(0, MAX_VALUES)
    .map(value => value.getText().slice(0, MAX_VALUE));
}

function fieldOf(field: Element): FormField {
  const type = attr(field, 'type') ?? '';
  const name = attr(field, 'var') ?? '';
  const values = valuesOf(field);
  const made: Mutable<FormField> = {
    var: name,
    // > an unknown type must be treated as text-single  XEP-0004 §3.3
    type: FIELD_TYPES.has(type) ? (type as FieldType) : 'text-single',
    label: cleanLine(attr(field, 'label') ?? name),
    required: childOf(field, 'required') !== undefined,
    values,
    options: childrenOf(field, 'option')
      .slice(0, MAX_OPTIONS)
      .map(option => {
        const value = (textOf(option, 'value') ?? '').slice(0, MAX_VALUE);
        return { label: cleanLine(attr(option, 'label') ?? value), value };
      }),
  };
  const description = describedBy(field);
  if (description !== '') made.description = cleanBody(description);
  const datatype = attr(childOf(field, 'validate', NS_VALIDATE), 'datatype');
  if (datatype !== undefined && /^[a-z]+:[A-Za-z]{1,32}$/.test(datatype)) made.datatype = datatype;
  return made;
}

/** What the field says about itself; a picture (XEP-0221) is named by its address and never fetched. */
function describedBy(field: Element): string {
  const media = childrenOf(childOf(field, 'media', NS_MEDIA), 'uri', NS_MEDIA);
  const addresses = media.slice(0, MAX_MEDIA).map(uri => uri.getText().trim());
  return [textOf(field, 'desc') ?? '', ...addresses].filter(text => text !== '').join('\n');
}

/** Reads an `<x xmlns='jabber:x:data'/>`; total. */
export function formOf(x: Element, lang = 'en'): Form {
  const type = attr(x, 'type') ?? 'form';
  const all = childrenOf(x, 'field');
  const fields = all.slice(0, MAX_FIELDS).map(fieldOf);
  const form: Mutable<Form> = {
    type: FORM_TYPES.has(type) ? (type as Form['type']) : 'form',
    instructions: childrenOf(x, 'instructions')
      .slice(0, 20)
      .map(line => cleanBody(line.getText())),
    fields,
  };
  const title = textOf(inLanguage(childrenOf(x, 'title'), lang));
  if (title !== undefined && title !== '') form.title = cleanLine(title);
  // > FORM_TYPE is a hidden field; in a submitted or result form it may lack its type  XEP-0068 §4
  const formType = all.find(
    field => attr(field, 'var') === 'FORM_TYPE' && (attr(field, 'type') === 'hidden' || form.type !== 'form'),
  );
  const formTypeValue = textOf(formType, 'value');
  if (formTypeValue !== undefined) form.formType = formTypeValue;
  const reported = childOf(x, 'reported');
  if (reported !== undefined) form.reported = childrenOf(reported, 'field').slice(0, MAX_FIELDS).map(fieldOf);
  const items = childrenOf(x, 'item');
  if (items.length > 0) {
    form.items = items.slice(0, MAX_ITEMS).map(item => {
      const row = new Map<string, readonly string[]>();
      for (const field of childrenOf(item, 'field').slice(0, MAX_FIELDS)) {
        const name = attr(field, 'var') ?? '';
        if (!row.has(name)) row.set(name, valuesOf(field));
      }
      return row;
    });
  }
  const omitted = Math.max(0, all.length - MAX_FIELDS) + Math.max(0, items.length - MAX_ITEMS);
  if (omitted > 0) form.omitted = omitted;
  return form;
}

/** The data form inside an element, if there is one. */
export function formIn(element: Element | undefined, lang?: string): Form | undefined {
  const x = childOf(element, 'x', NS_DATA);
  return x === undefined ? undefined : formOf(x, lang);
}

/** The answer to a form: answered fields with the new values, all others as they came, in their order. */
export function submitForm(form: Form, values: FormValues = new Map()): Element {
  const sent = new Set<string>();
  const fields = form.fields.flatMap(field => {
    if (field.type === 'fixed' && field.var === '') return [];
    if (field.var === '') return [];
    // Two fields of one name: the answer belongs to the first, the second goes back as it came.
    const answered = sent.has(field.var) ? undefined : values.get(field.var);
    sent.add(field.var);
    const chosen = answered ?? field.values;
    if (field.type === 'fixed' && answered === undefined) return [];
    // > an empty field may be left out unless it is required  XEP-0004 §3.1
    if (chosen.length === 0 && !field.required) return [];
    const type = field.type === 'hidden' || field.var === 'FORM_TYPE' ? 'hidden' : undefined;
    return [
      xml(
        'field',
        { var: field.var, type },
        chosen.map(value => xml('value', {}, toWireText(value).text)),
      ),
    ];
  });
  return xml('x', { xmlns: NS_DATA, type: 'submit' }, fields);
}

/** A form that says no more than that it is cancelled. */
export function cancelForm(): Element {
  return xml('x', { xmlns: NS_DATA, type: 'cancel' });
}
