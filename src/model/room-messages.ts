/** What is said in a room: whose it is, whether it is news, and where it belongs (XEP-0045 §7.4, §7.2.13). */
import { bareOf, resourceOf } from '../lib/jid.js';
import { cleanIdentifier, type Safe, safe } from '../lib/text.js';
import type { IncomingMessage } from './incoming.js';
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
import { learnFromCodes } from './room.js';
import { revealed } from './room-movement.js';
import { setOccupantState, spoke } from './room-occupants.js';
import { flushRenames } from './room-presence.js';
import { setSubject } from './room-subject.js';
import type { Context, Mutable, RoomState } from './state.js';
import type { MessageSource, Sender } from './types.js';

/** After this long no history of the entry can be on its way. */
const HISTORY_MS = 30_000;

/** History may come only while we enter; afterwards what claims to be old was said now. */
function sourceOf(context: Context, room: RoomState, message: IncomingMessage): MessageSource {
  const { memory } = room;
  if (message.source === 'archive') return 'archive';
  const open = memory.historyOpen && context.now() - memory.joinedAt <= HISTORY_MS;
  if (!open) memory.historyOpen = false;
  if (message.stamp === undefined) return 'live';
  return open ? 'room-history' : 'live';
}

function senderOf(room: RoomState, message: IncomingMessage, source: MessageSource): Sender {
  const nick = resourceOf(message.from);
  if (nick === undefined) return { name: room.title, jid: message.from, room: true };
  const live = source === 'live' ? room.occupants.get(nick) : undefined;
  const occupantId = message.occupantId ?? live?.occupantId;
  const sender: Mutable<Sender> = { name: live?.name ?? cleanIdentifier(nick), jid: message.from };
  if (occupantId !== undefined) sender.occupantId = occupantId;
  if (live !== undefined) sender.serial = live.serial;
  if (live?.realJid !== undefined) sender.realJid = bareOf(live.realJid);
  return sender;
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
  const said = (): Spoken => {
    const spoken: Mutable<Spoken> = { sender, self, source, nick: room.nick, remarks };
    if (missed) spoken.missed = true;
    if (occupant !== undefined && source === 'live') spoken.role = occupant.role;
    return spoken;
  };
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
