/** Rooms (XEP-0045): who is in them, what they call themselves, what the room says, and what happens when we come and go. */
import { type BareJid, bareOf, type FullJid, resourceOf, withResource } from '../lib/jid.js';
import { cleanIdentifier, EMPTY, type Safe, safe, skeleton } from '../lib/text.js';
import type { IncomingMessage, IncomingPresence } from './incoming.js';
import { roomTitle } from './irc.js';
import {
  addMessage,
  bodyOf,
  correct,
  isKnown,
  isRepeated,
  mergeOwn,
  ownMessage,
  react,
  retract,
  type Spoken,
  timeOf,
} from './message.js';
import { followRename, occupantLeft, occupantReturned, partnersMissing } from './private.js';
import type { Context, RoomState } from './state.js';
import type { ChatState, Departed, MessageSource, Movement, Occupant, RoomFacts, Sender, StatusName } from './types.js';
import { passed } from './unread.js';

/** After this long no history of the entry can be on its way. */
const HISTORY_MS = 30_000;
const MAX_DEPARTED = 2000;
const MAX_RENAMES = 16;
/** From so many people on a room is big: the comings and goings of silent people are left out. */
const BIG_ROOM = 30;
/** Who spoke within this time is part of the talk. */
const SPOKE_MS = 10 * 60_000;

type Muc = NonNullable<IncomingPresence['muc']>;

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

// ------------------------------------------------------------------------------------------------- coming and going

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

function forgetOccupants(room: RoomState): void {
  const { memory } = room;
  room.occupants = new Map();
  delete room.self;
  memory.looks.clear();
  memory.skeletons.clear();
  memory.renames.clear();
  memory.warned.clear();
  memory.unseen.clear();
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
function learnFromCodes(context: Context, room: RoomState, codes: ReadonlySet<StatusName>): void {
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

// --------------------------------------------------------------------------------------------------------- presence

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
  if (replaced) remove(room, known);
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
    put(room, occupant, isSelf);
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
    put(room, occupant, isSelf);
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

function occupantJidOf(room: RoomState, nick: string, presence: IncomingPresence): FullJid {
  return bareOf(presence.from) === room.id ? (presence.from as FullJid) : (withResource(room.id, nick) as FullJid);
}

/** The occupant-id or the real address says so. */
function isProvablyOther(past: Occupant, now: { readonly occupantId?: string; readonly muc?: Muc }): boolean {
  if (past.occupantId !== undefined && now.occupantId !== undefined) return past.occupantId !== now.occupantId;
  const real = now.muc?.realJid;
  return past.realJid !== undefined && real !== undefined && bareOf(past.realJid) !== bareOf(real);
}

function put(room: RoomState, occupant: Occupant, isSelf: boolean): void {
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

function remove(room: RoomState, occupant: Occupant): void {
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
function lookalike(
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

/** The occupant is still here and something about them is different. */
function change(
  context: Context,
  room: RoomState,
  previous: Occupant,
  occupant: Occupant,
  isSelf = previous.nick === room.self?.nick,
  muc?: Muc,
): void {
  put(room, occupant, isSelf);
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
    remove(room, occupant);
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
  remove(room, occupant);
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
function flushRenames(context: Context, room: RoomState): void {
  const { renames } = room.memory;
  if (renames.size === 0) return;
  const lost = [...renames.values()];
  renames.clear();
  for (const { occupant, self } of lost) {
    if (self) leave(context, room, safe`the room lost you while you changed your nick`);
    else depart(context, room, occupant, undefined, new Set(), undefined);
  }
}

/** A movement as a line, unless the person does not want to see it. */
function move(context: Context, room: RoomState, movement: Movement, occupant: Occupant): void {
  const { unseen } = room.memory;
  if (!isShown(context, room, movement, occupant)) {
    if (movement.what === 'joined') {
      unseen.set(occupant.nick, movement);
      if (unseen.size > MAX_DEPARTED) unseen.delete(unseen.keys().next().value as string);
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
function revealed(context: Context, room: RoomState, nick: string): void {
  const hidden = room.memory.unseen.get(nick);
  if (hidden === undefined) return;
  room.memory.unseen.delete(nick);
  if (context.policy.movements(room.id) !== 'smart') return;
  const entry = room.log.move(hidden, context.now());
  passed(context, room, entry, 'low');
  context.changed(room, 'log');
}

// ---------------------------------------------------------------------------------------------------------- messages

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

/** History may come only while we enter; afterwards what claims to be old was said now. */
function sourceOf(context: Context, room: RoomState, message: IncomingMessage): MessageSource {
  const { memory } = room;
  if (message.source === 'archive') return 'archive';
  const open = memory.historyOpen && context.now() - memory.joinedAt <= HISTORY_MS;
  if (!open) memory.historyOpen = false;
  if (message.stamp === undefined) return 'live';
  return open ? 'room-history' : 'live';
}

/** Somebody present, as whoever says something. */
function occupantSender({ name, occupantJid, occupantId, realJid, serial }: Occupant): Sender {
  return {
    name,
    jid: occupantJid,
    serial,
    ...(occupantId === undefined ? {} : { occupantId }),
    ...(realJid === undefined ? {} : { realJid: bareOf(realJid) }),
  };
}

function senderOf(room: RoomState, message: IncomingMessage, source: MessageSource): Sender {
  const nick = resourceOf(message.from);
  if (nick === undefined) return { name: room.title, jid: message.from, room: true };
  const live = source === 'live' ? room.occupants.get(nick) : undefined;
  const occupantId = message.occupantId ?? live?.occupantId;
  return {
    name: live?.name ?? cleanIdentifier(nick),
    jid: message.from,
    ...(occupantId === undefined ? {} : { occupantId }),
    ...(live?.realJid === undefined ? {} : { realJid: bareOf(live.realJid) }),
    ...(live === undefined ? {} : { serial: live.serial }),
  };
}

/** Did we say it? Live: by our nick while we are in; history: only if the occupant id proves it. */
function isOwn(room: RoomState, message: IncomingMessage, source: MessageSource): boolean {
  const { self } = room;
  if (self?.occupantId !== undefined && message.occupantId !== undefined) return self.occupantId === message.occupantId;
  return source === 'live' && self !== undefined && resourceOf(message.from) === self.nick;
}

/**
 * A line of ours that the room tells after it forgot who we were: we are another guest now, perhaps under another nick beside our
 * own ghost. Ours by an id that we made in this run, if it comes from the nick that we had when we wrote it, with the same words.
 */
function wasSaidByUs(room: RoomState, message: IncomingMessage, sender: Sender): boolean {
  return [message.id, message.originId].some(id => {
    const row = id === undefined ? undefined : ownMessage(room, id);
    if (row?.source !== 'local' || row.sender.jid !== message.from || message.body === undefined) return false;
    const known = row.sender.occupantId;
    if (known !== undefined && sender.occupantId !== undefined && known !== sender.occupantId) return false;
    const { body } = bodyOf(message.body);
    return body === row.body || body === row.versions?.[0];
  });
}

/** What the room tells those who enter was said while we were away, if we were here before and heard nothing later. */
function wasMissed(room: RoomState, message: IncomingMessage, source: MessageSource): boolean {
  if (source !== 'room-history' || message.stamp === undefined) return false;
  const { memory } = room;
  if (memory.heardUntil === undefined) {
    memory.heardUntil = 0;
    for (const entry of room.log.newest()) {
      if (entry.kind !== 'message') continue;
      memory.heardUntil = entry.at;
      break;
    }
  }
  return memory.heardUntil > 0 && message.stamp > memory.heardUntil;
}

/** Who says something in an old page of the room's archive. */
export function archivedSender(
  room: RoomState,
  message: IncomingMessage,
): { readonly sender: Sender; readonly self: boolean } {
  return { sender: senderOf(room, message, 'archive'), self: isOwn(room, message, 'archive') };
}

/** A groupchat message from a room we are in or entering. */
export function roomMessage(context: Context, room: RoomState, message: IncomingMessage): void {
  flushRenames(context, room);
  const source = sourceOf(context, room, message);
  const nick = resourceOf(message.from);
  const sender = senderOf(room, message, source);
  const self = isOwn(room, message, source);
  const { body } = message;
  const hasBody = body !== undefined && body !== '';
  if (sender.room === true && message.codes !== undefined) learnFromCodes(context, room, message.codes);
  // > a message with a <subject/> but no <body/> … is a subject change  XEP-0045 §8.1
  if (message.subject !== undefined && !hasBody) {
    if (message.retracts === undefined && message.reactions === undefined) {
      setSubject(context, room, message, sender, source);
    }
    return;
  }
  const occupant = nick === undefined ? undefined : room.occupants.get(nick);
  const remarks: Safe[] = [];
  const missed = wasMissed(room, message, source);
  const said = (): Spoken => ({
    sender,
    self,
    source,
    nick: room.nick,
    ...(missed && { missed }),
    ...(occupant === undefined || source !== 'live' ? {} : { role: occupant.role }),
    remarks,
  });
  // Who is not heard does not type either, and is not announced because of what was not heard.
  const unheard = !self && sender.room !== true && context.isIgnored(room, sender, body);
  if (source === 'live' && nick !== undefined && !unheard) {
    if (hasBody) {
      revealed(context, room, nick);
      spoke(room, nick, context.now());
      setOccupantState(context, room, nick, message.chatState === 'composing' ? undefined : message.chatState);
    } else if (message.chatState !== undefined) setOccupantState(context, room, nick, message.chatState);
  }
  if (message.reactions !== undefined) {
    react(context, room, message, said());
    if (!hasBody || room.log.find(message.reactions.id) !== undefined) return;
  }
  if (message.retracts !== undefined) {
    if (retract(context, room, message, said()) || !hasBody || message.retracts.moderator === true) return;
    remarks.push(safe`could not apply retraction`);
  }
  if (!hasBody) return;
  // The room sends our line back to us; a row under that id and from us is the same line.
  const isReflection = self || (source !== 'live' && (nick === room.nick || wasSaidByUs(room, message, sender)));
  if (isReflection && mergeOwn(context, room, message, sender)) return;
  if (source !== 'live') {
    const { at } = timeOf(room, message, source, context.now());
    if (isKnown(room, message, said(), body, at)) return;
    if (source === 'room-history' && isRepeated(room, said(), body, at)) return;
  } else {
    room.memory.historyOpen = false;
    // The archive was faster than the room.
    const { stanzaId, id } = message;
    const told = room.log.findAll(stanzaId ?? id ?? '').filter(one => one.missed === true);
    if (told.some(one => stanzaId !== undefined && one.stanzaId === stanzaId)) return;
    if (told.length > 0 && stanzaId === undefined && isKnown(room, message, said(), body, context.now())) return;
  }
  if (message.replaces !== undefined) {
    if (unheard) return;
    if (correct(context, room, message, said(), body)) return;
    remarks.push(safe`could not apply correction`);
  }
  if (occupant?.looksLike !== undefined && source === 'live' && !room.memory.warned.has(occupant.serial)) {
    room.memory.warned.add(occupant.serial);
    remarks.push(safe`looks like ${occupant.looksLike}`);
  }
  addMessage(context, room, message, said(), body);
}

function setSubject(
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
