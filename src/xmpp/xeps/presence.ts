/** RFC 6121 §4: own availability, kept over reconnects; guests show themselves to rooms only. https://www.rfc-editor.org/rfc/rfc6121 */
import type { OutgoingPresence } from '../../model/incoming.js';
import { defineXep } from '../xep.js';

export interface PresenceApi {
  /** To everybody who may see it: the server's subscribers (accounts only) and all rooms we are in. */
  set(presence: OutgoingPresence): void;
  /** What is sent again after each new connection. */
  readonly current: Pick<OutgoingPresence, 'show' | 'status' | 'priority'>;
}
declare module '../../api.js' {
  interface XepApi {
    presence: PresenceApi;
  }
}

export default defineXep({
  name: 'presence',
  spec: 'RFC 6121',
  title: 'Presence',
  install(context) {
    let current: PresenceApi['current'] = {};
    // The roster and the carbons are asked for first: presence is what makes the server deliver.
    context.on('online', () => {
      if (context.anonymous) return;
      queueMicrotask(() => context.send(context.presenceOf(current)));
    });
    return {
      presence: {
        get current() {
          return current;
        },
        set(presence) {
          const { type, show, status, priority } = presence;
          if (type === undefined) {
            current = {
              ...(show === undefined ? {} : { show }),
              ...(status === undefined ? {} : { status }),
              ...(priority === undefined ? {} : { priority }),
            };
          }
          const { to: _, ...everywhere } = presence;
          for (const occupantJid of context.use('muc').joined.values()) {
            context.send(context.presenceOf({ ...everywhere, to: occupantJid }));
          }
          if (!context.anonymous) context.send(context.presenceOf(everywhere));
        },
      },
    };
  },
});
