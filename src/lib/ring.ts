/** A bounded list whose items keep their number for ever: `seq` is never used twice. */

export interface Ring<T> {
  /** Adds at the end and returns the number; the oldest falls out when the ring is full. */
  push(item: T): number;
  get(seq: number): T | undefined;
  /** Puts another item in the place of `seq`; false if it is gone. */
  replace(seq: number, item: T): boolean;
  /** Number of the oldest item held (equals `end` when empty). */
  readonly start: number;
  /** Number that the next item gets. */
  readonly end: number;
  readonly size: number;
  readonly capacity: number;
  last(): T | undefined;
  /** Forgets the items, not the numbers. */
  clear(): void;
  [Symbol.iterator](): IterableIterator<T>;
}

export function createRing<T>(capacity: number, onEvict?: (item: T, seq: number) => void): Ring<T> {
  if (!Number.isInteger(capacity) || capacity < 1) throw new RangeError(`a ring of ${capacity} is none`);
  // Grows with use: a ring of 5,000 places for a silent room would be waste.
  let items: (T | undefined)[] = [];
  let start = 0;
  let end = 0;
  const has = (seq: number): boolean => Number.isInteger(seq) && seq >= start && seq < end;
  const ring: Ring<T> = {
    push(item) {
      if (end - start === capacity) {
        onEvict?.(items[start % capacity] as T, start);
        start++;
      }
      items[end % capacity] = item;
      return end++;
    },
    get: seq => (has(seq) ? items[seq % capacity] : undefined),
    replace(seq, item) {
      if (!has(seq)) return false;
      items[seq % capacity] = item;
      return true;
    },
    get start() {
      return start;
    },
    get end() {
      return end;
    },
    get size() {
      return end - start;
    },
    capacity,
    last: () => (end > start ? items[(end - 1) % capacity] : undefined),
    clear() {
      items = [];
      start = end;
    },
    *[Symbol.iterator]() {
      for (let seq = start; seq < end; seq++) if (seq >= start) yield items[seq % capacity] as T;
    },
  };
  return ring;
}
