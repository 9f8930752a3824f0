/** What follows from what: lines that wait hear of the connection and the rooms, tabs of who writes. */
import type { Emitter } from '../lib/emitter.js';
import { resourceOf } from '../lib/jid.js';
import type { Clock } from '../lib/time.js';
import type { Events } from '../model/events.js';
import type { ChatId } from '../model/types.js';
import type { Outbox } from './outbox.js';
import type { Settings } from './ports.js';
import type { SessionService } from './session.js';
import type { Tabs } from './tabs.js';

/** The countdown in the bar. */
const COUNTDOWN_MS = 1000;

export interface Follows {
  /** Nick of who called us last in this chat. */
  lastHighlighter(chat: ChatId): string | undefined;
  stop(): void;
}

export function connectFollows(options: {
  readonly emitter: Emitter<Events>;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly session: SessionService;
  readonly outbox: Outbox;
  readonly tabs: Tabs;
  readonly touch: (region: string) => void;
  /** A setting has changed, before anybody hears of it. */
  readonly configured: (option: string) => void;
}): Follows {
  const { emitter, clock, settings, session, outbox, tabs, touch } = options;
  const { lanes } = outbox;
  const lastHighlights = new Map<ChatId, string>();
  let stopCountdown: () => void = () => {};

  emitter.on('connection:changed', ({ session: facts }) => {
    session.told(facts);
    stopCountdown();
    const counts = facts.status === 'waiting' && settings.get('ui.accessible') !== true;
    stopCountdown = counts ? clock.every(COUNTDOWN_MS, () => touch('status')) : () => {};
    touch('all');
  });
  emitter.on('message:delivered', ({ message }) => {
    for (const id of [message.originId, message.messageId]) if (id !== undefined) outbox.settled(id);
  });
  emitter.on('message:failed', ({ message }) => {
    for (const id of [message.originId, message.messageId]) if (id !== undefined) outbox.failed(id);
  });
  emitter.on('session:started', () => lanes.sessionStarted());
  emitter.on('session:resumed', () => lanes.sessionResumed());
  emitter.on('room:joined', ({ room }) => lanes.roomJoined(room.id));
  for (const name of ['occupant:joined', 'occupant:left', 'occupant:renamed'] as const) {
    emitter.on(name, ({ room }) => lanes.occupantsChanged(room.id));
  }
  emitter.on('chat:renamed', ({ chat, from }) => lanes.chatRenamed(from, chat.id));
  emitter.on('room:left', ({ room }) => lanes.roomLeft(room.id));
  emitter.on('room:failed', ({ room, reason }) => lanes.roomFailed(room.id, reason));
  emitter.on('message:highlighted', ({ chat, message }) => {
    const nick = message.sender.jid === undefined ? undefined : resourceOf(message.sender.jid);
    if (nick !== undefined) lastHighlights.set(chat.id, nick);
  });
  // Somebody wrote, or we did with another client: the tab is there, in the background.
  emitter.on('message:added', ({ chat, message }) => {
    const elsewhere = !message.self || message.source === 'carbon';
    if (elsewhere && tabs.byChat(chat.id) === undefined) tabs.openChat(chat.id, { background: true });
  });
  emitter.on('chat:closed', ({ id }) => {
    lastHighlights.delete(id);
    tabs.closeChat(id);
  });
  const unconfigure = settings.onChange(option => {
    options.configured(option);
    emitter.emit('config:changed', { option });
    touch('all');
  });

  return {
    lastHighlighter: chat => lastHighlights.get(chat),
    stop() {
      stopCountdown();
      unconfigure();
    },
  };
}
