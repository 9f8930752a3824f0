/** XEP-0077 In-Band Registration: with a service, with a room, and of the own password. https://xmpp.org/extensions/xep-0077.html */
import { UserError } from '../../lib/errors.js';
import { domainOf, type Jid, localOf, parseBareJid } from '../../lib/jid.js';
import { cleanBody, cleanLine } from '../../lib/text.js';
import type { Form, FormField, FormValues } from '../../model/form.js';
import { StanzaError } from '../errors.js';
import { formIn, submitForm } from '../forms.js';
import { defineXep, type XepContext } from '../xep.js';
import { childOf, type Element, elementsOf, nsOf, textOf, xml } from '../xml.js';

const NS = 'jabber:iq:register';
/** Marks forms made from the bare fields of the specification, so that they go back in the same shape. */
const PLAIN = 'jabber:iq:register#fields';
/** > the fields that exist  XEP-0077 §14.1 */
const FIELDS = 'username nick password name first last email address city state zip phone url date misc text key'.split(
  ' ',
);

export interface RegistrationForm {
  readonly form: Form;
  /** There is a registration already; submitting changes it. */
  readonly registered: boolean;
}
export interface RegistrationApi {
  form(jid: Jid): Promise<RegistrationForm>;
  submit(jid: Jid, form: Form, values: FormValues): Promise<void>;
  /** Ends the registration with a service or a room. */
  unregister(jid: Jid): Promise<void>;
  /** Of the own account. */
  changePassword(password: string): Promise<void>;
  /** Deletes the own account on its server; there is no way back. */
  deleteAccount(): Promise<void>;
}
declare module '../../api.js' {
  interface XepApi {
    register: RegistrationApi;
  }
}

function plainForm(query: Element | undefined): Form {
  const fields = elementsOf(query)
    .filter(child => nsOf(child) === NS && FIELDS.includes(child.getName()))
    .map((child): FormField => {
      const name = child.getName();
      const type = name === 'password' ? 'text-private' : name === 'key' ? 'hidden' : 'text-single';
      const value = child.getText();
      const label = cleanLine(name.charAt(0).toUpperCase() + name.slice(1));
      return { var: name, type, label, required: type !== 'hidden', values: value === '' ? [] : [value], options: [] };
    });
  const instructions = textOf(query, 'instructions', NS);
  return {
    type: 'form',
    formType: PLAIN,
    instructions: instructions === undefined || instructions === '' ? [] : [cleanBody(instructions)],
    fields,
  };
}

export default defineXep({
  name: 'registration',
  spec: 'XEP-0077',
  title: 'In-Band Registration',
  install(context) {
    const account = (what: string): { readonly domain: Jid; readonly username: string } => {
      const domain = context.bare === undefined ? undefined : parseBareJid(domainOf(context.bare));
      const username = context.bare === undefined ? undefined : localOf(context.bare);
      if (context.anonymous || domain === undefined || username === undefined) {
        throw new UserError(`Guests have no ${what}.`, 'Log in with an account: /connect you@server.');
      }
      return { domain, username };
    };
    const ask = (type: 'get' | 'set', to: Jid, ...children: Element[]): Promise<Element> =>
      context.request(xml('iq', { type, to }, xml('query', NS, children)));

    const register: RegistrationApi = {
      async form(jid) {
        const query = childOf(await ask('get', jid), 'query', NS);
        if (query === undefined) throw new StanzaError('undefined-condition', { text: 'the answer holds no form' });
        const registered = childOf(query, 'registered', NS) !== undefined;
        // > where there is a data form it goes before the plain fields  XEP-0077 §6
        return { form: formIn(query, context.lang) ?? plainForm(query), registered };
      },
      async submit(jid, form, values) {
        if (form.formType !== PLAIN) {
          await ask('set', jid, submitForm(form, values));
          return;
        }
        const fields = form.fields.map(field =>
          xml(field.var, {}, values.get(field.var)?.[0] ?? field.values[0] ?? ''),
        );
        await ask('set', jid, ...fields);
      },
      async unregister(jid) {
        if (isOwn(context, jid))
          throw new UserError('This would delete your account.', '/register -remove with your own server does that.');
        await ask('set', jid, xml('remove'));
      },
      async changePassword(password) {
        const { domain, username } = account('password');
        await ask('set', domain, xml('username', {}, username), xml('password', {}, password));
      },
      async deleteAccount() {
        await ask('set', account('account').domain, xml('remove'));
      },
    };
    return { register };
  },
});

function isOwn(context: XepContext, jid: Jid): boolean {
  return context.bare !== undefined && (jid === context.bare || jid === domainOf(context.bare));
}
