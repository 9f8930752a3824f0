/** Presence and roster: who may see us, who is there, and who asks. */
import { type BareJid, bareOf } from '../lib/jid.js';
import { cleanIdentifier, type Safe } from '../lib/text.js';
import { unlock } from './direct.js';
import type { Incoming, IncomingPresence } from './incoming.js';
import { roomPresence } from './room-presence.js';
import type { StoreParts } from './store-chats.js';

/** Requests kept; more are not taken. */
const MAX_REQUESTS = 1000;

export interface People {
  /** Who wants to see our presence. */
  readonly requests: Map<BareJid, { readonly at: number }>;
  applyPresence(presence: IncomingPresence): void;
  applyRoster(incoming: Extract<Incoming, { kind: 'roster' }>): void;
}

export function createPeople({ context, chats, roster, touched }: StoreParts): People {
  const requests: People['requests'] = new Map();

  const contactLike = (name: string, shape: string): Safe | undefined => roster.lookalike(name, shape)?.name;

  const applyPresence = (presence: IncomingPresence): void => {
    const { from, type } = presence;
    const bare = bareOf(from);
    const room = chats.room(from);
    if (room !== undefined) {
      if (chats.isIn(room)) roomPresence(context, room, presence, contactLike);
      return;
    }
    // A room we did not ask for wants to be seen.
    if (presence.muc !== undefined) return;
    switch (type) {
      case 'subscribe': {
        if (bare === context.own) return;
        if (requests.size >= MAX_REQUESTS && !requests.has(bare)) return;
        const news = !requests.has(bare);
        requests.set(bare, { at: context.now() });
        touched('roster');
        if (!news) return;
        context.emit('subscription:requested', {
          jid: bare,
          ...(presence.nickname === undefined ? {} : { nickname: presence.nickname }),
          ...(presence.status === undefined ? {} : { status: presence.status }),
        });
        return;
      }
      case 'unsubscribe':
        if (requests.delete(bare)) touched('roster');
        return;
      case 'subscribed':
      case 'unsubscribed':
        return;
      default: {
        const contact = roster.presence(presence);
        const chat = context.chats.get(bare);
        if (chat?.kind === 'direct') {
          unlock(context, chat);
          context.changed(chat, 'meta');
        }
        touched('roster');
        context.emit('presence:changed', contact?.listed === true ? { jid: from, contact } : { jid: from });
      }
    }
  };

  const applyRoster = (incoming: Extract<Incoming, { kind: 'roster' }>): void => {
    const { full, more = false } = incoming;
    const { changed, removed } = roster.apply(incoming.items, full, more);
    for (const contact of changed) {
      const chat = context.chats.get(contact.jid);
      if (chat?.kind === 'direct') {
        chat.title = roster.get(contact.jid)?.given ?? cleanIdentifier(contact.jid);
        context.changed(chat, 'meta');
      }
      if (contact.subscription === 'from' || contact.subscription === 'both') requests.delete(contact.jid);
    }
    touched('roster');
    for (const jid of removed) context.emit('contact:removed', { jid });
    if (more) return;
    if (full) context.emit('roster:loaded', { count: roster.listed.size });
    else for (const contact of changed) context.emit('contact:changed', { contact });
  };

  return { requests, applyPresence, applyRoster };
}
