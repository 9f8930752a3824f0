/** XEP-0092 Software Version: asked of anybody, told to contacts only and by guests to nobody. https://xmpp.org/extensions/xep-0092.html */
import { type Jid, parseJid } from '../../lib/jid.js';
import { cleanLine, type Safe } from '../../lib/text.js';
import { StanzaError } from '../errors.js';
import { mayAsk } from '../trust.js';
import { defineXep, type Mutable } from '../xep.js';
import { attr, childOf, textOf, xml } from '../xml.js';

const NS = 'jabber:iq:version';

export interface SoftwareVersion {
  readonly name?: Safe;
  readonly version?: Safe;
  readonly os?: Safe;
}
export interface VersionApi {
  of(jid: Jid): Promise<SoftwareVersion>;
}
declare module '../../api.js' {
  interface XepApi {
    version: VersionApi;
  }
}

export default defineXep({
  name: 'version',
  spec: 'XEP-0092',
  title: 'Software Version',
  features: [NS],
  install(context) {
    context.answer({ ns: NS, name: 'query', type: 'get' }, (_, iq) => {
      if (!mayAsk(context, parseJid(attr(iq, 'from')))) throw new StanzaError('service-unavailable');
      const { name, version } = context.userAgent;
      return xml('query', NS, xml('name', {}, name), xml('version', {}, version));
    });
    return {
      version: {
        async of(jid) {
          const query = childOf(
            await context.request(xml('iq', { type: 'get', to: jid }, xml('query', NS))),
            'query',
            NS,
          );
          const answer: Mutable<SoftwareVersion> = {};
          for (const part of ['name', 'version', 'os'] as const) {
            const text = textOf(query, part, NS);
            if (text !== undefined && text !== '') answer[part] = cleanLine(text);
          }
          return answer;
        },
      },
    };
  },
});
