/** Everything that comes in: filters of plugins, then the store. Also who is ignored. */
import type { Hooks as HookTable, IgnoreRule } from '../api.js';
import { DROP, type Hooks } from '../lib/hooks.js';
import { bareOf, parseBareJid, parseJid, resourceOf } from '../lib/jid.js';
import type { Incoming, IncomingMessage } from '../model/incoming.js';
import type { Store } from '../model/store.js';
import type { Chat, Sender } from '../model/types.js';
import type { StateFile, Wire } from './ports.js';

const STATE_KEY = 'ignored';

export interface Ignores {
  add(rule: IgnoreRule): void;
  remove(rule: IgnoreRule): boolean;
  readonly list: readonly IgnoreRule[];
  isIgnored(chat: Chat, sender: Sender): boolean;
}

const sameRule = (a: IgnoreRule, b: IgnoreRule): boolean =>
  a.room === b.room && a.occupantId === b.occupantId && a.jid === b.jid && a.nick === b.nick;

/** Rules as the file has them; what is not one is left out. */
function readRules(value: unknown): readonly IgnoreRule[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((one: unknown) => {
    if (typeof one !== 'object' || one === null) return [];
    const text = (key: string): string | undefined => {
      const part = (one as Readonly<Record<string, unknown>>)[key];
      return typeof part === 'string' ? part : undefined;
    };
    const room = parseBareJid(text('room'));
    const jid = parseJid(text('jid'));
    const occupantId = text('occupantId');
    const nick = text('nick');
    if (jid === undefined && occupantId === undefined && nick === undefined) return [];
    return [
      {
        ...(room !== undefined && { room }),
        ...(jid !== undefined && { jid }),
        ...(occupantId !== undefined && { occupantId }),
        ...(nick !== undefined && { nick }),
      },
    ];
  });
}

export function createIgnores(state: StateFile): Ignores {
  let rules = readRules(state.get(STATE_KEY));
  const keep = (next: readonly IgnoreRule[]): void => {
    rules = next;
    state.set(STATE_KEY, rules);
  };
  return {
    add(rule) {
      // Another process may have added some.
      rules = readRules(state.get(STATE_KEY));
      if (!rules.some(one => sameRule(one, rule))) keep([...rules, rule]);
    },
    remove(rule) {
      rules = readRules(state.get(STATE_KEY));
      const rest = rules.filter(one => !sameRule(one, rule));
      if (rest.length === rules.length) return false;
      keep(rest);
      return true;
    },
    get list() {
      return rules;
    },
    isIgnored(chat, sender) {
      if (rules.length === 0) return false;
      const room = chat.kind === 'room' ? chat.id : chat.kind === 'private' ? chat.room : undefined;
      return rules.some(rule => {
        if (rule.room !== undefined && rule.room !== room) return false;
        // The id of XEP-0421 cannot be forged, so where it is known it alone decides.
        if (rule.occupantId !== undefined && sender.occupantId !== undefined)
          return rule.occupantId === sender.occupantId;
        if (rule.jid !== undefined && sender.jid !== undefined) {
          if (rule.jid === sender.jid || (room === undefined && rule.jid === bareOf(sender.jid))) return true;
        }
        if (rule.nick === undefined || room === undefined || sender.jid === undefined) return false;
        return resourceOf(sender.jid) === rule.nick;
      });
    },
  };
}

/** Lets what comes from the wire into the store, and by `receive` what was asked of archives. */
export function connectInbox(options: {
  readonly wire: Wire;
  readonly store: Store;
  readonly hooks: Hooks<HookTable>;
  /** Where it belongs among what is still missing; `undefined`: it is known. */
  readonly place?: (message: IncomingMessage) => IncomingMessage | undefined;
}): { receive(incoming: Incoming): void; disconnect(): void } {
  const { wire, store, hooks } = options;
  const receive = (incoming: Incoming): void => {
    if (incoming.kind !== 'message' || !hooks.has('message:receive')) return void store.apply(incoming);
    const message = hooks.run('message:receive', incoming);
    if (message !== DROP) store.apply(message);
  };
  const disconnect = wire.onIncoming(incoming => {
    const placed = incoming.kind === 'message' && options.place !== undefined ? options.place(incoming) : incoming;
    if (placed !== undefined) receive(placed);
  });
  return { receive, disconnect };
}
