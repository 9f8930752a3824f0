/** What we say and change ourselves, shown before anybody has it. */
import { cleanBody, cleanIdentifier, type Safe } from '../lib/text.js';
import type { OutgoingMessage } from './incoming.js';
import { bodyOf, changeMessage, deliver, excerptOf, ownMessage } from './message.js';
import { spoke } from './room-occupants.js';
import type { AnyChat } from './state.js';
import type { Store } from './store.js';
import type { StoreParts } from './store-chats.js';
import type { ChatId, Delivery, MessageEntry, Sender, SessionFacts } from './types.js';
import { markRead } from './unread.js';

export type OwnDoings = Pick<Store, 'addOutgoing' | 'setDelivery' | 'applyOwnCorrection' | 'applyOwnChange'>;

export function createOwnDoings({
  context,
  chats,
  session,
}: StoreParts & { readonly session: () => SessionFacts }): OwnDoings {
  const ownSender = (chat: AnyChat): Sender => {
    if (chat.kind === 'direct') {
      const { jid } = session();
      return jid === undefined ? { name: chats.nameOfSelf() } : { name: chats.nameOfSelf(), jid };
    }
    const room = chat.kind === 'room' ? chat : chats.room(chat.id);
    const self = room?.self;
    if (self === undefined) return { name: cleanIdentifier(room?.nick ?? '') };
    return {
      name: self.name,
      jid: self.occupantJid,
      serial: self.serial,
      ...(self.occupantId === undefined ? {} : { occupantId: self.occupantId }),
    };
  };

  const addOutgoing = (id: ChatId, message: OutgoingMessage, delivery: Delivery): MessageEntry => {
    const chat = context.chats.get(id) ?? (chats.open(id) as AnyChat);
    const raw = message.body ?? '';
    const text = cleanBody(raw);
    const shown = bodyOf(text);
    const quoted = message.reply === undefined ? undefined : chat.log.find(message.reply.id);
    const role = chat.kind === 'room' ? chat.self?.role : undefined;
    const entry = chat.log.appendMessage({
      kind: 'message',
      at: context.now(),
      sender: ownSender(chat),
      self: true,
      body: shown.body,
      ...(text === raw ? {} : { raw }),
      action: shown.action,
      source: 'local',
      highlight: false,
      delivery,
      messageId: message.id,
      originId: message.id,
      ...(role === undefined ? {} : { role }),
      ...(message.reply === undefined
        ? {}
        : {
            reply: {
              id: message.reply.id,
              ...(quoted === undefined ? {} : { name: quoted.sender.name, excerpt: excerptOf(quoted.body) }),
            },
          }),
    });
    chat.lastAt = entry.at;
    if (chat.kind !== 'room') chat.exchanged = true;
    if (chat.kind === 'room' && chat.self !== undefined) spoke(chat, chat.self.nick, entry.at);
    // Who answers has read.
    markRead(context, chat, entry.seq);
    context.changed(chat, 'log');
    context.emit('message:added', { chat, message: entry });
    return entry;
  };

  const setDelivery = (id: ChatId, messageId: string, delivery: Delivery, error?: Safe): MessageEntry | undefined => {
    const chat = context.chats.get(id);
    const entry = chat === undefined ? undefined : ownMessage(chat, messageId);
    if (chat === undefined || entry === undefined) return undefined;
    // Trying again is the one way back.
    const again =
      (delivery === 'queued' || delivery === 'pending') && (entry.delivery === 'failed' || entry.delivery === 'queued');
    if (again && entry.delivery !== delivery) {
      return changeMessage(context, chat, entry.seq, { delivery, error: undefined });
    }
    return deliver(context, chat, entry, delivery, error === undefined || delivery !== 'failed' ? {} : { error });
  };

  return {
    addOutgoing,
    setDelivery,
    applyOwnCorrection(id, message, delivery) {
      const chat = context.chats.get(id);
      if (chat === undefined || message.replaces === undefined) return undefined;
      const entry = ownMessage(chat, message.replaces);
      if (entry === undefined) return undefined;
      const raw = message.body ?? '';
      const text = cleanBody(raw);
      const { body, action } = bodyOf(text);
      chat.log.alias(message.id, entry.seq);
      return changeMessage(context, chat, entry.seq, {
        body,
        action,
        raw: text === raw ? undefined : raw,
        versions: [...(entry.versions ?? []), entry.body].slice(-20),
        delivery,
        error: undefined,
      });
    },
    applyOwnChange(id, message) {
      const chat = context.chats.get(id);
      if (chat === undefined) return undefined;
      if (message.retracts !== undefined) {
        const entry = chat.log.findAll(message.retracts.id).find(one => one.self);
        return entry === undefined ? undefined : changeMessage(context, chat, entry.seq, { retracted: {} });
      }
      if (message.reactions === undefined || chat.kind === 'room') return undefined;
      const target = chat.log.find(message.reactions.id);
      if (target === undefined) return undefined;
      const emoji = message.reactions.emoji.map(one => cleanIdentifier(one));
      const entry = chat.log.react(target.seq, 'self', ownSender(chat).name, emoji);
      if (entry !== undefined) {
        context.changed(chat, 'log');
        context.emit('message:changed', { chat, message: entry });
      }
      return entry;
    },
  };
}
