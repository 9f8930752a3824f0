/** Lines that are not known to have arrived, on disk before they go to the wire: they survive any end of the program. */
import { parseJid } from '../lib/jid.js';
import { cleanBody } from '../lib/text.js';
import type { OutgoingMessage } from '../model/incoming.js';
import { bodyOf } from '../model/message.js';
import type { ChatId, MessageEntry } from '../model/types.js';
import type { StateFile } from './ports.js';

const KEY = 'outbox';
/** A row is made when its line is typed; text logs keep whole seconds, and filters may think. */
const SAME_MS = 5000;

export interface UnsentLine {
  readonly chat: ChatId;
  readonly message: OutgoingMessage;
  /** It may have been written to a connection. */
  readonly offered: boolean;
  /** Newest id of the archive when it was first written: the line is not before this place, whatever the clocks say. */
  readonly after?: string;
}

export interface Unsent {
  /** New ones, or what became of known ones, in one write. */
  put(lines: readonly UnsentLine[]): void;
  settle(id: string): void;
  has(id: string): boolean;
  /** Lines that may be this row, for a store that keeps no ids, in the order of typing. */
  like(chat: ChatId, row: MessageEntry): readonly string[];
  /** What the last run left; what was put since `detach` is kept with it. */
  restore(): readonly UnsentLine[];
  /** Another account's turn: what is on disk stays there. */
  detach(): void;
  /** From now on nothing is taken away: the program ends, and what is open stays open. */
  freeze(): void;
}

const TYPES: ReadonlySet<string> = new Set(['chat', 'groupchat', 'normal']);

function read(value: unknown): UnsentLine | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { chat, message, offered, after } = value as Readonly<Record<string, unknown>>;
  const id = parseJid(typeof chat === 'string' ? chat : undefined);
  if (id === undefined || typeof message !== 'object' || message === null) return undefined;
  const one = message as Readonly<Record<string, unknown>>;
  const to = parseJid(typeof one['to'] === 'string' ? one['to'] : undefined);
  const { type, body, typedAt } = one;
  if (to === undefined || typeof one['id'] !== 'string' || one['id'] === '' || typeof body !== 'string')
    return undefined;
  if (typeof type !== 'string' || !TYPES.has(type) || typeof typedAt !== 'number') return undefined;
  return {
    chat: id as ChatId,
    message: { ...(one as unknown as OutgoingMessage), to },
    offered: offered !== false,
    ...(typeof after === 'string' && { after }),
  };
}

export function createUnsent(state: () => StateFile): Unsent {
  let lines = new Map<string, UnsentLine>();
  let frozen = false;
  const save = (): void => state().set(KEY, [...lines.values()]);
  return {
    put(changed) {
      if (changed.length === 0) return;
      for (const line of changed) lines.set(line.message.id, line);
      save();
    },
    settle(id) {
      if (!frozen && lines.delete(id)) save();
    },
    has: id => lines.has(id),
    like: (chat, row) =>
      [...lines.values()].flatMap(({ chat: id, message }) => {
        if (id !== chat || Math.abs(row.at - message.typedAt) > SAME_MS || message.replaces !== undefined) return [];
        const { body, action } = bodyOf(cleanBody(message.body ?? ''));
        return body === row.body && action === row.action ? [message.id] : [];
      }),
    restore() {
      const kept = state().get(KEY);
      const found = (Array.isArray(kept) ? kept : []).flatMap((one: unknown) => read(one) ?? []);
      const meanwhile = lines;
      lines = new Map([...found.map(line => [line.message.id, line] as const), ...meanwhile]);
      frozen = false;
      if (meanwhile.size > 0) save();
      return found.filter(line => !meanwhile.has(line.message.id));
    },
    detach() {
      lines = new Map();
      frozen = false;
    },
    freeze() {
      frozen = true;
    },
  };
}
