/** Older entries above those that are there: from the disk, or a page of an archive. */
import { bareOf } from '../lib/jid.js';
import { directSender } from './direct.js';
import type { IncomingMessage } from './incoming.js';
import { bodyOf, sameSender, timeOf } from './message.js';
import type { NewEntry } from './message-log.js';
import { archivedSender } from './room-messages.js';
import type { AnyChat } from './state.js';
import type { Store } from './store.js';
import type { StoreParts } from './store-chats.js';
import type { Entry, MessageEntry, Sender } from './types.js';

export function createOlder({ context, chats, roster }: StoreParts): Pick<Store, 'prependArchive'> & {
  /** Answers how many were added. */
  prepend(chat: AnyChat, entries: readonly Entry[]): number;
} {
  /** Puts older entries above, without those that are there. */
  const prepend = (chat: AnyChat, entries: readonly Entry[]): number => {
    const known = (entry: Entry): boolean =>
      entry.kind === 'message' &&
      [entry.stanzaId, entry.messageId, entry.originId].some(
        one =>
          one !== undefined &&
          chat.log.findAll(one).some(other => other.body === entry.body || other.versions?.[0] === entry.body),
      );
    const made = chat.log.prepend(
      entries
        .filter(entry => !known(entry))
        .map(
          ({ seq: _seq, rev: _rev, ...rest }): NewEntry =>
            rest.kind === 'message' ? { ...rest, source: 'archive' } : rest,
        ),
    );
    for (const entry of made) if (entry.kind === 'message') context.noteMention(chat, entry);
    if (made.length > 0) context.changed(chat, 'log');
    return made.length;
  };

  /** Old messages as entries; corrections and retractions by the same person are worked in. */
  const archivePage = (chat: AnyChat, messages: readonly IncomingMessage[]): MessageEntry[] => {
    const page: MessageEntry[] = [];
    const find = (id: string | undefined, by: Sender, self: boolean): number =>
      page.findIndex(
        one =>
          id !== undefined &&
          [one.messageId, one.originId, one.stanzaId].includes(id) &&
          one.self === self &&
          sameSender(chat, one.sender, by),
      );
    for (const message of messages) {
      const { body } = message;
      if (message.type === 'error' || (chat.kind === 'room') !== (message.type === 'groupchat')) continue;
      const isSelf = context.own !== undefined && bareOf(message.from) === context.own;
      const { sender, self } =
        chat.kind === 'room'
          ? archivedSender(chat, message)
          : isSelf
            ? { sender: { name: chats.nameOfSelf(), jid: message.from }, self: true }
            : { sender: directSender(context, message.from, roster.get(bareOf(message.from))), self: false };
      if (!self && sender.room !== true && context.isIgnored(chat, sender, body)) continue;
      if (message.retracts !== undefined) {
        const { id, moderator, by, reason } = message.retracts;
        // A moderator's removal counts only if the room itself says so (XEP-0425).
        const at =
          moderator !== true
            ? find(id, sender, self)
            : sender.room === true
              ? page.findIndex(one => one.stanzaId === id)
              : -1;
        const target = page[at];
        if (target !== undefined) {
          const how = { ...(by === undefined ? {} : { by }), ...(reason === undefined ? {} : { reason }) };
          page[at] = { ...target, retracted: how };
        }
        continue;
      }
      if (body === undefined || body === '') continue;
      const shown = bodyOf(body);
      const corrected = find(message.replaces, sender, self);
      const earlier = page[corrected];
      if (earlier !== undefined) {
        page[corrected] = { ...earlier, ...shown, versions: [...(earlier.versions ?? []), earlier.body].slice(-20) };
        continue;
      }
      page.push({
        kind: 'message',
        seq: 0,
        rev: 0,
        ...timeOf(chat, message, 'archive', context.now()),
        sender,
        self,
        ...shown,
        source: 'archive',
        highlight: false,
        ...(self ? { delivery: 'sent' as const } : {}),
        ...(message.raw === undefined ? {} : { raw: message.raw }),
        ...(message.id === undefined ? {} : { messageId: message.id }),
        ...(message.originId === undefined ? {} : { originId: message.originId }),
        ...(message.stanzaId === undefined ? {} : { stanzaId: message.stanzaId }),
      });
    }
    return page;
  };

  return {
    prepend,
    prependArchive(id, messages) {
      const chat = context.chats.get(id);
      if (chat === undefined) return [];
      const page = archivePage(chat, messages);
      const first = chat.log.first;
      const count = page.length === 0 ? 0 : prepend(chat, page);
      const made: MessageEntry[] = [];
      for (let entry = chat.log.get(chat.log.first); entry !== undefined && made.length < count; ) {
        if (entry.seq >= first) break;
        if (entry.kind === 'message') made.push(entry);
        entry = chat.log.after(entry.seq);
      }
      return made;
    },
  };
}
