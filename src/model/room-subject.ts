/** The subject of a room: what it is, who set it, and when that is news (XEP-0045 §8.1, §7.2.15). */
import { EMPTY } from '../lib/text.js';
import type { IncomingMessage } from './incoming.js';
import { timeOf } from './message.js';
import type { Context, RoomState } from './state.js';
import type { MessageSource, Sender } from './types.js';
import { passed } from './unread.js';

export function setSubject(
  context: Context,
  room: RoomState,
  message: IncomingMessage,
  sender: Sender,
  source: MessageSource,
): void {
  const { memory } = room;
  // The subject is the last thing a room sends to somebody who enters (XEP-0045 §7.2.1).
  const live = source === 'live' && !memory.historyOpen;
  memory.historyOpen = false;
  const text = message.subject ?? EMPTY;
  const now = context.now();
  const { at } = timeOf(room, message, live ? 'live' : 'room-history', now);
  const same = room.subject?.text === text;
  const by = sender.room === true ? {} : { name: sender.name };
  room.subject = { text, ...by, ...(live || message.stamp !== undefined ? { at } : {}) };
  context.changed(room, 'subject');
  if (live || (text !== '' && !same)) {
    const entry = room.log.append({ kind: 'subject', at, text, ...by });
    passed(context, room, entry, live ? 'low' : 'none');
    context.changed(room, 'log');
  }
  context.emit('subject:changed', { room, live });
}
