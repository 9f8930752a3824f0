/** Who answered a message with which sign (XEP-0444); what a flood of them may cost is bounded. */
import type { Safe } from '../lib/text.js';

/** One person may put so many on one message, so many people may, and so many different ones there are. */
const MAX_EACH = 16;
const MAX_REACTORS = 500;
const MAX_DIFFERENT = 100;

/** Sign → names, in the order in which they came. */
export type Reacted = ReadonlyMap<Safe, readonly Safe[]>;

export interface Reactions {
  /** The set replaces what this person thought before, an empty one takes all back; `undefined`: nothing changed. */
  set(who: string, name: Safe, emoji: readonly Safe[]): Reacted | undefined;
}

/** `kept`: what a former run knew, of which only the names are left. */
export function createReactions(kept: Reacted | undefined): Reactions {
  const reactors = new Map<string, ReadonlySet<Safe>>();
  const names = new Map<Safe, Map<string, Safe>>();
  const former = (name: Safe): string => `name ${name}`;
  for (const [emoji, list] of kept ?? []) {
    names.set(emoji, new Map(list.map(name => [former(name), name])));
    for (const name of list) reactors.set(former(name), new Set([...(reactors.get(former(name)) ?? []), emoji]));
  }
  let shown: Reacted = kept ?? new Map();
  return {
    set(who, name, emoji) {
      // Somebody of a former run speaks again.
      const key = reactors.has(former(name)) && !reactors.has(who) ? former(name) : who;
      const before = reactors.get(key);
      if (before === undefined && (emoji.length === 0 || reactors.size >= MAX_REACTORS)) return undefined;
      const after = new Set<Safe>();
      for (const one of emoji) {
        if (after.size >= MAX_EACH) break;
        if (names.has(one) || names.size < MAX_DIFFERENT) {
          after.add(one);
          if (!names.has(one)) names.set(one, new Map());
        }
      }
      const next = new Map(shown);
      for (const one of new Set([...(before ?? []), ...after])) {
        const people = names.get(one) ?? new Map<string, Safe>();
        if (!after.has(one)) people.delete(key);
        else if (key === who) people.set(who, name);
        else {
          people.delete(key);
          people.set(who, name);
        }
        if (people.size === 0) {
          names.delete(one);
          next.delete(one);
        } else next.set(one, [...people.values()]);
      }
      reactors.delete(key);
      if (after.size > 0) reactors.set(who, after);
      shown = next;
      return shown;
    },
  };
}
