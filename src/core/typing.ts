/** When others are told that we are typing. XEP-0085 Chat State Notifications https://xmpp.org/extensions/xep-0085.html */
import type { Undo } from '../lib/disposables.js';
import type { Clock } from '../lib/time.js';
import type { StoreReader } from '../model/reader.js';
import type { Chat, ChatId, ChatState } from '../model/types.js';

/** No key for so long while there is a draft. */
export const PAUSED_MS = 5_000;
/** No attention for so long (XEP-0085 §5.3 suggests two minutes). */
export const INACTIVE_MS = 120_000;

export interface Typing {
  /** The line of this chat changed. */
  typed(chat: ChatId, line: string): void;
  /** The person came to this chat, or left it. */
  entered(chat: ChatId): void;
  left(chat: ChatId): void;
  closed(chat: ChatId): void;
  /** The state that goes with a message with a body; resets the machine. */
  withBody(chat: ChatId): ChatState | undefined;
  /** Sends this state now, if the policy allows any. */
  set(chat: ChatId, state: ChatState): void;
  stop(): void;
}

export function createTyping(options: {
  readonly clock: Clock;
  readonly store: StoreReader;
  /** `typing.send` for this chat, and no low bandwidth. */
  readonly wanted: (chat: ChatId) => boolean;
  readonly send: (chat: Chat, state: ChatState) => void;
}): Typing {
  const { clock, store, wanted, send } = options;
  const told = new Map<ChatId, ChatState>();
  const timers = new Map<ChatId, Undo>();

  const mayTell = (chat: Chat): boolean => {
    if (store.session.status !== 'online' || !wanted(chat.id)) return false;
    if (chat.kind === 'room') return chat.state === 'joined';
    if (chat.kind === 'private' && chat.gone) return false;
    return chat.exchanged || chat.statesSeen;
  };

  const tell = (id: ChatId, state: ChatState): void => {
    const chat = store.chat(id);
    if (chat === undefined) return;
    // > a client SHOULD NOT generate <gone/> or <inactive/> in a room  XEP-0085 §5.5
    if (chat.kind === 'room' && (state === 'gone' || state === 'inactive')) return;
    // Nothing said is the same as "active": only a change is told.
    if ((told.get(id) ?? 'active') === state || !mayTell(chat)) return;
    told.set(id, state);
    send(chat, state);
  };

  const stopTimer = (id: ChatId): void => {
    timers.get(id)?.();
    timers.delete(id);
  };
  let stopped = false;
  const later = (id: ChatId, ms: number, run: () => void): void => {
    stopTimer(id);
    // What is still said on the way out must not keep the program alive.
    if (stopped) return;
    timers.set(
      id,
      clock.after(ms, () => {
        timers.delete(id);
        run();
      }),
    );
  };
  const becomeInactive = (id: ChatId): void => later(id, INACTIVE_MS, () => tell(id, 'inactive'));

  return {
    typed(id, line) {
      // A command is nobody's business; `//` and `/me` will be said.
      const draft = line.trim() !== '' && (!line.startsWith('/') || /^\/(?:\/|me\s|say\s)/.test(line));
      if (!draft) {
        if (told.get(id) === 'composing' || told.get(id) === 'paused') tell(id, 'active');
        becomeInactive(id);
        return;
      }
      // active → composing
      tell(id, 'composing');
      // composing → paused → inactive
      later(id, PAUSED_MS, () => {
        tell(id, 'paused');
        becomeInactive(id);
      });
    },
    entered(id) {
      if (told.get(id) === 'inactive') tell(id, 'active');
      becomeInactive(id);
    },
    left(id) {
      stopTimer(id);
      const chat = store.chat(id);
      if (chat?.kind === 'room') {
        if (told.get(id) === 'composing') tell(id, 'paused');
      } else if (chat !== undefined) tell(id, 'inactive');
    },
    closed(id) {
      stopTimer(id);
      if (told.has(id) || store.chat(id)?.kind !== 'room') tell(id, 'gone');
      told.delete(id);
    },
    withBody(id) {
      stopTimer(id);
      told.set(id, 'active');
      if (!wanted(id)) return undefined;
      becomeInactive(id);
      return 'active';
    },
    set(id, state) {
      stopTimer(id);
      tell(id, state);
    },
    stop() {
      stopped = true;
      for (const undo of timers.values()) undo();
      timers.clear();
    },
  };
}
