/** What the wire tells the model: plain, cleaned, readonly facts. `xmpp/decode` makes them, `core/inbox` filters them, `store.apply` takes them. */

import type { BareJid, FullJid, Jid } from '../lib/jid.js';
import type { Safe } from '../lib/text.js';
import type { Form, FormValues } from './form.js';
import type {
  Affiliation,
  Bookmark,
  ChatState,
  MessageSource,
  Role,
  RoomFacts,
  SessionFacts,
  Show,
  StatusName,
  Subscription,
} from './types.js';

/** A stanza error as data (RFC 6120 §8.3). */
export interface ErrorFact {
  readonly condition: string;
  readonly type?: string;
  readonly text?: Safe;
  readonly by?: Jid;
  /** Where it is now, with `gone` and `redirect`. */
  readonly movedTo?: BareJid;
  /** One English sentence for a person. */
  readonly sentence: Safe;
}

export interface IncomingMessage {
  readonly kind: 'message';
  readonly type: 'chat' | 'groupchat' | 'normal' | 'headline' | 'error';
  readonly from: Jid;
  readonly to?: Jid;
  /** The `id` attribute. */
  readonly id?: string;
  readonly originId?: string;
  /** XEP-0359: already checked that `by` is the room or our own account. */
  readonly stanzaId?: string;
  /** XEP-0421, only from a room. */
  readonly occupantId?: string;
  readonly source: MessageSource;
  /** Cleaned body; absent if the stanza has none. */
  readonly body?: Safe;
  /** Body as received, only if cleaning changed it. */
  readonly raw?: string;
  readonly subject?: Safe;
  /** XEP-0203, milliseconds; absent if missing or invalid. */
  readonly stamp?: number;
  readonly chatState?: ChatState;
  /** XEP-0308: id of the message this one replaces. */
  readonly replaces?: string;
  /** XEP-0424 / XEP-0425. */
  readonly retracts?: { readonly id: string; readonly moderator?: boolean; readonly by?: Safe; readonly reason?: Safe };
  readonly reply?: { readonly id: string; readonly to?: Jid };
  readonly reactions?: { readonly id: string; readonly emoji: readonly Safe[] };
  /** They want a receipt (XEP-0184) or a marker (XEP-0333). */
  readonly wantsReceipt?: boolean;
  readonly markable?: boolean;
  /** Id they received or have displayed. */
  readonly received?: string;
  readonly displayed?: string;
  readonly error?: ErrorFact;
  /** muc#user child: this is room machinery or a private message through a room. */
  readonly mucUser?: boolean;
  readonly codes?: ReadonlySet<StatusName>;
  /** Room invitation, mediated (from the room) or direct (XEP-0249). */
  readonly invite?: {
    readonly room: BareJid;
    readonly claimedBy?: Jid;
    readonly reason?: Safe;
    readonly password?: string;
    readonly mediated: boolean;
  };
  /** Fetched from the archive because we were away: goes where it belongs, counts as unread, never rings. */
  readonly missed?: boolean;
  /** Missed, and told by the server itself at the start of a session: before what came live in it. */
  readonly late?: boolean;
  /** Anything a XEP of later times adds. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

export interface IncomingPresence {
  readonly kind: 'presence';
  readonly type: 'available' | 'unavailable' | 'error' | 'subscribe' | 'subscribed' | 'unsubscribe' | 'unsubscribed';
  readonly from: Jid;
  readonly id?: string;
  readonly show?: Show;
  readonly status?: Safe;
  readonly priority?: number;
  /** From a room we are in or are joining; checked by the wire. */
  readonly muc?: {
    readonly affiliation: Affiliation;
    readonly role: Role;
    readonly realJid?: Jid;
    readonly newNick?: string;
    readonly actor?: Safe;
    readonly reason?: Safe;
    readonly codes: ReadonlySet<StatusName>;
    readonly destroyed?: { readonly alternate?: BareJid; readonly reason?: Safe };
  };
  readonly occupantId?: string;
  readonly hats?: readonly Safe[];
  /** XEP-0172 nickname, claimed and unproved. */
  readonly nickname?: Safe;
  readonly error?: ErrorFact;
}

/** One roster item, from the first result or a checked push. */
export interface RosterFact {
  readonly jid: BareJid;
  readonly name?: Safe;
  readonly groups: readonly Safe[];
  readonly subscription: Subscription;
  readonly ask: boolean;
}

/** Everything `store.apply` understands. */
export type Incoming =
  | IncomingMessage
  | IncomingPresence
  /** `full`: the whole list, or (`more`) the next part of it; else changes. */
  | { readonly kind: 'roster'; readonly full: boolean; readonly more?: boolean; readonly items: readonly RosterFact[] }
  | { readonly kind: 'session'; readonly facts: SessionFacts; readonly fresh?: boolean }
  /** We ask to enter, so that presences of this room are expected. */
  | { readonly kind: 'room-joining'; readonly room: BareJid; readonly nick: string }
  | { readonly kind: 'room-failed'; readonly room: BareJid; readonly reason: Safe; readonly unasked?: boolean }
  /** An invitation was refused. */
  | { readonly kind: 'invite-refused'; readonly room: BareJid }
  /** Another client of the account changed a bookmark; without one: took it away. */
  | { readonly kind: 'bookmark'; readonly room: BareJid; readonly bookmark?: Bookmark }
  /** Somebody does not want to come into a room we invited them to (XEP-0045 §7.8.2). */
  | { readonly kind: 'invite-declined'; readonly room: BareJid; readonly by: Jid; readonly reason?: Safe }
  /** We said yes or no to somebody who wants to see our presence. */
  | { readonly kind: 'request-answered'; readonly jid: BareJid }
  | { readonly kind: 'room-left'; readonly room: BareJid; readonly reason?: Safe }
  | { readonly kind: 'room-facts'; readonly room: BareJid; readonly facts: RoomFacts }
  /** We ask the room to take these settings; none, if it refused. */
  | { readonly kind: 'room-asked'; readonly room: BareJid; readonly form: Form; readonly values: FormValues }
  /** The server has our message (XEP-0198 or written without it). */
  | { readonly kind: 'sent'; readonly chat: Jid; readonly id: string }
  | { readonly kind: 'failed'; readonly chat: Jid; readonly id: string; readonly reason: Safe };

/** What we want to say; the wire makes a stanza of it and every XEP may add its child. */
export interface OutgoingMessage {
  readonly to: Jid;
  readonly type: 'chat' | 'groupchat' | 'normal';
  /** Random, also used as origin-id (XEP-0359). */
  readonly id: string;
  /** As typed; the wire removes what XML forbids. */
  readonly body?: string;
  readonly subject?: string;
  readonly chatState?: ChatState;
  readonly replaces?: string;
  readonly reply?: {
    readonly id: string;
    readonly to: Jid;
    /** What is answered, for clients that do not know replies. */
    readonly quote?: { readonly name: string; readonly text: string };
  };
  readonly reactions?: { readonly id: string; readonly emoji: readonly string[] };
  readonly retracts?: { readonly id: string };
  readonly wantsReceipt?: boolean;
  readonly received?: string;
  readonly displayed?: string;
  /** Goes through a room to one occupant (adds the muc#user mark of XEP-0045 §7.5). */
  readonly private?: boolean;
  /** When the person pressed Enter, milliseconds; a delayed sending carries it (XEP-0203). */
  readonly typedAt: number;
}

/** Presence to everybody (no `to`) or to one address. */
export interface OutgoingPresence {
  readonly to?: Jid;
  readonly type?: 'unavailable' | 'subscribe' | 'subscribed' | 'unsubscribe' | 'unsubscribed';
  readonly show?: Show;
  readonly status?: string;
  readonly priority?: number;
}
export type { FullJid };
