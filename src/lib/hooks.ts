/** Ordered filters: hooks are questions, a value goes in and a value comes out. */
import type { Undo } from './disposables.js';
import type { OnFault, Owner } from './emitter.js';

/** Returned by a filter to end the matter: nothing comes out. */
export const DROP: unique symbol = Symbol('drop');
export type Drop = typeof DROP;

export type Slot = 'first' | 'normal' | 'last';

// biome-ignore lint/suspicious/noConfusingVoidType: a filter that only looks returns nothing
type Answer<T> = T | Drop | void;
export type Filter<T> = (value: T) => Answer<T>;
export type AsyncFilter<T> = (value: T) => Answer<T> | Promise<Answer<T>>;

export interface FilterOptions {
  readonly owner?: Owner;
  readonly slot?: Slot;
}

export interface Hooks<Table> {
  /** Adds a filter; within a slot the order of registration holds. A filter that returns nothing lets the value pass. */
  filter<Name extends keyof Table & string>(name: Name, fn: AsyncFilter<Table[Name]>, options?: FilterOptions): Undo;
  /** Asks all filters now. A filter that answers with a promise is at fault here and skipped. */
  run<Name extends keyof Table & string>(name: Name, value: Table[Name]): Table[Name] | Drop;
  runAsync<Name extends keyof Table & string>(name: Name, value: Table[Name]): Promise<Table[Name] | Drop>;
  /** False if nobody asked: the fast path may skip making the value. */
  has(name: keyof Table & string): boolean;
  count(): number;
}

interface Entry {
  readonly fn: (value: never) => unknown;
  readonly owner: Owner;
  readonly rank: number;
}

const RANKS: Readonly<Record<Slot, number>> = { first: 0, normal: 1, last: 2 };

export function createHooks<Table>(options: {
  readonly onFault: OnFault;
  readonly around?: (owner: Owner, what: string, call: () => unknown) => unknown;
}): Hooks<Table> {
  const { onFault, around } = options;
  const entries = new Map<string, readonly Entry[]>();

  const ask = ({ fn, owner }: Entry, name: string, value: unknown): unknown => {
    const call = (): unknown => fn(value as never);
    return around === undefined ? call() : around(owner, name, call);
  };

  return {
    filter(name, fn, { owner = 'core', slot = 'normal' } = {}) {
      const entry: Entry = { fn, owner, rank: RANKS[slot] };
      const list = [...(entries.get(name) ?? []), entry].sort((a, b) => a.rank - b.rank);
      entries.set(name, list);
      return () => {
        const rest = (entries.get(name) ?? []).filter(other => other !== entry);
        if (rest.length > 0) entries.set(name, rest);
        else entries.delete(name);
      };
    },
    run(name, value) {
      let current: unknown = value;
      for (const entry of entries.get(name) ?? []) {
        try {
          const answer = ask(entry, name, current);
          if (answer instanceof Promise) {
            answer.catch(() => {});
            throw new TypeError(`a filter of ${name} must answer at once, not with a promise`);
          }
          if (answer === DROP) return DROP;
          if (answer !== undefined) current = answer;
        } catch (error) {
          onFault(entry.owner, error, name);
        }
      }
      return current as typeof value;
    },
    async runAsync(name, value) {
      let current: unknown = value;
      for (const entry of entries.get(name) ?? []) {
        try {
          const answer = await ask(entry, name, current);
          if (answer === DROP) return DROP;
          if (answer !== undefined) current = answer;
        } catch (error) {
          onFault(entry.owner, error, name);
        }
      }
      return current as typeof value;
    },
    has: name => entries.has(name),
    count() {
      let all = 0;
      for (const list of entries.values()) all += list.length;
      return all;
    },
  };
}
