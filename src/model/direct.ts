/** One-to-one chats: which resource to answer to (RFC 6121 §5.1), chat states, and how a message of any such chat is taken. */
import { type BareJid, bareOf, isFull, type Jid } from '../lib/jid.js';
import { cleanIdentifier, type Safe, safe } from '../lib/text.js';
import type { IncomingMessage } from './incoming.js';
import { ircTitle, readIrcAddress } from './irc.js';
import { acknowledge, addMessage, correct, isKnown, mergeOwn, react, retract, type Spoken, timeOf } from './message.js';
import { setPrivateState } from './private.js';
import type { ContactState, Context, DirectState, PrivateState } from './state.js';
import type { ChatState, Sender } from './types.js';
import { markRead } from './unread.js';

export function createDirect(context: Context, id: BareJid, contact: ContactState | undefined): DirectState {
  const irc = ircTitle(id, context.chats.values());
  return {
    kind: 'direct',
    id,
    ...(irc !== undefined && readIrcAddress(id)?.name === '' ? { network: true } : {}),
    title: contact?.given ?? irc ?? cleanIdentifier(id),
    log: context.newLog(),
    unread: { count: 0, highlights: 0 },
    readSeq: -1,
    activity: 'none',
    rev: 0,
    lastAt: 0,
    exchanged: false,
    statesSeen: false,
  };
}

/** The name of a contact as we gave it, else the local part; of a stranger the whole address. */
export function nameOf(jid: BareJid, contact: ContactState | undefined): Safe {
  if (contact?.given !== undefined) return contact.given;
  const at = jid.indexOf('@');
  return cleanIdentifier(contact?.listed === true && at > 0 ? jid.slice(0, at) : jid);
}

/**
 * A message locks the chat to the resource it came from; any other resource and any presence unlocks it.
 * > until it receives a message from one of the peer's full JIDs  RFC 6121 §5.1
 */
function lock(context: Context, chat: DirectState, from: Jid): void {
  if (!isFull(from) || chat.resource === from) return;
  if (chat.resource === undefined) chat.resource = from;
  else delete chat.resource;
  context.changed(chat, 'meta');
}

export function unlock(context: Context, chat: DirectState): void {
  setDirectState(context, chat, undefined);
  if (chat.resource === undefined) return;
  delete chat.resource;
  context.changed(chat, 'meta');
}

export function setDirectState(context: Context, chat: DirectState, state: ChatState | undefined): void {
  if (chat.chatState === state) return;
  if (state === undefined) delete chat.chatState;
  else chat.chatState = state;
  context.changed(chat, 'tabs');
  context.emit('chat-state:changed', { chat, state });
}

/** A chat, normal or carbon message of a one-to-one chat; the caller has found the chat and knows who speaks. */
export function talk(
  context: Context,
  chat: DirectState | PrivateState,
  message: IncomingMessage,
  sender: Sender,
  self: boolean,
  nick: string,
): void {
  const { body, source } = message;
  const hasBody = body !== undefined && body !== '';
  const remarks: Safe[] = [];
  const said: Spoken = { sender, self, source, nick, remarks };
  // What was said while nobody was here includes that something had arrived.
  const tells = chat.kind === 'direct' && (source !== 'archive' || message.missed === true);
  // Whoever has the nick now cannot say what the one before has received.
  const tellsHere = chat.kind === 'private' && source !== 'archive' && !chat.gone;
  if (!self && (tells || tellsHere)) acknowledge(context, chat, message);
  if (!self && source !== 'archive') {
    if (source === 'live') {
      if (chat.kind === 'direct' && (hasBody || message.chatState !== undefined)) lock(context, chat, message.from);
      if (message.chatState !== undefined) chat.statesSeen = true;
      if (message.chatState !== undefined || hasBody) {
        const state = hasBody && message.chatState === 'composing' ? undefined : message.chatState;
        if (chat.kind === 'direct') setDirectState(context, chat, state);
        else setPrivateState(context, chat, state);
      }
    }
  }
  if (self && message.displayed !== undefined) {
    // Another client of ours showed it.
    const seen = chat.log.findAll(message.displayed).find(entry => !entry.self);
    if (seen !== undefined) markRead(context, chat, seen.seq);
  }
  if (message.reactions !== undefined) {
    react(context, chat, message, said);
    if (!hasBody || chat.log.find(message.reactions.id) !== undefined) return;
  }
  if (message.retracts !== undefined) {
    if (retract(context, chat, message, said) || !hasBody || message.retracts.moderator === true) return;
    remarks.push(safe`could not apply retraction`);
  }
  if (!hasBody) return;
  if (self && mergeOwn(context, chat, message, {} as Sender)) return;
  const { at } = timeOf(chat, message, source, context.now());
  if (isKnown(chat, message, said, body, at)) return;
  if (message.replaces !== undefined) {
    if (!self && context.isIgnored(chat, sender)) return;
    if (correct(context, chat, message, said, body)) return;
    remarks.push(safe`could not apply correction`);
  }
  const entry = addMessage(context, chat, message, said, body);
  if (entry === undefined) return;
  if (!chat.exchanged && source !== 'archive') {
    chat.exchanged = true;
    context.changed(chat, 'meta');
  }
  // We answered elsewhere, so we have read it.
  if (self && source !== 'archive') markRead(context, chat, entry.seq);
}

/** Key of the person behind an address in a one-to-one chat. */
export function directSender(context: Context, from: Jid, contact: ContactState | undefined): Sender {
  const irc = contact?.given === undefined ? ircTitle(from, context.chats.values()) : undefined;
  return { name: irc ?? nameOf(bareOf(from), contact), jid: from };
}
