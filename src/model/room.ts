/** Rooms (XEP-0045): what happens when we come and go, and what a room is. */
import type { BareJid } from '../lib/jid.js';
import type { Safe } from '../lib/text.js';
import { roomTitle } from './irc.js';
import { forgetOccupants } from './room-occupants.js';
import type { Context, RoomState } from './state.js';
import type { RoomFacts, StatusName } from './types.js';

export function createRoom(context: Context, id: BareJid, nick: string): RoomState {
  return {
    kind: 'room',
    id,
    title: roomTitle(id),
    log: context.newLog(),
    unread: { count: 0, highlights: 0 },
    readSeq: -1,
    activity: 'none',
    rev: 0,
    lastAt: 0,
    state: 'left',
    nick,
    occupants: new Map(),
    peopleRev: 0,
    departed: new Map(),
    facts: {},
    memory: {
      serial: 1,
      historyOpen: false,
      joinedAt: 0,
      heardUntil: undefined,
      looks: new Map(),
      skeletons: new Map(),
      previous: new Map(),
      renames: new Map(),
      goneNicks: new Map(),
      warned: new Set(),
      unseen: new Map(),
    },
  };
}

/** We ask to enter: presences of this room are expected from now on. */
export function enter(context: Context, room: RoomState, nick: string): void {
  const { memory } = room;
  if (room.occupants.size > 0) memory.previous = room.occupants;
  forgetOccupants(room);
  room.state = 'joining';
  room.nick = nick;
  delete room.reason;
  delete room.alternate;
  memory.historyOpen = true;
  memory.joinedAt = context.now();
  memory.heardUntil = undefined;
  context.changed(room, 'occupants');
  context.changed(room, 'meta');
  context.emit('room:joining', { room });
}

/** We are out, whatever the reason; a second time only a better reason is kept. */
export function leave(context: Context, room: RoomState, reason?: Safe): void {
  const { memory } = room;
  memory.historyOpen = false;
  if (room.state === 'left' || room.state === 'failed') {
    if (reason !== undefined && room.reason === undefined) {
      room.reason = reason;
      context.changed(room, 'meta');
    }
    return;
  }
  if (room.state === 'joined') context.openGap(room);
  room.state = 'left';
  if (reason === undefined) delete room.reason;
  else room.reason = reason;
  if (room.occupants.size > 0) memory.previous = room.occupants;
  forgetOccupants(room);
  context.changed(room, 'occupants');
  context.changed(room, 'meta');
  context.emit('room:left', reason === undefined ? { room } : { room, reason });
}

export function refuse(context: Context, room: RoomState, reason: Safe, unasked = false): void {
  forgetOccupants(room);
  room.memory.historyOpen = false;
  room.state = 'failed';
  room.reason = reason;
  context.changed(room, 'occupants');
  context.changed(room, 'meta');
  context.emit('room:failed', unasked ? { room, reason, unasked } : { room, reason });
}

export function learn(context: Context, room: RoomState, facts: RoomFacts): void {
  room.facts = { ...room.facts, ...facts };
  context.changed(room, 'meta');
  context.emit('room:changed', { room });
}

/** What status codes say about the room itself. */
export function learnFromCodes(context: Context, room: RoomState, codes: ReadonlySet<StatusName>): void {
  const facts: { nonAnonymous?: boolean; logged?: boolean } = {};
  if (codes.has('nonAnonymous') || codes.has('nonAnonymousNow')) facts.nonAnonymous = true;
  if (codes.has('semiAnonymousNow')) facts.nonAnonymous = false;
  if (codes.has('logged') || codes.has('loggingOn')) facts.logged = true;
  if (codes.has('loggingOff')) facts.logged = false;
  // A room that logs says so to whoever enters: from here on it is news.
  if (codes.has('self') && facts.logged === undefined && room.facts.logged === undefined) facts.logged = false;
  const news =
    (facts.nonAnonymous !== undefined && facts.nonAnonymous !== room.facts.nonAnonymous) ||
    (facts.logged !== undefined && facts.logged !== room.facts.logged);
  if (news) learn(context, room, facts);
}
