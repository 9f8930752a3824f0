/** The table of facts: who listens to what. A fact has happened; nobody can stop it. One readonly payload each. */
import type { BareJid, Jid } from '../lib/jid.js';
import type { Safe } from '../lib/text.js';
import type { IncomingMessage } from './incoming.js';
import type {
  Bookmark,
  Chat,
  ChatId,
  ChatState,
  Contact,
  Invite,
  MessageEntry,
  NoticeLevel,
  Occupant,
  Room,
  SessionFacts,
} from './types.js';

export interface Events {
  'connection:changed': { readonly session: SessionFacts };
  /** A new session: nothing of the last one holds. */
  'session:started': { readonly session: SessionFacts };
  /** XEP-0198: as if nothing had happened. */
  'session:resumed': { readonly session: SessionFacts };
  'session:ended': { readonly session: SessionFacts };
  'roster:loaded': { readonly count: number };
  'contact:changed': { readonly contact: Contact };
  'contact:removed': { readonly jid: BareJid };
  'subscription:requested': { readonly jid: BareJid; readonly nickname?: Safe; readonly status?: Safe };
  'presence:changed': { readonly jid: Jid; readonly contact?: Contact };
  'room:joining': { readonly room: Room };
  'room:joined': { readonly room: Room; readonly created: boolean };
  'room:left': { readonly room: Room; readonly reason?: Safe };
  /** `unasked`: entering again by itself failed, so that nobody waits for the answer. */
  'room:failed': { readonly room: Room; readonly reason: Safe; readonly unasked?: boolean };
  'room:destroyed': { readonly room: Room; readonly alternate?: BareJid };
  'room:changed': { readonly room: Room };
  'subject:changed': { readonly room: Room; readonly live: boolean };
  'occupant:joined': { readonly room: Room; readonly occupant: Occupant };
  'occupant:left': { readonly room: Room; readonly occupant: Occupant };
  'occupant:renamed': { readonly room: Room; readonly occupant: Occupant; readonly from: Safe };
  'occupant:changed': { readonly room: Room; readonly occupant: Occupant; readonly previous: Occupant };
  'message:added': { readonly chat: Chat; readonly message: MessageEntry; readonly incoming?: IncomingMessage };
  'message:changed': { readonly chat: Chat; readonly message: MessageEntry };
  /** Live, not ours, and it concerns us: by name in a room, or said to us alone. */
  'message:highlighted': { readonly chat: Chat; readonly message: MessageEntry };
  'message:delivered': { readonly chat: Chat; readonly message: MessageEntry };
  'message:failed': { readonly chat: Chat; readonly message: MessageEntry };
  'chat-state:changed': { readonly chat: Chat; readonly nick?: string; readonly state: ChatState | undefined };
  'chat:opened': { readonly chat: Chat };
  /** The occupant of a private chat has another nick now, so the chat has another id. */
  'chat:renamed': { readonly chat: Chat; readonly from: ChatId };
  'chat:closed': { readonly id: ChatId };
  /** Everything that was missed in this chat has been fetched. */
  'history:caught-up': { readonly chat: Chat };
  'chat:read': { readonly chat: Chat };
  'invite:received': { readonly invite: Invite };
  'invite:declined': { readonly room: BareJid; readonly by: Jid; readonly reason?: Safe };
  /** Another client of the account did this. */
  'bookmark:changed': { readonly room: BareJid; readonly bookmark?: Bookmark };
  'command:ran': { readonly name: string; readonly line: string; readonly ok: boolean };
  'notice:added': { readonly level: NoticeLevel; readonly text: Safe; readonly chat?: ChatId };
  'tab:switched': { readonly tab: number };
  'config:changed': { readonly option: string };
  'theme:changed': { readonly name: string };
  'plugin:loaded': { readonly name: string };
  'plugin:faulted': { readonly name: string; readonly error: Safe };
}
