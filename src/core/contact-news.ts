/** What contacts do that concerns the person: somebody asks to see when they are there. */
import type { Api } from '../api.js';
import type { Emitter } from '../lib/emitter.js';
import { span } from '../lib/span.js';
import { cleanIdentifier, safe } from '../lib/text.js';
import type { Events } from '../model/events.js';

export function connectContactNews(options: {
  readonly emitter: Emitter<Events>;
  readonly api: () => Api;
  /** `presence.subscribe`. */
  readonly policy: () => string;
}): () => void {
  const { emitter, api, policy } = options;
  return emitter.on('subscription:requested', ({ jid, nickname, status }) => {
    if (api().session.facts.anonymous) return;
    if (policy() === 'deny') {
      api().roster.deny(jid);
      return;
    }
    const called = nickname === undefined ? safe`` : safe`, who says to be called “${nickname}”,`;
    const words = status === undefined ? safe`` : safe` (“${status}”)`;
    const address = cleanIdentifier(jid);
    api().ui.notice(
      [
        [
          span('notice.info', safe`${address}${called} wants to see when you are there${words}.`),
          span('text.dim', safe` /accept ${address} or /deny ${address}; /block ${address} for good.`),
        ],
      ],
      { level: 'warning' },
    );
    api().ui.bell();
  });
}
