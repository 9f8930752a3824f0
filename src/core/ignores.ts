/** Who and what is not shown: rules that last, asked for every message. */
import type { IgnoreRule } from '../api.js';
import { errorText } from '../lib/errors.js';
import { bareOf, parseBareJid, parseJid, resourceOf } from '../lib/jid.js';
import { createMatcher, type Matcher } from '../lib/regex.js';
import type { Safe } from '../lib/text.js';
import type { Chat, Sender } from '../model/types.js';
import type { StateFile } from './ports.js';

const STATE_KEY = 'ignored';

export interface Ignores {
  /** Throws a UserError if the pattern of the rule is none. */
  add(rule: IgnoreRule): void;
  remove(rule: IgnoreRule): boolean;
  readonly list: readonly IgnoreRule[];
  isIgnored(chat: Chat, sender: Sender, body?: Safe): boolean;
}

const KEYS = ['room', 'occupantId', 'jid', 'nick', 'who', 'says'] as const;

const sameRule = (a: IgnoreRule, b: IgnoreRule): boolean => KEYS.every(key => a[key] === b[key]);

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
    const who = text('who');
    const says = text('says');
    if ([jid, occupantId, nick, who, says].every(part => part === undefined)) return [];
    return [
      {
        ...(room !== undefined && { room }),
        ...(jid !== undefined && { jid }),
        ...(occupantId !== undefined && { occupantId }),
        ...(nick !== undefined && { nick }),
        ...(who !== undefined && { who }),
        ...(says !== undefined && { says }),
      },
    ];
  });
}

/** `onFault`: a pattern took too long and is asleep until the next start. */
export function createIgnores(state: StateFile, onFault: (sentence: string) => void = () => {}): Ignores {
  let rules = readRules(state.get(STATE_KEY));
  /** By source; `undefined`: it is none, or took too long. */
  const matchers = new Map<string, Matcher | undefined>();
  const keep = (next: readonly IgnoreRule[]): void => {
    rules = next;
    state.set(STATE_KEY, rules);
    const sources = new Set(rules.flatMap(({ who, says }) => [who, says]));
    for (const source of matchers.keys()) if (!sources.has(source)) matchers.delete(source);
  };
  const fits = (source: string, text: string): boolean => {
    try {
      if (!matchers.has(source)) matchers.set(source, createMatcher(source));
      return matchers.get(source)?.(text) === true;
    } catch (error) {
      matchers.set(source, undefined);
      onFault(`The ignore pattern ${source} does nothing until the next start: ${errorText(error)}`);
      return false;
    }
  };
  const isOf = (rule: IgnoreRule, sender: Sender, inRoom: boolean, body: Safe | undefined): boolean => {
    if (rule.says !== undefined) return body !== undefined && body !== '' && fits(rule.says, body);
    if (rule.who !== undefined) {
      const address = sender.realJid ?? (inRoom ? undefined : sender.jid);
      return fits(rule.who, sender.name) || (address !== undefined && fits(rule.who, bareOf(address)));
    }
    // The id of XEP-0421 cannot be forged, so where it is known it alone decides.
    if (rule.occupantId !== undefined && sender.occupantId !== undefined) return rule.occupantId === sender.occupantId;
    if (rule.jid !== undefined) {
      if (sender.realJid !== undefined && rule.jid === bareOf(sender.realJid)) return true;
      if (sender.jid !== undefined && (rule.jid === sender.jid || (!inRoom && rule.jid === bareOf(sender.jid))))
        return true;
    }
    if (rule.nick === undefined || !inRoom || sender.jid === undefined) return false;
    return resourceOf(sender.jid) === rule.nick;
  };
  return {
    add(rule) {
      for (const source of [rule.who, rule.says]) if (source !== undefined) createMatcher(source);
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
    isIgnored(chat, sender, body) {
      if (rules.length === 0) return false;
      const room = chat.kind === 'room' ? chat.id : chat.kind === 'private' ? chat.room : undefined;
      return rules.some(
        rule => (rule.room === undefined || rule.room === room) && isOf(rule, sender, room !== undefined, body),
      );
    },
  };
}
