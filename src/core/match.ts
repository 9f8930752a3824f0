/** How well a typed text fits a name: beginnings first, then what fuzzysort finds, and the nearest name for a slip of the finger. */
import fuzzysort from 'fuzzysort';

const THRESHOLD = 0.35;
const DEFAULT_LIMIT = 100;
/** Longer names are not compared letter by letter. */
const MAX_SLIP_LENGTH = 40;

/** Prefix matches in their given order, then fuzzy ones by score. An empty text fits everything. */
export function matchThings<T>(
  typed: string,
  things: readonly T[],
  text: (thing: T) => string,
  limit: number = DEFAULT_LIMIT,
): readonly T[] {
  if (typed === '') return things.slice(0, limit);
  const wanted = typed.toLowerCase();
  const prefixed: T[] = [];
  const others: T[] = [];
  for (const thing of things) (text(thing).toLowerCase().startsWith(wanted) ? prefixed : others).push(thing);
  if (prefixed.length >= limit) return prefixed.slice(0, limit);
  const targets = others.map(thing => ({ thing, text: text(thing) }));
  const found = fuzzysort.go(typed, targets, { key: 'text', limit: limit - prefixed.length, threshold: THRESHOLD });
  return [...prefixed, ...found.map(result => result.obj.thing)];
}

/** Insertions, deletions, replacements and swaps of neighbours between two words. */
function slips(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((row[j - 1] ?? 0) + 1, (last[j] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      }
      row.push(cost);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

/** The name that was probably meant; `undefined` if none is near. */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  const wanted = typed.toLowerCase().slice(0, MAX_SLIP_LENGTH);
  const allowed = wanted.length <= 3 ? 1 : 2;
  let best: string | undefined;
  let bestSlips = allowed + 1;
  for (const name of names) {
    if (Math.abs(name.length - wanted.length) > allowed) continue;
    const count = slips(wanted, name.toLowerCase());
    if (count < bestSlips) {
      best = name;
      bestSlips = count;
    }
  }
  if (best !== undefined) return best;
  return wanted.length < 3 ? undefined : fuzzysort.go(wanted, [...names], { limit: 1, threshold: 0.5 })[0]?.target;
}
