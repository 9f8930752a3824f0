/** What is said: row at once, filters of plugins, wire, and what became of it. */
import type { Hooks as HookTable } from '../api.js';
import { UserError } from '../lib/errors.js';
import { DROP, type Hooks } from '../lib/hooks.js';
import type { BareJid, Jid } from '../lib/jid.js';
import { cleanLine, type Safe, safe, toWireText } from '../lib/text.js';
import type { Clock } from '../lib/time.js';
import type { OutgoingMessage } from '../model/incoming.js';
import { isIrcChannel } from '../model/irc.js';
import type { Store } from '../model/store.js';
import type { Chat, ChatId, ChatState, MessageEntry } from '../model/types.js';
import { findMessage } from '../model/wording.js';
import { createLanes, type Lanes } from './lanes.js';
import type { Wire } from './ports.js';
import type { Unsent, UnsentLine } from './unsent.js';

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
  /** What a former run left: it waits until the archive has said what arrived. `ensure` loads the row of an id, if it is kept. */
  restore(lines: readonly UnsentLine[], ensure: (chat: ChatId, id: string) => void): void;
  /** Somebody has it. */
  settled(id: string): void;
  /** It will not arrive; what it was is kept for /resend. */
  failed(id: string): void;
  readonly lanes: Lanes;
  forget(chat: ChatId): void;
}

export function createOutbox(options: {
  readonly wire: Wire;
  readonly store: Store;
  readonly hooks: Hooks<HookTable>;
  readonly clock: Clock;
  readonly random: () => string;
  readonly unsent: Unsent;
  /** Up to which id this archive is known here. */
  readonly cursor: (archive: BareJid) => string | undefined;
  readonly bodyState: (chat: ChatId) => ChatState | undefined;
  /** Something was removed from what is sent. */
  readonly remark: (text: Safe, chat: ChatId) => void;
}): Outbox {
  const { wire, store, hooks, clock, random, unsent, cursor, bodyState, remark } = options;
  const lanes = createLanes({ wire, store, clock, unsent, cursor });
  /** Order per chat while filters think. */
  const thinking = new Map<ChatId, Promise<void>>();

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

  /** What was sent, by id: a failed line can be sent again as it was. */
  const sent = new Map<string, OutgoingMessage>();
  const release = (id: ChatId, message: OutgoingMessage, row?: () => void): void => {
    sent.set(message.id, message);
    lanes.add(id, message, row);
  };

  /** The room removed us for a moment, or cannot be reached: it is entered again by itself, and what is typed waits for that. */
  const isAway = (chat: Chat): boolean =>
    chat.kind === 'room' &&
    (chat.state === 'left' || chat.state === 'failed') &&
    wire.xeps.muc.wanted(chat.id) !== undefined;
  /** Rooms of which that was said since they went away. */
  const toldAway = new Set<ChatId>();
  const tellAway = (chat: Chat): void => {
    if (!isAway(chat)) toldAway.delete(chat.id);
    else if (!toldAway.has(chat.id)) {
      toldAway.add(chat.id);
      remark(safe`The room is away for a moment. It is entered again by itself; what you type is sent then.`, chat.id);
    }
  };

  const refuseClosed = (chat: Chat): void => {
    if (chat.kind === 'private' && chat.gone) {
      throw new UserError(`${cleanLine(chat.nick)} is not in the room any more.`, 'Nothing was sent.');
    }
    if (chat.kind !== 'room') return;
    if ((chat.state === 'left' || chat.state === 'failed') && !isAway(chat)) {
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
      release(id, message, () => addRow(message));
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
        if (shown) store.setDelivery(id, message.id, 'failed', safe`A plugin stopped this message.`);
        return;
      }
      release(id, asked, shown ? undefined : () => addRow(asked));
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
    const how = await wire.say(message);
    if (how === 'uncertain' || how === 'unsent') {
      throw new UserError(
        'The connection was lost before this was known to have arrived.',
        'Do it again when you are online.',
      );
    }
    store.applyOwnChange(chat.id, message);
  };

  const lastOwn = (chat: Chat): MessageEntry | undefined =>
    findMessage(chat.log, one => one.self && one.source !== 'room-history' && one.retracted === undefined);

  return {
    async say(id, body, { reply } = {}) {
      const chat = chatFor(id);
      refuseClosed(chat);
      const message = make(chat, prepare(id, body));
      tellAway(chat);
      const answered = reply === undefined ? undefined : chat.log.find(reply);
      if (reply === undefined) return submit(chat, message);
      const to = answered?.sender.jid ?? chat.id;
      // A gateway makes a line of its own out of each line: there the quotation would be something that we said.
      const quotes =
        answered !== undefined && answered.retracted === undefined && !(chat.kind === 'room' && isIrcChannel(chat));
      const quote = quotes ? { name: answered.sender.name, text: answered.body } : undefined;
      await submit(chat, { ...message, reply: { id: reply, to, ...(quote !== undefined && { quote }) } });
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
    restore(lines, ensure) {
      for (const { chat: id, message } of lines) {
        const chat = store.openChat(
          id,
          message.type === 'groupchat' ? 'room' : message.private === true ? 'private' : 'direct',
        );
        sent.set(message.id, message);
        ensure(chat.id, message.id);
        if (chat.log.find(message.id) === undefined) store.addOutgoing(chat.id, message, 'queued');
        else store.setDelivery(chat.id, message.id, 'queued');
      }
      lanes.restore(lines);
    },
    settled(id) {
      sent.delete(id);
      lanes.settle(id);
    },
    failed(id) {
      lanes.settle(id);
    },
    lanes,
    forget(chat) {
      lanes.forget(chat);
      thinking.delete(chat);
    },
  };
}
