/** Messages on their way into the chats they belong to; what belongs to none stands in a notice. */
import { type BareJid, bareOf, type FullJid, isFull, resourceOf } from '../lib/jid.js';
import { cleanIdentifier, type Safe, safe } from '../lib/text.js';
import { createDirect, directSender, talk } from './direct.js';
import type { IncomingMessage } from './incoming.js';
import { excerptOf, fail } from './message.js';
import { roomMessage } from './room-messages.js';
import type { PrivateState, RoomState } from './state.js';
import type { StoreParts } from './store-chats.js';
import type { Invite, NoticeLevel, Sender } from './types.js';
import type { Row } from './view.js';

/** Chats that people may open by writing to us. */
const MAX_CHATS = 2000;
const MAX_HEADLINE_ROWS = 40;

/** Takes a message of the wire. */
export function createMessageIntake({
  context,
  chats,
  roster,
  notice,
  keepInvite,
}: StoreParts & {
  readonly notice: (level: NoticeLevel, rows: readonly Row[]) => void;
  readonly keepInvite: (invite: Invite) => void;
}): (message: IncomingMessage) => void {
  /** A headline is nobody's chat: it stands in a notice with the whole address of who says so. */
  const headline = (message: IncomingMessage): void => {
    const { body, subject, from } = message;
    const texts = [subject, body].filter((text): text is Safe => text !== undefined && text !== '');
    if (texts.length === 0) return;
    const isServer = context.own !== undefined && from === context.own.slice(context.own.indexOf('@') + 1);
    const head: Row = [
      { text: isServer ? safe`Your server ` : safe`Headline from `, token: 'notice.info' },
      { text: cleanIdentifier(from), token: 'text.address' },
    ];
    const rows = texts.flatMap(text =>
      text.split('\n', MAX_HEADLINE_ROWS).map(line => [{ text: line as Safe, token: 'text.normal' as const }]),
    );
    notice('info', [head, ...rows]);
  };

  const invited = (message: IncomingMessage): void => {
    const { invite, from } = message;
    if (invite === undefined) return;
    // Mediated: only the room itself can pass on that somebody invites us; anybody else makes it up.
    if (invite.mediated && (isFull(from) || from !== invite.room)) return;
    if (chats.isIn(chats.room(invite.room))) return;
    const kept: Invite = {
      room: invite.room,
      by: from,
      mediated: invite.mediated,
      at: context.now(),
      ...(invite.claimedBy === undefined ? {} : { claimedBy: invite.claimedBy }),
      ...(invite.reason === undefined ? {} : { reason: invite.reason }),
      ...(invite.password === undefined ? {} : { password: invite.password }),
    };
    keepInvite(kept);
    context.emit('invite:received', { invite: kept });
  };

  const applyMessage = (message: IncomingMessage): void => {
    const { from, type, source } = message;
    const bare = bareOf(from);
    if (type === 'error') {
      const chat = chats.find(from);
      if (chat !== undefined && message.id !== undefined) {
        fail(context, chat, message.id, message.error?.sentence ?? safe`it came back as an error`);
      }
      return;
    }
    if (type === 'groupchat') {
      const room = chats.room(from);
      if (chats.isIn(room)) roomMessage(context, room, message);
      return;
    }
    if (message.invite !== undefined) {
      if (context.own === undefined || bare !== context.own) invited(message);
      return;
    }
    if (type === 'headline') {
      headline(message);
      return;
    }
    const self =
      context.own !== undefined &&
      bare === context.own &&
      (source === 'carbon' || source === 'archive' || message.to === undefined || bareOf(message.to) === context.own);
    const peer = self ? (message.to ?? from) : from;
    const room = chats.room(peer);
    if (room !== undefined && !isFull(peer)) {
      // The room itself speaks, outside the groupchat.
      if (!self && chats.isIn(room))
        roomMessage(context, room, message.stamp === undefined ? message : withoutStamp(message));
      return;
    }
    // A private message of another client of ours through a room that this one is not in.
    if (room === undefined && source === 'carbon' && message.mucUser === true) return;
    const says = message.body !== undefined && message.body !== '';
    if (room !== undefined && isFull(peer)) privateMessage(room, peer, message, self, says);
    else directMessage(bareOf(peer), message, self, says);
  };

  const withoutStamp = (message: IncomingMessage): IncomingMessage => {
    const { stamp: _stamp, ...rest } = message;
    return rest;
  };

  const privateMessage = (
    room: RoomState,
    id: FullJid,
    message: IncomingMessage,
    self: boolean,
    says: boolean,
  ): void => {
    let chat = context.chats.get(id) as PrivateState | undefined;
    const nick = resourceOf(id) ?? '';
    const occupant = room.occupants.get(nick);
    const occupantId = message.occupantId ?? occupant?.occupantId;
    const sender: Sender = self
      ? { name: cleanIdentifier(room.nick) }
      : {
          name: occupant?.name ?? cleanIdentifier(nick),
          jid: id,
          ...(occupantId === undefined ? {} : { occupantId }),
          ...(occupant?.realJid === undefined ? {} : { realJid: bareOf(occupant.realJid) }),
          ...(occupant === undefined ? {} : { serial: occupant.serial }),
        };
    if (chat === undefined) {
      if (!says || (!self && context.isIgnored(room, sender, message.body))) return;
      if (!mayOpen(message)) return;
      chat = chats.openPrivate(id);
    }
    if (!self && context.isIgnored(room, sender, message.body)) return;
    talk(context, chat, message, sender, self, room.nick);
  };

  const directMessage = (id: BareJid, message: IncomingMessage, self: boolean, says: boolean): void => {
    let chat = context.chats.get(id);
    const contact = roster.get(id);
    const sender = self
      ? { name: chats.nameOfSelf(), jid: message.from }
      : directSender(context, message.from, contact);
    if (chat === undefined) {
      if (!says) return;
      const made = createDirect(context, id, contact);
      if (!self && context.isIgnored(made, sender, message.body)) return;
      if (!self && contact?.listed !== true && !mayOpen(message)) return;
      chat = chats.add(made);
    }
    if (chat.kind === 'direct' && (self || !context.isIgnored(chat, sender, message.body)))
      talk(context, chat, message, sender, self, chats.nameOfSelf());
  };

  /** Strangers may not fill the memory with chats: beyond the limit their words stand in a notice. */
  const mayOpen = (message: IncomingMessage): boolean => {
    if (context.chats.size < MAX_CHATS) return true;
    const body = excerptOf(message.body ?? safe`a message without text`);
    notice('warning', [
      [
        { text: safe`Too many chats; `, token: 'notice.warning' },
        { text: cleanIdentifier(message.from), token: 'text.address' },
        { text: safe` wrote: ${body}`, token: 'text.normal' },
      ],
    ]);
    return false;
  };

  return applyMessage;
}
