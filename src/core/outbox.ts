/** What is said: row at once, filters of plugins, wire, and what became of it. */
import type { Hooks as HookTable } from '../api.js';
import { UserError } from '../lib/errors.js';
import { DROP, type Hooks } from '../lib/hooks.js';
import { type BareJid, bareOf, type Jid } from '../lib/jid.js';
import { cleanLine, type Safe, safe, toWireText } from '../lib/text.js';
import type { Clock } from '../lib/time.js';
import type { OutgoingMessage } from '../model/incoming.js';
import type { Store } from '../model/store.js';
import type { Chat, ChatId, ChatState, Delivery, MessageEntry } from '../model/types.js';
import { findMessage } from '../model/wording.js';
import type { Wire } from './ports.js';
import type { Unsent, UnsentLine } from './unsent.js';

/** Clocks of both sides may differ by this much. */
const OVERLAP_MS = 5 * 60_000;
/** Pages of an archive looked through for lines of a former run. */
const MAX_PAGES = 40;
/** A filter that takes longer does not keep the row from being shown. */
const ROW_DELAY_MS = 100;

export interface Outbox {
  say(chat: ChatId, body: string, options?: { readonly reply?: string }): Promise<void>;
  correct(chat: ChatId, body: string, messageId?: string): Promise<void>;
  resend(chat: ChatId, messageId?: string): Promise<void>;
  /** XEP-0424: takes back one of ours (default: the last). */
  retract(chat: ChatId, messageId?: string): Promise<void>;
  /** XEP-0444: replaces our reactions to this message. */
  react(chat: ChatId, messageId: string, emoji: readonly string[]): Promise<void>;
  /** Why nothing can be said here now. */
  obstacle(chat: ChatId): UserError | undefined;
  /** A chat state alone. */
  state(chat: Chat, state: ChatState): void;
  /** The room was entered: what waited for it goes out. */
  roomJoined(room: ChatId): void;
  roomFailed(room: ChatId, reason: Safe): void;
  /** What a former run left: it waits until the archive has said what arrived. */
  restore(lines: readonly UnsentLine[]): void;
  /** This archive can be asked now. */
  resolve(archive: BareJid): Promise<void>;
  forget(chat: ChatId): void;
}

export function createOutbox(options: {
  readonly wire: Wire;
  readonly store: Store;
  readonly hooks: Hooks<HookTable>;
  readonly clock: Clock;
  readonly random: () => string;
  readonly unsent: Unsent;
  readonly bodyState: (chat: ChatId) => ChatState | undefined;
  /** Something was removed from what is sent. */
  readonly remark: (text: Safe, chat: ChatId) => void;
}): Outbox {
  const { wire, store, hooks, clock, random, unsent, bodyState, remark } = options;
  /** Order per chat while filters think. */
  const thinking = new Map<ChatId, Promise<void>>();
  /** Lines for rooms that are not entered yet. */
  const waiting = new Map<ChatId, readonly OutgoingMessage[]>();
  /** Lines of a former run, and what was typed after them. */
  const held = new Map<ChatId, readonly UnsentLine[]>();
  /** What was sent, by id: a failed line can be sent again as it was. */
  const sent = new Map<string, OutgoingMessage>();

  const chatFor = (id: ChatId): Chat => {
    const chat = store.chat(id);
    if (chat === undefined) throw new UserError('This chat is closed.');
    return chat;
  };

  const addressOf = (chat: Chat): Jid => (chat.kind === 'direct' ? (chat.resource ?? chat.id) : chat.id);

  const make = (chat: Chat, body: string): OutgoingMessage => {
    const state = bodyState(chat.id);
    return {
      to: addressOf(chat),
      type: chat.kind === 'room' ? 'groupchat' : 'chat',
      id: random(),
      body,
      typedAt: clock.now(),
      ...(state !== undefined && { chatState: state }),
      ...(chat.kind === 'direct' && { wantsReceipt: true }),
      ...(chat.kind === 'private' && { private: true }),
    };
  };

  const isOpen = (chat: Chat): boolean =>
    store.session.status === 'online' && (chat.kind !== 'room' || chat.state === 'joined');

  const advance = (id: ChatId, message: OutgoingMessage, delivery: Delivery, error?: Safe): void => {
    const key = message.id;
    const entry = store.chat(id)?.log.find(key);
    // The echo may have been faster than the acknowledgement.
    if (entry?.delivery === undefined || entry.delivery === 'delivered' || entry.delivery === 'displayed') return;
    if (entry.delivery === 'sent' && delivery !== 'failed') return;
    if (error === undefined) store.setDelivery(id, key, delivery);
    else store.setDelivery(id, key, delivery, error);
  };

  const transmit = (id: ChatId, message: OutgoingMessage): void => {
    wire.say(message).then(
      how => {
        // In a room only its echo proves that everybody got it. Written without an acknowledgement proves nothing.
        if (how === 'acknowledged' && message.type === 'chat') advance(id, message, 'sent');
        if (how === 'acknowledged' && (message.type === 'chat' || message.replaces !== undefined))
          unsent.settle(message.id);
        sent.delete(message.id);
      },
      (error: unknown) => advance(id, message, 'failed', sentenceOf(error)),
    );
  };

  /** To the wire, or into the queue of its room. */
  const release = (id: ChatId, message: OutgoingMessage): void => {
    const chat = store.chat(id);
    if (chat === undefined) return;
    sent.set(message.id, message);
    if (message.body !== undefined) {
      unsent.add({ chat: id, message, offered: store.session.status === 'online' });
    }
    const before = held.get(id);
    if (before !== undefined) {
      held.set(id, [...before, { chat: id, message, offered: false }]);
      return;
    }
    if (chat.kind === 'room' && chat.state !== 'joined') {
      waiting.set(id, [...(waiting.get(id) ?? []), message]);
      return;
    }
    transmit(id, message);
  };

  /** Which of these does the archive have? `undefined`: it cannot say. */
  const arrived = async (archive: BareJid, lines: readonly UnsentLine[]): Promise<ReadonlySet<string> | undefined> => {
    const open = new Set(lines.map(line => line.message.id));
    const found = new Set<string>();
    try {
      const { mam } = wire.xeps;
      if (!(await mam.has(archive))) return undefined;
      const start = Math.min(...lines.map(line => line.message.typedAt)) - OVERLAP_MS;
      let after: string | undefined;
      for (let count = 0; count < MAX_PAGES; count++) {
        const page = await mam.page(archive, { max: 250, start, ...(after !== undefined && { after }) });
        for (const { id, originId } of page.messages)
          for (const one of [id, originId]) if (one !== undefined && open.has(one)) found.add(one);
        if (page.complete || page.last === undefined || page.last === after) return found;
        after = page.last;
      }
    } catch {
      // As if there were none.
    }
    return undefined;
  };

  const refuseClosed = (chat: Chat): void => {
    if (chat.kind === 'private' && chat.gone) {
      throw new UserError(`${cleanLine(chat.nick)} is not in the room any more.`, 'Nothing was sent.');
    }
    if (chat.kind !== 'room') return;
    if (chat.state === 'left' || chat.state === 'failed') {
      throw new UserError('You are not in this room.', '/join enters it; your line was not sent.');
    }
    if (chat.state === 'joined' && chat.self?.role === 'visitor') {
      throw new UserError('You have no voice in this room.', 'A moderator can give it to you; your line was not sent.');
    }
  };

  const prepare = (id: ChatId, body: string): string => {
    const { text, changed } = toWireText(body);
    // Controls would hide from the reader what a terminal obeys.
    const clean = text.replace(/[\x7f-\x9f]/g, '');
    if (clean.trim() === '') throw new UserError('There is nothing to send.');
    if (changed || clean !== text) remark(safe`Characters that cannot be sent were left out.`, id);
    return clean;
  };

  /** Filters first if there are any, in order; then the row and the wire. */
  const submit = (chat: Chat, message: OutgoingMessage): Promise<void> => {
    const { id } = chat;
    const addRow = (what: OutgoingMessage): void => {
      const delivery = isOpen(chat) ? 'pending' : 'queued';
      if (what.replaces === undefined) store.addOutgoing(id, what, delivery);
      else store.applyOwnCorrection(id, what, delivery);
    };
    const before = thinking.get(id);
    if (before === undefined && !hooks.has('message:send')) {
      addRow(message);
      release(id, message);
      return Promise.resolve();
    }
    const work = async (): Promise<void> => {
      await before;
      let shown = false;
      const cancel = clock.after(ROW_DELAY_MS, () => {
        shown = true;
        addRow(message);
      });
      const asked = await hooks.runAsync('message:send', message);
      cancel();
      if (asked === DROP) {
        if (shown) advance(id, message, 'failed', safe`A plugin stopped this message.`);
        return;
      }
      if (!shown) addRow(asked);
      release(id, asked);
    };
    const turn = work().finally(() => {
      if (thinking.get(id) === turn) thinking.delete(id);
    });
    thinking.set(id, turn);
    return turn;
  };

  /** In rooms the id that the room gave, elsewhere the sender's (XEP-0424 §3, XEP-0444 §3). */
  const idForOthers = (chat: Chat, entry: MessageEntry): string => {
    const id = chat.kind === 'room' ? entry.stanzaId : (entry.originId ?? entry.messageId);
    if (id === undefined) throw new UserError('This message has no id that others know.');
    return id;
  };

  /** A message without text about another one. */
  const change = async (chat: Chat, what: Pick<OutgoingMessage, 'retracts' | 'reactions'>): Promise<void> => {
    if (!isOpen(chat)) throw new UserError('This needs the connection.', 'Try again when you are online.');
    const message: OutgoingMessage = {
      to: addressOf(chat),
      type: chat.kind === 'room' ? 'groupchat' : 'chat',
      id: random(),
      typedAt: clock.now(),
      ...what,
      ...(chat.kind === 'private' && { private: true }),
    };
    await wire.say(message);
    store.applyOwnChange(chat.id, message);
  };

  const lastOwn = (chat: Chat): MessageEntry | undefined =>
    findMessage(chat.log, one => one.self && one.source !== 'room-history' && one.retracted === undefined);

  return {
    async say(id, body, { reply } = {}) {
      const chat = chatFor(id);
      refuseClosed(chat);
      const message = make(chat, prepare(id, body));
      const answered = reply === undefined ? undefined : chat.log.find(reply);
      const to = answered?.sender.jid;
      await submit(chat, reply === undefined ? message : { ...message, reply: { id: reply, to: to ?? chat.id } });
    },
    async correct(id, body, messageId) {
      const chat = chatFor(id);
      refuseClosed(chat);
      const entry = messageId === undefined ? lastOwn(chat) : chat.log.find(messageId);
      if (entry === undefined || !entry.self) throw new UserError('There is no message of yours to correct here.');
      if (!isOpen(chat)) throw new UserError('A correction needs the connection.', 'Try again when you are online.');
      const replaces = entry.originId ?? entry.messageId;
      if (replaces === undefined) throw new UserError('This message cannot be corrected.');
      const message = { ...make(chat, prepare(id, body)), replaces };
      await submit(chat, message);
    },
    async resend(id, messageId) {
      const chat = chatFor(id);
      refuseClosed(chat);
      const failed = (entry: MessageEntry): boolean => entry.self && entry.delivery === 'failed';
      const entry = messageId === undefined ? findMessage(chat.log, failed) : chat.log.find(messageId);
      if (entry === undefined || !failed(entry)) throw new UserError('No message of yours failed here.');
      const key = entry.originId ?? entry.messageId ?? '';
      const message = sent.get(key) ?? { ...make(chat, `${entry.action ? '/me ' : ''}${entry.body}`), id: key };
      store.setDelivery(id, key, isOpen(chat) ? 'pending' : 'queued');
      release(id, { ...message, to: addressOf(chat) });
    },
    async retract(id, messageId) {
      const chat = chatFor(id);
      const entry = messageId === undefined ? lastOwn(chat) : chat.log.find(messageId);
      if (entry === undefined || !entry.self) throw new UserError('There is no message of yours to take back here.');
      const target = idForOthers(chat, entry);
      await change(chat, { retracts: { id: target } });
    },
    async react(id, messageId, emoji) {
      const chat = chatFor(id);
      const entry = chat.log.find(messageId);
      if (entry === undefined) throw new UserError('This message is not here any more.');
      await change(chat, { reactions: { id: idForOthers(chat, entry), emoji } });
    },
    obstacle(id) {
      try {
        refuseClosed(chatFor(id));
        return undefined;
      } catch (error) {
        return error instanceof UserError ? error : undefined;
      }
    },
    state(chat, chatState) {
      const message: OutgoingMessage = {
        to: addressOf(chat),
        type: chat.kind === 'room' ? 'groupchat' : 'chat',
        id: random(),
        chatState,
        typedAt: clock.now(),
        ...(chat.kind === 'private' && { private: true }),
      };
      // A state that does not arrive is no loss.
      wire.say(message).catch(() => {});
    },
    roomJoined(room) {
      const messages = waiting.get(room) ?? [];
      waiting.delete(room);
      for (const message of messages) {
        advance(room, message, 'pending');
        transmit(room, message);
      }
    },
    roomFailed(room, reason) {
      const messages = waiting.get(room) ?? [];
      waiting.delete(room);
      for (const message of messages) advance(room, message, 'failed', reason);
    },
    restore(lines) {
      for (const line of lines) {
        const { message } = line;
        const chat = store.openChat(
          line.chat,
          message.type === 'groupchat' ? 'room' : message.private === true ? 'private' : 'direct',
        );
        sent.set(message.id, message);
        if (chat.log.find(message.id) === undefined) store.addOutgoing(chat.id, message, 'queued');
        else store.setDelivery(chat.id, message.id, 'queued');
        held.set(chat.id, [...(held.get(chat.id) ?? []), line]);
      }
    },
    async resolve(archive) {
      const own = store.session.jid === undefined ? undefined : bareOf(store.session.jid);
      const chats = [...held.keys()].filter(id =>
        store.chat(id)?.kind === 'direct' ? archive === own : id === archive,
      );
      const lines = chats.flatMap(id => held.get(id) ?? []);
      if (lines.length === 0) return;
      const offered = lines.filter(line => line.offered);
      const there = offered.length === 0 ? new Set<string>() : await arrived(archive, offered);
      for (const id of chats) {
        // Taken again: more may have been typed meanwhile.
        const rest = held.get(id) ?? [];
        held.delete(id);
        for (const { message, offered: maybe } of rest) {
          if (maybe && there === undefined) {
            advance(id, message, 'failed', safe`It may have arrived before the program ended. /resend sends it again.`);
            unsent.settle(message.id);
          } else if (there?.has(message.id) === true) {
            store.setDelivery(id, message.id, 'sent');
            unsent.settle(message.id);
          } else {
            store.setDelivery(id, message.id, isOpen(chatFor(id)) ? 'pending' : 'queued');
            release(id, message);
          }
        }
      }
    },
    forget(chat) {
      held.delete(chat);
      waiting.delete(chat);
      thinking.delete(chat);
    },
  };
}

function sentenceOf(error: unknown): Safe {
  if (error instanceof UserError) return cleanLine(error.message);
  if (error instanceof Error && 'sentence' in error && typeof error.sentence === 'string')
    return cleanLine(error.sentence);
  return safe`It could not be sent.`;
}
