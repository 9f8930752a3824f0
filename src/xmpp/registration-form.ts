/** The two shapes of a registration: a data form, or the bare fields of XEP-0077, which go back in the same shape. */
import { UserError } from '../lib/errors.js';
import { cleanBody, cleanLine } from '../lib/text.js';
import type { Form, FormField, FormValues } from '../model/form.js';
import { formIn, submitForm } from './forms.js';
import { NS_REGISTER } from './ns.js';
import { childOf, type Element, elementsOf, nsOf, textOf, xml } from './xml.js';

/** Marks forms made from the bare fields. */
const PLAIN = 'jabber:iq:register#fields';
const NS_OOB = 'jabber:x:oob';
/** > the fields that exist  XEP-0077 §14.1 */
const FIELDS = 'username nick password name first last email address city state zip phone url date misc text key'.split(
  ' ',
);

/** > where there is a data form it goes before the plain fields  XEP-0077 §6. Throws a UserError if only a web page does it. */
export function registrationFormIn(query: Element, lang: string | undefined): Form {
  const form = formIn(query, lang);
  if (form !== undefined) return form;
  const plain = plainForm(query);
  const url = textOf(childOf(query, 'x', NS_OOB), 'url');
  if (plain.fields.length === 0 && url !== undefined) {
    throw new UserError('This server registers on its web page only.', String(cleanLine(url)));
  }
  return plain;
}

export function registrationAnswer(form: Form, values: FormValues): Element[] {
  if (form.formType !== PLAIN) return [submitForm(form, values)];
  return form.fields.map(field => xml(field.var, {}, values.get(field.var)?.[0] ?? field.values[0] ?? ''));
}

function plainForm(query: Element): Form {
  const fields = elementsOf(query)
    .filter(child => nsOf(child) === NS_REGISTER && FIELDS.includes(child.getName()))
    .map((child): FormField => {
      const name = child.getName();
      const type = name === 'password' ? 'text-private' : name === 'key' ? 'hidden' : 'text-single';
      const value = child.getText();
      const label = cleanLine(name.charAt(0).toUpperCase() + name.slice(1));
      return { var: name, type, label, required: type !== 'hidden', values: value === '' ? [] : [value], options: [] };
    });
  const instructions = textOf(query, 'instructions', NS_REGISTER);
  return {
    type: 'form',
    formType: PLAIN,
    instructions: instructions === undefined || instructions === '' ? [] : [cleanBody(instructions)],
    fields,
  };
}
