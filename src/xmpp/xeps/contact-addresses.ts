/** XEP-0157 Contact Addresses for XMPP Services: whom to write to about a server. https://xmpp.org/extensions/xep-0157.html */
import type { Jid } from '../../lib/jid.js';
import { cleanIdentifier, type Safe } from '../../lib/text.js';
import { defineXep } from '../xep.js';

const NS = 'http://jabber.org/network/serverinfo';
const MAX_ADDRESSES = 50;

export interface ContactAddress {
  /** `abuse`, `support`, `admin`, `security`, `feedback`, `sales`, `status`, or what else the server says. */
  readonly kind: Safe;
  /** `mailto:`, `xmpp:` or `https:`, as the server wrote it. */
  readonly address: Safe;
}
export interface ContactsApi {
  /** Abuse first, for that is whom one looks for. Empty: the server names nobody. */
  of(server: Jid): Promise<readonly ContactAddress[]>;
}
declare module '../../api.js' {
  interface XepApi {
    contacts: ContactsApi;
  }
}

export default defineXep({
  name: 'contact-addresses',
  spec: 'XEP-0157',
  title: 'Contact Addresses for XMPP Services',
  install: context => ({
    contacts: {
      async of(server) {
        const { forms } = await context.use('disco').info(server);
        const found = forms
          .filter(form => form.formType === NS)
          .flatMap(form => form.fields)
          .filter(field => field.type !== 'hidden' && field.var !== 'FORM_TYPE')
          .flatMap(field =>
            field.values
              .filter(value => value.trim() !== '')
              .map(value => ({
                kind: cleanIdentifier(field.var.replace(/-addresses$/, '')),
                address: cleanIdentifier(value.trim()),
              })),
          )
          .slice(0, MAX_ADDRESSES);
        return found.sort((a, b) => Number(b.kind === 'abuse') - Number(a.kind === 'abuse'));
      },
    },
  }),
});
