/** What presences tell about a room: who came, changed, was renamed, went or was thrown out (XEP-0045 §7, §8, §9). */
import { bareOf, resourceOf } from '../lib/jid.js';
import { cleanIdentifier, EMPTY, type Safe, safe } from '../lib/text.js';
import type { IncomingPresence } from './incoming.js';
import { followRename, occupantLeft, occupantReturned, partnersMissing } from './private.js';
import { learnFromCodes, leave } from './room.js';
import { move } from './room-movement.js';
import { isProvablyOther, lookalike, occupantJidOf, putOccupant, removeOccupant } from './room-occupants.js';
import type { Context, RoomState } from './state.js';
import type { Departed, Movement, Occupant, StatusName } from './types.js';

const MAX_DEPARTED = 2000;
const MAX_RENAMES = 16;

type Muc = NonNullable<IncomingPresence['muc']>;

export function roomPresence(
  context: Context,
  room: RoomState,
  presence: IncomingPresence,
  contactLike: (name: string, shape: string) => Safe | undefined,
): void {
  const nick = resourceOf(presence.from);
  if (nick === undefined || nick === '' || presence.type === 'error') return;
  if (presence.type === 'available') {
    const { muc } = presence;
    if (muc !== undefined) available(context, room, nick, presence, muc, contactLike);
    else {
      const known = room.occupants.get(nick);
      if (known !== undefined) change(context, room, known, withAvailability(known, presence));
    }
    return;
  }
  if (presence.type === 'unavailable') unavailable(context, room, nick, presence);
}

function withAvailability(occupant: Occupant, presence: IncomingPresence): Occupant {
  const { show: _show, status: _status, ...rest } = occupant;
  return {
    ...rest,
    ...(presence.show === undefined ? {} : { show: presence.show }),
    ...(presence.status === undefined || presence.status === '' ? {} : { status: presence.status }),
  };
}

function available(
  context: Context,
  room: RoomState,
  nick: string,
  presence: IncomingPresence,
  muc: Muc,
  contactLike: (name: string, shape: string) => Safe | undefined,
): void {
  const { memory } = room;
  const renamed = memory.renames.get(nick);
  const isRename =
    renamed !== undefined &&
    (renamed.occupant.occupantId === undefined ||
      presence.occupantId === undefined ||
      renamed.occupant.occupantId === presence.occupantId);
  if (isRename) memory.renames.delete(nick);
  flushRenames(context, room);

  const known = room.occupants.get(nick);
  const isSelf = muc.codes.has('self') || (known !== undefined && known === room.self) || (isRename && renamed.self);
  // Another address behind the nick without a leave in between is another visit all the same.
  const replaced = known !== undefined && isProvablyOther(known, presence);
  const before = isRename ? renamed.occupant : replaced ? undefined : known;
  const realJid = muc.realJid ?? before?.realJid;
  const occupantId = presence.occupantId ?? before?.occupantId;
  const name = before?.nick === nick ? before.name : cleanIdentifier(nick);
  const occupantJid = before?.nick === nick ? before.occupantJid : occupantJidOf(room, nick, presence);
  if (replaced) removeOccupant(room, known);
  const looksLike = before?.nick === nick ? before.looksLike : lookalike(room, nick, realJid, isSelf, contactLike);
  const occupant: Occupant = {
    nick,
    name,
    occupantJid,
    affiliation: muc.affiliation,
    role: muc.role,
    serial: before?.serial ?? memory.serial++,
    ...(occupantId === undefined ? {} : { occupantId }),
    ...(realJid === undefined ? {} : { realJid }),
    ...(presence.show === undefined ? {} : { show: presence.show }),
    ...(presence.status === undefined || presence.status === '' ? {} : { status: presence.status }),
    ...(before?.chatState === undefined ? {} : { chatState: before.chatState }),
    ...(before?.spokeAt === undefined ? {} : { spokeAt: before.spokeAt }),
    ...(presence.hats === undefined || presence.hats.length === 0 ? {} : { hats: presence.hats }),
    ...(looksLike === undefined ? {} : { looksLike }),
  };
  if (isSelf) room.nick = nick;
  learnFromCodes(context, room, muc.codes);

  if (isRename) {
    putOccupant(room, occupant, isSelf);
    context.changed(room, 'occupants');
    if (isSelf) context.changed(room, 'meta');
    const from = renamed.occupant;
    const hidden = memory.unseen.get(from.nick);
    if (hidden !== undefined) {
      memory.unseen.delete(from.nick);
      memory.unseen.set(nick, { ...hidden, name });
    } else {
      const doubt = looksLike === undefined ? {} : { looksLike };
      move(context, room, { what: 'renamed', name: from.name, to: name, ...doubt }, occupant);
    }
    followRename(context, room, from, occupant);
    context.emit('occupant:renamed', { room, occupant, from: from.name });
    return;
  }
  if (before !== undefined) {
    change(context, room, before, occupant, isSelf, muc);
  } else {
    // While we enter, only take note: these people did not join, they were here.
    const shown = room.state === 'joined' && !isSelf;
    const past = replaced ? known : (room.departed.get(nick)?.occupant ?? memory.previous.get(nick));
    putOccupant(room, occupant, isSelf);
    context.changed(room, 'occupants');
    if (shown) {
      const other = past !== undefined && isProvablyOther(past, presence);
      const was =
        occupantId === undefined ? undefined : room.departed.get(memory.goneNicks.get(occupantId) ?? '')?.occupant;
      const movement: Movement = {
        what: 'joined',
        name,
        ...(realJid === undefined ? {} : { jid: cleanIdentifier(bareOf(realJid)) }),
        ...(looksLike === undefined ? {} : { looksLike }),
        ...(other ? { other } : {}),
        ...(was === undefined || was.name === name || was.occupantId !== occupantId ? {} : { was: was.name }),
      };
      move(context, room, movement, occupant);
    }
    occupantReturned(context, room, occupant);
    if (shown) context.emit('occupant:joined', { room, occupant });
  }
  if (isSelf && room.state !== 'joined') {
    room.state = 'joined';
    delete room.reason;
    memory.joinedAt = context.now();
    context.changed(room, 'meta');
    partnersMissing(context, room);
    context.emit('room:joined', { room, created: muc.codes.has('created') });
  }
}

/** The occupant is still here and something about them is different. */
function change(
  context: Context,
  room: RoomState,
  previous: Occupant,
  occupant: Occupant,
  isSelf = previous.nick === room.self?.nick,
  muc?: Muc,
): void {
  putOccupant(room, occupant, isSelf);
  context.changed(room, 'occupants');
  if (room.state === 'joined' && (previous.role !== occupant.role || previous.affiliation !== occupant.affiliation)) {
    const by = muc?.actor === undefined ? {} : { by: muc.actor };
    const reason = muc?.reason === undefined ? {} : { reason: muc.reason };
    const what = previous.affiliation === occupant.affiliation ? 'role' : 'affiliation';
    move(context, room, { what, name: occupant.name, to: occupant[what] as Safe, ...by, ...reason }, occupant);
  }
  context.emit('occupant:changed', { room, occupant, previous });
}

function unavailable(context: Context, room: RoomState, nick: string, presence: IncomingPresence): void {
  const { memory } = room;
  const { muc } = presence;
  const codes: ReadonlySet<StatusName> = muc?.codes ?? new Set();
  const occupant = room.occupants.get(nick);
  const isSelf = codes.has('self') || (occupant !== undefined && occupant === room.self);
  const newNick = muc?.newNick;
  if (
    codes.has('renamed') &&
    newNick !== undefined &&
    newNick !== '' &&
    newNick !== nick &&
    muc?.destroyed === undefined
  ) {
    flushRenames(context, room);
    if (occupant === undefined || memory.renames.size >= MAX_RENAMES) return;
    // Believed only when the presence under the new nick follows.
    removeOccupant(room, occupant);
    memory.renames.set(newNick, { occupant, self: isSelf });
    context.changed(room, 'occupants');
    return;
  }
  flushRenames(context, room);
  if (muc?.destroyed !== undefined && isSelf) {
    const { alternate, reason } = muc.destroyed;
    const text = reason === undefined ? safe`the room was destroyed` : safe`the room was destroyed: ${reason}`;
    if (alternate !== undefined) room.alternate = alternate;
    leave(context, room, text);
    context.emit('room:destroyed', alternate === undefined ? { room } : { room, alternate });
    return;
  }
  if (isSelf || (occupant === undefined && nick === room.nick && room.state === 'joining' && codes.size > 0)) {
    leave(context, room, whyOut(muc, codes, presence));
    return;
  }
  if (occupant !== undefined) depart(context, room, occupant, muc, codes, presence.status);
}

/** Why we are not in the room any more; nothing if we left ourselves. */
function whyOut(muc: Muc | undefined, codes: ReadonlySet<StatusName>, presence: IncomingPresence): Safe | undefined {
  const by = muc?.actor === undefined ? EMPTY : safe` by ${muc.actor}`;
  const because = muc?.reason === undefined || muc.reason === '' ? EMPTY : safe`: ${muc.reason}`;
  if (codes.has('banned')) return safe`you were banned${by}${because}`;
  if (codes.has('kicked')) return safe`you were kicked${by}${because}`;
  if (codes.has('affiliationLost')) return safe`you are no longer a member${by}${because}`;
  if (codes.has('membersOnlyNow')) return safe`the room is for members only now${by}${because}`;
  if (codes.has('shutdown')) return safe`the service of the room is shutting down${because}`;
  if (codes.has('technicalProblem')) return safe`the room removed you because of a technical problem${because}`;
  return presence.muc?.destroyed === undefined ? undefined : safe`the room was destroyed`;
}

function depart(
  context: Context,
  room: RoomState,
  occupant: Occupant,
  muc: Muc | undefined,
  codes: ReadonlySet<StatusName>,
  status: Safe | undefined,
): void {
  removeOccupant(room, occupant);
  const { departed } = room;
  const what = codes.has('banned') ? 'banned' : codes.has('kicked') ? 'kicked' : 'left';
  const why =
    muc?.reason ??
    (codes.has('affiliationLost')
      ? safe`no longer a member`
      : codes.has('membersOnlyNow')
        ? safe`the room is for members only now`
        : codes.has('technicalProblem')
          ? safe`technical problem`
          : status);
  const how = {
    ...(muc?.actor === undefined ? {} : { by: muc.actor }),
    ...(why === undefined || why === '' ? {} : { reason: why }),
  };
  departed.delete(occupant.nick);
  departed.set(occupant.nick, { occupant, at: context.now(), what, ...how });
  const { goneNicks } = room.memory;
  if (occupant.occupantId !== undefined) goneNicks.set(occupant.occupantId, occupant.nick);
  if (departed.size > MAX_DEPARTED) {
    const [oldest, gone] = departed.entries().next().value as [string, Departed];
    departed.delete(oldest);
    const id = gone.occupant.occupantId;
    if (id !== undefined && goneNicks.get(id) === oldest) goneNicks.delete(id);
  }
  context.changed(room, 'occupants');
  if (room.state === 'joined') {
    const jid = occupant.realJid === undefined ? {} : { jid: cleanIdentifier(bareOf(occupant.realJid)) };
    const forced = what === 'left' && (codes.has('affiliationLost') || codes.has('membersOnlyNow'));
    move(context, room, { what, name: occupant.name, ...how, ...jid, ...(forced && { forced }) }, occupant);
  }
  occupantLeft(context, room, occupant);
  if (room.state === 'joined') context.emit('occupant:left', { room, occupant });
  if (occupant.chatState === 'composing') {
    context.emit('chat-state:changed', { chat: room, nick: occupant.nick, state: undefined });
  }
}

/** Announced renames that did not come true: those people are simply not here. */
export function flushRenames(context: Context, room: RoomState): void {
  const { renames } = room.memory;
  if (renames.size === 0) return;
  const lost = [...renames.values()];
  renames.clear();
  for (const { occupant, self } of lost) {
    if (self) leave(context, room, safe`the room lost you while you changed your nick`);
    else depart(context, room, occupant, undefined, new Set(), undefined);
  }
}
