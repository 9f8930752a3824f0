/** Private messages with an occupant through the room (XEP-0045 §7.5), and who is behind the nick. */
import { bareOf, type FullJid, resourceOf } from '../lib/jid.js';
import { cleanIdentifier, type Safe, safe } from '../lib/text.js';
import type { Context, PrivateState, RoomState } from './state.js';
import type { Occupant } from './types.js';
import { passed } from './unread.js';

export function createPrivate(context: Context, id: FullJid, partner: Occupant | undefined): PrivateState {
  const nick = resourceOf(id) ?? '';
  return {
    kind: 'private',
    id,
    room: bareOf(id),
    nick,
    title: cleanIdentifier(nick),
    log: context.newLog(),
    unread: { count: 0, highlights: 0 },
    readSeq: -1,
    activity: 'none',
    rev: 0,
    lastAt: 0,
    gone: partner === undefined,
    exchanged: false,
    statesSeen: false,
    ...(partner === undefined ? {} : { partner }),
  };
}

/** True only if it is proved that this is the person of before. */
function isProvablySame(past: Occupant, now: Occupant): boolean {
  if (past.serial === now.serial) return true;
  if (past.occupantId !== undefined && now.occupantId !== undefined) return past.occupantId === now.occupantId;
  return past.realJid !== undefined && now.realJid !== undefined && bareOf(past.realJid) === bareOf(now.realJid);
}

function chatWith(context: Context, occupant: Occupant): PrivateState | undefined {
  const chat = context.chats.get(occupant.occupantJid);
  return chat?.kind === 'private' ? chat : undefined;
}

function say(context: Context, chat: PrivateState, text: Safe): void {
  const rows = [[{ text, token: 'notice.warning' as const }]];
  const entry = chat.log.append({ kind: 'notice', at: context.now(), level: 'warning', rows });
  passed(context, chat, entry, 'low');
  context.changed(chat, 'log');
}

export function setPrivateState(context: Context, chat: PrivateState, state: PrivateState['chatState']): void {
  if (chat.chatState === state) return;
  if (state === undefined) delete chat.chatState;
  else chat.chatState = state;
  context.changed(chat, 'tabs');
  context.emit('chat-state:changed', { chat, state });
}

export function occupantLeft(context: Context, _room: RoomState, occupant: Occupant): void {
  const chat = chatWith(context, occupant);
  if (chat === undefined || chat.gone) return;
  chat.gone = true;
  chat.partner = occupant;
  setPrivateState(context, chat, undefined);
  say(context, chat, safe`${occupant.name} left the room`);
  context.changed(chat, 'meta');
}

/** Somebody has the nick: the chat goes on only if it is proved to be the same person. */
export function occupantReturned(context: Context, _room: RoomState, occupant: Occupant): void {
  const chat = chatWith(context, occupant);
  if (chat === undefined) return;
  const { partner } = chat;
  if (partner !== undefined && isProvablySame(partner, occupant)) {
    chat.partner = occupant;
    if (chat.gone) say(context, chat, safe`${occupant.name} is back`);
    chat.gone = false;
  } else {
    chat.gone = true;
    setPrivateState(context, chat, undefined);
    say(context, chat, safe`${occupant.name} is now another person (or rejoined)`);
  }
  context.changed(chat, 'meta');
}

/** The person has another nick: the chat follows, unless a chat with that name stands there already. */
export function followRename(context: Context, _room: RoomState, from: Occupant, to: Occupant): void {
  const target = chatWith(context, to);
  const chat = chatWith(context, from);
  if (chat === undefined || chat.gone) {
    if (target !== undefined) occupantReturned(context, _room, to);
    return;
  }
  if (target !== undefined) {
    chat.gone = true;
    say(context, chat, safe`${from.name} is now known as ${to.name}`);
    context.changed(chat, 'meta');
    occupantReturned(context, _room, to);
    return;
  }
  context.chats.delete(chat.id);
  const old = chat.id;
  chat.id = to.occupantJid;
  chat.nick = to.nick;
  chat.title = to.name;
  chat.partner = to;
  context.chats.set(chat.id, chat);
  say(context, chat, safe`${from.name} is now known as ${to.name}`);
  context.changed(chat, 'meta');
  context.emit('chat:renamed', { chat, from: old });
}

/** We are in the room again: whoever is not here cannot be written to. */
export function partnersMissing(context: Context, room: RoomState): void {
  for (const chat of context.chats.values()) {
    if (chat.kind !== 'private' || chat.room !== room.id || chat.gone || room.occupants.has(chat.nick)) continue;
    chat.gone = true;
    setPrivateState(context, chat, undefined);
    say(context, chat, safe`${chat.title} is not in the room any more`);
    context.changed(chat, 'meta');
  }
}
