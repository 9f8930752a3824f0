/** A correction, a removal, a reaction or a receipt may be about a message that is on disk and not in a tab: it is loaded, so that it can be changed. */
import { bareOf, isFull } from '../lib/jid.js';
import type { IncomingMessage } from '../model/incoming.js';
import type { Store } from '../model/store.js';
import type { ChatId } from '../model/types.js';
import type { AccountStore } from './ports.js';

export function createRecall(options: {
  readonly store: Store;
  readonly account: () => AccountStore | undefined;
  /** Loads up to the message with this key; false: there is no room for so much. */
  readonly reach: (chat: ChatId, key: number) => boolean;
}): (message: IncomingMessage) => void {
  const { store } = options;
  /** Whose message it is about; `undefined`: nobody's that is kept. */
  const chatOf = ({ type, from, to }: IncomingMessage): ChatId | undefined => {
    if (type === 'groupchat') return bareOf(from);
    const own = store.session.jid === undefined ? undefined : bareOf(store.session.jid);
    const peer = bareOf(from) === own ? to : from;
    if (peer === undefined) return undefined;
    return isFull(peer) && store.room(bareOf(peer)) !== undefined ? peer : bareOf(peer);
  };

  return message => {
    const { replaces, retracts, reactions, received, displayed } = message;
    const about = replaces ?? retracts?.id ?? reactions?.id ?? received ?? displayed;
    const id = message.type === 'error' ? message.id : about;
    const history = options.account()?.history;
    const chat = id === undefined || history === undefined ? undefined : chatOf(message);
    if (id === undefined || history === undefined || chat === undefined) return;
    const known = store.chat(chat);
    if (known?.log.find(id) !== undefined) return;
    // What is said to a room that is not open, or to somebody in it, is nobody's.
    if (known === undefined && (message.type === 'groupchat' || message.mucUser === true || isFull(chat))) return;
    const key = history.find(chat, { stanzaId: id, originId: id, messageId: id });
    if (key === undefined) return;
    // Without a tab, which only words open.
    if (known === undefined) store.openChat(chat, 'direct');
    options.reach(chat, key);
  };
}
