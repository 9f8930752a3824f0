/** The domain in plain data: chats, people, messages. Knows neither XML nor the terminal; every text from outside is `Safe` here. */
import type { BareJid, FullJid, Jid } from '../lib/jid.js';
import type { Span } from '../lib/span.js';
import type { Safe } from '../lib/text.js';

/** What an occupant is for good (XEP-0045 §5.2). */
export type Affiliation = 'owner' | 'admin' | 'member' | 'none' | 'outcast';
/** What an occupant may do during this visit (XEP-0045 §5.1). */
export type Role = 'moderator' | 'participant' | 'visitor' | 'none';
/** Availability sub-state (RFC 6121 §4.7.2.1); absent means plainly available. */
export type Show = 'away' | 'chat' | 'dnd' | 'xa';
/** XEP-0085. */
export type ChatState = 'active' | 'composing' | 'paused' | 'inactive' | 'gone';
/** Roster subscription (RFC 6121 §2.1.2.5). */
export type Subscription = 'none' | 'to' | 'from' | 'both' | 'remove';
/** How far one of our own messages has come. `queued`: not on the wire yet; `sent`: the server or the room has it. */
export type Delivery = 'queued' | 'pending' | 'sent' | 'delivered' | 'displayed' | 'failed';
/** How urgently a chat wants attention, least first (WeeChat's levels). */
export type Activity = 'none' | 'low' | 'message' | 'private' | 'highlight';
/** Where a message came from; only `live` ones ring. */
export type MessageSource = 'live' | 'room-history' | 'archive' | 'carbon' | 'local';

/** Status codes of XEP-0045 §15.6.2 by name. */
export type StatusName =
  | 'nonAnonymous'
  | 'self'
  | 'logged'
  | 'created'
  | 'nickAssigned'
  | 'banned'
  | 'renamed'
  | 'kicked'
  | 'affiliationLost'
  | 'membersOnlyNow'
  | 'shutdown'
  | 'technicalProblem'
  | 'configChanged'
  | 'loggingOn'
  | 'loggingOff'
  | 'nonAnonymousNow'
  | 'semiAnonymousNow';

/** Who said something, as far as it is known. */
export interface Sender {
  /** What is shown: nick in a room, name or local part of a contact. */
  readonly name: Safe;
  /** The address it came from: occupant JID in rooms, full JID of a contact. */
  readonly jid?: Jid;
  /** XEP-0421: survives nick changes, cannot be forged by another occupant. */
  readonly occupantId?: string;
  /** Real address, where the room shows it. */
  readonly realJid?: Jid;
  /** Which visit of this nick in this room; differs after somebody else took the nick. */
  readonly serial?: number;
  /** The room itself speaks. */
  readonly room?: boolean;
}

interface EntryBase {
  /** Place in its log; never reused. */
  readonly seq: number;
  /** Display time, milliseconds since the epoch. */
  readonly at: number;
  /** Raised by every change; row caches compare it. */
  readonly rev: number;
}

/** Something a person said. */
export interface MessageEntry extends EntryBase {
  readonly kind: 'message';
  readonly sender: Sender;
  /** We said it (from here or from another of our clients). */
  readonly self: boolean;
  /** Cleaned text, without a leading `/me `. */
  readonly body: Safe;
  /** What came over the wire, only if cleaning changed it. */
  readonly raw?: string;
  /** `/me` (XEP-0245). */
  readonly action: boolean;
  readonly source: MessageSource;
  /** Concerns us by name or highlight word. */
  readonly highlight: boolean;
  /** Only on our own messages. */
  readonly delivery?: Delivery;
  /** Why it failed, one sentence. */
  readonly error?: Safe;
  /** The `id` attribute. */
  readonly messageId?: string;
  readonly originId?: string;
  /** XEP-0359, only where `by` is the archive that may set it. */
  readonly stanzaId?: string;
  /** Earlier bodies, oldest first (XEP-0308). */
  readonly versions?: readonly Safe[];
  /** XEP-0424/0425: by whom and why; the text is shown as a tombstone. */
  readonly retracted?: { readonly by?: Safe; readonly reason?: Safe };
  /** XEP-0461, resolved to the quoted sender and first words when they are known here. */
  readonly reply?: { readonly id: string; readonly name?: Safe; readonly excerpt?: Safe };
  /** XEP-0444: emoji → names. */
  readonly reactions?: ReadonlyMap<Safe, readonly Safe[]>;
  /** Remarks of the client about this message, such as "dated 2001-01-01". */
  readonly remarks?: readonly Safe[];
  /** The affiliation sign to draw before the nick, from presence and never from the nick. */
  readonly role?: Role;
  /** Its key in the history on disk, if it came from there. */
  readonly stored?: number;
  /** Said while we were away, and not read before: counts as unread though it is not live. */
  readonly missed?: boolean;
}

/** Something the client says. */
export interface NoticeEntry extends EntryBase {
  readonly kind: 'notice';
  readonly level: NoticeLevel;
  /** Rows of spans. */
  readonly rows: readonly (readonly Span[])[];
  /** Run by Enter when it is chosen like a message. */
  readonly command?: string;
}
export type NoticeLevel = 'info' | 'warning' | 'error' | 'help';

/** What happened to an occupant; consecutive ones fold into one entry. */
export interface Movement {
  readonly what: 'joined' | 'left' | 'renamed' | 'kicked' | 'banned' | 'affiliation' | 'role';
  readonly name: Safe;
  /** New nick, new role or new affiliation. */
  readonly to?: Safe;
  readonly by?: Safe;
  readonly reason?: Safe;
  /** Real address where the room shows it. */
  readonly jid?: Safe;
  /** Their nick looks like this one. */
  readonly looksLike?: Safe;
  /** They left under this other nick. */
  readonly was?: Safe;
  /** Joined under a nick that another person had before. */
  readonly other?: boolean;
  /** With `left`: not of their own will, because the room is not open to them any more. */
  readonly forced?: boolean;
  /** XEP-0421. */
  readonly occupantId?: string;
}
export interface PresenceEntry extends EntryBase {
  readonly kind: 'presence';
  readonly movements: readonly Movement[];
}
export interface SubjectEntry extends EntryBase {
  readonly kind: 'subject';
  readonly name?: Safe;
  readonly text: Safe;
}
export type Entry = MessageEntry | NoticeEntry | PresenceEntry | SubjectEntry;

/** Read side of a chat's log: a bounded ring with stable sequence numbers. */
export interface LogReader {
  /** Oldest kept and next sequence number; entries are `first <= seq < next`, some may be missing. */
  readonly first: number;
  readonly next: number;
  get(seq: number): Entry | undefined;
  /** Neighbours, skipping holes. */
  before(seq: number): Entry | undefined;
  after(seq: number): Entry | undefined;
  last(): Entry | undefined;
  /** By message id, origin id or stanza id. */
  find(id: string): MessageEntry | undefined;
  /** Newest first. */
  newest(): IterableIterator<Entry>;
}

export interface Occupant {
  /** Resource part of the occupant JID as the room gave it: send this. */
  readonly nick: string;
  /** The nick cleaned: show this. */
  readonly name: Safe;
  readonly occupantJid: FullJid;
  readonly occupantId?: string;
  readonly realJid?: Jid;
  readonly affiliation: Affiliation;
  readonly role: Role;
  readonly show?: Show;
  readonly status?: Safe;
  readonly chatState?: ChatState;
  /** Which visit; grows for every join seen in this room. */
  readonly serial: number;
  /** When they last spoke, milliseconds; completion sorts by it. */
  readonly spokeAt?: number;
  readonly hats?: readonly Safe[];
  /** Their nick looks like this other occupant's. */
  readonly looksLike?: Safe;
}

interface ChatBase {
  readonly title: Safe;
  readonly log: LogReader;
  /** Messages since the read marker, and those that concern us. */
  readonly unread: { readonly count: number; readonly highlights: number };
  /** The last entry seen; the unread line stands after it. */
  readonly readSeq: number;
  readonly activity: Activity;
  /** Raised by every change of anything in this chat. */
  readonly rev: number;
  /** When somebody last wrote, milliseconds; 0 if never. */
  readonly lastAt: number;
}

/** A multi-user chat room (XEP-0045), named by its bare JID. */
export interface Room extends ChatBase {
  readonly kind: 'room';
  readonly id: BareJid;
  readonly state: 'joining' | 'joined' | 'left' | 'failed';
  /** The nick we have or want. */
  readonly nick: string;
  readonly self?: Occupant;
  /** By raw nick. */
  readonly occupants: ReadonlyMap<string, Occupant>;
  /** Raised when anything about the occupants changed except when they spoke. */
  readonly peopleRev: number;
  /** Who left, by raw nick, oldest first: a ban still needs the address. Bounded. */
  readonly departed: ReadonlyMap<string, Departed>;
  readonly subject?: { readonly text: Safe; readonly name?: Safe; readonly at?: number };
  readonly facts: RoomFacts;
  /** Why the room is `left` or `failed`, one sentence. */
  readonly reason?: Safe;
  /** The room was destroyed, and this one was named in its place. */
  readonly alternate?: BareJid;
}
/** Somebody as they were when they left a room. */
export interface Departed {
  readonly occupant: Occupant;
  readonly at: number;
  readonly what: 'left' | 'kicked' | 'banned';
  readonly by?: Safe;
  readonly reason?: Safe;
}
/** What the room says about itself (disco and status codes). */
export interface RoomFacts {
  readonly name?: Safe;
  readonly description?: Safe;
  /** Everybody sees real addresses. */
  readonly nonAnonymous?: boolean;
  readonly logged?: boolean;
  readonly membersOnly?: boolean;
  readonly moderated?: boolean;
  readonly password?: boolean;
  readonly persistent?: boolean;
  readonly hidden?: boolean;
  /** Namespaces the room supports. */
  readonly features?: ReadonlySet<string>;
  /** An IRC channel behind a gateway. */
  readonly irc?: boolean;
}
/** One-to-one with an address. */
export interface Direct extends ChatBase {
  readonly kind: 'direct';
  readonly id: BareJid;
  /** Resource to answer to (RFC 6121 §5.1), unlocked by presence. */
  readonly resource?: FullJid;
  readonly chatState?: ChatState;
  /** They have written to us or we to them in this chat. */
  readonly exchanged: boolean;
  /** They sent chat states, so they understand them. */
  readonly statesSeen: boolean;
  /** Not a person: an IRC network behind a gateway, which talks a lot. */
  readonly network?: boolean;
}
/** Private messages with an occupant through the room. */
export interface Private extends ChatBase {
  readonly kind: 'private';
  readonly id: FullJid;
  readonly room: BareJid;
  readonly nick: string;
  readonly chatState?: ChatState;
  /** The occupant left, or somebody else has the nick now. */
  readonly gone: boolean;
  readonly exchanged: boolean;
  readonly statesSeen: boolean;
}
export type Chat = Room | Direct | Private;
export type ChatId = BareJid | FullJid;

/** One connected client of a contact. */
export interface Resource {
  readonly jid: FullJid;
  readonly show?: Show;
  readonly status?: Safe;
  readonly priority: number;
}
/** A roster item (RFC 6121), or our own account's other clients. */
export interface Contact {
  readonly jid: BareJid;
  /** Name we gave, or the address. */
  readonly name: Safe;
  readonly groups: readonly Safe[];
  readonly subscription: Subscription;
  /** We asked and wait. */
  readonly ask: boolean;
  readonly resources: ReadonlyMap<string, Resource>;
  /** The resource to show and to write to. */
  readonly best?: Resource;
}

export type SessionStatus = 'offline' | 'connecting' | 'online' | 'waiting' | 'stopped';
/** The connection as a person may read it. */
export interface SessionFacts {
  readonly status: SessionStatus;
  readonly jid?: FullJid;
  /** SASL ANONYMOUS (XEP-0175). */
  readonly anonymous: boolean;
  readonly domain?: string;
  /** When the next try starts, milliseconds since the epoch, with status `waiting`. */
  readonly retryAt?: number;
  /** The last failure: one sentence and one next step. `refused`: the name or the password was not accepted. */
  readonly failure?: {
    readonly sentence: Safe;
    readonly nextStep?: Safe;
    readonly refused?: boolean;
    /** SHA-256 of the certificate that was refused, hex. */
    readonly fingerprint?: string;
  };
  /** Online, and an answer is late: the link may be dead. */
  readonly doubtful?: boolean;
  readonly tls?: {
    readonly protocol: string;
    readonly mechanism: string;
    /** SHA-256 of the certificate, hex. */
    readonly fingerprint?: string;
    /** No authority vouches for it, a person does. */
    readonly pinned?: boolean;
  };
  readonly show?: Show;
  readonly statusText?: Safe;
}

/** What of a room counts as news: everything, what concerns us, nothing (XEP-0492). */
export type NotifyLevel = 'all' | 'mention' | 'none';

/** A room kept by the account. */
export interface Bookmark {
  readonly room: BareJid;
  readonly name?: Safe;
  readonly nick?: string;
  readonly password?: string;
  /** Entered at login by all clients. */
  readonly autojoin: boolean;
  readonly notify?: NotifyLevel;
}

/** Somebody wants us: a room invitation or a subscription request. */
export interface Invite {
  readonly room: BareJid;
  readonly by?: Jid;
  readonly claimedBy?: Jid;
  readonly reason?: Safe;
  readonly password?: string;
  readonly mediated: boolean;
  readonly at: number;
}
