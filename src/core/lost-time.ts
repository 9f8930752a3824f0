/** Where nothing keeps private messages (guests, servers without an archive), a person is told for which time some may be lost. */
import type { Emitter } from '../lib/emitter.js';
import { bareOf } from '../lib/jid.js';
import { type Safe, safe } from '../lib/text.js';
import type { Events } from '../model/events.js';
import type { Store } from '../model/store.js';
import type { ChatId, SessionFacts } from '../model/types.js';
import type { Wire } from './ports.js';

export function connectLostTime(options: {
  readonly emitter: Emitter<Events>;
  readonly store: Store;
  readonly wire: Wire;
  readonly now: () => number;
  readonly tell: (text: Safe, chat: ChatId) => void;
}): () => void {
  const { emitter, store, wire, now, tell } = options;
  let lostAt: number | undefined;

  const keeps = async ({ anonymous, jid }: SessionFacts): Promise<boolean> => {
    if (anonymous || jid === undefined) return false;
    try {
      return await wire.xeps.mam.has(bareOf(jid));
    } catch {
      // It will be asked again by whoever reads it, and says so itself.
      return true;
    }
  };
  const undos = [
    emitter.on('session:ended', ({ session }) => {
      // Who goes away knows it.
      lostAt = session.status === 'waiting' || session.status === 'connecting' ? (lostAt ?? now()) : undefined;
    }),
    emitter.on('session:resumed', () => {
      lostAt = undefined;
    }),
    emitter.on('session:started', ({ session }) => {
      const from = lostAt;
      lostAt = undefined;
      if (from === undefined) return;
      const until = now();
      void keeps(session).then(kept => {
        if (kept) return;
        for (const chat of store.chats.values()) {
          if (chat.kind === 'room') continue;
          tell(
            safe`Offline from ${timeOf(from)} to ${timeOf(until)}: private messages in this time may be lost.`,
            chat.id,
          );
        }
      });
    }),
  ];
  return () => {
    for (const undo of undos) undo();
  };
}

function timeOf(at: number): Safe {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}` as Safe;
}
