/** Counting: what was not read yet, how urgent a chat is, and where the unread line stands. */
import type { AnyChat, Context } from './state.js';
import type { Activity, Entry, MessageEntry } from './types.js';

const LEVELS: readonly Activity[] = ['none', 'low', 'message', 'private', 'highlight'];

/** The more urgent of two. */
export function louder(a: Activity, b: Activity): Activity {
  return LEVELS.indexOf(a) >= LEVELS.indexOf(b) ? a : b;
}

/** What is said here is said to us alone. A room is not personal, nor is the chatter of an IRC network. */
export const isPersonal = (chat: AnyChat): boolean =>
  chat.kind === 'private' || (chat.kind === 'direct' && chat.network !== true);

function raise(context: Context, chat: AnyChat, level: Activity): void {
  const activity = louder(chat.activity, level);
  if (activity === chat.activity) return;
  chat.activity = activity;
  context.changed(chat, 'tabs');
}

/** An entry that is no live message: the read marker goes along if there was nothing unread before it. */
export function passed(context: Context, chat: AnyChat, entry: Entry, level: Activity = 'none'): void {
  if (chat.unread.count === 0) chat.readSeq = Math.max(chat.readSeq, entry.seq);
  if (level !== 'none' && context.focus !== chat.id) raise(context, chat, level);
}

/** A message of somebody else, live or missed. */
export function arrived(context: Context, chat: AnyChat, entry: MessageEntry): void {
  if (context.focus === chat.id) {
    if (!markRead(context, chat, entry.seq)) context.emit('chat:read', { chat });
    return;
  }
  const wanted = chat.kind === 'room' ? context.policy.notify(chat.id) : isPersonal(chat) ? 'all' : 'mention';
  if (wanted === 'none') {
    raise(context, chat, 'low');
    return;
  }
  // Found behind what was read already.
  if (entry.seq <= chat.readSeq) return;
  const concerns = wanted === 'all' || entry.highlight;
  chat.unread = { count: chat.unread.count + 1, highlights: chat.unread.highlights + (concerns ? 1 : 0) };
  raise(context, chat, entry.highlight ? 'highlight' : isPersonal(chat) ? 'private' : 'message');
  context.changed(chat, 'tabs');
}

/** Read up to there when the program ran last; what follows and counts is unread. */
export function restoreRead(context: Context, chat: AnyChat, seq: number): void {
  chat.readSeq = seq;
  let count = 0;
  let highlights = 0;
  let activity: Activity = 'none';
  for (const entry of chat.log.newest()) {
    if (entry.seq <= seq) break;
    if (entry.kind !== 'message' || entry.self || !counts(entry)) continue;
    count++;
    if (isPersonal(chat) || entry.highlight) highlights++;
    activity = louder(activity, entry.highlight ? 'highlight' : isPersonal(chat) ? 'private' : 'message');
  }
  chat.unread = { count, highlights };
  chat.activity = activity;
  context.changed(chat, 'tabs');
}

/** Everything up to `seq` was seen (default: all there is). True if something was unread, which is an event. */
export function markRead(context: Context, chat: AnyChat, seq: number = chat.log.next - 1): boolean {
  const upTo = Math.min(seq, chat.log.next - 1);
  if (upTo < chat.readSeq || (upTo === chat.readSeq && chat.unread.count === 0 && chat.activity === 'none'))
    return false;
  const news = chat.unread.count > 0 || chat.activity !== 'none';
  chat.readSeq = upTo;
  let count = 0;
  let highlights = 0;
  let activity: Activity = 'none';
  for (const entry of chat.log.newest()) {
    if (entry.seq <= upTo || chat.unread.count === 0) break;
    if (entry.kind !== 'message' || entry.self || !counts(entry)) continue;
    count++;
    if (isPersonal(chat) || entry.highlight) highlights++;
    activity = louder(activity, entry.highlight ? 'highlight' : isPersonal(chat) ? 'private' : 'message');
  }
  chat.unread = { count, highlights };
  chat.activity = activity;
  context.changed(chat, 'tabs');
  if (news) context.emit('chat:read', { chat });
  return news;
}

/** What came just now counts, and what was said while we were away; other history never. */
export function counts(entry: MessageEntry): boolean {
  return entry.source === 'live' || entry.source === 'carbon' || entry.missed === true;
}
