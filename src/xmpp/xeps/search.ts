/** XEP-0055 Jabber Search: looking people up in a directory. https://xmpp.org/extensions/xep-0055.html */
import type { Jid } from '../../lib/jid.js';
import { cleanBody, cleanLine } from '../../lib/text.js';
import type { Form, FormField, FormValues } from '../../model/form.js';
import { StanzaError } from '../errors.js';
import { formIn, submitForm } from '../forms.js';
import { defineXep } from '../xep.js';
import { attr, childOf, childrenOf, elementsOf, nsOf, textOf, xml } from '../xml.js';

const NS = 'jabber:iq:search';
const PLAIN = 'jabber:iq:search#fields';
const FIELDS = ['first', 'last', 'nick', 'email'];
const MAX_ITEMS = 5_000;

export interface SearchApi {
  form(jid: Jid): Promise<Form>;
  /** A result form with `reported` and `items`. */
  submit(jid: Jid, form: Form, values: FormValues): Promise<Form>;
}
declare module '../../api.js' {
  interface XepApi {
    search: SearchApi;
  }
}

const fieldOf = (name: string): FormField => ({
  var: name,
  type: name === 'jid' ? 'jid-single' : 'text-single',
  label: cleanLine(name),
  required: false,
  values: [],
  options: [],
});

export default defineXep({
  name: 'search',
  spec: 'XEP-0055',
  title: 'Jabber Search',
  install: context => ({
    search: {
      async form(jid) {
        const query = childOf(
          await context.request(xml('iq', { type: 'get', to: jid }, xml('query', NS))),
          'query',
          NS,
        );
        if (query === undefined) throw new StanzaError('undefined-condition', { text: 'the answer holds no form' });
        const form = formIn(query, context.lang);
        if (form !== undefined) return form;
        const names = elementsOf(query)
          .filter(child => nsOf(child) === NS && FIELDS.includes(child.getName()))
          .map(child => child.getName());
        const instructions = textOf(query, 'instructions', NS);
        return {
          type: 'form',
          formType: PLAIN,
          instructions: instructions === undefined || instructions === '' ? [] : [cleanBody(instructions)],
          fields: names.map(fieldOf),
        };
      },
      async submit(jid, form, values) {
        const answers =
          form.formType === PLAIN
            ? form.fields.flatMap(field => {
                const value = values.get(field.var)?.[0] ?? '';
                return value === '' ? [] : [xml(field.var, {}, value)];
              })
            : [submitForm(form, values)];
        const reply = await context.request(xml('iq', { type: 'set', to: jid }, xml('query', NS, answers)));
        const query = childOf(reply, 'query', NS);
        const result = formIn(query, context.lang);
        if (result !== undefined) return result;
        return {
          type: 'result',
          instructions: [],
          fields: [],
          reported: ['jid', ...FIELDS].map(fieldOf),
          items: childrenOf(query, 'item', NS)
            .slice(0, MAX_ITEMS)
            .map(
              item =>
                new Map([
                  ['jid', [attr(item, 'jid') ?? '']],
                  ...FIELDS.map((name): [string, string[]] => [name, [textOf(item, name, NS) ?? '']]),
                ]),
            ),
        };
      },
    },
  }),
});
