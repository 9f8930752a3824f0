/** XEP-0077 In-Band Registration: with a service, with a room, and of the own password. https://xmpp.org/extensions/xep-0077.html */
import { UserError } from '../../lib/errors.js';
import { domainOf, type Jid, localOf, parseBareJid } from '../../lib/jid.js';
import type { Form, FormValues } from '../../model/form.js';
import { StanzaError } from '../errors.js';
import { NS_REGISTER } from '../ns.js';
import { registrationAnswer, registrationFormIn } from '../registration-form.js';
import { defineXep, type XepContext } from '../xep.js';
import { childOf, type Element, xml } from '../xml.js';

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
      context.request(xml('iq', { type, to }, xml('query', NS_REGISTER, children)));

    const register: RegistrationApi = {
      async form(jid) {
        const query = childOf(await ask('get', jid), 'query', NS_REGISTER);
        if (query === undefined) throw new StanzaError('undefined-condition', { text: 'the answer holds no form' });
        const registered = childOf(query, 'registered', NS_REGISTER) !== undefined;
        return { form: registrationFormIn(query, context.lang), registered };
      },
      async submit(jid, form, values) {
        await ask('set', jid, ...registrationAnswer(form, values));
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
