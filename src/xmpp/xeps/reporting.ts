/** XEP-0377 Blocking Command Reports: tells our own server about a spammer; it blocks them for us as well. https://xmpp.org/extensions/xep-0377.html */
import { UserError } from '../../lib/errors.js';
import { type BareJid, domainOf, type Jid, parseJid } from '../../lib/jid.js';
import { toWireText } from '../../lib/text.js';
import { defineXep } from '../xep.js';
import { xml } from '../xml.js';

const NS = 'urn:xmpp:reporting:1';
const NS_BLOCKING = 'urn:xmpp:blocking';
const NS_SID = 'urn:xmpp:sid:0';
/** More would prove nothing new. */
const MAX_MESSAGES = 20;

export interface Report {
  readonly reason: 'spam' | 'abuse';
  /** In our words, for the operators. */
  readonly text?: string;
  /** Ids that an archive gave to messages of this address (XEP-0359). */
  readonly messages?: readonly { readonly by: BareJid; readonly id: string }[];
}
export interface ReportingApi {
  /** Whether our server takes reports. Never for guests: who has no account has nothing to block with. */
  offered(): Promise<boolean>;
  /** Reports the address to our server and blocks it there. */
  report(jid: Jid, report: Report): Promise<void>;
}
declare module '../../api.js' {
  interface XepApi {
    reporting: ReportingApi;
  }
}

export default defineXep({
  name: 'reporting',
  spec: 'XEP-0377',
  title: 'Blocking Command Reports',
  install(context) {
    const offered = async (): Promise<boolean> => {
      const server = context.bare === undefined ? undefined : parseJid(domainOf(context.bare));
      if (context.anonymous || server === undefined) return false;
      const { features } = await context.use('disco').info(server);
      return features.includes(NS) && features.includes(NS_BLOCKING);
    };
    return {
      reporting: {
        offered,
        async report(jid, { reason, text, messages = [] }) {
          // A server that does not know reports would only block, and nobody would read it.
          if (!(await offered())) {
            throw new UserError('Your server takes no reports.', '/contact server shows whom to write to.');
          }
          const words =
            text === undefined || text === ''
              ? undefined
              : xml('text', { 'xml:lang': context.lang }, toWireText(text).text);
          const proofs = messages
            .slice(0, MAX_MESSAGES)
            .map(({ by, id }) => xml('stanza-id', { xmlns: NS_SID, by, id }));
          const payload = xml('report', { xmlns: NS, reason: `urn:xmpp:reporting:${reason}` }, proofs, words);
          await context.request(xml('iq', { type: 'set' }, xml('block', NS_BLOCKING, xml('item', { jid }, payload))));
        },
      },
    };
  },
});
