/** XEP-0012 Last Activity: asked of others; what we do when is nobody's business. https://xmpp.org/extensions/xep-0012.html */
import type { Jid } from '../../lib/jid.js';
import { cleanLine, type Safe } from '../../lib/text.js';
import { StanzaError } from '../errors.js';
import { defineXep } from '../xep.js';
import { attr, childOf, xml } from '../xml.js';

const NS = 'jabber:iq:last';

export interface LastActivity {
  /** Seconds: of an account since it was last there, of a client since somebody touched it, of a server since its start. */
  readonly seconds: number;
  /** What the account said when it left. */
  readonly status?: Safe;
}
export interface LastActivityApi {
  of(jid: Jid): Promise<LastActivity>;
}
declare module '../../api.js' {
  interface XepApi {
    lastActivity: LastActivityApi;
  }
}

export default defineXep({
  name: 'last-activity',
  spec: 'XEP-0012',
  title: 'Last Activity',
  install: context => ({
    lastActivity: {
      async of(jid) {
        const reply = await context.request(xml('iq', { type: 'get', to: jid }, xml('query', NS)));
        const query = childOf(reply, 'query', NS);
        const given = attr(query, 'seconds') ?? '';
        if (!/^\d{1,12}$/.test(given))
          throw new StanzaError('undefined-condition', { text: 'the answer holds no time' });
        const status = query?.getText() ?? '';
        return { seconds: Number(given), ...(status !== '' && { status: cleanLine(status) }) };
      },
    },
  }),
});
