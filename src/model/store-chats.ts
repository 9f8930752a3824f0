/** Chats by their addresses: found, opened and closed. */
import { type BareJid, bareOf, type FullJid, isFull, type Jid, resourceOf } from '../lib/jid.js';
import { cleanIdentifier, type Safe, safe } from '../lib/text.js';
import { createDirect } from './direct.js';
import { createPrivate } from './private.js';
import { createRoom } from './room.js';
import type { Roster } from './roster.js';
import type { AnyChat, Context, DirectState, PrivateState, RoomState } from './state.js';
import type { Chat, ChatId } from './types.js';

export interface Chats {
  /** The room of an address, also of an occupant's. */
  room(jid: Jid): RoomState | undefined;
  isIn(room: RoomState | undefined): room is RoomState;
  /** The chat an address belongs to. */
  find(jid: Jid): AnyChat | undefined;
  add<C extends AnyChat>(chat: C): C;
  openRoom(id: BareJid, nick: string): RoomState;
  openPrivate(id: FullJid): PrivateState;
  /** Without kind: an occupant of a room we know → private, a room we know → room, else direct. */
  open(jid: Jid, kind?: Chat['kind']): Chat;
  close(id: ChatId): void;
  /** What we are called outside of rooms. */
  nameOfSelf(): Safe;
}

/** What the parts of the store share. */
export interface StoreParts {
  readonly context: Context;
  readonly chats: Chats;
  readonly roster: Roster;
  /** A region that belongs to no chat changed. */
  touched(region: string): void;
}

export function createChats(
  { context, roster, touched }: Omit<StoreParts, 'chats'>,
  closed: (id: ChatId) => void,
): Chats {
  const roomOf = (jid: Jid): RoomState | undefined => {
    const chat = context.chats.get(bareOf(jid));
    return chat?.kind === 'room' ? chat : undefined;
  };
  const isIn = (room: RoomState | undefined): room is RoomState =>
    room !== undefined && (room.state === 'joined' || room.state === 'joining');
  /** The chat an address belongs to. */
  const find = (jid: Jid): AnyChat | undefined => {
    const exact = context.chats.get(jid as ChatId);
    if (exact !== undefined || !isFull(jid)) return exact;
    const bare = context.chats.get(bareOf(jid));
    return bare?.kind === 'direct' ? bare : undefined;
  };
  const add = <C extends AnyChat>(chat: C): C => {
    context.chats.set(chat.id, chat);
    context.changed(chat, 'tabs');
    context.emit('chat:opened', { chat });
    return chat;
  };
  const openRoom = (id: BareJid, nick: string): RoomState => {
    const known = context.chats.get(id);
    if (known?.kind === 'room') return known;
    if (known !== undefined) close(id);
    return add(createRoom(context, id, nick));
  };
  const openDirect = (id: BareJid): DirectState | RoomState => {
    const known = context.chats.get(id);
    if (known !== undefined) return known as DirectState | RoomState;
    return add(createDirect(context, id, roster.get(id)));
  };
  const openPrivate = (id: FullJid): PrivateState => {
    const known = context.chats.get(id);
    if (known !== undefined) return known as PrivateState;
    return add(createPrivate(context, id, roomOf(id)?.occupants.get(resourceOf(id) ?? '')));
  };
  const close = (id: ChatId): void => {
    if (!context.chats.delete(id)) return;
    closed(id);
    touched('tabs');
    context.emit('chat:closed', { id });
  };

  const openChat = (jid: Jid, kind?: Chat['kind']): Chat => {
    const known = context.chats.get(jid as ChatId);
    if (known !== undefined && (kind === undefined || known.kind === kind)) return known;
    if (kind === 'room') return openRoom(bareOf(jid), roomOf(jid)?.nick ?? '');
    if (isFull(jid) && (kind === 'private' || (kind === undefined && roomOf(jid) !== undefined)))
      return openPrivate(jid);
    const chat = openDirect(bareOf(jid));
    if (chat.kind === 'direct' && isFull(jid) && chat.resource !== jid) {
      // Asked for by name: answer to this resource until they show up elsewhere.
      chat.resource = jid;
      context.changed(chat, 'meta');
    }
    return chat;
  };

  const nameOfSelf = (): Safe => {
    const local =
      context.own === undefined || !context.own.includes('@')
        ? undefined
        : context.own.slice(0, context.own.indexOf('@'));
    return local === undefined ? safe`me` : cleanIdentifier(local);
  };

  return { room: roomOf, isIn, find, add, openRoom, openPrivate, open: openChat, close, nameOfSelf };
}
