/** What contacts do that concerns the person: somebody asks to see when they are there. */
import type { Api } from '../api.js';
import type { Emitter } from '../lib/emitter.js';
import { bareOf } from '../lib/jid.js';
import { span } from '../lib/span.js';
import { cleanIdentifier, safe } from '../lib/text.js';
import type { Events } from '../model/events.js';
import type { Wire } from './ports.js';

export function connectContactNews(options: {
  readonly emitter: Emitter<Events>;
  readonly wire: Wire;
  readonly api: () => Api;
  /** `presence.subscribe`. */
  readonly policy: () => string;
}): () => void {
  const { emitter, wire, api, policy } = options;
  const answered = wire.onIncoming(incoming => {
    if (incoming.kind !== 'presence' || (incoming.type !== 'subscribed' && incoming.type !== 'unsubscribed')) return;
    const contact = api().store.contact(bareOf(incoming.from));
    // Only whom we have asked can answer.
    if (contact === undefined) return;
    const who = contact.name;
    if (incoming.type === 'subscribed') api().ui.notice(safe`${who} lets you see when they are there.`);
    else api().ui.notice(safe`${who} does not let you see when they are there.`, { level: 'warning' });
  });
  const asked = emitter.on('subscription:requested', ({ jid, nickname, status }) => {
    if (api().session.facts.anonymous) return;
    if (policy() === 'deny') {
      api().roster.deny(jid);
      return;
    }
    const contact = api().store.contact(jid);
    if (contact !== undefined && (contact.ask || contact.subscription === 'to')) {
      // Whom we asked ourselves may see us as well: that is what adding somebody is for.
      api().roster.approve(jid);
      api().ui.notice(safe`${contact.name} may see when you are there, as you asked to see them; /deny takes it back.`);
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
  return () => {
    answered();
    asked();
  };
}
