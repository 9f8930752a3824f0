/** The store: everything the client knows, changed only through these functions and read by everybody as readonly data. */
import { type BareJid, bareOf, type FullJid, isFull, type Jid, parseBareJid, resourceOf } from '../lib/jid.js';
import { cleanBody, cleanIdentifier, joinSafe, type Safe, safe } from '../lib/text.js';
import { createDirect, directSender, talk, unlock } from './direct.js';
import type { Events } from './events.js';
import { createHighlighter, type IsHighlight } from './highlight.js';
import type { Incoming, IncomingMessage, IncomingPresence, OutgoingMessage } from './incoming.js';
import { createMentions } from './mentions.js';
import { bodyOf, changeMessage, deliver, excerptOf, fail, ownMessage, sameSender, timeOf } from './message.js';
import { createMessageLog, type NewEntry } from './message-log.js';
import { createPrivate, setPrivateState } from './private.js';
import type { StoreReader } from './reader.js';
import { archivedSender, createRoom, enter, learn, leave, refuse, roomMessage, roomPresence, spoke } from './room.js';
import { createRoster } from './roster.js';
import type { AnyChat, Context, DirectState, PrivateState, RoomPolicy, RoomState } from './state.js';
import type {
  Chat,
  ChatId,
  Delivery,
  Entry,
  Invite,
  MessageEntry,
  NoticeEntry,
  NoticeLevel,
  Sender,
  SessionFacts,
} from './types.js';
import { markRead, passed, restoreRead } from './unread.js';
import type { Row } from './view.js';

/** Invitations and requests kept; older ones fall out. */
const MAX_INVITES = 100;
const MAX_REQUESTS = 1000;
/** Chats that people may open by writing to us. */
const MAX_CHATS = 2000;
const MAX_NOTICES = 2000;
const MAX_HEADLINE_ROWS = 40;

export interface StoreOptions {
  readonly emit: <K extends keyof Events>(event: K, payload: Events[K]) => void;
  /** A region of the screen is not true any more. */
  readonly touch: (region: string, chat?: ChatId) => void;
  readonly now: () => number;
  /** Default: our nick as a whole word. */
  readonly isHighlight?: IsHighlight;
  readonly isIgnored?: (chat: Chat, sender: Sender, body?: Safe) => boolean;
  /** Default: everything is shown, and what names us is news. */
  readonly policy?: RoomPolicy;
  /** Entries kept per chat. */
  readonly logCapacity?: number;
  /** Numbers of log entries begin here (default 0); with room before it, history has places. */
  readonly firstSeq?: number;
  /** Bare JID, until the session says it. */
  readonly account?: string;
}

export interface Store extends StoreReader {
  /** Takes a fact of the wire. Never throws for what others sent. */
  apply(incoming: Incoming): void;
  /** Without kind: an occupant of a room we know → private, a room we know → room, else direct. */
  openChat(jid: Jid, kind?: Chat['kind']): Chat;
  closeChat(id: ChatId): void;
  /** Our line, shown at once. */
  addOutgoing(chat: ChatId, message: OutgoingMessage, delivery: Delivery): MessageEntry;
  setDelivery(chat: ChatId, id: string, delivery: Delivery, error?: Safe): MessageEntry | undefined;
  /** Replaces the text of our message `message.replaces` (XEP-0308); `message.id` becomes another id of it. */
  applyOwnCorrection(chat: ChatId, message: OutgoingMessage, delivery: Delivery): MessageEntry | undefined;
  /** Our reactions or retraction, shown at once. */
  applyOwnChange(chat: ChatId, message: OutgoingMessage): MessageEntry | undefined;
  addNotice(chat: ChatId | undefined, level: NoticeLevel, rows: readonly Row[]): NoticeEntry;
  /** Up to `seq`, default everything. */
  markRead(id: ChatId, seq?: number): void;
  /** Messages in this chat are read when they arrive. */
  setFocus(id: ChatId | undefined): void;
  clear(id: ChatId): void;
  /** Older entries, oldest first; what is there already is left out. Answers how many were added. */
  prependHistory(chat: ChatId, entries: readonly Entry[]): number;
  /** A page of the archive that is older than everything shown; answers what was added, oldest first. */
  prependArchive(chat: ChatId, messages: readonly IncomingMessage[]): readonly MessageEntry[];
  /** Read up to this entry when the program ran last. */
  restoreRead(chat: ChatId, seq: number): void;
  /** Everything that was missed in this chat is there now. */
  closeGaps(chat: ChatId): void;
  /** Behind this entry goes what the archive tells next; `undefined`: above everything. */
  told(chat: ChatId): Entry | undefined;
  /** What was missed belongs behind this entry, before what is there already. */
  fillFrom(chat: ChatId, seq: number): void;
  /** What was missed could not be fetched: a mark stands there until it is. `undefined` takes it away. */
  markGap(chat: ChatId, row: Row | undefined, command?: string): void;
  /** Completion sorts by who spoke last. */
  touchSpoken(room: BareJid, nick: string): void;
  /** The person knows that somebody else may have this nick now, and goes on. */
  renewPrivate(id: FullJid): boolean;
  removeInvite(room: BareJid): void;
  removeRequest(jid: BareJid): void;
}

export function createStore(options: StoreOptions): Store {
  const { emit, touch, now } = options;
  const chats = new Map<ChatId, AnyChat>();
  const requests = new Map<BareJid, { readonly at: number }>();
  const mentions = createMentions();
  const notices = createMessageLog({ capacity: MAX_NOTICES });
  const roster = createRoster();
  let invites: readonly Invite[] = [];
  let session: SessionFacts = { status: 'offline', anonymous: false };
  let own = parseBareJid(options.account);
  let focus: ChatId | undefined;
  let rev = 0;
  /** Sequence numbers of the marks of what is missing. */
  const marks = new Map<ChatId, number>();

  const context: Context = {
    emit,
    now,
    isHighlight: options.isHighlight ?? createHighlighter(),
    isIgnored: options.isIgnored ?? (() => false),
    policy: options.policy ?? { movements: () => 'all', notify: () => 'mention' },
    get own() {
      return own;
    },
    chats,
    get focus() {
      return focus;
    },
    changed(chat, region) {
      rev++;
      chat.rev++;
      if (region === 'occupants' && chat.kind === 'room') chat.peopleRev++;
      touch(region, chat.id);
    },
    noteMention(chat, message) {
      if (chat.kind === 'room') mentions.note(chat, message);
    },
    openGap(chat) {
      if (options.firstSeq !== undefined) chat.log.openGap();
    },
    newLog() {
      const { logCapacity, firstSeq } = options;
      const log = createMessageLog({
        ...(logCapacity === undefined ? {} : { capacity: logCapacity }),
        ...(firstSeq === undefined ? {} : { firstSeq }),
      });
      if (firstSeq !== undefined) log.openGap();
      return log;
    },
  };
  const touched = (region: string): void => {
    rev++;
    touch(region);
  };

  // ------------------------------------------------------------------------------------------------------- finding

  const roomOf = (jid: Jid): RoomState | undefined => {
    const chat = chats.get(bareOf(jid));
    return chat?.kind === 'room' ? chat : undefined;
  };
  const isIn = (room: RoomState | undefined): room is RoomState =>
    room !== undefined && (room.state === 'joined' || room.state === 'joining');
  /** The chat an address belongs to. */
  const find = (jid: Jid): AnyChat | undefined => {
    const exact = chats.get(jid as ChatId);
    if (exact !== undefined || !isFull(jid)) return exact;
    const bare = chats.get(bareOf(jid));
    return bare?.kind === 'direct' ? bare : undefined;
  };
  const add = <C extends AnyChat>(chat: C): C => {
    chats.set(chat.id, chat);
    context.changed(chat, 'tabs');
    emit('chat:opened', { chat });
    return chat;
  };
  const openRoom = (id: BareJid, nick: string): RoomState => {
    const known = chats.get(id);
    if (known?.kind === 'room') return known;
    if (known !== undefined) close(id);
    return add(createRoom(context, id, nick));
  };
  const openDirect = (id: BareJid): DirectState | RoomState => {
    const known = chats.get(id);
    if (known !== undefined) return known as DirectState | RoomState;
    return add(createDirect(context, id, roster.get(id)));
  };
  const openPrivate = (id: FullJid): PrivateState => {
    const known = chats.get(id);
    if (known !== undefined) return known as PrivateState;
    return add(createPrivate(context, id, roomOf(id)?.occupants.get(resourceOf(id) ?? '')));
  };
  const close = (id: ChatId): void => {
    if (!chats.delete(id)) return;
    marks.delete(id);
    if (focus === id) focus = undefined;
    touched('tabs');
    emit('chat:closed', { id });
  };

  // ------------------------------------------------------------------------------------------------------- notices

  const addNotice = (id: ChatId | undefined, level: NoticeLevel, rows: readonly Row[]): NoticeEntry => {
    const chat = id === undefined ? undefined : chats.get(id);
    const made: NewEntry = { kind: 'notice', at: now(), level, rows };
    const entry = (chat?.log ?? notices).append(made) as NoticeEntry;
    if (chat === undefined) touched('info');
    else {
      passed(context, chat, entry);
      context.changed(chat, 'log');
    }
    const text = joinSafe(
      rows.map(row => joinSafe(row.map(part => part.text))),
      '\n' as Safe,
    );
    emit('notice:added', chat === undefined ? { level, text } : { level, text, chat: chat.id });
    return entry;
  };

  // ------------------------------------------------------------------------------------------------------ messages

  /** A headline is nobody's chat: it stands in a notice with the whole address of who says so. */
  const headline = (message: IncomingMessage): void => {
    const { body, subject, from } = message;
    const texts = [subject, body].filter((text): text is Safe => text !== undefined && text !== '');
    if (texts.length === 0) return;
    const isServer = own !== undefined && from === own.slice(own.indexOf('@') + 1);
    const head: Row = [
      { text: isServer ? safe`Your server ` : safe`Headline from `, token: 'notice.info' },
      { text: cleanIdentifier(from), token: 'text.address' },
    ];
    const rows = texts.flatMap(text =>
      text.split('\n', MAX_HEADLINE_ROWS).map(line => [{ text: line as Safe, token: 'text.normal' as const }]),
    );
    addNotice(undefined, 'info', [head, ...rows]);
  };

  const invited = (message: IncomingMessage): void => {
    const { invite, from } = message;
    if (invite === undefined) return;
    // Mediated: only the room itself can pass on that somebody invites us; anybody else makes it up.
    if (invite.mediated && (isFull(from) || from !== invite.room)) return;
    if (isIn(roomOf(invite.room))) return;
    const kept: Invite = {
      room: invite.room,
      by: from,
      mediated: invite.mediated,
      at: now(),
      ...(invite.claimedBy === undefined ? {} : { claimedBy: invite.claimedBy }),
      ...(invite.reason === undefined ? {} : { reason: invite.reason }),
      ...(invite.password === undefined ? {} : { password: invite.password }),
    };
    invites = [...invites.filter(other => other.room !== kept.room), kept].slice(-MAX_INVITES);
    touched('meta');
    emit('invite:received', { invite: kept });
  };

  const applyMessage = (message: IncomingMessage): void => {
    const { from, type, source } = message;
    const bare = bareOf(from);
    if (type === 'error') {
      const chat = find(from);
      if (chat !== undefined && message.id !== undefined) {
        fail(context, chat, message.id, message.error?.sentence ?? safe`it came back as an error`);
      }
      return;
    }
    if (type === 'groupchat') {
      const room = roomOf(from);
      if (isIn(room)) roomMessage(context, room, message);
      return;
    }
    if (message.invite !== undefined) {
      if (own === undefined || bare !== own) invited(message);
      return;
    }
    if (type === 'headline') {
      headline(message);
      return;
    }
    const self =
      own !== undefined &&
      bare === own &&
      (source === 'carbon' || source === 'archive' || message.to === undefined || bareOf(message.to) === own);
    const peer = self ? (message.to ?? from) : from;
    const room = roomOf(peer);
    if (room !== undefined && !isFull(peer)) {
      // The room itself speaks, outside the groupchat.
      if (!self && isIn(room))
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
    let chat = chats.get(id) as PrivateState | undefined;
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
      chat = openPrivate(id);
    }
    if (!self && context.isIgnored(room, sender, message.body)) return;
    talk(context, chat, message, sender, self, room.nick);
  };

  const directMessage = (id: BareJid, message: IncomingMessage, self: boolean, says: boolean): void => {
    let chat = chats.get(id);
    const contact = roster.get(id);
    const sender = self ? { name: nameOfSelf(), jid: message.from } : directSender(context, message.from, contact);
    if (chat === undefined) {
      if (!says) return;
      const made = createDirect(context, id, contact);
      if (!self && context.isIgnored(made, sender, message.body)) return;
      if (!self && contact?.listed !== true && !mayOpen(message)) return;
      chat = add(made);
    }
    if (chat.kind === 'direct' && (self || !context.isIgnored(chat, sender, message.body)))
      talk(context, chat, message, sender, self, nameOfSelf());
  };

  const nameOfSelf = (): Safe => {
    const local = own === undefined || !own.includes('@') ? undefined : own.slice(0, own.indexOf('@'));
    return local === undefined ? safe`me` : cleanIdentifier(local);
  };

  /** Strangers may not fill the memory with chats: beyond the limit their words stand in a notice. */
  const mayOpen = (message: IncomingMessage): boolean => {
    if (chats.size < MAX_CHATS) return true;
    const body = excerptOf(message.body ?? safe`a message without text`);
    addNotice(undefined, 'warning', [
      [
        { text: safe`Too many chats; `, token: 'notice.warning' },
        { text: cleanIdentifier(message.from), token: 'text.address' },
        { text: safe` wrote: ${body}`, token: 'text.normal' },
      ],
    ]);
    return false;
  };

  // ------------------------------------------------------------------------------------------------------ presence

  const contactLike = (name: string, shape: string): Safe | undefined => roster.lookalike(name, shape)?.name;

  const applyPresence = (presence: IncomingPresence): void => {
    const { from, type } = presence;
    const bare = bareOf(from);
    const room = roomOf(from);
    if (room !== undefined) {
      if (isIn(room)) roomPresence(context, room, presence, contactLike);
      return;
    }
    // A room we did not ask for wants to be seen.
    if (presence.muc !== undefined) return;
    switch (type) {
      case 'subscribe': {
        if (bare === own) return;
        if (requests.size >= MAX_REQUESTS && !requests.has(bare)) return;
        const news = !requests.has(bare);
        requests.set(bare, { at: now() });
        touched('roster');
        if (!news) return;
        emit('subscription:requested', {
          jid: bare,
          ...(presence.nickname === undefined ? {} : { nickname: presence.nickname }),
          ...(presence.status === undefined ? {} : { status: presence.status }),
        });
        return;
      }
      case 'unsubscribe':
        if (requests.delete(bare)) touched('roster');
        return;
      case 'subscribed':
      case 'unsubscribed':
        return;
      default: {
        const contact = roster.presence(presence);
        const chat = chats.get(bare);
        if (chat?.kind === 'direct') {
          unlock(context, chat);
          context.changed(chat, 'meta');
        }
        touched('roster');
        emit('presence:changed', contact?.listed === true ? { jid: from, contact } : { jid: from });
      }
    }
  };

  // ------------------------------------------------------------------------------------------------ session, roster

  const rooms = (): RoomState[] => [...chats.values()].filter((chat): chat is RoomState => chat.kind === 'room');

  /** Nothing that others told us in the last session holds. */
  const forget = (over: boolean): void => {
    // Who is on the way into a room still is, in the new session.
    for (const room of rooms()) {
      if (room.state === 'joined' || (over && room.state === 'joining')) leave(context, room, safe`disconnected`);
    }
    for (const chat of chats.values()) {
      // Whatever was said from now on until the next session may be missing.
      context.openGap(chat);
      if (chat.kind === 'direct') unlock(context, chat);
      else if (chat.kind === 'private') setPrivateState(context, chat, undefined);
    }
    for (const contact of roster.forgetPresence()) emit('contact:changed', { contact });
    touched('roster');
  };

  const applySession = (facts: SessionFacts, fresh: boolean): void => {
    const before = session;
    session = facts;
    if (facts.jid !== undefined) own = bareOf(facts.jid);
    touched('status');
    const ended = before.status === 'online' && facts.status !== 'online';
    const over = facts.status === 'offline' || facts.status === 'stopped';
    if (fresh || over) forget(over);
    emit('connection:changed', { session });
    if (ended) emit('session:ended', { session });
    if (facts.status !== 'online') return;
    if (fresh) emit('session:started', { session });
    else if (before.status !== 'online') emit('session:resumed', { session });
  };

  const applyRoster = (incoming: Extract<Incoming, { kind: 'roster' }>): void => {
    const { changed, removed } = roster.apply(incoming.items, incoming.full);
    for (const contact of changed) {
      const chat = chats.get(contact.jid);
      if (chat?.kind === 'direct') {
        chat.title = roster.get(contact.jid)?.given ?? cleanIdentifier(contact.jid);
        context.changed(chat, 'meta');
      }
      if (contact.subscription === 'from' || contact.subscription === 'both') requests.delete(contact.jid);
    }
    touched('roster');
    for (const jid of removed) emit('contact:removed', { jid });
    if (incoming.full) emit('roster:loaded', { count: roster.listed.size });
    else for (const contact of changed) emit('contact:changed', { contact });
  };

  const apply = (incoming: Incoming): void => {
    switch (incoming.kind) {
      case 'message':
        applyMessage(incoming);
        return;
      case 'presence':
        applyPresence(incoming);
        return;
      case 'roster':
        applyRoster(incoming);
        return;
      case 'session':
        applySession(incoming.facts, incoming.fresh === true);
        return;
      case 'room-joining':
        removeInvite(bareOf(incoming.room));
        enter(context, openRoom(bareOf(incoming.room), incoming.nick), incoming.nick);
        return;
      case 'room-failed': {
        const room = roomOf(incoming.room);
        if (room !== undefined) refuse(context, room, incoming.reason, incoming.unasked === true);
        return;
      }
      case 'invite-refused':
        removeInvite(bareOf(incoming.room));
        return;
      case 'invite-declined': {
        const { kind: _kind, ...said } = incoming;
        emit('invite:declined', said);
        return;
      }
      case 'bookmark': {
        const { kind: _kind, ...news } = incoming;
        emit('bookmark:changed', news);
        return;
      }
      case 'request-answered':
        if (requests.delete(incoming.jid)) touched('roster');
        return;
      case 'room-left': {
        const room = roomOf(incoming.room);
        if (room !== undefined) leave(context, room, incoming.reason);
        return;
      }
      case 'room-facts': {
        const room = roomOf(incoming.room);
        if (room !== undefined) learn(context, room, incoming.facts);
        return;
      }
      case 'sent': {
        const chat = find(incoming.chat);
        // A room has a line only when it has sent it back.
        if (chat === undefined || ownMessage(chat, incoming.id)?.delivery === 'failed') return;
        setDelivery(chat.id, incoming.id, chat.kind === 'room' ? 'pending' : 'sent');
        return;
      }
      case 'failed': {
        const chat = find(incoming.chat);
        if (chat !== undefined) fail(context, chat, incoming.id, incoming.reason);
        return;
      }
      default:
        incoming satisfies never;
    }
  };

  // ----------------------------------------------------------------------------------------------------- our doings

  const chatOrOpen = (id: ChatId): AnyChat => chats.get(id) ?? (openChat(id) as AnyChat);

  const openChat = (jid: Jid, kind?: Chat['kind']): Chat => {
    const known = chats.get(jid as ChatId);
    if (known !== undefined && (kind === undefined || known.kind === kind)) return known;
    if (kind === 'room') return openRoom(bareOf(jid), roomOf(jid)?.nick ?? '');
    if (isFull(jid) && (kind === 'private' || (kind === undefined && roomOf(jid) !== undefined)))
      return openPrivate(jid);
    const chat = openDirect(bareOf(jid));
    if (chat.kind === 'direct' && isFull(jid) && chat.resource !== jid) {
      // Asked for by name: answer to this resource until they show up elsewhere.
      chat.resource = jid;
      context.changed(chat, 'meta');
    }
    return chat;
  };

  const ownSender = (chat: AnyChat): Sender => {
    if (chat.kind === 'direct')
      return session.jid === undefined ? { name: nameOfSelf() } : { name: nameOfSelf(), jid: session.jid };
    const room = chat.kind === 'room' ? chat : roomOf(chat.id);
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
    const chat = chatOrOpen(id);
    const raw = message.body ?? '';
    const text = cleanBody(raw);
    const shown = bodyOf(text);
    const quoted = message.reply === undefined ? undefined : chat.log.find(message.reply.id);
    const role = chat.kind === 'room' ? chat.self?.role : undefined;
    const entry = chat.log.appendMessage({
      kind: 'message',
      at: now(),
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
    emit('message:added', { chat, message: entry });
    return entry;
  };

  const setDelivery = (id: ChatId, messageId: string, delivery: Delivery, error?: Safe): MessageEntry | undefined => {
    const chat = chats.get(id);
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

  /** Puts older entries above, without those that are there. */
  const prepend = (chat: AnyChat, entries: readonly Entry[]): number => {
    const known = (entry: Entry): boolean =>
      entry.kind === 'message' &&
      [entry.stanzaId, entry.messageId, entry.originId].some(
        one =>
          one !== undefined &&
          chat.log.findAll(one).some(other => other.body === entry.body || other.versions?.[0] === entry.body),
      );
    const made = chat.log.prepend(
      entries
        .filter(entry => !known(entry))
        .map(
          ({ seq: _seq, rev: _rev, ...rest }): NewEntry =>
            rest.kind === 'message' ? { ...rest, source: 'archive' } : rest,
        ),
    );
    for (const entry of made) if (entry.kind === 'message') context.noteMention(chat, entry);
    if (made.length > 0) context.changed(chat, 'log');
    return made.length;
  };

  /** Old messages as entries; corrections and retractions by the same person are worked in. */
  const archivePage = (chat: AnyChat, messages: readonly IncomingMessage[]): MessageEntry[] => {
    const page: MessageEntry[] = [];
    const find = (id: string | undefined, by: Sender, self: boolean): number =>
      page.findIndex(
        one =>
          id !== undefined &&
          [one.messageId, one.originId, one.stanzaId].includes(id) &&
          one.self === self &&
          sameSender(chat, one.sender, by),
      );
    for (const message of messages) {
      const { body } = message;
      if (message.type === 'error' || (chat.kind === 'room') !== (message.type === 'groupchat')) continue;
      const isSelf = own !== undefined && bareOf(message.from) === own;
      const { sender, self } =
        chat.kind === 'room'
          ? archivedSender(chat, message)
          : isSelf
            ? { sender: { name: nameOfSelf(), jid: message.from }, self: true }
            : { sender: directSender(context, message.from, roster.get(bareOf(message.from))), self: false };
      if (!self && sender.room !== true && context.isIgnored(chat, sender, body)) continue;
      if (message.retracts !== undefined) {
        const at = find(message.retracts.id, sender, self);
        const target = page[at];
        if (target !== undefined) page[at] = { ...target, retracted: {} };
        continue;
      }
      if (body === undefined || body === '') continue;
      const shown = bodyOf(body);
      const corrected = find(message.replaces, sender, self);
      const earlier = page[corrected];
      if (earlier !== undefined) {
        page[corrected] = { ...earlier, ...shown, versions: [...(earlier.versions ?? []), earlier.body].slice(-20) };
        continue;
      }
      page.push({
        kind: 'message',
        seq: 0,
        rev: 0,
        ...timeOf(chat, message, 'archive', now()),
        sender,
        self,
        ...shown,
        source: 'archive',
        highlight: false,
        ...(self ? { delivery: 'sent' as const } : {}),
        ...(message.raw === undefined ? {} : { raw: message.raw }),
        ...(message.id === undefined ? {} : { messageId: message.id }),
        ...(message.originId === undefined ? {} : { originId: message.originId }),
        ...(message.stanzaId === undefined ? {} : { stanzaId: message.stanzaId }),
      });
    }
    return page;
  };

  const removeInvite = (room: BareJid): void => {
    const left = invites.filter(invite => invite.room !== room);
    if (left.length === invites.length) return;
    invites = left;
    touched('meta');
  };

  return {
    get session() {
      return session;
    },
    chats,
    roster: roster.listed,
    requests,
    get invites() {
      return invites;
    },
    notices,
    get mentions() {
      return mentions.list;
    },
    get rev() {
      return rev;
    },
    chat: find,
    room: roomOf,
    direct(jid) {
      const chat = chats.get(bareOf(jid));
      return chat?.kind === 'direct' ? chat : undefined;
    },
    private(jid) {
      const chat = chats.get(jid);
      return chat?.kind === 'private' ? chat : undefined;
    },
    contact: jid => roster.get(bareOf(jid)),
    occupant(jid) {
      const nick = resourceOf(jid);
      return nick === undefined ? undefined : roomOf(jid)?.occupants.get(nick);
    },
    apply,
    openChat,
    closeChat: close,
    addOutgoing,
    setDelivery,
    applyOwnCorrection(id, message, delivery) {
      const chat = chats.get(id);
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
      const chat = chats.get(id);
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
        emit('message:changed', { chat, message: entry });
      }
      return entry;
    },
    addNotice,
    markRead(id, seq) {
      const chat = chats.get(id);
      if (chat !== undefined) markRead(context, chat, seq);
    },
    setFocus(id) {
      focus = id;
    },
    clear(id) {
      const chat = chats.get(id);
      if (chat === undefined) return;
      chat.log.clear();
      if (chat.kind === 'room') mentions.forget(chat.id);
      chat.unread = { count: 0, highlights: 0 };
      chat.readSeq = chat.log.next - 1;
      chat.activity = 'none';
      context.changed(chat, 'log');
      context.changed(chat, 'tabs');
    },
    prependHistory(id, entries) {
      const chat = chats.get(id);
      return chat === undefined ? 0 : prepend(chat, entries);
    },
    prependArchive(id, messages) {
      const chat = chats.get(id);
      if (chat === undefined) return [];
      const page = archivePage(chat, messages);
      const first = chat.log.first;
      const count = page.length === 0 ? 0 : prepend(chat, page);
      const made: MessageEntry[] = [];
      for (let entry = chat.log.get(chat.log.first); entry !== undefined && made.length < count; ) {
        if (entry.seq >= first) break;
        if (entry.kind === 'message') made.push(entry);
        entry = chat.log.after(entry.seq);
      }
      return made;
    },
    restoreRead(id, seq) {
      const chat = chats.get(id);
      if (chat !== undefined) restoreRead(context, chat, seq);
    },
    told: id => chats.get(id)?.log.told(),
    fillFrom(id, seq) {
      chats.get(id)?.log.fillFrom(seq);
    },
    closeGaps(id) {
      chats.get(id)?.log.closeGaps();
    },
    markGap(id, row, command) {
      const chat = chats.get(id);
      if (chat === undefined) return;
      const known = marks.get(id);
      if (row === undefined) {
        if (known === undefined) return;
        chat.log.remove(known);
        marks.delete(id);
      } else {
        if (known !== undefined) return;
        const seq = chat.log.markGap({
          kind: 'notice',
          at: now(),
          level: 'warning',
          rows: [row],
          ...(command !== undefined && { command }),
        });
        if (seq === undefined) return;
        marks.set(id, seq);
      }
      context.changed(chat, 'log');
    },
    touchSpoken(room, nick) {
      const found = roomOf(room);
      if (found !== undefined) spoke(found, nick, now());
    },
    renewPrivate(id) {
      const chat = chats.get(id);
      const occupant = roomOf(id)?.occupants.get(resourceOf(id) ?? '');
      if (chat?.kind !== 'private' || occupant === undefined) return false;
      chat.partner = occupant;
      chat.gone = false;
      context.changed(chat, 'meta');
      return true;
    },
    removeInvite,
    removeRequest(jid) {
      if (requests.delete(jid)) touched('roster');
    },
  };
}
