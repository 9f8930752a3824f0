/** How well a typed text fits a name: beginnings first, then what fuzzysort finds, and the nearest name for a slip of the finger. */
import fuzzysort from 'fuzzysort';
import { nearestName } from '../lib/nearest.js';

const THRESHOLD = 0.35;
const DEFAULT_LIMIT = 100;

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

/** The name that was probably meant; `undefined` if none is near. */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  const slip = nearestName(typed, names);
  if (slip !== undefined) return slip;
  return typed.length < 3 ? undefined : fuzzysort.go(typed, [...names], { limit: 1, threshold: 0.5 })[0]?.target;
}
