/** The people who are in a room now, and whose names could be taken for others' (XEP-0045 §7.2.2). */
import { bareOf, type FullJid, withResource } from '../lib/jid.js';
import { cleanIdentifier, type Safe, skeleton } from '../lib/text.js';
import type { IncomingPresence } from './incoming.js';
import type { Context, RoomState } from './state.js';
import type { ChatState, Occupant, Sender } from './types.js';

type Muc = NonNullable<IncomingPresence['muc']>;

export function forgetOccupants(room: RoomState): void {
  const { memory } = room;
  room.occupants = new Map();
  delete room.self;
  memory.looks.clear();
  memory.skeletons.clear();
  memory.renames.clear();
  memory.warned.clear();
  memory.unseen.clear();
}

export function occupantJidOf(room: RoomState, nick: string, presence: IncomingPresence): FullJid {
  return bareOf(presence.from) === room.id ? (presence.from as FullJid) : (withResource(room.id, nick) as FullJid);
}

/** The occupant-id or the real address says so. */
export function isProvablyOther(past: Occupant, now: { readonly occupantId?: string; readonly muc?: Muc }): boolean {
  if (past.occupantId !== undefined && now.occupantId !== undefined) return past.occupantId !== now.occupantId;
  const real = now.muc?.realJid;
  return past.realJid !== undefined && real !== undefined && bareOf(past.realJid) !== bareOf(real);
}

export function putOccupant(room: RoomState, occupant: Occupant, isSelf: boolean): void {
  room.occupants.set(occupant.nick, occupant);
  if (isSelf) room.self = occupant;
  const { looks, skeletons } = room.memory;
  if (skeletons.has(occupant.nick)) return;
  const shape = skeleton(occupant.nick);
  skeletons.set(occupant.nick, shape);
  const same = looks.get(shape);
  if (same === undefined) looks.set(shape, new Set([occupant.nick]));
  else same.add(occupant.nick);
}

export function removeOccupant(room: RoomState, occupant: Occupant): void {
  room.occupants.delete(occupant.nick);
  if (room.self?.nick === occupant.nick) delete room.self;
  const { looks, skeletons, warned } = room.memory;
  warned.delete(occupant.serial);
  const shape = skeletons.get(occupant.nick);
  if (shape === undefined) return;
  skeletons.delete(occupant.nick);
  const same = looks.get(shape);
  if (same?.delete(occupant.nick) === true && same.size === 0) looks.delete(shape);
}

/** Whose name this nick could be taken for: somebody here, us, or a contact. */
export function lookalike(
  room: RoomState,
  nick: string,
  realJid: Occupant['realJid'],
  isSelf: boolean,
  contactLike: (name: string, shape: string) => Safe | undefined,
): Safe | undefined {
  if (isSelf) return undefined;
  const shape = skeleton(nick);
  if (shape === '') return undefined;
  for (const other of room.memory.looks.get(shape) ?? []) {
    if (other !== nick) return room.occupants.get(other)?.name;
  }
  if (nick !== room.nick && room.self === undefined && skeleton(room.nick) === shape) return cleanIdentifier(room.nick);
  return realJid === undefined ? contactLike(nick, shape) : undefined;
}

export function setOccupantState(context: Context, room: RoomState, nick: string, state: ChatState | undefined): void {
  const occupant = room.occupants.get(nick);
  if (occupant === undefined || occupant.chatState === state) return;
  const { chatState: _old, ...rest } = occupant;
  const next: Occupant = state === undefined ? rest : { ...rest, chatState: state };
  room.occupants.set(nick, next);
  if (room.self === occupant) room.self = next;
  context.changed(room, 'occupants');
  context.emit('chat-state:changed', state === undefined ? { chat: room, nick, state } : { chat: room, nick, state });
}

export function spoke(room: RoomState, nick: string, at: number): void {
  const occupant = room.occupants.get(nick);
  if (occupant === undefined) return;
  const next = { ...occupant, spokeAt: at };
  room.occupants.set(nick, next);
  if (room.self === occupant) room.self = next;
}

/** Somebody present, as whoever says something. */
export function occupantSender({ name, occupantJid, occupantId, realJid, serial }: Occupant): Sender {
  return {
    name,
    jid: occupantJid,
    serial,
    ...(occupantId === undefined ? {} : { occupantId }),
    ...(realJid === undefined ? {} : { realJid: bareOf(realJid) }),
  };
}
