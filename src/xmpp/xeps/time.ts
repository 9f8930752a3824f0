/** XEP-0202 Entity Time: what time it is for somebody; our own is nobody's business. https://xmpp.org/extensions/xep-0202.html */
import type { Jid } from '../../lib/jid.js';
import { StanzaError } from '../errors.js';
import { parseStamp } from '../stamp.js';
import { defineXep } from '../xep.js';
import { childOf, textOf, xml } from '../xml.js';

const NS = 'urn:xmpp:time';

export interface EntityTime {
  /** Milliseconds since the epoch by their clock. */
  readonly at: number;
  /** Minutes east of UTC. */
  readonly offset: number;
}
export interface TimeApi {
  of(jid: Jid): Promise<EntityTime>;
}
declare module '../../api.js' {
  interface XepApi {
    time: TimeApi;
  }
}

export default defineXep({
  name: 'time',
  spec: 'XEP-0202',
  title: 'Entity Time',
  install: context => ({
    time: {
      async of(jid) {
        const reply = await context.request(xml('iq', { type: 'get', to: jid }, xml('time', NS)));
        const time = childOf(reply, 'time', NS);
        const at = parseStamp(textOf(time, 'utc', NS));
        const zone = /^([+-])(\d\d):(\d\d)$/.exec(textOf(time, 'tzo', NS) ?? '+00:00');
        if (at === undefined) throw new StanzaError('undefined-condition', { text: 'the answer holds no time' });
        const minutes = zone === null ? 0 : Number(zone[2]) * 60 + Number(zone[3]);
        return { at, offset: zone?.[1] === '-' ? -minutes : minutes };
      },
    },
  }),
});
