/** A typed event emitter: events are facts, listeners are isolated from each other and from the emitter. */
import type { Undo } from './disposables.js';

/** Who registered something: `core` or `plugin:<name>`. */
export type Owner = string;
export type OnFault = (owner: Owner, error: unknown, what: string) => void;

type Arguments<T> = T extends readonly unknown[] ? T : [T];
type Listener<T> = (...payload: Arguments<T>) => unknown;

export interface Emitter<Events> {
  on<Name extends keyof Events & string>(name: Name, listener: Listener<Events[Name]>, owner?: Owner): Undo;
  once<Name extends keyof Events & string>(name: Name, listener: Listener<Events[Name]>, owner?: Owner): Undo;
  /** Calls the listeners in order of registration; a fault of one is reported and the next is called. */
  emit<Name extends keyof Events & string>(name: Name, ...payload: Arguments<Events[Name]>): void;
  /** Listeners of one event, or of all. */
  count(name?: keyof Events & string): number;
}

interface Entry {
  readonly fn: (...payload: never[]) => unknown;
  readonly owner: Owner;
}

export function createEmitter<Events>(options: {
  readonly onFault: OnFault;
  /** Runs each listener; the place to keep the owner in an async context or to take the time. */
  readonly around?: (owner: Owner, what: string, call: () => unknown) => unknown;
}): Emitter<Events> {
  const { onFault, around } = options;
  const entries = new Map<string, readonly Entry[]>();

  const remove = (name: string, entry: Entry): void => {
    const rest = (entries.get(name) ?? []).filter(other => other !== entry);
    if (rest.length > 0) entries.set(name, rest);
    else entries.delete(name);
  };

  const emitter: Emitter<Events> = {
    on(name, listener, owner = 'core') {
      const entry: Entry = { fn: listener, owner };
      // The list is replaced, never changed: an emit that is under way keeps its own.
      entries.set(name, [...(entries.get(name) ?? []), entry]);
      return () => remove(name, entry);
    },
    once(name, listener, owner) {
      const undo = emitter.on(
        name,
        (...payload) => {
          undo();
          return listener(...payload);
        },
        owner,
      );
      return undo;
    },
    emit(name, ...payload) {
      const list = entries.get(name);
      if (list === undefined) return;
      for (const { fn, owner } of list) {
        try {
          const call = (): unknown => fn(...(payload as never[]));
          const answer = around === undefined ? call() : around(owner, name, call);
          if (answer instanceof Promise) answer.catch(error => onFault(owner, error, name));
        } catch (error) {
          onFault(owner, error, name);
        }
      }
    },
    count(name) {
      if (name !== undefined) return entries.get(name)?.length ?? 0;
      let all = 0;
      for (const list of entries.values()) all += list.length;
      return all;
    },
  };
  return emitter;
}
