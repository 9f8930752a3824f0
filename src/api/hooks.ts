/** What plugins may change on its way: the table of questions, and what takes a registration back. */
import type { IncomingMessage, OutgoingMessage } from '../model/incoming.js';
import type { ChatId, MessageEntry, NoticeLevel } from '../model/types.js';
import type { Row } from '../model/view.js';
import type { Tab } from './tab.js';

/** Takes back what was registered. Calling it twice does nothing. */
export type Undo = () => void;

/** What a filter answers; `undefined` ends the matter. Only `message:send` may take its time. */
export type HookAnswer<K extends keyof Hooks> =
  | Hooks[K]
  | undefined
  | (K extends 'message:send' ? Promise<Hooks[K] | undefined> : never);

/** Questions: a filter gets a value and answers one; slots run `first`, `normal`, `last`. */
export interface Hooks {
  /** A submitted line, before it is parsed. `undefined` swallows it. */
  'line:submit': { readonly line: string; readonly tab: Tab };
  /** May be async (encryption, translation). */
  'message:send': OutgoingMessage;
  /** Sync only: order and speed of all messages depend on it. */
  'message:receive': IncomingMessage;
  /** Spans of one message body. */
  'message:render': { readonly row: Row; readonly message: MessageEntry };
  /** A notice of the client. */
  'notice:add': { readonly level: NoticeLevel; readonly rows: readonly Row[]; readonly chat?: ChatId };
}
