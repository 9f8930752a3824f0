/** Up to which message each chat was read, kept over restarts. */
import type { Emitter } from '../lib/emitter.js';
import type { Clock } from '../lib/time.js';
import type { Events } from '../model/events.js';
import type { Store } from '../model/store.js';
import type { Chat, ChatId } from '../model/types.js';
import type { Keeper } from './keeper.js';
import type { AccountStore } from './ports.js';

/** The position is written after this. */
const READ_MS = 500;
const stateKey = (id: ChatId): string => `read ${id}`;

export interface ReadPosition {
  /** Key of the last message that was read in a former run. */
  of(chat: ChatId): number | undefined;
  /** Writes what waits. */
  flush(): void;
}

export function createReadPosition(options: {
  readonly store: Store;
  readonly emitter: Emitter<Events>;
  readonly clock: Clock;
  readonly keeper: Keeper;
  readonly account: () => AccountStore | undefined;
}): ReadPosition {
  const { store, emitter, clock, keeper } = options;
  const waiting = new Map<ChatId, () => void>();
  const stateOf = (): AccountStore['state'] | undefined => {
    const account = options.account();
    return account?.writable === true ? account.state : undefined;
  };

  const save = (id: ChatId): void => {
    const chat = store.chat(id);
    const state = stateOf();
    if (chat === undefined || state === undefined) return;
    for (
      let entry = chat.log.get(chat.readSeq) ?? chat.log.before(chat.readSeq);
      entry !== undefined;
      entry = chat.log.before(entry.seq)
    ) {
      const key = entry.kind === 'message' ? keeper.keyOf(id, entry) : undefined;
      // What stands under a former address is read there.
      if (key === undefined || (entry.kind === 'message' && keeper.homeOf(chat, entry) !== id)) continue;
      if (state.get(stateKey(id)) !== key) state.set(stateKey(id), key);
      return;
    }
  };
  const soon = ({ chat: { id } }: { readonly chat: Chat }): void => {
    if (stateOf() === undefined || waiting.has(id)) return;
    waiting.set(
      id,
      clock.after(READ_MS, () => {
        waiting.delete(id);
        save(id);
      }),
    );
  };
  const cancel = (id: ChatId): void => {
    waiting.get(id)?.();
    waiting.delete(id);
  };

  emitter.on('chat:read', soon);
  emitter.on('message:added', soon);
  emitter.on('chat:closed', ({ id }) => cancel(id));
  emitter.on('chat:renamed', ({ chat, from }) => {
    cancel(from);
    // The message it names has gone with the chat.
    if (stateOf()?.get(stateKey(from)) !== undefined) stateOf()?.set(stateKey(from), undefined);
    soon({ chat });
  });

  return {
    of(chat) {
      const value = options.account()?.state.get(stateKey(chat));
      return typeof value === 'number' ? value : undefined;
    },
    flush() {
      for (const id of [...waiting.keys()]) {
        cancel(id);
        save(id);
      }
    },
  };
}
