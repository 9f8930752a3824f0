/** The writable side of the model: the same data as `types.ts` says, without `readonly`, and what the reducers share. */
import type { BareJid } from '../lib/jid.js';
import type { Safe } from '../lib/text.js';
import type { Events } from './events.js';
import type { IsHighlight } from './highlight.js';
import type { MessageLog } from './message-log.js';
import type {
  Chat,
  ChatId,
  Contact,
  Departed,
  Direct,
  MessageEntry,
  Movement,
  Occupant,
  Private,
  Resource,
  Room,
  Sender,
} from './types.js';

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** What a room remembers for itself. */
export interface RoomMemory {
  /** Serial of the next visit. */
  serial: number;
  /** History may still come: from asking to enter until the subject, the first live message or half a minute. */
  historyOpen: boolean;
  joinedAt: number;
  /** When the last thing was said before the history of this entry, milliseconds; 0: nothing was. */
  heardUntil: number | undefined;
  /** Raw nicks present, by what they look like. */
  readonly looks: Map<string, Set<string>>;
  /** Skeleton of each nick present, so that a leave need not compute it. */
  readonly skeletons: Map<string, string>;
  /** Occupants of the visit before this one: who had this nick? */
  previous: ReadonlyMap<string, Occupant>;
  /** Nicks whose coming was not shown because the room is big; it is shown when they speak. */
  readonly unseen: Map<string, Movement>;
  /** New nick → who announced to take it (303) and has not appeared under it yet. */
  readonly renames: Map<string, { readonly occupant: Occupant; readonly self: boolean }>;
  /** Occupant id → nick of those who left, so that they are known under another one. */
  readonly goneNicks: Map<string, string>;
  /** Serials of occupants whose look-alike remark was made. */
  readonly warned: Set<number>;
}
export interface RoomState extends Mutable<Omit<Room, 'log' | 'occupants' | 'departed'>> {
  readonly log: MessageLog;
  occupants: Map<string, Occupant>;
  readonly departed: Map<string, Departed>;
  readonly memory: RoomMemory;
}
export interface DirectState extends Mutable<Omit<Direct, 'log'>> {
  readonly log: MessageLog;
}
export interface PrivateState extends Mutable<Omit<Private, 'log'>> {
  readonly log: MessageLog;
  /** Whom the chat is with. */
  partner?: Occupant;
}
export type AnyChat = RoomState | DirectState | PrivateState;
export interface ContactState extends Mutable<Omit<Contact, 'resources'>> {
  readonly resources: Map<string, Resource>;
  /** In the roster; otherwise only kept for their presence. */
  listed: boolean;
  /** The name we gave, without the address in its place. */
  given?: Safe;
}

/** What a person wants to see of a room; the answers may change at any time. */
export interface RoomPolicy {
  /** Comings and goings: `smart` leaves out those of silent people in big rooms. */
  movements(room: BareJid): 'all' | 'smart' | 'none';
  /** Messages that count as news. */
  notify(room: BareJid): 'all' | 'mention' | 'none';
}

/** What every reducer gets. */
export interface Context {
  emit<K extends keyof Events>(event: K, payload: Events[K]): void;
  now(): number;
  readonly isHighlight: IsHighlight;
  /** `body`: what they say, if they say something. */
  isIgnored(chat: Chat, sender: Sender, body?: Safe): boolean;
  readonly policy: RoomPolicy;
  readonly own: BareJid | undefined;
  readonly chats: Map<ChatId, AnyChat>;
  readonly focus: ChatId | undefined;
  /** A message was said or changed: it may concern us. */
  noteMention(chat: AnyChat, message: MessageEntry): void;
  /** Raises the revisions and marks the region. */
  changed(chat: AnyChat, region: 'log' | 'occupants' | 'subject' | 'meta' | 'tabs'): void;
  /** Whatever is said in it from now on until it is heard again may be missing. */
  openGap(chat: AnyChat): void;
  newLog(): MessageLog;
}
