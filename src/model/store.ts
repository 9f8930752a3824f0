/** The store: everything the client knows, changed only through these functions and read by everybody as readonly data. */
import { type BareJid, bareOf, type FullJid, type Jid, parseBareJid, resourceOf } from '../lib/jid.js';
import { joinSafe, type Safe, safe } from '../lib/text.js';
import { unlock } from './direct.js';
import type { Events } from './events.js';
import { createHighlighter, type IsHighlight } from './highlight.js';
import type { Incoming, IncomingMessage, OutgoingMessage } from './incoming.js';
import { createMentions } from './mentions.js';
import { fail, ownMessage } from './message.js';
import { createMessageLog, type NewEntry } from './message-log.js';
import { setPrivateState } from './private.js';
import type { StoreReader } from './reader.js';
import { enter, learn, leave, refuse } from './room.js';
import { spoke } from './room-occupants.js';
import { createRoster } from './roster.js';
import type { AnyChat, Context, RoomPolicy, RoomState } from './state.js';
import { createOlder } from './store-archive.js';
import { createChats, type StoreParts } from './store-chats.js';
import { createMessageIntake } from './store-messages.js';
import { createOwnDoings } from './store-own.js';
import { createPeople } from './store-roster.js';
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

/** Invitations kept; older ones fall out. */
const MAX_INVITES = 100;
const MAX_NOTICES = 2000;

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
  const mentions = createMentions();
  const notices = createMessageLog({ capacity: MAX_NOTICES });
  const roster = createRoster();
  let invites: readonly Invite[] = [];
  let session: SessionFacts = { status: 'offline', anonymous: false };
  let account = parseBareJid(options.account);
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
      return account;
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

  // --------------------------------------------------------------------------------------------------------- parts

  const places = createChats({ context, roster, touched }, id => {
    marks.delete(id);
    if (focus === id) focus = undefined;
  });
  const parts: StoreParts = { context, chats: places, roster, touched };
  const { room: roomOf, find } = places;
  const own = createOwnDoings({ ...parts, session: () => session });
  const older = createOlder(parts);
  const people = createPeople(parts);
  const { requests } = people;
  const applyMessage = createMessageIntake({
    ...parts,
    notice: (level, rows) => void addNotice(undefined, level, rows),
    keepInvite(kept) {
      invites = [...invites.filter(other => other.room !== kept.room), kept].slice(-MAX_INVITES);
      touched('meta');
    },
  });

  // ------------------------------------------------------------------------------------------------------- session

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
    if (facts.jid !== undefined) account = bareOf(facts.jid);
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

  const apply = (incoming: Incoming): void => {
    switch (incoming.kind) {
      case 'message':
        applyMessage(incoming);
        return;
      case 'presence':
        people.applyPresence(incoming);
        return;
      case 'roster':
        people.applyRoster(incoming);
        return;
      case 'session':
        applySession(incoming.facts, incoming.fresh === true);
        return;
      case 'room-joining':
        removeInvite(bareOf(incoming.room));
        enter(context, places.openRoom(bareOf(incoming.room), incoming.nick), incoming.nick);
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
      case 'room-asked':
        // Only what the room says of itself is true.
        return;
      case 'sent': {
        const chat = find(incoming.chat);
        // A room has a line only when it has sent it back.
        if (chat === undefined || ownMessage(chat, incoming.id)?.delivery === 'failed') return;
        own.setDelivery(chat.id, incoming.id, chat.kind === 'room' ? 'pending' : 'sent');
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
    openChat: places.open,
    closeChat: places.close,
    ...own,
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
      return chat === undefined ? 0 : older.prepend(chat, entries);
    },
    prependArchive: older.prependArchive,
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
