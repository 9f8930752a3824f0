/** Messages that concern us, of all rooms: the newest so many, whatever has become of their chats. */
import type { BareJid } from '../lib/jid.js';
import type { Safe } from '../lib/text.js';
import type { MessageEntry, Room } from './types.js';

const MOST = 500;

export interface Mention {
  readonly room: BareJid;
  readonly title: Safe;
  /** As it is now, or was when its room was closed. */
  readonly message: MessageEntry;
}

export interface Mentions {
  /** Newest first. */
  readonly list: readonly Mention[];
  /** A message was said or changed. */
  note(room: Pick<Room, 'id' | 'title'>, message: MessageEntry): void;
  /** The log of this room was emptied by the person. */
  forget(room: BareJid): void;
}

export function createMentions(capacity: number = MOST): Mentions {
  // Oldest first by time: what was missed comes later and belongs between.
  let kept: Mention[] = [];
  let list: readonly Mention[] | undefined;
  return {
    get list() {
      list ??= [...kept].reverse();
      return list;
    },
    note({ id, title }, message) {
      if (!message.highlight) return;
      const made: Mention = { room: id, title, message };
      const known = kept.findLastIndex(one => one.room === id && one.message.seq === message.seq);
      if (known >= 0) kept[known] = made;
      else {
        // A room that is opened again numbers its log anew, and loads what was here before.
        const { stored, stanzaId } = message;
        const again = kept.findLastIndex(
          one =>
            one.room === id &&
            ((stored !== undefined && one.message.stored === stored) ||
              (stanzaId !== undefined && one.message.stanzaId === stanzaId)),
        );
        if (again >= 0) kept.splice(again, 1);
        const before = kept.findLastIndex(one => one.message.at <= message.at);
        kept.splice(before + 1, 0, made);
        if (kept.length > capacity) kept.shift();
      }
      list = undefined;
    },
    forget(room) {
      kept = kept.filter(one => one.room !== room);
      list = undefined;
    },
  };
}
