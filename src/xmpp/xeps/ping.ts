/** XEP-0199 XMPP Ping: how far away somebody is; guests answer only their server and the rooms they are in. https://xmpp.org/extensions/xep-0199.html */
import { type Jid, parseJid } from '../../lib/jid.js';
import { StanzaError } from '../errors.js';
import { NS_PING } from '../ns.js';
import { isInRoom, isOwnServer, seesUs } from '../trust.js';
import { defineXep } from '../xep.js';
import { attr, xml } from '../xml.js';

export interface PingApi {
  /** Milliseconds until the answer came; a refusal is an answer too. */
  ping(jid?: Jid): Promise<number>;
}
declare module '../../api.js' {
  interface XepApi {
    ping: PingApi;
  }
}

export default defineXep({
  name: 'ping',
  spec: 'XEP-0199',
  title: 'XMPP Ping',
  features: [NS_PING],
  install(context) {
    context.answer({ ns: NS_PING, name: 'ping', type: 'get' }, (_, iq) => {
      const from = parseJid(attr(iq, 'from'));
      const known =
        isOwnServer(context, from) || (from !== undefined && (isInRoom(context, from) || seesUs(context, from)));
      if (!known) throw new StanzaError('service-unavailable');
      return undefined;
    });
    return {
      ping: {
        async ping(jid) {
          const start = context.clock.now();
          try {
            await context.request(xml('iq', { type: 'get', to: jid }, xml('ping', NS_PING)));
          } catch (error) {
            // > whoever does not know pings answers that, and is there  XEP-0199 §4.2
            const condition = error instanceof StanzaError ? error.condition : '';
            if (condition !== 'feature-not-implemented') throw error;
          }
          return context.clock.now() - start;
        },
      },
    };
  },
});
