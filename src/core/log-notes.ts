/** What the readable log has to say about messages that stand in it already: corrected, taken back, not delivered; each once. */
import type { Chat, MessageEntry } from '../model/types.js';

/** `fix`: it has a new text, `del`: it was taken back, `err`: it was not delivered, `ok`: it was, after all. */
export type LogNote = 'fix' | 'del' | 'err' | 'ok';

export interface LogNotes {
  /** What the log has not said of this message as it is now. */
  newsOf(chat: Chat, entry: MessageEntry): readonly LogNote[];
  /** It is in the log as it is. */
  known(chat: Chat, entry: MessageEntry): void;
}

interface Said {
  readonly words: string;
  readonly failed: boolean;
}

export function createLogNotes(): LogNotes {
  /** By chat, so that they go when it goes. Of messages that are as they were there is nothing. */
  const said = new WeakMap<Chat, Map<number, Said>>();
  const noteOf = (entry: MessageEntry): Said => ({
    words: entry.retracted !== undefined ? 'del' : (entry.versions?.length ?? 0) > 0 ? `fix ${entry.body}` : '',
    failed: entry.self && entry.delivery === 'failed',
  });
  const remember = (chat: Chat, seq: number, now: Said): void => {
    const known = said.get(chat) ?? new Map<number, Said>();
    if (now.words === '' && !now.failed) known.delete(seq);
    else known.set(seq, now);
    said.set(chat, known);
    if (known.size % 1000 === 999) for (const one of known.keys()) if (one < chat.log.first) known.delete(one);
  };
  return {
    newsOf(chat, entry) {
      const before = said.get(chat)?.get(entry.seq) ?? { words: '', failed: false };
      const now = noteOf(entry);
      // Queued again is neither.
      const arrived = entry.delivery === 'sent' || entry.delivery === 'delivered' || entry.delivery === 'displayed';
      const failed = now.failed || (before.failed && !arrived);
      remember(chat, entry.seq, { words: now.words, failed });
      const notes: LogNote[] = [];
      if (now.words !== before.words && now.words !== '') notes.push(now.words === 'del' ? 'del' : 'fix');
      if (failed !== before.failed) notes.push(failed ? 'err' : 'ok');
      return notes;
    },
    known: (chat, entry) => remember(chat, entry.seq, noteOf(entry)),
  };
}
