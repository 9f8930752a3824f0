/** Comings, goings and new ranks as lines: which of them the person wants to see. */
import { occupantSender } from './room-occupants.js';
import type { Context, RoomState } from './state.js';
import type { Movement, Occupant } from './types.js';
import { passed } from './unread.js';

/** So many comings that were left out are remembered. */
const MAX_UNSEEN = 2000;
/** From so many people on a room is big: the comings and goings of silent people are left out. */
const BIG_ROOM = 30;
/** Who spoke within this time is part of the talk. */
const SPOKE_MS = 10 * 60_000;

/** A movement as a line, unless the person does not want to see it. */
export function move(context: Context, room: RoomState, movement: Movement, occupant: Occupant): void {
  const { unseen } = room.memory;
  if (!isShown(context, room, movement, occupant)) {
    if (movement.what === 'joined') {
      unseen.set(occupant.nick, movement);
      if (unseen.size > MAX_UNSEEN) unseen.delete(unseen.keys().next().value as string);
    } else if (movement.what === 'left') unseen.delete(occupant.nick);
    return;
  }
  unseen.delete(occupant.nick);
  const { occupantId } = occupant;
  const known = occupantId === undefined ? movement : { ...movement, occupantId };
  const entry = room.log.move(known, context.now());
  passed(context, room, entry, 'low');
  context.changed(room, 'log');
}

/** Kicks, bans and new ranks always; the rest as the person wants, in big rooms of those who are part of the talk. */
function isShown(context: Context, room: RoomState, movement: Movement, occupant: Occupant): boolean {
  if (movement.what !== 'joined' && movement.what !== 'left' && movement.what !== 'renamed') return true;
  if (movement.forced === true || occupant.nick === room.self?.nick) return true;
  if (context.isIgnored(room, occupantSender(occupant))) return false;
  const wanted = context.policy.movements(room.id);
  if (wanted !== 'smart') return wanted === 'all';
  if (room.occupants.size <= BIG_ROOM) return true;
  const said = occupant.spokeAt ?? room.departed.get(occupant.nick)?.occupant.spokeAt;
  return said !== undefined && context.now() - said <= SPOKE_MS;
}

/** Somebody whose coming was left out speaks: now it is worth a line. */
export function revealed(context: Context, room: RoomState, nick: string): void {
  const hidden = room.memory.unseen.get(nick);
  if (hidden === undefined) return;
  room.memory.unseen.delete(nick);
  if (context.policy.movements(room.id) !== 'smart') return;
  const entry = room.log.move(hidden, context.now());
  passed(context, room, entry, 'low');
  context.changed(room, 'log');
}
