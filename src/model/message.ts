/** What a message does to a log, whatever the chat: say, correct (XEP-0308), retract (0424, 0425), react (0444), deliver (0184, 0333). */
import { clip, EMPTY, type Safe, safe } from '../lib/text.js';
import type { IncomingMessage } from './incoming.js';
import type { MessagePatch, NewMessage } from './message-log.js';
import type { AnyChat, Context, Mutable } from './state.js';
import type { Delivery, MessageEntry, MessageSource, Role, Sender } from './types.js';
import { arrived, counts, isPersonal, passed } from './unread.js';

/** How far back a message may be corrected or retracted. */
export const REACH = 500;
const EXCERPT_CELLS = 60;
const DAY = 86_400_000;
const FORWARD: readonly Delivery[] = ['failed', 'queued', 'pending', 'sent', 'delivered', 'displayed'];

/** The body as shown: `/me ` cut off (XEP-0245). */
export function bodyOf(body: Safe): { readonly body: Safe; readonly action: boolean } {
  return body.startsWith('/me ') ? { body: body.slice(4) as Safe, action: true } : { body, action: false };
}

/**
 * Is this one person, as far as it can be proved? XEP-0421 id, else the real address, else the same visit of the same nick;
 * one-to-one: the same bare address.
 */
export function sameSender(chat: AnyChat, a: Sender, b: Sender): boolean {
  if (a.room === true || b.room === true) return a.room === b.room;
  if (chat.kind === 'direct') return true;
  if (a.occupantId !== undefined || b.occupantId !== undefined) return a.occupantId === b.occupantId;
  if (a.realJid !== undefined || b.realJid !== undefined) return a.realJid === b.realJid;
  return a.serial !== undefined && a.serial === b.serial;
}

/** Key under which a sender's reactions are kept; `undefined`: cannot be told from others. */
function keyOf(chat: AnyChat, sender: Sender, self: boolean): string | undefined {
  if (self && chat.kind !== 'room') return 'self';
  if (chat.kind === 'direct') return 'other';
  if (sender.occupantId !== undefined) return `id ${sender.occupantId}`;
  if (sender.realJid !== undefined) return `jid ${sender.realJid}`;
  return sender.serial === undefined ? undefined : `visit ${sender.serial}`;
}

const validTime = (stamp: number | undefined): stamp is number =>
  stamp !== undefined && Number.isFinite(stamp) && Math.abs(stamp) < 8.64e15;

/** "dated 2001-01-01": what a stamp claims that we do not follow. */
export function datedRemark(stamp: number, now: number): Safe {
  const text = new Date(stamp).toISOString();
  return Math.abs(now - stamp) < DAY
    ? safe`dated ${`${text.slice(0, 10)} ${text.slice(11, 16)} UTC` as Safe}`
    : safe`dated ${text.slice(0, text.indexOf('T')) as Safe}`;
}

/**
 * When to show it. A stamp of history is followed, but never into the future; where a stamp may not move the message
 * (live in a room, or older than what already stands there) the time is that of arrival, with a remark.
 */
export function timeOf(
  chat: AnyChat,
  message: IncomingMessage,
  source: MessageSource,
  now: number,
): { readonly at: number; readonly remark?: Safe } {
  const { stamp } = message;
  if (!validTime(stamp)) return { at: now };
  if (source === 'room-history' || source === 'archive') return { at: Math.min(stamp, now) };
  const lastAt = chat.kind === 'room' ? Number.POSITIVE_INFINITY : (chat.log.last()?.at ?? Number.NEGATIVE_INFINITY);
  if (stamp <= now && stamp >= lastAt) return { at: stamp };
  return Math.abs(now - stamp) < 60_000 ? { at: now } : { at: now, remark: datedRemark(stamp, now) };
}

export interface Spoken {
  readonly sender: Sender;
  readonly self: boolean;
  readonly source: MessageSource;
  readonly role?: Role;
  /** The nick that may be called in this chat. */
  readonly nick: string;
  /** Said while we were away, and told in its place: it counts as what an archive tells later. */
  readonly missed?: boolean;
  readonly remarks?: readonly Safe[];
}

/** The quoted sender and words, only from our own log (an unknown id shows nothing). */
function replyOf(chat: AnyChat, message: IncomingMessage): MessageEntry['reply'] {
  if (message.reply === undefined) return undefined;
  const found = chat.log.findAll(message.reply.id);
  // In rooms the id is the one that the room gave (XEP-0461 §3); ids of senders can be copied.
  const quoted = found.find(entry => entry.stanzaId === message.reply?.id) ?? found[0];
  if (quoted === undefined) return { id: message.reply.id };
  if (quoted.retracted !== undefined) return { id: message.reply.id, name: quoted.sender.name };
  return { id: message.reply.id, name: quoted.sender.name, excerpt: excerptOf(quoted.body) };
}
export function excerptOf(body: Safe): Safe {
  const end = body.indexOf('\n');
  return clip((end < 0 ? body : `${body.slice(0, end)} …`) as Safe, EXCERPT_CELLS);
}

/** What rings: everything said to us alone, and in rooms what the person wants to hear of. */
function isNews(context: Context, chat: AnyChat, entry: MessageEntry): boolean {
  if (chat.kind !== 'room') return isPersonal(chat);
  const wanted = context.policy.notify(chat.id);
  return wanted === 'all' || (wanted === 'mention' && entry.highlight);
}

/** Adds what was said as a new entry, counts it and tells. */
export function addMessage(
  context: Context,
  chat: AnyChat,
  message: IncomingMessage,
  said: Spoken,
  body: Safe,
): MessageEntry | undefined {
  const { sender, self, source } = said;
  if (!self && sender.room !== true && context.isIgnored(chat, sender, body)) return undefined;
  const { at, remark } = timeOf(chat, message, source, context.now());
  const remarks = [...(said.remarks ?? []), ...(remark === undefined ? [] : [remark])];
  const filled = message.missed === true;
  const missed = filled || said.missed === true;
  const live = (source === 'live' || source === 'carbon' || missed) && !self;
  const reply = replyOf(chat, message);
  const shown = bodyOf(body);
  // One shape for nearly all: conditional spreads would give each message one of its own, which is slow to make and to read.
  const made: Mutable<NewMessage> = {
    kind: 'message',
    at,
    sender,
    self,
    body: shown.body,
    action: shown.action,
    source,
    highlight: live && sender.room !== true && context.isHighlight(chat, body, said.nick),
  };
  if (message.id !== undefined) made.messageId = message.id;
  if (message.stanzaId !== undefined) made.stanzaId = message.stanzaId;
  if (said.role !== undefined) made.role = said.role;
  if (message.originId !== undefined) made.originId = message.originId;
  if (missed && !self) made.missed = true;
  if (message.raw !== undefined) made.raw = message.raw;
  if (self) made.delivery = 'sent';
  if (reply !== undefined) made.reply = reply;
  if (remarks.length > 0) made.remarks = remarks;
  const entry = filled ? (chat.log.fill(made, message.late) as MessageEntry) : chat.log.appendMessage(made);
  chat.lastAt = Math.max(chat.lastAt, entry.at);
  if (counts(entry) && !self) arrived(context, chat, entry);
  else passed(context, chat, entry);
  context.noteMention(chat, entry);
  context.changed(chat, 'log');
  context.emit('message:added', { chat, message: entry, incoming: message });
  if (source === 'live' && !self && sender.room !== true && isNews(context, chat, entry)) {
    context.emit('message:highlighted', { chat, message: entry });
  }
  return entry;
}

/** Changes an entry and tells. */
export function changeMessage(
  context: Context,
  chat: AnyChat,
  seq: number,
  patch: MessagePatch,
): MessageEntry | undefined {
  const entry = chat.log.update(seq, patch);
  if (entry === undefined) return undefined;
  context.noteMention(chat, entry);
  context.changed(chat, 'log');
  context.emit('message:changed', { chat, message: entry });
  return entry;
}

/** The message with this id, if it is near enough and `by` is whoever wrote it. */
function reachable(chat: AnyChat, id: string, by: Sender, self: boolean): MessageEntry | undefined {
  const wanted = new Set<number>();
  for (const entry of chat.log.findAll(id)) {
    const same = entry.self === self && sameSender(chat, entry.sender, by);
    // Our own rows of this session carry no room key until the room has sent them back.
    if (same || (self && entry.self && entry.delivery !== undefined)) wanted.add(entry.seq);
  }
  if (wanted.size === 0) return undefined;
  for (const entry of chat.log.messages(REACH)) if (wanted.has(entry.seq)) return entry;
  return undefined;
}

/** XEP-0308; false: not theirs, not known or too old, so that it must be shown as a message of its own. */
export function correct(context: Context, chat: AnyChat, message: IncomingMessage, said: Spoken, text: Safe): boolean {
  if (message.replaces === undefined) return false;
  const target = reachable(chat, message.replaces, said.sender, said.self);
  if (target === undefined || target.retracted !== undefined) return false;
  const { body, action } = bodyOf(text);
  for (const id of [message.id, message.originId, message.stanzaId])
    if (id !== undefined) chat.log.alias(id, target.seq);
  const same = body === target.body && action === target.action;
  // A correction may call us too; what has called us stays.
  const calls = !said.self && counts(target) && context.isHighlight(chat, text, said.nick);
  changeMessage(context, chat, target.seq, {
    ...(calls ? { highlight: true } : {}),
    body,
    action,
    raw: message.raw,
    ...(same ? {} : { versions: [...(target.versions ?? []), target.body].slice(-20) }),
    ...(said.self ? { delivery: 'sent' as const, error: undefined } : {}),
  });
  return true;
}

/** What was taken back is not repeated above the answers to it either. */
export function forgetQuotes(context: Context, chat: AnyChat, quoted: MessageEntry): void {
  const ids = new Set([quoted.stanzaId, quoted.messageId, quoted.originId]);
  for (const entry of [...chat.log.messages(REACH)]) {
    const { reply } = entry;
    if (reply?.excerpt === undefined || !ids.has(reply.id) || reply.name !== quoted.sender.name) continue;
    changeMessage(context, chat, entry.seq, { reply: { id: reply.id, name: reply.name } });
  }
}

/** XEP-0424 by whoever wrote it, XEP-0425 only when the room itself speaks. */
export function retract(context: Context, chat: AnyChat, message: IncomingMessage, said: Spoken): boolean {
  const { retracts } = message;
  if (retracts === undefined) return false;
  let target: MessageEntry | undefined;
  if (retracts.moderator === true) {
    if (chat.kind !== 'room' || said.sender.room !== true) return false;
    target = chat.log.findAll(retracts.id).find(entry => entry.stanzaId === retracts.id);
  } else {
    if (said.sender.room === true) return false;
    target = reachable(chat, retracts.id, said.sender, said.self);
  }
  if (target === undefined) return false;
  forgetQuotes(context, chat, target);
  changeMessage(context, chat, target.seq, {
    retracted: {
      ...(retracts.by === undefined ? {} : { by: retracts.by }),
      ...(retracts.reason === undefined ? {} : { reason: retracts.reason }),
    },
  });
  return true;
}

/** XEP-0444: the set replaces what this person thought before. */
export function react(context: Context, chat: AnyChat, message: IncomingMessage, said: Spoken): boolean {
  const { reactions } = message;
  if (reactions === undefined) return false;
  const key = keyOf(chat, said.sender, said.self);
  const found = chat.log.findAll(reactions.id);
  // > The 'id' … in groupchats is the one assigned by the room  XEP-0444 §4.2
  const target = found.find(entry => entry.stanzaId === reactions.id) ?? found[0];
  if (key === undefined || target === undefined) return false;
  if (!said.self && context.isIgnored(chat, said.sender)) return false;
  const entry = chat.log.react(target.seq, key, said.sender.name, reactions.emoji);
  if (entry !== undefined) {
    context.changed(chat, 'log');
    context.emit('message:changed', { chat, message: entry });
  }
  return true;
}

/** Our own message, by the id it was sent under. */
export function ownMessage(chat: AnyChat, id: string): MessageEntry | undefined {
  return chat.log.findAll(id).find(entry => entry.self && entry.delivery !== undefined);
}

/** Moves a message of ours on; backwards only into `failed`, and never once somebody has it. */
export function deliver(
  context: Context,
  chat: AnyChat,
  entry: MessageEntry,
  delivery: Delivery,
  patch: MessagePatch = {},
): MessageEntry | undefined {
  const from = entry.delivery ?? 'queued';
  // The server took it and the other side refused it: which of the two we hear of first says nothing.
  const refused = from === 'failed' && delivery === 'sent';
  const forward = !refused && FORWARD.indexOf(delivery) > FORWARD.indexOf(from);
  const mayFail = delivery === 'failed' && from !== 'delivered' && from !== 'displayed';
  const moves = delivery === 'failed' ? mayFail && from !== 'failed' : forward;
  if (!moves && Object.keys(patch).length === 0) return undefined;
  const changed = changeMessage(context, chat, entry.seq, {
    ...patch,
    ...(moves ? { delivery } : {}),
    ...(moves && delivery !== 'failed' ? { error: undefined } : {}),
  });
  if (changed === undefined || !moves) return changed;
  if (delivery === 'failed') context.emit('message:failed', { chat, message: changed });
  else if (delivery === 'sent' || delivery === 'delivered' || delivery === 'displayed') {
    context.emit('message:delivered', { chat, message: changed });
  }
  return changed;
}

export function fail(context: Context, chat: AnyChat, id: string, reason: Safe): void {
  const entry = ownMessage(chat, id);
  if (entry !== undefined && (chat.kind !== 'room' || entry.delivery !== 'sent')) {
    deliver(context, chat, entry, 'failed', entry.delivery === 'failed' ? {} : { error: reason });
  }
}

/** Receipts and markers: only from the address the message went to, which the caller has checked by choosing the chat. */
export function acknowledge(context: Context, chat: AnyChat, message: IncomingMessage): void {
  if (message.received !== undefined) {
    const entry = ownMessage(chat, message.received);
    if (entry !== undefined) deliver(context, chat, entry, 'delivered');
  }
  if (message.displayed === undefined) return;
  const entry = ownMessage(chat, message.displayed);
  if (entry === undefined) return;
  // > … the recipient has displayed this and all messages before it  XEP-0333 §4.1
  for (const older of [...chat.log.messages(REACH)]) {
    if (older.seq > entry.seq || !older.self || older.delivery === undefined) continue;
    if (older.delivery === 'displayed') break;
    if (older.seq === entry.seq || older.delivery === 'delivered' || older.delivery === 'sent') {
      deliver(context, chat, older, 'displayed');
    }
  }
}

/** Our own line came back (from the room, as carbon, from the archive): the row it belongs to takes what it says. */
export function mergeOwn(context: Context, chat: AnyChat, message: IncomingMessage, sender: Sender): boolean {
  const entry =
    (message.id === undefined ? undefined : ownMessage(chat, message.id)) ??
    (message.originId === undefined ? undefined : ownMessage(chat, message.originId));
  if (entry === undefined) return false;
  const shown = bodyOf(message.body ?? EMPTY);
  const isOriginal = message.id === entry.messageId || message.originId === entry.originId;
  if (message.missed === true) chat.log.filledTo(entry.seq);
  const differs = isOriginal && entry.versions === undefined && shown.body !== entry.body;
  deliver(context, chat, entry, 'sent', {
    sender: { ...entry.sender, ...sender },
    ...(message.stanzaId === undefined || entry.stanzaId !== undefined ? {} : { stanzaId: message.stanzaId }),
    ...(differs ? { body: shown.body, action: shown.action, raw: message.raw } : {}),
    error: undefined,
  });
  return true;
}

/** Security study, "when is it the same message": the same archive id, or the same words of the same person by another way. */
export function isKnown(chat: AnyChat, message: IncomingMessage, said: Spoken, body: Safe, at: number): boolean {
  if (message.stanzaId !== undefined) {
    for (const entry of chat.log.findAll(message.stanzaId)) {
      if (entry.stanzaId !== message.stanzaId) continue;
      if (message.missed === true) chat.log.filledTo(entry.seq);
      return true;
    }
  }
  const shown = bodyOf(body);
  if (message.id !== undefined) {
    for (const entry of chat.log.findAll(message.id)) {
      if (
        entry.messageId === message.id &&
        // What the server says late, a former session may have heard live without telling it.
        (entry.source !== said.source ||
          message.late === true ||
          (message.missed === true && entry.stored !== undefined)) &&
        entry.self === said.self &&
        (message.stanzaId === undefined || entry.stanzaId === undefined) &&
        (sameSender(chat, entry.sender, said.sender) || samePlace(entry.sender, said.sender)) &&
        (entry.body === shown.body || entry.versions?.[0] === shown.body) &&
        Math.abs(entry.at - at) <= 600_000
      ) {
        if (message.missed === true) chat.log.filledTo(entry.seq);
        return true;
      }
    }
  }
  return false;
}

/** Nothing better is known of either than the nick. */
function samePlace(a: Sender, b: Sender): boolean {
  return a.jid !== undefined && a.jid === b.jid && (a.occupantId === undefined || b.occupantId === undefined);
}

/** Rule 4, for what a room sends while we enter: same nick, same body, same second. */
export function isRepeated(chat: AnyChat, said: Spoken, body: Safe, at: number): boolean {
  const shown = bodyOf(body);
  const second = Math.floor(at / 1000);
  for (const entry of chat.log.messages(1000)) {
    if (
      entry.body === shown.body &&
      entry.action === shown.action &&
      entry.sender.jid === said.sender.jid &&
      Math.floor(entry.at / 1000) === second
    ) {
      return true;
    }
  }
  return false;
}
