/** Calls about chats, and whom the person does not want to hear. */
import type { BareJid, Jid } from '../lib/jid.js';
import type { Chat, ChatId, ChatState } from '../model/types.js';

export interface IgnoreRule {
  /** Room it holds in; absent: everywhere. */
  readonly room?: BareJid;
  /** XEP-0421 id: holds through nick changes. */
  readonly occupantId?: string;
  readonly jid?: Jid;
  readonly nick?: string;
  /** Regular expression for nick or address. */
  readonly who?: string;
  /** Regular expression for what is said, whoever says it. */
  readonly says?: string;
}

/** Chats: opened, said in, corrected, marked, ignored. */
export interface ChatsApi {
  /** Opens (or finds) the chat and answers it; no tab. */
  open(jid: Jid, kind?: Chat['kind']): Chat;
  /** Says it; the row is there at once. Rejects only if nothing was queued. */
  say(chat: ChatId, body: string, options?: { readonly reply?: string }): Promise<void>;
  /** XEP-0308: replaces the message with this id (default: our last one). */
  correct(chat: ChatId, body: string, messageId?: string): Promise<void>;
  /** XEP-0424: takes a message back (default: our last one). */
  retract(chat: ChatId, messageId?: string): Promise<void>;
  /** XEP-0444: replaces our reactions to this message; none takes them back. */
  react(chat: ChatId, messageId: string, emoji: readonly string[]): Promise<void>;
  /** Sends a failed or queued line again. */
  resend(chat: ChatId, messageId?: string): Promise<void>;
  /** Drops the chat and its log from memory. */
  close(chat: ChatId): void;
  markRead(chat: ChatId): void;
  /** XEP-0085, sent only as the policy allows. */
  setState(chat: ChatId, state: ChatState): void;
  clear(chat: ChatId): void;
  /** Ignore list: who is not shown. Throws a UserError if its pattern is none. */
  ignore(rule: IgnoreRule): void;
  unignore(rule: IgnoreRule): boolean;
  readonly ignored: readonly IgnoreRule[];
}
