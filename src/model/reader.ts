/** Read side of the store: what commands, tabs, plugins and the screen may see. */
import type { BareJid, FullJid, Jid } from '../lib/jid.js';
import type { Mention } from './mentions.js';
import type {
  Chat,
  ChatId,
  Contact,
  Direct,
  Invite,
  LogReader,
  Occupant,
  Private,
  Room,
  SessionFacts,
} from './types.js';

export interface StoreReader {
  readonly session: SessionFacts;
  readonly chats: ReadonlyMap<ChatId, Chat>;
  readonly roster: ReadonlyMap<BareJid, Contact>;
  /** People who asked to see our presence and were not answered yet. */
  readonly requests: ReadonlyMap<BareJid, { readonly at: number }>;
  readonly invites: readonly Invite[];
  /** What concerned us in rooms, newest first; bounded. */
  readonly mentions: readonly Mention[];
  /** What the client itself said. */
  readonly notices: LogReader;
  chat(id: Jid): Chat | undefined;
  room(jid: Jid): Room | undefined;
  direct(jid: Jid): Direct | undefined;
  private(jid: FullJid): Private | undefined;
  contact(jid: Jid): Contact | undefined;
  occupant(occupantJid: Jid): Occupant | undefined;
  /** Raised by every change anywhere. */
  readonly rev: number;
}
